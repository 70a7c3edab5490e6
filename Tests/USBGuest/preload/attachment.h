/* How a camera is plugged in: what the system does around it, as opposed to what the camera does. */
#ifndef ATTACHMENT_H
#define ATTACHMENT_H

#include <stdbool.h>
#include <stddef.h>

/* How much of a transfer libusb hands to usbfs at once; it decides by the capabilities. */
enum transfer_style {
    TRANSFERS_WHOLE,     /* as xHCI: any length in one piece */
    TRANSFERS_CONTINUED, /* as EHCI: pieces of 16 KiB, a short one ends the rest */
    TRANSFERS_SPLIT      /* an old kernel: pieces of 16 KiB, without that mercy */
};

enum device_memory {
    DEVICE_MEMORY_WORKS,
    DEVICE_MEMORY_REFUSED, /* offered, but mmap fails: no memory is left */
    DEVICE_MEMORY_NONE     /* not offered: a kernel before 4.6 */
};

struct attachment_options {
    bool high_speed;         /* a USB 2 port */
    bool permission_refused; /* the node may be read, not written: no udev rule */
    bool busy;               /* another program has claimed the interface */
    bool unplugged;          /* at the start */
    bool ends_alike;         /* at an unplug every transfer ends with ESHUTDOWN, also those the host was busy with */
    char driver[32];         /* of the kernel, bound to the interface; "" is none */
    enum transfer_style transfers;
    enum device_memory device_memory;
    size_t burst;            /* bytes asked of the camera at a time; 0 is a whole transfer */
};

/* Reads one word, "name" or "name=value". Returns 0, or -1 when it says nothing known. */
int attachment_option(struct attachment_options *options, const char *word);

/* Reads words between blanks. Returns 0, or -1 with the first bad word in `bad`. */
int attachment_options_read(struct attachment_options *options, const char *words, char *bad, size_t size);

#endif
