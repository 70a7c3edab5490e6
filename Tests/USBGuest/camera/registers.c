/* The register file, and what reading and writing it does. Most registers only keep what they are given. */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROI_CTRL = 0x0004, LIFO_CTRL = 0x000C, LIFO_STATUS = 0x0010, CHIP_ID = 0x0014, REFRACTORY_CTRL = 0x0020,
    ROI_WINDOW = 0x0034, ROI_WINDOW_START = 0x0038, ROI_WINDOW_END = 0x003C, ADC_CONTROL = 0x004C, ADC_STATUS = 0x0050,
    ADC_MISC = 0x0054, TEMPERATURE_CTRL = 0x005C, PHOTOCURRENT_CTRL = 0x0074, SYSTEM_ID = 0x0800,
    DIFF_ON = 0x1010, DIFF = 0x1014, DIFF_OFF = 0x1018, BIAS_TRANSFER = 0x1100,
    COLUMN_MASK = 0x2000, ROW_MASK = 0x4000, TIME_BASE = 0x9008, READOUT = 0x9028,
    RAILS = 0xA000, MIPI = 0xB000, AFK_PIPELINE = 0xC000, AFK_INIT = 0xC0C4, STC_INIT = 0xD0C4,
    SENSOR_RESET = 0x400004
};

static uint32_t *sensor_word(camera *c, uint32_t address) { return &c->registers.sensor[address / 4]; }

static int is_bridge(uint32_t address) { return address >= BRIDGE_FIRST && address < BRIDGE_FIRST + 4 * BRIDGE_WORDS; }

uint32_t registers_peek(const camera *c, uint32_t address) {
    if (address < 4 * SENSOR_WORDS) return c->registers.sensor[address / 4];
    if (is_bridge(address)) return c->registers.bridge[(address - BRIDGE_FIRST) / 4];
    return 0;
}

/* --- reset */

static int is_bias(uint32_t address) { return address >= REGISTER_BIAS_FIRST && address <= REGISTER_BIAS_LAST; }

/* Everything the reset line reaches. Two chips differ in their factory biases: the serial number's last bits add to them. */
static void reset_sensor(camera *c) {
    struct registers *r = &c->registers;
    const struct sensor *sensor = c->options.model->sensor;
    memset(r->sensor, 0, sizeof r->sensor);
    for (size_t i = 0; i < sensor->reset_count; ++i) {
        const struct register_value reset = sensor->resets[i];
        uint32_t value = reset.value;
        if (is_bias(reset.address)) {
            value += (uint32_t)(c->options.serial & 3);
            r->factory[(reset.address - REGISTER_BIAS_FIRST) / 4] = (uint8_t)value;
        }
        *sensor_word(c, reset.address) = value;
    }
    memcpy(r->biases, r->factory, sizeof r->biases);
    memset(r->columns, 0, sizeof r->columns);
    memset(r->rows, 0, sizeof r->rows);
    r->adc_started = 0;
    r->window_done_at = r->afk_done_at = r->stc_done_at = 0;
    c->filter.dirty = 1;
    stream_follow_registers(c, 0);
}

void registers_reset(camera *c) {
    memset(c->registers.bridge, 0, sizeof c->registers.bridge);
    reset_sensor(c);
}

static int is_held(const camera *c) { return registers_peek(c, SENSOR_RESET) & 1; }

/* --- reading */

/* The formula of the fact sheet turned round. The ADC sees the temperature only through its buffer and selector. */
static uint32_t adc_status(camera *c) {
    struct registers *r = &c->registers;
    if (!c->options.model->sensor->has_thermometer || !r->adc_started) return 0;
    if (r->adc_reads++ < c->options.adc_reads) return 0;
    const int sees_temperature = (registers_peek(c, ADC_MISC) & 1u << 12) != 0 && (registers_peek(c, TEMPERATURE_CTRL) & 2) != 0;
    const double counts = sees_temperature ? (c->options.temperature + 56) / 0.19 + 0.5 : 0;
    return 1u << 11 | ((uint32_t)counts & 0x3FF);
}

