/* The table of settings describes the struct, and the simulated camera's events follow the settings. */
#include "check.h"
#include "support.h"

#define MODEL NEUROMORPHIC_MODEL_PROPHESEE_EVK4
#define SCENE "sim:prophesee_evk4?scene=noise&rate=2e6&triggers=1000&speed=max"
#define FIELD(field) offsetof(neuromorphic_configuration, settings) + offsetof(neuromorphic_evk4_configuration, field)

static neuromorphic_configuration defaults(void) {
    neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
    REQUIRE_OK(neuromorphic_default_configuration(MODEL, &configuration));
    return configuration;
}

static void check_table(void) {
    static const struct {
        const char *name;
        size_t offset, width, count, stride;
    } some[] = {
        {"biases.pr", FIELD(biases.pr), 1, 1, 1},
        {"biases.diff_on", FIELD(biases.diff_on), 1, 1, 1},
        {"biases.unknown_2", FIELD(biases.unknown_2), 1, 1, 1},
        {"mask_intersection_only", FIELD(mask_intersection_only), 1, 1, 1},
        {"clock", FIELD(clock), 1, 1, 1},
        {"rate_limiter_period_us", FIELD(rate_limiter_period_us), 2, 1, 2},
        {"rate_limiter_maximum_events", FIELD(rate_limiter_maximum_events), 4, 1, 4},
        {"x_mask", FIELD(x_mask), 8, 20, 8},
        {"y_mask", FIELD(y_mask), 8, 12, 8},
        {"pixel_masks.x", FIELD(pixel_masks[0].x), 2, 64, sizeof(neuromorphic_pixel_mask)},
        {"pixel_masks.enabled", FIELD(pixel_masks[0].enabled), 2, 64, sizeof(neuromorphic_pixel_mask)},
    };
    neuromorphic_configuration configuration = defaults();
    size_t count = neuromorphic_setting_count(MODEL), found = 0;
    CHECK_EQUAL(configuration.model, MODEL);
    for (size_t i = 0; i < count; ++i) {
        neuromorphic_setting setting = NEUROMORPHIC_SETTING_INIT;
        REQUIRE_OK(neuromorphic_setting_at(MODEL, i, &setting));
        CHECK(setting.offset + (setting.count - 1) * setting.stride + setting.width <= sizeof configuration);
        CHECK(setting.minimum <= setting.default_value && setting.default_value <= setting.maximum);
        for (size_t k = 0; k < setting.count; ++k) {
            uint64_t value = 0;
            memcpy(&value, (char *)&configuration + setting.offset + k * setting.stride, setting.width);
            CHECK_EQUAL(value, setting.default_value);
        }
        for (size_t k = 0; k < COUNT_OF(some); ++k) {
            if (strcmp(some[k].name, setting.name) == 0) {
                CHECK_EQUAL(setting.offset, some[k].offset);
                CHECK_EQUAL(setting.width, some[k].width);
                CHECK_EQUAL(setting.count, some[k].count);
                CHECK_EQUAL(setting.stride, some[k].stride);
                ++found;
            }
        }
    }
    CHECK_EQUAL(found, COUNT_OF(some));
}

/* What a configuration makes of 50 ms of the scene. */
static stream seen(const neuromorphic_configuration *configuration) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.configuration = configuration;
    return stream_of(SCENE "&duration=0.05", &options);
}

static size_t count_in(const stream *all, int left, int right, int top, int bottom) {
    size_t count = 0;
    for (size_t i = 0; i < stream_count(all); ++i) {
        count += stream_x(all, i) >= left && stream_x(all, i) < right && stream_y(all, i) >= top && stream_y(all, i) < bottom;
    }
    return count;
}

static size_t count_on(const stream *all) {
    size_t count = 0;
    for (size_t i = 0; i < stream_count(all); ++i) {
        count += ((const uint8_t *)all->on.at)[i];
    }
    return count;
}

