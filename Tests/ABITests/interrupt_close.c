/* valgrind: no (it measures how soon a waiting thread wakes) */
/*
 * interrupt and close, from another thread, end a next_packet that waits, within 10 ms; an interrupt before the call is
 * kept; the descriptor is readable exactly while next_packet would return at once; a device may be closed in the middle
 * of reading; a second reader is told that the device is busy; signals neither end a wait nor reach the library's threads.
 */
#include "support.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

enum { REPEATS = 50 };

/* Latencies may not exceed 10 ms in the middle; a busy machine may add to the worst. */
static const int64_t median_limit_ns = 10000000, worst_limit_ns = 1000000000;

static void check_latencies(const char *what, int64_t *values, size_t count) {
    int64_t middle = median(values, count);
    printf("%s: median %.3f ms, worst of %zu %.3f ms\n", what, (double)middle * 1e-6, count,
           (double)values[count - 1] * 1e-6);
    CHECK(middle <= median_limit_ns);
    CHECK(values[count - 1] <= worst_limit_ns);
}

/* A recording whose second event comes hours after the first, so that a reader has long to wait. */
static const char *quiet_recording(void) {
    static char path[4400];
    if (path[0] == '\0') {
        bytes data;
        memset(&data, 0, sizeof data);
        static const char header[] = "% evt 3.0\n% format EVT3;height=720;width=1280\n% geometry 1280x720\n% end\n";
        bytes_append(&data, header, strlen(header));
        for (unsigned high = 1; high < 4000; high += 100) {
            uint16_t words[] = {(uint16_t)(0x8000 | high), 0x6000, 0x0005, 0x2807};
            uint8_t pairs[8];
            for (size_t i = 0; i < 4; ++i) {
                pairs[2 * i] = (uint8_t)words[i], pairs[2 * i + 1] = (uint8_t)(words[i] >> 8);
            }
            bytes_append(&data, pairs, sizeof pairs);
        }
        snprintf(path, sizeof path, "%s", in_own_folder("quiet.raw"));
        write_file(path, data.at, data.length);
        free(data.at);
    }
    return path;
}

/* Opens a device that has nothing to give for a long time. */
static neuromorphic_device *open_quiet(void) {
    neuromorphic_device *device = open_device(format_text("file:%s?speed=0.001", quiet_recording()), NULL);
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    while ((status = neuromorphic_next_packet(device, 50000, &packet)) == NEUROMORPHIC_OK) {
        neuromorphic_packet_release(packet);
    }
    REQUIRE(CHECK_STATUS(status, NEUROMORPHIC_ERROR_TIMEOUT));
    return device;
}

/* ---- A thread that waits for a packet ---- */

typedef struct waiter {
    pthread_t thread;
    neuromorphic_device *device;
    int64_t timeout_us;
    int thread_id;
    neuromorphic_status status;
    int64_t returned_ns;
} waiter;

static void *wait_for_packet(void *context) {
    waiter *self = context;
    const neuromorphic_packet *untouched = (const neuromorphic_packet *)context, *packet = untouched;
    __atomic_store_n(&self->thread_id, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
    self->status = neuromorphic_next_packet(self->device, self->timeout_us, &packet);
    self->returned_ns = now_ns();
    CHECK(self->status == NEUROMORPHIC_OK || packet == untouched);
    return NULL;
}

/* Whether the thread sleeps in the kernel, which it does nowhere but in next_packet. */
static int is_asleep(waiter *self) {
    char path[64], text[256] = "";
    int id = __atomic_load_n(&self->thread_id, __ATOMIC_ACQUIRE);
    if (id == 0) {
        return 0;
    }
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", id);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return 0;
    }
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    const char *end = strrchr(text, ')');
    return end != NULL && end[1] == ' ' && end[2] == 'S';
}

static void start_waiting(waiter *self, neuromorphic_device *device) {
    memset(self, 0, sizeof *self);
    self->device = device;
    self->timeout_us = NEUROMORPHIC_FOREVER;
    REQUIRE(pthread_create(&self->thread, NULL, wait_for_packet, self) == 0);
    int asleep;
    WAIT_UNTIL(is_asleep(self), 10, asleep);
    REQUIRE(asleep);
}

