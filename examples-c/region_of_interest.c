/*
 * Opens a camera with a region of interest, moves it while the camera streams, and checks that events come from there only.
 *
 *     cc region_of_interest.c -o region_of_interest $(pkg-config --cflags --libs neuromorphic)
 *     ./region_of_interest usb: --region 576,296,128,128
 */
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(const char *program) {
    fprintf(stderr,
            "usage: %s SOURCE [--region X,Y,WIDTH,HEIGHT] [--seconds S]\n"
            "Lets only a rectangle of an EVK4's pixels send events (default 576,296,128,128), for S seconds (default 2),\n"
            "then the rectangle that mirrors it.\n",
            program);
    return 2;
}

static int failure(void) {
    fprintf(stderr, "%s\n", neuromorphic_last_error());
    return 1;
}

/* Counts events within and outside of a rectangle, for that long of the sensor's own time. */
static int count(neuromorphic_device *device, const neuromorphic_region *region, double seconds) {
    uint64_t first = 0, last = 0, inside = 0, outside = 0;
    for (int packets = 0; packets == 0 || (double)(last - first) < seconds * 1e6; ++packets) {
        const neuromorphic_packet *packet;
        if (neuromorphic_next_packet(device, 5000000, &packet) != NEUROMORPHIC_OK) {
            return failure();
        }
        for (size_t i = 0; i < packet->count; ++i) {
            int x = packet->x[i] - region->x, y = packet->y[i] - region->y;
            if (x >= 0 && x < region->width && y >= 0 && y < region->height) {
                ++inside;
            } else {
                ++outside;
            }
        }
        if (packets == 0) {
            first = packet->current_t;
        }
        last = packet->current_t;
        neuromorphic_packet_release(packet);
    }
    printf("region %4d,%4d %4d x %4d: %10" PRIu64 " events within, %" PRIu64 " outside\n", region->x, region->y,
           region->width, region->height, inside, outside);
    return 0;
}

static int move(neuromorphic_device *device, neuromorphic_configuration *configuration, double seconds) {
    neuromorphic_region *region = &configuration->settings.prophesee_evk4.region;
    if (count(device, region, seconds) != 0) {
        return 1;
    }
    region->x = (uint16_t)(1280 - region->x - region->width);
    region->y = (uint16_t)(720 - region->y - region->height);
    if (neuromorphic_configure(device, configuration) != NEUROMORPHIC_OK) {
        return failure();
    }
    /* Events of the old region are still on their way: what waits here goes now, the rest is counted as outside. */
    if (neuromorphic_clear_backlog(device, 0) != NEUROMORPHIC_OK) {
        return failure();
    }
    return count(device, region, seconds);
}

int main(int argc, char **argv) {
    double seconds = 2;
    unsigned x = 576, y = 296, width = 128, height = 128;
    if (argc < 2 || argc % 2 != 0) {
        return usage(argv[0]);
    }
    for (int i = 2; i < argc; i += 2) {
        char *end = argv[i + 1], rest;
        if (strcmp(argv[i], "--seconds") == 0) {
            seconds = strtod(argv[i + 1], &end);
        } else if (strcmp(argv[i], "--region") == 0 &&
                   sscanf(argv[i + 1], "%u,%u,%u,%u%c", &x, &y, &width, &height, &rest) == 4) {
            end = argv[i + 1] + strlen(argv[i + 1]);
        }
        if (end == argv[i + 1] || *end != '\0' || !(seconds > 0 && seconds <= 1e6) || x > 1279 || y > 719 ||
            width > 1280 || height > 720) {
            return usage(argv[0]);
        }
    }
    neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
    if (neuromorphic_default_configuration(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, &configuration) != NEUROMORPHIC_OK) {
        return failure();
    }
    neuromorphic_region region = {1, (uint16_t)x, (uint16_t)y, (uint16_t)width, (uint16_t)height};
    configuration.settings.prophesee_evk4.region = region;
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.configuration = &configuration;
    neuromorphic_device *device;
    if (neuromorphic_open(argv[1], &options, &device) != NEUROMORPHIC_OK) {
        return failure();
    }
    int result = move(device, &configuration, seconds);
    neuromorphic_close(device);
    return result;
}
