/*
 * Every setting of a camera, changed while it streams: what its registers hold then, by Prophesee's register maps, and
 * what its stream shows. The generator draws every pixel, line by line, so what is silent was silenced.
 *
 *     settings      with a camera of 20e6 events and 1000 triggers a second
 */
#include "usb.h"

#include <math.h>

enum { WIDTH = 1280, HEIGHT = 720 };

static neuromorphic_model model;
static neuromorphic_device *device;

/* ---- One field, whichever model ---- */

/* The fields that both models have, in the same form. */
#define FIELD(configuration, name)                                                                                              \
    (*(model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4 ? &(configuration)->settings.prophesee_evk4.name                              \
                                                  : &(configuration)->settings.prophesee_evk3_hd.name))

static neuromorphic_configuration defaults(void) { return default_configuration(model); }

static int apply(const neuromorphic_configuration *configuration) {
    neuromorphic_configuration now = NEUROMORPHIC_CONFIGURATION_INIT;
    int is_applied = CHECK_OK(neuromorphic_configure(device, configuration));
    CHECK_OK(neuromorphic_configuration_of(device, &now));
    return CHECK(memcmp(&now, configuration, sizeof now) == 0) && is_applied;
}

static int register_holds(uint32_t address, uint32_t mask, uint32_t wanted, const char *what) {
    uint32_t found = register_at(address);
    if (!CHECK((found & mask) == wanted)) {
        printf("    %s: 0x%04X holds 0x%08X, of which 0x%08X should be 0x%08X\n", what, address, found, mask, wanted);
        return 0;
    }
    return 1;
}

/* ---- Ranges ---- */

static uint64_t get_element(const neuromorphic_configuration *c, const neuromorphic_setting *s, size_t index) {
    uint64_t value = 0;
    memcpy(&value, (const uint8_t *)c + s->offset + index * s->stride, s->width);
    return value;
}

static void set_element(neuromorphic_configuration *c, const neuromorphic_setting *s, size_t index, uint64_t value) {
    memcpy((uint8_t *)c + s->offset + index * s->stride, &value, s->width);
}

/* Settings that can't be chosen each by itself. */
static int depends_on_others(const neuromorphic_setting *s) {
    return strncmp(s->name, "region", 6) == 0 || strstr(s->name, "frequency_hz") != NULL;
}

static void refuses(const neuromorphic_configuration *c, neuromorphic_status status, const char *part) {
    neuromorphic_configuration before = NEUROMORPHIC_CONFIGURATION_INIT, after = before;
    CHECK_OK(neuromorphic_configuration_of(device, &before));
    uint64_t operations = counter("operations");
    CHECK_STATUS(neuromorphic_configure(device, c), status);
    if (!CHECK(strstr(neuromorphic_last_error(), part) != NULL)) {
        printf("    \"%s\" lacks \"%s\"\n", neuromorphic_last_error(), part);
    }
    CHECK_EQUAL(counter("operations"), operations);
    CHECK_OK(neuromorphic_configuration_of(device, &after));
    CHECK(memcmp(&before, &after, sizeof before) == 0);
}

static void try_setting(const neuromorphic_setting *s) {
    const uint64_t values[] = {s->minimum, s->maximum, (s->minimum + s->maximum) / 2, s->default_value};
    const size_t indices[] = {0, s->count - 1};
    neuromorphic_configuration c = defaults();
    CHECK_EQUAL(get_element(&c, s, 0), s->default_value);
    for (size_t i = 0; i < COUNT_OF(indices); ++i) {
        c = defaults();
        for (size_t k = 0; k < COUNT_OF(values); ++k) {
            set_element(&c, s, indices[i], values[k]);
            if (!s->live && values[k] != s->default_value) {
                refuses(&c, NEUROMORPHIC_ERROR_NEEDS_RESTART, s->name);
            } else if (!depends_on_others(s) && !apply(&c)) {
                printf("    %s of %s[%zu]\n", format_text("%" PRIu64, values[k]), s->name, indices[i]);
            }
        }
        if (s->width == 8 || s->maximum + 1 < UINT64_C(1) << 8 * s->width) {
            if (s->maximum < UINT64_MAX) {
                set_element(&c, s, indices[i], s->maximum + 1);
                refuses(&c, NEUROMORPHIC_ERROR_OUT_OF_RANGE, s->name);
            }
        }
        if (s->minimum > 0) {
            set_element(&c, s, indices[i], s->minimum - 1);
            refuses(&c, NEUROMORPHIC_ERROR_OUT_OF_RANGE, s->name);
        }
    }
    c = defaults();
    apply(&c);
}

