/* The camera as the attachment sees it: the lock around everything, and the order of things at each endpoint. */
#include "model.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint32_t random_next(camera *c) {
    c->random ^= c->random << 13;
    c->random ^= c->random >> 17;
    c->random ^= c->random << 5;
    return c->random;
}

void camera_wait_until(camera *c, uint64_t when) {
    const struct timespec until = {(time_t)(when / 1000000), (long)(when % 1000000 * 1000)};
    pthread_cond_timedwait(&c->changed, &c->lock, &until);
}

int *camera_halt_of(camera *c, uint8_t endpoint) {
    switch (endpoint) {
    case CAMERA_REQUESTS_OUT: return &c->halted_requests;
    case CAMERA_REPLIES_IN: return &c->halted_replies;
    case CAMERA_EVENTS_IN: return &c->halted_events;
    default: return NULL;
    }
}

/* --- making, plugging, pulling */

static void forget_replies(camera *c) {
    while (c->first_reply != NULL) {
        struct reply *next = c->first_reply->next;
        free(c->first_reply);
        c->first_reply = next;
    }
    c->last_reply = NULL;
}

static void reset(camera *c) {
    c->halted_requests = c->halted_replies = c->halted_events = 0;
    forget_replies(c);
    stream_reset(c);
    registers_reset(c);
    source_rewind(c);
}

void camera_power_on(camera *c) {
    c->plugged = 1;
    c->operations = 0;
    reset(c);
    transcript_add(c, "PLUG");
    pthread_cond_broadcast(&c->changed);
}

void camera_pull(camera *c) {
    if (!c->plugged) return;
    c->plugged = 0;
    forget_replies(c);
    transcript_add(c, "UNPLUG");
    pthread_cond_broadcast(&c->changed);
}

camera *camera_create(const char *description, char *why, size_t why_size) {
    camera *c = calloc(1, sizeof *c);
    if (c == NULL) return NULL;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    c->born = now_us();
    c->random = 2463534242u;
    if (options_read(&c->options, description, why, why_size) != 0 || source_open(c, why, why_size) != 0 || stream_open(c) != 0) {
        camera_free(c);
        return NULL;
    }
    camera_power_on(c);
    for (int i = 0; i < c->options.command_count; ++i) {
        char answer[256];
        if (camera_command(c, c->options.commands[i], answer, sizeof answer) != 0) {
            strncpy(why, answer, why_size - 1);
            why[why_size - 1] = '\0';
            camera_free(c);
            return NULL;
        }
    }
    return c;
}

