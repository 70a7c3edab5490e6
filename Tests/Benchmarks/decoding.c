/*
 * How long the library's decoder takes for a whole RAW file that lies in memory, and what no decoder can take less
 * than: copying and writing the same columns. Processor time; the decoder has one thread.
 *
 *     decoding FILE ROUNDS    medians of interleaved rounds
 *     decoding FILE           for each line on the standard input that names a measurement, the seconds a pass took
 *
 * First the events are compared with the manifest (FILE with .txt for .raw), where it says what they are; a difference
 * ends the program. NEUROMORPHIC_KERNEL chooses the decoder's kernel; the program exits with 3 when there is none such.
 */
#include <neuromorphic.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    CAPACITY = 1 << 20, COLUMN_BYTES = 13, LEAST_PIECE = 1024, TRANSFER = 128 << 10, ROUNDS_MAXIMUM = 101,
    BLOCKS = 7, NO_SUCH_KERNEL = 3,
};

/* A measurement takes as many passes as that, so that the grain of clock and scheduler doesn't show. */
static const double LEAST_SECONDS = 0.1;


#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* One block of columns: t, x, y, on behind each other, `capacity` of each. */
typedef struct block {
    uint64_t *t;
    uint16_t *x, *y;
    uint8_t *on;
} block;

typedef struct sums {
    uint64_t events, plain[4], weighted[4];
} sums;

static const char *path;
static const char *const column_names[4] = { "t", "x", "y", "on" };
static uint8_t *stream;
static size_t stream_length;
static char format[96];
static unsigned width, height;
static uint64_t events;          /* in the stream, counted */
static size_t piece;             /* bytes a call, such that they and their columns fit half of the second-level cache */
static size_t events_a_piece, events_a_transfer;
static neuromorphic_columns columns = NEUROMORPHIC_COLUMNS_INIT;
static block blocks[BLOCKS], decoded, source;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "decoding: %s: %s\n", what, why);
    exit(1);
}

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Columns begin at multiples of 64 bytes, like those of the library's own packets. */
static block block_at(void *memory, size_t capacity) {
    block result;
    capacity = (capacity + 63) & ~(size_t)63;
    result.t = memory;
    result.x = (uint16_t *)(result.t + capacity);
    result.y = result.x + capacity;
    result.on = (uint8_t *)(result.y + capacity);
    return result;
}

static size_t block_bytes(size_t capacity) { return ((capacity + 63) & ~(size_t)63) * COLUMN_BYTES; }

static void *pages(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("memory", "there isn't enough");
    return memory;
}

/* ---- Decoding ---- */

static void add(sums *total) {
    for (size_t i = 0; i < columns.count; ++i) {
        const uint64_t row[4] = { columns.t[i], columns.x[i], columns.y[i], columns.on[i] };
        const uint64_t weight = 2 * (total->events + i) + 1;
        for (int column = 0; column < 4; ++column) {
            total->plain[column] += row[column];
            total->weighted[column] += weight * row[column];
        }
    }
    total->events += columns.count;
}

/* The whole stream, so many bytes a call, every call into the same rows. */
static void decode(size_t bytes_a_call, sums *total) {
    neuromorphic_decoder *decoder;
    if (neuromorphic_decoder_create(format, (uint16_t)width, (uint16_t)height, &decoder) != NEUROMORPHIC_OK) {
        fprintf(stderr, "decoding: %s\n", neuromorphic_last_error());
        exit(getenv("NEUROMORPHIC_KERNEL") != NULL ? NO_SUCH_KERNEL : 1);
    }
    for (size_t offset = 0, used; offset < stream_length; offset += used) {
        const size_t left = stream_length - offset;
        columns.count = columns.trigger_count = columns.counter_count = 0;
        if (neuromorphic_decoder_decode(decoder, stream + offset, left < bytes_a_call ? left : bytes_a_call, &columns,
                                        &used) != NEUROMORPHIC_OK) {
            fail("decode", neuromorphic_last_error());
        }
        if (total != NULL) add(total);
    }
    neuromorphic_decoder_free(decoder);
}

static void decode_pieces(void) { decode(piece, NULL); }

static void decode_transfers(void) { decode(TRANSFER, NULL); }

/* What a program gets that plays the file over and over: packets included, and what reading there is, on all threads. */
static void decode_file(void) {
    static neuromorphic_device *device;
    static uint64_t ahead; /* the last packet of the pass before was the next one's too */
    char source_string[4096];
    const neuromorphic_packet *packet;
    snprintf(source_string, sizeof source_string, "file:%s?loop", path);
    if (device == NULL && neuromorphic_open(source_string, NULL, &device) != NEUROMORPHIC_OK) {
        fail(path, neuromorphic_last_error());
    }
    for (; ahead < events; ahead += packet->count, neuromorphic_packet_release(packet)) {
        if (neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet) != NEUROMORPHIC_OK) {
            fail(path, neuromorphic_last_error());
        }
    }
    ahead -= events;
}