static void every_setting(void) {
    size_t count = neuromorphic_setting_count(model), live = 0;
    for (size_t i = 0; i < count; ++i) {
        neuromorphic_setting s = NEUROMORPHIC_SETTING_INIT;
        REQUIRE_OK(neuromorphic_setting_at(model, i, &s));
        live += s.live;
        try_setting(&s);
    }
    neuromorphic_configuration other = default_configuration(
        model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4 ? NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD : NEUROMORPHIC_MODEL_PROPHESEE_EVK4);
    refuses(&other, NEUROMORPHIC_ERROR_WRONG_MODEL, "EVK");
    printf("  %zu settings, %zu of them live\n", count, live);
    CHECK_EQUAL(live, count - 1);
    streams(device);
}

/* ---- Registers ---- */

typedef struct bias {
    size_t index; /* in the model's biases, which are bytes */
    uint32_t address, word;
} bias;

static const bias evk4_biases[] = {
    {0, 0x1000, 0x11A10000}, {1, 0x1004, 0x11A10000}, {2, 0x100C, 0x11A10000}, {3, 0x1010, 0x11A10000},  {4, 0x1014, 0x11A10000},
    {5, 0x1018, 0x11A10000}, {6, 0x101C, 0x11A10000}, {7, 0x1020, 0x11A10000}, {8, 0x1040, 0x11A10000},  {9, 0x1044, 0x11A10000},
    {10, 0x1048, 0x11A10000}, {11, 0x104C, 0x11A10000}, {12, 0x1050, 0x11A10000},
};

/* With bit 28 besides, so that a bias is taken over at once. */
static const bias evk3_hd_biases[] = {
    {0, 0x1000, 0x11A1C400}, {1, 0x1004, 0x11A1E800}, {2, 0x1008, 0x11210000}, {3, 0x100C, 0x11A1FF00}, {4, 0x1010, 0x11A16300},
    {5, 0x1014, 0x11A15000}, {6, 0x1018, 0x11A13700}, {7, 0x1020, 0x11A9CD00}, {8, 0x1040, 0x11A98A00}, {9, 0x104C, 0x11A19200},
};

static void biases(void) {
    int is_evk4 = model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4;
    const bias *table = is_evk4 ? evk4_biases : evk3_hd_biases;
    size_t count = is_evk4 ? COUNT_OF(evk4_biases) : COUNT_OF(evk3_hd_biases);
    neuromorphic_configuration c = defaults();
    uint8_t *values = (uint8_t *)&c.settings;
    for (size_t i = 0; i < count; ++i) {
        register_holds(table[i].address, UINT32_MAX, table[i].word | values[i], "a default bias");
    }
    for (size_t i = 0; i < count; ++i) {
        values[i] = (uint8_t)(0x31 + 7 * i);
    }
    apply(&c);
    for (size_t i = 0; i < count; ++i) {
        register_holds(table[i].address, UINT32_MAX, table[i].word | (uint8_t)(0x31 + 7 * i), "a bias");
    }
    /* Only what differs is written. */
    uint64_t before = counter("operations");
    apply(&c);
    CHECK_EQUAL(counter("operations"), before);
    values[3] += 1;
    apply(&c);
    CHECK_EQUAL(counter("operations"), before + 1);
    c = defaults();
    apply(&c);
}

static void rate_limiter_registers(void) {
    neuromorphic_configuration c = defaults();
    FIELD(&c, rate_limiter_enabled) = 1;
    FIELD(&c, rate_limiter_period_us) = 123;
    FIELD(&c, rate_limiter_maximum_events) = 4567;
    apply(&c);
    register_holds(0x6000, 3, 1, "the limiter runs");
    register_holds(0x6004, 1, 1, "its delay");
    register_holds(0x6008, 0x3FF, 123, "its period");
    register_holds(0x600C, 0x3FFFFF, 4567, "its limit");
    register_holds(0x6028, 3, 3, "it is enabled");
    register_holds(0x6050, 1, 1, "it drops");
    register_holds(0x6060, 1, 0, "it drops no rows");
    register_holds(0x6070, 1, 0, "it drops no columns");
    c = defaults();
    apply(&c);
    register_holds(0x6050, 1, 0, "it drops nothing");
    register_holds(0x6028, 1, 0, "it is disabled");
}

