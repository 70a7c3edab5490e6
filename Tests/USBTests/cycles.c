/*
 * A cable that is pulled again and again while the camera streams, or is silent: a reader that waits for ever is woken
 * each time, and nothing piles up: threads, descriptors, memory.
 *
 *     cycles [COUNT]     0: once, with a look at how long opening takes
 */
#include "usb.h"

enum { WARM_UP = 10 };

static double slowest_wake, slowest_close, slowest_open;

static void cycle(int number) {
    int64_t opening = now_ns();
    neuromorphic_device *device = open_device("usb:", NULL);
    double seconds = seconds_since(opening);
    slowest_open = seconds > slowest_open ? seconds : slowest_open;
    reader waits;
    /* Every third camera has nothing to say, so that the reader truly waits. */
    int is_silent = number % 3 == 2;
    if (is_silent) {
        tell("stream silent");
    }
    reader_start(&waits, device);
    if (!is_silent) {
        int has_read = 0;
        WAIT_UNTIL(__atomic_load_n(&waits.packets, __ATOMIC_RELAXED) > 0, 2, has_read);
        CHECK(has_read);
    }
    int64_t pulled = now_ns();
    pull_cable();
    seconds = reader_ends(&waits, NEUROMORPHIC_ERROR_UNPLUGGED, pulled, 1);
    slowest_wake = seconds > slowest_wake ? seconds : slowest_wake;
    CHECK(strstr(waits.sentence, "00050423") != NULL);
    /* Which is the end: no data comes behind it. */
    const neuromorphic_packet *packet = NULL;
    sleep_us(1000);
    CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_UNPLUGGED);
    neuromorphic_packet_release(packet);
    neuromorphic_statistics s = statistics_of(device);
    CHECK(balance_holds(&s));
    /* Some close before the cable is back, some after. */
    if (number % 2) {
        plug_again();
    }
    seconds = close_within(device, 1.2, "closing");
    slowest_close = seconds > slowest_close ? seconds : slowest_close;
    if (number % 2 == 0) {
        plug_again();
    }
}

int main(int count, char **words) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int cycles = count > 1 ? atoi(words[1]) : 200;
    meet_camera();
    if (cycles == 0) {
        cycle(0);
        printf("opened in %.2f s\n", slowest_open);
        CHECK(slowest_open < (plugged_model() == NEUROMORPHIC_MODEL_PROPHESEE_EVK4 ? 7 : 2));
        return check_report("cycles");
    }
    for (int i = 0; i < WARM_UP; ++i) {
        cycle(i);
    }
    holdings before = what_is_held();
    for (int i = 0; i < cycles; ++i) {
        cycle(i);
        nothing_left(&before, "after a cycle");
    }
    holdings after = what_is_held();
    printf("%d cycles: opened within %.0f ms, woken within %.1f ms, closed within %.1f ms; VmRSS %zu KiB after %d, %zu KiB at the end\n", cycles,
           slowest_open * 1e3, slowest_wake * 1e3, slowest_close * 1e3, before.resident_kib, WARM_UP, after.resident_kib);
    CHECK(after.resident_kib <= before.resident_kib + 4096);
    return check_report("cycles");
}
