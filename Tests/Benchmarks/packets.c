/*
 * The least that a program can do with packets: it takes them, counts their events, and gives them back. What packets.py
 * compares the same loop in Python with.
 *
 *     packets SOURCE EVENTS     prints events per second, of wall-clock time
 */
#include "neuromorphic.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv) {
    neuromorphic_device *device;
    const neuromorphic_packet *packet;
    double events = 0, start;
    if (argc != 3 || neuromorphic_open(argv[1], NULL, &device) != NEUROMORPHIC_OK) {
        fprintf(stderr, "packets SOURCE EVENTS: %s\n", neuromorphic_last_error());
        return 1;
    }
    const double most = atof(argv[2]);
    start = seconds();
    while (events < most) {
        if (neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet) != NEUROMORPHIC_OK) {
            fprintf(stderr, "packets: %s\n", neuromorphic_last_error());
            return 1;
        }
        events += (double)packet->count;
        neuromorphic_packet_release(packet);
    }
    printf("%.0f\n", events / (seconds() - start));
    neuromorphic_close(device);
    return 0;
}
