/*
 * Lists the event cameras that are plugged in, and says what keeps a camera from being used.
 *
 *     cc list_devices.c -o list_devices $(pkg-config --cflags --libs neuromorphic)
 *     ./list_devices
 */
#include <neuromorphic.h>
#include <stdio.h>

static const char *speed_name(neuromorphic_speed speed) {
    switch (speed) {
    case NEUROMORPHIC_SPEED_LOW: return "1.5 Mb/s";
    case NEUROMORPHIC_SPEED_FULL: return "12 Mb/s";
    case NEUROMORPHIC_SPEED_HIGH: return "480 Mb/s";
    case NEUROMORPHIC_SPEED_SUPER: return "5 Gb/s";
    case NEUROMORPHIC_SPEED_SUPER_PLUS: return "10 Gb/s";
    default: return "?";
    }
}

int main(int argc, char **argv) {
    if (argc != 1) {
        fprintf(stderr, "usage: %s\nLists the event cameras that are plugged in.\n", argv[0]);
        return 2;
    }
    if (neuromorphic_check_version(NEUROMORPHIC_VERSION) != NEUROMORPHIC_OK) {
        fprintf(stderr, "%s\n", neuromorphic_last_error());
        return 1;
    }
    neuromorphic_device_list *list;
    if (neuromorphic_list_devices(&list) != NEUROMORPHIC_OK) {
        fprintf(stderr, "%s\n", neuromorphic_last_error());
        return 1;
    }
    size_t count = neuromorphic_device_list_count(list);
    if (count == 0) {
        printf("No camera is plugged in. A simulated one is always there: sim:prophesee_evk4\n");
    } else {
        printf("%-32s %-12s %-9s %-9s %-7s %s\n", "name", "serial", "ids", "speed", "bus", "source");
    }
    for (size_t i = 0; i < count; ++i) {
        const neuromorphic_device_description *device = neuromorphic_device_list_at(list, i);
        printf("%-32s %-12s %04x:%04x %-9s %03u:%03u %s\n", device->name, device->serial != NULL ? device->serial : "?",
               device->vendor_id, device->product_id, speed_name(device->speed), device->bus, device->address,
               device->source);
        if (device->reason != NULL) {
            printf("    %s: %s\n", device->usable ? "note" : "can't be used", device->reason);
        }
        if (device->remedy != NULL) {
            printf("    remedy: %s\n", device->remedy);
        }
    }
    neuromorphic_device_list_free(list);
    return 0;
}
