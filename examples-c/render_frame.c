/*
 * Renders the latest events of a camera, a recording or a simulation as a picture (PPM): a pixel that became brighter
 * is bluish white, one that became darker is orange, and both fade into the grey background with age.
 *
 *     cc render_frame.c -o render_frame $(pkg-config --cflags --libs neuromorphic)
 *     ./render_frame sim:prophesee_evk4 frame.ppm --seconds 0.5
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The latest event of a pixel; t is 1 + the event's time, and 0 before the first. */
typedef struct pixel {
    uint64_t t;
    uint8_t on;
} pixel;

static int usage(const char *program) {
    fprintf(stderr,
            "usage: %s SOURCE OUTPUT.ppm [--seconds S] [--microseconds U]\n"
            "After S seconds (1) or at the end of SOURCE, writes a picture of its last U microseconds (33333).\n",
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

static int accumulate(neuromorphic_device *device, double seconds, pixel *pixels, size_t width, uint64_t *latest) {
    double end = now() + seconds;
    while (now() < end) {
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
        for (size_t i = 0; i < packet->count; ++i) {
            pixel *p = &pixels[(size_t)packet->y[i] * width + packet->x[i]];
            p->t = packet->t[i] + 1;
            p->on = packet->on[i];
            *latest = p->t > *latest ? p->t : *latest;
        }
        neuromorphic_packet_release(packet);
    }
    return 0;
}

static int write_picture(const char *path, const pixel *pixels, size_t width, size_t height, uint64_t latest,
                         uint64_t microseconds) {
    static const double grey = 96, on[3] = {235, 245, 255}, off[3] = {255, 120, 20};
    FILE *file = fopen(path, "wb");
    int written = file != NULL && fprintf(file, "P6\n%zu %zu\n255\n", width, height) > 0;
    for (size_t i = 0; i < width * height && written; ++i) {
        const pixel *p = &pixels[i];
        uint64_t age = latest - p->t;
        double weight = p->t == 0 || age >= microseconds ? 0 : 1 - (double)age / (double)microseconds;
        for (int channel = 0; channel < 3; ++channel) {
            double colour = p->on ? on[channel] : off[channel];
            written = written && fputc((int)(grey + weight * (colour - grey) + 0.5), file) != EOF;
        }
    }
    if (file != NULL && fclose(file) != 0) {
        written = 0;
    }
    if (!written) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    }
    return written ? 0 : 1;
}

int main(int argc, char **argv) {
    double seconds = 1;
    long long microseconds = 33333;
    if (argc < 3 || argc % 2 != 1) {
        return usage(argv[0]);
    }
    for (int i = 3; i < argc; i += 2) {
        char *end = argv[i + 1];
        if (strcmp(argv[i], "--seconds") == 0) {
            seconds = strtod(argv[i + 1], &end);
        } else if (strcmp(argv[i], "--microseconds") == 0) {
            microseconds = strtoll(argv[i + 1], &end, 10);
        }
        if (end == argv[i + 1] || *end != '\0' || !(seconds >= 0 && seconds <= 1e9) || microseconds < 1) {
            return usage(argv[0]);
        }
    }
    neuromorphic_device *device;
    if (neuromorphic_open(argv[1], NULL, &device) != NEUROMORPHIC_OK) {
        return failure();
    }
    neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
    if (neuromorphic_properties_of(device, &properties) != NEUROMORPHIC_OK) {
        int result = failure();
        neuromorphic_close(device);
        return result;
    }
    size_t width = properties.width, height = properties.height;
    pixel *pixels = calloc(width * height, sizeof *pixels);
    int result = 1;
    uint64_t latest = 0;
    if (pixels == NULL) {
        fprintf(stderr, "no memory for %zu x %zu pixels\n", width, height);
    } else {
        result = accumulate(device, seconds, pixels, width, &latest);
    }
    if (result == 0) {
        result = write_picture(argv[2], pixels, width, height, latest, (uint64_t)microseconds);
    }
    free(pixels);
    neuromorphic_close(device);
    return result;
}
