#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* %26 stands for "&", and so on. */
static void decode_percent(char *text) {
    char *to = text;
    for (const char *from = text; *from != '\0'; ++from, ++to) {
        if (from[0] == '%' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0) {
            *to = (char)(hex_digit(from[1]) << 4 | hex_digit(from[2]));
            from += 2;
        } else {
            *to = *from;
        }
    }
    *to = '\0';
}

int rate_read(struct rate *rate, const char *text) {
    if (strcmp(text, "max") == 0) {
        *rate = (struct rate){RATE_UNLIMITED, 0};
        return 0;
    }
    char *end;
    const double value = strtod(text, &end);
    if (end == text || !(value >= 0)) return -1;
    if (strcmp(end, "B") == 0) {
        *rate = (struct rate){RATE_BYTES, value};
        return 0;
    }
    *rate = (struct rate){RATE_EVENTS, value};
    return *end == '\0' ? 0 : -1;
}

static int read_firmware(uint32_t *firmware, const char *text) {
    unsigned major, minor, patch;
    char rest;
    if (sscanf(text, "%u.%u.%u%c", &major, &minor, &patch, &rest) != 3 || major > 255 || minor > 255 || patch > 255) return -1;
    *firmware = major << 16 | minor << 8 | patch;
    return 0;
}

static int read_number(double *value, const char *text) {
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == '\0' ? 0 : -1;
}

static int read_hex(uint64_t *value, const char *text) {
    char *end;
    *value = strtoull(text, &end, 16);
    return end != text && *end == '\0' ? 0 : -1;
}

static int read_word(int *value, const char *text, const char *zero, const char *one) {
    if (strcmp(text, zero) == 0 || strcmp(text, one) == 0) {
        *value = strcmp(text, one) == 0;
        return 0;
    }
    return -1;
}

static int read_text(char *out, size_t capacity, const char *text) {
    return snprintf(out, capacity, "%s", text) < (int)capacity ? 0 : -1;
}

static int read_stream(struct options *o, const char *text) {
    if (strcmp(text, "generator") == 0) {
        o->file[0] = '\0';
        return 0;
    }
    return strncmp(text, "file:", 5) == 0 && text[5] != '\0' ? read_text(o->file, sizeof o->file, text + 5) : -1;
}

/* `do=` takes a line of the command language with commas for spaces. */
static int read_command(struct options *o, const char *text) {
    if (o->command_count == OPTION_COMMANDS || read_text(o->commands[o->command_count], OPTION_TEXT, text) != 0) return -1;
    for (char *c = o->commands[o->command_count++]; *c != '\0'; ++c) {
        if (*c == ',') *c = ' ';
    }
    return 0;
}

