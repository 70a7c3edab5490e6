/* The way of the events out of the camera: made at some pace, held in a FIFO, handed to the host's transfers. What the
 * pace makes while the FIFO is full is lost, as in a camera. At "max" there is no pace: events are made as the host
 * takes them, and none is lost. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 4096, TICK_US = 250 };

int stream_open(camera *c) {
    struct stream *s = &c->stream;
    s->capacity = c->options.fifo > c->options.stale ? c->options.fifo : c->options.stale;
    s->fifo = malloc(s->capacity);
    s->rate = c->options.rate;
    return s->fifo != NULL ? 0 : -1;
}

void stream_close(struct stream *s) { free(s->fifo); }

/* --- the FIFO */

static size_t fifo_room(const struct stream *s) { return s->capacity - s->filled; }

static size_t fifo_put(struct stream *s, const uint8_t *bytes, size_t count) {
    if (count > fifo_room(s)) count = fifo_room(s);
    if (s->filled == 0 && count > 0) s->filled_since = now_us();
    for (size_t done = 0; done < count;) {
        const size_t at = (s->first + s->filled) % s->capacity;
        const size_t piece = count - done < s->capacity - at ? count - done : s->capacity - at;
        memcpy(s->fifo + at, bytes + done, piece);
        s->filled += piece;
        done += piece;
    }
    return count;
}

static size_t fifo_get(struct stream *s, uint8_t *bytes, size_t count) {
    if (count > s->filled) count = s->filled;
    for (size_t done = 0; done < count;) {
        const size_t piece = count - done < s->capacity - s->first ? count - done : s->capacity - s->first;
        if (bytes != NULL) memcpy(bytes + done, s->fifo + s->first, piece);
        s->first = (s->first + piece) % s->capacity;
        s->filled -= piece;
        done += piece;
    }
    s->filled_since = now_us();
    return count;
}

/* --- starting and stopping */

static void begin_pace(camera *c) {
    c->stream.paced_from = now_us();
    c->stream.paced_units = 0;
    c->stream.clock_at_pace_ps = c->source.clock_ps;
}

void stream_set_rate(camera *c, struct rate rate) {
    c->stream.rate = rate;
    begin_pace(c);
}

/* Called after every register write. The time base rising brings time, and the recording, back to their beginning. */
void stream_follow_registers(camera *c, int time_base_rose) {
    struct stream *s = &c->stream;
    if (time_base_rose) {
        source_rewind(c);
        begin_pace(c);
    }
    const int started = registers_say_started(c);
    if (started == s->started) return;
    s->started = started;
    begin_pace(c);
    transcript_add(c, started ? "START" : "STOP");
    pthread_cond_broadcast(&c->changed);
}

void stream_reset(camera *c) {
    struct stream *s = &c->stream;
    s->first = s->filled = 0;
    s->silent = 0;
    s->short_count = s->empty_count = 0;
    for (size_t i = 0; i < c->options.stale; i += 2) {
        /* Left over from an earlier use: single events in the lowest line, at no time in particular. */
        const uint16_t word = (uint16_t)(0x2000 | (random_next(c) & 0xFFF));
        fifo_put(s, (const uint8_t *)&word, c->options.stale - i < 2 ? 1 : 2);
    }
}

/* --- making */

static int makes_events(const camera *c) { return c->stream.started && !c->stream.silent; }

/* Up to `count` words within a budget of events and sensor time, filtered. Returns 0 when there are none to be had. */
static size_t make(camera *c, uint16_t *words, size_t count, uint64_t budget, uint64_t until_ps, uint64_t *taken,
                   uint64_t *events) {
    size_t made = source_take(c, words, count, budget, until_ps, taken);
    *events = *taken;
    if (filter_is_active(c)) {
        *events = 0;
        made = filter_words(c, words, made, events);
        c->stream.filtered_events += *taken - *events;
    } else {
        filter_follow(&c->filter, words, made);
    }
    c->stream.events += *events;
    return made;
}

/* What the pace allows by now: in events or sensor time, or in bytes. */
static void allow(const camera *c, uint64_t *bytes, uint64_t *budget, uint64_t *until_ps) {
    const struct stream *s = &c->stream;
    const double seconds = (double)(now_us() - s->paced_from) / 1e6;
    const double units = seconds * s->rate.per_second - s->paced_units;
    const uint64_t whole = units > 0 ? (uint64_t)units : 0;
    *bytes = *budget = *until_ps = UINT64_MAX;
    if (s->rate.unit == RATE_BYTES) *bytes = whole;
    else if (c->source.words != NULL) *budget = whole;
    else *until_ps = s->clock_at_pace_ps + (uint64_t)(seconds * 1e12);
}

/* Brings a paced stream up to now. */
static void catch_up(camera *c) {
    struct stream *s = &c->stream;
    if (!makes_events(c) || s->rate.unit == RATE_UNLIMITED) return;
    uint64_t bytes, budget, until_ps, taken, events;
    allow(c, &bytes, &budget, &until_ps);
    for (;;) {
        uint16_t words[WORDS];
        size_t room = fifo_room(s) / 2 < WORDS ? fifo_room(s) / 2 : WORDS;
        if (room > bytes / 2) room = bytes / 2;
        if (room < 16 && bytes / 2 >= 16) break;
        const uint64_t index = c->source.index, position = c->source.position;
        const size_t made = make(c, words, room, budget, until_ps, &taken, &events);
        fifo_put(s, (const uint8_t *)words, 2 * made);
        const uint64_t units = s->rate.unit == RATE_BYTES ? 2 * made : taken;
        s->paced_units += (double)units;
        if (bytes != UINT64_MAX) bytes -= 2 * made;
        if (budget != UINT64_MAX) budget -= taken;
        if (made == 0 && index == c->source.index && position == c->source.position) return;
    }
    const uint64_t lost = source_skip(c, bytes, budget, until_ps, &events);
    s->dropped_bytes += lost;
    s->dropped_events += events;
    s->paced_units += (double)(s->rate.unit == RATE_BYTES ? lost : events);
}

