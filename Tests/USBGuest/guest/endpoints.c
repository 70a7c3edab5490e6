/* The bulk endpoints. FunctionFS halts an endpoint that is read where it should be written, or the other way; that needs
 * no transfer to be queued there. */
#include "gadget.h"
#include "requests_queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REPLIES, REQUESTS, EVENTS };

static void pause_ms(int ms) { nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL); }

static size_t packet_size(const struct gadget *g) { return g->is_high_speed ? 512 : 1024; }

static void halt(struct gadget *g, int which, uint8_t endpoint)
{
    uint8_t byte = 0;
    const ssize_t done = endpoint & 0x80 ? read(g->bulk[which], &byte, 1) : write(g->bulk[which], &byte, 1);
    if (done < 0 && errno != EBADMSG) fprintf(stderr, "camera-gadget: halting %02x: %s\n", endpoint, strerror(errno));
    camera_took_halt(g->camera, endpoint);
}

static void open_queue(struct queue *q, int file)
{
    if (queue_open(q, file) == 0) return;
    fprintf(stderr, "camera-gadget: no asynchronous transfers: %s\n", strerror(errno));
    exit(1);
}

void *endpoints_take_requests(void *context)
{
    struct gadget *g = context;
    struct queue queue;
    open_queue(&queue, g->bulk[REQUESTS]);
    for (;;) {
        const unsigned epoch = gadget_wait_enabled(g);
        while (gadget_is_in_epoch(g, epoch)) {
            if (camera_is_halted(g->camera, CAMERA_REQUESTS_OUT)) {
                queue_cancel(&queue);
                halt(g, REQUESTS, CAMERA_REQUESTS_OUT);
            }
            if (queue.busy == 0 && queue_submit(&queue, queue_free_slot(&queue), 0, 4096) != 0) pause_ms(5);
            long count;
            struct slot *slot = queue_reap(&queue, 20, &count);
            if (slot == NULL) continue;
            if (count < 0) break;
            if (camera_write(g->camera, CAMERA_REQUESTS_OUT, slot->bytes, (size_t)count) == CAMERA_UNPLUGGED) gadget_unplug(g);
        }
        queue_cancel(&queue);
    }
}

/* A reply that the host doesn't fetch stays, and is what the host reads next. */
void *endpoints_send_replies(void *context)
{
    struct gadget *g = context;
    static uint8_t reply[16384];
    for (;;) {
        const unsigned epoch = gadget_wait_enabled(g);
        while (gadget_is_in_epoch(g, epoch)) {
            const int count = camera_read(g->camera, CAMERA_REPLIES_IN, reply, sizeof reply, 50);
            if (count == CAMERA_STALLED) halt(g, REPLIES, CAMERA_REPLIES_IN);
            if (count == CAMERA_UNPLUGGED) pause_ms(5);
            if (count < 0) continue;
            if (write(g->bulk[REPLIES], reply, (size_t)count) < 0) break;
            if (count > 0 && (size_t)count % packet_size(g) == 0 && write(g->bulk[REPLIES], reply, 0) < 0) break;
        }
    }
}

static int reap(struct gadget *g, struct queue *q, int wait_ms)
{
    long count;
    if (queue_reap(q, wait_ms, &count) == NULL) return 0;
    if (count > 0) camera_delivered(g->camera, (size_t)count);
    return 1;
}

/* Before a halt or an unplug, what was handed out goes its way, if the host still fetches it. */
static void drain(struct gadget *g, struct queue *q)
{
    while (q->busy > 0 && reap(g, q, 200)) {
    }
    queue_cancel(q);
}

/* Fills free transfers as the camera gives bytes. A transfer that must end at a whole packet is followed by an empty one. */
static int send_some(struct gadget *g, struct queue *q)
{
    struct slot *slot = queue_free_slot(q);
    if (slot == NULL || q->busy >= QUEUE_DEPTH - 1) return 0;
    const int count = camera_read(g->camera, CAMERA_EVENTS_IN, slot->bytes, QUEUE_TRANSFER, q->busy > 0 ? 2 : 20);
    if (count == CAMERA_UNPLUGGED) {
        drain(g, q);
        gadget_unplug(g);
    } else if (count == CAMERA_STALLED) {
        drain(g, q);
        halt(g, EVENTS, CAMERA_EVENTS_IN);
    }
    if (count < 0) return 0;
    if (queue_submit(q, slot, 1, (size_t)count) != 0) return -1;
    const int needs_end = count > 0 && count < QUEUE_TRANSFER && (size_t)count % packet_size(g) == 0;
    return !needs_end ? 1 : queue_submit(q, queue_free_slot(q), 1, 0) == 0 ? 1 : -1;
}

void *endpoints_send_events(void *context)
{
    struct gadget *g = context;
    struct queue queue;
    open_queue(&queue, g->bulk[EVENTS]);
    for (;;) {
        const unsigned epoch = gadget_wait_enabled(g);
        while (gadget_is_in_epoch(g, epoch)) {
            while (reap(g, &queue, 0)) {
            }
            const int sent = send_some(g, &queue);
            if (sent < 0) break;
            if (sent == 0 && queue.busy >= QUEUE_DEPTH - 1) reap(g, &queue, 20);
        }
        queue_cancel(&queue);
        pause_ms(2);
    }
}
