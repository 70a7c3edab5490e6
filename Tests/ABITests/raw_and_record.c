/*
 * Raw packets are the stream's bytes, a recording is these bytes behind a header, and playing it gives the same again:
 * the same events, the same bytes. A simulation is the same for the same seed. A recording survives its program's death.
 */
#include "support.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define CAMERA "sim:prophesee_evk4?rate=5e6&triggers=1000&duration=0.3&speed=max"
#define SHORTER_CAMERA "sim:prophesee_evk4?rate=5e6&triggers=1000&duration=0.1&speed=max"

static neuromorphic_open_options raw_options(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 1;
    return options;
}

/* Triggers and reports of the rate controller, so that every kind of data is recorded. */
static neuromorphic_configuration full_configuration(void) {
    neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
    REQUIRE_OK(neuromorphic_default_configuration(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, &configuration));
    configuration.settings.prophesee_evk4.enable_external_trigger = 1;
    configuration.settings.prophesee_evk4.rate_limiter_enabled = 1;
    configuration.settings.prophesee_evk4.rate_limiter_period_us = 200;
    configuration.settings.prophesee_evk4.rate_limiter_maximum_events = 800;
    return configuration;
}

/* The data section of a RAW file. */
static bytes data_of(const char *path) {
    bytes data = {NULL, 0, 0};
    size_t length;
    uint8_t *all = read_file(path, &length);
    size_t header = header_length(all, length);
    bytes_append(&data, all + header, length - header);
    free(all);
    return data;
}

static void check_header(const char *path, const char *serial) {
    size_t length;
    uint8_t *all = read_file(path, &length);
    size_t header = header_length(all, length);
    all[header] = '\0';
    const char *text = (const char *)all;
    CHECK(strstr(text, "% evt 3.0\n") != NULL);
    CHECK(strstr(text, "% format EVT3;height=720;width=1280\n") != NULL);
    CHECK(strstr(text, "% geometry 1280x720\n") != NULL);
    CHECK(strstr(text, "% sensor_name IMX636\n") != NULL);
    CHECK(strstr(text, "% sensor_generation 4.2\n") != NULL);
    CHECK(header >= 6 && strcmp(text + header - 6, "% end\n") == 0);
    if (serial[0] != '\0') {
        CHECK(strstr(text, format_text("%% serial_number %s\n", serial)) != NULL);
    }
    free(all);
}

/* What holds for raw packets. */
static void check_raw_packets(const stream *expected, uint32_t merged, size_t capacity) {
    neuromorphic_configuration configuration = full_configuration();
    neuromorphic_open_options options = raw_options();
    options.configuration = &configuration;
    options.maximum_raw_packets = merged;
    options.packet_capacity = capacity;
    options.buffer_length = 16384;
    neuromorphic_device *device = open_device(CAMERA "&seed=7", &options);
    neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
    CHECK_OK(neuromorphic_properties_of(device, &properties));
    CHECK_EQUAL(properties.columns, NEUROMORPHIC_COLUMNS_RAW);
    stream all;
    memset(&all, 0, sizeof all);
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    while ((status = neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet)) == NEUROMORPHIC_OK) {
        CHECK(packet->raw_length > 0);
        CHECK_EQUAL(packet->raw_length, packet->bytes);
        CHECK_EQUAL(packet->count + packet->trigger_count + packet->counter_count, 0);
        CHECK_EQUAL(packet->current_t, 0);
        CHECK_EQUAL(packet->defects_before, 0);
        CHECK(merged == 0 || packet->buffers <= merged);
        CHECK(capacity == 0 || packet->raw_length <= capacity);
        CHECK(packet->first_byte_time_ns > 0 && packet->first_byte_time_ns <= packet->handed_over_time_ns);
        CHECK(packet->handed_over_time_ns <= now_ns());
        CHECK(packet->handed_over_system_time_us / 1000000 - (int64_t)time(NULL) <= 1);
        CHECK((int64_t)time(NULL) - packet->handed_over_system_time_us / 1000000 <= 60);
        stream_append(&all, packet);
        neuromorphic_packet_release(packet);
    }
    CHECK_STATUS(status, NEUROMORPHIC_END_OF_STREAM);
    CHECK(bytes_equal(&all.raw, &expected->raw));
    neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT, none = NEUROMORPHIC_DEFECTS_INIT;
    CHECK_OK(neuromorphic_defects_of(device, &defects));
    CHECK(memcmp(&defects, &none, sizeof none) == 0);
    neuromorphic_close(device);
    stream_free(&all);
}

