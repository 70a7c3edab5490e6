/* Paths below /sys/bus/usb and /dev/bus/usb lead into the tree, and nodes opened for writing to openers.c.
 *
 * Calls by path only: what goes by a folder's descriptor (readdir, openat with a relative name) is in the tree already. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "bus.h"
#include "next.h"

enum { PATH_ROOM = 768, USB_MAJOR = 189 };

static bool is_at_or_below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* The path in the tree, written to `room`, or `path` itself when it is no business of ours. */
static const char *led(const char *path, char room[PATH_ROOM]) {
    if (!path || (!is_at_or_below(path, "/sys/bus/usb") && !is_at_or_below(path, "/dev/bus/usb")) || !bus_ready()) {
        return path;
    }
    snprintf(room, PATH_ROOM, "%s%s", bus.tree, path);
    return room;
}

/* A node's bus and address; false for every other path. */
static bool is_node(const char *path, unsigned *bus_number, unsigned *address) {
    int end = 0;
    return path && sscanf(path, "/dev/bus/usb/%3u/%3u%n", bus_number, address, &end) == 2 && path[end] == '\0'
        && bus_ready();
}

static int fail(int why) {
    errno = why;
    return -1;
}

/* Whether `path`, to be opened with `flags`, is answered here; then with `result`. A node without a udev rule may be read by
 * everyone, and a root hub is nothing to write to. */
static bool opens_node(const char *path, int flags, int *result) {
    unsigned bus_number, address;
    if ((flags & O_ACCMODE) == O_RDONLY || !is_node(path, &bus_number, &address)) {
        return false;
    }
    bus_lock();
    struct device *device = bus.over ? NULL : device_at(bus_number, address);
    if (!device) {
        *result = address == 1 ? -EACCES : -ENOENT;
    } else {
        *result = device->options.permission_refused ? -EACCES : opener_open(device, flags);
    }
    bus_unlock();
    if (*result < 0) {
        *result = fail(-*result);
    }
    return true;
}

/* open and its kin, all of them: libusb alone uses two, built with and without fortification. */
static mode_t mode_of(int flags, va_list arguments) {
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name)                                            \
    INTERPOSED int name(const char *path, int flags, ...) {   \
        NEXT(int, name, const char *, int, ...)               \
        char room[PATH_ROOM];                                 \
        int result;                                           \
        va_list arguments;                                    \
        va_start(arguments, flags);                           \
        mode_t mode = mode_of(flags, arguments);              \
        va_end(arguments);                                    \
        if (opens_node(path, flags, &result)) {               \
            return result;                                    \
        }                                                     \
        return next(led(path, room), flags, mode);            \
    }

#define OPEN_AT(name)                                                    \
    INTERPOSED int name(int folder, const char *path, int flags, ...) {  \
        NEXT(int, name, int, const char *, int, ...)                     \
        char room[PATH_ROOM];                                            \
        int result;                                                      \
        va_list arguments;                                               \
        va_start(arguments, flags);                                      \
        mode_t mode = mode_of(flags, arguments);                         \
        va_end(arguments);                                               \
        if (opens_node(path, flags, &result)) {                          \
            return result;                                               \
        }                                                                \
        return next(folder, led(path, room), flags, mode);               \
    }

#define OPEN_FORTIFIED(name)                                  \
    INTERPOSED int name(const char *path, int flags);         \
    INTERPOSED int name(const char *path, int flags) {        \
        NEXT(int, name, const char *, int)                    \
        char room[PATH_ROOM];                                 \
        int result;                                           \
        if (opens_node(path, flags, &result)) {               \
            return result;                                    \
        }                                                     \
        return next(led(path, room), flags);                  \
    }

#define OPEN_AT_FORTIFIED(name)                                          \
    INTERPOSED int name(int folder, const char *path, int flags);        \
    INTERPOSED int name(int folder, const char *path, int flags) {       \
        NEXT(int, name, int, const char *, int)                          \
        char room[PATH_ROOM];                                            \
        int result;                                                      \
        if (opens_node(path, flags, &result)) {                          \
            return result;                                               \
        }                                                                \
        return next(folder, led(path, room), flags);                     \
    }

OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)
OPEN_FORTIFIED(__open_2)
OPEN_FORTIFIED(__open64_2)
OPEN_AT_FORTIFIED(__openat_2)
OPEN_AT_FORTIFIED(__openat64_2)

INTERPOSED FILE *fopen(const char *path, const char *mode) {
    NEXT(FILE *, fopen, const char *, const char *)
    char room[PATH_ROOM];
    return next(led(path, room), mode);
}

