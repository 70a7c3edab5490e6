#include "requests_queue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int queue_open(struct queue *q, int file)
{
    memset(q, 0, sizeof *q);
    q->file = file;
    for (int i = 0; i < QUEUE_DEPTH; ++i) {
        if (posix_memalign((void **)&q->slots[i].bytes, 4096, QUEUE_TRANSFER) != 0) return -1;
    }
    return (int)syscall(SYS_io_setup, QUEUE_DEPTH, &q->context);
}

struct slot *queue_free_slot(struct queue *q)
{
    for (int i = 0; i < QUEUE_DEPTH; ++i) {
        if (!q->slots[i].is_busy) return &q->slots[i];
    }
    return NULL;
}

int queue_submit(struct queue *q, struct slot *slot, int is_write, size_t count)
{
    slot->request = (struct iocb){
        .aio_data = (uintptr_t)slot, .aio_lio_opcode = is_write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD,
        .aio_fildes = (uint32_t)q->file, .aio_buf = (uintptr_t)slot->bytes, .aio_nbytes = count,
    };
    struct iocb *request = &slot->request;
    if (syscall(SYS_io_submit, q->context, 1, &request) != 1) return -1;
    slot->is_busy = 1;
    q->busy += 1;
    return 0;
}

struct slot *queue_reap(struct queue *q, int wait_ms, long *result)
{
    struct io_event event;
    struct timespec wait = {wait_ms / 1000, wait_ms % 1000 * 1000000L};
    if (q->busy == 0 || syscall(SYS_io_getevents, q->context, 1, 1, &event, &wait) != 1) return NULL;
    struct slot *slot = (struct slot *)(uintptr_t)event.data;
    slot->is_busy = 0;
    q->busy -= 1;
    *result = (long)event.res;
    return slot;
}

void queue_cancel(struct queue *q)
{
    for (int i = 0; i < QUEUE_DEPTH; ++i) {
        struct io_event event;
        if (q->slots[i].is_busy) syscall(SYS_io_cancel, q->context, &q->slots[i].request, &event);
    }
    long result;
    while (queue_reap(q, 1000, &result) != NULL) {
    }
}
