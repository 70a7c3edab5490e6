/* Measures an emulated camera through the real libusb:  measure VENDOR:PRODUCT [SECONDS]
 * Prints the time of a register access and the speed of the stream, of which it checks nothing. */
#include <libusb-1.0/libusb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRANSFERS = 32, SIZE = 131072, ACCESSES = 500 };

static uint64_t received;
static int in_flight, stopping;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int access_register(libusb_device_handle *device, uint32_t property, uint32_t address, uint32_t value)
{
    uint8_t reply[1024];
    uint32_t frame[5] = {property, 12, 0, address, value};
    int count = 0;
    if (libusb_bulk_transfer(device, 0x02, (uint8_t *)frame, 20, &count, 1000) != 0) return -1;
    if (libusb_bulk_transfer(device, 0x82, reply, sizeof reply, &count, 1000) != 0 || count < 8) return -1;
    return memcmp(reply, &property, 4) == 0 ? 0 : -1;
}

static void arrived(struct libusb_transfer *transfer)
{
    received += (uint64_t)transfer->actual_length;
    const int goes_on = !stopping && transfer->status == LIBUSB_TRANSFER_COMPLETED;
    if (!goes_on || libusb_submit_transfer(transfer) != 0) in_flight -= 1;
}

int main(int argc, char **argv)
{
    unsigned vendor, product;
    if (argc < 2 || sscanf(argv[1], "%x:%x", &vendor, &product) != 2 || libusb_init(NULL) != 0) return 2;
    const double seconds = argc > 2 ? atof(argv[2]) : 3;
    libusb_device_handle *device = libusb_open_device_with_vid_pid(NULL, (uint16_t)vendor, (uint16_t)product);
    if (device == NULL || libusb_claim_interface(device, 0) != 0) return 1;
    printf("speed %d (3 high, 4 super)\n", libusb_get_device_speed(libusb_get_device(device)));
    double begin = now();
    for (int i = 0; i < ACCESSES; ++i) {
        if (access_register(device, 0x40010102, 0x1000, 0x11A1007C) != 0) return 1;
    }
    printf("%.3f ms a register write\n", (now() - begin) * 1e3 / ACCESSES);
    static const uint32_t start[][2] = {{0xB000, 0x2F9}, {0x9028, 0}, {0x9008, 0x645}, {0x0004, 0xF0005442}};
    for (int i = 0; i < 4; ++i) access_register(device, 0x40010102, start[i][0], start[i][1]);
    for (int i = 0; i < TRANSFERS; ++i) {
        struct libusb_transfer *transfer = libusb_alloc_transfer(0);
        libusb_fill_bulk_transfer(transfer, device, 0x81, malloc(SIZE), SIZE, arrived, NULL, 0);
        if (libusb_submit_transfer(transfer) == 0) in_flight += 1;
    }
    begin = now();
    while (now() - begin < seconds && in_flight > 0) {
        struct timeval wait = {0, 50000};
        libusb_handle_events_timeout(NULL, &wait);
    }
    printf("%.1f MB/s, %llu bytes\n", (double)received / (now() - begin) / 1e6, (unsigned long long)received);
    return 0;
}
