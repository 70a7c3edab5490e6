/*
 * The stand-alone decoder: small streams whose words are written by hand, in every format, whole, cut at every byte and
 * into the smallest arrays; arrays that can't be used; resynchronising; several decoders and threads.
 */
#include "support.h"

#include <pthread.h>

/* ---- Words ---- */

/* EVT3, 16 bits. */
#define Y3(y) (0x0000 | (y))
#define X3(x, on) (0x2000 | (on) << 11 | (x))
#define BASE3(x, on) (0x3000 | (on) << 11 | (x))
#define V12(mask) (0x4000 | (mask))
#define V8(mask) (0x5000 | (mask))
#define LOW3(t) (0x6000 | (t))
#define C4(data) (0x7000 | (data))
#define HIGH3(t) (0x8000 | (t))
#define TRIGGER3(id, rising) (0xA000 | (id) << 8 | (rising))
#define OTHERS3(subtype) (0xE000 | (subtype))
#define C12(data) (0xF000 | (data))

/* EVT2 and EVT4, 32 bits. */
#define WORD32(kind, low, x, y) ((uint64_t)(kind) << 28 | (uint64_t)(low) << 22 | (uint64_t)(x) << 11 | (uint64_t)(y))
#define OFF2(low, x, y) WORD32(0x0, low, x, y)
#define ON2(low, x, y) WORD32(0x1, low, x, y)
#define HIGH2(t) (UINT64_C(0x80000000) | (t))
#define TRIGGER2(low, id, rising) (WORD32(0xA, low, 0, rising) | (id) << 8)
#define OTHER2(low, subtype) (WORD32(0xE, low, 0, 0) | (subtype))
#define C28(data) (UINT64_C(0xF0000000) | (data))

#define OFF4(low, x, y) WORD32(0xA, low, x, y)
#define ON4(low, x, y) WORD32(0xB, low, x, y)
#define VECTOR_OFF4(low, x, y) WORD32(0xC, low, x, y)
#define VECTOR_ON4(low, x, y) WORD32(0xD, low, x, y)
#define HIGH4(t) (UINT64_C(0xE0000000) | (t))
#define TRIGGER4(low, id, rising) (WORD32(0x9, low, 0, rising) | (id) << 8)
#define OTHER4(low, subtype) (WORD32(0x6, low, 0, 0) | (subtype))
#define CONTINUED4(data) (UINT64_C(0x70000000) | (data))
#define PADDING4 UINT64_C(0xFFFFFFFF)

/* EVT2.1, 64 bits. */
#define WORD64(kind, low, x, y, mask)                                                                                   \
    ((uint64_t)(kind) << 60 | (uint64_t)(low) << 54 | (uint64_t)(x) << 43 | (uint64_t)(y) << 32 | (uint64_t)(mask))
#define OFF21(low, x, y, mask) WORD64(0x0, low, x, y, mask)
#define ON21(low, x, y, mask) WORD64(0x1, low, x, y, mask)
#define HIGH21(t) (UINT64_C(0x8) << 60 | (uint64_t)(t) << 32)
#define TRIGGER21(low, id, rising) (WORD64(0xA, low, 0, 0, 0) | (uint64_t)(id) << 40 | (uint64_t)(rising) << 32)
#define OTHERS21(low, subtype, payload) (WORD64(0xE, low, 0, 0, payload) | (uint64_t)(subtype) << 32)
#define CONTINUED21 (UINT64_C(0xF) << 60)

/* ---- Streams and what they decode to ---- */

enum { WORDS = 24, EVENTS = 16, EDGES = 4, COUNTS = 4 };

typedef struct event {
    uint64_t t;
    uint16_t x, y;
    uint8_t on;
} event;

typedef struct edge {
    uint64_t t;
    uint8_t id, rising;
} edge;

typedef struct count {
    uint64_t t;
    uint32_t events;
    uint8_t is_output;
} count;

typedef struct row {
    const char *name, *format;
    size_t word_count;
    uint64_t words[WORDS];
    size_t event_count;
    event events[EVENTS];
    size_t edge_count;
    edge edges[EDGES];
    size_t counter_count;
    count counts[COUNTS];
    neuromorphic_defects defects;
} row;

/* The number of an initialiser's elements, and the elements. */
#define LIST(type, ...) sizeof((type[]){__VA_ARGS__}) / sizeof(type), {__VA_ARGS__}
#define WORDS_OF(...) LIST(uint64_t, __VA_ARGS__)
#define NO_EVENTS 0, {{0, 0, 0, 0}}
#define NO_EDGES 0, {{0, 0, 0}}
#define NO_COUNTS 0, {{0, 0, 0}}
#define CLOCK24 (UINT64_C(1) << 24)
#define CLOCK34 (UINT64_C(1) << 34)

