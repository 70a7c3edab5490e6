/* The bus and its devices: plugged in when the program first looks, taken apart when it leaves. */
#include "bus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct bus bus = {.lock = PTHREAD_MUTEX_INITIALIZER};

void bus_lock(void) { pthread_mutex_lock(&bus.lock); }
void bus_unlock(void) { pthread_mutex_unlock(&bus.lock); }

const uint8_t *device_configuration(const struct device *device, size_t *size) {
    *size = device->descriptors_size - device->descriptors[0];
    return device->descriptors + device->descriptors[0];
}

struct endpoint *device_endpoint(struct device *device, uint8_t address) {
    for (size_t i = 0; i < device->endpoint_count; i++) {
        if (device->endpoints[i].address == address) {
            return &device->endpoints[i];
        }
    }
    return NULL;
}

struct device *device_at(unsigned bus_number, unsigned address) {
    for (size_t i = 0; i < bus.device_count; i++) {
        struct device *device = &bus.devices[i];
        if (device->connected && device->bus == bus_number && device->address == address) {
            return device;
        }
    }
    return NULL;
}

const char *device_name(const struct device *device, char room[16]) {
    snprintf(room, 16, "%u-%u", device->bus, device->port);
    return room;
}

const char *device_node(const struct device *device, char room[32]) {
    snprintf(room, 32, "/dev/bus/usb/%03u/%03u", device->bus, device->address);
    return room;
}

/* Addresses count up and are not used again soon, as the kernel gives them. The root hub has 1. */
static uint8_t next_address(uint8_t bus_number) {
    static uint8_t last[3] = {0, 1, 1};
    last[bus_number] = last[bus_number] == 127 ? 2 : last[bus_number] + 1;
    return last[bus_number];
}

static struct endpoint *known_or_new_endpoint(struct device *device, uint8_t address) {
    struct endpoint *endpoint = device_endpoint(device, address);
    if (!endpoint && device->endpoint_count < MAXIMUM_ENDPOINTS) {
        endpoint = &device->endpoints[device->endpoint_count++];
        endpoint->device = device;
        endpoint->address = address;
        pthread_cond_init(&endpoint->work, NULL);
    }
    return endpoint;
}

/* Asks the camera for its descriptors at the port's speed and makes the endpoints they tell of. */
static int device_describe(struct device *device) {
    enum camera_speed speed = device->options.high_speed ? CAMERA_HIGH_SPEED : CAMERA_SUPER_SPEED;
    size_t head = camera_device_descriptor(device->camera, speed, device->descriptors, MAXIMUM_DESCRIPTORS);
    if (head < 18) {
        return -1;
    }
    size_t size = camera_configuration_descriptor(
        device->camera, speed, device->descriptors + head, MAXIMUM_DESCRIPTORS - head);
    device->descriptors_size = head + size;

    struct endpoint *control = known_or_new_endpoint(device, 0);
    control->packet = 64;
    uint8_t interface = 0;
    const uint8_t *at = device->descriptors + head, *end = at + size;
    while (end - at >= 2 && at[0] >= 2 && at[0] <= end - at) {
        if (at[1] == 4 && at[0] >= 9) { /* interface */
            interface = at[2];
        } else if (at[1] == 5 && at[0] >= 7) { /* endpoint */
            struct endpoint *endpoint = known_or_new_endpoint(device, at[2]);
            if (!endpoint || interface >= MAXIMUM_INTERFACES) {
                return -1;
            }
            endpoint->interface = interface;
            endpoint->packet = (uint16_t)(at[4] | at[5] << 8);
        }
        at += at[0];
    }
    return at == end && size > 9 ? 0 : -1;
}

/* Lock held. */
static int device_connect(struct device *device) {
    device->bus = device->options.high_speed ? 1 : 2;
    device->address = next_address(device->bus);
    if (device_describe(device) != 0) {
        return -1;
    }
    for (size_t i = 0; i < device->endpoint_count; i++) {
        device->endpoints[i].halted = false;
        device->endpoints[i].refuses_continuation = false;
        device->endpoints[i].counts = (struct endpoint_counts){0};
    }
    memset(device->alternate, 0, sizeof device->alternate);
    device->requests_carried = 0;
    device->driver_bound = device->options.driver[0] != '\0';
    device->connected = true;
    if (tree_add(device) != 0) {
        device->connected = false;
        return -1;
    }
    return 0;
}

int device_plug(struct device *device) {
    bus_lock();
    bool wanted = !device->connected && !bus.over;
    bus_unlock();
    if (!wanted) {
        return -1;
    }
    camera_reset(device->camera);
    bus_lock();
    int result = device->connected || bus.over ? -1 : device_connect(device);
    if (result == 0) {
        udev_announce(device, true);
    }
    bus_unlock();
    return result;
}

/* Lock held. The transfer a host is busy with fails as such; those that wait behind it are told why. */
static void device_disconnect(struct device *device) {
    device->connected = false;
    memset(device->claimed_by, 0, sizeof device->claimed_by);
    for (struct opener *opener = bus.openers; opener; opener = opener->next) {
        if (opener->device == device) {
            opener->connected = false;
        }
    }
    for (size_t i = 0; i < device->endpoint_count; i++) {
        endpoint_condemn(
            &device->endpoints[i], NULL, device->options.ends_alike ? -ESHUTDOWN : -EPROTO, -ESHUTDOWN);
    }
    for (struct opener *opener = bus.openers; opener; opener = opener->next) {
        if (opener->device == device) {
            opener_settle(opener);
        }
    }
}

