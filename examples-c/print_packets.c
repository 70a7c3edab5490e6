/*
 * Prints a line for each packet of a camera, a recording or a simulation, and the totals at the end.
 *
 *     cc print_packets.c -o print_packets $(pkg-config --cflags --libs neuromorphic)
 *     ./print_packets sim:prophesee_evk4 --seconds 2
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int usage(const char *program) {
    fprintf(stderr,
            "usage: %s SOURCE [--packets N] [--seconds S]\n"
            "Prints a line a packet until the source ends, N packets came or S seconds have passed.\n"
            "SOURCE is such as sim:prophesee_evk4, file:drive.raw or file:drive.raw?speed=realtime.\n",
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

static void print_packet(const neuromorphic_packet *packet) {
    printf("#%" PRIu64 " events %zu", packet->sequence, packet->count);
    if (packet->count > 0) {
        printf(" t %" PRIu64 "..%" PRIu64, packet->t[0], packet->t[packet->count - 1]);
    }
    printf(" triggers %zu backlog %" PRIu64 " latency_us %" PRId64 " lost_bytes %" PRIu64 "\n", packet->trigger_count,
           packet->backlog, (packet->handed_over_time_ns - packet->first_byte_time_ns) / 1000,
           packet->bytes_lost_before);
}

int main(int argc, char **argv) {
    unsigned long long packets = UINT64_MAX;
    double seconds = 1e9;
    if (argc < 2 || argc % 2 != 0) {
        return usage(argv[0]);
    }
    for (int i = 2; i < argc; i += 2) {
        char *end = argv[i + 1];
        if (strcmp(argv[i], "--packets") == 0 && *end != '-') {
            packets = strtoull(argv[i + 1], &end, 10);
        } else if (strcmp(argv[i], "--seconds") == 0) {
            seconds = strtod(argv[i + 1], &end);
        }
        if (end == argv[i + 1] || *end != '\0' || !(seconds >= 0 && seconds <= 1e9)) {
            return usage(argv[0]);
        }
    }

    neuromorphic_device *device;
    if (neuromorphic_open(argv[1], NULL, &device) != NEUROMORPHIC_OK) {
        return failure();
    }
    double end = now() + seconds;
    neuromorphic_status status = NEUROMORPHIC_OK;
    while (packets > 0) {
        double left = end - now();
        const neuromorphic_packet *packet;
        if (left <= 0) {
            break;
        }
        status = neuromorphic_next_packet(device, (int64_t)(left * 1e6), &packet);
        if (status == NEUROMORPHIC_ERROR_TIMEOUT) {
            continue;
        }
        if (status != NEUROMORPHIC_OK) {
            break;
        }
        print_packet(packet);
        neuromorphic_packet_release(packet);
        --packets;
    }
    int result = 0;
    if (status != NEUROMORPHIC_OK && status != NEUROMORPHIC_ERROR_TIMEOUT && status != NEUROMORPHIC_END_OF_STREAM) {
        result = failure();
    }
    neuromorphic_statistics total = NEUROMORPHIC_STATISTICS_INIT;
    if (neuromorphic_statistics_of(device, &total) == NEUROMORPHIC_OK) {
        printf("packets=%" PRIu64 " events=%" PRIu64 " triggers=%" PRIu64 " bytes=%" PRIu64 " lost_bytes=%" PRIu64
               " overflows=%" PRIu64 "\n",
               total.packets, total.events, total.triggers, total.bytes_delivered,
               total.bytes_lost_newest + total.bytes_lost_oldest + total.bytes_cleared, total.overflows);
    } else {
        result = failure();
    }
    neuromorphic_close(device);
    return result;
}
