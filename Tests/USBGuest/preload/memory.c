/* Memory: the limit usbfs puts on transfers in flight, and device memory, which a program maps through a node. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "bus.h"
#include "next.h"

/* A mapping of a node. It outlives the node's descriptor, as a mapping of a file does. */
struct mapping {
    struct mapping *next;
    uint8_t *start;
    size_t length;
};

static struct mapping *mappings; /* guarded by the bus' lock */
static bool any_mapping;         /* atomic: spares other programs' munmap the lock */

/* Linux refuses what would pass the limit; the sum is over all devices. */
bool memory_charge(size_t bytes) {
    if (bus.memory_limit && bus.memory_used + bytes > bus.memory_limit) {
        return false;
    }
    bus.memory_used += bytes;
    return true;
}

void memory_return(size_t bytes) { bus.memory_used -= bytes; }

bool memory_is_device(const void *buffer) {
    for (const struct mapping *mapping = mappings; mapping; mapping = mapping->next) {
        if ((const uint8_t *)buffer >= mapping->start && (const uint8_t *)buffer < mapping->start + mapping->length) {
            return true;
        }
    }
    return false;
}

/* Why a node can't be mapped: 0, or an errno. On success the memory is charged. Lock held. */
static int refusal(int file, size_t length) {
    const struct opener *opener = opener_of(file);
    if (!opener || !opener->connected || bus.over || opener->device->options.device_memory == DEVICE_MEMORY_NONE) {
        return ENODEV;
    }
    if (opener->device->options.device_memory == DEVICE_MEMORY_REFUSED || !memory_charge(length)) {
        return ENOMEM;
    }
    return 0;
}

static void *map_node(
    void *(*next)(void *, size_t, int, int, int, off_t), void *address, size_t length, int protection, int file) {
    struct mapping *mapping = malloc(sizeof *mapping);
    bus_lock();
    int why = mapping ? refusal(file, length) : ENOMEM;
    bus_unlock();
    void *start = MAP_FAILED;
    if (why == 0) {
        start = next(address, length, protection, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        why = start == MAP_FAILED ? errno : 0;
        bus_lock();
        if (why) {
            memory_return(length);
        } else {
            *mapping = (struct mapping){mappings, start, length};
            mappings = mapping;
            __atomic_store_n(&any_mapping, true, __ATOMIC_RELEASE);
            mapping = NULL;
        }
        bus_unlock();
    }
    free(mapping);
    if (why) {
        errno = why;
    }
    return start;
}

INTERPOSED void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    NEXT(void *, mmap, void *, size_t, int, int, int, off_t)
    if (flags & MAP_ANONYMOUS || !file_is_ours(file)) {
        return next(address, length, protection, flags, file, offset);
    }
    return map_node(next, address, length, protection, file);
}

INTERPOSED void *mmap64(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    return mmap(address, length, protection, flags, file, offset);
}

static void forget(const void *start) {
    bus_lock();
    for (struct mapping **link = &mappings; *link; link = &(*link)->next) {
        struct mapping *mapping = *link;
        if (mapping->start == start) {
            *link = mapping->next;
            memory_return(mapping->length);
            free(mapping);
            break;
        }
    }
    bus_unlock();
}

INTERPOSED int munmap(void *address, size_t length) {
    NEXT(int, munmap, void *, size_t)
    if (__atomic_load_n(&any_mapping, __ATOMIC_ACQUIRE)) {
        forget(address);
    }
    return next(address, length);
}
