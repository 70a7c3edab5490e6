/* What usbfs answers, request by request. Behaviour as Documentation/driver-api/usb and linux/usbdevice_fs.h tell it, and
 * as libusb relies on it; every function holds the lock and returns a negative errno when it refuses. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "bus.h"

enum {
    URB_OVERHEAD = 320,       /* what Linux adds for its own records, about */
    OLD_LARGEST_URB = 16384,  /* without CAP_NO_PACKET_SIZE_LIM */
    HIGH_SPEED = 3,
    SUPER_SPEED = 5 /* enum usb_device_speed of linux/usb/ch9.h */
};

static unsigned capabilities(const struct device *device) {
    static const unsigned of_style[] = {
        [TRANSFERS_WHOLE] = USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_BULK_SCATTER_GATHER,
        [TRANSFERS_CONTINUED] = USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_NO_PACKET_SIZE_LIM,
        [TRANSFERS_SPLIT] = 0,
    };
    return of_style[device->options.transfers] | USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_REAP_AFTER_DISCONNECT
        | (device->options.device_memory == DEVICE_MEMORY_NONE ? 0 : USBDEVFS_CAP_MMAP);
}

static bool has_interface(const struct device *device, unsigned number) {
    size_t size;
    return number < MAXIMUM_INTERFACES && number < device_configuration(device, &size)[4];
}

static int claim(struct opener *opener, unsigned number) {
    struct device *device = opener->device;
    if (!has_interface(device, number)) {
        return number < 32 ? -ENOENT : -EINVAL;
    }
    if (device->claimed_by[number] == opener) {
        return 0;
    }
    if (device->claimed_by[number] || device->options.busy || device->driver_bound) {
        return -EBUSY;
    }
    device->claimed_by[number] = opener;
    return 0;
}

/* A released interface takes its transfers with it. */
static void end_transfers_of_interface(struct opener *opener, unsigned number) {
    for (size_t i = 0; i < opener->device->endpoint_count; i++) {
        struct endpoint *endpoint = &opener->device->endpoints[i];
        if (endpoint->address != 0 && endpoint->interface == number) {
            endpoint_condemn(endpoint, opener, -ENOENT, -ENOENT);
        }
    }
}

static int release(struct opener *opener, unsigned number) {
    if (!has_interface(opener->device, number) || opener->device->claimed_by[number] != opener) {
        return -EINVAL;
    }
    opener->device->claimed_by[number] = NULL;
    end_transfers_of_interface(opener, number);
    return 0;
}

/* Usbfs claims by itself for a program that forgot to; finds the endpoint a transfer is for. */
static int find_endpoint(struct opener *opener, unsigned address, struct endpoint **out) {
    struct endpoint *endpoint = address <= 0xFF ? device_endpoint(opener->device, (uint8_t)address) : NULL;
    if (!endpoint || endpoint->address == 0) {
        return -ENOENT;
    }
    *out = endpoint;
    return claim(opener, endpoint->interface);
}

/* The name of who holds an interface; NULL is nobody. */
static const char *driver_of(const struct device *device, unsigned number) {
    if (device->claimed_by[number] || device->options.busy) {
        return "usbfs";
    }
    return device->driver_bound ? device->options.driver : NULL;
}

static int get_driver(struct opener *opener, struct usbdevfs_getdriver *argument) {
    const char *driver =
        has_interface(opener->device, argument->interface) ? driver_of(opener->device, argument->interface) : NULL;
    if (!driver) {
        return -ENODATA;
    }
    snprintf(argument->driver, sizeof argument->driver, "%s", driver);
    return 0;
}

static int connect_or_disconnect_driver(struct opener *opener, const struct usbdevfs_ioctl *argument) {
    struct device *device = opener->device;
    if (argument->ifno < 0 || !has_interface(device, (unsigned)argument->ifno)) {
        return -EINVAL;
    }
    const char *driver = driver_of(device, (unsigned)argument->ifno);
    switch ((unsigned)argument->ioctl_code) {
    case USBDEVFS_DISCONNECT:
        if (!driver) {
            return -ENODATA;
        }
        if (!device->driver_bound) {
            return -EBUSY; /* another program's, and here that one holds on to it */
        }
        device->driver_bound = false;
        return 0;
    case USBDEVFS_CONNECT:
        if (driver) {
            return -EBUSY;
        }
        device->driver_bound = device->options.driver[0] != '\0';
        return device->driver_bound;
    default:
        return -ENOTTY;
    }
}

static int disconnect_and_claim(struct opener *opener, const struct usbdevfs_disconnect_claim *argument) {
    struct device *device = opener->device;
    const char *driver = has_interface(device, argument->interface) ? driver_of(device, argument->interface) : NULL;
    if (driver && device->claimed_by[argument->interface] != opener) {
        bool same = strncmp(driver, argument->driver, sizeof argument->driver) == 0;
        if ((argument->flags & USBDEVFS_DISCONNECT_CLAIM_IF_DRIVER && !same)
            || (argument->flags & USBDEVFS_DISCONNECT_CLAIM_EXCEPT_DRIVER && same)) {
            return -EBUSY;
        }
        device->driver_bound = false;
    }
    return claim(opener, argument->interface);
}

