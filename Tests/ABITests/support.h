/*
 * What the C tests share: time, random numbers, a folder of their own, whole files, checksums, and a whole stream
 * gathered into arrays. Functions that can't do their work end the test.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* ---- Time and chance ---- */

static inline int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static inline void sleep_us(int64_t microseconds) {
    struct timespec time = {(time_t)(microseconds / 1000000), (long)(microseconds % 1000000 * 1000)};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

/* Waits until a condition holds, at most so many seconds; yields whether it does. */
#define WAIT_UNTIL(condition, seconds, result)                                                                          \
    do {                                                                                                                \
        int64_t wait_end_ns = now_ns() + (int64_t)((seconds) * 1e9);                                                    \
        while (!((result) = (condition)) && now_ns() < wait_end_ns) {                                                   \
            sleep_us(200);                                                                                              \
        }                                                                                                               \
    } while (0)

/* The next number of a repeatable sequence (xorshift64*); the state must not be 0. */
static inline uint64_t random_next(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static inline uint64_t random_below(uint64_t *state, uint64_t limit) { return (random_next(state) >> 16) % limit; }

static inline int compare_int64(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Sorts the values and returns the middle one. */
static inline int64_t median(int64_t *values, size_t count) {
    qsort(values, count, sizeof *values, compare_int64);
    return values[count / 2];
}

/* ---- Memory and files ---- */

static inline void *allocate(size_t length) {
    void *memory = malloc(length > 0 ? length : 1);
    REQUIRE(memory != NULL);
    return memory;
}

/* Prints into one of a few texts that are used in turn: good until some calls later. For one thread. */
static inline const char *format_text(const char *format, ...) {
    static char texts[8][4400];
    static unsigned next;
    char *text = texts[next++ % COUNT_OF(texts)];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof texts[0], format, arguments);
    va_end(arguments);
    REQUIRE(length >= 0 && (size_t)length < sizeof texts[0]);
    return text;
}

static char own_folder[4096];
static pid_t own_folder_process;

static inline int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static inline void remove_own_folder(void) {
    if (getpid() == own_folder_process) {
        nftw(own_folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
}

/* A path in a new folder that is removed when the test ends. */
static inline const char *in_own_folder(const char *name) {
    if (own_folder[0] == '\0') {
        const char *parent = getenv("TMPDIR");
        snprintf(own_folder, sizeof own_folder, "%s/neuromorphic-XXXXXX", parent != NULL ? parent : "/tmp");
        REQUIRE(mkdtemp(own_folder) != NULL);
        own_folder_process = getpid();
        atexit(remove_own_folder);
    }
    return format_text("%s/%s", own_folder, name);
}

/* A real recording, or NULL where they are not there. */
static inline const char *test_data(const char *name) {
    const char *folder = getenv("NEUROMORPHIC_TEST_DATA");
    const char *path = format_text("%s/%s", folder != NULL ? folder : "../shared/data", name);
    return access(path, R_OK) == 0 ? path : NULL;
}

static inline void write_file(const char *path, const void *bytes, size_t length) {
    FILE *file = fopen(path, "wb");
    REQUIRE(file != NULL);
    REQUIRE(fwrite(bytes, 1, length, file) == length);
    REQUIRE(fclose(file) == 0);
}

/* The bytes of a file, with a NUL behind them; free them. */
static inline uint8_t *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    struct stat status;
    REQUIRE(file != NULL);
    REQUIRE(fstat(fileno(file), &status) == 0);
    *length = (size_t)status.st_size;
    uint8_t *bytes = allocate(*length + 1);
    REQUIRE(fread(bytes, 1, *length, file) == *length);
    bytes[*length] = 0;
    fclose(file);
    return bytes;
}

static inline int file_holds(const char *path, const char *expected) {
    size_t length;
    uint8_t *bytes = read_file(path, &length);
    int is_same = length == strlen(expected) && memcmp(bytes, expected, length) == 0;
    free(bytes);
    return is_same;
}

static inline size_t count_files(const char *folder) {
    size_t found = 0;
    struct dirent *entry;
    DIR *directory = opendir(folder);
    REQUIRE(directory != NULL);
    while ((entry = readdir(directory)) != NULL) {
        found += entry->d_name[0] != '.';
    }
    closedir(directory);
    return found;
}

/* Where the data of a RAW file begins. */
static inline size_t header_length(const uint8_t *bytes, size_t length) {
    size_t at = 0;
    while (at + 1 < length && bytes[at] == '%' && bytes[at + 1] == ' ') {
        const uint8_t *end = memchr(bytes + at, '\n', length - at);
        REQUIRE(end != NULL);
        int is_end = strncmp((const char *)bytes + at, "% end\n", 6) == 0;
        at = (size_t)(end - bytes) + 1;
        if (is_end) {
            break;
        }
    }
    return at;
}

/* ---- Checksums ---- */

/* A quick checksum: 64-bit words, and the rest byte by byte. Go on with the result of the call before, 0 at first. */
static inline uint64_t checksum(uint64_t sum, const void *bytes, size_t length) {
    const uint8_t *next = bytes;
    uint64_t word;
    for (; length >= 8; next += 8, length -= 8) {
        memcpy(&word, next, 8);
        sum = (sum ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        sum ^= sum >> 29;
    }
    for (; length > 0; ++next, --length) {
        sum = (sum ^ *next) * UINT64_C(0x100000001B3);
    }
    return sum;
}

/* The checksum of all that a packet's arrays hold. */
static inline uint64_t packet_checksum(const neuromorphic_packet *packet) {
    uint64_t sum = packet->count ^ packet->trigger_count << 40 ^ packet->raw_length << 20;
    sum = checksum(sum, packet->t, packet->count * sizeof *packet->t);
    sum = checksum(sum, packet->x, packet->count * sizeof *packet->x);
    sum = checksum(sum, packet->y, packet->count * sizeof *packet->y);
    sum = checksum(sum, packet->on, packet->count * sizeof *packet->on);
    sum = checksum(sum, packet->trigger_t, packet->trigger_count * sizeof *packet->trigger_t);
    sum = checksum(sum, packet->trigger_id, packet->trigger_count * sizeof *packet->trigger_id);
    sum = checksum(sum, packet->trigger_rising, packet->trigger_count * sizeof *packet->trigger_rising);
    sum = checksum(sum, packet->counter_t, packet->counter_count * sizeof *packet->counter_t);
    sum = checksum(sum, packet->counter_events, packet->counter_count * sizeof *packet->counter_events);
    sum = checksum(sum, packet->counter_is_output, packet->counter_count * sizeof *packet->counter_is_output);
    sum = checksum(sum, packet->raw, packet->raw_length);
    sum = checksum(sum, packet->overflow_events, packet->overflow_count * sizeof *packet->overflow_events);
    sum = checksum(sum, packet->overflow_triggers, packet->overflow_count * sizeof *packet->overflow_triggers);
    return checksum(sum, packet->overflow_raw, packet->overflow_count * sizeof *packet->overflow_raw);
}

/* ---- A whole stream ---- */

/* An array that grows. */
typedef struct bytes {
    uint8_t *at;
    size_t length, capacity;
} bytes;

static inline void bytes_append(bytes *array, const void *more, size_t length) {
    if (array->length + length > array->capacity) {
        array->capacity = (array->length + length) * 2;
        array->at = realloc(array->at, array->capacity);
        REQUIRE(array->at != NULL);
    }
    if (length > 0) {
        memcpy(array->at + array->length, more, length);
    }
    array->length += length;
}

static inline int bytes_equal(const bytes *left, const bytes *right) {
    return left->length == right->length && (left->length == 0 || memcmp(left->at, right->at, left->length) == 0);
}

/* The columns of many packets, each as one array. */
typedef struct stream {
    bytes t, x, y, on;
    bytes trigger_t, trigger_id, trigger_rising;
    bytes counter_t, counter_events, counter_is_output;
    bytes raw;
} stream;

static inline void stream_append(stream *all, const neuromorphic_packet *packet) {
    bytes_append(&all->t, packet->t, packet->count * sizeof *packet->t);
    bytes_append(&all->x, packet->x, packet->count * sizeof *packet->x);
    bytes_append(&all->y, packet->y, packet->count * sizeof *packet->y);
    bytes_append(&all->on, packet->on, packet->count);
    bytes_append(&all->trigger_t, packet->trigger_t, packet->trigger_count * sizeof *packet->trigger_t);
    bytes_append(&all->trigger_id, packet->trigger_id, packet->trigger_count);
    bytes_append(&all->trigger_rising, packet->trigger_rising, packet->trigger_count);
    bytes_append(&all->counter_t, packet->counter_t, packet->counter_count * sizeof *packet->counter_t);
    bytes_append(&all->counter_events, packet->counter_events, packet->counter_count * sizeof *packet->counter_events);
    bytes_append(&all->counter_is_output, packet->counter_is_output, packet->counter_count);
    bytes_append(&all->raw, packet->raw, packet->raw_length);
}

static inline size_t stream_count(const stream *all) { return all->on.length; }
static inline uint64_t stream_t(const stream *all, size_t i) { return ((const uint64_t *)(const void *)all->t.at)[i]; }
static inline uint16_t stream_x(const stream *all, size_t i) { return ((const uint16_t *)(const void *)all->x.at)[i]; }
static inline uint16_t stream_y(const stream *all, size_t i) { return ((const uint16_t *)(const void *)all->y.at)[i]; }

/* The arrays of a stream, one by one: NULL behind the last. */
static inline bytes *stream_part(stream *all, size_t i) {
    bytes *const parts[] = {&all->t, &all->x, &all->y, &all->on, &all->trigger_t, &all->trigger_id, &all->trigger_rising,
                            &all->counter_t, &all->counter_events, &all->counter_is_output, &all->raw};
    return i < COUNT_OF(parts) ? parts[i] : NULL;
}

static inline int stream_equal(stream *left, stream *right) {
    for (size_t i = 0; stream_part(left, i) != NULL; ++i) {
        if (!bytes_equal(stream_part(left, i), stream_part(right, i))) {
            return 0;
        }
    }
    return 1;
}

static inline void stream_free(stream *all) {
    for (size_t i = 0; stream_part(all, i) != NULL; ++i) {
        free(stream_part(all, i)->at);
    }
    memset(all, 0, sizeof *all);
}

static inline neuromorphic_device *open_device(const char *source, const neuromorphic_open_options *options) {
    neuromorphic_device *device = NULL;
    if (!CHECK_OK(neuromorphic_open(source, options, &device))) {
        fprintf(check_output(), "    the source was %s\n", source);
        check_give_up();
    }
    return device;
}

/* Reads a device to its end, which must come. */
static inline stream stream_to_end(neuromorphic_device *device) {
    stream all;
    memset(&all, 0, sizeof all);
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    while ((status = neuromorphic_next_packet(device, 60000000, &packet)) == NEUROMORPHIC_OK) {
        stream_append(&all, packet);
        neuromorphic_packet_release(packet);
    }
    CHECK_STATUS(status, NEUROMORPHIC_END_OF_STREAM);
    return all;
}

/* Arrays for a decoder, each with exactly the room that was asked for. */
static inline neuromorphic_columns columns_create(size_t capacity, size_t triggers, size_t counters) {
    neuromorphic_columns columns = NEUROMORPHIC_COLUMNS_INIT;
    columns.capacity = capacity;
    columns.t = allocate(capacity * sizeof *columns.t);
    columns.x = allocate(capacity * sizeof *columns.x);
    columns.y = allocate(capacity * sizeof *columns.y);
    columns.on = allocate(capacity);
    columns.trigger_capacity = triggers;
    columns.trigger_t = allocate(triggers * sizeof *columns.trigger_t);
    columns.trigger_id = allocate(triggers);
    columns.trigger_rising = allocate(triggers);
    columns.counter_capacity = counters;
    columns.counter_t = allocate(counters * sizeof *columns.counter_t);
    columns.counter_events = allocate(counters * sizeof *columns.counter_events);
    columns.counter_is_output = allocate(counters);
    return columns;
}

static inline void columns_free(neuromorphic_columns *columns) {
    free(columns->t), free(columns->x), free(columns->y), free(columns->on);
    free(columns->trigger_t), free(columns->trigger_id), free(columns->trigger_rising);
    free(columns->counter_t), free(columns->counter_events), free(columns->counter_is_output);
    *columns = (neuromorphic_columns)NEUROMORPHIC_COLUMNS_INIT;
}

/* Moves what a decoder appended to the end of a stream, and empties the arrays. */
static inline void columns_move(neuromorphic_columns *columns, stream *all) {
    neuromorphic_packet packet;
    memset(&packet, 0, sizeof packet);
    packet.count = columns->count;
    packet.t = columns->t, packet.x = columns->x, packet.y = columns->y, packet.on = columns->on;
    packet.trigger_count = columns->trigger_count;
    packet.trigger_t = columns->trigger_t, packet.trigger_id = columns->trigger_id;
    packet.trigger_rising = columns->trigger_rising;
    packet.counter_count = columns->counter_count;
    packet.counter_t = columns->counter_t, packet.counter_events = columns->counter_events;
    packet.counter_is_output = columns->counter_is_output;
    stream_append(all, &packet);
    columns->count = columns->trigger_count = columns->counter_count = 0;
}

/* Opens a source, reads it to its end and closes it. */
static inline stream stream_of(const char *source, const neuromorphic_open_options *options) {
    neuromorphic_device *device = open_device(source, options);
    stream all = stream_to_end(device);
    neuromorphic_close(device);
    return all;
}

/* Records a source to a file, raw, from its start to its end. */
static inline void record_to_file(const char *source, const neuromorphic_configuration *configuration, const char *path) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 1;
    options.configuration = configuration;
    neuromorphic_device *device = open_device(source, &options);
    neuromorphic_recording *recording = NULL;
    REQUIRE_OK(neuromorphic_recording_create(path, device, 1, &recording));
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    while ((status = neuromorphic_next_packet(device, 60000000, &packet)) == NEUROMORPHIC_OK) {
        REQUIRE_OK(neuromorphic_recording_write(recording, packet));
        neuromorphic_packet_release(packet);
    }
    CHECK_STATUS(status, NEUROMORPHIC_END_OF_STREAM);
    REQUIRE_OK(neuromorphic_recording_close(recording));
    neuromorphic_close(device);
}

/* That what was produced is accounted for, to the byte and to the buffer. */
static inline int balance_holds(const neuromorphic_statistics *s) {
    return s->bytes_produced == s->bytes_delivered + s->bytes_waiting + s->bytes_lost_newest + s->bytes_lost_oldest +
                                    s->bytes_cleared &&
           s->buffers_produced == s->buffers_delivered + s->buffers_waiting + s->buffers_lost_newest +
                                      s->buffers_lost_oldest + s->buffers_cleared;
}

static inline neuromorphic_statistics statistics_of(neuromorphic_device *device) {
    neuromorphic_statistics statistics = NEUROMORPHIC_STATISTICS_INIT;
    CHECK_OK(neuromorphic_statistics_of(device, &statistics));
    return statistics;
}

#endif
