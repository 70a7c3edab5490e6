/* What masks, windows, the trigger mask and the rate limiter take out of a stream. Words are taken away or lose bits and
 * the rest stays as it is; a vector word stays even when it is empty, because the next one counts on from it. (A real
 * sensor wouldn't send it: same events, fewer bytes.) */
#include "evt3.h"
#include "model.h"

#include <string.h>

enum {
    ROI_CTRL = 0x0004, ERC_CTRL = 0x6000, ERC_PERIOD = 0x6008, ERC_TARGET = 0x600C, ERC_ENABLE = 0x6028,
    ERC_T_DROPPING = 0x6050, EVENT_TYPES = 0x7004, READOUT_CTRL = 0x9000, CROP_CTRL = 0x900C, CROP_START = 0x9010,
    CROP_END = 0x9014, PIXEL_MASK = 0x9100, PIXEL_MASKS = 64
};

static uint32_t event_row(const camera *c, uint32_t register_row) {
    return c->options.mirrored_rows ? MAXIMUM_HEIGHT - 1 - register_row : register_row;
}

/* Bit 1 of roi_ctrl: the masks matter. Bit 6: a disabled row or column is enough to switch a pixel off, otherwise it
 * takes both. */
static void apply_lines(camera *c) {
    const uint32_t roi = registers_peek(c, ROI_CTRL);
    for (uint32_t row = 0; row < MAXIMUM_HEIGHT; ++row) {
        const uint32_t row_off = c->registers.rows[row / 32] >> row % 32 & 1 ? UINT32_MAX : 0;
        for (uint32_t i = 0; i < ROW_WORDS; ++i) {
            const uint32_t columns_off = c->registers.columns[i];
            const uint32_t off = roi & 1u << 6 ? columns_off | row_off : columns_off & row_off;
            c->filter.kept[event_row(c, row)][i] = roi & 2 ? ~off : UINT32_MAX;
        }
    }
}

static void apply_pixels(camera *c) {
    for (uint32_t i = 0; i < PIXEL_MASKS; ++i) {
        const uint32_t slot = registers_peek(c, PIXEL_MASK + 4 * i), x = slot & 0x7FF, row = slot >> 16 & 0x7FF;
        if (slot & 1u << 31 && x < MAXIMUM_WIDTH && row < MAXIMUM_HEIGHT) {
            c->filter.kept[event_row(c, row)][x / 32] &= ~(1u << x % 32);
        }
    }
}

/* The crop's end is taken as included, which the sheet thinks probable. Its other origin is not imitated. */
static void apply_crop(camera *c) {
    if ((registers_peek(c, CROP_CTRL) & 7) != 5) return;
    const uint32_t start = registers_peek(c, CROP_START), end = registers_peek(c, CROP_END);
    for (uint32_t y = 0; y < MAXIMUM_HEIGHT; ++y) {
        for (uint32_t x = 0; x < MAXIMUM_WIDTH; ++x) {
            const int inside = x >= (start & 0x7FF) && x <= (end & 0x7FF)
                            && y >= (start >> 16 & 0x3FF) && y <= (end >> 16 & 0x3FF);
            if (!inside) c->filter.kept[y][x / 32] &= ~(1u << x % 32);
        }
    }
}

static int keeps_every_pixel(const struct filter *f) {
    const uint32_t *words = &f->kept[0][0];
    for (size_t i = 0; i < MAXIMUM_HEIGHT * ROW_WORDS; ++i) {
        if (words[i] != UINT32_MAX) return 0;
    }
    return 1;
}

int filter_is_active(camera *c) {
    struct filter *f = &c->filter;
    if (!f->dirty) return f->active;
    f->dirty = 0;
    apply_lines(c);
    apply_pixels(c);
    apply_crop(c);
    f->drop_triggers = !(registers_peek(c, EVENT_TYPES) & 1u << 10);
    f->invert = (registers_peek(c, READOUT_CTRL) & 1u << 5) != 0;
    f->period = registers_peek(c, ERC_PERIOD) & 0x3FF;
    f->target = registers_peek(c, ERC_TARGET) & 0x3FFFFF;
    f->limit = (registers_peek(c, ERC_CTRL) & 3) == 1 && registers_peek(c, ERC_ENABLE) & 1
            && registers_peek(c, ERC_T_DROPPING) & 1 && f->period > 0;
    f->active = f->drop_triggers || f->invert || f->limit || !keeps_every_pixel(f);
    return f->active;
}

/* The kept pixels among 12 from x on. */
static uint32_t kept_from(const struct filter *f, uint32_t x) {
    if (f->row >= MAXIMUM_HEIGHT || x >= MAXIMUM_WIDTH) return 0xFFF;
    const uint32_t *row = f->kept[f->row];
    const uint64_t next = x / 32 + 1 < ROW_WORDS ? row[x / 32 + 1] : UINT32_MAX;
    return (uint32_t)((next << 32 | row[x / 32]) >> x % 32) & 0xFFF;
}

/* The limiter lets the first events of each period through and drops the rest; a real one drops at random times. */
static uint32_t limited(struct filter *f, uint32_t mask) {
    if (!f->limit) return mask;
    const uint32_t period = ((uint32_t)f->high << 12 | f->low) / f->period;
    if (period != f->period_now) {
        f->period_now = period;
        f->period_events = 0;
    }
    uint32_t kept = 0;
    for (; mask != 0 && f->period_events < f->target; ++f->period_events) {
        kept |= mask & -mask;
        mask &= mask - 1;
    }
    return kept;
}

static void follow(struct filter *f, uint16_t word) {
    switch (EVT3_KIND(word)) {
    case ADDR_Y: f->row = EVT3_COORDINATE(word); break;
    case VECT_BASE_X: f->base = EVT3_COORDINATE(word); break;
    case VECT_12: f->base += 12; break;
    case VECT_8: f->base += 8; break;
    case TIME_LOW: f->low = EVT3_DATA(word); break;
    case TIME_HIGH:
        if (f->high != EVT3_DATA(word)) f->low = 0;
        f->high = EVT3_DATA(word);
        break;
    default: break;
    }
}

void filter_follow(struct filter *f, const uint16_t *words, size_t count) {
    size_t from = count;
    while (from > 0 && EVT3_KIND(words[from - 1]) != ADDR_Y) --from;
    for (size_t i = from > 0 ? from - 1 : 0; i < count; ++i) follow(f, words[i]);
}

size_t filter_words(camera *c, uint16_t *words, size_t count, uint64_t *events) {
    struct filter *f = &c->filter;
    size_t left = 0;
    for (size_t i = 0; i < count; ++i) {
        uint16_t word = words[i];
        const unsigned kind = EVT3_KIND(word);
        if (kind == EXT_TRIGGER && f->drop_triggers) continue;
        if (kind == ADDR_X) {
            const uint32_t kept = limited(f, kept_from(f, EVT3_COORDINATE(word)) & 1);
            if (!kept) continue;
            *events += 1;
        } else if (kind == VECT_12 || kind == VECT_8) {
            const uint32_t present = EVT3_DATA(word) & (kind == VECT_12 ? 0xFFF : 0xFF);
            const uint32_t kept = limited(f, present & kept_from(f, f->base));
            *events += (uint64_t)__builtin_popcount(kept);
            follow(f, word);
            word = EVT3_WORD(kind, kept);
            words[left++] = word;
            continue;
        }
        follow(f, word);
        if (f->invert && (kind == ADDR_X || kind == VECT_BASE_X)) word ^= EVT3_ON;
        words[left++] = word;
    }
    return left;
}