typedef struct filter_case {
    uint8_t mode, ms;
    uint32_t prescaler, multiplier, timeout;
} filter_case;

static void noise_filter_registers(void) {
    static const filter_case cases[] = {
        {NEUROMORPHIC_NOISE_FILTER_TRAIL, 1, 12, 15, 90},         {NEUROMORPHIC_NOISE_FILTER_TRAIL, 10, 13, 9, 90},
        {NEUROMORPHIC_NOISE_FILTER_STC_CUT_TRAIL, 20, 13, 5, 109}, {NEUROMORPHIC_NOISE_FILTER_STC_KEEP_TRAIL, 23, 11, 1, 209},
        {NEUROMORPHIC_NOISE_FILTER_STC_CUT_TRAIL, 37, 15, 11, 202}, {NEUROMORPHIC_NOISE_FILTER_TRAIL, 58, 16, 15, 147},
        {NEUROMORPHIC_NOISE_FILTER_TRAIL, 74, 16, 11, 409},       {NEUROMORPHIC_NOISE_FILTER_STC_KEEP_TRAIL, 81, 15, 5, 451},
        {NEUROMORPHIC_NOISE_FILTER_STC_CUT_TRAIL, 98, 16, 9, 248}, {NEUROMORPHIC_NOISE_FILTER_TRAIL, 100, 13, 1, 564},
    };
    int is_evk4 = model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4;
    for (size_t i = 0; i < COUNT_OF(cases); ++i) {
        const filter_case *f = &cases[i];
        neuromorphic_configuration c = defaults();
        FIELD(&c, noise_filter).mode = f->mode;
        FIELD(&c, noise_filter).threshold_ms = f->ms;
        if (f->mode == NEUROMORPHIC_NOISE_FILTER_STC_KEEP_TRAIL && !is_evk4) {
            refuses(&c, NEUROMORPHIC_ERROR_OUT_OF_RANGE, "noise_filter.mode");
            continue;
        }
        apply(&c);
        const char *what = format_text("noise filter %u, %u ms", f->mode, f->ms);
        int is_trail = f->mode == NEUROMORPHIC_NOISE_FILTER_TRAIL;
        uint32_t threshold = (uint32_t)f->ms * 1000 << 1;
        register_holds(0xD000, 7, 1, what);
        register_holds(is_trail ? 0xD008 : 0xD004, 0xFFFFF, threshold | 1, what);
        register_holds(is_trail ? 0xD004 : 0xD008, 1, 0, what);
        if (is_evk4 && !is_trail) {
            register_holds(0xD004, 1u << 24, f->mode == NEUROMORPHIC_NOISE_FILTER_STC_KEEP_TRAIL ? 1u << 24 : 0, what);
        }
        register_holds(0xD00C, 0x1FF, f->prescaler | f->multiplier << 5, what);
        register_holds(0xD00C, 1u << 16, is_evk4 ? 1u << 16 : 0, what);
        register_holds(0xD0C0, 0xFFF000, f->timeout << 12, what);
    }
    neuromorphic_configuration c = defaults();
    apply(&c);
    register_holds(0xD000, 7, 5, "the noise filter is bypassed");
}

static void antiflicker_registers(void) {
    neuromorphic_configuration c = defaults();
    neuromorphic_antiflicker *a = &FIELD(&c, antiflicker);
    *a = (neuromorphic_antiflicker){NEUROMORPHIC_ANTIFLICKER_BAND_PASS, 30, 5, 3, 90, 130};
    apply(&c);
    register_holds(0xC000, 7, 1, "antiflicker");
    register_holds(0xC004, 7, 3, "its stop threshold");
    register_holds(0xC004, 7 << 3, 5 << 3, "its start threshold");
    register_holds(0xC004, 1 << 6, 1 << 6, "band pass");
    /* Periods in units of 128 us: of 130 Hz, 7692 us, 60; of 90 Hz, 11111 us, 86. 70 % of 16 is 11.2. */
    register_holds(0xC008, 0xFFFFF, 60 | 86 << 8 | 11 << 16, "its band and duty cycle");
    *a = (neuromorphic_antiflicker){NEUROMORPHIC_ANTIFLICKER_BAND_STOP, 0, 7, 0, 50, 520};
    apply(&c);
    register_holds(0xC004, 0x7F, 7 << 3, "antiflicker");
    register_holds(0xC008, 0xFFFFF, 15 | 156 << 8 | 15 << 16, "its widest band");
    a->low_frequency_hz = 300, a->high_frequency_hz = 300;
    refuses(&c, NEUROMORPHIC_ERROR_OUT_OF_RANGE, "frequency");
    c = defaults();
    apply(&c);
    register_holds(0xC000, 7, 5, "antiflicker is bypassed");
}