int device_pulled(struct device *device) {
    if (!device->connected) {
        return -1;
    }
    tree_remove(device);
    device_disconnect(device);
    udev_announce(device, false);
    return 0;
}

int device_unplug(struct device *device) {
    bus_lock();
    int result = device_pulled(device);
    bus_unlock();
    return result;
}

int device_halt(struct device *device, uint8_t address) {
    bus_lock();
    struct endpoint *endpoint = address & 0x0F ? device_endpoint(device, address) : NULL;
    if (endpoint) {
        endpoint->halted = true;
        pthread_cond_signal(&endpoint->work);
    }
    bus_unlock();
    return endpoint ? 0 : -1;
}

static int unplug_context(void *context) { return device_unplug(context); }
static int plug_context(void *context) { return device_plug(context); }
static int halt_context(void *context, uint8_t endpoint) { return device_halt(context, endpoint); }

/* Equipment that can't be set up must not look like a camera that isn't there. */
static _Noreturn void give_up(const char *what, const char *why) {
    fprintf(stderr, "usbfs: %s: %s\n", what, why);
    _exit(97);
}

/* One line of USBFS_CAMERAS: the words of the port, a tab, the camera's description. */
static void attach_camera(char *line) {
    char why[256] = "no tab";
    char *tab = strchr(line, '\t');
    if (bus.device_count == MAXIMUM_DEVICES) {
        give_up(line, "too many cameras");
    }
    if (!tab) {
        give_up(line, why);
    }
    *tab = '\0';
    struct device *device = &bus.devices[bus.device_count];
    if (attachment_options_read(&device->options, line, why, sizeof why) != 0) {
        give_up("no such option", why);
    }
    device->camera = camera_create(tab + 1, why, sizeof why);
    if (!device->camera) {
        give_up(tab + 1, why);
    }
    pthread_cond_init(&device->written, NULL);
    device->options.high_speed |= camera_is_high_speed(device->camera);
    device->port = (uint8_t)++bus.device_count;
    if (!device->options.unplugged && device_connect(device) != 0) {
        give_up(tab + 1, "descriptors that make no sense");
    }
    const struct camera_attachment attachment = {device, unplug_context, plug_context, halt_context};
    camera_attach(device->camera, &attachment);
}

static void before_fork(void) { bus_lock(); }
static void in_parent(void) { bus_unlock(); }

/* A child has neither our threads nor a right to the parent's transfers: it sees a bus with nothing on it. */
static void in_child(void) {
    bus.over = true;
    sockets_forget();
    bus_unlock();
}

static void attach(const char *cameras) {
    const char *folder = getenv("USBFS_FOLDER");
    const char *memory = getenv("USBFS_MEMORY");
    bus.process = getpid();
    bus.memory_limit = (memory ? strtoul(memory, NULL, 10) : 16) << 20;
    /* The process is in the name, since a command may be a script that starts several. */
    snprintf(bus.tree, sizeof bus.tree, "%.200s/%ld", folder ? folder : "/tmp", (long)bus.process);
    if (tree_create() != 0) {
        give_up(bus.tree, strerror(errno));
    }
    char *lines = strdup(cameras), *rest = lines;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        if (*line) {
            attach_camera(line);
        }
    }
    free(lines);
    pthread_atfork(before_fork, in_parent, in_child);
    sockets_open();
}

bool bus_ready(void) {
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
    static bool ready;
    const char *cameras = getenv("USBFS_CAMERAS");
    if (!cameras) {
        return false;
    }
    pthread_mutex_lock(&once);
    if (!ready) {
        attach(cameras);
        ready = true;
    }
    pthread_mutex_unlock(&once);
    return true;
}

/* The program's exit: everything that runs here stops, and all memory goes, so that a leak checker sees only the
 * program's own. Threads of the program that are still in a call get a moment to come out of it. */
static __attribute__((destructor)) void detach(void) {
    if (bus.process != getpid() || bus.over) {
        return;
    }
    sockets_close();
    bus_lock();
    bus.over = true;
    for (size_t i = 0; i < bus.device_count; i++) {
        device_disconnect(&bus.devices[i]);
        for (size_t e = 0; e < bus.devices[i].endpoint_count; e++) {
            endpoint_stop(&bus.devices[i].endpoints[e]);
        }
    }
    bool quiet = false;
    for (int tries = 0; !quiet && tries < 200; tries++) {
        quiet = true;
        for (struct opener *opener = bus.openers; opener; opener = opener->next) {
            quiet = quiet && opener->users == 0;
        }
        if (!quiet) {
            bus_unlock();
            nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
            bus_lock();
        }
    }
    if (quiet) {
        while (bus.openers) {
            opener_close(bus.openers);
        }
        for (size_t i = 0; i < bus.device_count; i++) {
            camera_free(bus.devices[i].camera);
        }
        bus.device_count = 0;
    }
    tree_destroy();
    bus_unlock();
}
