/* Where events come from: a recording, or a generator that draws a raster so that a test can see every gap. */
#include "evt3.h"
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024, ROOM = 16 };
#define PS_PER_US 1000000u

uint64_t count_events(const uint16_t *words, size_t count) {
    uint64_t events = 0;
    for (size_t i = 0; i < count; ++i) {
        const unsigned kind = EVT3_KIND(words[i]);
        if (kind == ADDR_X) events += 1;
        else if (kind == VECT_12) events += (uint64_t)__builtin_popcount(EVT3_DATA(words[i]));
        else if (kind == VECT_8) events += (uint64_t)__builtin_popcount(words[i] & 0xFFu);
    }
    return events;
}

/* --- a recording */

/* The header is lines that begin with "% "; the line "% end" is its last. */
static size_t header_length(const char *text, size_t size) {
    size_t at = 0;
    while (at + 1 < size && text[at] == '%' && text[at + 1] == ' ') {
        const char *end = memchr(text + at, '\n', size - at);
        if (end == NULL) return size;
        const size_t next = (size_t)(end - text) + 1;
        const int is_last = next - at >= 6 && memcmp(text + at, "% end", 5) == 0 && strchr("\r\n", text[at + 5]) != NULL;
        at = next;
        if (is_last) break;
    }
    return at;
}

static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    char *text = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        *size = (size_t)ftell(file);
        rewind(file);
        text = malloc(*size + 1);
        if (text != NULL && fread(text, 1, *size, file) != *size) {
            free(text);
            text = NULL;
        }
    }
    fclose(file);
    return text;
}

int source_open(camera *c, char *why, size_t why_size) {
    struct source *s = &c->source;
    if (c->options.file[0] == '\0') return 0;
    size_t size = 0;
    char *text = read_file(c->options.file, &size);
    if (text == NULL) {
        snprintf(why, why_size, "the stream's file %s can't be read", c->options.file);
        return -1;
    }
    const size_t header = header_length(text, size);
    s->count = (size - header) / 2;
    memmove(text, text + header, 2 * s->count);
    s->words = (uint16_t *)text;
    s->events_before = malloc((s->count / BLOCK + 1) * sizeof *s->events_before);
    if (s->events_before == NULL) return -1;
    for (size_t block = 0; block <= s->count / BLOCK; ++block) {
        const size_t first = block * BLOCK, count = s->count - first < BLOCK ? s->count - first : BLOCK;
        s->events_before[block] = s->total_events;
        s->total_events += count_events(s->words + first, count);
    }
    return 0;
}

void source_close(struct source *s) {
    free(s->words);
    free(s->events_before);
}

static uint64_t events_before(const struct source *s, size_t position) {
    const size_t block = position / BLOCK;
    return s->events_before[block] + count_events(s->words + block * BLOCK, position - block * BLOCK);
}

static uint16_t first_high(const struct source *s) {
    for (size_t i = 0; i < s->count; ++i) {
        if (EVT3_KIND(s->words[i]) == TIME_HIGH) return EVT3_DATA(s->words[i]);
    }
    return 0;
}

static void shift_time(struct source *s, uint16_t *words, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        if (EVT3_KIND(words[i]) != TIME_HIGH) continue;
        s->last_high = (uint16_t)EVT3_DATA(words[i] + s->shift);
        words[i] = EVT3_WORD(TIME_HIGH, s->last_high);
    }
}

/* Another round of a looped file. Where time restarts, it goes on rising from round to round. */
static int next_round(camera *c) {
    struct source *s = &c->source;
    if (!c->options.loop || s->count == 0) return 0;
    s->position = 0;
    s->shift = (uint16_t)EVT3_DATA(s->last_high + 1 - first_high(s));
    return 1;
}

/* How many words from `position` on hold at most `budget` events; a vector that goes beyond is left for later. */
static size_t within_budget(const struct source *s, size_t count, uint64_t budget, uint64_t *events) {
    if (budget == UINT64_MAX) {
        *events = events_before(s, s->position + count) - events_before(s, s->position);
        return count;
    }
    *events = 0;
    for (size_t i = 0; i < count; ++i) {
        const uint64_t more = count_events(s->words + s->position + i, 1);
        if (*events + more > budget) return i;
        *events += more;
    }
    return count;
}