/* Also what a camera hears of it: the same request as from a program that sends it itself. */
static int send_standard_request(struct opener *opener, uint8_t recipient, uint8_t request, uint8_t value, uint8_t index) {
    const uint8_t setup[8] = {recipient, request, value, 0, index, 0, 0, 0};
    bus_unlock();
    int result = control_request(opener->device, setup, NULL, 0);
    bus_lock();
    return result < 0 ? -EPIPE : 0;
}

static int set_interface(struct opener *opener, const struct usbdevfs_setinterface *argument) {
    int result = claim(opener, argument->interface);
    if (result != 0 || argument->altsetting != 0) {
        return result != 0 ? result : -EINVAL;
    }
    end_transfers_of_interface(opener, argument->interface);
    for (size_t i = 0; i < opener->device->endpoint_count; i++) {
        if (opener->device->endpoints[i].interface == argument->interface) {
            endpoint_clear_halt(&opener->device->endpoints[i]);
        }
    }
    return send_standard_request(opener, 1, 11, 0, (uint8_t)argument->interface);
}

static int set_configuration(struct opener *opener, int value) {
    size_t size;
    for (unsigned i = 0; i < MAXIMUM_INTERFACES; i++) {
        if (has_interface(opener->device, i) && driver_of(opener->device, i)) {
            return -EBUSY;
        }
    }
    if (value > 0 && value != device_configuration(opener->device, &size)[5]) {
        return -EINVAL;
    }
    return send_standard_request(opener, 0, 9, value > 0 ? 1 : 0, 0);
}

static int clear_halt(struct opener *opener, unsigned address) {
    struct endpoint *endpoint = NULL;
    int result = find_endpoint(opener, address, &endpoint);
    return result != 0 ? result : send_standard_request(opener, 2, 1, 0, endpoint->address);
}

/* Usbfs can't carry its claims over a reset: they and all transfers end. */
static int reset(struct opener *opener) {
    struct device *device = opener->device;
    for (size_t i = 0; i < device->endpoint_count; i++) {
        endpoint_condemn(&device->endpoints[i], NULL, -ENOENT, -ENOENT);
        device->endpoints[i].halted = false;
    }
    memset(device->claimed_by, 0, sizeof device->claimed_by);
    bus_unlock();
    camera_reset(device->camera);
    bus_lock();
    return opener->connected ? 0 : -ENODEV;
}

/* Sends a transfer and waits for its end. Takes `urb`. */
static int send_and_wait(struct urb *urb, unsigned timeout_ms) {
    int result = memory_charge(urb->length + URB_OVERHEAD) ? 0 : -ENOMEM;
    if (result == 0) {
        urb->charge = urb->length + URB_OVERHEAD;
        result = urb_submit(urb);
    }
    if (result == 0) {
        result = urb_wait(urb, timeout_ms);
        result = result == 0 ? (int)urb->done : result;
    }
    urb_free(urb);
    return result;
}

static int control(struct opener *opener, const struct usbdevfs_ctrltransfer *argument) {
    struct urb *urb = urb_create(opener, device_endpoint(opener->device, 0));
    if (!urb) {
        return -ENOMEM;
    }
    const uint8_t setup[8] = {
        argument->bRequestType, argument->bRequest, argument->wValue & 0xFF, argument->wValue >> 8,
        argument->wIndex & 0xFF, argument->wIndex >> 8, argument->wLength & 0xFF, argument->wLength >> 8,
    };
    memcpy(urb->setup, setup, sizeof setup);
    urb->buffer = argument->data;
    urb->length = argument->wLength;
    return send_and_wait(urb, argument->timeout);
}

static int bulk(struct opener *opener, const struct usbdevfs_bulktransfer *argument) {
    struct endpoint *endpoint = NULL;
    int result = find_endpoint(opener, argument->ep, &endpoint);
    if (result != 0) {
        return result;
    }
    struct urb *urb = urb_create(opener, endpoint);
    if (!urb) {
        return -ENOMEM;
    }
    urb->buffer = argument->data;
    urb->length = argument->len;
    return send_and_wait(urb, argument->timeout);
}

