/*
 * Real recordings give the very columns that independent decoders agreed on: as files, in packets of every size and raw,
 * and through the decoder by itself with the stream cut at random places.
 */
#include "support.h"

#include "sha256.h"

typedef struct recording {
    char file[64];
    uint64_t events, first_t, last_t;
    char sha256[4][65]; /* of t, x, y, on */
    const char *format;
    uint16_t width, height;
} recording;

/* Reads a recording's row of expected.csv. */
static void read_expected(const char *path, recording *row) {
    FILE *file = fopen(path, "r");
    char line[512], name[64];
    int found = 0;
    REQUIRE(file != NULL);
    while (!found && fgets(line, sizeof line, file) != NULL) {
        found = sscanf(line, "%63[^,],%" SCNu64 ",%" SCNu64 ",%" SCNu64 ",%64[0-9a-f],%64[0-9a-f],%64[0-9a-f],%64[0-9a-f]",
                       name, &row->events, &row->first_t, &row->last_t, row->sha256[0], row->sha256[1], row->sha256[2],
                       row->sha256[3]) == 8 &&
                strcmp(name, row->file) == 0;
    }
    fclose(file);
    REQUIRE(found);
}

static void check_columns(stream *all, const recording *expected) {
    char text[65];
    CHECK_EQUAL(stream_count(all), expected->events);
    REQUIRE(stream_count(all) > 0);
    CHECK_EQUAL(stream_t(all, 0), expected->first_t);
    CHECK_EQUAL(stream_t(all, stream_count(all) - 1), expected->last_t);
    for (size_t i = 0; i < 4; ++i) {
        sha256_text(stream_part(all, i)->at, stream_part(all, i)->length, text);
        CHECK_TEXT(text, expected->sha256[i]);
    }
}

static void check_defects_equal(const neuromorphic_defects *left, const neuromorphic_defects *right) {
    const neuromorphic_defect *a = &left->events_before_time, *b = &right->events_before_time;
    CHECK_EQUAL(left->struct_size, right->struct_size);
    for (size_t i = 0; i < (sizeof *left - offsetof(neuromorphic_defects, events_before_time)) / sizeof *a; ++i) {
        CHECK_EQUAL(a[i].count, b[i].count);
        CHECK(a[i].count == 0 || a[i].first_offset == b[i].first_offset);
    }
}

/* Through file:, with a given number of events in a packet at most. */
static neuromorphic_defects check_file(const char *path, size_t data_length, const recording *expected, size_t capacity) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.packet_capacity = capacity;
    neuromorphic_device *device = open_device(format_text("file:%s", path), &options);
    neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
    CHECK_OK(neuromorphic_properties_of(device, &properties));
    CHECK_TEXT(properties.format, expected->format);
    CHECK_EQUAL(properties.width, expected->width);
    CHECK_EQUAL(properties.height, expected->height);
    CHECK(properties.model == NEUROMORPHIC_MODEL_NONE);

    stream all;
    memset(&all, 0, sizeof all);
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    uint64_t sequence = 0, stream_bytes = 0;
    int on_sensor = 1;
    while ((status = neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet)) == NEUROMORPHIC_OK) {
        CHECK_EQUAL(packet->sequence, sequence++);
        CHECK(capacity == 0 || packet->count <= capacity);
        CHECK_EQUAL(packet->bytes_lost_before, 0);
        for (size_t i = 0; i < packet->count; ++i) {
            on_sensor &= packet->x[i] < properties.width && packet->y[i] < properties.height && packet->on[i] < 2;
        }
        stream_bytes += packet->bytes;
        stream_append(&all, packet);
        neuromorphic_packet_release(packet);
    }
    CHECK_STATUS(status, NEUROMORPHIC_END_OF_STREAM);
    CHECK(on_sensor);
    CHECK_EQUAL(stream_bytes, data_length);
    check_columns(&all, expected);

    neuromorphic_statistics statistics = statistics_of(device);
    CHECK_EQUAL(statistics.packets, sequence);
    CHECK_EQUAL(statistics.events, expected->events);
    CHECK_EQUAL(statistics.bytes_produced, data_length);
    CHECK_EQUAL(statistics.bytes_delivered, data_length);
    CHECK_EQUAL(statistics.overflows, 0);
    CHECK(balance_holds(&statistics));
    neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
    CHECK_OK(neuromorphic_defects_of(device, &defects));
    neuromorphic_close(device);
    stream_free(&all);
    return defects;
}