void camera_free(camera *c) {
    if (c == NULL) return;
    forget_replies(c);
    source_close(&c->source);
    stream_close(&c->stream);
    free(c->transcript.text);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void camera_attach(camera *c, const struct camera_attachment *attachment) {
    pthread_mutex_lock(&c->lock);
    c->attachment = *attachment;
    pthread_mutex_unlock(&c->lock);
}

void camera_reset(camera *c) {
    pthread_mutex_lock(&c->lock);
    if (c->plugged) {
        reset(c);
        transcript_add(c, "RESET");
        pthread_cond_broadcast(&c->changed);
    } else {
        camera_power_on(c);
    }
    pthread_mutex_unlock(&c->lock);
}

void camera_clear_halt(camera *c, uint8_t endpoint) {
    pthread_mutex_lock(&c->lock);
    int *halt = camera_halt_of(c, endpoint);
    if (halt != NULL) *halt = 0;
    transcript_add(c, "CLEAR_HALT %02x", endpoint);
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

int camera_is_halted(camera *c, uint8_t endpoint) {
    pthread_mutex_lock(&c->lock);
    const int *halt = camera_halt_of(c, endpoint);
    const int is_halted = halt != NULL && *halt;
    pthread_mutex_unlock(&c->lock);
    return is_halted;
}

void camera_took_halt(camera *c, uint8_t endpoint) {
    pthread_mutex_lock(&c->lock);
    int *halt = camera_halt_of(c, endpoint);
    if (halt != NULL) *halt = 0;
    pthread_mutex_unlock(&c->lock);
}

int camera_is_high_speed(const camera *c) { return c->options.high_speed; }

void camera_delivered(camera *c, size_t bytes) {
    pthread_mutex_lock(&c->lock);
    c->stream.delivers = 1;
    c->stream.delivered += bytes;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

/* --- control operations */

/* Counts the operation and finds out what goes wrong with it. An unplug or a halt has happened when this returns. */
static struct fault begin_operation(camera *c) {
    const struct fault fault = faults_at_operation(c, ++c->operations);
    pthread_cond_broadcast(&c->changed);
    if (fault.kind != FAULT_NONE) {
        transcript_add(c, "FAULT %s at operation %llu", fault_name(fault.kind), (unsigned long long)c->operations);
    }
    if (fault.kind == FAULT_UNPLUG) camera_pull(c);
    if (fault.kind == FAULT_HALT) *camera_halt_of(c, fault.endpoint) = 1;
    return fault;
}

static int answer_control(camera *c, const uint8_t setup[8], uint8_t *data, size_t capacity) {
    const struct fault fault = begin_operation(c);
    transcript_add_bytes(c, setup[0] & 0x80 ? "CTRL_IN" : "CTRL_OUT", setup, 8, "%s", "");
    const size_t length = (size_t)setup[6] | (size_t)setup[7] << 8;
    if (fault.kind == FAULT_UNPLUG) return CAMERA_UNPLUGGED;
    if (fault.kind == FAULT_REFUSE || setup[0] != 0xC0 || setup[1] != 0x72) return CAMERA_STALLED;
    if (fault.kind == FAULT_MISSING) return CAMERA_NOTHING_YET;
    if (fault.kind == FAULT_LATE) {
        const uint64_t until = now_us() + (uint64_t)fault.milliseconds * 1000;
        while (c->plugged && now_us() < until) camera_wait_until(c, until);
        if (!c->plugged) return CAMERA_UNPLUGGED;
    }
    uint8_t reply[REPLY_CAPACITY] = {c->options.system_id, 0};
    const size_t count = fault_spoil(&fault, reply, 2, sizeof reply);
    const size_t taken = count < length ? count : length;
    memcpy(data, reply, taken < capacity ? taken : capacity);
    return (int)(taken < capacity ? taken : capacity);
}

int camera_control(camera *c, const uint8_t setup[8], uint8_t *data, size_t capacity) {
    pthread_mutex_lock(&c->lock);
    const int result = c->plugged ? answer_control(c, setup, data, capacity) : CAMERA_UNPLUGGED;
    faults_arm_requests(c);
    pthread_mutex_unlock(&c->lock);
    return result;
}

static void queue_reply(camera *c, const struct fault *fault, const uint8_t *bytes, size_t count) {
    struct reply *reply = calloc(1, sizeof *reply);
    if (reply == NULL) return;
    reply->ready_at = now_us() + (fault->kind == FAULT_LATE ? (uint64_t)fault->milliseconds * 1000 : 0);
    memcpy(reply->bytes, bytes, count);
    reply->count = fault_spoil(fault, reply->bytes, count, REPLY_CAPACITY);
    if (c->last_reply != NULL) c->last_reply->next = reply;
    else c->first_reply = reply;
    c->last_reply = reply;
    pthread_cond_broadcast(&c->changed);
}

static int take_request(camera *c, const uint8_t *bytes, size_t count) {
    if (!c->plugged) return CAMERA_UNPLUGGED;
    if (c->halted_requests) return CAMERA_STALLED;
    const struct fault fault = begin_operation(c);
    if (!c->plugged) return CAMERA_UNPLUGGED;
    if (c->halted_requests) return CAMERA_STALLED;
    uint8_t reply[REPLY_CAPACITY];
    const size_t answered = treuzell_answer(c, bytes, count, reply);
    faults_arm_requests(c);
    if (fault.kind == FAULT_REFUSE) {
        c->halted_replies = 1;
        pthread_cond_broadcast(&c->changed);
    } else if (fault.kind != FAULT_MISSING) {
        queue_reply(c, &fault, reply, answered);
    }
    return (int)count;
}

int camera_write(camera *c, uint8_t endpoint, const uint8_t *bytes, size_t count) {
    if (endpoint != CAMERA_REQUESTS_OUT) return CAMERA_STALLED;
    pthread_mutex_lock(&c->lock);
    const int result = take_request(c, bytes, count);
    pthread_mutex_unlock(&c->lock);
    return result;
}

static int read_reply(camera *c, uint8_t *bytes, size_t capacity, uint64_t deadline) {
    for (;;) {
        if (!c->plugged) return CAMERA_UNPLUGGED;
        if (c->halted_replies) return CAMERA_STALLED;
        struct reply *reply = c->first_reply;
        const uint64_t now = now_us();
        if (reply == NULL || now < reply->ready_at) {
            if (now >= deadline) return CAMERA_NOTHING_YET;
            camera_wait_until(c, reply != NULL && reply->ready_at < deadline ? reply->ready_at : deadline);
            continue;
        }
        const size_t left = reply->count - reply->taken, count = left < capacity ? left : capacity;
        memcpy(bytes, reply->bytes + reply->taken, count);
        reply->taken += count;
        if (reply->taken == reply->count) {
            c->first_reply = reply->next;
            if (c->first_reply == NULL) c->last_reply = NULL;
            free(reply);
        }
        return (int)count;
    }
}

int camera_read(camera *c, uint8_t endpoint, uint8_t *bytes, size_t capacity, int wait_ms) {
    const uint64_t deadline = now_us() + (uint64_t)(wait_ms > 0 ? wait_ms : 0) * 1000;
    pthread_mutex_lock(&c->lock);
    const int result = endpoint == CAMERA_REPLIES_IN  ? read_reply(c, bytes, capacity, deadline)
                     : endpoint == CAMERA_EVENTS_IN ? stream_read(c, bytes, capacity, deadline) : CAMERA_STALLED;
    pthread_mutex_unlock(&c->lock);
    return result;
}
