/*
 * Whatever the library is given, it answers with a named status and a sentence that helps. The sentences are printed, by
 * the test: the library itself prints nothing.
 */
#include "check.h"
#include "support.h"

#include <signal.h>
#include <sys/resource.h>

#define SIM "sim:prophesee_evk4"
#define HEADER "% format EVT3;height=720;width=1280\n% end\n"

static int untouched_place;
#define UNTOUCHED ((void *)&untouched_place)

/* Leaves a sentence that no other call can say, so that one that says nothing is seen. */
static void say_something_else(void) {
    neuromorphic_decoder *decoder = UNTOUCHED;
    CHECK_STATUS(neuromorphic_decoder_create("SOMETHING-ELSE", 16, 16, &decoder), NEUROMORPHIC_ERROR_UNSUPPORTED);
    CHECK(strstr(neuromorphic_last_error(), "SOMETHING-ELSE") != NULL);
}

/* What the call that was refused last said. */
static char sentence[1024];

/* Checks a status and that the call has a sentence of its own, and prints it. */
static void refused(neuromorphic_status got, neuromorphic_status wanted, const char *what) {
    CHECK_STATUS(got, wanted);
    snprintf(sentence, sizeof sentence, "%s", neuromorphic_last_error());
    CHECK(strlen(sentence) > 20);
    CHECK(strstr(sentence, "SOMETHING-ELSE") == NULL);
    if (got != wanted) {
        fprintf(check_output(), "    it was %s\n", what);
    }
    fprintf(check_output(), "%-40.40s %-38s %s\n", what, neuromorphic_status_name(got), sentence);
    say_something_else();
}

/* ---- Sources and files ---- */

static void refused_source(const char *source, neuromorphic_status wanted) {
    neuromorphic_device *device = UNTOUCHED;
    refused(neuromorphic_open(source, NULL, &device), wanted, source);
    CHECK(device == UNTOUCHED);
}

static void check_sources(void) {
    static const char *const invalid[] = {
        "", ":", "?", "recording.raw", "ftp:recording.raw", "FILE:recording.raw", "file:", "file:?", "sim:",
        "sim:prophesee_evk5", "sim:prophesee_evk4 ", "file:a.raw?sped=max", "file:a.raw?speed", "file:a.raw?speed=",
        "file:a.raw?speed=fast", "file:a.raw?speed=0", "file:a.raw?speed=-1", "file:a.raw?speed=1e99",
        "file:a.raw?loop=maybe", "file:a.raw?width=0", "file:a.raw?width=2049", "file:a.raw?height=x", "file:a.raw?seed=1",
        SIM "?rate=0", SIM "?rate=-1", SIM "?rate=1e30", SIM "?rate=nan", SIM "?rate=inf", SIM "?rate=", SIM "?rate=1,5",
        SIM "?seed=abc", SIM "?seed=-1", SIM "?seed=99999999999999999999", SIM "?scene=fog", SIM "?scene=",
        SIM "?scene=edges+", SIM "?duration=0", SIM "?duration=x", SIM "?triggers=1e9", SIM "?loop", SIM "?&&=", SIM "?=1",
        "sim:prophesee_evk3_hd", "usb:first", "usb:serial", "usb:bus=1", "usb:address=1", "usb:bus=1,address=256",
        "usb:bus=-1,address=1", "usb:bus=x,address=1", "usb:model=evk5", "usb:model=", "usb:,", "usb:serial=1,",
        "usb:speed=max", "usb:?speed=max",
    };
    for (size_t i = 0; i < COUNT_OF(invalid); ++i) {
        refused_source(invalid[i], NEUROMORPHIC_ERROR_INVALID_SOURCE);
    }
    refused_source("usb:serial=no such number", NEUROMORPHIC_ERROR_NOT_FOUND);
    refused_source("usb:bus=255,address=0", NEUROMORPHIC_ERROR_NOT_FOUND);
    refused_source("usb:model=prophesee_evk3_hd,serial=no such number", NEUROMORPHIC_ERROR_NOT_FOUND);
    refused_source("file:a.raw?format=EVT9", NEUROMORPHIC_ERROR_UNSUPPORTED);
    refused_source("file:/nowhere/at/all.raw", NEUROMORPHIC_ERROR_NOT_FOUND);
    refused_source("file:/", NEUROMORPHIC_ERROR_INVALID_FILE);
    refused_source("file:/dev/zero", NEUROMORPHIC_ERROR_INVALID_FILE);

    /* A source as long as memory has room for is answered too. */
    char *endless = allocate(1 << 20);
    memset(endless, 'x', (1 << 20) - 1);
    endless[(1 << 20) - 1] = 0;
    refused_source(endless, NEUROMORPHIC_ERROR_INVALID_SOURCE);
    memcpy(endless, "file:", 5);
    refused_source(endless, NEUROMORPHIC_ERROR_IO);
    /* Bytes that are no UTF-8. */
    refused_source("\xFF\xFE\x80", NEUROMORPHIC_ERROR_INVALID_SOURCE);
    free(endless);
}

static void refused_file(const char *what, const char *bytes, size_t length, const char *options,
                         neuromorphic_status wanted) {
    const char *path = in_own_folder("bad.raw");
    write_file(path, bytes, length);
    neuromorphic_device *device = UNTOUCHED;
    refused(neuromorphic_open(format_text("file:%s?%s", path, options), NULL, &device), wanted, what);
    CHECK(device == UNTOUCHED);
}

