#include "gadget.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define GADGETS "/sys/kernel/config/usb_gadget"

static void path_of(const struct gadget *g, char *out, size_t size, const char *rest)
{
    snprintf(out, size, GADGETS "/camera%d%s%s", g->number, rest[0] != '\0' ? "/" : "", rest);
}

static int make_folder(const struct gadget *g, const char *name)
{
    char path[256];
    path_of(g, path, sizeof path, name);
    return mkdir(path, 0755) == 0 || errno == EEXIST ? 0 : -1;
}

__attribute__((format(printf, 3, 4))) static int put(const struct gadget *g, const char *name, const char *format, ...)
{
    char path[256], value[256];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    path_of(g, path, sizeof path, name);
    const int file = open(path, O_WRONLY);
    if (file < 0) return -1;
    const ssize_t written = write(file, value, (size_t)length);
    close(file);
    return written == length ? 0 : -1;
}

/* Descriptor strings are ASCII here: every second byte of the wire's form. */
static int put_string(const struct gadget *g, const char *name, uint8_t index)
{
    uint8_t wire[256];
    char text[128] = "";
    const size_t size = camera_string_descriptor(g->camera, index, 0x0409, wire, sizeof wire);
    for (size_t i = 0; 2 + 2 * i < size; ++i) text[i] = (char)wire[2 + 2 * i];
    return text[0] != '\0' ? put(g, name, "%s", text) : 0;
}

int configfs_can_super_speed(const struct gadget *g)
{
    char path[128], speed[64] = "";
    snprintf(path, sizeof path, "/sys/class/udc/dummy_udc.%d/maximum_speed", g->number);
    const int file = open(path, O_RDONLY);
    if (file < 0) return 0;
    const ssize_t length = read(file, speed, sizeof speed - 1);
    close(file);
    return length > 0 && strncmp(speed, "super-speed", 11) == 0;
}

int configfs_create(struct gadget *g)
{
    const int high = g->is_high_speed;
    uint8_t device[18], configuration[256];
    camera_device_descriptor(g->camera, high ? CAMERA_HIGH_SPEED : CAMERA_SUPER_SPEED, device, sizeof device);
    camera_configuration_descriptor(g->camera, high ? CAMERA_HIGH_SPEED : CAMERA_SUPER_SPEED, configuration, sizeof configuration);
    char function[64], from[256], to[256];
    snprintf(function, sizeof function, "functions/ffs.camera%d", g->number);
    if (make_folder(g, "") || put(g, "idVendor", "0x%02x%02x", device[9], device[8]) || put(g, "idProduct", "0x%02x%02x", device[11], device[10])
        || put(g, "bcdDevice", "0x%02x%02x", device[13], device[12]) || make_folder(g, "strings/0x409")
        || put_string(g, "strings/0x409/manufacturer", device[14]) || put_string(g, "strings/0x409/product", device[15])
        || put(g, "max_speed", "%s", high ? "high-speed" : "super-speed") || make_folder(g, "configs/c.1")
        || put(g, "configs/c.1/MaxPower", "%d", configuration[8] * (high ? 2 : 8)) || make_folder(g, function)) {
        return -1;
    }
    path_of(g, from, sizeof from, function);
    path_of(g, to, sizeof to, "configs/c.1/camera");
    if (symlink(from, to) != 0 && errno != EEXIST) return -1;
    snprintf(g->function_folder, sizeof g->function_folder, "/run/functionfs-%d", g->number);
    snprintf(function, sizeof function, "camera%d", g->number);
    if (mkdir(g->function_folder, 0755) != 0 && errno != EEXIST) return -1;
    umount2(g->function_folder, MNT_DETACH);
    return mount(function, g->function_folder, "functionfs", 0, "");
}

int configfs_bind(struct gadget *g) { return put(g, "UDC", "dummy_udc.%d", g->number); }
int configfs_unbind(struct gadget *g) { return put(g, "UDC", "\n"); }