static int read_option(struct options *o, const char *key, const char *value) {
    double number = 0;
    uint64_t hex = 0;
    const int is_number = read_number(&number, value) == 0;
    const int is_hex = read_hex(&hex, value) == 0;
#define NAMED(name) (strcmp(key, name) == 0)
#define NUMBER(name, field, low, high) \
    if (NAMED(name)) { \
        if (!is_number || number < (low) || number > (high)) return -1; \
        o->field = (__typeof__(o->field))number; \
        return 0; \
    }
#define HEX(name, field, high) \
    if (NAMED(name)) { \
        if (!is_hex || hex > (high)) return -1; \
        o->field = (__typeof__(o->field))hex; \
        return 0; \
    }
    HEX("serial", serial, UINT64_MAX)
    HEX("vendor", vendor, 0xFFFF)
    HEX("product", product, 0xFFFF)
    HEX("system_id", system_id, 0xFF)
    NUMBER("serial_bytes", serial_bytes, 4, 8)
    NUMBER("build_date", build_date, 0, 1e18)
    NUMBER("temperature", temperature, -56, 138)
    NUMBER("illuminance", illuminance, 0, 0x1FFFFFFF)
    NUMBER("dead_time", dead_time_us, 0, 1e6)
    NUMBER("adc_reads", adc_reads, 0, 1e6)
    NUMBER("init_delay", init_delay_us, 0, 1e9)
    NUMBER("loop", loop, 0, 1)
    NUMBER("density", density, 1, 1e9)
    NUMBER("events", event_limit, 0, 1e18)
    NUMBER("triggers", triggers, 0, 1e6)
    NUMBER("vectors", vectors, 0, 1)
    NUMBER("chunk", chunk, 1, 1 << 24)
    NUMBER("flush", flush_us, 0, 1e9)
    NUMBER("fifo", fifo, 4096, 1 << 30)
    NUMBER("stale", stale, 0, 1 << 30)
#undef NUMBER
#undef HEX
    if (NAMED("firmware")) return read_firmware(&o->firmware, value);
    if (NAMED("manufacturer_string")) return read_text(o->manufacturer_string, 127, value);
    if (NAMED("product_string")) return read_text(o->product_string, 127, value);
    if (NAMED("in_reset")) return read_word(&o->answers_in_reset, value, "silent", "answers");
    if (NAMED("rows")) return read_word(&o->mirrored_rows, value, "direct", "mirrored");
    if (NAMED("biases")) return read_word(&o->biases_matter, value, "ignored", "felt");
    if (NAMED("time")) return read_word(&o->restart_time, value, "keep", "restart");
    if (NAMED("ends")) return read_word(&o->chunks_end, value, "short", "every");
    if (NAMED("speed")) return read_word(&o->high_speed, value, "super", "high");
    if (NAMED("stream")) return read_stream(o, value);
    if (NAMED("rate")) return rate_read(&o->rate, value);
    if (NAMED("do")) return read_command(o, value);
#undef NAMED
    return -1;
}

static void use_defaults(struct options *o, const struct model *model) {
    *o = (struct options){
        .model = model, .vendor = model->vendor, .product = model->product, .system_id = model->system_id,
        .serial = 0x00050423, .serial_bytes = 8, .firmware = 0x030900, .build_date = 1672531200,
        .temperature = 35, .illuminance = 200000, .dead_time_us = 20, .init_delay_us = 200,
        .rate = {RATE_EVENTS, 1e6}, .density = 20e6, .vectors = 1,
        .chunk = 16384, .flush_us = 1000, .fifo = 256 << 10,
    };
    snprintf(o->manufacturer_string, sizeof o->manufacturer_string, "%s", model->manufacturer_string);
    snprintf(o->product_string, sizeof o->product_string, "%s", model->product_string);
}

int options_read(struct options *options, const char *line, char *why, size_t why_size) {
    char text[8192];
    if (snprintf(text, sizeof text, "%s", line) >= (int)sizeof text) {
        snprintf(why, why_size, "the line that makes a camera is too long");
        return -1;
    }
    char *rest = strchr(text, '?');
    if (rest != NULL) *rest++ = '\0';
    const struct model *model = model_named(text);
    if (model == NULL) {
        char names[256];
        model_names(names, sizeof names);
        snprintf(why, why_size, "no camera is called \"%s\"; known are %s", text, names);
        return -1;
    }
    use_defaults(options, model);
    int rate_given = 0;
    char *save = NULL;
    for (char *pair = rest ? strtok_r(rest, "&", &save) : NULL; pair != NULL; pair = strtok_r(NULL, "&", &save)) {
        char *value = strchr(pair, '=');
        if (value != NULL) *value++ = '\0';
        if (value != NULL) decode_percent(value);
        if (value == NULL || read_option(options, pair, value) != 0) {
            snprintf(why, why_size, "option \"%s\" makes no sense with value \"%s\"", pair, value ? value : "");
            return -1;
        }
        if (strcmp(pair, "rate") == 0) rate_given = 1;
    }
    /* A file comes whole unless a pace is asked for: nothing is lost, whatever the host's speed. */
    if (options->file[0] != '\0' && !rate_given) options->rate = (struct rate){RATE_UNLIMITED, 0};
    return 0;
}