static void check_files(void) {
    static const struct {
        const char *what, *text, *options;
        neuromorphic_status wanted;
    } rows[] = {
        {"an empty file", "", "", NEUROMORPHIC_ERROR_INVALID_FILE},
        {"no header", "hello, world", "", NEUROMORPHIC_ERROR_INVALID_FILE},
        {"no header, and no width", "hello, world", "format=EVT3&height=720", NEUROMORPHIC_ERROR_INVALID_FILE},
        {"a header that says nothing", "% end\n", "", NEUROMORPHIC_ERROR_INVALID_FILE},
        {"an unknown format", "% format HISTO3D;height=320;width=320\n% end\n", "", NEUROMORPHIC_ERROR_UNSUPPORTED},
        {"an unknown version", "% evt 9.0\n% system_ID 49\n% end\n", "", NEUROMORPHIC_ERROR_UNSUPPORTED},
        {"no size", "% format EVT3\n% end\n", "", NEUROMORPHIC_ERROR_INVALID_FILE},
        {"sizes that differ", "% format EVT3;height=720;width=1280\n% geometry 640x480\n% end\n", "",
         NEUROMORPHIC_ERROR_INVALID_FILE},
        {"a size of 0", "% format EVT3;height=0;width=1280\n% end\n", "", NEUROMORPHIC_ERROR_INVALID_FILE},
        {"a size that no sensor has", "% format EVT3\n% geometry 4096x4096\n% end\n", "", NEUROMORPHIC_ERROR_INVALID_FILE},
        {"a size that is no number", "% format EVT3\n% geometry big\n% end\n", "", NEUROMORPHIC_ERROR_INVALID_FILE},
        {"an unknown byte order", "% format EVT21;endianness=odd;height=720;width=1280\n% end\n", "",
         NEUROMORPHIC_ERROR_INVALID_FILE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); ++i) {
        refused_file(rows[i].what, rows[i].text, strlen(rows[i].text), rows[i].options, rows[i].wanted);
    }
    size_t length = (size_t)100 << 20;
    char *endless = allocate(length);
    memset(endless, 'x', length);
    memcpy(endless, "% ", 2);
    refused_file("a line of 100 MB", endless, length, "", NEUROMORPHIC_ERROR_INVALID_FILE);
    for (size_t i = 0; i + 8 <= length; i += 8) {
        memcpy(endless + i, "% key v\n", 8);
    }
    refused_file("a header of 100 MB", endless, length, "", NEUROMORPHIC_ERROR_INVALID_FILE);
    free(endless);
    if (geteuid() != 0) {
        const char *path = in_own_folder("locked.raw");
        write_file(path, HEADER, strlen(HEADER));
        chmod(path, 0);
        refused_source(format_text("file:%s", path), NEUROMORPHIC_ERROR_PERMISSION_DENIED);
    }
}

/* Files that are odd, and can be played all the same. */
static void check_odd_files(void) {
    static const struct {
        const char *what, *bytes;
        size_t length, events;
        uint64_t truncated;
    } rows[] = {
        {"only a header", HEADER, sizeof HEADER - 1, 0, 0},
        {"a cut word", HEADER "\x01\x80\x00\x00\x07\x28\x05", sizeof HEADER - 1 + 7, 1, 1},
        {"no end, and data like a line's start", "% format EVT3;height=720;width=1280\n% \x01\x80\x00\x00\x07\x28",
         36 + 8, 1, 0},
        {"an end, and data like a line's start", HEADER "% \x01\x80\x00\x00\x07\x28", sizeof HEADER - 1 + 8, 1, 0},
        {"unknown keys", "% whatever it is\n% \n" HEADER "\x01\x80\x00\x00\x07\x28", 20 + sizeof HEADER - 1 + 6, 1, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); ++i) {
        const char *path = in_own_folder("odd?name.raw");
        write_file(path, rows[i].bytes, rows[i].length);
        neuromorphic_device *device = open_device(format_text("file:%s?", path), NULL);
        stream all = stream_to_end(device);
        const neuromorphic_packet *packet = NULL;
        neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
        if (stream_count(&all) != rows[i].events) {
            fprintf(check_output(), "    it was %s\n", rows[i].what);
        }
        CHECK_EQUAL(stream_count(&all), rows[i].events);
        CHECK_OK(neuromorphic_defects_of(device, &defects));
        CHECK_EQUAL(defects.truncated_bytes.count, rows[i].truncated);
        refused(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_END_OF_STREAM, rows[i].what);
        CHECK(packet == NULL);
        stream_free(&all);
        neuromorphic_close(device);
    }
}

