/* The files libusb reads: a folder that looks like /sys/bus/usb/devices and /dev/bus/usb, root hubs included.
 *
 * A device appears all at once, by a rename, since another thread may be listing the folder just then. */
#include "bus.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 512 };

static int write_file(const char *folder, const char *name, const void *bytes, size_t size) {
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wbe");
    if (!file) {
        return -1;
    }
    size_t written = fwrite(bytes, 1, size, file);
    return fclose(file) == 0 && written == size ? 0 : -1;
}

static __attribute__((format(printf, 3, 4))) int write_attribute(
    const char *folder, const char *name, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return write_file(folder, name, text, strlen(text));
}

static int make_folders(const char *path) {
    char room[PATH_ROOM];
    snprintf(room, sizeof room, "%s", path);
    for (char *slash = strchr(room + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(room, 0755);
        *slash = '/';
    }
    mkdir(room, 0755);
    return access(room, X_OK);
}

static void remove_folder(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) {
        return;
    }
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        char below[PATH_ROOM];
        snprintf(below, sizeof below, "%.250s/%.250s", path, entry->d_name);
        if (entry->d_type != DT_DIR) {
            unlink(below);
        } else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            remove_folder(below);
        }
    }
    closedir(folder);
    rmdir(path);
}

/* What sysfs shows of a string descriptor: characters beyond ASCII aren't expected of a camera. */
static void write_string(const char *folder, const char *name, const struct device *device, uint8_t index) {
    uint8_t descriptor[256];
    char text[128] = "";
    size_t size = index ? camera_string_descriptor(device->camera, index, 0x0409, descriptor, sizeof descriptor) : 0;
    if (size < 2) {
        return;
    }
    for (size_t i = 2; i + 1 < size; i += 2) {
        text[i / 2 - 1] = descriptor[i + 1] == 0 ? (char)descriptor[i] : '?';
    }
    write_attribute(folder, name, "%s\n", text);
}

static int write_device(
    const char *folder, unsigned bus_number, unsigned address, const char *speed, const uint8_t *descriptors,
    size_t size) {
    const uint8_t *d = descriptors;
    int failed = write_file(folder, "descriptors", descriptors, size);
    failed |= write_attribute(folder, "busnum", "%u\n", bus_number);
    failed |= write_attribute(folder, "devnum", "%u\n", address);
    failed |= write_attribute(folder, "dev", "189:%u\n", (bus_number - 1) * 128 + address - 1);
    failed |= write_attribute(folder, "speed", "%s\n", speed);
    failed |= write_attribute(folder, "bConfigurationValue", "1\n");
    failed |= write_attribute(folder, "bNumConfigurations", "%u\n", d[17]);
    failed |= write_attribute(folder, "bDeviceClass", "%02x\n", d[4]);
    failed |= write_attribute(folder, "idVendor", "%02x%02x\n", d[9], d[8]);
    failed |= write_attribute(folder, "idProduct", "%02x%02x\n", d[11], d[10]);
    failed |= write_attribute(folder, "bcdDevice", "%02x%02x\n", d[13], d[12]);
    failed |= write_attribute(
        folder, "uevent", "MAJOR=189\nMINOR=%u\nDEVNAME=bus/usb/%03u/%03u\nDEVTYPE=usb_device\nDRIVER=usb\n",
        (bus_number - 1) * 128 + address - 1, bus_number, address);
    return failed;
}

static int create_hub(unsigned number, const char *speed, uint8_t usb_major) {
    const uint8_t descriptors[] = {
        18, 1, 0, usb_major, 9, 0, (uint8_t)(usb_major - 1), 9, 0x6B, 0x1D, usb_major, 0, 2, 6, 0, 0, 0, 1,
        9, 2, 25, 0, 1, 1, 0, 0xE0, 0, 9, 4, 0, 0, 1, 9, 0, 0, 0, 7, 5, 0x81, 3, 4, 0, 12,
    };
    char folder[PATH_ROOM], name[16];
    snprintf(folder, sizeof folder, "%s/sys/bus/usb/devices/usb%u", bus.tree, number);
    int failed = make_folders(folder);
    failed |= write_device(folder, number, 1, speed, descriptors, sizeof descriptors);
    snprintf(folder, sizeof folder, "%s/dev/bus/usb/%03u", bus.tree, number);
    failed |= make_folders(folder);
    snprintf(name, sizeof name, "%03u", 1);
    return failed | write_file(folder, name, descriptors, sizeof descriptors);
}

int tree_create(void) { return create_hub(1, "480", 2) | create_hub(2, "5000", 3); }

int tree_add(const struct device *device) {
    const uint8_t *d = device->descriptors;
    char name[16], making[PATH_ROOM], made[PATH_ROOM], node[32];
    device_name(device, name);
    snprintf(making, sizeof making, "%s/sys/bus/usb/devices/.making-%s", bus.tree, name);
    snprintf(made, sizeof made, "%s/sys/bus/usb/devices/%s", bus.tree, name);
    int failed = make_folders(making);
    failed |= write_device(
        making, device->bus, device->address, device->options.high_speed ? "480" : "5000", d, device->descriptors_size);
    failed |= write_attribute(making, "devpath", "%u\n", device->port);
    write_string(making, "manufacturer", device, d[14]);
    write_string(making, "product", device, d[15]);
    write_string(making, "serial", device, d[16]);
    /* The node's content is what reading it gives; opening it for writing never gets here, see openers.c. */
    failed |= write_file(bus.tree, device_node(device, node) + 1, d, device->descriptors_size);
    return failed | rename(making, made);
}

void tree_remove(const struct device *device) {
    char name[16], node[32], making[PATH_ROOM], made[PATH_ROOM];
    device_name(device, name);
    snprintf(made, sizeof made, "%s/sys/bus/usb/devices/%s", bus.tree, name);
    snprintf(making, sizeof making, "%s/sys/bus/usb/devices/.making-%s", bus.tree, name);
    rename(made, making);
    remove_folder(making);
    snprintf(made, sizeof made, "%s%s", bus.tree, device_node(device, node));
    unlink(made);
}

void tree_destroy(void) {
    remove_folder(bus.tree);
    *strrchr(bus.tree, '/') = '\0';
    rmdir(bus.tree); /* the launcher's folder: empty unless other processes of the command are still there */
}