/* ---- What the stream shows ---- */

static uint32_t seen[HEIGHT][WIDTH];
static uint64_t triggers_seen, events_seen, first_t, last_t;

/* Lets what was under way pass, then watches for several pictures. */
static void watch(double seconds) {
    status_within(device, 0.1);
    memset(seen, 0, sizeof seen);
    triggers_seen = events_seen = first_t = last_t = 0;
    int64_t start = now_ns();
    while (seconds_since(start) < seconds) {
        const neuromorphic_packet *packet;
        neuromorphic_status status = neuromorphic_next_packet(device, 100000, &packet);
        if (status == NEUROMORPHIC_ERROR_TIMEOUT) {
            continue;
        }
        if (!CHECK_OK(status)) {
            return;
        }
        for (size_t i = 0; i < packet->count; ++i) {
            seen[packet->y[i]][packet->x[i]] += 1;
        }
        if (packet->count > 0) {
            first_t = events_seen == 0 ? packet->t[0] : first_t;
            last_t = packet->t[packet->count - 1];
        }
        events_seen += packet->count;
        triggers_seen += packet->trigger_count;
        neuromorphic_packet_release(packet);
    }
}

/* That exactly the pixels are silent that should be. */
static void compare_pixels(const char *what, int (*is_silent)(const neuromorphic_configuration *, unsigned, unsigned),
                           const neuromorphic_configuration *c) {
    apply(c);
    watch(0.25);
    size_t wrong = 0, silent = 0;
    for (unsigned y = 0; y < HEIGHT; ++y) {
        for (unsigned x = 0; x < WIDTH; ++x) {
            int should = is_silent(c, x, y);
            silent += (size_t)should;
            if ((seen[y][x] == 0) != should && wrong++ < 3) {
                printf("    %s: pixel %u, %u has %u events\n", what, x, y, seen[y][x]);
            }
        }
    }
    printf("  %s: %zu pixels silent, %" PRIu64 " events\n", what, silent, events_seen);
    CHECK_EQUAL(wrong, 0);
}

static int is_masked(const neuromorphic_configuration *c, unsigned x, unsigned y) {
    neuromorphic_configuration copy = *c;
    int column = FIELD(&copy, x_mask)[x / 64] >> x % 64 & 1, row = FIELD(&copy, y_mask)[y / 64] >> y % 64 & 1;
    for (size_t i = 0; i < 64; ++i) {
        neuromorphic_pixel_mask mask = FIELD(&copy, pixel_masks)[i];
        if (mask.enabled && mask.x == x && mask.y == y) {
            return 1;
        }
    }
    neuromorphic_region region = FIELD(&copy, region);
    if (region.enabled && (x < region.x || y < region.y || x >= region.x + region.width || y >= region.y + region.height)) {
        return 1;
    }
    return FIELD(&copy, mask_intersection_only) ? column && row : column || row;
}

