/*
 * Makes a camera less sensitive while it streams, and shows what that does to its event rate.
 *
 *     cc change_biases.c -o change_biases $(pkg-config --cflags --libs neuromorphic)
 *     ./change_biases usb:
 */
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(const char *program) {
    fprintf(stderr,
            "usage: %s SOURCE [--seconds S] [--by STEPS]\n"
            "Counts a camera's events for S seconds (default 5), moves the thresholds of ON and OFF events STEPS away from\n"
            "their reference (default 25), and counts again.\n",
            program);
    return 2;
}

static int failure(void) {
    fprintf(stderr, "%s\n", neuromorphic_last_error());
    return 1;
}

/* Events per second of the sensor's own time; negative when reading failed. */
static double rate(neuromorphic_device *device, double seconds) {
    uint64_t first = 0, last = 0, events = 0;
    for (int packets = 0; packets == 0 || (double)(last - first) < seconds * 1e6; ++packets) {
        const neuromorphic_packet *packet;
        neuromorphic_status status = neuromorphic_next_packet(device, 5000000, &packet);
        if (status != NEUROMORPHIC_OK) {
            return -1;
        }
        if (packets == 0) {
            first = packet->current_t;
        } else {
            events += packet->count;
        }
        last = packet->current_t;
        neuromorphic_packet_release(packet);
    }
    return (double)events / ((double)(last - first) * 1e-6);
}

/* The thresholds of the models that have them; NULL where there are none. */
static uint8_t *threshold(neuromorphic_configuration *configuration, int on) {
    switch (configuration->model) {
    case NEUROMORPHIC_MODEL_PROPHESEE_EVK4:
        return on ? &configuration->settings.prophesee_evk4.biases.diff_on
                  : &configuration->settings.prophesee_evk4.biases.diff_off;
    case NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD:
        return on ? &configuration->settings.prophesee_evk3_hd.biases.diff_on
                  : &configuration->settings.prophesee_evk3_hd.biases.diff_off;
    default: return NULL;
    }
}

static int change(neuromorphic_device *device, double seconds, int by) {
    neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
    if (neuromorphic_configuration_of(device, &configuration) != NEUROMORPHIC_OK) {
        return failure();
    }
    uint8_t *on = threshold(&configuration, 1), *off = threshold(&configuration, 0);
    if (on == NULL || off == NULL) {
        fprintf(stderr, "this camera has no such biases\n");
        return 1;
    }
    double before = rate(device, seconds);
    if (before < 0) {
        return failure();
    }
    printf("diff_on %3d, diff_off %3d: %12.0f events/s\n", *on, *off, before);
    *on = (uint8_t)(*on + by > 255 ? 255 : *on + by);
    *off = (uint8_t)(*off - by < 0 ? 0 : *off - by);
    /* Only the two that differ are written; what was on its way before still follows the old ones. */
    if (neuromorphic_configure(device, &configuration) != NEUROMORPHIC_OK ||
        neuromorphic_clear_backlog(device, 0) != NEUROMORPHIC_OK) {
        return failure();
    }
    double after = rate(device, seconds);
    if (after < 0) {
        return failure();
    }
    printf("diff_on %3d, diff_off %3d: %12.0f events/s\n", *on, *off, after);
    return 0;
}

int main(int argc, char **argv) {
    double seconds = 5;
    long by = 25;
    if (argc < 2 || argc % 2 != 0) {
        return usage(argv[0]);
    }
    for (int i = 2; i < argc; i += 2) {
        char *end = argv[i + 1];
        if (strcmp(argv[i], "--seconds") == 0) {
            seconds = strtod(argv[i + 1], &end);
        } else if (strcmp(argv[i], "--by") == 0) {
            by = strtol(argv[i + 1], &end, 10);
        }
        if (end == argv[i + 1] || *end != '\0' || !(seconds > 0 && seconds <= 1e6) || by < -255 || by > 255) {
            return usage(argv[0]);
        }
    }
    neuromorphic_device *device;
    if (neuromorphic_open(argv[1], NULL, &device) != NEUROMORPHIC_OK) {
        return failure();
    }
    int result = change(device, seconds, (int)by);
    neuromorphic_close(device);
    return result;
}