/* The sensor has 1280 x 720 pixels in all of them. */
static const row rows[] = {
    {"EVT3 single events", "EVT3", WORDS_OF(HIGH3(1), LOW3(2), Y3(5), X3(7, 1), X3(8, 0)),
     LIST(event, {4098, 7, 5, 1}, {4098, 8, 5, 0}), NO_EDGES, NO_COUNTS, {0}},
    {"EVT3 the row's origin flag is not a coordinate", "EVT3", WORDS_OF(HIGH3(1), Y3(0x800 | 5), X3(7, 1)),
     LIST(event, {4096, 7, 5, 1}), NO_EDGES, NO_COUNTS, {0}},
    {"EVT3 nothing before the first time", "EVT3",
     WORDS_OF(Y3(5), X3(7, 1), LOW3(9), TRIGGER3(1, 1), BASE3(3, 1), V12(0x005), HIGH3(1), Y3(5), X3(9, 1)),
     LIST(event, {4096, 9, 5, 1}), NO_EDGES, NO_COUNTS, {.events_before_time = {4, 2}}},
    {"EVT3 nothing before the first row", "EVT3", WORDS_OF(HIGH3(1), X3(7, 1), BASE3(1, 1), V8(0x03)), NO_EVENTS, NO_EDGES,
     NO_COUNTS, {.events_before_row = {3, 2}}},
    {"EVT3 no vector before the first base", "EVT3", WORDS_OF(HIGH3(1), Y3(5), V12(0x003), X3(7, 1)),
     LIST(event, {4096, 7, 5, 1}), NO_EDGES, NO_COUNTS, {.events_before_base = {2, 4}}},
    {"EVT3 a group of vectors", "EVT3",
     WORDS_OF(HIGH3(1), LOW3(4095), Y3(3), BASE3(100, 1), V12(0x801), V12(0x001), V8(0x81)),
     LIST(event, {8191, 100, 3, 1}, {8191, 111, 3, 1}, {8191, 112, 3, 1}, {8191, 124, 3, 1}, {8191, 131, 3, 1}), NO_EDGES,
     NO_COUNTS, {0}},
    {"EVT3 vectors of any order, the upper bits of the short one unused", "EVT3",
     WORDS_OF(HIGH3(0), Y3(3), BASE3(10, 0), V8(0xF03), V12(0x000), V12(0x004)),
     LIST(event, {0, 10, 3, 0}, {0, 11, 3, 0}, {0, 32, 3, 0}), NO_EDGES, NO_COUNTS, {0}},
    {"EVT3 a vector across the right edge", "EVT3",
     WORDS_OF(HIGH3(0), Y3(719), BASE3(1272, 1), V12(0xFFF), V8(0x01)),
     LIST(event, {0, 1272, 719, 1}, {0, 1273, 719, 1}, {0, 1274, 719, 1}, {0, 1275, 719, 1}, {0, 1276, 719, 1},
          {0, 1277, 719, 1}, {0, 1278, 719, 1}, {0, 1279, 719, 1}),
     NO_EDGES, NO_COUNTS, {.events_outside_sensor = {5, 6}}},
    {"EVT3 pixels outside the sensor", "EVT3",
     WORDS_OF(HIGH3(0), Y3(719), X3(1279, 1), X3(1280, 1), Y3(720), X3(1, 1), Y3(2047), X3(2047, 0), Y3(0), X3(0, 0)),
     LIST(event, {0, 1279, 719, 1}, {0, 0, 0, 0}), NO_EDGES, NO_COUNTS, {.events_outside_sensor = {3, 6}}},
    {"EVT3 the clock wraps", "EVT3",
     WORDS_OF(HIGH3(4095), LOW3(4095), Y3(1), X3(1, 1), HIGH3(0), X3(2, 1), LOW3(1), X3(3, 1), HIGH3(4095), HIGH3(2),
              X3(4, 1)),
     LIST(event, {CLOCK24 - 1, 1, 1, 1}, {CLOCK24, 2, 1, 1}, {CLOCK24 + 1, 3, 1, 1},
          {2 * CLOCK24 + 8192, 4, 1, 1}),
     NO_EDGES, NO_COUNTS, {0}},
    {"EVT3 a fall by half the clock is a wrap, by less a step back", "EVT3",
     WORDS_OF(HIGH3(2048), HIGH3(0), Y3(0), X3(1, 0), HIGH3(2047), HIGH3(0), X3(2, 0)),
     LIST(event, {CLOCK24, 1, 0, 0}, {CLOCK24, 2, 0, 0}), NO_EDGES, NO_COUNTS, {.time_steps_back = {1, 10}}},
    {"EVT3 a first time in the clock's upper half", "EVT3", WORDS_OF(HIGH3(3000), LOW3(7), Y3(1), X3(1, 1)),
     LIST(event, {3000 * 4096 + 7, 1, 1, 1}), NO_EDGES, NO_COUNTS, {0}},
    {"EVT3 times that go back are taken as they are", "EVT3",
     WORDS_OF(HIGH3(10), LOW3(100), Y3(1), X3(1, 1), LOW3(50), X3(2, 1), HIGH3(10), X3(3, 1), HIGH3(9), X3(4, 1)),
     LIST(event, {41060, 1, 1, 1}, {41010, 2, 1, 1}, {41010, 3, 1, 1}, {36864, 4, 1, 1}), NO_EDGES, NO_COUNTS,
     {.time_steps_back = {1, 16}}},
    {"EVT3 triggers need neither row nor base", "EVT3",
     WORDS_OF(HIGH3(1), LOW3(1), TRIGGER3(3, 1), LOW3(9), TRIGGER3(15, 0)), NO_EVENTS,
     LIST(edge, {4097, 3, 1}, {4105, 15, 0}), NO_COUNTS, {0}},
    {"EVT3 reports of the rate controller", "EVT3",
     WORDS_OF(HIGH3(1), LOW3(1), OTHERS3(0x014), C12(0xABC), C12(0xDEF), C4(0x5), OTHERS3(0x016), C12(1), C12(0), C4(0)),
     NO_EVENTS, NO_EDGES, LIST(count, {4097, 0x5DEFABC, 0}, {4097, 1, 1}), {0}},
    {"EVT3 a report that lacks its continuation", "EVT3",
     WORDS_OF(HIGH3(1), OTHERS3(0x014), C12(0xABC), Y3(4), X3(1, 1), OTHERS3(0x016), OTHERS3(0x014), C12(2), C12(0), C4(0)),
     LIST(event, {4096, 1, 4, 1}), NO_EDGES, LIST(count, {4096, 2, 0}), {.broken_messages = {2, 2}}},
    {"EVT3 continuations of nothing", "EVT3", WORDS_OF(HIGH3(1), C12(3), Y3(1), X3(1, 1), C4(1)),
     LIST(event, {4096, 1, 1, 1}), NO_EDGES, NO_COUNTS, {.stray_continuations = {2, 2}}},
    {"EVT3 other messages are ignored", "EVT3", WORDS_OF(HIGH3(1), OTHERS3(0x123), C12(1), C12(2), C4(3), Y3(1), X3(1, 1)),
     LIST(event, {4096, 1, 1, 1}), NO_EDGES, NO_COUNTS, {.ignored_messages = {1, 2}}},
    {"EVT3 words of no meaning", "EVT3", WORDS_OF(HIGH3(1), 0x9123, 0xB000, 0xCFFF, Y3(1), X3(1, 1)),
     LIST(event, {4096, 1, 1, 1}), NO_EDGES, NO_COUNTS, {.unknown_words = {3, 2}}},

    {"EVT2 events", "EVT2", WORDS_OF(HIGH2(16), ON2(5, 3, 4), OFF2(63, 1279, 719), HIGH2(17), ON2(0, 0, 0)),
     LIST(event, {1029, 3, 4, 1}, {1087, 1279, 719, 0}, {1088, 0, 0, 1}), NO_EDGES, NO_COUNTS, {0}},
    {"EVT2 nothing before the first time", "EVT2",
     WORDS_OF(ON2(5, 3, 4), TRIGGER2(1, 2, 1), HIGH2(0), ON2(1, 1, 1)), LIST(event, {1, 1, 1, 1}), NO_EDGES, NO_COUNTS,
     {.events_before_time = {2, 0}}},
    {"EVT2 pixels outside the sensor", "EVT2",
     WORDS_OF(HIGH2(0), ON2(0, 1280, 0), ON2(0, 0, 720), OFF2(0, 2047, 2047), ON2(1, 1279, 719)),
     LIST(event, {1, 1279, 719, 1}), NO_EDGES, NO_COUNTS, {.events_outside_sensor = {3, 4}}},
    {"EVT2 the clock wraps and steps back", "EVT2",
     WORDS_OF(HIGH2(0x0FFFFFFF), ON2(63, 1, 1), HIGH2(0), ON2(0, 2, 1), HIGH2(100), HIGH2(99), ON2(1, 3, 1)),
     LIST(event, {CLOCK34 - 1, 1, 1, 1}, {CLOCK34, 2, 1, 1}, {CLOCK34 + 99 * 64 + 1, 3, 1, 1}), NO_EDGES, NO_COUNTS,
     {.time_steps_back = {1, 20}}},
    {"EVT2 triggers and reports", "EVT2",
     WORDS_OF(HIGH2(1), TRIGGER2(2, 17, 1), TRIGGER2(3, 0, 0), OTHER2(4, 0x14), C28(0x0FFFFFFF), OTHER2(5, 0x16), C28(7)),
     NO_EVENTS, LIST(edge, {66, 17, 1}, {67, 0, 0}), LIST(count, {68, 0x3FFFFF, 0}, {69, 7, 1}), {0}},
    {"EVT2 damage", "EVT2",
     WORDS_OF(HIGH2(1), UINT64_C(0x20000000), C28(1), OTHER2(0, 0x14), ON2(0, 1, 1), OTHER2(0, 0x99), C28(1),
              UINT64_C(0xC0000000)),
     LIST(event, {64, 1, 1, 1}), NO_EDGES, NO_COUNTS,
     {.unknown_words = {2, 4}, .stray_continuations = {1, 8}, .broken_messages = {1, 12}, .ignored_messages = {1, 20}}},

    {"EVT2.1 vectors", "EVT21",
     WORDS_OF(HIGH21(16), ON21(3, 100, 5, 0x80000001), OFF21(63, 0, 0, 0), OFF21(4, 7, 6, 2)),
     LIST(event, {1027, 100, 5, 1}, {1027, 131, 5, 1}, {1028, 8, 6, 0}), NO_EDGES, NO_COUNTS, {0}},
    {"EVT2.1 upper half first", "EVT21;endianness=legacy",
     WORDS_OF(HIGH21(16), ON21(3, 100, 5, 0x80000001), OFF21(4, 7, 6, 2)),
     LIST(event, {1027, 100, 5, 1}, {1027, 131, 5, 1}, {1028, 8, 6, 0}), NO_EDGES, NO_COUNTS, {0}},
    {"EVT2.1 nothing before the first time", "EVT21",
     WORDS_OF(ON21(3, 100, 5, 0xF), TRIGGER21(0, 0, 0), HIGH21(0), ON21(3, 100, 5, 1)), LIST(event, {3, 100, 5, 1}),
     NO_EDGES, NO_COUNTS, {.events_before_time = {5, 0}}},
    {"EVT2.1 a vector across the right edge, one below the sensor", "EVT21",
     WORDS_OF(HIGH21(0), ON21(0, 1277, 719, 0xFFFFFFFF), ON21(0, 0, 720, 3)),
     LIST(event, {0, 1277, 719, 1}, {0, 1278, 719, 1}, {0, 1279, 719, 1}), NO_EDGES, NO_COUNTS,
     {.events_outside_sensor = {31, 8}}},
    {"EVT2.1 the clock wraps and steps back", "EVT21",
     WORDS_OF(HIGH21(0x0FFFFFFF), ON21(63, 1, 1, 1), HIGH21(0), ON21(0, 2, 1, 1), HIGH21(100), HIGH21(99), ON21(1, 3, 1, 1)),
     LIST(event, {CLOCK34 - 1, 1, 1, 1}, {CLOCK34, 2, 1, 1}, {CLOCK34 + 99 * 64 + 1, 3, 1, 1}), NO_EDGES, NO_COUNTS,
     {.time_steps_back = {1, 40}}},
    {"EVT2.1 triggers and reports", "EVT21;endianness=legacy",
     WORDS_OF(HIGH21(1), TRIGGER21(2, 17, 1), TRIGGER21(3, 0, 0), OTHERS21(4, 0x14, 0xF03FFFFF), CONTINUED21,
              OTHERS21(5, 0x16, 0xF0000007)),
     NO_EVENTS, LIST(edge, {66, 17, 1}, {67, 0, 0}), LIST(count, {68, 0x3FFFFF, 0}, {69, 7, 1}), {0}},
    {"EVT2.1 damage", "EVT21",
     WORDS_OF(HIGH21(1), CONTINUED21, UINT64_C(2) << 60, ON21(0, 1, 1, 1), OTHERS21(0, 0x99, 0), CONTINUED21),
     LIST(event, {64, 1, 1, 1}), NO_EDGES, NO_COUNTS,
     {.unknown_words = {1, 16}, .stray_continuations = {1, 8}, .ignored_messages = {1, 32}}},

    {"EVT4 events and padding", "EVT4",
     WORDS_OF(PADDING4, HIGH4(16), ON4(5, 3, 4), PADDING4, OFF4(63, 1279, 719)),
     LIST(event, {1029, 3, 4, 1}, {1087, 1279, 719, 0}), NO_EDGES, NO_COUNTS, {0}},
    {"EVT4 vectors whose masks look like other words", "EVT4",
     WORDS_OF(HIGH4(16), VECTOR_ON4(1, 100, 5), HIGH4(1), VECTOR_OFF4(2, 0, 0), UINT64_C(0x80000001), VECTOR_ON4(3, 9, 9), 0,
              ON4(4, 1, 1)),
     LIST(event, {1025, 100, 5, 1}, {1025, 129, 5, 1}, {1025, 130, 5, 1}, {1025, 131, 5, 1}, {1026, 0, 0, 0},
          {1026, 31, 0, 0}, {1028, 1, 1, 1}),
     NO_EDGES, NO_COUNTS, {0}},
    {"EVT4 nothing before the first time, and no mask is taken for a time", "EVT4",
     WORDS_OF(ON4(5, 3, 4), VECTOR_ON4(1, 100, 5), HIGH4(1), HIGH4(0), ON4(1, 1, 1)), LIST(event, {1, 1, 1, 1}), NO_EDGES,
     NO_COUNTS, {.events_before_time = {5, 0}}},
    {"EVT4 pixels outside the sensor", "EVT4",
     WORDS_OF(HIGH4(0), ON4(0, 1280, 0), OFF4(0, 0, 720), VECTOR_ON4(0, 1278, 719), UINT64_C(0x7)),
     LIST(event, {0, 1278, 719, 1}, {0, 1279, 719, 1}), NO_EDGES, NO_COUNTS, {.events_outside_sensor = {3, 4}}},
    {"EVT4 the clock wraps and steps back", "EVT4",
     WORDS_OF(HIGH4(0x0FFFFFFE), ON4(63, 1, 1), HIGH4(0), ON4(0, 2, 1), HIGH4(100), HIGH4(99), ON4(1, 3, 1)),
     LIST(event, {CLOCK34 - 65, 1, 1, 1}, {CLOCK34, 2, 1, 1}, {CLOCK34 + 99 * 64 + 1, 3, 1, 1}), NO_EDGES, NO_COUNTS,
     {.time_steps_back = {1, 20}}},
    {"EVT4 triggers and reports", "EVT4",
     WORDS_OF(HIGH4(1), TRIGGER4(2, 17, 1), TRIGGER4(3, 0, 0), OTHER4(4, 0x14), CONTINUED4(0x3FFFFF), OTHER4(5, 0x16),
              CONTINUED4(7)),
     NO_EVENTS, LIST(edge, {66, 17, 1}, {67, 0, 0}), LIST(count, {68, 0x3FFFFF, 0}, {69, 7, 1}), {0}},
    {"EVT4 damage", "EVT4",
     WORDS_OF(HIGH4(1), 0, CONTINUED4(1), OTHER4(0, 0x14), ON4(0, 1, 1), OTHER4(0, 0x99), CONTINUED4(1),
              UINT64_C(0x80000000)),
     LIST(event, {64, 1, 1, 1}), NO_EDGES, NO_COUNTS,
     {.unknown_words = {2, 4}, .stray_continuations = {1, 8}, .broken_messages = {1, 12}, .ignored_messages = {1, 20}}},
};