static void masks(void) {
    static const unsigned columns[] = {0, 5, 31, 32, 63, 64, 777, 1279}, rows[] = {0, 1, 100, 359, 360, 700, 719};
    neuromorphic_configuration c = defaults();
    compare_pixels("no mask", is_masked, &c);
    for (size_t i = 0; i < COUNT_OF(columns); ++i) {
        FIELD(&c, x_mask)[columns[i] / 64] |= UINT64_C(1) << columns[i] % 64;
    }
    compare_pixels("columns", is_masked, &c);
    register_holds(0x2000, UINT32_MAX, 0x80000021, "columns 0 to 31");
    register_holds(0x2004, UINT32_MAX, 0x80000001, "columns 32 to 63");
    register_holds(0x2000 + 4 * 39, UINT32_MAX, 0x80000000, "the last columns");
    register_holds(0x4000 + 4 * 22, 0xFF0000, 0xFF0000, "what must stay set behind the last rows");
    for (size_t i = 0; i < COUNT_OF(rows); ++i) {
        FIELD(&c, y_mask)[rows[i] / 64] |= UINT64_C(1) << rows[i] % 64;
    }
    compare_pixels("columns or rows", is_masked, &c);
    FIELD(&c, mask_intersection_only) = 1;
    compare_pixels("columns and rows", is_masked, &c);
    FIELD(&c, region) = (neuromorphic_region){1, 0, 0, 10, 10};
    CHECK_STATUS(neuromorphic_configure(device, &c), NEUROMORPHIC_ERROR_OUT_OF_RANGE);
    c = defaults();
    for (unsigned i = 0; i < 64; ++i) {
        FIELD(&c, pixel_masks)[i] = (neuromorphic_pixel_mask){(uint16_t)(i * 1279 / 63), (uint16_t)(i * 719 / 63), i % 8 != 3};
    }
    compare_pixels("pixel masks", is_masked, &c);
    register_holds(0x9100 + 4 * 63, 1u << 31 | 0x7FF, 1u << 31 | 1279, "the last pixel mask");
    register_holds(0x9100 + 4 * 3, 1u << 31, 0, "an unused pixel mask");
    static const neuromorphic_region regions[] = {{1, 100, 50, 333, 221}, {1, 1279, 719, 1, 1}, {1, 0, 0, 1, 1}, {1, 0, 0, 1280, 720}, {1, 31, 31, 2, 2}};
    for (size_t i = 0; i < COUNT_OF(regions); ++i) {
        c = defaults();
        FIELD(&c, region) = regions[i];
        compare_pixels(format_text("region %u,%u %u x %u", regions[i].x, regions[i].y, regions[i].width, regions[i].height), is_masked, &c);
    }
    FIELD(&c, region) = (neuromorphic_region){1, 1000, 0, 281, 1};
    refuses(&c, NEUROMORPHIC_ERROR_OUT_OF_RANGE, "region");
    c = defaults();
    apply(&c);
}

static void limits_triggers_output(void) {
    neuromorphic_configuration c = defaults();
    FIELD(&c, rate_limiter_enabled) = 1;
    FIELD(&c, rate_limiter_period_us) = 100;
    FIELD(&c, rate_limiter_maximum_events) = 50;
    apply(&c);
    watch(0.3);
    double rate = (double)events_seen / (double)(last_t - first_t);
    printf("  limit of 0.5 events/us: %.3f\n", rate);
    CHECK(rate > 0.4 && rate < 0.51);
    c = defaults();
    apply(&c);
    watch(0.2);
    rate = (double)events_seen / (double)(last_t - first_t);
    printf("  no limit: %.1f events/us\n", rate);
    CHECK(rate > 15 && rate < 25);

    for (int on = 0; on <= 2; ++on) {
        FIELD(&c, enable_external_trigger) = on & 1;
        apply(&c);
        register_holds(0x7004, UINT32_MAX, on & 1 ? 0xC5FF : 0xC1FF, "external trigger");
        watch(0.3);
        printf("  trigger %s: %" PRIu64 " edges\n", on & 1 ? "on" : "off", triggers_seen);
        CHECK(on & 1 ? triggers_seen > 200 && triggers_seen < 500 : triggers_seen == 0);
    }
    c = defaults();
    FIELD(&c, enable_output) = 0;
    apply(&c);
    register_holds(0x9028, 2, 2, "output");
    watch(0.2);
    CHECK_EQUAL(events_seen, 0);
    FIELD(&c, enable_output) = 1;
    apply(&c);
    register_holds(0x9028, 2, 0, "output");
    watch(0.2);
    CHECK(events_seen > 1000000);
}

/* ---- At opening ---- */

static void reopen(const neuromorphic_configuration *c) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.configuration = c;
    neuromorphic_close(device);
    device = open_device("usb:", &options);
}

