/*
 * Measures how long after the completion of a transfer next_packet has returned with its events: the library's share of a closed
 * loop's latency. A packet of several transfers counts from its first.
 *
 *     latency SOURCE [--seconds S]
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int compare(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

enum { MOST = 1 << 20 };

static int measure(neuromorphic_device *device, double seconds) {
    int64_t *latency = malloc(MOST * sizeof *latency);
    if (latency == NULL) {
        return 1;
    }
    size_t count = 0;
    uint64_t events = 0, transfers = 0;
    int64_t start = now_ns();
    while (count < MOST && (double)(now_ns() - start) < seconds * 1e9) {
        const neuromorphic_packet *packet;
        neuromorphic_status status = neuromorphic_next_packet(device, 100000, &packet);
        if (status == NEUROMORPHIC_ERROR_TIMEOUT) {
            continue;
        }
        if (status != NEUROMORPHIC_OK) {
            break;
        }
        latency[count++] = now_ns() - packet->first_byte_time_ns;
        events += packet->count;
        transfers += packet->buffers;
        neuromorphic_packet_release(packet);
    }
    if (count == 0) {
        fprintf(stderr, "%s\n", neuromorphic_last_error());
        free(latency);
        return 1;
    }
    double took = (double)(now_ns() - start) * 1e-9;
    qsort(latency, count, sizeof *latency, compare);
    printf("%zu packets of %.1f transfers, %.1f Mev/s: median %.1f us, 99th percentile %.1f us, longest %.1f us\n", count,
           (double)transfers / (double)count, (double)events / took * 1e-6, (double)latency[count / 2] * 1e-3,
           (double)latency[count - 1 - count / 100] * 1e-3, (double)latency[count - 1] * 1e-3);
    free(latency);
    return 0;
}

int main(int argc, char **argv) {
    double seconds = argc == 4 && strcmp(argv[2], "--seconds") == 0 ? strtod(argv[3], NULL) : 5;
    if (argc != 2 && !(argc == 4 && seconds > 0)) {
        fprintf(stderr, "usage: %s SOURCE [--seconds S]\n", argv[0]);
        return 2;
    }
    neuromorphic_device *device;
    if (neuromorphic_open(argv[1], NULL, &device) != NEUROMORPHIC_OK) {
        fprintf(stderr, "%s\n", neuromorphic_last_error());
        return 1;
    }
    int result = measure(device, seconds);
    neuromorphic_close(device);
    return result;
}