/* Writes words as a format's bytes, and returns their length. */
static size_t write_words(const char *format, const uint64_t *words, size_t count, uint8_t *bytes) {
    size_t width = strcmp(format, "EVT3") == 0 ? 2 : strncmp(format, "EVT21", 5) == 0 ? 8 : 4;
    for (size_t i = 0; i < count; ++i) {
        uint64_t word = words[i];
        if (strstr(format, "legacy") != NULL) {
            word = word >> 32 | word << 32;
        }
        for (size_t k = 0; k < width; ++k) {
            bytes[i * width + k] = (uint8_t)(word >> 8 * k);
        }
    }
    return count * width;
}

static neuromorphic_decoder *create_decoder(const char *format) {
    neuromorphic_decoder *decoder = NULL;
    REQUIRE_OK(neuromorphic_decoder_create(format, 1280, 720, &decoder));
    return decoder;
}

/* Decodes a piece, as often as it takes when the arrays are small. */
static void decode_piece(neuromorphic_decoder *decoder, const uint8_t *piece, size_t length, neuromorphic_columns *columns,
                         stream *all) {
    uint8_t *copy = allocate(length);
    memcpy(copy, piece, length);
    for (size_t at = 0, consumed; at < length; at += consumed) {
        consumed = SIZE_MAX;
        REQUIRE_OK(neuromorphic_decoder_decode(decoder, copy + at, length - at, columns, &consumed));
        REQUIRE(consumed <= length - at);
        REQUIRE(consumed > 0 || columns->count + columns->trigger_count + columns->counter_count > 0);
        columns_move(columns, all);
    }
    free(copy);
}

