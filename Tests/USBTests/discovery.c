/*
 * What is found on USB, what is said of it, and which camera a source string opens.
 *
 *     discovery nothing | refused | busy | usb2 | old | unknown | silent | waits      what the bus holds
 *     discovery name NAME MODEL SERIAL                            a camera that is called so
 *     discovery two MODEL SERIAL MODEL SERIAL                     two that can be used
 *     discovery beside                                            one that never answers, and a good one
 */
#include "usb.h"

static neuromorphic_device_list *list;

static size_t look(void) {
    neuromorphic_device_list_free(list);
    list = NULL;
    REQUIRE_OK(neuromorphic_list_devices(&list));
    size_t count = neuromorphic_device_list_count(list);
    CHECK(neuromorphic_device_list_at(list, count) == NULL);
    return count;
}

static const neuromorphic_device_description *camera(size_t index) {
    const neuromorphic_device_description *d = neuromorphic_device_list_at(list, index);
    REQUIRE(d != NULL);
    printf("  %s, serial %s, %s, usable %d\n    reason: %s\n    remedy: %s\n", d->name, d->serial ? d->serial : "not known", d->source, d->usable,
           d->reason ? d->reason : "", d->remedy ? d->remedy : "");
    CHECK(d->struct_size >= sizeof *d);
    CHECK(d->reserved == 0);
    CHECK(d->usable ? d->serial != NULL : d->reason != NULL && d->remedy != NULL);
    CHECK((d->reason == NULL) == (d->remedy == NULL));
    return d;
}

/* That opening fails with a status, and a sentence that says a word. */
static void fails(const char *source, neuromorphic_status status, const char *word) {
    neuromorphic_device *device = NULL;
    CHECK_STATUS(neuromorphic_open(source, NULL, &device), status);
    CHECK(device == NULL);
    printf("  %s: %s\n", source, neuromorphic_last_error());
    if (!CHECK(strstr(neuromorphic_last_error(), word) != NULL)) {
        printf("    lacks \"%s\"\n", word);
    }
    neuromorphic_close(device);
}

static neuromorphic_device *opens(const char *source, const char *serial) {
    neuromorphic_device *device = NULL;
    neuromorphic_properties p = NEUROMORPHIC_PROPERTIES_INIT;
    if (!CHECK_OK(neuromorphic_open(source, NULL, &device))) {
        printf("    the source was %s\n", source);
        return NULL;
    }
    CHECK_OK(neuromorphic_properties_of(device, &p));
    if (!CHECK_TEXT(p.serial, serial)) {
        printf("    opened by %s\n", source);
    }
    return device;
}

static neuromorphic_model model_named(const char *name) {
    return strcmp(name, "prophesee_evk3_hd") == 0 ? NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD : NEUROMORPHIC_MODEL_PROPHESEE_EVK4;
}

static void check_properties(neuromorphic_device *device, const neuromorphic_device_description *d, const char *model) {
    neuromorphic_properties p = NEUROMORPHIC_PROPERTIES_INIT;
    CHECK_OK(neuromorphic_properties_of(device, &p));
    CHECK(p.model == model_named(model));
    CHECK_TEXT(p.name, d->name);
    CHECK_TEXT(p.serial, d->serial);
    CHECK_TEXT(p.format, "EVT3");
    CHECK_TEXT(p.firmware, "3.9.0");
    CHECK_EQUAL(p.speed, d->speed);
    CHECK_EQUAL(p.bus, d->bus);
    CHECK_EQUAL(p.address, d->address);
    CHECK(p.width == 1280 && p.height == 720);
    CHECK_EQUAL(p.columns, NEUROMORPHIC_COLUMNS_EVENTS | NEUROMORPHIC_COLUMNS_TRIGGERS | NEUROMORPHIC_COLUMNS_COUNTERS);
}

/* ---- What the bus may hold ---- */

static void nothing(void) {
    CHECK_EQUAL(look(), 0);
    fails("usb:", NEUROMORPHIC_ERROR_NOT_FOUND, "no known camera");
    fails("usb:serial=00050423", NEUROMORPHIC_ERROR_NOT_FOUND, "00050423");
    fails("usb:model=prophesee_evk4", NEUROMORPHIC_ERROR_NOT_FOUND, "EVK4");
    fails("usb:model=prophesee_evk5", NEUROMORPHIC_ERROR_INVALID_SOURCE, "prophesee_evk5");
    fails("usb:bus=1,address=x", NEUROMORPHIC_ERROR_INVALID_SOURCE, "address");
    fails("usb:bus=300,address=1", NEUROMORPHIC_ERROR_INVALID_SOURCE, "bus");
    fails("usb:bus=1", NEUROMORPHIC_ERROR_INVALID_SOURCE, "address");
    fails("usb:bus=1,address=1", NEUROMORPHIC_ERROR_NOT_FOUND, "bus 1");
    fails("usb:colour=red", NEUROMORPHIC_ERROR_INVALID_SOURCE, "colour");
    fails("usb:?speed=max", NEUROMORPHIC_ERROR_INVALID_SOURCE, "speed");
}

