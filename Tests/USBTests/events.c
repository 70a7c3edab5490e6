/*
 * Everything that a camera sends arrives, and means what the same bytes mean in a file.
 *
 *     events SOURCE FILE [raw]
 *
 * The camera streams FILE, a RAW recording; each of its columns is compared with what file:FILE gives, event by event.
 * With `raw`, its bytes are compared with the file's. Exits with 77 where FILE is not there.
 */
#include "usb.h"

/* A kind of data: its columns, and for each the reference's part that the camera has not confirmed yet. */
enum { COLUMNS = 10 };

typedef struct kind {
    const char *name;
    int first, count; /* of its columns */
    uint64_t compared;
    int differs;
} kind;

static const size_t widths[COLUMNS] = {8, 2, 2, 1, 8, 1, 1, 8, 4, 1};
static const char *const names[COLUMNS] = {"t",         "x",         "y",         "on",            "trigger_t", "trigger_id", "trigger_rising",
                                           "counter_t", "counter_events", "counter_is_output"};
static kind kinds[] = {{"events", 0, 4, 0, 0}, {"triggers", 4, 3, 0, 0}, {"counters", 7, 3, 0, 0}};

static bytes waiting[COLUMNS];
static size_t taken[COLUMNS]; /* of `waiting`, elements */

static size_t packet_column(const neuromorphic_packet *packet, int column, const void **at) {
    const void *const columns[COLUMNS] = {packet->t,          packet->x,         packet->y,
                                          packet->on,         packet->trigger_t, packet->trigger_id,
                                          packet->trigger_rising, packet->counter_t, packet->counter_events,
                                          packet->counter_is_output};
    *at = columns[column];
    return column < 4 ? packet->count : column < 7 ? packet->trigger_count : packet->counter_count;
}

static void append_reference(const neuromorphic_packet *packet) {
    for (int i = 0; i < COLUMNS; ++i) {
        const void *at;
        size_t count = packet_column(packet, i, &at), used = taken[i] * widths[i];
        memmove(waiting[i].at, waiting[i].at + used, waiting[i].length - used);
        waiting[i].length -= used;
        taken[i] = 0;
        bytes_append(&waiting[i], at, count * widths[i]);
    }
}

/* 0 at the reference's end. */
static int read_reference(neuromorphic_device *reference) {
    const neuromorphic_packet *packet;
    neuromorphic_status status = neuromorphic_next_packet(reference, 60000000, &packet);
    if (status != NEUROMORPHIC_OK) {
        CHECK_STATUS(status, NEUROMORPHIC_END_OF_STREAM);
        return 0;
    }
    append_reference(packet);
    neuromorphic_packet_release(packet);
    return 1;
}

static size_t left(int column) { return waiting[column].length / widths[column] - taken[column]; }

static void compare_column(kind *k, int column, const uint8_t *got, size_t count) {
    const uint8_t *wanted = waiting[column].at + taken[column] * widths[column];
    if (memcmp(got, wanted, count * widths[column]) != 0 && !k->differs) {
        size_t i = 0;
        while (memcmp(got + i * widths[column], wanted + i * widths[column], widths[column]) == 0) {
            ++i;
        }
        uint64_t values[2] = {0, 0};
        memcpy(&values[0], got + i * widths[column], widths[column]);
        memcpy(&values[1], wanted + i * widths[column], widths[column]);
        printf("    %s of %s %" PRIu64 " is %" PRIu64 ", in the file %" PRIu64 "\n", names[column], k->name,
               k->compared + i, values[0], values[1]);
        CHECK(!"a column equals the file's");
        k->differs = 1;
    }
    taken[column] += count;
}

static void compare_packet(const neuromorphic_packet *packet, neuromorphic_device *reference) {
    for (size_t i = 0; i < COUNT_OF(kinds); ++i) {
        kind *k = &kinds[i];
        const void *at;
        size_t count = packet_column(packet, k->first, &at);
        while (left(k->first) < count && read_reference(reference)) {
        }
        if (!CHECK(left(k->first) >= count)) {
            printf("    the camera gave %zu %s more than the file\n", count - left(k->first), k->name);
            check_give_up();
        }
        for (int column = k->first; column < k->first + k->count; ++column) {
            packet_column(packet, column, &at);
            compare_column(k, column, at, count);
        }
        k->compared += count;
    }
}