/* Decodes bytes in random pieces, into arrays that are often full. */
static neuromorphic_defects check_decoder(const uint8_t *data, size_t length, const recording *expected, size_t longest,
                                          uint64_t seed) {
    neuromorphic_columns columns = columns_create(512, 4, 4);
    neuromorphic_decoder *decoder = NULL;
    REQUIRE_OK(neuromorphic_decoder_create(expected->format, expected->width, expected->height, &decoder));
    stream all;
    memset(&all, 0, sizeof all);
    uint64_t state = seed;
    for (size_t at = 0; at < length;) {
        size_t piece = random_below(&state, longest + 1), consumed = SIZE_MAX;
        piece = piece < length - at ? piece : length - at;
        /* A copy of its own, so that a read outside the piece is one that memory checkers see. */
        uint8_t *copy = allocate(piece);
        memcpy(copy, data + at, piece);
        REQUIRE_OK(neuromorphic_decoder_decode(decoder, copy, piece, &columns, &consumed));
        free(copy);
        REQUIRE(consumed <= piece);
        /* Only full arrays stop a decoder. */
        REQUIRE(consumed == piece || columns.count > 512 - 64 || columns.trigger_count == 4 || columns.counter_count == 4);
        if (consumed < piece || random_below(&state, 4) == 0) {
            columns_move(&columns, &all);
        }
        at += consumed;
    }
    columns_move(&columns, &all);
    check_columns(&all, expected);

    uint64_t current_t = 0;
    CHECK_OK(neuromorphic_decoder_current_t(decoder, &current_t));
    CHECK(current_t >= expected->last_t);
    neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
    CHECK_OK(neuromorphic_decoder_defects(decoder, &defects));
    neuromorphic_decoder_free(decoder);
    columns_free(&columns);
    stream_free(&all);
    return defects;
}

static void check_raw(const char *path, const uint8_t *data, size_t length) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 1;
    stream all = stream_of(format_text("file:%s", path), &options);
    CHECK_EQUAL(all.raw.length, length);
    CHECK(all.raw.length == length && memcmp(all.raw.at, data, length) == 0);
    CHECK_EQUAL(stream_count(&all), 0);
    stream_free(&all);
}

int main(void) {
    recording recordings[] = {
        {.file = "evt3_sample.raw", .format = "EVT3", .width = 1280, .height = 720},
        {.file = "evt2_sample.raw", .format = "EVT2", .width = 640, .height = 480},
    };
    char digest[65];
    sha256_text("abc", 3, digest);
    CHECK_TEXT(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    for (size_t i = 0; i < COUNT_OF(recordings); ++i) {
        recording *expected = &recordings[i];
        const char *table = test_data("expected.csv"), *found = test_data(expected->file);
        if (table == NULL || found == NULL) {
            printf("SKIPPED: no recordings; set NEUROMORPHIC_TEST_DATA to their folder\n");
            return 77;
        }
        char *path = strdup(found);
        REQUIRE(path != NULL);
        read_expected(table, expected);
        size_t length;
        uint8_t *bytes = read_file(path, &length);
        size_t header = header_length(bytes, length);

        neuromorphic_defects defects = check_file(path, length - header, expected, 0);
        const size_t capacities[] = {4096, 5000, 65536};
        for (size_t k = 0; k < COUNT_OF(capacities); ++k) {
            neuromorphic_defects others = check_file(path, length - header, expected, capacities[k]);
            check_defects_equal(&defects, &others);
        }
        const size_t longest[] = {9, 1000, 100000};
        for (size_t k = 0; k < COUNT_OF(longest); ++k) {
            uint64_t seed = 0x5EED + i * 16 + k;
            printf("%s: pieces of at most %zu bytes, seed %" PRIu64 "\n", expected->file, longest[k], seed);
            neuromorphic_defects others = check_decoder(bytes + header, length - header, expected, longest[k], seed);
            check_defects_equal(&defects, &others);
        }
        check_raw(path, bytes + header, length - header);
        free(bytes);
        free(path);
    }
    return check_report("golden_recordings");
}
