/* How long opening and closing a camera takes, beside what it can't take less than: the waits of its sequence and the round
 * trips of its control requests, at the pace that a plain loop over libusb meets at the same time. Each of them has processes of
 * its own, which open the camera twice: the first time nothing of a process's code has run before.
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

enum { ROUNDS_MAXIMUM = 100, OPENINGS = 2, READ = 0x10102, WRITE = 0x40010102 };

/* How long each of them receives before it closes. */
static const double STREAMING = 0.1;

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

/* Takes what the camera has still to send, until it is silent for that long. */
static void drain(libusb_device_handle *device, unsigned milliseconds) {
    static uint8_t stale[131072];
    int received;
    while (libusb_bulk_transfer(device, 0x81, stale, sizeof stale, &received, milliseconds) == 0) {}
}

static void play(libusb_device_handle *device, struct least *least, const char *word, uint32_t *n, int count) {
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
        drain(device, n[0]);
        least->waits += n[0] / 1e3;
    } else {
        fail("the transcript has a line of an unknown kind");
    }
}

static void play_section(libusb_device_handle *device, struct least *least, FILE *transcript, const char *name) {
    char line[4096];
    int is_played = 0;
    rewind(transcript);
    while (fgets(line, sizeof line, transcript)) {
        line[strcspn(line, "#\n")] = 0;
        if (line[0] == '[') {
            is_played = strcmp(line, name) == 0;
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

/* Transfers that fly while the camera is started, as the library's do. They slow requests down. */
static struct libusb_transfer *flying[32];
static int in_flight, is_landing;

static void landed(struct libusb_transfer *transfer) {
    if (is_landing || libusb_submit_transfer(transfer) != 0) in_flight -= 1;
}

static void let_fly(libusb_device_handle *device) {
    static uint8_t buffers[sizeof flying / sizeof *flying][131072];
    is_landing = 0;
    for (size_t i = 0; i < sizeof flying / sizeof *flying; ++i) {
        flying[i] = libusb_alloc_transfer(0);
        libusb_fill_bulk_transfer(flying[i], device, 0x81, buffers[i], sizeof buffers[i], landed, NULL, 0);
        if (libusb_submit_transfer(flying[i]) != 0) fail("no transfers");
        in_flight += 1;
    }
}

static void land(libusb_context *context) {
    is_landing = 1;
    for (size_t i = 0; i < sizeof flying / sizeof *flying; ++i) libusb_cancel_transfer(flying[i]);
    while (in_flight > 0) libusb_handle_events(context);
    for (size_t i = 0; i < sizeof flying / sizeof *flying; ++i) libusb_free_transfer(flying[i]);
}

static void stream(libusb_context *context) {
    const double end = now() + STREAMING;
    while (now() < end) libusb_handle_events_timeout_completed(context, &(struct timeval){0, 10000}, NULL);
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
    play_section(device, &least, transcript, "[identification]");
    play_section(device, &least, transcript, "[factory biases]");
    play_section(device, &least, transcript, "[opening]");
    let_fly(device);
    play_section(device, &least, transcript, "[start]");
    stream(context);
    land(context);
    play_section(device, &least, transcript, "[closing]");
    /* Not to leave it to the next one: a camera with data in it answers later. */
    drain(device, 50);
    libusb_close(device);
    libusb_exit(context);
    return least;
}

/* ---- The library ---- */

static void read_packets(neuromorphic_device *device) {
    const double end = now() + STREAMING;
    const neuromorphic_packet *packet;
    while (now() < end) {
        if (neuromorphic_next_packet(device, 10000, &packet) == NEUROMORPHIC_OK) neuromorphic_packet_release(packet);
    }
}

static double library_time(void) {
    neuromorphic_device *device;
    const double begin = now();
    if (neuromorphic_open("usb:", NULL, &device) != NEUROMORPHIC_OK) fail(neuromorphic_last_error());
    const double opened = now();
    read_packets(device);
    const double middle = now();
    neuromorphic_close(device);
    return now() - middle + opened - begin;
}

/* ---- Processes ---- */

/* What one process opens, one line an opening: seconds, and of them those of round trips, and their count. */
static void print_openings(unsigned vendor, unsigned product, FILE *transcript, int is_plain) {
    for (int i = 0; i < OPENINGS; ++i) {
        struct least one = {0, 0, 0};
        const double whole = is_plain ? 0 : library_time();
        if (is_plain) one = least_time(vendor, product, transcript);
        printf("%.6f %.6f %u\n", is_plain ? one.waits + one.trips : whole, one.trips, one.count);
    }
}

struct opening { double seconds, trips; unsigned count; };

static void run(char **arguments, const char *kind, struct opening openings[OPENINGS]) {
    char command[4096];
    snprintf(command, sizeof command, "'%s' '%s' '%s' %s", arguments[0], arguments[1], arguments[2], kind);
    FILE *process = popen(command, "r");
    if (process == NULL) fail("can't start itself");
    for (int i = 0; i < OPENINGS; ++i) {
        if (fscanf(process, "%lf %lf %u", &openings[i].seconds, &openings[i].trips, &openings[i].count) != 3) {
            fail("a process of its own failed");
        }
    }
    pclose(process);
}

static int ascending(const void *one, const void *other) {
    const double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, ascending);
    return values[count / 2];
}

static void compare(char **arguments, int rounds) {
    static const char *const names[OPENINGS] = {"a process's first opening", "its second"};
    static double ours[OPENINGS][ROUNDS_MAXIMUM], least[OPENINGS][ROUNDS_MAXIMUM], ratios[OPENINGS][ROUNDS_MAXIMUM];
    static double trips[OPENINGS][ROUNDS_MAXIMUM];
    struct opening library[OPENINGS], plain[OPENINGS];
    for (int round = 0; round < rounds; ++round) {
        /* Either one is the first in turn, as the machine's own pace drifts. */
        if (round % 2 == 0) run(arguments, "library", library);
        run(arguments, "plain", plain);
        if (round % 2 != 0) run(arguments, "library", library);
        for (int i = 0; i < OPENINGS; ++i) {
            ours[i][round] = library[i].seconds;
            least[i][round] = plain[i].seconds;
            ratios[i][round] = library[i].seconds / plain[i].seconds;
            trips[i][round] = plain[i].trips / plain[i].count;
        }
    }
    printf("medians of %d:\n", rounds);
    for (int i = 0; i < OPENINGS; ++i) {
        printf("%s: waits and %u round trips of %.3f ms each %.3f s, opening and closing %.3f s: %+.1f %%\n", names[i],
               plain[i].count, median(trips[i], rounds) * 1e3, median(least[i], rounds), median(ours[i], rounds),
               (median(ratios[i], rounds) - 1) * 100);
    }
}

int main(int argc, char **argv) {
    unsigned vendor, product;
    FILE *transcript;
    if (argc < 3 || sscanf(argv[1], "%x:%x", &vendor, &product) != 2 || (transcript = fopen(argv[2], "r")) == NULL) {
        fputs("usage: opening VENDOR:PRODUCT TRANSCRIPT [ROUNDS]\n", stderr);
        return 2;
    }
    const char *what = argc > 3 ? argv[3] : "9";
    if (strcmp(what, "library") == 0 || strcmp(what, "plain") == 0) {
        print_openings(vendor, product, transcript, strcmp(what, "plain") == 0);
    } else {
        const int rounds = atoi(what);
        compare(argv, rounds < 1 || rounds > ROUNDS_MAXIMUM ? 9 : rounds);
    }
    fclose(transcript);
    return 0;
}
