/* Recordings at their own pace, faster, and over and over. */
/* valgrind: no */
#include "check.h"
#include "support.h"

static const char *recording(void) {
    static char path[4400];
    if (path[0] == '\0') {
        snprintf(path, sizeof path, "%s", in_own_folder("third.raw"));
        record_to_file("sim:prophesee_evk4?rate=1e6&speed=max&duration=0.3", NULL, path);
    }
    return path;
}

static int64_t milliseconds_to_play(const char *options, size_t *events) {
    int64_t start = now_ns();
    stream all = stream_of(format_text("file:%s?%s", recording(), options), NULL);
    int64_t end = now_ns();
    *events = stream_count(&all);
    stream_free(&all);
    return (end - start) / 1000000;
}

/* Playing takes the time that it took, divided by the factor; on a busy machine, somewhat more. */
static void check_pace(const char *options, int64_t wanted) {
    size_t events, complete;
    int64_t times[5];
    milliseconds_to_play("speed=max", &complete);
    for (size_t i = 0; i < COUNT_OF(times); ++i) {
        times[i] = milliseconds_to_play(options, &events);
        CHECK_EQUAL(events, complete);
        CHECK(times[i] >= wanted * 9 / 10);
    }
    int64_t middle = median(times, COUNT_OF(times));
    printf("%s: %lld ms, %lld were wanted\n", options, (long long)middle, (long long)wanted);
    CHECK(middle <= wanted + wanted / 5 + 20);
}

static void check_loop(void) {
    size_t complete;
    milliseconds_to_play("speed=max", &complete);
    static const char *const paces[] = {"loop", "loop&speed=100"};
    for (size_t i = 0; i < COUNT_OF(paces); ++i) {
        neuromorphic_device *device = open_device(format_text("file:%s?%s", recording(), paces[i]), NULL);
        uint64_t events = 0, last = 0;
        int rising = 1;
        while (events < 4 * complete) {
            const neuromorphic_packet *packet = NULL;
            REQUIRE_OK(neuromorphic_next_packet(device, 10000000, &packet));
            for (size_t k = 0; k < packet->count; ++k) {
                rising = rising && packet->t[k] >= last;
                last = packet->t[k];
            }
            events += packet->count;
            neuromorphic_packet_release(packet);
        }
        CHECK(rising);
        /* A round is about 300 ms, and the last may be under way. */
        CHECK(last / 300000 + 1 >= events / complete && last / 300000 <= events / complete + 1);
        neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
        CHECK_OK(neuromorphic_defects_of(device, &defects));
        CHECK_EQUAL(defects.events_before_time.count + defects.time_steps_back.count + defects.unknown_words.count, 0);
        neuromorphic_close(device);
    }
}

/* Each round of a loop is the recording again, only later: every event of it, once, and by the same time each. */
static void check_rounds(void) {
    stream once = stream_of(format_text("file:%s", recording()), NULL);
    size_t count = stream_count(&once);
    REQUIRE(count > 0);
    neuromorphic_device *device = open_device(format_text("file:%s?loop", recording()), NULL);
    stream rounds;
    memset(&rounds, 0, sizeof rounds);
    while (stream_count(&rounds) < 3 * count) {
        const neuromorphic_packet *packet = NULL;
        REQUIRE_OK(neuromorphic_next_packet(device, 10000000, &packet));
        stream_append(&rounds, packet);
        neuromorphic_packet_release(packet);
    }
    neuromorphic_close(device);
    uint64_t before = 0;
    for (size_t round = 0; round < 3; ++round) {
        size_t first = round * count;
        uint64_t later = stream_t(&rounds, first) - stream_t(&once, 0);
        CHECK(round == 0 ? later == 0 : later >= before + stream_t(&once, count - 1) - stream_t(&once, 0));
        before = later;
        int same_t = 1;
        for (size_t i = 0; i < count; ++i) {
            same_t &= stream_t(&rounds, first + i) == stream_t(&once, i) + later;
        }
        CHECK(same_t);
        CHECK(memcmp(rounds.x.at + 2 * first, once.x.at, 2 * count) == 0);
        CHECK(memcmp(rounds.y.at + 2 * first, once.y.at, 2 * count) == 0);
        CHECK(memcmp(rounds.on.at + first, once.on.at, count) == 0);
    }
    stream_free(&once);
    stream_free(&rounds);
}

