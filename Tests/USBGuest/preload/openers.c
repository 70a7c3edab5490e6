/* Open files of nodes. The program gets one end of a socket pair, because its readiness can be steered: its send buffer is kept
 * full until a transfer has ended, emptied when one waits, and after an unplug our end is closed upon unread bytes, which
 * shows as POLLERR and POLLHUP, just what usbfs shows. */
#include "bus.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAXIMUM_FILES = 65536, FILLING = 2048 };

/* One bit a descriptor, read without the lock: every read and close of the program passes here. */
static _Atomic uint64_t ours[MAXIMUM_FILES / 64];

bool file_is_ours(int file) {
    return file >= 0 && file < MAXIMUM_FILES
        && (atomic_load_explicit(&ours[file / 64], memory_order_acquire) >> (file % 64) & 1);
}

static void mark(int file, bool is_ours) {
    uint64_t bit = (uint64_t)1 << (file % 64);
    if (is_ours) {
        atomic_fetch_or(&ours[file / 64], bit);
    } else {
        atomic_fetch_and(&ours[file / 64], ~bit);
    }
}

struct opener *opener_of(int file) {
    for (struct opener *opener = bus.openers; opener; opener = opener->next) {
        if (opener->file == file && !opener->closing) {
            return opener;
        }
    }
    return NULL;
}

/* More than a quarter of the smallest send buffer makes a stream socket not writable. */
static void fill(struct opener *opener) {
    static const char filling[FILLING];
    send(opener->file, filling, sizeof filling, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void empty(struct opener *opener) {
    char filling[FILLING];
    while (recv(opener->other_end, filling, sizeof filling, MSG_DONTWAIT) > 0) {
    }
}

static void show(struct opener *opener) {
    bool writable = opener->first_ended != NULL;
    if (writable == opener->writable || opener->other_end < 0) {
        return;
    }
    opener->writable = writable;
    if (writable) {
        empty(opener);
    } else {
        fill(opener);
    }
}

void opener_append_ended(struct opener *opener, struct urb *urb) {
    urb->next = NULL;
    if (opener->first_ended) {
        opener->last_ended->next = urb;
    } else {
        opener->first_ended = urb;
    }
    opener->last_ended = urb;
    show(opener);
}

struct urb *opener_take_ended(struct opener *opener) {
    struct urb *urb = opener->first_ended;
    if (urb) {
        opener->first_ended = urb->next;
        show(opener);
    }
    return urb;
}

/* Hanging up waits for the last transfer: libusb forgets all transfers once it sees an error and nothing to reap, and a
 * camera must not be writing to their buffers then. */
void opener_settle(struct opener *opener) {
    pthread_cond_broadcast(&opener->ended);
    if (opener->connected || opener->pending > 0 || opener->other_end < 0) {
        return;
    }
    if (opener->writable) {
        fill(opener);
    }
    close(opener->other_end);
    opener->other_end = -1;
}

int opener_open(struct device *device, int flags) {
    int ends[2];
    int type = SOCK_STREAM | (flags & O_CLOEXEC ? SOCK_CLOEXEC : 0) | (flags & O_NONBLOCK ? SOCK_NONBLOCK : 0);
    struct opener *opener = calloc(1, sizeof *opener);
    if (!opener || socketpair(AF_UNIX, type, 0, ends) != 0) {
        free(opener);
        return -ENOMEM;
    }
    if (ends[0] >= MAXIMUM_FILES) {
        close(ends[0]);
        close(ends[1]);
        free(opener);
        return -EMFILE;
    }
    const int smallest = 1;
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    opener->device = device;
    opener->file = ends[0];
    opener->other_end = ends[1];
    opener->connected = true;
    pthread_cond_init(&opener->ended, NULL);
    fill(opener);
    opener->next = bus.openers;
    bus.openers = opener;
    mark(opener->file, true);
    return opener->file;
}

/* Leaves the descriptor itself to the caller: close() closes it, an exiting program's is left alone. */
void opener_close(struct opener *opener) {
    struct device *device = opener->device;
    opener->closing = true;
    opener->connected = false;
    for (size_t i = 0; i < MAXIMUM_INTERFACES; i++) {
        if (device->claimed_by[i] == opener) {
            device->claimed_by[i] = NULL;
        }
    }
    for (size_t i = 0; i < device->endpoint_count; i++) {
        endpoint_condemn(&device->endpoints[i], opener, -ENOENT, -ENOENT);
    }
    pthread_cond_broadcast(&opener->ended);
    while (opener->pending > 0 || opener->users > 0) {
        pthread_cond_wait(&opener->ended, &bus.lock);
    }
    for (struct urb *urb = opener_take_ended(opener); urb; urb = opener_take_ended(opener)) {
        urb_free(urb);
    }
    mark(opener->file, false);
    if (opener->other_end >= 0) {
        close(opener->other_end);
    }
    for (struct opener **link = &bus.openers; *link; link = &(*link)->next) {
        if (*link == opener) {
            *link = opener->next;
            break;
        }
    }
    pthread_cond_destroy(&opener->ended);
    free(opener);
}
