/* What the line that makes a camera may say after the model's name. README.md lists the words. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "models.h"

enum rate_unit { RATE_UNLIMITED, RATE_EVENTS, RATE_BYTES };

struct rate {
    enum rate_unit unit;
    double per_second;
};

enum { OPTION_COMMANDS = 16, OPTION_TEXT = 512 };

struct options {
    const struct model *model;
    uint16_t vendor, product;
    char manufacturer_string[128], product_string[128];
    uint8_t system_id;
    uint64_t serial;
    int serial_bytes;           /* 8, or 4 as some boards answer */
    uint32_t firmware;          /* 0x00MMmmpp */
    uint64_t build_date;
    double temperature;         /* degrees Celsius */
    uint32_t illuminance;       /* lifo_ton as the sensor counts it */
    uint32_t dead_time_us;
    int adc_reads;              /* reads of 0x50 that come too early after a start */
    int init_delay_us;          /* until a filter's memory or a window says "done" */
    int answers_in_reset;       /* 0: no register of the sensor answers while the reset line is held */
    int mirrored_rows;          /* 1: register row = height - 1 - event row */
    int biases_matter;          /* 1: thresholds scale the generator's rate */

    char file[OPTION_TEXT];     /* empty: the generator */
    int loop;
    int restart_time;           /* a file's time begins at zero at every start */
    struct rate rate;
    double density;             /* events/s of sensor time where `rate` doesn't say */
    uint64_t event_limit;       /* generator: events per start, 0 for no end */
    double triggers;            /* generator: edges per second on the external trigger input */
    int vectors;                /* generator: 1 uses vector words */
    size_t chunk;               /* bytes of the bridge's buffers */
    int chunks_end;             /* 1: every buffer ends the host's transfer, also a full one */
    int flush_us;               /* a buffer that isn't full leaves after that time */
    size_t fifo;                /* bytes the camera can hold back */
    size_t stale;               /* bytes left over from earlier, waiting at power on */

    int high_speed;             /* plugged into a USB 2 port; for the attachment */
    int command_count;
    char commands[OPTION_COMMANDS][OPTION_TEXT]; /* obeyed at power on, in order */
};

/* Reads "model?key=value&key=value". Returns 0, or -1 with a sentence in `why`. */
int options_read(struct options *options, const char *line, char *why, size_t why_size);

/* "max", "20e6" (events/s), "10e6B" (bytes/s). Returns 0, or -1 when it says none of these. */
int rate_read(struct rate *rate, const char *text);

#endif
