/* The camera model looked at by itself, without any USB. Prints a line for each check that fails. */
#include "camera.h"
#include "evt3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks, failures;
static char answer[4096];

#define CHECK(condition, ...) \
    do { \
        checks += 1; \
        if (!(condition)) { \
            failures += 1; \
            printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            printf(__VA_ARGS__); \
            printf(" (%s)\n", answer); \
        } \
    } while (0)

static camera *plug(const char *description) {
    char why[256] = "";
    camera *c = camera_create(description, why, sizeof why);
    if (c == NULL) {
        printf("%s: %s\n", description, why);
        exit(1);
    }
    return c;
}

static const char *tell(camera *c, const char *line) {
    camera_command(c, line, answer, sizeof answer);
    return answer;
}

static uint64_t counter(camera *c, const char *name) {
    char key[64];
    snprintf(key, sizeof key, " %s=", name);
    tell(c, "counters");
    const char *at = strstr(answer, key);
    return at != NULL ? strtoull(at + strlen(key), NULL, 10) : UINT64_MAX;
}

static void put(uint8_t *at, uint32_t value) { for (int i = 0; i < 4; ++i) at[i] = (uint8_t)(value >> 8 * i); }
static uint32_t get(const uint8_t *at) { return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24; }

/* One request; returns the reply's length or what camera_read said. */
static int ask(camera *c, const uint8_t *request, size_t count, uint8_t reply[1024]) {
    const int sent = camera_write(c, CAMERA_REQUESTS_OUT, request, count);
    return sent < 0 ? sent : camera_read(c, CAMERA_REPLIES_IN, reply, 1024, 0);
}

static int ask_property(camera *c, uint32_t property, uint8_t reply[1024]) {
    uint8_t request[8];
    put(request, property);
    put(request + 4, 0);
    return ask(c, request, 8, reply);
}

static int write_register(camera *c, uint32_t address, uint32_t value) {
    uint8_t request[20], reply[1024];
    const uint32_t words[] = {0x40010102, 12, 0, address, value};
    for (int i = 0; i < 5; ++i) put(request + 4 * i, words[i]);
    const int count = ask(c, request, sizeof request, reply);
    return count >= 4 && get(reply) == 0x40010102 ? 0 : -1;
}

static uint32_t read_register(camera *c, uint32_t address) {
    uint8_t request[20], reply[1024];
    const uint32_t words[] = {0x10102, 12, 0, address, 1};
    for (int i = 0; i < 5; ++i) put(request + 4 * i, words[i]);
    const int count = ask(c, request, sizeof request, reply);
    return count == 20 && memcmp(request, reply, 16) == 0 ? get(reply + 16) : 0xDEAD0000;
}

static void start(camera *c) {
    write_register(c, 0xB000, 0x2F9);
    write_register(c, 0x9028, 0);
    write_register(c, 0x9008, 0x645);
    write_register(c, 0x0004, 0xF0005442);
}

static void stop(camera *c) { write_register(c, 0x0004, 0xF0005042); write_register(c, 0x9008, 0x644); }

/* --- a plain decoder of its own */

struct decoded { uint64_t events, triggers; uint32_t x_minimum, x_maximum, y_minimum, y_maximum; int raster; uint64_t next; };

static void meet(struct decoded *d, uint32_t x, uint32_t y) {
    if (x < d->x_minimum) d->x_minimum = x;
    if (x > d->x_maximum) d->x_maximum = x;
    if (y < d->y_minimum) d->y_minimum = y;
    if (y > d->y_maximum) d->y_maximum = y;
    if ((uint64_t)y * 1280 + x != d->next % (1280 * 720)) d->raster = 0;
    d->next = (uint64_t)y * 1280 + x + 1;
    d->events += 1;
}

