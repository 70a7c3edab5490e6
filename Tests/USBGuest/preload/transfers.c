/* Transfers on their way: a queue and a thread for each endpoint.
 *
 *   urb_submit ─▶ queue ─▶ the first is carried, piece by piece ─▶ urb_end ─▶ opener's list of ended ones
 *
 * First in, first out, as on the wire; only a cancelled transfer leaves from the middle. A verdict (cancelled, unplugged)
 * takes effect at once unless the transfer is being carried, then when the camera returns: at most WAIT_MS later. Bytes that
 * had arrived by then stay counted. A request on endpoint 0 may take a camera long; it is given up without waiting. */
#include "bus.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WAIT_MS = 3,          /* how long a camera may hold a transfer before we look for verdicts */
    GIVE_WAY_NS = 30000,  /* how long a fast stream leaves a camera to others between two transfers */
    LARGEST_PACKET = 1024 /* bulk at USB 3 speed */
};

struct urb *urb_create(struct opener *opener, struct endpoint *endpoint) {
    struct urb *urb = calloc(1, sizeof *urb);
    if (urb) {
        urb->opener = opener;
        urb->endpoint = endpoint;
    }
    return urb;
}

void urb_free(struct urb *urb) {
    memory_return(urb->charge);
    free(urb);
}

struct urb *urb_of_request(const struct opener *opener, const struct usbdevfs_urb *request) {
    for (size_t i = 0; i < opener->device->endpoint_count; i++) {
        for (struct urb *urb = opener->device->endpoints[i].first; urb; urb = urb->next) {
            if (urb->opener == opener && urb->request == request) {
                return urb;
            }
        }
    }
    return NULL;
}

static void take_out(struct endpoint *endpoint, struct urb *urb) {
    struct urb *before = NULL;
    for (struct urb *at = endpoint->first; at != urb; at = at->next) {
        before = at;
    }
    if (before) {
        before->next = urb->next;
    } else {
        endpoint->first = urb->next;
    }
    if (endpoint->last == urb) {
        endpoint->last = before;
    }
}

/* The other parts of a transfer that libusb cut up must not run after one has failed or come up short: those queued go,
 * and unless a new transfer has begun, those still to come are refused. */
static void stop_continuation(struct endpoint *endpoint, struct urb *next) {
    while (next && next->flags & USBDEVFS_URB_BULK_CONTINUATION) {
        struct urb *part = next;
        next = part->next;
        part->verdict = part->verdict ? part->verdict : -ECONNRESET;
    }
    endpoint->refuses_continuation = next == NULL;
    pthread_cond_signal(&endpoint->work);
}

void urb_end(struct urb *urb, int status) {
    struct opener *opener = urb->opener;
    struct endpoint *endpoint = urb->endpoint;
    struct urb *next = urb->next;
    take_out(endpoint, urb);
    urb->status = status;
    urb->ended = true;
    endpoint->counts.ended++;
    endpoint->counts.bytes += urb->done;
    endpoint->counts.discarded += status == -ENOENT;
    if (status < 0 && status != -ENOENT && status != -ECONNRESET) {
        stop_continuation(endpoint, next);
    }
    if (urb->request) {
        opener_append_ended(opener, urb);
    }
    opener->pending--;
    pthread_cond_signal(&endpoint->work);
    opener_settle(opener);
}

/* Ends a transfer that has a verdict, unless the camera is working with its buffer. */
static void execute(struct urb *urb) {
    if (urb->endpoint->address == 0 && urb->carried) {
        urb->endpoint->carries = NULL;
        urb->carried = false;
    }
    if (!urb->carried) {
        urb_end(urb, urb->verdict);
    }
}

void urb_condemn(struct urb *urb, int verdict) {
    if (!urb->verdict) {
        urb->verdict = verdict;
    }
    execute(urb);
}

void endpoint_condemn(struct endpoint *endpoint, const struct opener *opener, int first_verdict, int verdict) {
    for (struct urb *urb = endpoint->first; urb; urb = urb->next) {
        if ((!opener || urb->opener == opener) && !urb->verdict) {
            urb->verdict = urb == endpoint->first ? first_verdict : verdict;
        }
    }
    struct urb *next;
    for (struct urb *urb = endpoint->first; urb; urb = next) {
        next = urb->next;
        if (urb->verdict) {
            execute(urb);
        }
    }
}

