/*
 * Makes a recording for tests to stream:  generate FILE MEGABYTES [counter]
 *
 * Events, triggers and all of a simulated camera; or 64-bit numbers from 0 on, so that any eight bytes of a stream tell
 * where they are in it.
 */
#include "../ABITests/support.h"

static void write_events(const char *path, uint64_t length) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 1;
    neuromorphic_device *device = open_device("sim:prophesee_evk4?seed=7&rate=30e6&triggers=1000&speed=max", &options);
    neuromorphic_recording *recording = NULL;
    REQUIRE_OK(neuromorphic_recording_create(path, device, 1, &recording));
    for (uint64_t written = 0; written < length;) {
        const neuromorphic_packet *packet;
        REQUIRE_OK(neuromorphic_next_packet(device, 60000000, &packet));
        REQUIRE_OK(neuromorphic_recording_write(recording, packet));
        written += packet->raw_length;
        neuromorphic_packet_release(packet);
    }
    REQUIRE_OK(neuromorphic_recording_close(recording));
    neuromorphic_close(device);
}

static void write_numbers(const char *path, uint64_t length) {
    FILE *file = fopen(path, "wb");
    REQUIRE(file != NULL);
    fputs("% format EVT3;width=1280;height=720\n% end\n", file);
    for (uint64_t number = 0; number < length / 8; ++number) {
        REQUIRE(fwrite(&number, 8, 1, file) == 1);
    }
    REQUIRE(fclose(file) == 0);
}

int main(int count, char **words) {
    if (count < 3) {
        fprintf(stderr, "usage: generate FILE MEGABYTES [counter]\n");
        return 2;
    }
    (count > 3 ? write_numbers : write_events)(words[1], strtoull(words[2], NULL, 10) * 1000000);
    return 0;
}
