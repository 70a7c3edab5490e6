/*
 * NEUROMORPHIC_KERNEL: whichever way a stream is decoded, the columns, defects and times are the same, of random words in
 * every format and of real recordings; a kernel that there isn't, or that this processor can't run, is said so.
 *
 * Valgrind's processor has no AVX-512, so that case is among its tests.
 */
#include "support.h"

static const char *const kernels[] = {"plain", "portable", "avx512"};

/* NULL: the library's choice. */
static void use_kernel(const char *name) {
    int failed = name != NULL ? setenv("NEUROMORPHIC_KERNEL", name, 1) : unsetenv("NEUROMORPHIC_KERNEL");
    REQUIRE(failed == 0);
}

/* Whether the library takes a kernel; one that it doesn't take can't be had here, and that is what it says. */
static int takes_kernel(const char *name) {
    use_kernel(name);
    neuromorphic_decoder *decoder = NULL;
    neuromorphic_status status = neuromorphic_decoder_create("EVT3", 1280, 720, &decoder);
    if (status == NEUROMORPHIC_OK) {
        neuromorphic_decoder_free(decoder);
        return 1;
    }
    CHECK_TEXT(name, "avx512");
    CHECK_STATUS(status, NEUROMORPHIC_ERROR_UNSUPPORTED);
    CHECK(decoder == NULL);
    CHECK(strstr(neuromorphic_last_error(), "NEUROMORPHIC_KERNEL") != NULL);
    neuromorphic_device *device = NULL;
    CHECK_STATUS(neuromorphic_open("sim:prophesee_evk4?speed=max", NULL, &device), NEUROMORPHIC_ERROR_UNSUPPORTED);
    CHECK(device == NULL);
    printf("%s: %s\n", name, neuromorphic_last_error());
    return 0;
}

