/*
 * Reads two EVK4 that share one clock: the primary gives it out, the secondary follows. Wire the primary's sync output to the
 * secondary's sync input.
 *
 *     cc two_cameras.c -o two_cameras $(pkg-config --cflags --libs neuromorphic)
 *     ./two_cameras 00050423 00050424
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <neuromorphic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int usage(const char *program) {
    fprintf(stderr,
            "usage: %s PRIMARY_SERIAL SECONDARY_SERIAL [--seconds S]\n"
            "Prints the time and the event rate of both cameras once a second. ./list_devices shows serial numbers.\n",
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

struct camera {
    const char *role;
    neuromorphic_device *device;
    uint64_t t;
    uint64_t events;
};

static neuromorphic_device *open_camera(const char *serial, uint8_t clock) {
    char source[128];
    if (snprintf(source, sizeof source, "usb:serial=%s", serial) >= (int)sizeof source) {
        fprintf(stderr, "the serial number %s is too long\n", serial);
        return NULL;
    }
    neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    neuromorphic_device *device;
    if (neuromorphic_default_configuration(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, &configuration) != NEUROMORPHIC_OK) {
        failure();
        return NULL;
    }
    configuration.settings.prophesee_evk4.clock = clock;
    options.configuration = &configuration;
    if (neuromorphic_open(source, &options, &device) != NEUROMORPHIC_OK) {
        failure();
        return NULL;
    }
    return device;
}

/* Takes what waits, and no more: the other camera has its turn. */
static int read_packet(struct camera *camera) {
    const neuromorphic_packet *packet;
    neuromorphic_status status = neuromorphic_next_packet(camera->device, 0, &packet);
    if (status == NEUROMORPHIC_ERROR_TIMEOUT) {
        return 0;
    }
    if (status != NEUROMORPHIC_OK) {
        return failure();
    }
    camera->t = packet->current_t;
    camera->events += packet->count;
    neuromorphic_packet_release(packet);
    return 0;
}

static int run(struct camera cameras[2], double seconds) {
    struct pollfd waits[2];
    for (int i = 0; i < 2; ++i) {
        waits[i].fd = neuromorphic_fd(cameras[i].device);
        waits[i].events = POLLIN;
        if (waits[i].fd < 0) {
            return failure();
        }
    }
    double start = now(), next_line = start + 1;
    while (now() - start < seconds) {
        poll(waits, 2, 100);
        for (int i = 0; i < 2; ++i) {
            if (waits[i].revents != 0 && read_packet(&cameras[i]) != 0) {
                return 1;
            }
        }
        if (now() < next_line) {
            continue;
        }
        for (int i = 0; i < 2; ++i) {
            printf("%s t %12" PRIu64 " us %10" PRIu64 " events/s   ", cameras[i].role, cameras[i].t, cameras[i].events);
            cameras[i].events = 0;
        }
        printf("\n");
        fflush(stdout);
        next_line += 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    double seconds = 1e9;
    if (argc == 5 && strcmp(argv[3], "--seconds") == 0) {
        char *end;
        seconds = strtod(argv[4], &end);
        if (end == argv[4] || *end != '\0' || !(seconds >= 0 && seconds <= 1e9)) {
            return usage(argv[0]);
        }
    } else if (argc != 3) {
        return usage(argv[0]);
    }
    /* The secondary first: it waits for the clock, which starts with the primary, so that both count from the same pulse. */
    struct camera cameras[2] = {{"primary", NULL, 0, 0}, {"secondary", NULL, 0, 0}};
    cameras[1].device = open_camera(argv[2], NEUROMORPHIC_CLOCK_EXTERNAL);
    if (cameras[1].device != NULL) {
        cameras[0].device = open_camera(argv[1], NEUROMORPHIC_CLOCK_INTERNAL_WITH_OUTPUT_ENABLED);
    }
    int result = cameras[0].device == NULL ? 1 : run(cameras, seconds);
    neuromorphic_close(cameras[0].device);
    neuromorphic_close(cameras[1].device);
    return result;
}
