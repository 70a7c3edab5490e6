/* What a program does with an open node: the calls of the C library that are ours when the descriptor is. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bus.h"
#include "next.h"

/* Several threads may be in calls of one opener; close waits for the last of them. */
static struct opener *enter(int file) {
    struct opener *opener = opener_of(file);
    if (opener) {
        opener->users++;
    }
    return opener;
}

static void leave(struct opener *opener) {
    if (--opener->users == 0 && opener->closing) {
        pthread_cond_broadcast(&opener->ended);
    }
}

INTERPOSED int ioctl(int file, unsigned long request, ...) {
    NEXT(int, ioctl, int, unsigned long, ...)
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (!file_is_ours(file)) {
        return next(file, request, argument);
    }
    bus_lock();
    struct opener *opener = bus.over ? NULL : enter(file);
    int result = -ENODEV;
    if (opener) {
        result = usbfs_ioctl(opener, request, argument);
        leave(opener);
    }
    bus_unlock();
    if (result < 0) {
        errno = -result;
        return -1;
    }
    return result;
}

INTERPOSED int close(int file) {
    NEXT(int, close, int)
    /* A vforked child shares our memory, and what it closes is only its copy. */
    if (file_is_ours(file) && getpid() == bus.process) {
        bus_lock();
        struct opener *opener = opener_of(file);
        if (opener) {
            opener_close(opener);
        }
        bus_unlock();
    }
    return next(file);
}

/* Reading a node gives the descriptors: device, then configuration. */
static ssize_t read_descriptors(int file, void *bytes, size_t count, off_t *offset) {
    ssize_t result = -1;
    bus_lock();
    struct opener *opener = opener_of(file);
    if (!opener || !opener->connected) {
        errno = ENODEV;
    } else {
        const struct device *device = opener->device;
        size_t at = (size_t)(offset ? *offset : opener->offset);
        size_t left = at < device->descriptors_size ? device->descriptors_size - at : 0;
        size_t taken = count < left ? count : left;
        memcpy(bytes, device->descriptors + (left ? at : 0), taken);
        opener->offset += offset ? 0 : (off_t)taken;
        result = (ssize_t)taken;
    }
    bus_unlock();
    return result;
}

INTERPOSED ssize_t read(int file, void *bytes, size_t count) {
    NEXT(ssize_t, read, int, void *, size_t)
    return file_is_ours(file) ? read_descriptors(file, bytes, count, NULL) : next(file, bytes, count);
}

INTERPOSED ssize_t pread(int file, void *bytes, size_t count, off_t offset) {
    NEXT(ssize_t, pread, int, void *, size_t, off_t)
    return file_is_ours(file) ? read_descriptors(file, bytes, count, &offset) : next(file, bytes, count, offset);
}

INTERPOSED ssize_t pread64(int file, void *bytes, size_t count, off_t offset) {
    return pread(file, bytes, count, offset);
}

INTERPOSED off_t lseek(int file, off_t offset, int whence) {
    NEXT(off_t, lseek, int, off_t, int)
    if (!file_is_ours(file)) {
        return next(file, offset, whence);
    }
    bus_lock();
    struct opener *opener = opener_of(file);
    off_t to = !opener || whence == SEEK_END ? -1 : whence == SEEK_CUR ? opener->offset + offset : offset;
    if (to >= 0) {
        opener->offset = to;
    }
    bus_unlock();
    if (to < 0) {
        errno = EINVAL;
        return -1;
    }
    return to;
}

INTERPOSED off_t lseek64(int file, off_t offset, int whence) { return lseek(file, offset, whence); }