/* Decodes a stream in two pieces, the second one in steps of so many bytes. */
static stream decode(const char *format, const uint8_t *bytes, size_t length, size_t cut, size_t step,
                     neuromorphic_columns *columns, neuromorphic_defects *defects, uint64_t *current_t) {
    stream all;
    memset(&all, 0, sizeof all);
    neuromorphic_decoder *decoder = create_decoder(format);
    decode_piece(decoder, bytes, cut, columns, &all);
    for (size_t at = cut; at < length; at += step) {
        decode_piece(decoder, bytes + at, step < length - at ? step : length - at, columns, &all);
    }
    *defects = (neuromorphic_defects)NEUROMORPHIC_DEFECTS_INIT;
    CHECK_OK(neuromorphic_decoder_defects(decoder, defects));
    CHECK_OK(neuromorphic_decoder_current_t(decoder, current_t));
    neuromorphic_decoder_free(decoder);
    return all;
}

static int defects_equal(const neuromorphic_defects *left, const neuromorphic_defects *right) {
    const neuromorphic_defect *a = &left->events_before_time, *b = &right->events_before_time;
    for (size_t i = 0; i < (sizeof *left - offsetof(neuromorphic_defects, events_before_time)) / sizeof *a; ++i) {
        if (a[i].count != b[i].count || (a[i].count > 0 && a[i].first_offset != b[i].first_offset)) {
            fprintf(check_output(), "    defect %zu: %" PRIu64 " at %" PRIu64 ", not %" PRIu64 " at %" PRIu64 "\n", i,
                    a[i].count, a[i].first_offset, b[i].count, b[i].first_offset);
            return 0;
        }
    }
    return 1;
}