static void check_interrupt(void) {
    neuromorphic_device *device = open_quiet();
    int64_t latencies[REPEATS];
    for (size_t i = 0; i < REPEATS; ++i) {
        waiter waiter;
        start_waiting(&waiter, device);
        int64_t start = now_ns();
        CHECK_OK(neuromorphic_interrupt(device));
        REQUIRE(pthread_join(waiter.thread, NULL) == 0);
        CHECK_STATUS(waiter.status, NEUROMORPHIC_ERROR_INTERRUPTED);
        latencies[i] = waiter.returned_ns - start;
        /* The call that returned it has used it up: the device goes on. */
        const neuromorphic_packet *packet = NULL;
        CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_TIMEOUT);
    }
    check_latencies("interrupt", latencies, REPEATS);
    neuromorphic_close(device);
}

static void check_close(void) {
    int64_t latencies[REPEATS], closing[REPEATS];
    for (size_t i = 0; i < REPEATS; ++i) {
        neuromorphic_device *device = open_quiet();
        waiter waiter;
        start_waiting(&waiter, device);
        int64_t start = now_ns();
        neuromorphic_close(device);
        closing[i] = now_ns() - start;
        REQUIRE(pthread_join(waiter.thread, NULL) == 0);
        CHECK_STATUS(waiter.status, NEUROMORPHIC_ERROR_CLOSED);
        latencies[i] = waiter.returned_ns - start;
        const neuromorphic_packet *packet = NULL;
        CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_INVALID_HANDLE);
    }
    check_latencies("close, until the reader returns", latencies, REPEATS);
    check_latencies("close, until it returns itself", closing, REPEATS);
}

static void check_kept_interrupt(void) {
    const neuromorphic_packet *packet = NULL;
    neuromorphic_device *device = open_quiet();
    CHECK_OK(neuromorphic_interrupt(device));
    CHECK_STATUS(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet), NEUROMORPHIC_ERROR_INTERRUPTED);
    CHECK(neuromorphic_last_error()[0] != '\0');
    CHECK_STATUS(neuromorphic_next_packet(device, 1000, &packet), NEUROMORPHIC_ERROR_TIMEOUT);
    neuromorphic_close(device);

    /* Also when a packet is there, which is then delivered by the next call. */
    device = open_device("sim:prophesee_evk4?rate=1e6&speed=max&duration=0.1", NULL);
    CHECK_OK(neuromorphic_interrupt(device));
    CHECK_STATUS(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet), NEUROMORPHIC_ERROR_INTERRUPTED);
    REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
    CHECK_EQUAL(packet->sequence, 0);
    CHECK_EQUAL(packet->bytes_lost_before, 0);
    neuromorphic_packet_release(packet);
    neuromorphic_close(device);
}

/* ---- The descriptor ---- */

static int is_readable(int descriptor, int timeout_ms) {
    struct pollfd entry = {descriptor, POLLIN, 0};
    int result = poll(&entry, 1, timeout_ms);
    REQUIRE(result >= 0);
    CHECK((entry.revents & (POLLNVAL | POLLERR)) == 0);
    return result == 1 && (entry.revents & POLLIN) != 0;
}

typedef struct late_interrupt {
    neuromorphic_device *device;
    volatile int polling;
} late_interrupt;

static void *interrupt_later(void *context) {
    late_interrupt *self = context;
    while (!__atomic_load_n(&self->polling, __ATOMIC_ACQUIRE)) {
    }
    CHECK_OK(neuromorphic_interrupt(self->device));
    return NULL;
}

