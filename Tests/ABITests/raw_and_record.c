/* Raw packets, the files that they make, and what those play: the same bytes, the same events. */
#include "check.h"
#include "support.h"

#define SCENE "sim:prophesee_evk4?scene=edges+noise&rate=3e6&triggers=500&speed=max&duration=0.1"

static stream raw_stream(const char *source) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 1;
    return stream_of(source, &options);
}

/* The bytes behind a file's header. */
static bytes data_of(const char *path) {
    size_t length;
    uint8_t *file = read_file(path, &length);
    size_t header = header_length(file, length);
    bytes data;
    memset(&data, 0, sizeof data);
    bytes_append(&data, file + header, length - header);
    free(file);
    return data;
}

static void check_same_bytes(void) {
    stream one = raw_stream(SCENE "&seed=7"), same = raw_stream(SCENE "&seed=7"), other = raw_stream(SCENE "&seed=8");
    CHECK(one.raw.length > 100000);
    CHECK(stream_equal(&one, &same));
    CHECK(!stream_equal(&one, &other));
    CHECK(stream_count(&one) == 0 && one.trigger_id.length == 0);

    const char *path = in_own_folder("first.raw");
    record_to_file(SCENE "&seed=7", NULL, path);
    bytes data = data_of(path);
    CHECK(bytes_equal(&data, &one.raw));
    stream played = stream_of(format_text("file:%s", path), NULL), decoded = stream_of(SCENE "&seed=7", NULL);
    CHECK(stream_count(&decoded) > 200000);
    CHECK(decoded.trigger_id.length == 100);
    CHECK(stream_equal(&played, &decoded));

    /* At every pace. */
    stream paced = stream_of(format_text("file:%s?speed=1000", path), NULL);
    CHECK(stream_equal(&paced, &decoded));

    /* Recorded anew: the same data, and what the header said is kept. */
    const char *again = in_own_folder("again.raw");
    record_to_file(format_text("file:%s", path), NULL, again);
    bytes copied = data_of(again);
    CHECK(bytes_equal(&copied, &data));
    size_t length;
    char *text = (char *)read_file(again, &length);
    CHECK(strstr(text, "% format EVT3;height=720;width=1280\n") != NULL);
    CHECK(strstr(text, "% evt 3.0\n") != NULL);
    CHECK(strstr(text, "% geometry 1280x720\n") != NULL);
    CHECK(strstr(text, "% serial_number 00000007\n") != NULL);
    CHECK(strstr(text, "% sensor_name IMX636\n") != NULL);
    CHECK(strstr(text, "% date 20") != NULL);
    CHECK(strstr(text, "% end\n") != NULL);
    free(text);
    free(data.at), free(copied.at);
    stream *all[] = {&one, &same, &other, &played, &decoded, &paced};
    for (size_t i = 0; i < COUNT_OF(all); ++i) {
        stream_free(all[i]);
    }
}

/* What was written is there before the recording is closed: as after a crash. */
static void check_readable_before_close(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 1;
    neuromorphic_device *device = open_device(SCENE, &options);
    const char *path = in_own_folder("open.raw");
    neuromorphic_recording *recording = NULL;
    const neuromorphic_packet *packet = NULL;
    stream written;
    memset(&written, 0, sizeof written);
    REQUIRE_OK(neuromorphic_recording_create(path, device, 0, &recording));
    for (int i = 0; i < 3; ++i) {
        REQUIRE_OK(neuromorphic_next_packet(device, 10000000, &packet));
        stream_append(&written, packet);
        REQUIRE_OK(neuromorphic_recording_write(recording, packet));
        neuromorphic_packet_release(packet);
        bytes data = data_of(path);
        CHECK(bytes_equal(&data, &written.raw));
        free(data.at);
    }
    CHECK_OK(neuromorphic_recording_sync(recording));
    neuromorphic_close(device);
    CHECK_OK(neuromorphic_recording_close(recording));
    stream_free(&written);
}

int main(void) {
    check_same_bytes();
    check_readable_before_close();
    return check_report("raw_and_record");
}