static int row_equal(const row *row, const stream *all) {
    int equal = stream_count(all) == row->event_count && all->trigger_id.length == row->edge_count &&
                all->counter_is_output.length == row->counter_count;
    for (size_t i = 0; equal && i < row->event_count; ++i) {
        equal = stream_t(all, i) == row->events[i].t && stream_x(all, i) == row->events[i].x &&
                stream_y(all, i) == row->events[i].y && all->on.at[i] == row->events[i].on;
    }
    for (size_t i = 0; equal && i < row->edge_count; ++i) {
        uint64_t t;
        memcpy(&t, all->trigger_t.at + i * sizeof t, sizeof t);
        equal = t == row->edges[i].t && all->trigger_id.at[i] == row->edges[i].id &&
                all->trigger_rising.at[i] == row->edges[i].rising;
    }
    for (size_t i = 0; equal && i < row->counter_count; ++i) {
        uint64_t t;
        uint32_t events;
        memcpy(&t, all->counter_t.at + i * sizeof t, sizeof t);
        memcpy(&events, all->counter_events.at + i * sizeof events, sizeof events);
        equal = t == row->counts[i].t && events == row->counts[i].events &&
                all->counter_is_output.at[i] == row->counts[i].is_output;
    }
    return equal;
}

static void print_stream(const stream *all) {
    for (size_t i = 0; i < stream_count(all); ++i) {
        fprintf(check_output(), "    decoded t %" PRIu64 " x %u y %u on %u\n", stream_t(all, i), stream_x(all, i),
                stream_y(all, i), all->on.at[i]);
    }
    fprintf(check_output(), "    decoded %zu triggers, %zu counters\n", all->trigger_id.length,
            all->counter_is_output.length);
}

