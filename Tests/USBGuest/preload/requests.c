/* Endpoint 0. Standard requests are answered here, from the descriptors and from what the host has set; what is left,
 * vendor and class requests, is the camera's. */
#include "bus.h"

#include <string.h>

enum { GET_STATUS, CLEAR_FEATURE, GET_DESCRIPTOR = 6, GET_CONFIGURATION = 8, SET_CONFIGURATION, GET_INTERFACE, SET_INTERFACE };
enum { TO_DEVICE = 0x00, TO_INTERFACE = 0x01, TO_ENDPOINT = 0x02 };

static int answer(uint8_t *data, size_t capacity, const void *bytes, size_t size) {
    size_t count = size < capacity ? size : capacity;
    memcpy(data, bytes, count);
    return (int)count;
}

static int get_descriptor(
    struct device *device, uint8_t type, uint8_t index, uint16_t language, uint8_t *data, size_t capacity) {
    const uint8_t *head = device->descriptors;
    uint8_t text[256];
    size_t size = 0;
    if (type == 1) {
        return answer(data, capacity, head, head[0]);
    }
    if (type == 2 && index == 0) {
        const uint8_t *configuration = device_configuration(device, &size);
        return answer(data, capacity, configuration, size);
    }
    if (type == 3) {
        size = camera_string_descriptor(device->camera, index, language, text, sizeof text);
        return size > 0 ? answer(data, capacity, text, size) : CAMERA_STALLED;
    }
    return CAMERA_STALLED;
}

static int clear_halt(struct device *device, uint8_t address) {
    bus_lock();
    struct endpoint *endpoint = device_endpoint(device, address);
    if (endpoint) {
        endpoint_clear_halt(endpoint);
    }
    bus_unlock();
    if (!endpoint) {
        return CAMERA_STALLED;
    }
    camera_clear_halt(device->camera, address);
    return 0;
}

static int get_status(struct device *device, uint8_t recipient, uint8_t address, uint8_t *data, size_t capacity) {
    bus_lock();
    const struct endpoint *endpoint = recipient == TO_ENDPOINT ? device_endpoint(device, address) : NULL;
    const uint8_t status[2] = {endpoint && endpoint->halted, 0};
    bus_unlock();
    return recipient == TO_ENDPOINT && !endpoint ? CAMERA_STALLED : answer(data, capacity, status, sizeof status);
}

int control_request(struct device *device, const uint8_t setup[8], uint8_t *data, size_t capacity) {
    uint8_t recipient = setup[0] & 0x1F;
    uint16_t index = (uint16_t)(setup[4] | setup[5] << 8);
    if (setup[0] & 0x60) {
        return camera_control(device->camera, setup, data, capacity);
    }
    switch (setup[1]) {
    case GET_STATUS:
        return get_status(device, recipient, setup[4], data, capacity);
    case CLEAR_FEATURE:
        return recipient == TO_ENDPOINT && setup[2] == 0 ? clear_halt(device, setup[4]) : CAMERA_STALLED;
    case GET_DESCRIPTOR:
        return get_descriptor(device, setup[3], setup[2], index, data, capacity);
    case GET_CONFIGURATION:
        return answer(data, capacity, &(uint8_t){1}, 1);
    case SET_CONFIGURATION:
        return setup[2] <= 1 ? 0 : CAMERA_STALLED;
    case GET_INTERFACE:
        return setup[4] < MAXIMUM_INTERFACES ? answer(data, capacity, &device->alternate[setup[4]], 1) : CAMERA_STALLED;
    case SET_INTERFACE:
        return setup[2] == 0 ? 0 : CAMERA_STALLED;
    default:
        return CAMERA_STALLED;
    }
}