/* Decodes bytes with the decoder that stands by itself. */
static stream decode_bytes(const bytes *data) {
    stream all;
    memset(&all, 0, sizeof all);
    neuromorphic_decoder *decoder = NULL;
    neuromorphic_columns columns = columns_create(65536, 1024, 1024);
    REQUIRE_OK(neuromorphic_decoder_create("EVT3", 1280, 720, &decoder));
    for (size_t at = 0, consumed; at < data->length; at += consumed) {
        consumed = 0;
        REQUIRE_OK(neuromorphic_decoder_decode(decoder, data->at + at, data->length - at, &columns, &consumed));
        REQUIRE(consumed > 0);
        columns_move(&columns, &all);
    }
    neuromorphic_decoder_free(decoder);
    columns_free(&columns);
    return all;
}

static void check_round_trip(void) {
    neuromorphic_configuration configuration = full_configuration();
    neuromorphic_open_options decoded = NEUROMORPHIC_OPEN_OPTIONS_INIT, raw = raw_options();
    decoded.configuration = raw.configuration = &configuration;
    stream bytes_7 = stream_of(CAMERA "&seed=7", &raw), bytes_7_again = stream_of(CAMERA "&seed=7", &raw);
    stream bytes_8 = stream_of(CAMERA "&seed=8", &raw);
    REQUIRE(bytes_7.raw.length > 100000);
    CHECK(stream_equal(&bytes_7, &bytes_7_again));
    CHECK(!stream_equal(&bytes_7, &bytes_8));
    check_raw_packets(&bytes_7, 1, 0);
    check_raw_packets(&bytes_7, 7, 0);
    check_raw_packets(&bytes_7, 0, 0);
    check_raw_packets(&bytes_7, 0, 5000);

    neuromorphic_device *camera = open_device(CAMERA "&seed=7", &decoded);
    neuromorphic_properties simulated = NEUROMORPHIC_PROPERTIES_INIT, played = NEUROMORPHIC_PROPERTIES_INIT;
    CHECK_OK(neuromorphic_properties_of(camera, &simulated));
    char *serial = strdup(simulated.serial);
    stream events = stream_to_end(camera);
    neuromorphic_close(camera);
    REQUIRE(stream_count(&events) > 0 && events.trigger_id.length > 0 && events.counter_is_output.length > 0);

    const char *path = strdup(in_own_folder("first.raw")), *copy = strdup(in_own_folder("second ?.raw"));
    record_to_file(CAMERA "&seed=7", &configuration, path);
    check_header(path, serial);
    bytes data = data_of(path);
    CHECK(bytes_equal(&data, &bytes_7.raw));

    /* The recording, and the bytes by themselves, give the simulation's events. */
    neuromorphic_device *recording = open_device(format_text("file:%s", path), NULL);
    CHECK_OK(neuromorphic_properties_of(recording, &played));
    CHECK_TEXT(played.format, "EVT3");
    CHECK_TEXT(played.serial, serial);
    CHECK_EQUAL(played.width, 1280);
    CHECK_EQUAL(played.height, 720);
    CHECK(played.model == NEUROMORPHIC_MODEL_NONE);
    stream from_file = stream_to_end(recording);
    neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
    CHECK_OK(neuromorphic_defects_of(recording, &defects));
    CHECK_EQUAL(defects.unknown_words.count + defects.truncated_bytes.count + defects.stray_continuations.count, 0);
    neuromorphic_close(recording);
    CHECK(stream_equal(&from_file, &events));
    stream from_bytes = decode_bytes(&data);
    CHECK(stream_equal(&from_bytes, &events));

    /* Recording the recording keeps its bytes, and its header's facts; a '?' in the path is no option. */
    record_to_file(format_text("file:%s", path), NULL, copy);
    check_header(copy, serial);
    bytes data_again = data_of(copy);
    CHECK(bytes_equal(&data_again, &data));
    stream from_copy = stream_of(format_text("file:%s?", copy), NULL);
    CHECK(stream_equal(&from_copy, &events));
    stream from_copy_at_max = stream_of(format_text("file:%s?speed=max", copy), NULL);
    CHECK(stream_equal(&from_copy_at_max, &events));

    /* Overwriting leaves nothing of what was there. */
    record_to_file(SHORTER_CAMERA "&seed=8", &configuration, copy);
    bytes shorter = data_of(copy);
    CHECK(shorter.length < data.length && shorter.length < bytes_8.raw.length);

    stream *const streams[] = {&bytes_7,   &bytes_7_again, &bytes_8,   &events,
                               &from_file, &from_bytes,    &from_copy, &from_copy_at_max};
    for (size_t i = 0; i < COUNT_OF(streams); ++i) {
        stream_free(streams[i]);
    }
    free(data.at), free(data_again.at), free(shorter.at);
    free(serial), free((char *)path), free((char *)copy);
}

