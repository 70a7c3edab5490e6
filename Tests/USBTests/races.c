/*
 * Threads, processes and signals around a camera: closing while others wait, configure and measure; interrupting;
 * listing while it streams; a child of fork that comes and goes; a program's own signals, a thousand a second; a cable
 * that is pulled meanwhile.
 *
 *     races         with one camera
 *     races two     with two, of the serial numbers 0000000A and 0000000B
 */
#include "usb.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

static int is_over; /* for threads that do something again and again */

static void set_over(int value) { __atomic_store_n(&is_over, value, __ATOMIC_RELAXED); }
static int goes_on(void) { return !__atomic_load_n(&is_over, __ATOMIC_RELAXED); }

/* ---- What other threads do meanwhile ---- */

typedef struct worker {
    neuromorphic_device *device;
    pthread_t thread;
    unsigned long calls;
    neuromorphic_status last;
    char sentence[512];
} worker;

/* What a call may come to when the device is closed meanwhile. */
static int goes_with_closing(neuromorphic_status status) {
    return status == NEUROMORPHIC_OK || status == NEUROMORPHIC_ERROR_CLOSED || status == NEUROMORPHIC_ERROR_INVALID_HANDLE;
}

static int called(worker *self, neuromorphic_status status) {
    self->last = status;
    self->calls += 1;
    if (status != NEUROMORPHIC_OK) {
        snprintf(self->sentence, sizeof self->sentence, "%s", neuromorphic_last_error());
    }
    return status == NEUROMORPHIC_OK && goes_on();
}

static void *configure_again(void *context) {
    worker *self = context;
    neuromorphic_configuration c = NEUROMORPHIC_CONFIGURATION_INIT;
    if (neuromorphic_configuration_of(self->device, &c) != NEUROMORPHIC_OK) {
        return NULL;
    }
    do {
        c.settings.prophesee_evk4.biases.pr ^= 1;
    } while (called(self, neuromorphic_configure(self->device, &c)));
    return NULL;
}

static void *measure_again(void *context) {
    worker *self = context;
    double celsius = 0;
    uint32_t raw = 0;
    do {
    } while (called(self, self->calls % 2 ? neuromorphic_illuminance(self->device, &raw, NULL)
                                          : neuromorphic_temperature(self->device, &celsius)));
    return NULL;
}

static void *ask_again(void *context) {
    worker *self = context;
    neuromorphic_statistics s = NEUROMORPHIC_STATISTICS_INIT;
    do {
        sleep_us(50);
    } while (called(self, neuromorphic_statistics_of(self->device, &s)));
    return NULL;
}

static void *list_again(void *context) {
    worker *self = context;
    neuromorphic_device_list *list = NULL;
    neuromorphic_status status;
    do {
        list = NULL;
        status = neuromorphic_list_devices(&list);
        neuromorphic_device_list_free(list);
    } while (called(self, status));
    return NULL;
}

static void start(worker *self, void *(*run)(void *), neuromorphic_device *device) {
    memset(self, 0, sizeof *self);
    self->device = device;
    REQUIRE(pthread_create(&self->thread, NULL, run, self) == 0);
}

static void joins(worker *self, const char *what) {
    pthread_join(self->thread, NULL);
    if (!CHECK(goes_with_closing(self->last))) {
        printf("    %s ended with %s: %s\n", what, neuromorphic_status_name(self->last), self->sentence);
    }
}

/* ---- Closing ---- */

static void close_while_busy(void) {
    unsigned long calls = 0;
    for (int i = 0; i < 20; ++i) {
        neuromorphic_device *device = open_device("usb:", NULL);
        reader waits;
        worker configures, measures, asks;
        set_over(0);
        if (i % 4 == 3) {
            tell("stream silent");
        }
        reader_start(&waits, device);
        if (i % 2) {
            start(&configures, configure_again, device);
            start(&measures, measure_again, device);
            start(&asks, ask_again, device);
        }
        sleep_us(i * 1500);
        int64_t closing = now_ns();
        neuromorphic_close(device);
        within_seconds(seconds_since(closing), 1, "closing");
        reader_ends(&waits, NEUROMORPHIC_ERROR_CLOSED, closing, 1);
        if (i % 2) {
            joins(&configures, "configuring"), joins(&measures, "measuring"), joins(&asks, "asking");
            calls += configures.calls + measures.calls + asks.calls;
        }
        tell("stream resume");
    }
    printf("  closed while others called, %lu times\n", calls);
    CHECK(calls > 30);
}

/* The same device closed by two threads, and while its packets are held. */
static void *close_it(void *context) {
    neuromorphic_close(context);
    return NULL;
}