static size_t file_take(camera *c, uint16_t *words, size_t capacity, uint64_t budget, uint64_t *events) {
    struct source *s = &c->source;
    if (s->position == s->count && !next_round(c)) return 0;
    const size_t there = s->count - s->position;
    const size_t count = within_budget(s, there < capacity ? there : capacity, budget, events);
    if (words != NULL) {
        memcpy(words, s->words + s->position, 2 * count);
        if (c->options.restart_time) shift_time(s, words, count);
    }
    s->position += count;
    return count;
}

/* --- the generator: event i is at x = i mod width, y = i / width mod height; a line is of one polarity, which changes
 * from line to line and from picture to picture. */

static uint64_t step_ps(const camera *c) {
    const struct rate *rate = &c->stream.rate;
    const double density = rate->unit == RATE_EVENTS ? rate->per_second : c->options.density;
    const double step = density > 0 ? 1e12 / (density * registers_bias_factor(c)) : 1e18;
    return step < 1 ? 1 : step > 1e18 ? (uint64_t)1e18 : (uint64_t)step;
}

static int generator_is_done(const camera *c) {
    return c->options.event_limit != 0 && c->source.index >= c->options.event_limit;
}

/* Every TIME_HIGH on the way is said, so that slow streams can be unwrapped. Returns 0 when there is no room. */
static int say_high(struct source *s, uint64_t high, uint16_t *words, size_t *used, size_t capacity) {
    if (s->high == UINT64_MAX) {
        s->high = high;
        s->low = UINT32_MAX;
        words[(*used)++] = EVT3_WORD(TIME_HIGH, high & 0xFFF);
    }
    while (s->high < high) {
        if (*used + ROOM > capacity) return 0;
        s->high += 1;
        s->low = UINT32_MAX;
        words[(*used)++] = EVT3_WORD(TIME_HIGH, s->high & 0xFFF);
    }
    return 1;
}

static int say_time(struct source *s, uint64_t us, uint16_t *words, size_t *used, size_t capacity) {
    if (!say_high(s, us >> 12, words, used, capacity)) return 0;
    if (s->low != (us & 0xFFF)) {
        s->low = us & 0xFFF;
        words[(*used)++] = EVT3_WORD(TIME_LOW, s->low);
    }
    return 1;
}

/* Up to `count` events of one line and one microsecond. Returns how many were said. */
static uint64_t say_events(camera *c, uint64_t count, uint16_t *words, size_t *used) {
    struct source *s = &c->source;
    const uint64_t width = c->options.model->sensor->width, height = c->options.model->sensor->height;
    const uint32_t x = (uint32_t)(s->index % width), y = (uint32_t)(s->index / width % height);
    const uint32_t on = (s->index / width + s->index / (width * height)) & 1 ? EVT3_ON : 0;
    if (s->row != y) {
        s->row = y;
        words[(*used)++] = EVT3_WORD(ADDR_Y, y);
    }
    if (count > width - x) count = width - x;
    if (count > 32) count = 32;
    if (c->options.vectors && count >= 4 && x + 32 <= width) {
        const uint32_t mask = count == 32 ? UINT32_MAX : (1u << count) - 1;
        if (s->base != (x | on)) words[(*used)++] = EVT3_WORD(VECT_BASE_X, x | on);
        words[(*used)++] = EVT3_WORD(VECT_12, mask & 0xFFF);
        words[(*used)++] = EVT3_WORD(VECT_12, mask >> 12 & 0xFFF);
        words[(*used)++] = EVT3_WORD(VECT_8, mask >> 24);
        s->base = (x + 32) | on;
    } else {
        if (count > 4) count = 4;
        for (uint64_t i = 0; i < count; ++i) words[(*used)++] = EVT3_WORD(ADDR_X, (x + i) | on);
    }
    s->index += count;
    return count;
}

static void say_trigger(camera *c, uint16_t *words, size_t *used) {
    struct source *s = &c->source;
    s->trigger_edge ^= 1;
    words[(*used)++] = EVT3_WORD(EXT_TRIGGER, s->trigger_edge);
    s->trigger_ps += (uint64_t)(1e12 / c->options.triggers);
}