static void check_descriptor(void) {
    const neuromorphic_packet *packet = NULL;
    neuromorphic_device *device = open_quiet();
    int descriptor = neuromorphic_fd(device);
    REQUIRE(descriptor >= 0);
    CHECK(neuromorphic_fd(device) == descriptor);
    for (int i = 0; i < 20; ++i) {
        CHECK(!is_readable(descriptor, i == 0 ? 20 : 0));
        CHECK_OK(neuromorphic_interrupt(device));
        CHECK(is_readable(descriptor, 0));
        CHECK(is_readable(descriptor, 0));
        CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_INTERRUPTED);
    }
    CHECK(!is_readable(descriptor, 0));
    /* It wakes a thread that is in poll already. */
    late_interrupt later = {device, 0};
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, interrupt_later, &later) == 0);
    __atomic_store_n(&later.polling, 1, __ATOMIC_RELEASE);
    CHECK(is_readable(descriptor, 10000));
    REQUIRE(pthread_join(thread, NULL) == 0);
    CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_INTERRUPTED);
    neuromorphic_close(device);

    /* A camera: when it says readable there is a packet, also at the end, which stays readable. */
    device = open_device("sim:prophesee_evk4?rate=1e6&duration=0.3", NULL);
    descriptor = neuromorphic_fd(device);
    uint64_t packets = 0;
    neuromorphic_status status = NEUROMORPHIC_OK;
    while (status == NEUROMORPHIC_OK) {
        REQUIRE(is_readable(descriptor, 10000));
        status = neuromorphic_next_packet(device, 0, &packet);
        CHECK(status == NEUROMORPHIC_OK || status == NEUROMORPHIC_END_OF_STREAM);
        if (status == NEUROMORPHIC_OK) {
            ++packets;
            neuromorphic_packet_release(packet);
        }
    }
    CHECK(packets > 0);
    for (int i = 0; i < 3; ++i) {
        CHECK(is_readable(descriptor, 0));
        CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_END_OF_STREAM);
    }
    neuromorphic_close(device);

    /* As fast as it is read: always readable. */
    device = open_device("sim:prophesee_evk4?rate=1e6&speed=max&duration=0.1", NULL);
    descriptor = neuromorphic_fd(device);
    do {
        CHECK(is_readable(descriptor, 1000));
        status = neuromorphic_next_packet(device, 0, &packet);
        CHECK(status == NEUROMORPHIC_OK || status == NEUROMORPHIC_END_OF_STREAM);
        if (status == NEUROMORPHIC_OK) {
            neuromorphic_packet_release(packet);
        }
    } while (status == NEUROMORPHIC_OK);
    neuromorphic_close(device);
}

/* ---- Closing in the middle ---- */

typedef struct reader {
    neuromorphic_device *device;
    uint64_t packets;
    neuromorphic_status status;
} reader;

/* Reads until the device is gone, and holds the latest packet meanwhile. */
static void *read_packets(void *context) {
    reader *self = context;
    const neuromorphic_packet *packet, *held = NULL;
    uint64_t sum = 0;
    while ((self->status = neuromorphic_next_packet(self->device, NEUROMORPHIC_FOREVER, &packet)) == NEUROMORPHIC_OK) {
        if (held != NULL) {
            CHECK_EQUAL(packet_checksum(held), sum);
            neuromorphic_packet_release(held);
        }
        held = packet;
        sum = packet_checksum(packet);
        __atomic_fetch_add(&self->packets, 1, __ATOMIC_RELEASE);
    }
    if (held != NULL) {
        CHECK_EQUAL(packet_checksum(held), sum);
        neuromorphic_packet_release(held);
    }
    return NULL;
}

static void check_close_in_the_middle(void) {
    uint64_t state = 99;
    int closed = 0;
    for (int i = 0; i < 2 * REPEATS; ++i) {
        reader reader;
        memset(&reader, 0, sizeof reader);
        neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
        options.packet_capacity = 4096;
        options.raw = i % 4 == 3;
        /* In real time the reader mostly waits, at full speed it mostly decodes. */
        reader.device = open_device(
            i % 2 == 0 ? "sim:prophesee_evk4?rate=5e6" : "sim:prophesee_evk4?rate=5e6&speed=max", &options);
        uint64_t wanted = 1 + random_below(&state, 20);
        pthread_t thread;
        int read;
        REQUIRE(pthread_create(&thread, NULL, read_packets, &reader) == 0);
        WAIT_UNTIL(__atomic_load_n(&reader.packets, __ATOMIC_ACQUIRE) >= wanted, 20, read);
        REQUIRE(read);
        neuromorphic_close(reader.device);
        REQUIRE(pthread_join(thread, NULL) == 0);
        /* CLOSED from the call that was on its way, INVALID_HANDLE from one that came after. */
        CHECK(reader.status == NEUROMORPHIC_ERROR_CLOSED || reader.status == NEUROMORPHIC_ERROR_INVALID_HANDLE);
        closed += reader.status == NEUROMORPHIC_ERROR_CLOSED;
    }
    CHECK(closed > 0);
}

/* Several threads that close the same device: one does, for the others it is closed. */
static void *close_too(void *context) {
    neuromorphic_close(context);
    return NULL;
}

static void check_close_by_many(void) {
    for (int i = 0; i < 20; ++i) {
        neuromorphic_device *device = open_device("sim:prophesee_evk4?rate=1e6", NULL);
        pthread_t threads[4];
        for (size_t k = 0; k < COUNT_OF(threads); ++k) {
            REQUIRE(pthread_create(&threads[k], NULL, close_too, device) == 0);
        }
        for (size_t k = 0; k < COUNT_OF(threads); ++k) {
            REQUIRE(pthread_join(threads[k], NULL) == 0);
        }
        CHECK_STATUS(neuromorphic_interrupt(device), NEUROMORPHIC_ERROR_INVALID_HANDLE);
    }
}

