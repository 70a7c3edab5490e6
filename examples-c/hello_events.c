/* Prints the first 20 events of a camera, a recording or a simulation. */
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>

int main(int argc, char **argv) {
    neuromorphic_device *device;
    const neuromorphic_packet *packet;
    neuromorphic_status status = neuromorphic_open(argc > 1 ? argv[1] : "sim:prophesee_evk4", NULL, &device);
    if (status == NEUROMORPHIC_OK) {
        size_t left = 20;
        while (left > 0 && (status = neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet)) == NEUROMORPHIC_OK) {
            for (size_t i = 0; i < packet->count && left > 0; ++i, --left) {
                printf("t=%" PRIu64 " x=%d y=%d on=%d\n", packet->t[i], packet->x[i], packet->y[i], packet->on[i]);
            }
            neuromorphic_packet_release(packet);
        }
        neuromorphic_close(device);
    }
    if (status != NEUROMORPHIC_OK && status != NEUROMORPHIC_END_OF_STREAM) {
        fprintf(stderr, "%s\n", neuromorphic_last_error());
        return 1;
    }
    return 0;
}
