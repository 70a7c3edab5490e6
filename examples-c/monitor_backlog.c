/*
 * Shows how far a program is behind its camera, clears the backlog when it grows too long, and tells what was lost.
 *
 *     cc monitor_backlog.c -o monitor_backlog $(pkg-config --cflags --libs neuromorphic)
 *     ./monitor_backlog "sim:prophesee_evk4?rate=200e6" --seconds 10 --slow 300000
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Buffers that may wait before they are discarded: a quarter of the ring's usual length. */
static const uint64_t longest_backlog = 1000;

static int usage(const char *program) {
    fprintf(stderr,
            "usage: %s SOURCE [--seconds S] [--slow MICROSECONDS]\n"
            "Prints delay and backlog ten times a second, and at the end what was lost. --slow makes the reader sleep\n"
            "after each packet, so that one can see a backlog and losses.\n",
            program);
    return 2;
}

static int failure(void) {
    fprintf(stderr, "%s\n", neuromorphic_last_error());
    return 1;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void sleep_microseconds(long long microseconds) {
    struct timespec time = {(time_t)(microseconds / 1000000), (long)(microseconds % 1000000 * 1000)};
    nanosleep(&time, NULL);
}

static int monitor(neuromorphic_device *device, double seconds, long long slow) {
    double start = now(), next_line = start;
    while (now() - start < seconds) {
        const neuromorphic_packet *packet;
        neuromorphic_status status = neuromorphic_next_packet(device, 100000, &packet);
        if (status == NEUROMORPHIC_END_OF_STREAM) {
            return 0;
        }
        if (status == NEUROMORPHIC_ERROR_TIMEOUT) {
            continue;
        }
        if (status != NEUROMORPHIC_OK) {
            return failure();
        }
        uint64_t backlog = packet->backlog;
        if (now() >= next_line) {
            printf("%7.3f s  delay %9.3f ms  backlog %5" PRIu64 "  lost before %10" PRIu64 " bytes%s\n", now() - start,
                   (double)(packet->handed_over_time_ns - packet->first_byte_time_ns) * 1e-6, backlog,
                   packet->bytes_lost_before, packet->clutch_engaged ? "  losing data" : "");
            next_line = now() + 0.1;
        }
        neuromorphic_packet_release(packet);
        if (backlog > longest_backlog) {
            if (neuromorphic_clear_backlog(device, 0) != NEUROMORPHIC_OK) {
                return failure();
            }
            printf("%7.3f s  backlog cleared\n", now() - start);
        }
        if (slow > 0) {
            sleep_microseconds(slow);
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    double seconds = 1e9;
    long long slow = 0;
    if (argc < 2 || argc % 2 != 0) {
        return usage(argv[0]);
    }
    for (int i = 2; i < argc; i += 2) {
        char *end = argv[i + 1];
        if (strcmp(argv[i], "--seconds") == 0) {
            seconds = strtod(argv[i + 1], &end);
        } else if (strcmp(argv[i], "--slow") == 0) {
            slow = strtoll(argv[i + 1], &end, 10);
        }
        if (end == argv[i + 1] || *end != '\0' || !(seconds >= 0 && seconds <= 1e9) || slow < 0) {
            return usage(argv[0]);
        }
    }
    neuromorphic_device *device;
    if (neuromorphic_open(argv[1], NULL, &device) != NEUROMORPHIC_OK) {
        return failure();
    }
    int result = monitor(device, seconds, slow);
    neuromorphic_statistics total = NEUROMORPHIC_STATISTICS_INIT;
    if (neuromorphic_statistics_of(device, &total) == NEUROMORPHIC_OK) {
        printf("produced %12" PRIu64 " bytes\n", total.bytes_produced);
        printf("delivered %11" PRIu64 " bytes\n", total.bytes_delivered);
        printf("waiting %13" PRIu64 " bytes\n", total.bytes_waiting);
        printf("lost %16" PRIu64 " bytes, every buffer was full, %" PRIu64 " times\n",
               total.bytes_lost_newest + total.bytes_lost_oldest, total.overflows);
        printf("cleared %13" PRIu64 " bytes\n", total.bytes_cleared);
    } else {
        result = failure();
    }
    neuromorphic_close(device);
    return result;
}
