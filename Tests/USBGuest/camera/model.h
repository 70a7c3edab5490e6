/* What the parts of a camera know of each other. Nothing outside of this folder includes this file.
 *
 *   descriptors.c  what it says of itself to the USB
 *   treuzell.c     control frames, in terms of registers.c: the register file and what it does to the sensor
 *   source.c       words of EVT3 from a file or a generator
 *   filter.c       masks, windows, trigger mask and rate limiter, applied to these words
 *   stream.c       pace, internal memory and transfers of the result
 *   faults.c       what shall go wrong, and when
 *   commands.c     the command language
 *   transcript.c   what happened, line by line
 *   camera.c       the lock, and the functions of camera.h
 *
 * All functions here but those of camera.h expect the camera's lock to be held. */
#ifndef MODEL_H
#define MODEL_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "camera.h"
#include "options.h"

enum { MAXIMUM_WIDTH = 1280, MAXIMUM_HEIGHT = 720, ROW_WORDS = MAXIMUM_WIDTH / 32 };

/* --- transcript.c */
struct transcript {
    char *text;
    size_t used, capacity, lines;
    int off;
    void *file; /* FILE *, lines go there as well */
};
__attribute__((format(printf, 2, 3))) void transcript_add(camera *c, const char *format, ...);
__attribute__((format(printf, 5, 6))) void transcript_add_bytes(camera *c, const char *word, const uint8_t *bytes,
                                                                size_t count, const char *format, ...);
void transcript_clear(struct transcript *t);
int transcript_dump(const struct transcript *t, const char *path); /* 0, or -1 */
size_t transcript_line(const struct transcript *t, size_t index, char *out, size_t capacity);

/* --- registers.c */
enum { SENSOR_WORDS = 0x10000 / 4, BRIDGE_FIRST = 0x400000, BRIDGE_WORDS = 0x1000 / 4 };

struct registers {
    uint32_t sensor[SENSOR_WORDS];
    uint32_t bridge[BRIDGE_WORDS];
    uint8_t biases[32];          /* what reached the bias generator, by (address - 0x1000) / 4 */
    uint8_t factory[32];
    uint32_t columns[ROW_WORDS]; /* the masks in force: latched by roi_ctrl bit 5 */
    uint32_t rows[23];
    int adc_started, adc_reads;
    uint64_t window_done_at, afk_done_at, stc_done_at; /* 0: not asked for */
};
void registers_reset(camera *c);
int registers_read(camera *c, uint32_t address, uint32_t *value);  /* 0, or an errno */
int registers_write(camera *c, uint32_t address, uint32_t value);
uint32_t registers_peek(const camera *c, uint32_t address);
int registers_say_started(const camera *c);
double registers_bias_factor(const camera *c);

/* --- filter.c */
struct filter {
    int dirty;               /* a register that matters was written */
    int active;
    int drop_triggers, invert, limit;
    uint32_t period, target; /* of the rate limiter */
    uint32_t kept[MAXIMUM_HEIGHT][ROW_WORDS];
    uint16_t row, base, high, low;
    uint32_t period_now, period_events;
};
int filter_is_active(camera *c);
/* Filters `count` words in place; returns how many are left, and their events in `events`. */
size_t filter_words(camera *c, uint16_t *words, size_t count, uint64_t *events);
/* Reads words that pass unfiltered, so that a filter switched on later knows the row it is in. */
void filter_follow(struct filter *f, const uint16_t *words, size_t count);

/* --- source.c */
struct source {
    uint16_t *words; /* of a file; NULL for the generator */
    size_t count;
    uint64_t *events_before; /* every 1024th word */
    uint64_t total_events;
    size_t position;
    uint16_t shift, last_high; /* added to every TIME_HIGH when time restarts */