static void check_rows(void) {
    neuromorphic_columns large = columns_create(1024, 64, 64), small = columns_create(64, 1, 1);
    uint8_t bytes[WORDS * 8];
    for (size_t i = 0; i < COUNT_OF(rows); ++i) {
        const row *row = &rows[i];
        size_t length = write_words(row->format, row->words, row->word_count, bytes);
        neuromorphic_defects defects, others;
        uint64_t current_t, other_t;
        stream whole = decode(row->format, bytes, length, length, 1, &large, &defects, &current_t);
        int good = CHECK(row_equal(row, &whole));
        good = CHECK(defects_equal(&defects, &row->defects)) && good;
        if (!good) {
            printf("    the stream was: %s\n", row->name);
            print_stream(&whole);
        }
        /* In two pieces; then the second piece byte by byte; each into arrays of plenty and of little room. */
        for (size_t cut = 0; cut <= length; ++cut) {
            for (int way = 0; way < 4; ++way) {
                stream other = decode(row->format, bytes, length, cut, way & 1 ? 1 : length, way & 2 ? &small : &large,
                                      &others, &other_t);
                good = CHECK(stream_equal(&whole, &other));
                good = CHECK(defects_equal(&others, &defects)) && good;
                good = CHECK_EQUAL(other_t, current_t) && good;
                if (!good) {
                    printf("    the stream was: %s, cut at byte %zu, way %d\n", row->name, cut, way);
                }
                stream_free(&other);
            }
        }
        stream_free(&whole);
    }
    columns_free(&large);
    columns_free(&small);
}

/* Any bytes decode, to pixels on the sensor, and the result does not depend on the cuts. */
static void check_random_bytes(void) {
    static const char *const formats[] = {"EVT2", "EVT21", "EVT21;endianness=legacy", "EVT3", "EVT4"};
    enum { LENGTH = 16384 };
    uint8_t *bytes = allocate(LENGTH);
    neuromorphic_columns large = columns_create(65536 * 16, 65536, 65536), small = columns_create(64, 1, 1);
    for (size_t i = 0; i < COUNT_OF(formats); ++i) {
        uint64_t state = 77 + i;
        for (size_t k = 0; k < LENGTH; ++k) {
            bytes[k] = (uint8_t)random_below(&state, 256);
        }
        neuromorphic_defects defects, others;
        uint64_t current_t, other_t;
        stream whole = decode(formats[i], bytes, LENGTH, LENGTH, 1, &large, &defects, &current_t);
        stream other = decode(formats[i], bytes, LENGTH, 1 + random_below(&state, 1000), 13, &small, &others, &other_t);
        CHECK(stream_equal(&whole, &other));
        CHECK(defects_equal(&others, &defects));
        CHECK_EQUAL(other_t, current_t);
        CHECK(stream_count(&whole) > 0);
        int on_sensor = 1;
        for (size_t k = 0; k < stream_count(&whole); ++k) {
            on_sensor &= stream_x(&whole, k) < 1280 && stream_y(&whole, k) < 720 && whole.on.at[k] < 2;
        }
        CHECK(on_sensor);
        stream_free(&whole);
        stream_free(&other);
    }
    columns_free(&large);
    columns_free(&small);
    free(bytes);
}

/* ---- Arrays that can't be used ---- */

