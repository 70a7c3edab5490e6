/* libudev, as much of it as a USB library asks for: which devices there are, and which come and go.
 *
 * The real one walks /sys by descriptors, step by step, and listens to a netlink socket; both can be imitated below it, but
 * here, at its interface, it is a page and gives hot-plug events too. Nothing of the real library is called, so its objects and ours
 * never meet. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus.h"
#include "next.h"

#define SYSFS "/sys/bus/usb/devices/"

struct udev {
    int references;
};

struct udev_device {
    int references;
    char action[8]; /* "" when it came from an enumeration */
    char system_path[64], node[32];
};

struct udev_list_entry {
    struct udev_list_entry *next;
    char system_path[64];
};

struct udev_enumerate {
    int references;
    struct udev_list_entry *entries;
};

/* Events travel as datagrams of one struct udev_device, so a monitor needs no queue of its own. */
struct udev_monitor {
    struct udev_monitor *next;
    int references;
    int ends[2]; /* the program's, ours */
    bool enabled;
};

static struct udev_monitor *monitors; /* guarded by the bus' lock */

static void describe(struct udev_device *out, const char *action, const char *name, const char *node) {
    *out = (struct udev_device){.references = 1};
    snprintf(out->action, sizeof out->action, "%s", action);
    snprintf(out->system_path, sizeof out->system_path, SYSFS "%s", name);
    snprintf(out->node, sizeof out->node, "%s", node);
}

void udev_announce(const struct device *device, bool added) {
    char name[16], node[32];
    struct udev_device event;
    describe(&event, added ? "add" : "remove", device_name(device, name), device_node(device, node));
    for (const struct udev_monitor *monitor = monitors; monitor; monitor = monitor->next) {
        if (monitor->enabled) {
            send(monitor->ends[1], &event, sizeof event, MSG_DONTWAIT | MSG_NOSIGNAL);
        }
    }
}

/* libudev's functions have no header here: it isn't needed to build libusb's clients. */
#define UDEV(result, name, ...)          \
    INTERPOSED result name(__VA_ARGS__); \
    INTERPOSED result name(__VA_ARGS__)

UDEV(struct udev *, udev_new, void) {
    struct udev *udev = calloc(1, sizeof *udev);
    if (udev) {
        udev->references = 1;
        bus_ready();
    }
    return udev;
}

UDEV(struct udev *, udev_ref, struct udev *udev) {
    udev->references++;
    return udev;
}

UDEV(struct udev *, udev_unref, struct udev *udev) {
    if (udev && --udev->references == 0) {
        free(udev);
    }
    return NULL;
}

/* Enumeration. Filters are accepted and all match: nothing but USB devices is here. */

UDEV(struct udev_enumerate *, udev_enumerate_new, struct udev *udev) {
    struct udev_enumerate *enumerate = udev ? calloc(1, sizeof *enumerate) : NULL;
    if (enumerate) {
        enumerate->references = 1;
    }
    return enumerate;
}

static void forget_entries(struct udev_enumerate *enumerate) {
    while (enumerate->entries) {
        struct udev_list_entry *entry = enumerate->entries;
        enumerate->entries = entry->next;
        free(entry);
    }
}

UDEV(struct udev_enumerate *, udev_enumerate_unref, struct udev_enumerate *enumerate) {
    if (enumerate && --enumerate->references == 0) {
        forget_entries(enumerate);
        free(enumerate);
    }
    return NULL;
}

UDEV(int, udev_enumerate_add_match_subsystem, struct udev_enumerate *enumerate, const char *subsystem) {
    return enumerate && strcmp(subsystem, "usb") == 0 ? 0 : -EINVAL;
}

UDEV(int, udev_enumerate_add_match_property, struct udev_enumerate *enumerate, const char *property, const char *value) {
    return enumerate && property && value ? 0 : -EINVAL;
}

static int add_entry(struct udev_list_entry ***end, const char *name) {
    struct udev_list_entry *entry = calloc(1, sizeof *entry);
    if (!entry) {
        return -ENOMEM;
    }
    snprintf(entry->system_path, sizeof entry->system_path, SYSFS "%s", name);
    **end = entry;
    *end = &entry->next;
    return 0;
}

