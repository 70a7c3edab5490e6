/*
 * Preloaded, it makes a camera's waits short: those that end at a time of the clock return at once, and the silence that
 * ends stale data is a fiftieth of what was asked for. What a transfer's time-out does to a request stays.
 *
 * Only for tests whose subject these waits are not. `hurry_is_on` switches it while a test runs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <time.h>

__attribute__((visibility("default"))) int hurry_is_on = 1;

typedef int (*sleeper)(clockid_t, int, const struct timespec *, struct timespec *);
typedef int (*transferrer)(void *, unsigned char, unsigned char *, int, int *, unsigned);

__attribute__((visibility("default"))) int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                                                           struct timespec *left) {
    if (__atomic_load_n(&hurry_is_on, __ATOMIC_RELAXED) && (flags & TIMER_ABSTIME)) {
        return 0;
    }
    sleeper next;
    *(void **)&next = dlsym(RTLD_NEXT, "clock_nanosleep");
    return next(clock, flags, time, left);
}

/* Only a drain reads the event stream with a call that waits. */
__attribute__((visibility("default"))) int libusb_bulk_transfer(void *handle, unsigned char endpoint, unsigned char *bytes,
                                                                int length, int *done, unsigned milliseconds) {
    static transferrer next;
    transferrer here = __atomic_load_n(&next, __ATOMIC_RELAXED);
    if (here == NULL) {
        void *libusb = dlopen("libusb-1.0.so.0", RTLD_LAZY | RTLD_NOLOAD); /* Where it came with dlopen, none is next. */
        *(void **)&here = dlsym(libusb != NULL ? libusb : RTLD_NEXT, "libusb_bulk_transfer");
        __atomic_store_n(&next, here, __ATOMIC_RELAXED);
    }
    if (__atomic_load_n(&hurry_is_on, __ATOMIC_RELAXED) && endpoint == 0x81 && milliseconds == 1000) {
        milliseconds = 20;
    }
    return here(handle, endpoint, bytes, length, done, milliseconds);
}