static void check_end(void) {
    neuromorphic_device *device = open_device(format_text("file:%s", recording()), NULL);
    stream all = stream_to_end(device);
    const neuromorphic_packet *packet = NULL;
    size_t backlog = 42;
    for (int i = 0; i < 3; ++i) {
        CHECK_STATUS(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet), NEUROMORPHIC_END_OF_STREAM);
    }
    CHECK_OK(neuromorphic_backlog(device, &backlog));
    CHECK_EQUAL(backlog, 0);
    CHECK(packet == NULL);
    neuromorphic_statistics statistics = statistics_of(device);
    CHECK(balance_holds(&statistics));
    CHECK(statistics.bytes_produced > 0 && statistics.bytes_delivered == statistics.bytes_produced);
    CHECK_EQUAL(statistics.events, stream_count(&all));
    CHECK_EQUAL(statistics.overflows, 0);
    neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
    CHECK_OK(neuromorphic_properties_of(device, &properties));
    CHECK(properties.model == NEUROMORPHIC_MODEL_NONE && properties.width == 1280 && properties.height == 720);
    CHECK_TEXT(properties.name, "Recording (IMX636)");
    CHECK_TEXT(properties.serial, "00000001");
    CHECK_TEXT(properties.format, "EVT3");
    stream_free(&all);
    neuromorphic_close(device);
}

/* What a device calls its format makes a decoder of its bytes, byte order included. */
static void check_formats(void) {
    static const struct {
        const char *header, *format;
        uint8_t data[16];
    } rows[] = {
        /* A time of 64 us, then the pixels 3 and 4 of row 2 as ON, 5 us later. */
        {"EVT21;endianness=legacy", "EVT21;endianness=legacy",
         {0x01, 0, 0, 0x80, 0, 0, 0, 0, 0x02, 0x18, 0x40, 0x11, 0x03, 0, 0, 0}},
        {"EVT21;endianness=little", "EVT21", {0, 0, 0, 0, 0x01, 0, 0, 0x80, 0x03, 0, 0, 0, 0x02, 0x18, 0x40, 0x11}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); ++i) {
        const char *path = in_own_folder("format.raw");
        bytes file;
        memset(&file, 0, sizeof file);
        const char *header = format_text("%% format %s;height=320;width=320\n%% end\n", rows[i].header);
        bytes_append(&file, header, strlen(header));
        bytes_append(&file, rows[i].data, sizeof rows[i].data);
        write_file(path, file.at, file.length);
        neuromorphic_device *device = open_device(format_text("file:%s", path), NULL);
        neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
        CHECK_OK(neuromorphic_properties_of(device, &properties));
        CHECK_TEXT(properties.format, rows[i].format);
        stream played = stream_to_end(device), decoded;
        memset(&decoded, 0, sizeof decoded);
        neuromorphic_decoder *decoder = NULL;
        neuromorphic_columns columns = columns_create(64, 1, 1);
        size_t used = 0;
        REQUIRE_OK(neuromorphic_decoder_create(properties.format, properties.width, properties.height, &decoder));
        CHECK_OK(neuromorphic_decoder_decode(decoder, rows[i].data, sizeof rows[i].data, &columns, &used));
        CHECK_EQUAL(used, sizeof rows[i].data);
        columns_move(&columns, &decoded);
        CHECK(stream_equal(&played, &decoded));
        CHECK(stream_count(&played) == 2 && stream_t(&played, 1) == 69 && stream_x(&played, 1) == 4 &&
              stream_y(&played, 1) == 2);
        columns_free(&columns);
        neuromorphic_decoder_free(decoder);
        neuromorphic_close(device);
        stream_free(&played), stream_free(&decoded);
        free(file.at);
    }
}

int main(void) {
    check_formats();
    check_pace("speed=realtime", 300);
    check_pace("speed=3", 100);
    check_pace("speed=0.5", 600);
    check_loop();
    check_rounds();
    check_end();
    return check_report("playback");
}
