/*
 * What the whole path through next_packet costs over decoding alone, for a recording and for a simulated camera, both as
 * fast as they go. Beside it a plain memory copy of the same columns, all in one run: rounds are interleaved, and the
 * median of each row is printed.
 *
 *     throughput FILE [ROUNDS]
 *
 * Time is the reading thread's: a recording has no other, and what a simulated camera's own thread generates is left out
 * so. Decoding alone works on the same bytes from memory, in pieces as long as packets are.
 */
#include "neuromorphic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ROUNDS = 101, CAPACITY = 1 << 15, COLUMN_BYTES = 13, PIECE = 1 << 16, EVENTS = 20000000 };

typedef struct buffer {
    uint8_t *bytes;
    size_t length;
} buffer;

static buffer recorded;  /* the recording's data, repeated to some tens of megabytes */
static buffer simulated; /* as much of the simulated camera's */
static char recording[4096];
static const char simulation[] = "sim:prophesee_evk4?rate=100e6&speed=max";
static char format[64], simulated_format[64];
static uint16_t width, height;
static neuromorphic_columns columns = NEUROMORPHIC_COLUMNS_INIT;
static uint8_t *copy_from, *copy_to;

static double thread_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "throughput: %s: %s\n", what, neuromorphic_last_error());
    exit(1);
}

/* ---- What rows measure: each returns the events that it handled ---- */

static uint64_t decode(const buffer *stream, const char *name) {
    neuromorphic_decoder *decoder;
    uint64_t events = 0;
    if (neuromorphic_decoder_create(name, width, height, &decoder) != NEUROMORPHIC_OK) fail("decoder");
    for (size_t offset = 0, used; offset < stream->length; offset += used) {
        const size_t left = stream->length - offset;
        columns.count = columns.trigger_count = columns.counter_count = 0;
        if (neuromorphic_decoder_decode(decoder, stream->bytes + offset, left < PIECE ? left : PIECE, &columns, &used)
            != NEUROMORPHIC_OK) {
            fail("decode");
        }
        events += columns.count;
    }
    neuromorphic_decoder_free(decoder);
    return events;
}

static uint64_t read_packets(neuromorphic_device **device, const char *source) {
    const neuromorphic_packet *packet;
    uint64_t events = 0;
    if (*device == NULL && neuromorphic_open(source, NULL, device) != NEUROMORPHIC_OK) fail(source);
    while (events < EVENTS) {
        if (neuromorphic_next_packet(*device, NEUROMORPHIC_FOREVER, &packet) != NEUROMORPHIC_OK) fail(source);
        events += packet->count;
        neuromorphic_packet_release(packet);
    }
    return events;
}

static uint64_t decode_recorded(void) { return decode(&recorded, format); }

static uint64_t decode_simulated(void) { return decode(&simulated, simulated_format); }

static uint64_t read_recorded(void) {
    static neuromorphic_device *device;
    return read_packets(&device, recording);
}

static uint64_t read_simulated(void) {
    static neuromorphic_device *device;
    return read_packets(&device, simulation);
}

static uint64_t copy_columns(void) {
    for (int i = 0; i < 20; ++i) memcpy(copy_to, copy_from, (size_t)CAPACITY * COLUMN_BYTES);
    return 20u * (uint64_t)CAPACITY;
}

static const struct {
    const char *name;
    uint64_t (*run)(void);
    int alone; /* the row that it is compared with, or -1 */
} rows[] = {
    { "the recording, decoded alone", decode_recorded, -1 },
    { "file: through next_packet", read_recorded, 0 },
    { "the simulation, decoded alone", decode_simulated, -1 },
    { "sim: through next_packet", read_simulated, 2 },
    { "memcpy of the same columns", copy_columns, -1 },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ---- Setting up ---- */

/* A source's data, some tens of megabytes of it. */
static void load(const char *source, buffer *stream, char *name, size_t room) {
    enum { ENOUGH = 32 << 20 };
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
    const neuromorphic_packet *packet;
    neuromorphic_device *device;
    options.raw = 1;
    stream->bytes = malloc(ENOUGH);
    if (stream->bytes == NULL || neuromorphic_open(source, &options, &device) != NEUROMORPHIC_OK) fail(source);
    neuromorphic_properties_of(device, &properties);
    snprintf(name, room, "%s", properties.format);
    width = properties.width;
    height = properties.height;
    while (stream->length < ENOUGH) {
        if (neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet) != NEUROMORPHIC_OK) fail(source);
        const size_t room_left = ENOUGH - stream->length;
        const size_t length = packet->raw_length < room_left ? packet->raw_length : room_left;
        memcpy(stream->bytes + stream->length, packet->raw, length);
        stream->length += length;
        neuromorphic_packet_release(packet);
    }
    neuromorphic_close(device);
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
    static double nanoseconds[ROWS][MOST_ROUNDS];
    int rounds = argc > 2 ? atoi(argv[2]) : 7, round;
    size_t row;
    if (argc < 2 || rounds < 1 || rounds > MOST_ROUNDS) {
        fprintf(stderr, "usage: throughput FILE [ROUNDS]   (1 .. %d rounds)\n", MOST_ROUNDS);
        return 2;
    }
    snprintf(recording, sizeof recording, "file:%s?loop", argv[1]);
    load(simulation, &simulated, simulated_format, sizeof simulated_format);
    load(recording, &recorded, format, sizeof format);
    if (!allocate_columns()) return 1;
    for (round = 0; round < rounds; ++round) {
        for (row = 0; row < ROWS; ++row) {
            const double start = thread_seconds();
            const uint64_t events = rows[row].run();
            nanoseconds[row][round] = 1e9 * (thread_seconds() - start) / (double)events;
        }
    }
    printf("%-40s %10s %10s %20s   (%s, median of %d interleaved rounds)\n", "", "ns/event", "Mev/s", "to decoding alone",
           argv[1], rounds);
    for (row = 0; row < ROWS; ++row) {
        qsort(nanoseconds[row], (size_t)rounds, sizeof(double), ascending);
        const double median = nanoseconds[row][rounds / 2];
        printf("%-40s %10.3f %10.0f", rows[row].name, median, 1e3 / median);
        if (rows[row].alone >= 0) {
            printf(" %+18.1f %%", 100 * (median / nanoseconds[rows[row].alone][rounds / 2] - 1));
        }
        puts("");
    }
    return 0;
}
