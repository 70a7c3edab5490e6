/* The cameras that can be played, as data: how they name themselves and what their registers hold at power on. */
#ifndef MODELS_H
#define MODELS_H

#include <stddef.h>
#include <stdint.h>

struct register_value {
    uint32_t address;
    uint32_t value;
};

/* A sensor: its size and the registers that are not zero when it leaves reset. */
struct sensor {
    const char *name;
    uint16_t width;
    uint16_t height;
    const struct register_value *resets;
    size_t reset_count;
    int has_thermometer;      /* the ADC at 0x4C..0x5C measures temperature */
    int has_pixel_dead_time;  /* refractory_ctrl counts, see registers.c */
    int reports_ready_rails;  /* the supplies at 0xA000.. raise a ready bit */
};

struct model {
    const char *name;
    uint16_t vendor;
    uint16_t product;
    const char *manufacturer_string;
    const char *product_string;
    uint8_t system_id;
    const char *device_name;
    const char *compatible; /* strings, each closed by ';' */
    const struct sensor *sensor;
};

const struct model *model_named(const char *name);

/* The names of all models in one sentence part, for messages. */
void model_names(char *out, size_t capacity);

enum { REGISTER_BIAS_FIRST = 0x1000, REGISTER_BIAS_LAST = 0x1050 };

#endif