static struct decoded decode(const uint8_t *bytes, size_t count) {
    struct decoded d = {0, 0, UINT32_MAX, 0, UINT32_MAX, 0, 1, 0};
    uint32_t y = 0, base = 0;
    for (size_t i = 0; i + 1 < count; i += 2) {
        const uint32_t word = bytes[i] | (uint32_t)bytes[i + 1] << 8, kind = word >> 12;
        if (kind == ADDR_Y) y = word & 0x7FF;
        if (kind == ADDR_X) meet(&d, word & 0x7FF, y);
        if (kind == VECT_BASE_X) base = word & 0x7FF;
        if (kind == EXT_TRIGGER) d.triggers += 1;
        if (kind == VECT_12 || kind == VECT_8) {
            const uint32_t size = kind == VECT_12 ? 12 : 8;
            for (uint32_t bit = 0; bit < size; ++bit) if (word >> bit & 1) meet(&d, base + bit, y);
            base += size;
        }
    }
    return d;
}

/* Everything the camera sends until nothing came for a while. */
static size_t read_all(camera *c, uint8_t **bytes, int wait_ms) {
    size_t used = 0, capacity = 0;
    for (*bytes = NULL;;) {
        if (capacity < used + 131072) *bytes = realloc(*bytes, capacity = 2 * used + 262144);
        const int count = camera_read(c, CAMERA_EVENTS_IN, *bytes + used, 131072, wait_ms);
        if (count < 0) return used;
        used += (size_t)count;
    }
}

/* --- the checks */

static void identity(void) {
    camera *c = plug("prophesee_evk4?serial=0000000100ABCDEF&firmware=4.6.2");
    uint8_t bytes[1024], setup[] = {0xC0, 0x72, 0, 0, 0, 0, 2, 0};
    CHECK(camera_device_descriptor(c, CAMERA_SUPER_SPEED, bytes, 64) == 18 && bytes[8] == 0xB4 && bytes[10] == 0xF5, "device");
    CHECK(camera_configuration_descriptor(c, CAMERA_SUPER_SPEED, bytes, 256) == 57 && bytes[2] == 57, "super speed");
    CHECK(bytes[20] == 0x82, "first endpoint");
    CHECK(camera_configuration_descriptor(c, CAMERA_HIGH_SPEED, bytes, 256) == 39 && bytes[34] == 0x81, "high speed");
    CHECK(camera_string_descriptor(c, 0, 0, bytes, 64) == 4 && memcmp(bytes, "\x04\x03\x09\x04", 4) == 0, "languages");
    CHECK(camera_string_descriptor(c, 2, 0x409, bytes, 64) == 10 && bytes[2] == 'E' && bytes[8] == '4', "product");
    CHECK(camera_control(c, setup, bytes, 2) == 2 && bytes[0] == 0x31, "system id");
    CHECK(ask_property(c, 0x72, bytes) == 16 && get(bytes + 8) == 0x00ABCDEF && get(bytes + 12) == 1, "serial");
    CHECK(ask_property(c, 0x79, bytes) == 12 && get(bytes + 8) == 0x040602, "firmware");
    CHECK(ask_property(c, 0x7A, bytes) == 16 && ask_property(c, 0x10000, bytes) == 12 && get(bytes + 8) == 1, "devices");
    CHECK(ask_property(c, 0x99, bytes) == 8 && get(bytes) == 0x80000000, "unknown property");
    const uint8_t compatible[] = {3, 0, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0};
    CHECK(ask(c, compatible, 12, bytes) == 12 + 35, "compatible");
    CHECK(strcmp((char *)bytes + 12, "psee,ccam5_imx636") == 0, "compatible");
    const uint8_t legacy[] = {0x55, 0, 0, 0, 0, 8, 0, 0};
    CHECK(ask(c, legacy, 8, bytes) == 12 && get(bytes + 8) == 0x31, "legacy read");
    tell(c, "log line 1");
    CHECK(strstr(answer, "CTRL_IN c0 72 00 00 00 00 02 00") != NULL, "log");
    camera_free(c);
    CHECK(camera_create("prophesee_evk5", answer, sizeof answer) == NULL, "no such model");
    CHECK(strstr(answer, "prophesee_evk4") != NULL, "but others");
    CHECK(camera_create("prophesee_evk4?serail=1", answer, sizeof answer) == NULL, "no such option");
}