static void refused(void) {
    REQUIRE(look() == 1);
    const neuromorphic_device_description *d = camera(0);
    CHECK(!d->usable);
    CHECK(d->serial == NULL);
    CHECK(strstr(d->remedy, "udev") != NULL);
    CHECK(d->vendor_id == 0x04B4);
    fails("usb:", NEUROMORPHIC_ERROR_PERMISSION_DENIED, "udev");
    fails(d->source, NEUROMORPHIC_ERROR_PERMISSION_DENIED, "udev");
}

static void busy(void) {
    REQUIRE(look() == 1);
    const neuromorphic_device_description *d = camera(0);
    CHECK(!d->usable);
    fails("usb:", NEUROMORPHIC_ERROR_BUSY, "EVK4");
    fails(d->source, NEUROMORPHIC_ERROR_BUSY, "EVK4");
}

static void usb2(void) {
    REQUIRE(look() == 1);
    const neuromorphic_device_description *d = camera(0);
    CHECK(d->usable);
    CHECK_EQUAL(d->speed, NEUROMORPHIC_SPEED_HIGH);
    CHECK(d->reason != NULL && strstr(d->reason, "USB 2") != NULL);
    neuromorphic_device *device = opens("usb:", d->serial);
    check_properties(device, d, "prophesee_evk4");
    streams(device);
    neuromorphic_close(device);
}

static void old(void) {
    REQUIRE(look() == 1);
    const neuromorphic_device_description *d = camera(0);
    CHECK(d->usable);
    CHECK(d->reason != NULL && strstr(d->reason, "3.7.0") != NULL);
    neuromorphic_device *device = opens("usb:", d->serial);
    neuromorphic_properties p = NEUROMORPHIC_PROPERTIES_INIT;
    CHECK_OK(neuromorphic_properties_of(device, &p));
    CHECK_TEXT(p.firmware, "3.7.0");
    neuromorphic_close(device);
}

static void unknown(void) {
    REQUIRE(look() == 1);
    const neuromorphic_device_description *d = camera(0);
    CHECK(!d->usable);
    fails("usb:", NEUROMORPHIC_ERROR_NOT_FOUND, "camera");
    fails(d->source, NEUROMORPHIC_ERROR_NOT_FOUND, "bus");
}

static void silent(void) {
    int64_t start = now_ns();
    REQUIRE(look() == 1);
    within_seconds(seconds_since(start), 1.5, "listing a camera that doesn't answer");
    const neuromorphic_device_description *d = camera(0);
    CHECK(!d->usable);
    start = now_ns();
    fails("usb:", NEUROMORPHIC_ERROR_NO_ANSWER, "1000 ms");
    within_seconds(seconds_since(start), 1.5, "opening a camera that doesn't answer");
    fails("usb:serial=00050423", NEUROMORPHIC_ERROR_NO_ANSWER, "1000 ms");
    fails("usb:bus=200,address=1", NEUROMORPHIC_ERROR_NOT_FOUND, "200");
}

static void name(const char *name, const char *model, const char *serial) {
    REQUIRE(look() == 1);
    const neuromorphic_device_description *d = camera(0);
    CHECK(d->usable);
    CHECK_TEXT(d->name, name);
    CHECK_TEXT(d->serial, serial);
    CHECK(d->reason == NULL);
    CHECK_EQUAL(d->speed, NEUROMORPHIC_SPEED_SUPER);
    neuromorphic_device *device = opens("usb:", serial);
    check_properties(device, d, model);
    streams(device);
    neuromorphic_close(device);
}

/* A camera that never answers doesn't keep a program from the other. */
static void beside(void) {
    CHECK_EQUAL(look(), 2);
    size_t usable = 0;
    for (size_t i = 0; i < neuromorphic_device_list_count(list); ++i) {
        usable += camera(i)->usable;
    }
    CHECK_EQUAL(usable, 1);
    neuromorphic_device *device = opens("usb:", "0000000B");
    neuromorphic_close(device);
    device = opens("usb:serial=0000000B", "0000000B");
    neuromorphic_close(device);
}

/* ---- Which one ---- */