INTERPOSED FILE *fopen64(const char *path, const char *mode) {
    NEXT(FILE *, fopen64, const char *, const char *)
    char room[PATH_ROOM];
    return next(led(path, room), mode);
}

INTERPOSED DIR *opendir(const char *path) {
    NEXT(DIR *, opendir, const char *)
    char room[PATH_ROOM];
    return next(led(path, room));
}

/* A node says it is a character device, of the group that a udev rule would have given it. */
#define SHOW_NODE(path, entry, result)                                                                    \
    do {                                                                                                  \
        unsigned bus_number_, address_;                                                                   \
        if ((result) == 0 && is_node(path, &bus_number_, &address_)) {                                    \
            (entry)->st_mode = S_IFCHR | (writing_is_refused(bus_number_, address_) ? 0664 : 0666);       \
            (entry)->st_rdev = makedev(USB_MAJOR, (bus_number_ - 1) * 128 + address_ - 1);                      \
            (entry)->st_size = 0;                                                                         \
        }                                                                                                 \
    } while (0)

static bool writing_is_refused(unsigned bus_number, unsigned address) {
    bus_lock();
    const struct device *device = device_at(bus_number, address);
    bool refused = !device || device->options.permission_refused;
    bus_unlock();
    return refused;
}

#define STAT(name, type)                                          \
    INTERPOSED int name(const char *path, struct type *entry) {   \
        NEXT(int, name, const char *, struct type *)              \
        char room[PATH_ROOM];                                     \
        int result = next(led(path, room), entry);                \
        SHOW_NODE(path, entry, result);                           \
        return result;                                            \
    }

#define STAT_AT(name, type)                                                              \
    INTERPOSED int name(int folder, const char *path, struct type *entry, int flags) {   \
        NEXT(int, name, int, const char *, struct type *, int)                           \
        char room[PATH_ROOM];                                                            \
        int result = next(folder, led(path, room), entry, flags);                        \
        SHOW_NODE(path, entry, result);                                                  \
        return result;                                                                   \
    }

/* glibc declares these to take no NULL; what a program hands over may be NULL all the same, and the kernel says so. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnonnull-compare"
STAT(stat, stat)
STAT(stat64, stat64)
STAT(lstat, stat)
STAT(lstat64, stat64)
STAT_AT(fstatat, stat)
STAT_AT(fstatat64, stat64)

INTERPOSED int statx(int folder, const char *path, int flags, unsigned mask, struct statx *entry) {
    NEXT(int, statx, int, const char *, int, unsigned, struct statx *)
    char room[PATH_ROOM];
    unsigned bus_number, address;
    int result = next(folder, led(path, room), flags, mask, entry);
    if (result == 0 && is_node(path, &bus_number, &address)) {
        entry->stx_mode = S_IFCHR | (writing_is_refused(bus_number, address) ? 0664 : 0666);
        entry->stx_rdev_major = USB_MAJOR;
        entry->stx_rdev_minor = (bus_number - 1) * 128 + address - 1;
        entry->stx_size = 0;
    }
    return result;
}
#pragma GCC diagnostic pop

static int node_access(const char *path, int mode, int result) {
    unsigned bus_number, address;
    bool refused = result == 0 && mode & W_OK && is_node(path, &bus_number, &address)
        && writing_is_refused(bus_number, address);
    return refused ? fail(EACCES) : result;
}

INTERPOSED int access(const char *path, int mode) {
    NEXT(int, access, const char *, int)
    char room[PATH_ROOM];
    return node_access(path, mode, next(led(path, room), mode));
}

INTERPOSED int euidaccess(const char *path, int mode) {
    NEXT(int, euidaccess, const char *, int)
    char room[PATH_ROOM];
    return node_access(path, mode, next(led(path, room), mode));
}

INTERPOSED int faccessat(int folder, const char *path, int mode, int flags) {
    NEXT(int, faccessat, int, const char *, int, int)
    char room[PATH_ROOM];
    return node_access(path, mode, next(folder, led(path, room), mode, flags));
}

INTERPOSED ssize_t readlink(const char *path, char *target, size_t size) {
    NEXT(ssize_t, readlink, const char *, char *, size_t)
    char room[PATH_ROOM];
    return next(led(path, room), target, size);
}

INTERPOSED char *realpath(const char *path, char *resolved) {
    NEXT(char *, realpath, const char *, char *)
    char room[PATH_ROOM];
    return next(led(path, room), resolved);
}