static uint32_t lifo_status(const camera *c) {
    const int counts = (registers_peek(c, LIFO_CTRL) & 7) == 7 && (registers_peek(c, PHOTOCURRENT_CTRL) & 3) == 3;
    return counts ? 1u << 29 | c->options.illuminance : 0;
}

static uint32_t refractory_ctrl(const camera *c) {
    const uint32_t kept = registers_peek(c, REFRACTORY_CTRL) & 0xC0000000;
    if (!c->options.model->sensor->has_pixel_dead_time || kept != 0xC0000000) return kept;
    return kept | 1u << 28 | (200 * c->options.dead_time_us & 0x0FFFFFFF);
}

static uint32_t done_flag(uint64_t done_at, uint32_t bit) { return done_at != 0 && now_us() >= done_at ? bit : 0; }

/* The supplies of the Gen4.1 raise a bit once they are enabled (bit 0), each its own. */
static uint32_t rail(const camera *c, uint32_t address) {
    const uint32_t value = registers_peek(c, address);
    if (!c->options.model->sensor->reports_ready_rails || !(value & 1)) return value;
    static const uint32_t ready[] = {1u << 9, 1u << 9, 1u << 19, 1u << 17, 1u << 23};
    return value | ready[(address - RAILS) / 4];
}

int registers_read(camera *c, uint32_t address, uint32_t *value) {
    const struct registers *r = &c->registers;
    *value = 0;
    if (address % 4 != 0) return EINVAL;
    if (is_bridge(address)) {
        *value = registers_peek(c, address);
        return 0;
    }
    if (address >= 4 * SENSOR_WORDS) return EINVAL;
    if (is_held(c) && !c->options.answers_in_reset) return EIO;
    const uint32_t kept = registers_peek(c, address);
    switch (address) {
    case LIFO_STATUS: *value = lifo_status(c); break;
    case REFRACTORY_CTRL: *value = refractory_ctrl(c); break;
    case ROI_WINDOW: *value = (kept & ~2u) | done_flag(r->window_done_at, 2); break;
    case ADC_STATUS: *value = adc_status(c); break;
    case SYSTEM_ID: *value = c->options.system_id; break;
    case RAILS: case RAILS + 4: case RAILS + 8: case RAILS + 12: case RAILS + 16: *value = rail(c, address); break;
    case AFK_INIT: *value = (kept & ~4u) | done_flag(r->afk_done_at, 4); break;
    case STC_INIT: *value = (kept & ~4u) | done_flag(r->stc_done_at, 4); break;
    default: *value = kept;
    }
    return 0;
}

/* --- writing */

static void latch_biases(camera *c, uint32_t first, uint32_t last) {
    for (uint32_t address = first; address <= last; address += 4) {
        c->registers.biases[(address - REGISTER_BIAS_FIRST) / 4] = (uint8_t)registers_peek(c, address);
    }
}

static void write_adc_control(camera *c, uint32_t value) {
    if ((value & 7) == 7) {
        c->registers.adc_started = 1;
        c->registers.adc_reads = 0;
    } else if (!(value & 1)) {
        c->registers.adc_started = 0;
    }
}

/* The window unit turns a window into masks: everything outside of start..end (end not included) is disabled. The
 * masks come into force like any others, with roi_ctrl bit 5. */
static void write_window(camera *c, uint32_t value) {
    if (!(value & 1)) {
        c->registers.window_done_at = 0;
        return;
    }
    const uint32_t start = registers_peek(c, ROI_WINDOW_START), end = registers_peek(c, ROI_WINDOW_END);
    uint32_t *columns = sensor_word(c, COLUMN_MASK), *rows = sensor_word(c, ROW_MASK);
    for (uint32_t x = 0; x < MAXIMUM_WIDTH; ++x) {
        const uint32_t bit = 1u << x % 32;
        const int inside = x >= (start & 0x7FF) && x < (end & 0x7FF);
        columns[x / 32] = inside ? columns[x / 32] & ~bit : columns[x / 32] | bit;
    }
    for (uint32_t y = 0; y < MAXIMUM_HEIGHT; ++y) {
        const uint32_t bit = 1u << y % 32;
        const int inside = y >= (start >> 16 & 0x3FF) && y < (end >> 16 & 0x3FF);
        rows[y / 32] = inside ? rows[y / 32] & ~bit : rows[y / 32] | bit;
    }
    c->registers.window_done_at = now_us() + (uint64_t)c->options.init_delay_us;
}

