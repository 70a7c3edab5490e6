/* How long opening and closing a camera takes, beside what it can't take less than: the waits of its sequence and the round
 * trips of its control requests, at the pace that a plain loop over libusb meets at the same time.
 *
 *     opening VENDOR:PRODUCT TRANSCRIPT [ROUNDS]    TRANSCRIPT: see Tests/Golden/cameras
 */
#include <libusb-1.0/libusb.h>
#include <neuromorphic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_MAXIMUM = 100, READ = 0x10102, WRITE = 0x40010102 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "opening: %s\n", what);
    exit(1);
}

/* ---- The plain loop ---- */

/* Seconds of the waits, without what the system adds to them, and of the round trips. */
struct least { double waits, trips; unsigned count; };

static uint32_t exchange(libusb_device_handle *device, struct least *least, const uint32_t *frame, int words) {
    uint32_t reply[256];
    int count = 0;
    const double begin = now();
    if (libusb_bulk_transfer(device, 0x02, (uint8_t *)frame, 4 * words, &count, 1000) != 0
        || libusb_bulk_transfer(device, 0x82, (uint8_t *)reply, sizeof reply, &count, 1000) != 0) {
        fail("the camera doesn't answer");
    }
    least->trips += now() - begin;
    least->count += 1;
    return count >= 20 ? reply[4] : 0;
}

static uint32_t read_register(libusb_device_handle *device, struct least *least, uint32_t address) {
    return exchange(device, least, (uint32_t[]){READ, 12, 0, address, 1}, 5);
}

static void write_register(libusb_device_handle *device, struct least *least, uint32_t address, uint32_t value) {
    exchange(device, least, (uint32_t[]){WRITE, 12, 0, address, value}, 5);
}

static void play(libusb_device_handle *device, struct least *least, const char *word, uint32_t *n, int count) {
    static uint8_t stale[131072];
    int received;
    if (strcmp(word, "write") == 0) {
        for (int i = 1; i < count; ++i) write_register(device, least, n[0] + 4 * (uint32_t)(i - 1), n[i]);
    } else if (strcmp(word, "modify") == 0) {
        write_register(device, least, n[0], (read_register(device, least, n[0]) & ~n[1]) | (n[2] & n[1]));
    } else if (strcmp(word, "read") == 0 || strcmp(word, "expect") == 0) {
        read_register(device, least, n[0]);
    } else if (strcmp(word, "ask") == 0) {
        exchange(device, least, (uint32_t[]){n[0], 4 * (uint32_t)(count - 1), n[1]}, 1 + count);
    } else if (strcmp(word, "wait") == 0) {
        const struct timespec wait = {n[0] / 1000000, n[0] % 1000000 * 1000};
        nanosleep(&wait, NULL);
        least->waits += n[0] / 1e6;
    } else if (strcmp(word, "drain") == 0) {
        while (libusb_bulk_transfer(device, 0x81, stale, sizeof stale, &received, n[0]) == 0) {}
        least->waits += n[0] / 1e3;
    } else {
        fail("the transcript has a line of an unknown kind");
    }
}

static void play_sections(libusb_device_handle *device, struct least *least, FILE *transcript) {
    char line[4096];
    int is_played = 0;
    rewind(transcript);
    while (fgets(line, sizeof line, transcript)) {
        line[strcspn(line, "#\n")] = 0;
        if (line[0] == '[') {
            is_played = strcmp(line, "[identification]") == 0 || strcmp(line, "[factory biases]") == 0
                     || strcmp(line, "[opening]") == 0 || strcmp(line, "[start]") == 0 || strcmp(line, "[closing]") == 0;
            continue;
        }
        uint32_t numbers[16] = {0};
        int count = 0;
        const char *word = strtok(line, " ");
        if (!is_played || word == NULL) continue;
        for (const char *number; count < 16 && (number = strtok(NULL, " "));) {
            numbers[count++] = (uint32_t)strtoul(number, NULL, 0);
        }
        play(device, least, word, numbers, count);
    }
}

static struct least least_time(unsigned vendor, unsigned product, FILE *transcript) {
    libusb_context *context;
    struct least least = {0, 0, 0};
    if (libusb_init(&context) != 0) fail("no libusb");
    libusb_device_handle *device = libusb_open_device_with_vid_pid(context, (uint16_t)vendor, (uint16_t)product);
    if (device == NULL || libusb_claim_interface(device, 0) != 0) fail("no such device");
    /* What tells boards with the same ids apart, and the serial number. */
    uint8_t answer[2];
    const double begin = now();
    if (libusb_control_transfer(device, 0xC0, 0x72, 0, 0, answer, 2, 1000) != 2) fail("no such camera");
    least.trips += now() - begin;
    least.count += 1;
    exchange(device, &least, (uint32_t[]){0x72, 0}, 2);
    play_sections(device, &least, transcript);
    libusb_close(device);
    libusb_exit(context);
    return least;
}

/* ---- The library ---- */

static void pause_shortly(void) {
    const struct timespec pause = {0, 100000000};
    nanosleep(&pause, NULL);
}

static double library_time(void) {
    neuromorphic_device *device;
    const double begin = now();
    if (neuromorphic_open("usb:", NULL, &device) != NEUROMORPHIC_OK) fail(neuromorphic_last_error());
    const double opened = now();
    pause_shortly();
    const double middle = now();
    neuromorphic_close(device);
    return now() - middle + opened - begin;
}

static int ascending(const void *one, const void *other) {
    const double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, ascending);
    return values[count / 2];
}

int main(int argc, char **argv) {
    unsigned vendor, product;
    FILE *transcript;
    if (argc < 3 || sscanf(argv[1], "%x:%x", &vendor, &product) != 2 || (transcript = fopen(argv[2], "r")) == NULL) {
        fputs("usage: opening VENDOR:PRODUCT TRANSCRIPT [ROUNDS]\n", stderr);
        return 2;
    }
    int rounds = argc > 3 ? atoi(argv[3]) : 9;
    if (rounds < 1 || rounds > ROUNDS_MAXIMUM) rounds = 9;
    double ours[ROUNDS_MAXIMUM], least[ROUNDS_MAXIMUM], ratios[ROUNDS_MAXIMUM], first = 0;
    struct least sum = {0, 0, 0};
    for (int i = 0; i < rounds; ++i) {
        ours[i] = library_time();
        if (i == 0) first = ours[i];
        const struct least one = least_time(vendor, product, transcript);
        least[i] = one.waits + one.trips;
        ratios[i] = ours[i] / least[i];
        sum = (struct least){sum.waits + one.waits, sum.trips + one.trips, sum.count + one.count};
    }
    printf("waits %.3f s, %u round trips of %.3f ms each\n", sum.waits / rounds, sum.count / (unsigned)rounds,
           sum.trips / sum.count * 1e3);
    printf("medians of %d: waits and round trips %.3f s, opening and closing %.3f s (the first %.3f s): %+.1f %%\n", rounds,
           median(least, rounds), median(ours, rounds), first, (median(ratios, rounds) - 1) * 100);
    return 0;
}