/* Headers with bytes changed, put in, taken out and repeated at random: each file plays to its end or is refused. */
static void check_damaged_headers(void) {
    static const char *const headers[] = {
        "% date 2026-01-31 09:15:02\n% evt 3.0\n% format EVT3;height=720;width=1280\n% geometry 1280x720\n% system_ID 49\n% end\n",
        "% evt 2.0\n% integrator_name Prophesee\n% system_ID 21\n",
        "% endianness little\n% format EVT21;endianness=little;height=320;width=320\n% end\n",
    };
    static const char data[] = "\x01\x80\x02\x60\x05\x00\x07\x28\x40\x30\xFF\x4F\x00\x00\x00\x80\x01\x08\x00\x10";
    static const char signs[] = "%\n =;x0123456789-.\0\r\t\x80\xFF";
    const char *path = in_own_folder("damaged.raw"), *source = format_text("file:%s", path);
    char kept_path[4400], kept_source[4400], text[2048];
    snprintf(kept_path, sizeof kept_path, "%s", path);
    snprintf(kept_source, sizeof kept_source, "%s", source);
    uint64_t state = 2026;
    int played = 0, rejected = 0;
    for (int round = 0; round < 1500; ++round) {
        const char *header = headers[random_below(&state, COUNT_OF(headers))];
        size_t length = strlen(header);
        memcpy(text, header, length);
        for (uint64_t k = 1 + random_below(&state, 4); k > 0; --k) {
            size_t at = random_below(&state, length), count = 1 + random_below(&state, 12);
            count = count < length - at ? count : length - at;
            char sign = signs[random_below(&state, sizeof signs - 1)];
            switch (random_below(&state, 4)) {
            case 0:
                text[at] = sign;
                break;
            case 1:
                memmove(text + at + 1, text + at, length - at);
                text[at] = sign;
                ++length;
                break;
            case 2:
                memmove(text + at, text + at + count, length - at - count);
                length -= count < length ? count : 0;
                break;
            default:
                memmove(text + at + count, text + at, length - at);
                length += count;
            }
        }
        memcpy(text + length, data, sizeof data - 1);
        write_file(kept_path, text, length + sizeof data - 1);
        neuromorphic_device *device = UNTOUCHED;
        neuromorphic_status status = neuromorphic_open(kept_source, NULL, &device);
        if (status != NEUROMORPHIC_OK) {
            CHECK(status == NEUROMORPHIC_ERROR_INVALID_FILE || status == NEUROMORPHIC_ERROR_UNSUPPORTED);
            CHECK(device == UNTOUCHED);
            CHECK(strstr(neuromorphic_last_error(), "SOMETHING-ELSE") == NULL);
            say_something_else();
            ++rejected;
            continue;
        }
        neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
        CHECK_OK(neuromorphic_properties_of(device, &properties));
        CHECK(properties.width >= 1 && properties.width <= 2048 && properties.height >= 1 && properties.height <= 2048);
        stream all = stream_to_end(device);
        for (size_t i = 0; i < stream_count(&all); ++i) {
            CHECK(stream_x(&all, i) < properties.width && stream_y(&all, i) < properties.height);
        }
        stream_free(&all);
        neuromorphic_close(device);
        ++played;
    }
    CHECK(played > 100 && rejected > 100);
    say_something_else();
}

/* ---- Options ---- */

static void refused_options(const char *what, const neuromorphic_open_options *options, neuromorphic_status wanted) {
    neuromorphic_device *device = UNTOUCHED;
    refused(neuromorphic_open(SIM, options, &device), wanted, what);
    CHECK(device == UNTOUCHED);
}