/* Fills `want` bytes from the FIFO, and at "max" from the source. */
static size_t gather(camera *c, uint8_t *bytes, size_t want) {
    struct stream *s = &c->stream;
    size_t got = fifo_get(s, bytes, want);
    while (got < want && makes_events(c) && s->rate.unit == RATE_UNLIMITED) {
        uint16_t words[WORDS];
        uint64_t taken, events;
        const size_t room = (want - got) / 2 < 16 ? 16 : (want - got) / 2 < WORDS ? (want - got) / 2 : WORDS;
        const uint64_t index = c->source.index, position = c->source.position;
        const size_t made = make(c, words, room, UINT64_MAX, UINT64_MAX, &taken, &events);
        const size_t direct = 2 * made < want - got ? 2 * made : want - got;
        memcpy(bytes + got, words, direct);
        got += direct;
        fifo_put(s, (const uint8_t *)words + direct, 2 * made - direct);
        if (made == 0 && index == c->source.index && position == c->source.position) break;
    }
    return got;
}

/* --- handing out */

static int has_more_at_once(const camera *c) {
    return makes_events(c) && c->stream.rate.unit == RATE_UNLIMITED && !source_is_at_end(c);
}

void stream_insert(camera *c, const uint8_t *bytes, size_t count) {
    fifo_put(&c->stream, bytes, count);
    pthread_cond_broadcast(&c->changed);
}

size_t stream_lose(camera *c, size_t count) {
    uint8_t scratch[256];
    size_t lost = 0;
    catch_up(c);
    while (lost < count) {
        const size_t some = gather(c, scratch, count - lost < sizeof scratch ? count - lost : sizeof scratch);
        if (some == 0) break;
        lost += some;
    }
    c->stream.lost_bytes += lost;
    return lost;
}

/* How many bytes go into a transfer of `capacity` now; 0 when it is too early. */
static size_t due(camera *c, size_t capacity) {
    struct stream *s = &c->stream;
    if (has_more_at_once(c) || s->filled >= capacity) return capacity;
    const int is_old = s->filled > 0 && now_us() >= s->filled_since + (uint64_t)c->options.flush_us;
    return is_old || (s->filled > 0 && source_is_at_end(c)) ? s->filled : 0;
}

/* Faults that are set for a byte of the stream: bytes up to there still go out. */
static int meet_fault(camera *c, size_t *capacity) {
    struct fault *fault = faults_at_bytes(c);
    if (fault == NULL) return 0;
    const uint64_t left = fault->at_bytes > c->stream.bytes ? fault->at_bytes - c->stream.bytes : 0;
    if (left > 0) {
        if (*capacity > left) *capacity = left;
        return 0;
    }
    const struct fault met = *fault;
    fault->kind = FAULT_NONE;
    transcript_add(c, "FAULT %s at byte %llu", fault_name(met.kind), (unsigned long long)c->stream.bytes);
    if (met.kind == FAULT_UNPLUG) {
        camera_pull(c);
        return CAMERA_UNPLUGGED;
    }
    *camera_halt_of(c, met.endpoint) = 1;
    return met.endpoint == CAMERA_EVENTS_IN ? CAMERA_STALLED : 0;
}

int stream_read(camera *c, uint8_t *bytes, size_t capacity, uint64_t deadline) {
    struct stream *s = &c->stream;
    if (c->options.chunks_end && capacity > c->options.chunk) capacity = c->options.chunk;
    if (capacity > c->options.chunk) capacity -= capacity % c->options.chunk;
    for (;;) {
        if (!c->plugged) return CAMERA_UNPLUGGED;
        if (c->halted_events) return CAMERA_STALLED;
        size_t want = capacity;
        const int fault = meet_fault(c, &want);
        if (fault != 0) return fault;
        catch_up(c);
        if (s->empty_count > 0) {
            s->empty_count -= 1;
            s->transfers += 1;
            return 0;
        }
        if (s->short_count > 0 && want > s->short_bytes) want = s->short_bytes;
        const size_t count = due(c, want);
        const size_t got = count > 0 ? gather(c, bytes, count) : 0;
        if (got > 0) {
            if (s->short_count > 0) s->short_count -= 1;
            s->bytes += got;
            s->transfers += 1;
            pthread_cond_broadcast(&c->changed);
            return (int)got;
        }
        const uint64_t now = now_us();
        if (now >= deadline) return CAMERA_NOTHING_YET;
        const int is_paced = makes_events(c) && s->rate.unit != RATE_UNLIMITED;
        const uint64_t flush = s->filled_since + (uint64_t)c->options.flush_us;
        uint64_t wake = is_paced ? now + TICK_US : deadline;
        if (s->filled > 0 && wake > flush) wake = flush;
        camera_wait_until(c, wake < deadline ? wake : deadline);
    }
}