static void check_columns(void) {
    static const uint64_t words[] = {HIGH3(1), Y3(1), X3(1, 1), X3(2, 0), TRIGGER3(1, 1), X3(3, 1)};
    uint8_t bytes[16];
    size_t length = write_words("EVT3", words, COUNT_OF(words), bytes);
    neuromorphic_decoder *decoder = create_decoder("EVT3");
    neuromorphic_columns good = columns_create(64, 1, 1);
    size_t consumed = 12345;

    const size_t pointers[] = {
        offsetof(neuromorphic_columns, t),          offsetof(neuromorphic_columns, x),
        offsetof(neuromorphic_columns, y),          offsetof(neuromorphic_columns, on),
        offsetof(neuromorphic_columns, trigger_t),  offsetof(neuromorphic_columns, trigger_id),
        offsetof(neuromorphic_columns, trigger_rising), offsetof(neuromorphic_columns, counter_t),
        offsetof(neuromorphic_columns, counter_events), offsetof(neuromorphic_columns, counter_is_output)};
    for (size_t i = 0; i < COUNT_OF(pointers); ++i) {
        neuromorphic_columns bad = good;
        memset((char *)&bad + pointers[i], 0, sizeof(void *));
        neuromorphic_columns before = bad;
        neuromorphic_status status = neuromorphic_decoder_decode(decoder, bytes, length, &bad, &consumed);
        CHECK_STATUS(status, NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
        CHECK(memcmp(&bad, &before, sizeof bad) == 0);
    }
    const struct {
        size_t offset, value;
    } sizes[] = {
        {offsetof(neuromorphic_columns, capacity), 0},         {offsetof(neuromorphic_columns, capacity), 63},
        {offsetof(neuromorphic_columns, count), 65},           {offsetof(neuromorphic_columns, count), SIZE_MAX},
        {offsetof(neuromorphic_columns, trigger_capacity), 0}, {offsetof(neuromorphic_columns, trigger_count), 2},
        {offsetof(neuromorphic_columns, trigger_count), SIZE_MAX}, {offsetof(neuromorphic_columns, counter_capacity), 0},
        {offsetof(neuromorphic_columns, counter_count), 2},    {offsetof(neuromorphic_columns, counter_count), SIZE_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(sizes); ++i) {
        neuromorphic_columns bad = good;
        memcpy((char *)&bad + sizes[i].offset, &sizes[i].value, sizeof(size_t));
        neuromorphic_status status = neuromorphic_decoder_decode(decoder, bytes, length, &bad, &consumed);
        CHECK_STATUS(status, NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    }
    CHECK_EQUAL(consumed, 12345);

    /* Too little room left is not an error: nothing more is used, and what the arrays hold stays. */
    for (size_t i = 0; i < 3; ++i) {
        neuromorphic_columns full = good;
        full.count = i == 0 ? 64 : 0, full.trigger_count = i == 1 ? 1 : 0, full.counter_count = i == 2 ? 1 : 0;
        full.t[0] = 42, full.trigger_t[0] = 43, full.counter_t[0] = 44;
        CHECK_OK(neuromorphic_decoder_decode(decoder, bytes, length, &full, &consumed));
        CHECK(consumed < length);
        CHECK(full.t[0] == 42 && full.trigger_t[0] == 43 && full.counter_t[0] == 44);
        CHECK_EQUAL(full.count, (i == 0 ? 64 : 0));
        neuromorphic_decoder_free(decoder);
        decoder = create_decoder("EVT3");
    }
    /* The trigger fills its array of one; the event behind it waits for the next call. */
    CHECK_OK(neuromorphic_decoder_decode(decoder, bytes, length, &good, &consumed));
    CHECK_EQUAL(good.trigger_count, 1);
    CHECK_EQUAL(good.count, 2);
    CHECK(consumed == length - 2);
    good.count = good.trigger_count = 0;
    size_t rest = 12345;
    CHECK_OK(neuromorphic_decoder_decode(decoder, bytes + consumed, length - consumed, &good, &rest));
    CHECK_EQUAL(rest, length - consumed);
    CHECK(good.count == 1 && good.x[0] == 3);
    columns_free(&good);

    /* Appends behind what is there. */
    neuromorphic_columns more = columns_create(100, 2, 2);
    more.count = 30, more.trigger_count = 1;
    for (size_t i = 0; i < 30; ++i) {
        more.t[i] = 1000 + i, more.x[i] = (uint16_t)i, more.y[i] = 7, more.on[i] = 1;
    }
    more.trigger_t[0] = 99;
    neuromorphic_decoder *second = create_decoder("EVT3");
    CHECK_OK(neuromorphic_decoder_decode(second, bytes, length - 2, &more, &rest));
    CHECK_EQUAL(rest, length - 2);
    CHECK_EQUAL(more.count, 32);
    CHECK_EQUAL(more.trigger_count, 2);
    CHECK(more.t[0] == 1000 && more.t[29] == 1029 && more.x[29] == 29 && more.trigger_t[0] == 99);
    CHECK(more.t[30] == 4096 && more.x[30] == 1 && more.on[30] == 1 && more.x[31] == 2 && more.on[31] == 0);

    /* Nothing to decode. */
    rest = 12345;
    CHECK_OK(neuromorphic_decoder_decode(second, NULL, 0, &more, &rest));
    CHECK_EQUAL(rest, 0);
    CHECK_EQUAL(more.count, 32);
    columns_free(&more);
    neuromorphic_decoder_free(second);
    neuromorphic_decoder_free(decoder);
}

/* ---- Losses ---- */

/* Decodes words with a decoder that goes on. */
static void go_on(neuromorphic_decoder *decoder, const char *format, const uint64_t *words, size_t count,
                  neuromorphic_columns *columns) {
    uint8_t bytes[WORDS * 8];
    size_t consumed = 0, length = write_words(format, words, count, bytes);
    REQUIRE(count <= WORDS);
    CHECK_OK(neuromorphic_decoder_decode(decoder, bytes, length, columns, &consumed));
    CHECK_EQUAL(consumed, length);
}

#define GO_ON(format, ...)                                                                                              \
    go_on(decoder, format, (const uint64_t[]){__VA_ARGS__}, COUNT_OF(((const uint64_t[]){__VA_ARGS__})), &columns)

static void check_resynchronise(void) {
    neuromorphic_columns columns = columns_create(1024, 16, 16);
    neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
    neuromorphic_decoder *decoder = create_decoder("EVT3");
    uint64_t current_t = 12345;
    size_t consumed = 0;
    CHECK_OK(neuromorphic_decoder_current_t(decoder, &current_t));
    CHECK_EQUAL(current_t, 0);
    GO_ON("EVT3", HIGH3(4095), LOW3(5), Y3(3), BASE3(100, 1), V12(1), HIGH3(0), LOW3(6), X3(4, 1));
    CHECK_EQUAL(columns.count, 2);
    CHECK_OK(neuromorphic_decoder_current_t(decoder, &current_t));
    CHECK_EQUAL(current_t, CLOCK24 + 6);
    /* Half a word, half a report, then a loss. */
    GO_ON("EVT3", OTHERS3(0x014), C12(1));
    CHECK_OK(neuromorphic_decoder_decode(decoder, "\x01", 1, &columns, &consumed));
    CHECK_EQUAL(consumed, 1);
    CHECK_OK(neuromorphic_decoder_resynchronise(decoder));
    /* Neither time nor row is known, then only the row, then only the time, then both but no vector base. */
    GO_ON("EVT3", X3(9, 1), TRIGGER3(1, 1), Y3(8), X3(9, 1));
    CHECK_OK(neuromorphic_decoder_resynchronise(decoder));
    GO_ON("EVT3", HIGH3(2), LOW3(1), X3(9, 1), Y3(8), V12(1));
    CHECK_EQUAL(columns.count, 2);
    CHECK_EQUAL(columns.trigger_count, 0);
    /* Wraps so far are kept, and one that happened while bytes were lost is seen. */
    GO_ON("EVT3", X3(9, 1));
    CHECK(columns.count == 3 && columns.t[2] == CLOCK24 + 8193 && columns.x[2] == 9 && columns.y[2] == 8);
    GO_ON("EVT3", HIGH3(4000));
    CHECK_OK(neuromorphic_decoder_resynchronise(decoder));
    GO_ON("EVT3", HIGH3(3), LOW3(1), Y3(8), X3(9, 1));
    CHECK(columns.count == 4 && columns.t[3] == 2 * CLOCK24 + 3 * 4096 + 1);
    CHECK_EQUAL(columns.counter_count, 0);
    CHECK_OK(neuromorphic_decoder_defects(decoder, &defects));
    CHECK_EQUAL(defects.truncated_bytes.count, 1);
    CHECK_EQUAL(defects.truncated_bytes.first_offset, 20);
    CHECK_EQUAL(defects.unknown_words.count, 0);
    neuromorphic_decoder_free(decoder);
    columns.count = columns.trigger_count = 0;

    static const struct {
        const char *format;
        uint64_t high, half, event; /* a time word of 64 us, the first half of something, an event at low 1 */
    } others[] = {
        {"EVT2", HIGH2(1), OTHER2(0, 0x14), ON2(1, 2, 3)},
        {"EVT21", HIGH21(1), HIGH21(1), ON21(1, 2, 3, 1)},
        {"EVT21;endianness=legacy", HIGH21(1), HIGH21(1), ON21(1, 2, 3, 1)},
        {"EVT4", HIGH4(1), VECTOR_ON4(0, 5, 5), ON4(1, 2, 3)},
    };
    for (size_t i = 0; i < COUNT_OF(others); ++i) {
        decoder = create_decoder(others[i].format);
        GO_ON(others[i].format, others[i].high, others[i].event, others[i].half);
        CHECK_EQUAL(columns.count, 1);
        CHECK_OK(neuromorphic_decoder_decode(decoder, "\x01\x02\x03", 3, &columns, &consumed));
        CHECK_OK(neuromorphic_decoder_resynchronise(decoder));
        GO_ON(others[i].format, others[i].event);
        CHECK_EQUAL(columns.count, 1);
        GO_ON(others[i].format, others[i].high, others[i].event);
        CHECK(columns.count == 2 && columns.t[1] == 65 && columns.x[1] == 2 && columns.y[1] == 3);
        CHECK_EQUAL(columns.counter_count, 0);
        CHECK_OK(neuromorphic_decoder_defects(decoder, &defects));
        CHECK(defects.truncated_bytes.count >= 3);
        neuromorphic_decoder_free(decoder);
        columns.count = 0;
    }
    columns_free(&columns);
}

/* ---- Several at a time ---- */

typedef struct user {
    neuromorphic_decoder *decoder;
    uint64_t events, calls, busy;
} user;

/* Decodes the same four words many times with a decoder that another thread uses, too. */
static void *use_decoder(void *context) {
    static const uint64_t words[] = {HIGH3(1), Y3(1), X3(1, 1), X3(2, 0)};
    user *user = context;
    uint8_t bytes[8];
    size_t length = write_words("EVT3", words, COUNT_OF(words), bytes);
    neuromorphic_columns columns = columns_create(64, 1, 1);
    while (user->calls < 20000) {
        size_t consumed = 0;
        columns.count = 0;
        neuromorphic_status status = neuromorphic_decoder_decode(user->decoder, bytes, length, &columns, &consumed);
        if (status == NEUROMORPHIC_OK) {
            user->calls += 1;
            user->events += columns.count;
            REQUIRE(consumed == length);
        } else {
            user->busy += 1;
            REQUIRE(CHECK_STATUS(status, NEUROMORPHIC_ERROR_BUSY) && columns.count == 0);
        }
    }
    columns_free(&columns);
    return NULL;
}

static void check_threads(void) {
    user users[2] = {{create_decoder("EVT3"), 0, 0, 0}, {NULL, 0, 0, 0}};
    users[1].decoder = users[0].decoder;
    pthread_t threads[2];
    for (size_t i = 0; i < 2; ++i) {
        REQUIRE(pthread_create(&threads[i], NULL, use_decoder, &users[i]) == 0);
    }
    for (size_t i = 0; i < 2; ++i) {
        REQUIRE(pthread_join(threads[i], NULL) == 0);
        CHECK_EQUAL(users[i].events, 2 * users[i].calls);
    }
    neuromorphic_decoder_free(users[0].decoder);
}

int main(void) {
    check_rows();
    check_random_bytes();
    check_columns();
    check_resynchronise();
    check_threads();
    return check_report("decoder_object");
}