/* One turn of an IN transfer. Returns 1 when the transfer has come to its end, with the status in `status`. */
static int carry_in(struct urb *urb, size_t burst, int *result) {
    struct endpoint *endpoint = urb->endpoint;
    uint8_t spill[LARGEST_PACKET];
    size_t room = urb->length - urb->done;
    size_t ask = burst && burst < room ? burst : room;
    uint8_t *into = urb->buffer + urb->done;
    /* A device sends whole packets and doesn't know how much room there is: what doesn't fit is an overflow. */
    bool spills = ask < endpoint->packet;
    if (spills) {
        ask = endpoint->packet;
        into = spill;
    } else {
        ask -= ask % endpoint->packet;
    }
    int count = camera_read(endpoint->device->camera, endpoint->address, into, ask, WAIT_MS);
    if (count < 0) {
        *result = count;
        return 0;
    }
    size_t taken = (size_t)count < room ? (size_t)count : room;
    if (spills) {
        memcpy(urb->buffer + urb->done, spill, taken);
    }
    urb->done += taken;
    *result = (size_t)count > room                                                  ? -EOVERFLOW
        : urb->done < urb->length && (urb->flags & USBDEVFS_URB_SHORT_NOT_OK) ? -EREMOTEIO
                                                                              : 0;
    return (size_t)count < ask || urb->done == urb->length || *result == -EOVERFLOW;
}

static int carry_out(struct urb *urb, int *result) {
    int count = camera_write(urb->endpoint->device->camera, urb->endpoint->address, urb->buffer, urb->length);
    *result = count < 0 ? count : 0;
    urb->done = count < 0 ? 0 : (size_t)count;
    return count >= 0;
}

static int carry(struct urb *urb, size_t burst, int *result) {
    return urb->endpoint->address & 0x80 ? carry_in(urb, burst, result) : carry_out(urb, result);
}

/* A failure that no camera has a part in: 0, or the status. Lock held. */
static int failure(struct endpoint *endpoint) {
    if (endpoint->halted) {
        return -EPIPE;
    }
    if (endpoint->errors_due > 0) {
        endpoint->errors_due--;
        return -EPROTO;
    }
    return 0;
}

/* A reply may be here before the thread that carried its request has the lock. On a wire it comes after, and a program sees
 * the request end first. Lock held. */
static void let_requests_end(struct device *device) {
    unsigned long carried = device->requests_carried;
    while (device->writing > 0 && device->requests_carried == carried) {
        pthread_cond_wait(&device->written, &bus.lock);
    }
}

/* Lock held; lets go of it while the camera works. */
static void carry_first(struct endpoint *endpoint) {
    struct urb *urb = endpoint->first;
    struct device *device = endpoint->device;
    size_t burst = device->options.burst;
    int result = failure(endpoint), complete = result != 0;
    bool is_out = !(endpoint->address & 0x80);
    /* A camera's lock isn't fair: a stream that takes it again at once would keep out requests and commands for seconds. */
    bool gives_way = endpoint->flows && device->visitors > 0;
    urb->carried = true;
    device->writing += is_out;
    device->visitors++;
    bus_unlock();
    if (gives_way) {
        nanosleep(&(struct timespec){.tv_nsec = GIVE_WAY_NS}, NULL);
    }
    if (complete) {
        /* Failing takes a microframe at least. Where libusb cuts transfers up, all parts are queued by then; a part refused
         * because an earlier one has failed already makes libusb take the whole for a short one. */
        nanosleep(&(struct timespec){.tv_nsec = 125000}, NULL);
    } else {
        complete = carry(urb, burst, &result);
    }
    if (result == CAMERA_NOTHING_YET && is_out) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* camera_read waits by itself, the others don't */
    }
    bus_lock();
    device->visitors--;
    endpoint->flows = complete && !is_out;
    if (!complete && result == CAMERA_UNPLUGGED && urb->opener->connected) {
        device_pulled(device);
    }
    if (is_out) {
        device->writing--;
        device->requests_carried += complete && result == 0;
        pthread_cond_broadcast(&device->written);
    } else if (complete) {
        let_requests_end(device);
    }
    urb->carried = false;
    if (complete) {
        urb_end(urb, result);
    } else if (result == CAMERA_STALLED) {
        endpoint->halted = true;
        urb_end(urb, -EPIPE);
    }
}

