/* The lines a test may send while a program runs: those that begin with "usbfs" are obeyed here, the rest are the camera's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bus.h"

enum { SLICE_MS = 50, SLICE_ROOM = 4096 };

/* What an endpoint has seen since the camera was plugged in. `requests_before_first` places the first submission among the
 * camera's control requests: was a stream's first transfer queued before the sensor was started? */
static void tell_endpoint(struct device *device, const char *words, char *answer, size_t size) {
    struct endpoint *endpoint = device_endpoint(device, (uint8_t)strtoul(words, NULL, 16));
    if (!endpoint) {
        snprintf(answer, size, "error no such endpoint");
        return;
    }
    unsigned queued = 0;
    for (const struct urb *urb = endpoint->first; urb; urb = urb->next) {
        queued++;
    }
    const struct endpoint_counts *counts = &endpoint->counts;
    snprintf(
        answer, size, "ok submitted=%lu ended=%lu discarded=%lu queued=%u bytes=%lu requests_before_first=%lu",
        counts->submitted, counts->ended, counts->discarded, queued, counts->bytes, counts->requests_before_first);
}

static void set_options(struct device *device, const char *words, char *answer, size_t size) {
    char bad[64] = "";
    struct attachment_options options = device->options;
    if (attachment_options_read(&options, words, bad, sizeof bad) != 0) {
        snprintf(answer, size, "error no such option: %s", bad);
        return;
    }
    if (strcmp(options.driver, device->options.driver) != 0) {
        device->driver_bound = options.driver[0] != '\0';
    }
    if (device->connected) {
        options.high_speed = device->options.high_speed; /* the port's, while something is in it */
    }
    device->options = options;
    snprintf(answer, size, "ok");
}

static void set_errors(struct device *device, const char *words, char *answer, size_t size) {
    char *rest;
    struct endpoint *endpoint = device_endpoint(device, (uint8_t)strtoul(words, &rest, 16));
    if (!endpoint) {
        snprintf(answer, size, "error no such endpoint");
        return;
    }
    endpoint->errors_due = (unsigned)strtoul(rest, NULL, 10);
    snprintf(answer, size, "ok");
}

static void set_memory(const char *words, char *answer, size_t size) {
    if (*words) {
        bus.memory_limit = strtoul(words, NULL, 10) << 20;
    }
    snprintf(answer, size, "ok used=%zu limit=%zu", bus.memory_used, bus.memory_limit);
}

static void tell_result(int result, char *answer, size_t size) {
    snprintf(answer, size, result == 0 ? "ok" : "error not possible now");
}

static long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* "wait CONDITION ms=N" in slices, so that a program can leave meanwhile. An error that comes before its time is one that
 * waiting won't mend. */
static int wait_in_slices(camera *camera, const char *line, char *answer, size_t size) {
    const char *said = strstr(line, " ms=");
    long left = said ? strtol(said + 4, NULL, 10) : 10000;
    int result;
    do {
        char slice[SLICE_ROOM];
        long start = milliseconds(), wanted = left < SLICE_MS ? left : SLICE_MS;
        int condition = said ? (int)(said - line) : (int)strlen(line);
        snprintf(slice, sizeof slice, "%.*s ms=%ld", condition, line, wanted);
        result = camera_command(camera, slice, answer, size);
        long passed = milliseconds() - start;
        if (result == 0 || passed < wanted - 1) {
            return result;
        }
        left -= passed;
    } while (left > 0 && !sockets_are_closing());
    return result;
}

/* The camera's own language. A waiting client is no reason for the stream to give way. */
static int tell_camera(struct device *device, const char *line, char *answer, size_t size) {
    if (strncmp(line, "wait ", 5) == 0) {
        return wait_in_slices(device->camera, line, answer, size);
    }
    bus_lock();
    device->visitors++;
    bus_unlock();
    int result = camera_command(device->camera, line, answer, size);
    bus_lock();
    device->visitors--;
    bus_unlock();
    return result;
}

int attachment_command(struct device *device, const char *line, char *answer, size_t size) {
    if (strncmp(line, "usbfs ", 6) != 0) {
        return tell_camera(device, line, answer, size);
    }
    char name[16] = "";
    int end = 0;
    sscanf(line + 6, "%15s %n", name, &end);
    const char *words = line + 6 + end;
    if (strcmp(name, "unplug") == 0) {
        tell_result(device_unplug(device), answer, size);
    } else if (strcmp(name, "plug") == 0) {
        tell_result(device_plug(device), answer, size);
    } else if (strcmp(name, "halt") == 0) {
        tell_result(device_halt(device, (uint8_t)strtoul(words, NULL, 16)), answer, size);
    } else {
        bus_lock();
        if (strcmp(name, "set") == 0) {
            set_options(device, words, answer, size);
        } else if (strcmp(name, "endpoint") == 0) {
            tell_endpoint(device, words, answer, size);
        } else if (strcmp(name, "errors") == 0) {
            set_errors(device, words, answer, size);
        } else if (strcmp(name, "memory") == 0) {
            set_memory(words, answer, size);
        } else if (strcmp(name, "where") == 0) {
            snprintf(
                answer, size, "ok bus=%u address=%u connected=%d", device->bus, device->address, device->connected);
        } else {
            snprintf(answer, size, "error usbfs knows set, unplug, plug, halt, errors, endpoint, memory and where");
        }
        bus_unlock();
    }
    return strncmp(answer, "ok", 2) == 0 ? 0 : -1;
}