static void write_roi_ctrl(camera *c, uint32_t value) {
    if (!(value & 1u << 5)) return;
    memcpy(c->registers.columns, sensor_word(c, COLUMN_MASK), sizeof c->registers.columns);
    memcpy(c->registers.rows, sensor_word(c, ROW_MASK), sizeof c->registers.rows);
}

/* Bit 2 clears the flag, bit 0 asks for an initialisation, which raises it again. */
static void write_filter_init(camera *c, uint32_t value, uint64_t *done_at) {
    if (value & 4) *done_at = 0;
    if (value & 1) *done_at = now_us() + (uint64_t)c->options.init_delay_us;
}

static void write_sensor(camera *c, uint32_t address, uint32_t value) {
    const uint32_t before = registers_peek(c, address);
    if (address == CHIP_ID) return;
    *sensor_word(c, address) = value;
    if (is_bias(address) && value & 1u << 28) latch_biases(c, address, address);
    switch (address) {
    case ROI_CTRL: write_roi_ctrl(c, value); break;
    case ROI_WINDOW: write_window(c, value); break;
    case ADC_CONTROL: write_adc_control(c, value); break;
    case BIAS_TRANSFER: if (value & 1) latch_biases(c, REGISTER_BIAS_FIRST, REGISTER_BIAS_LAST); break;
    case AFK_PIPELINE: if (value == 5) c->registers.afk_done_at = now_us() + (uint64_t)c->options.init_delay_us; break;
    case AFK_INIT: write_filter_init(c, value, &c->registers.afk_done_at); break;
    case STC_INIT: write_filter_init(c, value, &c->registers.stc_done_at); break;
    default: break;
    }
    c->filter.dirty = 1;
    stream_follow_registers(c, address == TIME_BASE && value & 1 && !(before & 1));
}

int registers_write(camera *c, uint32_t address, uint32_t value) {
    if (address % 4 != 0) return EINVAL;
    if (is_bridge(address)) {
        c->registers.bridge[(address - BRIDGE_FIRST) / 4] = value;
        if (address == SENSOR_RESET && value & 1) reset_sensor(c);
        return 0;
    }
    if (address >= 4 * SENSOR_WORDS) return EINVAL;
    if (is_held(c) && !c->options.answers_in_reset) return EIO;
    write_sensor(c, address, value);
    return 0;
}

/* --- what the registers mean for the stream */

int registers_say_started(const camera *c) {
    return !is_held(c) && registers_peek(c, MIPI) & 1 && !(registers_peek(c, READOUT) & 2) && registers_peek(c, TIME_BASE) & 1
        && registers_peek(c, ROI_CTRL) & 1u << 10;
}

static double distance(const uint8_t *biases, uint32_t threshold) {
    const int d = abs(biases[(threshold - REGISTER_BIAS_FIRST) / 4] - biases[(DIFF - REGISTER_BIAS_FIRST) / 4]);
    return d > 0 ? d : 0.5;
}

/* Invented: the nearer the thresholds are to diff, compared with the factory's, the more events there are. */
double registers_bias_factor(const camera *c) {
    if (!c->options.biases_matter) return 1;
    const struct registers *r = &c->registers;
    const double factor = (distance(r->factory, DIFF_ON) / distance(r->biases, DIFF_ON)
                           + distance(r->factory, DIFF_OFF) / distance(r->biases, DIFF_OFF)) / 2;
    return factor < 0.05 ? 0.05 : factor > 20 ? 20 : factor;
}