static void check_options(void) {
    static const struct {
        size_t offset;
        size_t value;
        const char *what;
    } sizes[] = {
        {offsetof(neuromorphic_open_options, buffer_length), 1023, "buffer_length 1023"},
        {offsetof(neuromorphic_open_options, buffer_length), 1025, "buffer_length 1025"},
        {offsetof(neuromorphic_open_options, buffer_length), SIZE_MAX, "buffer_length SIZE_MAX"},
        {offsetof(neuromorphic_open_options, ring_length), 1, "ring_length 1"},
        {offsetof(neuromorphic_open_options, ring_length), 32, "ring_length 32 of 32 transfers"},
        {offsetof(neuromorphic_open_options, ring_length), SIZE_MAX, "ring_length SIZE_MAX"},
        {offsetof(neuromorphic_open_options, transfer_queue_length), 4096, "transfer_queue_length 4096"},
        {offsetof(neuromorphic_open_options, transfer_queue_length), SIZE_MAX, "transfer_queue_length SIZE_MAX"},
        {offsetof(neuromorphic_open_options, ring_length), 65537, "ring_length 65537"},
        {offsetof(neuromorphic_open_options, buffer_length), (16 << 20) + 1024, "buffer_length above 16 MiB"},
        {offsetof(neuromorphic_open_options, maximum_leases), 65537, "maximum_leases 65537"},
        {offsetof(neuromorphic_open_options, packet_capacity), ((size_t)1 << 28) + 1, "packet_capacity above 2^28"},
        {offsetof(neuromorphic_open_options, maximum_leases), SIZE_MAX, "maximum_leases SIZE_MAX"},
        {offsetof(neuromorphic_open_options, packet_capacity), 4095, "packet_capacity 4095"},
        {offsetof(neuromorphic_open_options, packet_capacity), SIZE_MAX, "packet_capacity SIZE_MAX"},
    };
    for (size_t i = 0; i < COUNT_OF(sizes); ++i) {
        neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
        if (sizes[i].offset == offsetof(neuromorphic_open_options, ring_length)) {
            options.transfer_queue_length = 32;
        }
        memcpy((char *)&options + sizes[i].offset, &sizes[i].value, sizeof(size_t));
        refused_options(sizes[i].what, &options, NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    }
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 2;
    refused_options("raw 2", &options, NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    options = (neuromorphic_open_options)NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.buffer_length = 16 << 20;
    options.ring_length = 4097;
    refused_options("buffers of more than 64 GiB", &options, NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    options = (neuromorphic_open_options)NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.drop_policy = (neuromorphic_drop_policy)7;
    refused_options("drop_policy 7", &options, NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    options = (neuromorphic_open_options)NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.maximum_leases = 65536;
    options.packet_capacity = (size_t)1 << 28;
    neuromorphic_device *device = NULL;
    neuromorphic_status status = neuromorphic_open(SIM, &options, &device);
    /* As much as can be asked for: what the system says to it is its matter, but it says it. */
    CHECK(status == NEUROMORPHIC_OK || status == NEUROMORPHIC_ERROR_OUT_OF_MEMORY || status == NEUROMORPHIC_ERROR_IO);
    neuromorphic_close(device);
}

static void check_struct_sizes(void) {
    neuromorphic_device *device = open_device(SIM, NULL);
    neuromorphic_decoder *decoder = NULL;
    REQUIRE_OK(neuromorphic_decoder_create("EVT3", 16, 16, &decoder));
    static const size_t sizes[] = {0, 8, (size_t)1 << 40, SIZE_MAX};
    for (size_t i = 0; i < COUNT_OF(sizes); ++i) {
        size_t used = 0;
        neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
        neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
        neuromorphic_setting setting = NEUROMORPHIC_SETTING_INIT;
        neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
        neuromorphic_statistics statistics = NEUROMORPHIC_STATISTICS_INIT;
        neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
        neuromorphic_columns columns = columns_create(64, 1, 1);
        options.struct_size = configuration.struct_size = setting.struct_size = properties.struct_size = sizes[i];
        statistics.struct_size = defects.struct_size = columns.struct_size = sizes[i];
        const neuromorphic_status wanted = NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE;
        refused_options("struct_size of options", &options, wanted);
        refused(neuromorphic_default_configuration(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, &configuration), wanted,
                "default_configuration");
        refused(neuromorphic_configure(device, &configuration), wanted, "configure");
        refused(neuromorphic_configuration_of(device, &configuration), wanted, "configuration_of");
        refused(neuromorphic_setting_at(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, 0, &setting), wanted, "setting_at");
        refused(neuromorphic_properties_of(device, &properties), wanted, "properties_of");
        refused(neuromorphic_statistics_of(device, &statistics), wanted, "statistics_of");
        refused(neuromorphic_defects_of(device, &defects), wanted, "defects_of");
        refused(neuromorphic_decoder_defects(decoder, &defects), wanted, "decoder_defects");
        refused(neuromorphic_decoder_decode(decoder, "", 0, &columns, &used), wanted, "decoder_decode");
        options = (neuromorphic_open_options)NEUROMORPHIC_OPEN_OPTIONS_INIT;
        options.configuration = &configuration;
        refused_options("struct_size of options.configuration", &options, wanted);
        columns_free(&columns);
    }
    /* A struct of a newer header: fine while what it has more is not used, refused when it is. */
    struct {
        neuromorphic_open_options options;
        uint64_t more[4];
    } newer = {NEUROMORPHIC_OPEN_OPTIONS_INIT, {0}};
    neuromorphic_device *second = NULL;
    newer.options.struct_size = sizeof newer;
    CHECK_OK(neuromorphic_open(SIM, &newer.options, &second));
    neuromorphic_close(second);
    newer.more[3] = 1;
    refused_options("options of a newer header", &newer.options, NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE);
    neuromorphic_decoder_free(decoder);
    neuromorphic_close(device);
}

/* ---- Configurations ---- */

static void check_configurations(void) {
    neuromorphic_device *device = open_device(SIM, NULL);
    neuromorphic_configuration good = NEUROMORPHIC_CONFIGURATION_INIT, before = NEUROMORPHIC_CONFIGURATION_INIT;
    REQUIRE_OK(neuromorphic_default_configuration(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, &good));
    static const int models[] = {NEUROMORPHIC_MODEL_NONE, 3, 999, -1};
    for (size_t i = 0; i < COUNT_OF(models); ++i) {
        neuromorphic_configuration other = good;
        other.model = (neuromorphic_model)models[i];
        refused(neuromorphic_configure(device, &other), NEUROMORPHIC_ERROR_WRONG_MODEL, "another model");
        neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
        options.configuration = &other;
        refused_options("another model in the options", &options, NEUROMORPHIC_ERROR_WRONG_MODEL);
        refused(neuromorphic_default_configuration(other.model, &other), NEUROMORPHIC_ERROR_UNSUPPORTED, "no such model");
        CHECK_EQUAL(neuromorphic_setting_count((neuromorphic_model)models[i]), 0);
    }
    neuromorphic_configuration relative = NEUROMORPHIC_CONFIGURATION_INIT;
    REQUIRE_OK(neuromorphic_default_configuration(NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD, &relative));
    refused(neuromorphic_configure(device, &relative), NEUROMORPHIC_ERROR_WRONG_MODEL, "a relative's settings");
    neuromorphic_configuration restart = good;
    restart.settings.prophesee_evk4.clock = NEUROMORPHIC_CLOCK_EXTERNAL;
    refused(neuromorphic_configure(device, &restart), NEUROMORPHIC_ERROR_NEEDS_RESTART, "another clock while it streams");
    REQUIRE_OK(neuromorphic_configuration_of(device, &before));
    size_t count = neuromorphic_setting_count(NEUROMORPHIC_MODEL_PROPHESEE_EVK4), refusals = 0;
    for (size_t i = 0; i < count; ++i) {
        neuromorphic_setting setting = NEUROMORPHIC_SETTING_INIT;
        REQUIRE_OK(neuromorphic_setting_at(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, i, &setting));
        const uint64_t largest = setting.width == 8 ? UINT64_MAX : ((uint64_t)1 << 8 * setting.width) - 1;
        const uint64_t values[] = {setting.maximum + 1, setting.minimum - 1};
        for (size_t k = 0; k < 2; ++k) {
            if (values[k] > largest || (values[k] >= setting.minimum && values[k] <= setting.maximum)) {
                continue;
            }
            neuromorphic_configuration bad = good, after = NEUROMORPHIC_CONFIGURATION_INIT;
            memcpy((char *)&bad + setting.offset + (setting.count - 1) * setting.stride, &values[k], setting.width);
            refused(neuromorphic_configure(device, &bad), NEUROMORPHIC_ERROR_OUT_OF_RANGE, setting.name);
            CHECK(strstr(sentence, setting.name) != NULL);
            CHECK(strstr(sentence, format_text("%" PRIu64, values[k])) != NULL);
            CHECK(strstr(sentence, format_text("%" PRIu64, setting.maximum)) != NULL);
            CHECK_OK(neuromorphic_configuration_of(device, &after));
            CHECK(memcmp(&before, &after, sizeof before) == 0);
            ++refusals;
        }
    }
    CHECK(refusals >= 8);
    neuromorphic_setting setting = NEUROMORPHIC_SETTING_INIT;
    refused(neuromorphic_setting_at(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, count, &setting), NEUROMORPHIC_ERROR_INVALID_ARGUMENT,
            "a setting behind the last");
    neuromorphic_close(device);

    const char *path = in_own_folder("plain.raw");
    write_file(path, HEADER, strlen(HEADER));
    device = open_device(format_text("file:%s", path), NULL);
    refused(neuromorphic_configure(device, &good), NEUROMORPHIC_ERROR_UNSUPPORTED, "a recording's settings");
    refused(neuromorphic_configuration_of(device, &good), NEUROMORPHIC_ERROR_UNSUPPORTED, "a recording's settings");
    neuromorphic_close(device);
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.configuration = &good;
    device = UNTOUCHED;
    refused(neuromorphic_open(format_text("file:%s", path), &options, &device), NEUROMORPHIC_ERROR_UNSUPPORTED,
            "a recording with settings");
}

/* ---- NULL, handles that are none, recordings ---- */

static void check_handles(void) {
    neuromorphic_device *closed = open_device(SIM, NULL);
    neuromorphic_decoder *freed = NULL;
    REQUIRE_OK(neuromorphic_decoder_create("EVT3", 16, 16, &freed));
    neuromorphic_device_list *list = NULL;
    REQUIRE_OK(neuromorphic_list_devices(&list));
    CHECK(neuromorphic_device_list_at(list, neuromorphic_device_list_count(list)) == NULL);
    CHECK(neuromorphic_device_list_at(list, SIZE_MAX) == NULL);
    for (int round = 0; round < 2; ++round) {
        neuromorphic_close(closed);
        neuromorphic_decoder_free(freed);
        neuromorphic_device_list_free(list);
    }
    void *const handles[] = {NULL, closed, freed, list, UNTOUCHED, (void *)1, (void *)0x1234, (void *)UINTPTR_MAX};
    for (size_t i = 0; i < COUNT_OF(handles); ++i) {
        const neuromorphic_status wanted =
            handles[i] == NULL ? NEUROMORPHIC_ERROR_INVALID_ARGUMENT : NEUROMORPHIC_ERROR_INVALID_HANDLE;
        neuromorphic_device *device = handles[i];
        neuromorphic_decoder *decoder = handles[i];
        neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
        neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
        neuromorphic_statistics statistics = NEUROMORPHIC_STATISTICS_INIT;
        neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
        neuromorphic_columns columns = columns_create(64, 1, 1);
        neuromorphic_recording *recording = UNTOUCHED;
        const neuromorphic_packet *packet = UNTOUCHED;
        size_t number = 42;
        uint64_t t = 42;
        /* Recognisable contents, which a refused call leaves as they are. */
        memset((char *)&configuration + sizeof(size_t), 0xA5, sizeof configuration - sizeof(size_t));
        memset((char *)&properties + sizeof(size_t), 0xA5, sizeof properties - sizeof(size_t));
        memset((char *)&statistics + sizeof(size_t), 0xA5, sizeof statistics - sizeof(size_t));
        memset((char *)&defects + sizeof(size_t), 0xA5, sizeof defects - sizeof(size_t));
        const neuromorphic_configuration same_configuration = configuration;
        const neuromorphic_properties same_properties = properties;
        const neuromorphic_statistics same_statistics = statistics;
        const neuromorphic_defects same_defects = defects;
        refused(neuromorphic_configure(device, &configuration), wanted, "configure");
        refused(neuromorphic_configuration_of(device, &configuration), wanted, "configuration_of");
        refused(neuromorphic_properties_of(device, &properties), wanted, "properties_of");
        refused(neuromorphic_statistics_of(device, &statistics), wanted, "statistics_of");
        refused(neuromorphic_defects_of(device, &defects), wanted, "defects_of");
        refused(neuromorphic_next_packet(device, 0, &packet), wanted, "next_packet");
        refused(neuromorphic_backlog(device, &number), wanted, "backlog");
        refused(neuromorphic_clear_backlog(device, 0), wanted, "clear_backlog");
        refused(neuromorphic_interrupt(device), wanted, "interrupt");
        refused(neuromorphic_fd(device) == -1 ? wanted : NEUROMORPHIC_OK, wanted, "fd");
        refused(neuromorphic_arena_fd(device) == -1 ? wanted : NEUROMORPHIC_OK, wanted, "arena_fd");
        refused(neuromorphic_recording_create(in_own_folder("x.raw"), device, 0, &recording), wanted, "recording_create");
        refused(neuromorphic_decoder_decode(decoder, "", 0, &columns, &number), wanted, "decoder_decode");
        refused(neuromorphic_decoder_resynchronise(decoder), wanted, "decoder_resynchronise");
        refused(neuromorphic_decoder_current_t(decoder, &t), wanted, "decoder_current_t");
        refused(neuromorphic_decoder_defects(decoder, &defects), wanted, "decoder_defects");
        refused(neuromorphic_recording_write(handles[i], NULL), wanted, "recording_write");
        refused(neuromorphic_recording_sync(handles[i]), wanted, "recording_sync");
        if (handles[i] != NULL) {
            refused(neuromorphic_recording_close(handles[i]), wanted, "recording_close");
        }
        CHECK_EQUAL(neuromorphic_device_list_count(handles[i]), 0);
        CHECK(neuromorphic_device_list_at(handles[i], 0) == NULL);
        CHECK(packet == UNTOUCHED && recording == UNTOUCHED && number == 42 && t == 42);
        CHECK(memcmp(&configuration, &same_configuration, sizeof configuration) == 0);
        CHECK(memcmp(&properties, &same_properties, sizeof properties) == 0);
        CHECK(memcmp(&statistics, &same_statistics, sizeof statistics) == 0);
        CHECK(memcmp(&defects, &same_defects, sizeof defects) == 0);
        neuromorphic_close(device);
        neuromorphic_decoder_free(decoder);
        neuromorphic_device_list_free(handles[i]);
        columns_free(&columns);
    }
    CHECK_OK(neuromorphic_recording_close(NULL));
    CHECK(access(in_own_folder("x.raw"), F_OK) != 0);
    neuromorphic_packet_retain(NULL);
    neuromorphic_packet_release(NULL);
}

static void check_null_arguments(void) {
    neuromorphic_device *device = open_device(SIM, NULL);
    neuromorphic_decoder *decoder = NULL, *none = UNTOUCHED;
    REQUIRE_OK(neuromorphic_decoder_create("EVT3", 16, 16, &decoder));
    neuromorphic_columns columns = columns_create(64, 1, 1);
    size_t used = 42;
    const neuromorphic_packet *packet = UNTOUCHED;
    neuromorphic_setting setting = NEUROMORPHIC_SETTING_INIT;
    const neuromorphic_status wanted = NEUROMORPHIC_ERROR_INVALID_ARGUMENT;
    refused(neuromorphic_list_devices(NULL), wanted, "list_devices");
    refused(neuromorphic_open(NULL, NULL, &device), wanted, "open without a source");
    refused(neuromorphic_open(SIM, NULL, NULL), wanted, "open without out");
    refused(neuromorphic_default_configuration(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, NULL), wanted, "default_configuration");
    refused(neuromorphic_setting_at(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, 0, NULL), wanted, "setting_at");
    refused(neuromorphic_configure(device, NULL), wanted, "configure");
    refused(neuromorphic_configuration_of(device, NULL), wanted, "configuration_of");
    refused(neuromorphic_properties_of(device, NULL), wanted, "properties_of");
    refused(neuromorphic_statistics_of(device, NULL), wanted, "statistics_of");
    refused(neuromorphic_defects_of(device, NULL), wanted, "defects_of");
    refused(neuromorphic_next_packet(device, 0, NULL), wanted, "next_packet without out");
    refused(neuromorphic_next_packet(device, -2, &packet), wanted, "a time-out of -2");
    refused(neuromorphic_next_packet(device, INT64_MIN, &packet), wanted, "a time-out of INT64_MIN");
    refused(neuromorphic_setting_at(NEUROMORPHIC_MODEL_NONE, 0, &setting), wanted, "a setting of no model");
    refused(neuromorphic_setting_at(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, SIZE_MAX, &setting), wanted, "setting SIZE_MAX");
    refused(neuromorphic_backlog(device, NULL), wanted, "backlog");
    refused(neuromorphic_decoder_create(NULL, 16, 16, &none), wanted, "decoder_create without a format");
    refused(neuromorphic_decoder_create("EVT3", 16, 16, NULL), wanted, "decoder_create without out");
    refused(neuromorphic_decoder_create("EVT3", 0, 16, &none), wanted, "a width of 0");
    refused(neuromorphic_decoder_create("EVT3", 16, 0, &none), wanted, "a height of 0");
    refused(neuromorphic_decoder_create("EVT3", 2049, 16, &none), wanted, "a width of 2049");
    refused(neuromorphic_decoder_create("EVT3", 16, 2049, &none), wanted, "a height of 2049");
    refused(neuromorphic_decoder_create("", 16, 16, &none), NEUROMORPHIC_ERROR_UNSUPPORTED, "no format");
    refused(neuromorphic_decoder_create("EVT21;endianness=odd", 16, 16, &none), NEUROMORPHIC_ERROR_UNSUPPORTED,
            "an unknown byte order");
    refused(neuromorphic_decoder_create("EVT5", 16, 16, &none), NEUROMORPHIC_ERROR_UNSUPPORTED, "EVT5");
    refused(neuromorphic_decoder_decode(decoder, NULL, 1, &columns, &used), wanted, "decode without bytes");
    refused(neuromorphic_decoder_decode(decoder, "", SIZE_MAX, &columns, &used), wanted, "SIZE_MAX bytes");
    refused(neuromorphic_decoder_decode(decoder, "", 0, NULL, &used), wanted, "decode without columns");
    refused(neuromorphic_decoder_decode(decoder, "", 0, &columns, NULL), wanted, "decode without consumed");
    refused(neuromorphic_decoder_current_t(decoder, NULL), wanted, "decoder_current_t");
    refused(neuromorphic_decoder_defects(decoder, NULL), wanted, "decoder_defects");
    struct ArrowArrayStream arrow;
    refused(neuromorphic_arrow_schema(NEUROMORPHIC_TABLE_EVENTS, NULL), wanted, "arrow_schema");
    refused(neuromorphic_arrow_stream(NULL, NEUROMORPHIC_TABLE_EVENTS, 0, &arrow), wanted, "arrow_stream of no device");
    refused(neuromorphic_arrow_stream(device, NEUROMORPHIC_TABLE_EVENTS, 0, NULL), wanted, "arrow_stream without out");
    refused(neuromorphic_arrow_stream(device, NEUROMORPHIC_TABLE_EVENTS, -2, &arrow), wanted, "arrow_stream, -2 us");
    CHECK(packet == UNTOUCHED && none == UNTOUCHED && used == 42);
    CHECK_OK(neuromorphic_decoder_decode(decoder, NULL, 0, &columns, &used));
    CHECK_EQUAL(used, 0);
    neuromorphic_decoder_free(decoder);
    neuromorphic_close(device);
    columns_free(&columns);
}

static void check_arrow(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    neuromorphic_device *decoded = open_device(SIM "?speed=max&rate=1e5", NULL);
    options.raw = 1;
    neuromorphic_device *raw = open_device(SIM "?speed=max&rate=1e5", &options);
    const neuromorphic_packet *packet = NULL, *raw_packet = NULL;
    REQUIRE_OK(neuromorphic_next_packet(decoded, NEUROMORPHIC_FOREVER, &packet));
    REQUIRE_OK(neuromorphic_next_packet(raw, NEUROMORPHIC_FOREVER, &raw_packet));
    struct ArrowSchema schema;
    struct ArrowArray array;
    struct ArrowArrayStream stream;
    memset(&schema, 0xA5, sizeof schema);
    memset(&array, 0xA5, sizeof array);
    memset(&stream, 0xA5, sizeof stream);
    const struct ArrowSchema schema_before = schema;
    const struct ArrowArray array_before = array;
    const struct ArrowArrayStream stream_before = stream;
    const neuromorphic_status wanted = NEUROMORPHIC_ERROR_INVALID_ARGUMENT;
    refused(neuromorphic_packet_arrow(NULL, NEUROMORPHIC_TABLE_EVENTS, &array), wanted, "packet_arrow of no packet");
    refused(neuromorphic_packet_arrow(packet, NEUROMORPHIC_TABLE_EVENTS, NULL), wanted, "packet_arrow without out");
    static const int none[] = {3, 100, -1, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT_OF(none); ++i) {
        neuromorphic_table table = (neuromorphic_table)none[i];
        refused(neuromorphic_arrow_schema(table, &schema), wanted, "the schema of no table");
        refused(neuromorphic_packet_arrow(packet, table, &array), wanted, "an array of no table");
        refused(neuromorphic_arrow_stream(decoded, table, 0, &stream), wanted, "a stream of no table");
    }
    for (int table = 0; table < 3; ++table) {
        refused(neuromorphic_packet_arrow(raw_packet, (neuromorphic_table)table, &array), NEUROMORPHIC_ERROR_UNSUPPORTED,
                "a table of a raw packet");
        refused(neuromorphic_arrow_stream(raw, (neuromorphic_table)table, 0, &stream), NEUROMORPHIC_ERROR_UNSUPPORTED,
                "a stream of a raw device");
    }
    neuromorphic_packet_release(packet);
    neuromorphic_packet_release(raw_packet);
    CHECK_EQUAL(statistics_of(decoded).leases + statistics_of(raw).leases, 0);
    neuromorphic_close(decoded);
    neuromorphic_close(raw);
    refused(neuromorphic_arrow_stream(raw, NEUROMORPHIC_TABLE_EVENTS, 0, &stream), NEUROMORPHIC_ERROR_INVALID_HANDLE,
            "a stream of a closed device");
    CHECK(memcmp(&schema, &schema_before, sizeof schema) == 0 && memcmp(&array, &array_before, sizeof array) == 0);
    CHECK(memcmp(&stream, &stream_before, sizeof stream) == 0);
}

static void check_recordings(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    neuromorphic_device *decoded = open_device(SIM "?speed=max&rate=1e5", NULL);
    options.raw = 1;
    neuromorphic_device *raw = open_device(SIM "?speed=max&rate=1e5", &options);
    const neuromorphic_packet *packet = NULL;
    neuromorphic_recording *recording = UNTOUCHED;
    const char *path = in_own_folder("record.raw");
    refused(neuromorphic_recording_create(NULL, raw, 0, &recording), NEUROMORPHIC_ERROR_INVALID_ARGUMENT, "no path");
    refused(neuromorphic_recording_create(path, raw, 0, NULL), NEUROMORPHIC_ERROR_INVALID_ARGUMENT, "no out");
    refused(neuromorphic_recording_create(path, raw, 2, &recording), NEUROMORPHIC_ERROR_INVALID_ARGUMENT, "overwrite 2");
    refused(neuromorphic_recording_create("", raw, 0, &recording), NEUROMORPHIC_ERROR_NOT_FOUND, "an empty path");
    char folder[4400];
    snprintf(folder, sizeof folder, "%s", in_own_folder("empty/folder"));
    REQUIRE(mkdir(in_own_folder("empty"), 0700) == 0 && mkdir(folder, 0700) == 0);
    refused(neuromorphic_recording_create(folder, raw, 0, &recording), NEUROMORPHIC_ERROR_ALREADY_EXISTS, "a folder");
    refused(neuromorphic_recording_create(folder, raw, 1, &recording), NEUROMORPHIC_ERROR_IO, "a folder, to be overwritten");
    /* Nothing is left beside or in it: only an empty folder can be removed. */
    CHECK(rmdir(folder) == 0 && rmdir(in_own_folder("empty")) == 0);
    refused(neuromorphic_recording_create(path, decoded, 0, &recording), NEUROMORPHIC_ERROR_INVALID_ARGUMENT, "not raw");
    refused(neuromorphic_recording_create("/nowhere/at/all.raw", raw, 0, &recording), NEUROMORPHIC_ERROR_NOT_FOUND,
            "a folder that is not there");
    refused(neuromorphic_recording_create("/nowhere/at/all.raw", raw, 1, &recording), NEUROMORPHIC_ERROR_NOT_FOUND,
            "a folder that is not there");
    CHECK(recording == UNTOUCHED);
    CHECK(access(path, F_OK) != 0);
    write_file(path, "precious", 8);
    refused(neuromorphic_recording_create(path, raw, 0, &recording), NEUROMORPHIC_ERROR_ALREADY_EXISTS,
            "a file that is there");
    size_t length;
    uint8_t *kept = read_file(path, &length);
    CHECK(length == 8 && memcmp(kept, "precious", 8) == 0);
    free(kept);
    REQUIRE_OK(neuromorphic_recording_create(path, raw, 1, &recording));
    REQUIRE_OK(neuromorphic_next_packet(decoded, 10000000, &packet));
    refused(neuromorphic_recording_write(recording, packet), NEUROMORPHIC_ERROR_INVALID_ARGUMENT, "a decoded packet");
    refused(neuromorphic_recording_write(recording, NULL), NEUROMORPHIC_ERROR_INVALID_ARGUMENT, "no packet");
    neuromorphic_packet_release(packet);
    neuromorphic_close(raw);
    neuromorphic_close(decoded);
    CHECK_OK(neuromorphic_recording_sync(recording));
    CHECK_OK(neuromorphic_recording_close(recording));
    refused(neuromorphic_recording_close(recording), NEUROMORPHIC_ERROR_INVALID_HANDLE, "a second close");
}

/* A release too many, while the device is open, ends no one else's lease; and the longest of all waits is one. */
static void check_packets(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.maximum_leases = 2;
    neuromorphic_device *device = open_device(SIM "?speed=max&rate=1e6", &options);
    const neuromorphic_packet *first = NULL, *second = NULL, *third = UNTOUCHED;
    REQUIRE_OK(neuromorphic_next_packet(device, INT64_MAX, &first));
    REQUIRE_OK(neuromorphic_next_packet(device, INT64_MAX, &second));
    neuromorphic_packet_release(first);
    neuromorphic_packet_release(first);
    CHECK_EQUAL(statistics_of(device).leases, 1);
    REQUIRE_OK(neuromorphic_next_packet(device, INT64_MAX, &first));
    CHECK(first != second);
    refused(neuromorphic_next_packet(device, 0, &third), NEUROMORPHIC_ERROR_LEASES_SPENT, "one packet too many");
    CHECK(third == UNTOUCHED);
    neuromorphic_packet_release(first);
    neuromorphic_packet_release(second);
    CHECK_EQUAL(statistics_of(device).leases, 0);
    neuromorphic_close(device);
}

/* The disk is full: the file ends with the last whole packet. */
static void check_full_disk(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = 1;
    neuromorphic_device *device = open_device(SIM "?speed=max&rate=1e6", &options);
    neuromorphic_recording *recording = NULL;
    const char *path = in_own_folder("full.raw");
    struct rlimit before, small = {200000, RLIM_INFINITY};
    struct stat status;
    signal(SIGXFSZ, SIG_IGN);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    REQUIRE_OK(neuromorphic_recording_create(path, device, 1, &recording));
    REQUIRE(stat(path, &status) == 0);
    uint64_t written = (uint64_t)status.st_size;
    small.rlim_max = before.rlim_max;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    for (;;) {
        const neuromorphic_packet *packet = NULL;
        REQUIRE_OK(neuromorphic_next_packet(device, 10000000, &packet));
        neuromorphic_status result = neuromorphic_recording_write(recording, packet);
        uint64_t length = packet->raw_length;
        neuromorphic_packet_release(packet);
        if (result != NEUROMORPHIC_OK) {
            refused(result, NEUROMORPHIC_ERROR_IO, "a full disk");
            break;
        }
        written += length;
    }
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    REQUIRE(stat(path, &status) == 0);
    CHECK_EQUAL((uint64_t)status.st_size, written);
    CHECK_OK(neuromorphic_recording_close(recording));
    neuromorphic_close(device);
}

int main(void) {
    /* The library gets a standard output and a standard error of its own, in which nothing may appear. */
    char printed[4400];
    struct stat status;
    snprintf(printed, sizeof printed, "%s", in_own_folder("printed.txt"));
    check_stream = fdopen(dup(STDOUT_FILENO), "w");
    int file = open(printed, O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0600), own_error = dup(STDERR_FILENO);
    REQUIRE(check_stream != NULL && file >= 0 && own_error >= 0);
    setvbuf(check_stream, NULL, _IOLBF, 0);
    REQUIRE(dup2(file, STDOUT_FILENO) >= 0 && dup2(file, STDERR_FILENO) >= 0);

    say_something_else();
    check_sources();
    check_files();
    check_odd_files();
    check_damaged_headers();
    check_options();
    check_struct_sizes();
    check_configurations();
    check_handles();
    check_null_arguments();
    check_arrow();
    check_recordings();
    check_packets();
    check_full_disk();

    REQUIRE(fflush(NULL) == 0 && fstat(file, &status) == 0);
    if (!CHECK_EQUAL((uint64_t)status.st_size, 0)) {
        size_t length;
        fprintf(check_output(), "%s", (char *)read_file(printed, &length));
    }
    /* What the program's end prints, a memory checker's report for one, is to be seen again. */
    dup2(own_error, STDERR_FILENO);
    close(own_error);
    close(file);
    return check_report("bad_input");
}