static void registers(void) {
    camera *c = plug("prophesee_evk4?temperature=40&init_delay=20000");
    CHECK(read_register(c, 0x14) == 0xA0401806 && (read_register(c, 0x1014) & 0xFF) != 0x4D, "chip");
    CHECK(write_register(c, 0x1014, 0x11A1004D) == 0 && read_register(c, 0x1014) == 0x11A1004D, "storage");
    CHECK(!(read_register(c, 0x50) & 1 << 11), "no temperature before a start");
    write_register(c, 0x54, 0x1212);
    write_register(c, 0x5C, 0x200083);
    write_register(c, 0x4C, 0x7647);
    const double celsius = 0.19 * (read_register(c, 0x50) & 0x3FF) - 56;
    CHECK(celsius > 39.8 && celsius < 40.2, "temperature %f", celsius);
    CHECK(!(read_register(c, 0x10) & 1u << 29), "light");
    write_register(c, 0x74, 3);
    write_register(c, 0x0C, 7);
    CHECK(read_register(c, 0x10) == (1u << 29 | 200000), "light");
    write_register(c, 0xD0C4, 4);
    write_register(c, 0xD0C4, 1);
    CHECK(!(read_register(c, 0xD0C4) & 4), "too early");
    tell(c, "wait operations=1000000 ms=30");
    CHECK(read_register(c, 0xD0C4) & 4, "done");
    write_register(c, 0x400004, 1);
    CHECK(write_register(c, 0x1014, 1) != 0, "held in reset");
    write_register(c, 0x400004, 0);
    CHECK(read_register(c, 0x1014) != 0x11A1004D && read_register(c, 0x1014) != 0xDEAD0000, "reset values");
    camera_free(c);
    c = plug("prophesee_evk3_hd");
    CHECK(read_register(c, 0x14) == 0xA0301003 && read_register(c, 0x10) == 0, "Gen4.1");
    write_register(c, 0xA000, 0xA1);
    CHECK(read_register(c, 0xA000) == 0x2A1, "ready bit");
    camera_free(c);
}

static void starts_and_stops(void) {
    camera *c = plug("prophesee_evk4?rate=max&events=100000&density=5e6&triggers=1000");
    uint8_t *bytes;
    CHECK(read_all(c, &bytes, 1) == 0, "nothing before the start");
    free(bytes);
    for (int round = 0; round < 2; ++round) {
        start(c);
        const size_t count = read_all(c, &bytes, 1);
        const struct decoded d = decode(bytes, count);
        CHECK(d.events == 100000 && d.raster, "%llu events", (unsigned long long)d.events);
        CHECK(d.triggers == 20, "%llu triggers", (unsigned long long)d.triggers);
        CHECK(count > 0 && bytes[1] >> 4 == TIME_HIGH && bytes[0] == 0, "time begins at zero");
        stop(c);
        free(bytes);
    }
    CHECK(counter(c, "events") == 200000, "counted");
    camera_free(c);
}

static void paces(void) {
    camera *c = plug("prophesee_evk4?rate=1e6");
    uint8_t *bytes = NULL, small[4096];
    start(c);
    tell(c, "wait unplugged ms=100");
    CHECK(camera_read(c, CAMERA_EVENTS_IN, small, sizeof small, 10) > 0, "some");
    stop(c);
    const uint64_t made = counter(c, "events"), dropped = counter(c, "dropped_events");
    CHECK(made + dropped > 90000 && made + dropped < 150000, "%llu", (unsigned long long)(made + dropped));
    free(bytes);
    camera_free(c);
    c = plug("prophesee_evk4?rate=20e6&fifo=65536");
    start(c);
    tell(c, "wait unplugged ms=50");
    camera_read(c, CAMERA_EVENTS_IN, small, sizeof small, 10);
    CHECK(counter(c, "dropped_events") > 500000, "a full FIFO loses");
    camera_free(c);
    c = plug("prophesee_evk4?rate=40e6B&fifo=65536");
    start(c);
    tell(c, "wait unplugged ms=50");
    camera_read(c, CAMERA_EVENTS_IN, small, sizeof small, 10);
    const uint64_t lost = counter(c, "dropped_bytes") + 65536;
    CHECK(lost > 1900000 && lost < 4000000, "%llu bytes of 40 MB/s in 50 ms", (unsigned long long)lost);
    camera_free(c);
    c = plug("prophesee_evk4?stale=1000");
    CHECK(read_all(c, &bytes, 5) == 1000, "stale bytes");
    free(bytes);
    camera_free(c);
}