static size_t generator_take(camera *c, uint16_t *words, size_t capacity, uint64_t budget, uint64_t until, uint64_t *events) {
    struct source *s = &c->source;
    const uint64_t step = step_ps(c);
    size_t used = 0;
    while (used + ROOM <= capacity && *events < budget) {
        const int ends = generator_is_done(c);
        if (c->options.triggers > 0 && s->trigger_ps < until && (ends ? until != UINT64_MAX : s->trigger_ps <= s->clock_ps)) {
            if (!say_time(s, s->trigger_ps / PS_PER_US, words, &used, capacity)) break;
            say_trigger(c, words, &used);
            continue;
        }
        if (ends || s->clock_ps >= until) break;
        const uint64_t us = s->clock_ps / PS_PER_US;
        if (!say_time(s, us, words, &used, capacity)) break;
        uint64_t count = ((us + 1) * PS_PER_US - s->clock_ps + step - 1) / step;
        if (count > budget - *events) count = budget - *events;
        if (c->options.event_limit != 0 && count > c->options.event_limit - s->index) count = c->options.event_limit - s->index;
        count = say_events(c, count, words, &used);
        s->clock_ps += count * step;
        *events += count;
    }
    /* A sensor that sees nothing still tells the time. */
    if (until != UINT64_MAX && until > 0 && (generator_is_done(c) || s->clock_ps >= until) && used + ROOM <= capacity) {
        say_high(s, (until - 1) / PS_PER_US >> 12, words, &used, capacity);
    }
    return used;
}

/* After a gap everything has to be said again. */
static void forget_what_was_said(struct source *s) {
    s->high = UINT64_MAX;
    s->low = s->row = s->base = UINT32_MAX;
}

/* Where the pace is in bytes, only encoding tells how many events these are. */
static uint64_t generator_skip_bytes(camera *c, uint64_t bytes, uint64_t *events) {
    uint16_t words[BLOCK];
    uint64_t skipped = 0;
    while (bytes - skipped >= 2 * ROOM) {
        const uint64_t room = (bytes - skipped) / 2;
        uint64_t some = 0;
        const size_t made = generator_take(c, words, room < BLOCK ? room : BLOCK, UINT64_MAX, UINT64_MAX, &some);
        if (made == 0) break;
        skipped += 2 * made;
        *events += some;
    }
    forget_what_was_said(&c->source);
    return skipped;
}

static void generator_skip(camera *c, uint64_t budget, uint64_t until, uint64_t *events) {
    struct source *s = &c->source;
    const uint64_t step = step_ps(c);
    uint64_t count = s->clock_ps < until ? (until - s->clock_ps + step - 1) / step : 0;
    if (count > budget) count = budget;
    if (c->options.event_limit != 0 && count > c->options.event_limit - s->index) count = c->options.event_limit - s->index;
    s->index += count;
    s->clock_ps += count * step;
    if (c->options.triggers > 0 && s->trigger_ps < s->clock_ps) s->trigger_ps = s->clock_ps;
    forget_what_was_said(s);
    *events = count;
}

/* --- either */

void source_rewind(camera *c) {
    struct source *s = &c->source;
    s->position = 0;
    s->shift = (uint16_t)EVT3_DATA(0u - first_high(s));
    s->last_high = 0;
    s->index = s->clock_ps = s->trigger_ps = 0;
    s->trigger_edge = 0;
    forget_what_was_said(s);
}

int source_is_at_end(const camera *c) {
    const struct source *s = &c->source;
    if (s->words == NULL) return generator_is_done(c);
    return s->count == 0 || (s->position == s->count && !c->options.loop);
}

size_t source_take(camera *c, uint16_t *words, size_t capacity, uint64_t budget, uint64_t until_ps, uint64_t *events) {
    *events = 0;
    return c->source.words != NULL ? file_take(c, words, capacity, budget, events)
                                   : generator_take(c, words, capacity, budget, until_ps, events);
}

uint64_t source_skip(camera *c, uint64_t bytes, uint64_t budget, uint64_t until_ps, uint64_t *events) {
    *events = 0;
    if (c->source.words == NULL && until_ps == UINT64_MAX) return generator_skip_bytes(c, bytes, events);
    if (c->source.words == NULL) {
        generator_skip(c, budget, until_ps, events);
        return 0;
    }
    uint64_t words = 0, some = 0, left = budget;
    for (;;) {
        const uint64_t room = bytes / 2 - words < (1u << 20) ? bytes / 2 - words : 1u << 20;
        const size_t taken = room > 0 ? file_take(c, NULL, room, left, &some) : 0;
        if (taken == 0) return 2 * words;
        words += taken;
        *events += some;
        if (left != UINT64_MAX) left -= some;
    }
}