static void report(neuromorphic_device *device, double seconds) {
    neuromorphic_statistics s = statistics_of(device);
    neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
    CHECK_OK(neuromorphic_defects_of(device, &defects));
    printf("%.1f MB in %.2f s: %" PRIu64 " events, %" PRIu64 " triggers, %" PRIu64 " counters in %" PRIu64 " packets; %" PRIu64
           " bytes lost\n",
           (double)s.bytes_produced * 1e-6, seconds, s.events, s.triggers, s.counters, s.packets,
           s.bytes_lost_newest + s.bytes_lost_oldest);
    CHECK(balance_holds(&s));
    CHECK_EQUAL(s.bytes_lost_newest + s.bytes_lost_oldest + s.bytes_cleared + s.overflows, 0);
    CHECK_EQUAL(s.bytes_delivered, counter("delivered"));
    CHECK_EQUAL(counter("dropped_bytes"), 0);
    CHECK(s.bytes_delivered > 0);
}

static void compare_events(neuromorphic_device *device, const char *path) {
    neuromorphic_device *reference = open_device(format_text("file:%s?speed=max", path), NULL);
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    int64_t start = now_ns(), last = start;
    while ((status = neuromorphic_next_packet(device, 1000000, &packet)) == NEUROMORPHIC_OK) {
        compare_packet(packet, reference);
        last = now_ns();
        neuromorphic_packet_release(packet);
    }
    CHECK_STATUS(status, NEUROMORPHIC_ERROR_TIMEOUT);
    while (read_reference(reference)) {
    }
    for (size_t i = 0; i < COUNT_OF(kinds); ++i) {
        if (!CHECK_EQUAL(left(kinds[i].first), 0)) {
            printf("    %s of the file that the camera did not give\n", kinds[i].name);
        }
    }
    CHECK(kinds[0].compared > 0);
    neuromorphic_close(reference);
    report(device, (double)(last - start) * 1e-9);
}

static void compare_bytes(neuromorphic_device *device, const char *path) {
    size_t length;
    uint8_t *whole = read_file(path, &length);
    size_t at = header_length(whole, length);
    length -= (length - at) % 2;
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    int64_t start = now_ns(), last = start;
    while ((status = neuromorphic_next_packet(device, 1000000, &packet)) == NEUROMORPHIC_OK) {
        REQUIRE(packet->raw_length <= length - at);
        if (!CHECK(memcmp(packet->raw, whole + at, packet->raw_length) == 0)) {
            printf("    somewhere in the %zu bytes from byte %zu of the file on\n", packet->raw_length, at);
            check_give_up();
        }
        CHECK_EQUAL(packet->count + packet->trigger_count, 0);
        at += packet->raw_length;
        last = now_ns();
        neuromorphic_packet_release(packet);
    }
    CHECK_STATUS(status, NEUROMORPHIC_ERROR_TIMEOUT);
    CHECK_EQUAL(at, length);
    free(whole);
    report(device, (double)(last - start) * 1e-9);
}

int main(int count, char **words) {
    if (count < 3) {
        fprintf(stderr, "usage: events SOURCE FILE [raw]\n");
        return 2;
    }
    if (access(words[2], R_OK) != 0) {
        printf("there is no %s\n", words[2]);
        return 77;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    meet_camera();
    /* What the camera's sensor would filter must not be filtered here. */
    neuromorphic_configuration configuration = default_configuration(plugged_model());
    configuration.settings.prophesee_evk4.enable_external_trigger = 1;
    if (plugged_model() == NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD) {
        configuration = default_configuration(NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD);
        configuration.settings.prophesee_evk3_hd.enable_external_trigger = 1;
    }
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.configuration = &configuration;
    options.raw = count > 3 && strcmp(words[3], "raw") == 0;
    tell("counters clear");
    neuromorphic_device *device = open_device(words[1], &options);
    if (options.raw) {
        compare_bytes(device, words[2]);
    } else {
        compare_events(device, words[2]);
    }
    neuromorphic_close(device);
    return check_report("events");
}
