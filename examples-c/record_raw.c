/*
 * Records the bytes of a camera or a simulation to a RAW file, as they come. Ctrl-C ends the recording properly.
 *
 *     cc record_raw.c -o record_raw $(pkg-config --cflags --libs neuromorphic)
 *     ./record_raw sim:prophesee_evk4 drive.raw --seconds 2
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <neuromorphic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t stop = 0;

static void on_signal(int number) {
    (void)number;
    stop = 1;
}

static int usage(const char *program) {
    fprintf(stderr,
            "usage: %s SOURCE FILE [--seconds S] [--overwrite]\n"
            "Records SOURCE, such as sim:prophesee_evk4, to FILE until it ends, S seconds have passed or Ctrl-C.\n",
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

static int record(neuromorphic_device *device, neuromorphic_recording *recording, double seconds) {
    double end = now() + seconds;
    while (!stop && now() < end) {
        const neuromorphic_packet *packet;
        /* A tenth of a second, so that a signal or the end is soon seen when nothing arrives. */
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
        status = neuromorphic_recording_write(recording, packet);
        neuromorphic_packet_release(packet);
        if (status != NEUROMORPHIC_OK) {
            return failure();
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    double seconds = 1e9;
    uint32_t overwrite = 0;
    if (argc < 3) {
        return usage(argv[0]);
    }
    for (int i = 3; i < argc; ++i) {
        char *end = "";
        if (strcmp(argv[i], "--overwrite") == 0) {
            overwrite = 1;
        } else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc && argv[i + 1][0] != '\0') {
            seconds = strtod(argv[++i], &end);
        } else {
            return usage(argv[0]);
        }
        if (*end != '\0' || !(seconds >= 0 && seconds <= 1e9)) {
            return usage(argv[0]);
        }
    }
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, &action, NULL) != 0 || sigaction(SIGTERM, &action, NULL) != 0) {
        perror("sigaction");
        return 1;
    }

    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 1;
    neuromorphic_device *device;
    if (neuromorphic_open(argv[1], &options, &device) != NEUROMORPHIC_OK) {
        return failure();
    }
    neuromorphic_recording *recording;
    if (neuromorphic_recording_create(argv[2], device, overwrite, &recording) != NEUROMORPHIC_OK) {
        int result = failure();
        neuromorphic_close(device);
        return result;
    }
    int result = record(device, recording, seconds);
    if (neuromorphic_recording_close(recording) != NEUROMORPHIC_OK) {
        result = failure();
    }
    neuromorphic_statistics total = NEUROMORPHIC_STATISTICS_INIT;
    if (neuromorphic_statistics_of(device, &total) == NEUROMORPHIC_OK) {
        printf("recorded %" PRIu64 " bytes, lost %" PRIu64 " bytes\n", total.bytes_delivered,
               total.bytes_lost_newest + total.bytes_lost_oldest);
    } else {
        result = failure();
    }
    neuromorphic_close(device);
    return result;
}
