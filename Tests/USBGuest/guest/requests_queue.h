/* Transfers of one endpoint file that are on their way in the kernel, by Linux' own asynchronous input and output. */
#ifndef REQUESTS_QUEUE_H
#define REQUESTS_QUEUE_H

#include <linux/aio_abi.h>
#include <stddef.h>
#include <stdint.h>

enum { QUEUE_DEPTH = 4, QUEUE_TRANSFER = 131072 };

struct slot {
    struct iocb request;
    int is_busy;
    uint8_t *bytes;
};

struct queue {
    aio_context_t context;
    int file;
    int busy;
    struct slot slots[QUEUE_DEPTH];
};

int queue_open(struct queue *queue, int file);
struct slot *queue_free_slot(struct queue *queue);
int queue_submit(struct queue *queue, struct slot *slot, int is_write, size_t count); /* 0 or -1 */
/* Waits up to `wait_ms` for a transfer to end. Returns its slot and its bytes or error, or NULL. */
struct slot *queue_reap(struct queue *queue, int wait_ms, long *result);
void queue_cancel(struct queue *queue);

#endif