/* Packets that outlive their device go into a recording that outlives it, too. */
static void check_recording_after_close(void) {
    neuromorphic_open_options options = raw_options();
    neuromorphic_device *device = open_device(CAMERA "&seed=7", &options);
    neuromorphic_recording *recording = NULL;
    const char *path = in_own_folder("after.raw");
    REQUIRE_OK(neuromorphic_recording_create(path, device, 0, &recording));
    const neuromorphic_packet *packets[3];
    for (size_t i = 0; i < 3; ++i) {
        REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packets[i]));
    }
    neuromorphic_close(device);
    bytes expected = {NULL, 0, 0};
    for (size_t i = 0; i < 3; ++i) {
        CHECK_OK(neuromorphic_recording_write(recording, packets[i]));
        bytes_append(&expected, packets[i]->raw, packets[i]->raw_length);
        /* With the system when the call returns. */
        bytes data = data_of(path);
        CHECK(bytes_equal(&data, &expected));
        free(data.at);
        neuromorphic_packet_release(packets[i]);
    }
    CHECK_OK(neuromorphic_recording_sync(recording));
    CHECK_OK(neuromorphic_recording_close(recording));
    CHECK_STATUS(neuromorphic_recording_close(recording), NEUROMORPHIC_ERROR_INVALID_HANDLE);
    free(expected.at);
}

/* ---- In a process of its own ---- */

/* Records a few packets to a file and is killed; says how many bytes it wrote. */
static void record_and_die(const char *path, int answer) {
    neuromorphic_open_options options = raw_options();
    options.maximum_raw_packets = 1;
    neuromorphic_device *device = open_device(CAMERA "&seed=7", &options);
    neuromorphic_recording *recording = NULL;
    REQUIRE_OK(neuromorphic_recording_create(path, device, 1, &recording));
    uint64_t written = 0;
    for (int i = 0; i < 5; ++i) {
        const neuromorphic_packet *packet = NULL;
        REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
        REQUIRE_OK(neuromorphic_recording_write(recording, packet));
        written += packet->raw_length;
    }
    REQUIRE(write(answer, &written, sizeof written) == sizeof written);
    raise(SIGKILL);
}

/* Records to a file that the system lets grow to 300000 bytes only; says how many bytes of whole packets it wrote. */
static void record_until_full(const char *path, int answer) {
    struct rlimit limit = {300000, 300000};
    signal(SIGXFSZ, SIG_IGN);
    neuromorphic_open_options options = raw_options();
    options.buffer_length = 16384;
    options.maximum_raw_packets = 3;
    neuromorphic_device *device = open_device(CAMERA "&seed=7", &options);
    neuromorphic_recording *recording = NULL;
    REQUIRE_OK(neuromorphic_recording_create(path, device, 1, &recording));
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    uint64_t written = 0;
    for (neuromorphic_status status = NEUROMORPHIC_OK; status == NEUROMORPHIC_OK;) {
        const neuromorphic_packet *packet = NULL;
        REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
        status = neuromorphic_recording_write(recording, packet);
        if (status == NEUROMORPHIC_OK) {
            written += packet->raw_length;
        } else {
            REQUIRE(CHECK_STATUS(status, NEUROMORPHIC_ERROR_IO));
            REQUIRE(neuromorphic_last_error()[0] != '\0');
        }
        neuromorphic_packet_release(packet);
    }
    neuromorphic_recording_close(recording);
    neuromorphic_close(device);
    REQUIRE(write(answer, &written, sizeof written) == sizeof written);
}

/* Runs one of the above in a process that has not used the library yet, and returns the bytes that it wrote. */
static uint64_t run_apart(void (*body)(const char *, int), const char *path, int killed) {
    int pipes[2], status = 0;
    uint64_t written = 0;
    REQUIRE(pipe(pipes) == 0);
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        body(path, pipes[1]);
        _exit(check_totals->failures == 0 ? 0 : 1);
    }
    close(pipes[1]);
    CHECK(read(pipes[0], &written, sizeof written) == sizeof written);
    close(pipes[0]);
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(killed ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL : WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return written;
}

int main(void) {
    const char *killed_path = in_own_folder("killed.raw"), *full_path = in_own_folder("full.raw");
    uint64_t killed_length = run_apart(record_and_die, killed_path, 1);
    uint64_t full_length = run_apart(record_until_full, full_path, 0);

    neuromorphic_open_options options = raw_options();
    stream complete = stream_of(CAMERA "&seed=7", &options);
    bytes killed = data_of(killed_path), full = data_of(full_path);
    CHECK_EQUAL(killed.length, killed_length);
    CHECK(killed.length > 0 && killed.length <= complete.raw.length);
    CHECK(memcmp(killed.at, complete.raw.at, killed.length) == 0);
    CHECK_EQUAL(full.length, full_length);
    CHECK(full.length > 0 && full.length <= 300000 && full.length < complete.raw.length);
    CHECK(memcmp(full.at, complete.raw.at, full.length) == 0);
    stream played = stream_of(format_text("file:%s", killed_path), NULL);
    CHECK(stream_count(&played) > 0);
    free(killed.at), free(full.at);
    stream_free(&played);
    stream_free(&complete);

    check_round_trip();
    check_recording_after_close();
    return check_report("raw_and_record");
}