/* The same for one that plays it once: opening, reading and closing included. */
static void decode_file_once(void) {
    neuromorphic_device *device;
    char source_string[4096];
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    snprintf(source_string, sizeof source_string, "file:%s", path);
    if (neuromorphic_open(source_string, NULL, &device) != NEUROMORPHIC_OK) fail(path, neuromorphic_last_error());
    while ((status = neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet)) == NEUROMORPHIC_OK) {
        neuromorphic_packet_release(packet);
    }
    if (status != NEUROMORPHIC_END_OF_STREAM) fail(path, neuromorphic_last_error());
    neuromorphic_close(device);
}

/* ---- Limits: each handles as many events as the stream has, as many a call as decoding does ---- */

static size_t least(uint64_t a, size_t b) { return a < b ? (size_t)a : b; }

/* What a compiler makes of it, vectors and all, is as fast as columns can be written by plain stores. */
static void write_columns(block to, size_t count, uint64_t t) {
    uint64_t *restrict ts = to.t;
    uint16_t *restrict xs = to.x, *restrict ys = to.y;
    uint8_t *restrict ons = to.on;
    for (size_t i = 0; i < count; ++i) ts[i] = t;
    for (size_t i = 0; i < count; ++i) xs[i] = (uint16_t)i;
    for (size_t i = 0; i < count; ++i) ys[i] = (uint16_t)t;
    for (size_t i = 0; i < count; ++i) ons[i] = 1;
    __asm__ volatile("" ::: "memory"); /* or all calls but the last would be left out */
}

static void write_reused(size_t events_a_call) {
    for (uint64_t left = events, count; left > 0; left -= count) {
        count = least(left, events_a_call);
        write_columns(decoded, (size_t)count, left);
    }
}

static void write_cached(void) { write_reused(events_a_piece); }

static void write_real_size(void) { write_reused(events_a_transfer); }

static void write_fresh(void) {
    for (uint64_t left = events, count; left > 0; left -= count) {
        count = least(left, events_a_transfer);
        void *memory = pages(block_bytes((size_t)count));
        write_columns(block_at(memory, (size_t)count), (size_t)count, left);
        munmap(memory, block_bytes((size_t)count));
    }
}

static void copy(void) {
    for (uint64_t left = events, count; left > 0; left -= count) {
        count = least(left, events_a_piece);
        memcpy(decoded.t, source.t, (size_t)count * sizeof *source.t);
        memcpy(decoded.x, source.x, (size_t)count * sizeof *source.x);
        memcpy(decoded.y, source.y, (size_t)count * sizeof *source.y);
        memcpy(decoded.on, source.on, (size_t)count);
        __asm__ volatile("" ::: "memory");
    }
}

static const struct {
    const char *name;
    void (*run)(void);
} measurements[] = {
    { "decode", decode_pieces },
    { "decode-transfers", decode_transfers },
    { "decode-file", decode_file },
    { "decode-file-once", decode_file_once },
    { "memcpy", copy },
    { "write-cached", write_cached },
    { "write-reused", write_real_size },
    { "write-fresh", write_fresh },
};
enum { MEASUREMENTS = sizeof measurements / sizeof measurements[0] };

/*
 * The physical pages that a block was given matter: about one block in a hundred decodes `dense` a tenth to a fifth
 * slower for as long as it lives, though it is written at full speed. So each round of decoding has the next block, and
 * so do the limits that are measured after it.
 */
static void take_next_block(void) {
    static size_t taken;
    decoded = blocks[taken++ % BLOCKS];
    columns.t = decoded.t;
    columns.x = decoded.x;
    columns.y = decoded.y;
    columns.on = decoded.on;
}

static double seconds(size_t measurement) {
    if (measurements[measurement].run == decode_pieces) {
        take_next_block();
        decode_pieces(); /* its pages are there before the clock runs */
    }
    const double start = cpu_seconds();
    double taken;
    int passes = 0;
    do {
        measurements[measurement].run();
        passes += 1;
        taken = cpu_seconds() - start;
    } while (taken < LEAST_SECONDS);
    return taken / passes;
}

/* ---- Setting up ---- */

/* The data into memory; format and geometry out of the header. */
static void load(void) {
    char line[256];
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail(path, "can't be opened");
    while (fgets(line, sizeof line, file) != NULL && strcmp(line, "% end\n") != 0) {
        if (sscanf(line, "%% format %63[^;\n]", format) == 1 && strstr(line, "endianness=legacy") != NULL) {
            strcat(format, ";endianness=legacy");
        }
        sscanf(line, "%% geometry %ux%u", &width, &height);
    }
    const long start = ftell(file);
    fseek(file, 0, SEEK_END);
    stream_length = (size_t)(ftell(file) - start);
    stream = pages(stream_length);
    fseek(file, start, SEEK_SET);
    if (format[0] == 0 || width == 0 || fread(stream, 1, stream_length, file) != stream_length) {
        fail(path, "isn't a RAW file with format, geometry and end in its header");
    }
    fclose(file);
}

