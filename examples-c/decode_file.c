/*
 * Decodes a RAW recording into one file a column: DIR/t.u64, DIR/x.u16, DIR/y.u16 and DIR/on.u8, all little-endian.
 *
 *     cc decode_file.c -o decode_file $(pkg-config --cflags --libs neuromorphic)
 *     ./decode_file drive.raw columns && sha256sum columns/t.u64
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const names[4] = {"t.u64", "x.u16", "y.u16", "on.u8"};

static int failure(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    return 1;
}

/* Writes a packet's columns as they lie in memory, which is little-endian on every machine that the library runs on. */
static int write_columns(FILE *const files[4], const neuromorphic_packet *packet) {
    size_t count = packet->count;
    return fwrite(packet->t, sizeof *packet->t, count, files[0]) == count &&
           fwrite(packet->x, sizeof *packet->x, count, files[1]) == count &&
           fwrite(packet->y, sizeof *packet->y, count, files[2]) == count &&
           fwrite(packet->on, sizeof *packet->on, count, files[3]) == count;
}

static void print_defect(const char *what, neuromorphic_defect defect) {
    if (defect.count > 0) {
        printf("defect: %" PRIu64 " %s, the first at byte %" PRIu64 "\n", defect.count, what, defect.first_offset);
    }
}

static void print_defects(const neuromorphic_defects *defects) {
    print_defect("events before the first time", defects->events_before_time);
    print_defect("events before the first row", defects->events_before_row);
    print_defect("events before the first vector base", defects->events_before_base);
    print_defect("events outside the sensor", defects->events_outside_sensor);
    print_defect("steps back of time", defects->time_steps_back);
    print_defect("unknown words", defects->unknown_words);
    print_defect("stray continuations", defects->stray_continuations);
    print_defect("broken messages", defects->broken_messages);
    print_defect("bytes of cut words", defects->truncated_bytes);
}

static int decode(neuromorphic_device *device, FILE *const files[4]) {
    uint64_t count = 0, first_t = 0, last_t = 0;
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    while ((status = neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet)) == NEUROMORPHIC_OK) {
        int written = packet->count == 0 || write_columns(files, packet);
        if (packet->count > 0) {
            first_t = count == 0 ? packet->t[0] : first_t;
            last_t = packet->t[packet->count - 1];
            count += packet->count;
        }
        neuromorphic_packet_release(packet);
        if (!written) {
            return failure("writing the columns", strerror(errno));
        }
    }
    if (status != NEUROMORPHIC_END_OF_STREAM) {
        return failure("decoding", neuromorphic_last_error());
    }
    neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
    if (neuromorphic_defects_of(device, &defects) != NEUROMORPHIC_OK) {
        return failure("asking for defects", neuromorphic_last_error());
    }
    printf("events %" PRIu64 ", t %" PRIu64 "..%" PRIu64 "\n", count, first_t, last_t);
    print_defects(&defects);
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: %s FILE DIR\nDecodes a RAW recording into DIR/t.u64, x.u16, y.u16 and on.u8.\n", argv[0]);
        return 2;
    }
    /* What follows the last '?' of a source is its options: a path that has a '?' itself is ended with a further one. */
    size_t length = strlen(argv[1]) + strlen(argv[2]) + 16;
    char *text = malloc(length);
    if (text == NULL) {
        return failure("memory", strerror(ENOMEM));
    }
    snprintf(text, length, "file:%s%s", argv[1], strchr(argv[1], '?') != NULL ? "?" : "");
    neuromorphic_device *device;
    if (neuromorphic_open(text, NULL, &device) != NEUROMORPHIC_OK) {
        free(text);
        return failure("opening", neuromorphic_last_error());
    }
    int result = 0;
    if (mkdir(argv[2], 0777) != 0 && errno != EEXIST) {
        result = failure(argv[2], strerror(errno));
    }
    FILE *files[4] = {NULL, NULL, NULL, NULL};
    for (int i = 0; i < 4 && result == 0; ++i) {
        snprintf(text, length, "%s/%s", argv[2], names[i]);
        if ((files[i] = fopen(text, "wb")) == NULL) {
            result = failure(text, strerror(errno));
        }
    }
    if (result == 0) {
        result = decode(device, files);
    }
    for (int i = 0; i < 4; ++i) {
        if (files[i] != NULL && fclose(files[i]) != 0) {
            result = failure(names[i], strerror(errno));
        }
    }
    neuromorphic_close(device);
    free(text);
    return result;
}
