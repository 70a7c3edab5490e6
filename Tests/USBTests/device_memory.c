/*
 * With allow_dma, transfers use memory of the USB controller's where there is some, and ordinary memory elsewhere: the same
 * bytes arrive, and requests to the camera go on working beside it.
 *
 *     device_memory FILE     the camera streams FILE, a RAW recording
 */
#include "usb.h"

int main(int count, char **words) {
    if (count != 2) {
        fprintf(stderr, "usage: device_memory FILE\n");
        return 2;
    }
    meet_camera();
    char source[4096];
    snprintf(source, sizeof source, "file:%s", words[1]);
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 1;
    neuromorphic_device *file = open_device(source, &options);
    options.allow_dma = 1;
    neuromorphic_device *device = open_device("usb:", &options);
    uint64_t bytes = 0, sums[2] = {0, 0}, lengths[2] = {0, 0};
    for (int i = 0; i < 2; ++i) {
        const neuromorphic_packet *packet;
        neuromorphic_status status;
        while ((status = neuromorphic_next_packet(i == 0 ? file : device, 1000000, &packet)) == NEUROMORPHIC_OK) {
            for (size_t place = 0; place < packet->raw_length; ++place) {
                sums[i] = sums[i] * 1099511628211u + packet->raw[place];
            }
            lengths[i] += packet->raw_length;
            neuromorphic_packet_release(packet);
            if (i == 1 && bytes < lengths[i] >> 20) {
                bytes = lengths[i] >> 20;
                uint32_t raw;
                CHECK_OK(neuromorphic_illuminance(device, &raw, NULL));
            }
        }
        CHECK_STATUS(status, i == 0 ? NEUROMORPHIC_END_OF_STREAM : NEUROMORPHIC_ERROR_TIMEOUT);
    }
    CHECK_EQUAL(lengths[0], lengths[1]);
    CHECK_EQUAL(sums[0], sums[1]);
    CHECK_EQUAL(statistics_of(device).bytes_lost_newest, 0);
    neuromorphic_close(device);
    neuromorphic_close(file);
    printf("%" PRIu64 " bytes\n", lengths[1]);
    return check_report("device_memory");
}