static void check_refusal(const char *name, const char *function, neuromorphic_status status) {
    CHECK_STATUS(status, NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    const char *sentence = neuromorphic_last_error();
    const char *const parts[] = {"NEUROMORPHIC_KERNEL", name, "plain", "portable", "avx512"};
    for (size_t i = 0; i < COUNT_OF(parts); ++i) {
        if (!CHECK(strstr(sentence, parts[i]) != NULL)) {
            printf("    %s: \"%s\" without \"%s\"\n", function, sentence, parts[i]);
        }
    }
}

static void check_refused(const char *name) {
    use_kernel(name);
    neuromorphic_decoder *decoder = NULL;
    check_refusal(name, "decoder_create", neuromorphic_decoder_create("EVT3", 1280, 720, &decoder));
    CHECK(decoder == NULL);
    neuromorphic_device *device = NULL;
    check_refusal(name, "open", neuromorphic_open("sim:prophesee_evk4?speed=max", NULL, &device));
    CHECK(device == NULL);
    neuromorphic_decoder_free(decoder);
    neuromorphic_close(device);
}

/* ---- The same whichever way ---- */

typedef struct outcome {
    stream all;
    neuromorphic_defects defects;
    uint64_t current_t;
} outcome;

static outcome decode(const char *format, uint16_t width, uint16_t height, const uint8_t *bytes, size_t length,
                      uint64_t seed) {
    outcome outcome = {.defects = NEUROMORPHIC_DEFECTS_INIT};
    const size_t capacities[] = {64, 97, 129, 20000};
    neuromorphic_columns columns = columns_create(capacities[seed % COUNT_OF(capacities)], 4, 4);
    neuromorphic_decoder *decoder = NULL;
    REQUIRE_OK(neuromorphic_decoder_create(format, width, height, &decoder));
    for (size_t at = 0; at < length;) {
        size_t piece = random_below(&seed, 40000);
        size_t end = piece < length - at ? at + piece : length;
        while (at < end) {
            size_t consumed = SIZE_MAX;
            REQUIRE_OK(neuromorphic_decoder_decode(decoder, bytes + at, end - at, &columns, &consumed));
            REQUIRE(consumed <= end - at);
            at += consumed;
            columns_move(&columns, &outcome.all);
        }
        if (random_below(&seed, 40) == 0) {
            CHECK_OK(neuromorphic_decoder_resynchronise(decoder));
        }
    }
    CHECK_OK(neuromorphic_decoder_defects(decoder, &outcome.defects));
    CHECK_OK(neuromorphic_decoder_current_t(decoder, &outcome.current_t));
    neuromorphic_decoder_free(decoder);
    columns_free(&columns);
    return outcome;
}

static void check_equal(outcome *got, outcome *wanted, const char *what) {
    int equal = CHECK(stream_equal(&got->all, &wanted->all));
    equal &= CHECK_EQUAL(got->current_t, wanted->current_t);
    const neuromorphic_defect *a = &got->defects.events_before_time, *b = &wanted->defects.events_before_time;
    for (size_t i = 0; i < (sizeof got->defects - offsetof(neuromorphic_defects, events_before_time)) / sizeof *a; ++i) {
        equal &= CHECK_EQUAL(a[i].count, b[i].count);
        equal &= CHECK(a[i].count == 0 || a[i].first_offset == b[i].first_offset);
    }
    if (!equal) {
        printf("    of %s: %zu and %zu events\n", what, stream_count(&got->all), stream_count(&wanted->all));
    }
}

/* Decodes with each kernel and compares with the plain one, many times with different cuts and arrays. */
static void check_kernels(const char *format, uint16_t width, uint16_t height, const uint8_t *bytes, size_t length,
                          uint64_t rounds) {
    for (uint64_t seed = 1; seed <= rounds; ++seed) {
        use_kernel("plain");
        outcome plain = decode(format, width, height, bytes, length, seed);
        CHECK(stream_count(&plain.all) > 0);
        for (size_t i = 1; i < COUNT_OF(kernels); ++i) {
            if (takes_kernel(kernels[i])) {
                outcome other = decode(format, width, height, bytes, length, seed);
                check_equal(&other, &plain, format_text("%s, %s, seed %" PRIu64, kernels[i], format, seed));
                stream_free(&other.all);
            }
        }
        use_kernel(NULL);
        outcome fastest = decode(format, width, height, bytes, length, seed);
        check_equal(&fastest, &plain, format_text("no kernel named, %s, seed %" PRIu64, format, seed));
        stream_free(&fastest.all);
        stream_free(&plain.all);
    }
}

/* ---- Streams ---- */

/* Random words of a format: 31 of 32 are events and what goes with them. */
static void check_random_words(const char *format, size_t width, const char *kinds, uint64_t high) {
    enum { LENGTH = 1 << 16 };
    static uint8_t bytes[LENGTH];
    uint64_t state = 0x5EED;
    for (size_t at = 0; at < LENGTH; at += width) {
        /* Coordinates of 10 bits, some of which are outside. */
        uint64_t word = random_next(&state) & (width == 2 ? UINT64_C(0xBFF) : UINT64_C(0x0FDFFBFF0FDFFBFF));
        unsigned kind = (unsigned)random_below(&state, 16);
        char digit[2] = {kinds[random_below(&state, strlen(kinds))], '\0'};
        if (random_below(&state, 32) > 0) {
            kind = (unsigned)strtoul(digit, NULL, 16);
        }
        if (at == 0 || random_below(&state, 50) == 0) {
            /* The time goes on now and then; else it is told again. */
            high += random_below(&state, 4) == 0;
            word = width == 8 ? high << 32 : high;
            kind = strcmp(format, "EVT4") == 0 ? 0xE : 0x8;
        }
        word = (word & ~(UINT64_C(15) << (8 * width - 4))) | (uint64_t)kind << (8 * width - 4);
        if (strstr(format, "legacy") != NULL) {
            word = word >> 32 | word << 32;
        }
        for (size_t k = 0; k < width; ++k) {
            bytes[at + k] = (uint8_t)(word >> 8 * k);
        }
    }
    check_kernels(format, 1000, 700, bytes, LENGTH, 8);
}

/* Through file:, too. */
static void check_recording(const char *name, const char *format, uint16_t width, uint16_t height) {
    const char *found = test_data(name);
    if (found == NULL) {
        printf("no %s; NEUROMORPHIC_TEST_DATA names its folder\n", name);
        return;
    }
    char *path = strdup(found);
    REQUIRE(path != NULL);
    size_t length;
    uint8_t *bytes = read_file(path, &length);
    size_t header = header_length(bytes, length);
    check_kernels(format, width, height, bytes + header, length - header, 1);
    free(bytes);

    const char *source = format_text("file:%s", path);
    use_kernel("plain");
    stream plain = stream_of(source, NULL);
    CHECK(stream_count(&plain) > 0);
    for (size_t i = 1; i < COUNT_OF(kernels); ++i) {
        if (takes_kernel(kernels[i])) {
            stream other = stream_of(source, NULL);
            CHECK(stream_equal(&other, &plain));
            stream_free(&other);
        }
    }
    stream_free(&plain);
    free(path);
}

int main(void) {
    CHECK(takes_kernel("plain"));
    CHECK(takes_kernel("portable"));
    takes_kernel("avx512");
    const char *const nonsense[] = {"fast", "PLAIN", "plain ", "avx51", "avx512f"};
    for (size_t i = 0; i < COUNT_OF(nonsense); ++i) {
        check_refused(nonsense[i]);
    }

    check_random_words("EVT2", 4, "01", 0x123);
    check_random_words("EVT21", 8, "01", 0x123);
    check_random_words("EVT21;endianness=legacy", 8, "01", 0x123);
    check_random_words("EVT3", 2, "022234455662222", 0x123);
    check_random_words("EVT4", 4, "ABABABCD", 0x123);
    check_recording("evt3_sample.raw", "EVT3", 1280, 720);
    check_recording("evt2_sample.raw", "EVT2", 640, 480);
    use_kernel(NULL);
    return check_report("kernels");
}