    uint64_t index;           /* the generator's next event */
    uint64_t clock_ps;        /* and its time */
    uint64_t trigger_ps;
    unsigned trigger_edge;
    uint64_t high;            /* last TIME_HIGH said, not wrapped; UINT64_MAX: none */
    uint32_t low, row, base;  /* last said; UINT32_MAX: none */
};
int source_open(camera *c, char *why, size_t why_size);
void source_close(struct source *s);
void source_rewind(camera *c);
int source_is_at_end(const camera *c);
/* Up to `capacity` words with up to `budget` events, or sensor time before `until_ps` for the generator. */
size_t source_take(camera *c, uint16_t *words, size_t capacity, uint64_t budget, uint64_t until_ps, uint64_t *events);
/* The same, thrown away: returns the bytes that were. A generator with an end in time doesn't encode them, and says 0. */
uint64_t source_skip(camera *c, uint64_t bytes, uint64_t budget, uint64_t until_ps, uint64_t *events);
uint64_t count_events(const uint16_t *words, size_t count);

/* --- stream.c */
struct stream {
    int started, silent, inserted_trigger;
    struct rate rate;
    uint8_t *fifo;
    size_t capacity, first, filled;
    uint64_t filled_since;             /* when the oldest byte of the FIFO came */
    uint64_t paced_from;               /* when the pace last began or changed */
    double paced_units;                /* what the pace allowed and was made since */
    uint64_t clock_at_pace_ps;
    uint64_t short_count, short_bytes, empty_count; /* faults of the next transfers */
    uint64_t bytes, transfers;         /* handed to transfers of the host */
    uint64_t delivered; int delivers;  /* told by an attachment that queues ahead */
    uint64_t events, dropped_events, dropped_bytes, filtered_events, garbage_bytes, lost_bytes;
};
int stream_open(camera *c);
void stream_close(struct stream *s);
void stream_reset(camera *c);
void stream_follow_registers(camera *c, int time_base_rose);
void stream_set_rate(camera *c, struct rate rate);
void stream_insert(camera *c, const uint8_t *bytes, size_t count);
size_t stream_lose(camera *c, size_t count);
int stream_read(camera *c, uint8_t *bytes, size_t capacity, uint64_t deadline);

/* --- treuzell.c */
enum { REPLY_CAPACITY = 8192 };
struct reply {
    struct reply *next;
    uint64_t ready_at;
    size_t count, taken;
    uint8_t bytes[REPLY_CAPACITY];
};
size_t treuzell_answer(camera *c, const uint8_t *request, size_t count, uint8_t *reply);

/* --- faults.c */
enum fault_kind {
    FAULT_NONE, FAULT_UNPLUG, FAULT_HALT,
    FAULT_REFUSE, FAULT_MISSING, FAULT_LATE, FAULT_LONG, FAULT_SHORT, FAULT_EMPTY,
    FAULT_WRONG_HEADER, FAULT_WRONG_LENGTH, FAULT_FAILED, FAULT_UNIMPLEMENTED, FAULT_GARBAGE
};
struct fault {
    enum fault_kind kind;
    uint8_t endpoint;
    uint64_t from, until; /* control operations from power on, both included; 0: counted in bytes of the stream */
    uint64_t at_bytes;
    int milliseconds, number, code;
};
enum { FAULTS = 64 };
struct faults {
    struct fault list[FAULTS];
    int count;
};
struct fault faults_at_operation(camera *c, uint64_t operation);
void faults_arm_requests(camera *c); /* halts 02 ahead of the operation that shall meet the halt */
struct fault *faults_at_bytes(camera *c);
int faults_add(camera *c, struct fault fault);
const char *fault_name(enum fault_kind kind);
/* Spoils a reply of `count` bytes in place; returns its new length. */
size_t fault_spoil(const struct fault *fault, uint8_t *reply, size_t count, size_t capacity);

struct camera {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct options options;
    struct camera_attachment attachment;
    uint64_t born; /* of the log's clock, in microseconds */
    int plugged;
    uint64_t operations;
    int halted_requests, halted_replies, halted_events;
    struct reply *first_reply, *last_reply;
    struct registers registers;
    struct filter filter;
    struct source source;
    struct stream stream;
    struct faults faults;
    struct transcript transcript;
    uint32_t random;
};

uint64_t now_us(void);
uint32_t random_next(camera *c);
void camera_wait_until(camera *c, uint64_t when); /* gives the lock away meanwhile */
void camera_power_on(camera *c);
void camera_pull(camera *c);                      /* it is unplugged from now on */
int *camera_halt_of(camera *c, uint8_t endpoint); /* NULL: there is no such endpoint */

#endif
