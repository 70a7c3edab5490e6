/* What a camera tells the USB of itself: one configuration, one interface, three bulk endpoints. */
#include "model.h"

#include <string.h>

enum { MANUFACTURER_STRING = 1, PRODUCT_STRING = 2 };

struct writer {
    uint8_t *out;
    size_t capacity, length;
};

static void put(struct writer *w, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; ++i, ++w->length) {
        if (w->length < w->capacity) w->out[w->length] = bytes[i];
    }
}
#define PUT(w, ...) put(w, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define LOW(value) (uint8_t)((value) & 0xFF)
#define HIGH(value) (uint8_t)((value) >> 8 & 0xFF)

static size_t written(const struct writer *w) { return w->length < w->capacity ? w->length : w->capacity; }

size_t camera_device_descriptor(const camera *c, enum camera_speed speed, uint8_t *out, size_t capacity) {
    const struct options *o = &c->options;
    const unsigned usb = speed == CAMERA_SUPER_SPEED ? 0x0320 : 0x0210;
    /* bcdDevice on a real camera is not known to us; here it follows the firmware. */
    const unsigned release = (o->firmware >> 16 & 0xFF) << 8 | (o->firmware >> 8 & 0x0F) << 4 | (o->firmware & 0x0F);
    struct writer w = {out, capacity, 0};
    PUT(&w, 18, 1, LOW(usb), HIGH(usb), 0, 0, 0, speed == CAMERA_SUPER_SPEED ? 9 : 64, LOW(o->vendor), HIGH(o->vendor),
        LOW(o->product), HIGH(o->product), LOW(release), HIGH(release), MANUFACTURER_STRING, PRODUCT_STRING, 0, 1);
    return written(&w);
}

static void put_endpoint(struct writer *w, enum camera_speed speed, uint8_t address, uint8_t burst) {
    const unsigned packet = speed == CAMERA_SUPER_SPEED ? 1024 : 512;
    PUT(w, 7, 5, address, 2, LOW(packet), HIGH(packet), 0);
    if (speed == CAMERA_SUPER_SPEED) PUT(w, 6, 0x30, burst, 0, 0, 0);
}

size_t camera_configuration_descriptor(const camera *c, enum camera_speed speed, uint8_t *out, size_t capacity) {
    (void)c;
    const int is_super = speed == CAMERA_SUPER_SPEED;
    const unsigned total = 9 + 9 + 3 * (7 + (is_super ? 6 : 0));
    struct writer w = {out, capacity, 0};
    PUT(&w, 9, 2, LOW(total), HIGH(total), 1, 1, 0, 0x80, is_super ? 112 : 250);
    PUT(&w, 9, 4, 0, 0, 3, 0xFF, 0x19, 0x00, 0);
    put_endpoint(&w, speed, CAMERA_REPLIES_IN, 0);
    put_endpoint(&w, speed, CAMERA_REQUESTS_OUT, 0);
    put_endpoint(&w, speed, CAMERA_EVENTS_IN, 15);
    return written(&w);
}

size_t camera_string_descriptor(const camera *c, uint8_t index, uint16_t language, uint8_t *out, size_t capacity) {
    struct writer w = {out, capacity, 0};
    if (index == 0) {
        PUT(&w, 4, 3, 0x09, 0x04);
        return written(&w);
    }
    const char *text = index == MANUFACTURER_STRING ? c->options.manufacturer_string
                     : index == PRODUCT_STRING      ? c->options.product_string : NULL;
    if (text == NULL || language != 0x0409) return 0;
    PUT(&w, (uint8_t)(2 + 2 * strlen(text)), 3);
    for (; *text != '\0'; ++text) PUT(&w, (uint8_t)*text, 0);
    return written(&w);
}
