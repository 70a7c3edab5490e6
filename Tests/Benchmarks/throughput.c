/*
 * How fast events come out: the stand-alone decoder, and the whole path through next_packet, beside a plain memory copy
 * of the same columns, all in one run. Rounds are interleaved, and the median of each row is printed.
 *
 *     throughput FILE [ROUNDS]
 */
#include "neuromorphic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ROUNDS = 101, CAPACITY = 1 << 20, COLUMN_BYTES = 13 };

typedef struct buffer {
    uint8_t *bytes;
    size_t length;
} buffer;

/* What a row measures: returns the events that it handled, or 0 when it failed. */
typedef uint64_t (*measurement)(void);

static buffer stream;       /* the recording's data, repeated to some tens of megabytes */
static const char *path;    /* the recording */
static char format[64];
static uint16_t width, height;
static neuromorphic_columns columns = NEUROMORPHIC_COLUMNS_INIT;
static uint8_t *copy_from, *copy_to;

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, neuromorphic_last_error());
    return 0;
}

static uint64_t decode_stream(void) {
    neuromorphic_decoder *decoder;
    uint64_t events = 0;
    size_t offset = 0, used;
    if (neuromorphic_decoder_create(format, width, height, &decoder) != NEUROMORPHIC_OK) return fail("decoder");
    while (offset < stream.length) {
        size_t piece = stream.length - offset < 131072 ? stream.length - offset : 131072;
        columns.count = columns.trigger_count = columns.counter_count = 0;
        if (neuromorphic_decoder_decode(decoder, stream.bytes + offset, piece, &columns, &used) != NEUROMORPHIC_OK) {
            return fail("decode");
        }
        events += columns.count;
        offset += used;
    }
    neuromorphic_decoder_free(decoder);
    return events;
}

static uint64_t drain(const char *source, uint32_t raw, uint64_t enough) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    const neuromorphic_packet *packet;
    neuromorphic_device *device;
    neuromorphic_status status;
    uint64_t events = 0;
    options.raw = raw;
    if (neuromorphic_open(source, &options, &device) != NEUROMORPHIC_OK) return fail(source);
    while (events < enough && (status = neuromorphic_next_packet(device, 1000000, &packet)) == NEUROMORPHIC_OK) {
        events += raw ? packet->raw_length : packet->count;
        neuromorphic_packet_release(packet);
    }
    neuromorphic_close(device);
    return events;
}

static uint64_t whole_path_file(void) {
    char source[4096];
    snprintf(source, sizeof source, "file:%s?loop", path);
    return drain(source, 0, 20000000);
}

static uint64_t whole_path_simulation(void) {
    return drain("sim:prophesee_evk4?rate=100e6&speed=max&duration=0.2", 0, UINT64_MAX);
}

static uint64_t flicker_at_the_peak(void) {
    return drain("sim:prophesee_evk4?scene=flicker&rate=1.06e9&speed=max&duration=0.05", 0, UINT64_MAX);
}

static uint64_t copy_columns(void) {
    int i;
    for (i = 0; i < 20; ++i) memcpy(copy_to, copy_from, (size_t)CAPACITY * COLUMN_BYTES);
    return 20u * (uint64_t)CAPACITY;
}

static const struct {
    const char *name;
    measurement run;
} rows[] = {
    { "decoder, 128 KiB at a time", decode_stream },
    { "file: through next_packet", whole_path_file },
    { "sim: 100 Mev/s, generating included", whole_path_simulation },
    { "sim: flicker, generating included", flicker_at_the_peak },
    { "memcpy of the same columns", copy_columns },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Reads the recording's data through the library, and repeats it. */
static int load(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
    const neuromorphic_packet *packet;
    neuromorphic_device *device;
    char source[4096];
    snprintf(source, sizeof source, "file:%s?", path);
    options.raw = 1;
    if (neuromorphic_open(source, &options, &device) != NEUROMORPHIC_OK) return fail(path);
    neuromorphic_properties_of(device, &properties);
    snprintf(format, sizeof format, "%s", properties.format);
    width = properties.width;
    height = properties.height;
    stream.bytes = malloc((size_t)64 << 20);
    if (stream.bytes == NULL) return 0;
    while (neuromorphic_next_packet(device, 0, &packet) == NEUROMORPHIC_OK) {
        if (stream.length + packet->raw_length <= (size_t)32 << 20) {
            memcpy(stream.bytes + stream.length, packet->raw, packet->raw_length);
            stream.length += packet->raw_length;
        }
        neuromorphic_packet_release(packet);
    }
    neuromorphic_close(device);
    while (stream.length > 0 && stream.length < (size_t)16 << 20) {
        memcpy(stream.bytes + stream.length, stream.bytes, stream.length);
        stream.length *= 2;
    }
    return stream.length > 0;
}

static int allocate_columns(void) {
    columns.capacity = columns.trigger_capacity = columns.counter_capacity = CAPACITY;
    columns.t = malloc(CAPACITY * sizeof *columns.t);
    columns.x = malloc(CAPACITY * sizeof *columns.x);
    columns.y = malloc(CAPACITY * sizeof *columns.y);
    columns.on = malloc(CAPACITY * sizeof *columns.on);
    columns.trigger_t = malloc(CAPACITY * sizeof *columns.trigger_t);
    columns.trigger_id = malloc(CAPACITY);
    columns.trigger_rising = malloc(CAPACITY);
    columns.counter_t = malloc(CAPACITY * sizeof *columns.counter_t);
    columns.counter_events = malloc(CAPACITY * sizeof *columns.counter_events);
    columns.counter_is_output = malloc(CAPACITY);
    copy_from = calloc(CAPACITY, COLUMN_BYTES);
    copy_to = calloc(CAPACITY, COLUMN_BYTES);
    return columns.t && columns.x && columns.y && columns.on && columns.trigger_t && columns.trigger_id
        && columns.trigger_rising && columns.counter_t && columns.counter_events && columns.counter_is_output && copy_from
        && copy_to;
}

int main(int argc, char **argv) {
    static double rates[ROWS][MOST_ROUNDS];
    int rounds = argc > 2 ? atoi(argv[2]) : 7, round;
    size_t row;
    if (argc < 2 || rounds < 1 || rounds > MOST_ROUNDS) {
        fprintf(stderr, "usage: throughput FILE [ROUNDS]   (1 .. %d rounds)\n", MOST_ROUNDS);
        return 2;
    }
    path = argv[1];
    if (!load() || !allocate_columns()) return 1;
    for (round = 0; round < rounds; ++round) {
        for (row = 0; row < ROWS; ++row) {
            double start = cpu_seconds();
            uint64_t events = rows[row].run();
            if (events == 0) return 1;
            rates[row][round] = 1e-6 * (double)events / (cpu_seconds() - start);
        }
    }
    printf("%-40s %12s   (%s, median of %d interleaved rounds)\n", "", "Mev/CPU-s", path, rounds);
    for (row = 0; row < ROWS; ++row) {
        qsort(rates[row], (size_t)rounds, sizeof(double), ascending);
        printf("%-40s %12.0f\n", rows[row].name, rates[row][rounds / 2]);
    }
    return 0;
}