static void check_simulation_follows(void) {
    neuromorphic_configuration c = defaults();
    stream plain = seen(&c);
    size_t events = stream_count(&plain);
    CHECK(events > 90000 && events < 110000);
    CHECK_EQUAL(plain.trigger_id.length, 100);
    CHECK_EQUAL(plain.counter_is_output.length, 0);

    /* Columns 64 .. 127 and rows 0 .. 63 from the top. */
    c.settings.prophesee_evk4.x_mask[1] = UINT64_MAX;
    c.settings.prophesee_evk4.y_mask[0] = UINT64_MAX;
    stream masked = seen(&c);
    CHECK(count_in(&plain, 64, 128, 0, 720) > 0 && count_in(&plain, 0, 1280, 0, 64) > 0);
    CHECK_EQUAL(count_in(&masked, 64, 128, 0, 720), 0);
    CHECK_EQUAL(count_in(&masked, 0, 1280, 0, 64), 0);
    CHECK(stream_count(&masked) > events / 2);
    c.settings.prophesee_evk4.mask_intersection_only = 1;
    stream intersection = seen(&c);
    CHECK_EQUAL(count_in(&intersection, 64, 128, 0, 64), 0);
    CHECK(count_in(&intersection, 64, 128, 64, 720) > 0 && count_in(&intersection, 0, 64, 0, 64) > 0);

    c = defaults();
    uint16_t x = stream_x(&plain, 0), y = stream_y(&plain, 0);
    c.settings.prophesee_evk4.pixel_masks[63] = (neuromorphic_pixel_mask){x, y, 1};
    stream without = seen(&c);
    CHECK(count_in(&plain, x, x + 1, y, y + 1) > 0);
    CHECK_EQUAL(count_in(&without, x, x + 1, y, y + 1), 0);

    c = defaults();
    c.settings.prophesee_evk4.enable_output = 0;
    stream silent = seen(&c);
    CHECK_EQUAL(stream_count(&silent), 0);
    CHECK_EQUAL(silent.trigger_id.length, 100);

    c = defaults();
    c.settings.prophesee_evk4.enable_external_trigger = 0;
    stream untriggered = seen(&c);
    CHECK_EQUAL(untriggered.trigger_id.length, 0);
    CHECK(stream_count(&untriggered) > 90000);

    c = defaults();
    c.settings.prophesee_evk4.rate_limiter_enabled = 1;
    c.settings.prophesee_evk4.rate_limiter_period_us = 200;
    c.settings.prophesee_evk4.rate_limiter_maximum_events = 100;
    stream limited = seen(&c);
    CHECK(stream_count(&limited) <= 100 * 250 && stream_count(&limited) > 100 * 250 / 2);
    CHECK(limited.counter_is_output.length > 0);

    c = defaults();
    c.settings.prophesee_evk4.biases.diff_on = 0xA0;
    stream insensitive = seen(&c);
    CHECK(count_on(&insensitive) < count_on(&plain) / 2);
    CHECK(stream_count(&insensitive) - count_on(&insensitive) > (events - count_on(&plain)) * 9 / 10);

    stream *all[] = {&plain, &masked, &intersection, &without, &silent, &untriggered, &limited, &insensitive};
    for (size_t i = 0; i < COUNT_OF(all); ++i) {
        stream_free(all[i]);
    }
}

/* The sensor's time of the next packet that has events, or that has none. */
static uint64_t next_t(neuromorphic_device *device, int has_events) {
    for (;;) {
        const neuromorphic_packet *packet = NULL;
        REQUIRE_OK(neuromorphic_next_packet(device, 10000000, &packet));
        uint64_t t = packet->current_t;
        int found = (packet->count > 0) == has_events;
        neuromorphic_packet_release(packet);
        if (found) {
            return t;
        }
    }
}

static void check_while_streaming(void) {
    neuromorphic_device *device = open_device(SCENE, NULL);
    neuromorphic_configuration c = defaults(), now = NEUROMORPHIC_CONFIGURATION_INIT;
    for (uint8_t enabled = 0; enabled < 10; ++enabled) {
        c.settings.prophesee_evk4.enable_output = enabled % 2;
        uint64_t before = next_t(device, !(enabled % 2));
        REQUIRE_OK(neuromorphic_configure(device, &c));
        CHECK_OK(neuromorphic_configuration_of(device, &now));
        CHECK(memcmp(&c, &now, sizeof c) == 0);
        CHECK(next_t(device, enabled % 2) - before < 100000);
    }
    neuromorphic_close(device);
}

int main(void) {
    check_table();
    check_simulation_follows();
    check_while_streaming();
    return check_report("settings");
}