UDEV(int, udev_enumerate_scan_devices, struct udev_enumerate *enumerate) {
    forget_entries(enumerate);
    if (!bus_ready()) {
        return 0;
    }
    struct udev_list_entry **end = &enumerate->entries;
    bus_lock();
    int result = add_entry(&end, "usb1") || add_entry(&end, "usb2");
    for (size_t i = 0; i < bus.device_count && result == 0 && !bus.over; i++) {
        char name[16];
        if (bus.devices[i].connected) {
            result = add_entry(&end, device_name(&bus.devices[i], name));
        }
    }
    bus_unlock();
    return result;
}

UDEV(struct udev_list_entry *, udev_enumerate_get_list_entry, struct udev_enumerate *enumerate) {
    return enumerate->entries;
}

UDEV(struct udev_list_entry *, udev_list_entry_get_next, struct udev_list_entry *entry) { return entry->next; }
UDEV(const char *, udev_list_entry_get_name, struct udev_list_entry *entry) { return entry->system_path; }

/* Devices. */

UDEV(struct udev_device *, udev_device_new_from_syspath, struct udev *udev, const char *path) {
    const char *name = strrchr(path, '/');
    struct udev_device *out = udev && name ? calloc(1, sizeof *out) : NULL;
    if (!out) {
        return NULL;
    }
    unsigned hub;
    char node[32] = "", device[16];
    if (sscanf(name, "/usb%u", &hub) == 1) {
        snprintf(node, sizeof node, "/dev/bus/usb/%03u/001", hub % 1000);
    }
    bus_lock();
    for (size_t i = 0; i < bus.device_count; i++) {
        if (bus.devices[i].connected && strcmp(name + 1, device_name(&bus.devices[i], device)) == 0) {
            device_node(&bus.devices[i], node);
        }
    }
    bus_unlock();
    if (!node[0]) {
        free(out); /* unplugged since it was listed */
        return NULL;
    }
    describe(out, "", name + 1, node);
    return out;
}

UDEV(struct udev_device *, udev_device_ref, struct udev_device *device) {
    device->references++;
    return device;
}

UDEV(struct udev_device *, udev_device_unref, struct udev_device *device) {
    if (device && --device->references == 0) {
        free(device);
    }
    return NULL;
}

UDEV(const char *, udev_device_get_action, struct udev_device *device) {
    return device->action[0] ? device->action : NULL;
}

UDEV(const char *, udev_device_get_devnode, struct udev_device *device) { return device->node; }
UDEV(const char *, udev_device_get_syspath, struct udev_device *device) { return device->system_path; }
UDEV(const char *, udev_device_get_sysname, struct udev_device *device) {
    return device->system_path + sizeof SYSFS - 1;
}

/* Hot-plug events. */

UDEV(struct udev_monitor *, udev_monitor_new_from_netlink, struct udev *udev, const char *source) {
    struct udev_monitor *monitor = udev && source ? calloc(1, sizeof *monitor) : NULL;
    if (!monitor) {
        return NULL;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, monitor->ends) != 0) {
        free(monitor);
        return NULL;
    }
    monitor->references = 1;
    bus_lock();
    monitor->next = monitors;
    monitors = monitor;
    bus_unlock();
    return monitor;
}

UDEV(struct udev_monitor *, udev_monitor_unref, struct udev_monitor *monitor) {
    if (!monitor || --monitor->references > 0) {
        return NULL;
    }
    bus_lock();
    for (struct udev_monitor **link = &monitors; *link; link = &(*link)->next) {
        if (*link == monitor) {
            *link = monitor->next;
            break;
        }
    }
    bus_unlock();
    close(monitor->ends[0]);
    close(monitor->ends[1]);
    free(monitor);
    return NULL;
}

UDEV(int, udev_monitor_filter_add_match_subsystem_devtype, struct udev_monitor *monitor, const char *subsystem,
     const char *type) {
    return monitor && type && strcmp(subsystem, "usb") == 0 ? 0 : -EINVAL;
}

UDEV(int, udev_monitor_enable_receiving, struct udev_monitor *monitor) {
    bus_lock();
    monitor->enabled = true;
    bus_unlock();
    return 0;
}

UDEV(int, udev_monitor_get_fd, struct udev_monitor *monitor) { return monitor->ends[0]; }

UDEV(struct udev_device *, udev_monitor_receive_device, struct udev_monitor *monitor) {
    struct udev_device *device = calloc(1, sizeof *device);
    if (device && recv(monitor->ends[0], device, sizeof *device, MSG_DONTWAIT) != (ssize_t)sizeof *device) {
        free(device);
        return NULL;
    }
    return device;
}