static void close_twice_with_leases(void) {
    for (int i = 0; i < 10; ++i) {
        neuromorphic_device *device = open_device("usb:", NULL);
        const neuromorphic_packet *packets[8];
        uint64_t sums[8];
        for (size_t k = 0; k < COUNT_OF(packets); ++k) {
            REQUIRE_OK(neuromorphic_next_packet(device, 1000000, &packets[k]));
            sums[k] = packet_checksum(packets[k]);
        }
        pthread_t other;
        REQUIRE(pthread_create(&other, NULL, close_it, device) == 0);
        neuromorphic_close(device);
        pthread_join(other, NULL);
        for (size_t k = 0; k < COUNT_OF(packets); ++k) {
            CHECK_EQUAL(packet_checksum(packets[k]), sums[k]);
            neuromorphic_packet_release(packets[k]);
        }
        CHECK_STATUS(neuromorphic_next_packet(device, 0, &packets[0]), NEUROMORPHIC_ERROR_INVALID_HANDLE);
    }
}

/* ---- Interrupting, and reading twice ---- */

static void interrupt(void) {
    neuromorphic_device *device = open_device("usb:", NULL);
    tell("stream silent");
    status_within(device, 0.1);
    double slowest = 0;
    for (int i = 0; i < 20; ++i) {
        reader waits;
        reader_start(&waits, device);
        sleep_us(2000);
        const neuromorphic_packet *packet;
        CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_BUSY);
        int64_t now = now_ns();
        CHECK_OK(neuromorphic_interrupt(device));
        double seconds = reader_ends(&waits, NEUROMORPHIC_ERROR_INTERRUPTED, now, 0.5);
        slowest = seconds > slowest ? seconds : slowest;
        CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_TIMEOUT);
    }
    printf("  interrupted within %.1f ms\n", slowest * 1e3);
    tell("stream resume");
    streams(device);
    neuromorphic_close(device);
}

/* ---- Listing, forking, signals ---- */

static void list_while_streaming(void) {
    neuromorphic_device *device = open_device("usb:", NULL);
    worker lists[2];
    set_over(0);
    start(&lists[0], list_again, NULL), start(&lists[1], list_again, NULL);
    neuromorphic_status status = status_within(device, 0.7);
    if (status != NEUROMORPHIC_ERROR_TIMEOUT) {
        CHECK_OK(status);
    }
    set_over(1);
    joins(&lists[0], "listing"), joins(&lists[1], "listing");
    neuromorphic_statistics s = statistics_of(device);
    printf("  listed %lu times meanwhile, %" PRIu64 " bytes lost\n", lists[0].calls + lists[1].calls, s.bytes_lost_newest);
    CHECK(lists[0].calls > 5);
    CHECK_EQUAL(s.bytes_lost_newest, 0);
    streams(device);
    neuromorphic_close(device);
}

/* A child that leaves at once, by either door, and one that looks at the bus itself. */
static void fork_while_streaming(void) {
    neuromorphic_device *device = open_device("usb:", NULL);
    for (int i = 0; i < 6; ++i) {
        streams(device);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            if (i % 3 == 0) {
                _exit(0);
            }
            if (i % 3 == 1) {
                neuromorphic_device_list *list = NULL;
                neuromorphic_status looked = neuromorphic_list_devices(&list);
                neuromorphic_device_list_free(list);
                _exit(looked == NEUROMORPHIC_OK ? 0 : 1);
            }
            exit(0);
        }
        REQUIRE(child > 0);
        int status = -1, has_ended = 0;
        WAIT_UNTIL(waitpid(child, &status, WNOHANG) == child, 10, has_ended);
        if (!CHECK(has_ended)) {
            printf("    the child of kind %d did not end\n", i % 3);
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
        } else if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
            printf("    the child of kind %d ended with 0x%X\n", i % 3, (unsigned)status);
        }
        streams(device);
    }
    neuromorphic_statistics s = statistics_of(device);
    CHECK(balance_holds(&s));
    close_within(device, 1.2, "closing after forks");
    device = open_device("usb:", NULL);
    streams(device);
    neuromorphic_close(device);
}

static volatile sig_atomic_t signals, strangers;
static pid_t own_thread;

static void on_signal(int number) {
    (void)number;
    signals += 1;
    if ((pid_t)syscall(SYS_gettid) != own_thread) {
        strangers += 1;
    }
}