/* ---- Two readers, and signals ---- */

static void check_busy(void) {
    neuromorphic_device *device = open_quiet();
    waiter waiter;
    start_waiting(&waiter, device);
    const neuromorphic_packet *packet = NULL;
    CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_BUSY);
    CHECK_STATUS(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet), NEUROMORPHIC_ERROR_BUSY);
    CHECK(packet == NULL);
    CHECK(neuromorphic_last_error()[0] != '\0');
    CHECK_STATUS(neuromorphic_clear_backlog(device, 0), NEUROMORPHIC_ERROR_BUSY);
    /* The rest works meanwhile. */
    size_t backlog = 0;
    neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
    neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
    CHECK_OK(neuromorphic_backlog(device, &backlog));
    CHECK_OK(neuromorphic_defects_of(device, &defects));
    CHECK_OK(neuromorphic_properties_of(device, &properties));
    CHECK_EQUAL(statistics_of(device).leases, 0);
    CHECK_OK(neuromorphic_interrupt(device));
    REQUIRE(pthread_join(waiter.thread, NULL) == 0);
    CHECK_STATUS(waiter.status, NEUROMORPHIC_ERROR_INTERRUPTED);
    CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_TIMEOUT);
    CHECK_OK(neuromorphic_clear_backlog(device, 0));
    neuromorphic_close(device);
}

static volatile sig_atomic_t signals = 0;

static void count_signal(int number) {
    (void)number;
    ++signals;
}

static void check_timeouts_and_signals(void) {
    neuromorphic_device *device = open_quiet();
    neuromorphic_device *camera = open_device("sim:prophesee_evk4?rate=1e6", NULL);
    const neuromorphic_packet *packet = NULL;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = count_signal; /* without SA_RESTART */
    REQUIRE(sigaction(SIGALRM, &action, NULL) == 0);
    REQUIRE(sigaction(SIGUSR1, &action, NULL) == 0);

    /* A wait is as long as asked for, however many signals come. */
    timer_t timer;
    struct itimerspec every = {{0, 3000000}, {0, 3000000}}, never = {{0, 0}, {0, 0}};
    REQUIRE(timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0);
    REQUIRE(timer_settime(timer, 0, &every, NULL) == 0);
    int64_t late[9];
    for (size_t i = 0; i < COUNT_OF(late); ++i) {
        int64_t start = now_ns();
        CHECK_STATUS(neuromorphic_next_packet(device, 60000, &packet), NEUROMORPHIC_ERROR_TIMEOUT);
        late[i] = now_ns() - start - 60000000;
        CHECK(late[i] >= 0);
    }
    REQUIRE(timer_settime(timer, 0, &never, NULL) == 0);
    REQUIRE(timer_delete(timer) == 0);
    check_latencies("time-out under signals, too late by", late, COUNT_OF(late));
    CHECK(signals > 10);
    for (size_t i = 0; i < COUNT_OF(late); ++i) {
        int64_t start = now_ns();
        CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_TIMEOUT);
        late[i] = now_ns() - start;
    }
    check_latencies("time-out of 0", late, COUNT_OF(late));

    /* A signal that all threads of ours block stays pending: the library's threads, which run, don't take it. */
    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    REQUIRE(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    signals = 0;
    REQUIRE(kill(getpid(), SIGUSR1) == 0);
    REQUIRE_OK(neuromorphic_next_packet(camera, 10000000, &packet));
    neuromorphic_packet_release(packet);
    REQUIRE(sigpending(&pending) == 0);
    CHECK(sigismember(&pending, SIGUSR1) == 1);
    CHECK_EQUAL((uint64_t)signals, 0);
    struct timespec soon = {1, 0};
    CHECK(sigtimedwait(&set, NULL, &soon) == SIGUSR1);
    neuromorphic_close(camera);
    neuromorphic_close(device);
}

int main(void) {
    check_interrupt();
    check_close();
    check_kept_interrupt();
    check_descriptor();
    check_close_in_the_middle();
    check_close_by_many();
    check_busy();
    check_timeouts_and_signals();
    return check_report("interrupt_close");
}
