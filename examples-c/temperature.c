/*
 * Prints the temperature and the illuminance of an EVK4's sensor once a second, while it streams.
 *
 *     cc temperature.c -o temperature $(pkg-config --cflags --libs neuromorphic)
 *     ./temperature usb: --seconds 60
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
            "usage: %s [SOURCE] [--seconds S]\n"
            "Measures once a second, for S seconds (default: for ever). SOURCE is usb: unless it is given.\n",
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

static int print_measurements(neuromorphic_device *device, uint64_t events) {
    double celsius, lux;
    uint32_t raw;
    if (neuromorphic_temperature(device, &celsius) != NEUROMORPHIC_OK ||
        neuromorphic_illuminance(device, &raw, &lux) != NEUROMORPHIC_OK) {
        return failure();
    }
    printf("%6.1f degrees Celsius  %9.1f lux (raw %9" PRIu32 ")  %12" PRIu64 " events\n", celsius, lux, raw, events);
    fflush(stdout);
    return 0;
}

static int measure(neuromorphic_device *device, double seconds) {
    double start = now(), next_line = start;
    uint64_t events = 0;
    while (now() - start < seconds) {
        const neuromorphic_packet *packet;
        neuromorphic_status status = neuromorphic_next_packet(device, 100000, &packet);
        if (status == NEUROMORPHIC_OK) {
            events += packet->count;
            neuromorphic_packet_release(packet);
        } else if (status != NEUROMORPHIC_ERROR_TIMEOUT) {
            return failure();
        }
        if (now() >= next_line) {
            if (print_measurements(device, events) != 0) {
                return 1;
            }
            next_line += 1;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    const char *source = "usb:";
    double seconds = 1e9;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            char *end;
            seconds = strtod(argv[++i], &end);
            if (end == argv[i] || *end != '\0' || !(seconds >= 0 && seconds <= 1e9)) {
                return usage(argv[0]);
            }
        } else if (argv[i][0] != '-' && i == 1) {
            source = argv[i];
        } else {
            return usage(argv[0]);
        }
    }
    neuromorphic_device *device;
    if (neuromorphic_open(source, NULL, &device) != NEUROMORPHIC_OK) {
        return failure();
    }
    int result = measure(device, seconds);
    neuromorphic_close(device);
    return result;
}