/* The handler interrupts system calls: it was installed without SA_RESTART. */
static void signals_meanwhile(void) {
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    own_thread = (pid_t)syscall(SYS_gettid);
    REQUIRE(sigaction(SIGALRM, &action, &before) == 0);
    const struct itimerval timer = {{0, 1000}, {0, 1000}}, none = {{0, 0}, {0, 0}};
    signals = strangers = 0;
    /* The camera's emulation may share this process, and be a thread that takes signals; ours don't. */
    int counts_strangers = !usbfs_obeys("usbfs where");
    REQUIRE(setitimer(ITIMER_REAL, &timer, NULL) == 0);
    for (int i = 0; i < 3; ++i) {
        neuromorphic_device *device = NULL;
        if (!CHECK_OK(neuromorphic_open("usb:", NULL, &device))) {
            break;
        }
        neuromorphic_status status = status_within(device, 0.3);
        if (status != NEUROMORPHIC_ERROR_TIMEOUT) {
            CHECK_OK(status);
        }
        double celsius;
        for (int k = 0; k < 50; ++k) {
            CHECK_OK(neuromorphic_temperature(device, &celsius));
        }
        neuromorphic_configuration c = NEUROMORPHIC_CONFIGURATION_INIT;
        CHECK_OK(neuromorphic_configuration_of(device, &c));
        c.settings.prophesee_evk4.x_mask[3] = (uint64_t)i + 1;
        CHECK_OK(neuromorphic_configure(device, &c));
        streams(device);
        neuromorphic_statistics s = statistics_of(device);
        CHECK_EQUAL(s.bytes_lost_newest, 0);
        neuromorphic_close(device);
    }
    REQUIRE(setitimer(ITIMER_REAL, &none, NULL) == 0);
    printf("  %d signals, %d of them on other threads\n", (int)signals, (int)strangers);
    CHECK(signals > 300);
    CHECK(!counts_strangers || strangers == 0);
    sigaction(SIGALRM, &before, NULL);
}

/* ---- A cable that is pulled at the worst moments ---- */

static void *pull(void *context) {
    sleep_us(*(const int *)context);
    pull_cable();
    return NULL;
}

static void unplug_while_closing(void) {
    for (int i = 0; i < 16; ++i) {
        neuromorphic_device *device = open_device("usb:", NULL);
        streams(device);
        int microseconds = i * 150;
        pthread_t puller;
        REQUIRE(pthread_create(&puller, NULL, pull, &microseconds) == 0);
        close_within(device, 1.2, "closing while the cable is pulled");
        pthread_join(puller, NULL);
        plug_again();
    }
    for (int i = 0; i < 16; ++i) {
        int microseconds = i * 1000;
        pthread_t puller;
        REQUIRE(pthread_create(&puller, NULL, pull, &microseconds) == 0);
        neuromorphic_device *device = NULL;
        neuromorphic_status status = neuromorphic_open("usb:", NULL, &device);
        if (status != NEUROMORPHIC_OK && !CHECK(status == NEUROMORPHIC_ERROR_UNPLUGGED || status == NEUROMORPHIC_ERROR_NOT_FOUND)) {
            printf("    opening ended with %s: %s\n", neuromorphic_status_name(status), neuromorphic_last_error());
        }
        pthread_join(puller, NULL);
        if (device != NULL) {
            CHECK_STATUS(status_within(device, 1), NEUROMORPHIC_ERROR_UNPLUGGED);
        }
        close_within(device, 1.2, "closing");
        plug_again();
    }
}

/* ---- Two cameras ---- */

static void *use_again(void *context) {
    const char *source = context;
    for (int i = 0; i < 10; ++i) {
        neuromorphic_device *device = NULL;
        if (!CHECK_OK(neuromorphic_open(source, NULL, &device))) {
            return NULL;
        }
        neuromorphic_properties p = NEUROMORPHIC_PROPERTIES_INIT;
        CHECK_OK(neuromorphic_properties_of(device, &p));
        CHECK_TEXT(p.serial, strstr(source, "=") + 1);
        CHECK(status_within(device, 0.02) != NEUROMORPHIC_ERROR_UNPLUGGED);
        streams(device);
        neuromorphic_close(device);
    }
    return NULL;
}

static void two_cameras(void) {
    pthread_t threads[2];
    char sources[2][64] = {"usb:serial=0000000A", "usb:serial=0000000B"};
    for (int i = 0; i < 2; ++i) {
        REQUIRE(pthread_create(&threads[i], NULL, use_again, sources[i]) == 0);
    }
    pthread_join(threads[0], NULL), pthread_join(threads[1], NULL);

    /* Pulling one disturbs only that one. */
    neuromorphic_device *first = open_device(sources[0], NULL), *second = open_device(sources[1], NULL);
    streams(first), streams(second);
    pull_cable();
    CHECK_STATUS(status_within(first, 1), NEUROMORPHIC_ERROR_UNPLUGGED);
    streams(second);
    neuromorphic_close(first);
    streams(second);
    tell("plug");
    int is_there = 0;
    WAIT_UNTIL(neuromorphic_open(sources[0], NULL, &first) == NEUROMORPHIC_OK, 5, is_there);
    REQUIRE(is_there);
    streams(first), streams(second);
    neuromorphic_close(second);
    streams(first);
    neuromorphic_close(first);
}

int main(int count, char **words) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    meet_camera();
    if (count > 1 && strcmp(words[1], "two") == 0) {
        two_cameras();
        return check_report("races");
    }
    neuromorphic_close(open_device("usb:", NULL));
    holdings before = what_is_held();
    close_while_busy();
    close_twice_with_leases();
    interrupt();
    list_while_streaming();
    fork_while_streaming();
    signals_meanwhile();
    unplug_while_closing();
    nothing_left(&before, "at the end");
    return check_report("races");
}