static void allocate(void) {
    for (size_t i = 0; i < BLOCKS; ++i) blocks[i] = block_at(pages(block_bytes(CAPACITY)), CAPACITY);
    source = block_at(pages(block_bytes(CAPACITY)), CAPACITY);
    memset(source.t, 1, block_bytes(CAPACITY));
    columns.capacity = columns.trigger_capacity = columns.counter_capacity = CAPACITY;
    take_next_block();
    columns.trigger_t = pages(CAPACITY * sizeof *columns.trigger_t);
    columns.trigger_id = pages(CAPACITY);
    columns.trigger_rising = pages(CAPACITY);
    columns.counter_t = pages(CAPACITY * sizeof *columns.counter_t);
    columns.counter_events = pages(CAPACITY * sizeof *columns.counter_events);
    columns.counter_is_output = pages(CAPACITY);
}

/* 1: all that the manifest says of the events is so. 0: it says nothing of them. */
static int check(const sums *found) {
    char name[64], manifest[4096];
    const size_t stem = strlen(path) > 4 ? strlen(path) - 4 : 0;
    uint64_t value;
    int is_checked = 0;
    snprintf(manifest, sizeof manifest, "%.*s.txt", (int)stem, path);
    FILE *file = fopen(manifest, "r");
    if (file == NULL) return 0;
    for (char line[256]; fgets(line, sizeof line, file) != NULL;) {
        if (sscanf(line, "%63s %" SCNu64, name, &value) != 2) continue;
        uint64_t ours = value;
        if (strcmp(name, "events") == 0) {
            ours = found->events;
            is_checked = 1;
        }
        for (int column = 0; column < 4; ++column) {
            const size_t length = strlen(column_names[column]);
            if (strncmp(name, column_names[column], length) != 0 || name[length] != '_') continue;
            ours = (strcmp(name + length, "_sum") == 0 ? found->plain : found->weighted)[column];
        }
        if (ours != value) fail(name, "not what the manifest says");
    }
    fclose(file);
    return is_checked;
}

/* So many bytes that they and their columns take half of the second-level cache: the other half is for whatever else
 * the decoder touches, and for two things that fall on the same lines. A transfer's worth at most. */
static void choose_piece(void) {
    long cache = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (cache <= 0) cache = 512 << 10;
    const double bytes_a_byte = 1 + COLUMN_BYTES * (double)events / (double)stream_length;
    piece = (size_t)((double)cache / 2 / bytes_a_byte) & ~(size_t)63;
    if (piece < LEAST_PIECE) piece = LEAST_PIECE;
    if (piece > TRANSFER) piece = TRANSFER;
    const double events_a_byte = (double)events / (double)stream_length;
    events_a_piece = 1 + (size_t)(events_a_byte * (double)piece);
    events_a_transfer = least(CAPACITY, 1 + (size_t)(events_a_byte * TRANSFER));
}

/* ---- Two ways of being asked ---- */

static int ascending(const void *one, const void *other) {
    const double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static void measure_rounds(int rounds) {
    static double results[MEASUREMENTS][ROUNDS_MAXIMUM];
    for (int round = 0; round < rounds; ++round) {
        for (size_t i = 0; i < MEASUREMENTS; ++i) results[i][round] = seconds(i);
    }
    puts("measurement,seconds,mev_per_s");
    for (size_t i = 0; i < MEASUREMENTS; ++i) {
        qsort(results[i], (size_t)rounds, sizeof results[i][0], ascending);
        const double median = results[i][rounds / 2];
        printf("%s,%.6f,%.1f\n", measurements[i].name, median, 1e-6 * (double)events / median);
    }
}

static void answer(void) {
    for (char line[64]; fgets(line, sizeof line, stdin) != NULL; fflush(stdout)) {
        size_t i = 0;
        line[strcspn(line, "\n")] = 0;
        while (i < MEASUREMENTS && strcmp(line, measurements[i].name) != 0) ++i;
        if (i == MEASUREMENTS) fail(line, "no such measurement");
        printf("%.9f\n", seconds(i));
    }
}

int main(int argc, char **argv) {
    const int rounds = argc > 2 ? atoi(argv[2]) : 0;
    sums found = { 0, { 0 }, { 0 } };
    if (argc < 2 || argc > 3 || (argc == 3 && (rounds < 1 || rounds > ROUNDS_MAXIMUM))) {
        fprintf(stderr, "usage: decoding FILE [ROUNDS]   (1 .. %d rounds)\n", ROUNDS_MAXIMUM);
        return 2;
    }
    path = argv[1];
    load();
    allocate();
    decode(TRANSFER, &found);
    events = found.events;
    choose_piece();
    printf("%s %" PRIu64 " events, %zu bytes in pieces of %zu; limits compiled by " COMPILER "\n",
           check(&found) ? "checked" : "unchecked", events, stream_length, piece);
    fflush(stdout);
    if (rounds > 0) measure_rounds(rounds);
    else answer();
    return 0;
}