static int check_urb(struct opener *opener, const struct usbdevfs_urb *request, struct endpoint **endpoint) {
    const unsigned known = USBDEVFS_URB_SHORT_NOT_OK | USBDEVFS_URB_BULK_CONTINUATION | USBDEVFS_URB_NO_FSBR
        | USBDEVFS_URB_ZERO_PACKET | USBDEVFS_URB_NO_INTERRUPT;
    if (request->flags & ~known || request->buffer_length < 0 || (request->buffer_length > 0 && !request->buffer)) {
        return -EINVAL;
    }
    if (request->type == USBDEVFS_URB_TYPE_CONTROL) {
        const uint8_t *setup = request->buffer;
        *endpoint = device_endpoint(opener->device, 0);
        return request->buffer_length >= 8 && (setup[6] | setup[7] << 8) + 8 <= request->buffer_length ? 0 : -EINVAL;
    }
    if (request->type != USBDEVFS_URB_TYPE_BULK && request->type != USBDEVFS_URB_TYPE_INTERRUPT) {
        return -EINVAL; /* no camera here is isochronous */
    }
    if (opener->device->options.transfers == TRANSFERS_SPLIT && request->buffer_length > OLD_LARGEST_URB) {
        return -EINVAL;
    }
    return find_endpoint(opener, request->endpoint, endpoint);
}

static int submit(struct opener *opener, struct usbdevfs_urb *request) {
    struct endpoint *endpoint = NULL;
    int result = check_urb(opener, request, &endpoint);
    if (result != 0) {
        return result;
    }
    size_t length = (size_t)request->buffer_length;
    size_t charge = URB_OVERHEAD + (memory_is_device(request->buffer) ? 0 : length);
    struct urb *urb = urb_create(opener, endpoint);
    if (!urb) {
        return -ENOMEM;
    }
    if (memory_charge(charge)) {
        urb->charge = charge;
        urb->request = request;
        urb->buffer = request->buffer;
        urb->length = length;
        urb->flags = request->flags;
        if (endpoint->address == 0) {
            memcpy(urb->setup, urb->buffer, 8);
            urb->buffer += 8;
            urb->length = (size_t)(urb->setup[6] | urb->setup[7] << 8);
        }
        result = urb_submit(urb);
    } else {
        result = -ENOMEM;
    }
    if (result != 0) {
        urb_free(urb);
    }
    return result;
}

/* Linux returns when the transfer has ended. Here one that a camera works with ends a moment later: a program that cancels
 * many would otherwise wait for the camera as many times, and what a transfer came to is known only by reaping anyway. */
static int discard(struct opener *opener, const struct usbdevfs_urb *request) {
    struct urb *urb = urb_of_request(opener, request);
    if (!urb || urb->verdict) {
        return -EINVAL;
    }
    urb_condemn(urb, -ENOENT);
    return 0;
}

static int reap(struct opener *opener, bool waits, void **out) {
    struct urb *urb = opener_take_ended(opener);
    while (!urb && waits && (opener->connected || opener->pending > 0) && !opener->closing) {
        pthread_cond_wait(&opener->ended, &bus.lock);
        urb = opener_take_ended(opener);
    }
    if (!urb) {
        /* "No device" ends a program's trust in its transfers, so it is said when none is left. */
        return opener->connected || opener->pending > 0 ? -EAGAIN : -ENODEV;
    }
    urb->request->status = urb->status;
    urb->request->actual_length = (int)urb->done;
    urb->request->error_count = 0;
    *out = urb->request;
    urb_free(urb);
    return 0;
}

int usbfs_ioctl(struct opener *opener, unsigned long request, void *argument) {
    if (request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY) {
        return reap(opener, request == USBDEVFS_REAPURB, argument);
    }
    if (!opener->connected) {
        return -ENODEV;
    }
    switch (request) {
    case USBDEVFS_SUBMITURB:
        return submit(opener, argument);
    case USBDEVFS_DISCARDURB:
        return discard(opener, argument);
    case USBDEVFS_CONTROL:
        return control(opener, argument);
    case USBDEVFS_BULK:
        return bulk(opener, argument);
    case USBDEVFS_CLAIMINTERFACE:
        return claim(opener, *(unsigned *)argument);
    case USBDEVFS_RELEASEINTERFACE:
        return release(opener, *(unsigned *)argument);
    case USBDEVFS_DISCONNECT_CLAIM:
        return disconnect_and_claim(opener, argument);
    case USBDEVFS_GETDRIVER:
        return get_driver(opener, argument);
    case USBDEVFS_IOCTL:
        return connect_or_disconnect_driver(opener, argument);
    case USBDEVFS_SETINTERFACE:
        return set_interface(opener, argument);
    case USBDEVFS_SETCONFIGURATION:
        return set_configuration(opener, *(int *)argument);
    case USBDEVFS_CLEAR_HALT:
        return clear_halt(opener, *(unsigned *)argument);
    case USBDEVFS_RESET:
        return reset(opener);
    case USBDEVFS_GET_CAPABILITIES:
        *(unsigned *)argument = capabilities(opener->device);
        return 0;
    case USBDEVFS_GET_SPEED:
        return opener->device->options.high_speed ? HIGH_SPEED : SUPER_SPEED;
    default:
        return -ENOTTY;
    }
}