static void filters(void) {
    camera *c = plug("prophesee_evk4?rate=max&events=921600&triggers=10000");
    uint8_t *bytes;
    /* Columns 64.. and rows 100.. disabled. */
    for (uint32_t i = 2; i < 40; ++i) write_register(c, 0x2000 + 4 * i, UINT32_MAX);
    for (uint32_t i = 0; i < 23; ++i) write_register(c, 0x4000 + 4 * i, i < 3 ? 0 : i == 3 ? ~0xFu : UINT32_MAX);
    start(c);
    size_t count = read_all(c, &bytes, 1);
    CHECK(decode(bytes, count).events == 921600, "masks wait for their trigger");
    stop(c);
    free(bytes);
    write_register(c, 0x0004, 0xF0005062);
    write_register(c, 0x9100, 1u << 31 | 50u << 16 | 10);
    write_register(c, 0x7004, 0xC1FF);
    start(c);
    count = read_all(c, &bytes, 1);
    struct decoded d = decode(bytes, count);
    CHECK(d.events == 6399 && d.x_maximum == 63 && d.y_maximum == 99 && d.triggers == 0, "%llu events to %u, %u",
          (unsigned long long)d.events, d.x_maximum, d.y_maximum);
    free(bytes);
    stop(c);
    write_register(c, 0x0004, 0xF0005422); /* both needed: the rest of the picture comes back */
    start(c);
    write_register(c, 0x0004, 0xF0005402);
    count = read_all(c, &bytes, 1);
    CHECK(decode(bytes, count).events == 921600 - 620 * 1216 - 1, "union and intersection");
    free(bytes);
    camera_free(c);

    c = plug("prophesee_evk4?rate=max&events=921600");
    write_register(c, 0x38, 40u << 16 | 100);
    write_register(c, 0x3C, 60u << 16 | 200);
    write_register(c, 0x34, 1);
    tell(c, "wait unplugged ms=5");
    CHECK(read_register(c, 0x34) & 2, "window done");
    write_register(c, 0x0004, 0xF0005062);
    write_register(c, 0x34, 0);
    start(c);
    count = read_all(c, &bytes, 1);
    d = decode(bytes, count);
    CHECK(d.x_minimum == 100 && d.x_maximum == 199 && d.y_minimum == 40 && d.y_maximum == 59 && d.events == 2000, "%u..%u %u..%u",
          d.x_minimum, d.x_maximum, d.y_minimum, d.y_maximum);
    free(bytes);
    camera_free(c);

    c = plug("prophesee_evk4?rate=max&events=200000&density=20e6");
    write_register(c, 0x6008, 200);
    write_register(c, 0x600C, 1000);
    write_register(c, 0x6028, 3);
    write_register(c, 0x6050, 1);
    write_register(c, 0x6000, 0x155401);
    start(c);
    count = read_all(c, &bytes, 1);
    CHECK(decode(bytes, count).events == 50000, "a quarter of 20 Mev/s");
    CHECK(counter(c, "filtered_events") == 150000, "counted");
    free(bytes);
    camera_free(c);
}