/* Endpoint 0: the same with a buffer of our own, since the transfer may be given up, and its memory gone, before the camera
 * returns. */
static void carry_request(struct endpoint *endpoint) {
    struct urb *urb = endpoint->first;
    uint8_t setup[8], *data = malloc(urb->length + 1);
    size_t length = urb->length;
    if (!data) {
        urb_end(urb, -ENOMEM);
        return;
    }
    memcpy(setup, urb->setup, sizeof setup);
    if (!(setup[0] & 0x80) && length > 0) {
        memcpy(data, urb->buffer, length);
    }
    endpoint->carries = urb;
    urb->carried = true;
    endpoint->device->visitors++;
    bus_unlock();
    int count = control_request(endpoint->device, setup, data, length);
    bus_lock();
    endpoint->device->visitors--;
    if (endpoint->carries == urb && count == CAMERA_UNPLUGGED) {
        device_pulled(endpoint->device); /* which gives the transfer up */
    }
    if (endpoint->carries == urb) {
        urb->carried = false;
        urb->unanswered = count == CAMERA_NOTHING_YET;
        if (count >= 0) {
            urb->done = (size_t)count;
            if (setup[0] & 0x80 && count > 0) {
                memcpy(urb->buffer, data, (size_t)count);
            }
        }
        if (!urb->unanswered) {
            urb_end(urb, count >= 0 ? 0 : count == CAMERA_STALLED ? -EPIPE : -ESHUTDOWN);
        }
    }
    endpoint->carries = NULL;
    free(data);
}

static void *carry_all(void *context) {
    struct endpoint *endpoint = context;
    bus_lock();
    while (endpoint->running || endpoint->first) {
        struct urb *urb = endpoint->first;
        if (!urb || (urb->unanswered && !urb->verdict)) {
            pthread_cond_wait(&endpoint->work, &bus.lock);
        } else if (urb->verdict) {
            urb_end(urb, urb->verdict);
        } else if (endpoint->address == 0) {
            carry_request(endpoint);
        } else {
            carry_first(endpoint);
        }
    }
    bus_unlock();
    return NULL;
}

/* Signals are the program's; none is to be delivered on a thread it doesn't know of. */
static int start(struct endpoint *endpoint) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    endpoint->running = pthread_create(&endpoint->thread, NULL, carry_all, endpoint) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return endpoint->running ? 0 : -ENOMEM;
}

void endpoint_stop(struct endpoint *endpoint) {
    if (endpoint->running) {
        endpoint->running = false;
        pthread_cond_signal(&endpoint->work);
        bus_unlock();
        pthread_join(endpoint->thread, NULL);
        bus_lock();
    }
}

int urb_submit(struct urb *urb) {
    struct endpoint *endpoint = urb->endpoint;
    if (!(urb->flags & USBDEVFS_URB_BULK_CONTINUATION)) {
        endpoint->refuses_continuation = false;
    } else if (endpoint->refuses_continuation) {
        return -EREMOTEIO;
    }
    if (!endpoint->running && start(endpoint) != 0) {
        return -ENOMEM;
    }
    if (endpoint->counts.submitted++ == 0) {
        endpoint->counts.requests_before_first = endpoint->device->requests_carried;
    }
    if (endpoint->first) {
        endpoint->last->next = urb;
    } else {
        endpoint->first = urb;
    }
    endpoint->last = urb;
    urb->opener->pending++;
    pthread_cond_signal(&endpoint->work);
    return 0;
}

/* Waits for a transfer that has no request: CONTROL and BULK. 0 ms waits for ever, as usbfs does. */
int urb_wait(struct urb *urb, unsigned timeout_ms) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (!urb->ended) {
        int late = timeout_ms && !urb->verdict ? pthread_cond_timedwait(&urb->opener->ended, &bus.lock, &until)
                                               : pthread_cond_wait(&urb->opener->ended, &bus.lock);
        if (late == ETIMEDOUT && !urb->ended) {
            urb_condemn(urb, -ETIMEDOUT);
        }
    }
    return urb->status;
}

void endpoint_clear_halt(struct endpoint *endpoint) {
    endpoint->halted = false;
    pthread_cond_signal(&endpoint->work);
}