static void clocks(void) {
    static const uint32_t time_base[] = {0x645, 0x64F, 0x64B}, pads[] = {0, 0xCCFCFCCF, 0xCCFFFCCF};
    for (uint8_t clock = 0; clock < 3; ++clock) {
        neuromorphic_configuration c = defaults();
        FIELD(&c, clock) = clock;
        FIELD(&c, enable_external_trigger) = 0;
        FIELD(&c, x_mask)[3] = 5;
        reopen(&c);
        register_holds(0x9008, UINT32_MAX, time_base[clock], "the time base");
        if (clock > 0) {
            register_holds(0x44, UINT32_MAX, pads[clock], "the pads");
        }
        register_holds(0x7004, 1 << 10, 0, "external trigger at opening");
        register_holds(0x2000 + 4 * 6, UINT32_MAX, 5, "a mask at opening");
        neuromorphic_configuration now = NEUROMORPHIC_CONFIGURATION_INIT;
        CHECK_OK(neuromorphic_configuration_of(device, &now));
        CHECK(memcmp(&now, &c, sizeof c) == 0);
        FIELD(&c, clock) = (uint8_t)((clock + 1) % 3);
        refuses(&c, NEUROMORPHIC_ERROR_NEEDS_RESTART, "clock");
    }
    neuromorphic_configuration c = defaults();
    FIELD(&c, enable_output) = 0;
    reopen(&c);
    watch(0.1);
    CHECK_EQUAL(events_seen, 0);
    FIELD(&c, enable_output) = 1;
    apply(&c);
    streams(device);
}

static void factory(void) {
    neuromorphic_configuration c = defaults(), expected = defaults(), first = NEUROMORPHIC_CONFIGURATION_INIT, second = first;
    neuromorphic_close(device);
    pull_cable();
    plug_again();
    if (model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4) {
        for (size_t i = 0; i < COUNT_OF(evk4_biases); ++i) {
            ((uint8_t *)&expected.settings)[i] = (uint8_t)register_at(evk4_biases[i].address);
        }
        CHECK(memcmp(&expected, &c, sizeof c) != 0);
    }
    device = open_device("usb:", NULL);
    CHECK_OK(neuromorphic_factory_configuration(device, &first));
    CHECK(memcmp(&first, &expected, sizeof first) == 0);
    /* It can be applied as it is; and it is the factory's also after other biases were written. */
    apply(&first);
    c.settings.prophesee_evk4.biases.pr += 3;
    apply(&c);
    CHECK_OK(neuromorphic_factory_configuration(device, &second));
    CHECK(memcmp(&first, &second, sizeof first) == 0);
}

/* ---- Measurements ---- */

static void measurements(void) {
    static const double temperatures[] = {35, 42.5, -40, 0, 125};
    static const uint32_t counts[] = {1, 12345, 200000, 100000000};
    double value = -1000;
    if (model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4) {
        for (size_t i = 0; i < COUNT_OF(temperatures); ++i) {
            tell("temperature %g", temperatures[i]);
            CHECK_OK(neuromorphic_temperature(device, &value));
            if (!CHECK(fabs(value - temperatures[i]) < 0.2)) {
                printf("    %g instead of %g degrees\n", value, temperatures[i]);
            }
        }
    } else {
        CHECK_STATUS(neuromorphic_temperature(device, &value), NEUROMORPHIC_ERROR_UNSUPPORTED);
        CHECK(value == -1000);
    }
    for (size_t i = 0; i < COUNT_OF(counts); ++i) {
        uint32_t raw = 0;
        double lux = -1;
        tell("illuminance %u", counts[i]);
        CHECK_OK(neuromorphic_illuminance(device, &raw, &lux));
        CHECK_EQUAL(raw, counts[i]);
        double expected = pow(10, 3.5 - log10(0.37 * counts[i] / 100));
        if (!CHECK(fabs(lux / expected - 1) < 0.01)) {
            printf("    %g instead of %g lux\n", lux, expected);
        }
        CHECK_OK(neuromorphic_illuminance(device, &raw, NULL));
    }
    streams(device);
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    meet_camera();
    model = plugged_model();
    device = open_device("usb:", NULL);
    CHECK(model_of(device) == model);
    every_setting();
    biases();
    rate_limiter_registers();
    noise_filter_registers();
    antiflicker_registers();
    masks();
    limits_triggers_output();
    measurements();
    clocks();
    factory();
    neuromorphic_statistics s = statistics_of(device);
    CHECK(balance_holds(&s));
    neuromorphic_close(device);
    return check_report("settings");
}