static void goes_wrong(void) {
    camera *c = plug("prophesee_evk4?rate=max&do=reply,late,at=2,ms=30&do=unplug,at=9");
    uint8_t reply[8192];
    CHECK(ask_property(c, 0x72, reply) == 16, "first");
    CHECK(ask_property(c, 0x72, reply) == CAMERA_NOTHING_YET, "late");
    CHECK(camera_read(c, CAMERA_REPLIES_IN, reply, 1024, 200) == 16, "but it comes");
    tell(c, "reply missing");
    CHECK(ask_property(c, 0x72, reply) == CAMERA_NOTHING_YET, "missing");
    tell(c, "reply long bytes=2000");
    CHECK(ask_property(c, 0x72, reply) == 1024 && camera_read(c, CAMERA_REPLIES_IN, reply, 1024, 0) == 992, "long");
    tell(c, "reply empty");
    CHECK(ask_property(c, 0x72, reply) == 0, "empty");
    tell(c, "reply refuse");
    CHECK(ask_property(c, 0x72, reply) == CAMERA_STALLED, "refused");
    camera_clear_halt(c, CAMERA_REPLIES_IN);
    tell(c, "reply wrong_header");
    CHECK(ask_property(c, 0x72, reply) == 16 && get(reply) == 0x62, "wrong header");
    tell(c, "reply failed code=110");
    CHECK(ask_property(c, 0x72, reply) == 20 && get(reply) == 0x80000072 && get(reply + 16) == 110, "failed");
    CHECK(ask_property(c, 0x72, reply) == CAMERA_UNPLUGGED, "the ninth");
    CHECK(camera_read(c, CAMERA_EVENTS_IN, reply, 512, 0) == CAMERA_UNPLUGGED, "gone");
    tell(c, "plug");
    start(c);
    tell(c, "stream odd bytes=101 for=2");
    for (int i = 0; i < 2; ++i) CHECK(camera_read(c, CAMERA_EVENTS_IN, reply, 8192, 10) == 101, "odd");
    tell(c, "stream empty");
    CHECK(camera_read(c, CAMERA_EVENTS_IN, reply, 8192, 10) == 0, "empty");
    CHECK(camera_read(c, CAMERA_EVENTS_IN, reply, 8192, 10) == 8192, "and on");
    tell(c, "halt 81");
    CHECK(camera_read(c, CAMERA_EVENTS_IN, reply, 8192, 10) == CAMERA_STALLED, "halted");
    camera_clear_halt(c, CAMERA_EVENTS_IN);
    tell(c, "halt 02 after=1");
    CHECK(camera_is_halted(c, 0x02) && ask_property(c, 0x72, reply) == CAMERA_STALLED, "requests halted");
    camera_clear_halt(c, CAMERA_REQUESTS_OUT);
    CHECK(ask_property(c, 0x72, reply) == 16, "and cleared");
    tell(c, "stream silent");
    CHECK(camera_read(c, CAMERA_EVENTS_IN, reply, 8192, 2) <= 8192, "what is left");
    CHECK(camera_read(c, CAMERA_EVENTS_IN, reply, 8192, 2) == CAMERA_NOTHING_YET, "silent");
    tell(c, "stream resume");
    tell(c, "unplug after_bytes=5000");
    CHECK(camera_read(c, CAMERA_EVENTS_IN, reply, 4096, 10) == 4096 && camera_read(c, CAMERA_EVENTS_IN, reply, 4096, 10) == 904
          && camera_read(c, CAMERA_EVENTS_IN, reply, 4096, 10) == CAMERA_UNPLUGGED, "after bytes");
    camera_free(c);
}

/* A recording comes out as it is, byte for byte, whatever the sizes of transfers; filtered, it keeps its words' order. */
static void recordings(const char *path) {
    char description[1024];
    snprintf(description, sizeof description, "prophesee_evk4?stream=file:%s", path);
    camera *c = plug(description);
    uint8_t *bytes;
    start(c);
    const size_t count = read_all(c, &bytes, 1);
    FILE *file = fopen(path, "rb");
    char line[256];
    long data = 0;
    while (fgets(line, sizeof line, file) != NULL && strncmp(line, "% ", 2) == 0) data = ftell(file);
    uint8_t *expected = malloc(count + 1);
    fseek(file, data, SEEK_SET);
    CHECK(fread(expected, 1, count + 1, file) == count && memcmp(bytes, expected, count) == 0, "unchanged");
    fclose(file);
    CHECK(decode(bytes, count).events == counter(c, "events"), "counted");
    printf("%s: %zu bytes, %llu events\n", path, count, (unsigned long long)counter(c, "events"));
    free(expected);
    free(bytes);
    camera_free(c);
}

int main(int argc, char **argv) {
    identity();
    registers();
    starts_and_stops();
    paces();
    filters();
    goes_wrong();
    for (int i = 1; i < argc; ++i) recordings(argv[i]);
    printf("%d passed, %d failed\n", checks - failures, failures);
    return failures > 0;
}
