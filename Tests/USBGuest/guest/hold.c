/* Another program that has the camera:  hold VENDOR:PRODUCT [SECONDS]
 * Opens the first such device, claims its interface 0, says "held" and keeps it. */
#include <libusb-1.0/libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    unsigned vendor, product;
    if (argc < 2 || sscanf(argv[1], "%x:%x", &vendor, &product) != 2) {
        fprintf(stderr, "hold VENDOR:PRODUCT [SECONDS]\n");
        return 2;
    }
    if (libusb_init(NULL) != 0) return 1;
    libusb_device_handle *device = libusb_open_device_with_vid_pid(NULL, (uint16_t)vendor, (uint16_t)product);
    const int claimed = device != NULL ? libusb_claim_interface(device, 0) : LIBUSB_ERROR_NO_DEVICE;
    if (claimed != 0) {
        fprintf(stderr, "hold: %s\n", libusb_strerror(claimed));
        return 1;
    }
    printf("held\n");
    fflush(stdout);
    sleep(argc > 2 ? (unsigned)atoi(argv[2]) : 3600);
    libusb_release_interface(device, 0);
    libusb_close(device);
    libusb_exit(NULL);
    return 0;
}