static void two(const char *const models[2], const char *const serials[2]) {
    REQUIRE(look() == 2);
    const neuromorphic_device_description *found[2] = {NULL, NULL};
    for (size_t i = 0; i < 2; ++i) {
        const neuromorphic_device_description *d = camera(i);
        CHECK(d->usable);
        for (size_t k = 0; k < 2; ++k) {
            if (d->serial != NULL && strcmp(d->serial, serials[k]) == 0) {
                found[k] = d;
            }
        }
    }
    REQUIRE(found[0] != NULL && found[1] != NULL);
    CHECK(strcmp(found[0]->source, found[1]->source) != 0);
    for (size_t i = 0; i < 2; ++i) {
        const char *sources[] = {
            found[i]->source,
            format_text("usb:serial=%s", serials[i]),
            format_text("usb:bus=%u,address=%u", found[i]->bus, found[i]->address),
            format_text("usb:address=%u,bus=%u,serial=%s,model=%s", found[i]->address, found[i]->bus, serials[i], models[i]),
            strcmp(models[0], models[1]) != 0 ? format_text("usb:model=%s", models[i]) : format_text("usb:serial=%s", serials[i]),
        };
        for (size_t k = 0; k < COUNT_OF(sources); ++k) {
            neuromorphic_device *device = opens(sources[k], serials[i]);
            if (device != NULL) {
                check_properties(device, found[i], models[i]);
            }
            neuromorphic_close(device);
        }
    }
    fails("usb:serial=FFFFFFFF", NEUROMORPHIC_ERROR_NOT_FOUND, "FFFFFFFF");
    fails(format_text("usb:serial=%s,bus=%u,address=%u", serials[0], found[1]->bus, found[1]->address), NEUROMORPHIC_ERROR_NOT_FOUND, serials[0]);
    fails(format_text("usb:bus=%u,address=%u", found[0]->bus, 117), NEUROMORPHIC_ERROR_NOT_FOUND, "117");
    if (strcmp(models[0], models[1]) != 0) {
        fails(format_text("usb:model=%s,serial=%s", models[1], serials[0]), NEUROMORPHIC_ERROR_NOT_FOUND, serials[0]);
    }

    /* One that this very program has open can't be opened again; the first that can be used is the other one. */
    neuromorphic_device *first = opens(format_text("usb:serial=%s", serials[0]), serials[0]);
    fails(format_text("usb:bus=%u,address=%u", found[0]->bus, found[0]->address), NEUROMORPHIC_ERROR_BUSY, "bus");
    neuromorphic_device *second = opens("usb:", serials[1]);
    fails("usb:", NEUROMORPHIC_ERROR_BUSY, "bus");
    streams(first), streams(second);
    CHECK_EQUAL(look(), 2);
    CHECK(!camera(0)->usable && !camera(1)->usable);
    /* Looking disturbed neither. */
    streams(first), streams(second);
    neuromorphic_close(first);
    look();
    CHECK_EQUAL(camera(0)->usable + camera(1)->usable, 1);
    streams(second);
    neuromorphic_close(second);
    look();
    CHECK_EQUAL(camera(0)->usable + camera(1)->usable, 2);
}

/* What a camera's first use leaves in an emulation is not ours. */
static void use_each(void) {
    for (size_t i = 0; i < neuromorphic_device_list_count(list); ++i) {
        const neuromorphic_device_description *d = neuromorphic_device_list_at(list, i);
        if (d->usable) {
            neuromorphic_close(opens(d->source, d->serial));
        }
    }
}

static void *pull_or_plug(void *context) {
    sleep_us(150000);
    if (*(const int *)context) {
        tell("plug");
    } else {
        pull_cable();
    }
    return NULL;
}

/* Coming and going is noticed. */
static void waits(void) {
    for (int round = 0; round < 4; ++round) {
        look();
        CHECK_STATUS(neuromorphic_device_list_wait(list, 0), NEUROMORPHIC_ERROR_TIMEOUT);
        int64_t start = now_ns();
        CHECK_STATUS(neuromorphic_device_list_wait(list, 50000), NEUROMORPHIC_ERROR_TIMEOUT);
        double seconds = seconds_since(start);
        if (!CHECK(seconds >= 0.05 && seconds < 0.3)) {
            printf("    50 ms took %.3f s\n", seconds);
        }
        int comes = round % 2;
        pthread_t thread;
        REQUIRE(pthread_create(&thread, NULL, pull_or_plug, &comes) == 0);
        start = now_ns();
        CHECK_OK(neuromorphic_device_list_wait(list, NEUROMORPHIC_FOREVER));
        printf("  a camera %s was noticed after %.0f ms\n", comes ? "that came" : "that went", (seconds_since(start) - 0.15) * 1e3);
        within_seconds(seconds_since(start), 1, "noticing");
        pthread_join(thread, NULL);
        CHECK_OK(neuromorphic_device_list_wait(list, 0));
        CHECK_EQUAL(look(), (uint64_t)comes);
    }
}

int main(int count, char **words) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *what = count > 1 ? words[1] : "";
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {{"nothing", nothing}, {"refused", refused}, {"busy", busy},     {"usb2", usb2},     {"old", old},
                 {"unknown", unknown}, {"silent", silent},   {"beside", beside}, {"waits", waits}};
    look();
    use_each();
    holdings before = what_is_held();
    for (size_t i = 0; i < COUNT_OF(cases); ++i) {
        if (strcmp(what, cases[i].name) == 0) {
            cases[i].run();
        }
    }
    if (strcmp(what, "name") == 0 && count > 4) {
        name(words[2], words[3], words[4]);
    }
    if (strcmp(what, "two") == 0 && count > 5) {
        two((const char *const[2]){words[2], words[4]}, (const char *const[2]){words[3], words[5]});
    }
    if (strcmp(what, "waits") != 0) {
        nothing_left(&before, "at the end");
    }
    neuromorphic_device_list_free(list);
    return check_report("discovery");
}
