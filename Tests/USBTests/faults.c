/*
 * Each thing that can go wrong with a camera, at each stage of its use. The status is the one that the header names, it
 * comes in time, and its sentence says what and where; closing works, opening anew works, and nothing is left behind.
 *
 *     faults [STAGE…]     such as: faults configuring closing
 */
#include "usb.h"

/* ---- The table ---- */

/* When a fault strikes. */
enum stage { FIRST, EARLY, MIDDLE, STARTING, CONFIGURING, MASKING, MEASURING, STREAMING, CLOSING, STAGES };

static const char *const stage_names[STAGES] = {"opening-first", "opening-early",  "opening-middle", "opening-start", "configuring",
                                                "masking",       "measuring",      "streaming",      "closing"};

/* What a fault comes to: the status of the call that meets it. */
enum { NEVER = 1, /* not tried at this stage */ ANY_STALL = 2 /* halted events: of opening, or else of the next packet */ };

typedef struct fault {
    const char *name, *command; /* " after=N" is added where the command is one for a certain operation */
    int first;                  /* of the very first request, on endpoint 0 */
    int request;                /* of any other request */
    int streaming;
    double delay;               /* seconds of a time-out that passes before */
    int is_gone;                /* it takes a cable to repair */
    int lasts;                  /* until it is cleared */
} fault;

#define OKAY NEUROMORPHIC_OK
#define BAD NEUROMORPHIC_ERROR_BAD_ANSWER
#define LATE NEUROMORPHIC_ERROR_NO_ANSWER
#define STALL NEUROMORPHIC_ERROR_STALLED
#define GONE NEUROMORPHIC_ERROR_UNPLUGGED
#define NONE NEUROMORPHIC_ERROR_NOT_FOUND

/* What answers the first request with nonsense is no camera of ours: it is not found. */
static const fault faults[] = {
    {"unplugged", "unplug", GONE, GONE, GONE, 0, 1, 0},
    {"replies halted", "halt 82", NEVER, STALL, OKAY, 0, 0, 0},
    {"requests halted", "halt 02", NEVER, STALL, OKAY, 0, 0, 0},
    {"events halted", "halt 81", NEVER, ANY_STALL, STALL, 0, 0, 0},
    {"request refused", "reply refuse", NONE, STALL, NEVER, 0, 0, 0},
    {"reply missing", "reply missing", LATE, LATE, NEVER, 1, 0, 0},
    {"replies missing for ever", "reply missing for=ever", LATE, LATE, NEVER, 1, 0, 1},
    {"reply late", "reply late ms=300", OKAY, OKAY, NEVER, 0.3, 0, 0},
    {"reply too late", "reply late ms=1300", LATE, LATE, NEVER, 1, 0, 0},
    {"reply short", "reply short", NONE, BAD, NEVER, 0, 0, 0},
    {"reply of 3 bytes", "reply short bytes=3", NEVER, BAD, NEVER, 0, 0, 0},
    {"reply empty", "reply empty", NONE, BAD, NEVER, 0, 0, 0},
    {"reply too long", "reply long bytes=4", NEVER, BAD, NEVER, 0, 0, 0},
    {"reply far too long", "reply long bytes=2000", NEVER, BAD, NEVER, 0, 0, 0},
    {"reply with a wrong header", "reply wrong_header", NONE, BAD, NEVER, 0, 0, 0},
    {"reply with a wrong length", "reply wrong_length", NEVER, BAD, NEVER, 0, 0, 0},
    {"command failed", "reply failed code=5", NEVER, BAD, NEVER, 0, 0, 0},
    {"command not implemented", "reply unimplemented", NEVER, BAD, NEVER, 0, 0, 0},
    {"garbage", "reply garbage", NONE, BAD, NEVER, 0, 0, 0},
};

/* One lost answer is no reason to leave a sensor under power, a second in a row is: two time-outs of half a second. */
static const double stopping_limit = 1.3;

/* ---- The run ---- */

static neuromorphic_model model;
static uint64_t opening_operations;
static holdings before;
static double slowest_close;

static void printed(const char *sentence) { printf("      %s\n", sentence); }

/* Tells the camera what shall go wrong with the operation that is so many from now. */
static void plan(const fault *f, uint64_t after) { tell("%s after=%" PRIu64, f->command, after); }

static void strike_now(const fault *f) {
    if (f->is_gone) {
        pull_cable();
    } else {
        tell("%s", f->command);
    }
}

static neuromorphic_device *open_camera(void) {
    neuromorphic_device *device = NULL;
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    CHECK_OK(neuromorphic_open("usb:", &options, &device));
    return device;
}

static void repair(const fault *f) {
    tell("faults clear");
    if (f->is_gone) {
        CHECK(!is_plugged());
        plug_again();
    }
}

static void close_in_time(neuromorphic_device *device, double limit) {
    double seconds = close_within(device, limit, "closing");
    slowest_close = seconds > slowest_close ? seconds : slowest_close;
}

/* That the camera can be used as if nothing had happened. */
static void works_again(const fault *f, enum stage stage) {
    neuromorphic_device *device = NULL;
    if (!CHECK_OK(neuromorphic_open("usb:", NULL, &device))) {
        printf("      this was after %s, %s\n", f->name, stage_names[stage]);
        /* The next fault shall not pay for this one. */
        pull_cable();
        plug_again();
        return;
    }
    if (!streams(device)) {
        printf("      this was after %s, %s\n", f->name, stage_names[stage]);
    }
    close_in_time(device, 1.2);
}

static int says(const char *part) {
    const char *sentence = neuromorphic_last_error();
    if (!CHECK(strstr(sentence, part) != NULL)) {
        printf("    \"%s\" lacks \"%s\"\n", sentence, part);
        return 0;
    }
    return 1;
}

static void came_in_time(const fault *f, int64_t start, double limit, const char *what) {
    double seconds = seconds_since(start);
    within_seconds(seconds, f->delay + limit, what);
    if (f->delay > 0 && !CHECK(seconds > f->delay * 0.9)) {
        printf("    %s took only %.3f s\n", what, seconds);
    }
}

static void while_opening(const fault *f, enum stage stage) {
    int wanted = stage == FIRST ? f->first : f->request;
    uint64_t after = stage == FIRST ? 1 : stage == EARLY ? 2 : stage == MIDDLE ? opening_operations / 2 : opening_operations - 1;
    neuromorphic_device *device = NULL;
    plan(f, after);
    int64_t start = now_ns();
    neuromorphic_status status = neuromorphic_open("usb:", NULL, &device);
    came_in_time(f, start, 1, "opening");
    if (wanted == ANY_STALL) {
        /* A halt from before is ended where stale events are discarded; one from after that ends the stream. */
        if (status == OKAY && stage == STARTING) {
            CHECK_STATUS(status = status_within(device, 1), STALL);
        } else if (status != OKAY) {
            CHECK_EQUAL((uint64_t)-status, (uint64_t)-STALL);
        }
    } else if (!CHECK(status == wanted)) {
        printf("    %s instead of %s\n", neuromorphic_status_name(status), neuromorphic_status_name((neuromorphic_status)wanted));
    }
    if (status != OKAY) {
        printed(neuromorphic_last_error());
        if (status != NONE) {
            says("bus ");
        }
    } else {
        streams(device);
    }
    close_in_time(device, 1.2);
}

static neuromorphic_configuration with_changes(const neuromorphic_configuration *old, uint8_t *diff_on) {
    neuromorphic_configuration new = *old;
    if (model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4) {
        *diff_on = new.settings.prophesee_evk4.biases.diff_on += 9;
        new.settings.prophesee_evk4.x_mask[1] = 0x8000000000000001;
    } else {
        *diff_on = new.settings.prophesee_evk3_hd.biases.diff_on += 9;
        new.settings.prophesee_evk3_hd.x_mask[1] = 0x8000000000000001;
    }
    return new;
}

/* The bias' low byte and its request to be taken over at once; three mask words; that masks count and pixels run. */
static void registers_hold(uint8_t diff_on, uint64_t mask) {
    uint32_t bias = register_at(0x1010);
    CHECK_EQUAL(bias & 0xFF, diff_on);
    CHECK_EQUAL(bias >> 28 & 1, 1);
    CHECK_EQUAL(register_at(0x2000), 0);
    CHECK_EQUAL(register_at(0x2008), mask & UINT32_MAX);
    CHECK_EQUAL(register_at(0x200C), mask >> 32);
    /* Bit 5 is a trigger. */
    CHECK_EQUAL(register_at(0x0004) & ~(1u << 5), 0xF0005442);
}

static void while_configuring(const fault *f, enum stage stage) {
    neuromorphic_device *device = open_camera();
    if (device == NULL) {
        return;
    }
    int wanted = f->request == ANY_STALL ? OKAY : f->request;
    uint8_t old_diff_on, diff_on;
    neuromorphic_configuration old = NEUROMORPHIC_CONFIGURATION_INIT, now = NEUROMORPHIC_CONFIGURATION_INIT;
    CHECK_OK(neuromorphic_configuration_of(device, &old));
    neuromorphic_configuration new = with_changes(&old, &diff_on);
    old_diff_on = (uint8_t)(diff_on - 9);
    plan(f, stage == CONFIGURING ? 1 : 20);
    int64_t start = now_ns();
    neuromorphic_status status = neuromorphic_configure(device, &new);
    /* Taking back what was written is tried once, and takes a time-out too. */
    came_in_time(f, start, 1, "configuring");
    if (!CHECK(status == wanted)) {
        printf("    %s instead of %s\n", neuromorphic_status_name(status), neuromorphic_status_name((neuromorphic_status)wanted));
    }
    if (status != OKAY) {
        printed(neuromorphic_last_error());
        says("00050423"), says("configure"), says(stage == CONFIGURING ? "diff_on" : "masks");
    }
    CHECK_OK(neuromorphic_configuration_of(device, &now));
    CHECK(memcmp(&now, status == OKAY ? &new : &old, sizeof now) == 0);
    if (!f->is_gone && !f->lasts) {
        /* What was written was taken back. */
        registers_hold(status == OKAY ? diff_on : old_diff_on, status == OKAY ? new.settings.prophesee_evk4.x_mask[1] : 0);
    }
    tell("faults clear");
    if (f->is_gone) {
        CHECK_STATUS(neuromorphic_configure(device, &new), GONE);
        CHECK_STATUS(status_within(device, 1), GONE);
    } else if (f->request == ANY_STALL) {
        CHECK_STATUS(status_within(device, 1), STALL);
    } else {
        CHECK_OK(neuromorphic_configure(device, &new));
        registers_hold(diff_on, 0x8000000000000001);
        CHECK_OK(neuromorphic_configure(device, &old));
        registers_hold(old_diff_on, 0);
        CHECK_OK(neuromorphic_configuration_of(device, &now));
        CHECK(memcmp(&now, &old, sizeof now) == 0);
        streams(device);
    }
    close_in_time(device, 1.2);
}

static neuromorphic_status measure(neuromorphic_device *device, double *value) {
    if (model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4) {
        return neuromorphic_temperature(device, value);
    }
    uint32_t raw = 0;
    neuromorphic_status status = neuromorphic_illuminance(device, &raw, NULL);
    *value = raw;
    return status;
}

static void measures_right(neuromorphic_device *device) {
    double value = 0;
    CHECK_OK(measure(device, &value));
    double wanted = model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4 ? 35 : 200000;
    if (!CHECK(value > wanted - 0.2 && value < wanted + 0.2)) {
        printf("    it measured %g\n", value);
    }
}

static void while_measuring(const fault *f) {
    neuromorphic_device *device = open_camera();
    if (device == NULL) {
        return;
    }
    int wanted = f->request == ANY_STALL ? OKAY : f->request;
    double value = -1;
    plan(f, model == NEUROMORPHIC_MODEL_PROPHESEE_EVK4 ? 2 : 1);
    int64_t start = now_ns();
    neuromorphic_status status = measure(device, &value);
    came_in_time(f, start, 1, "measuring");
    if (!CHECK(status == wanted)) {
        printf("    %s instead of %s\n", neuromorphic_status_name(status), neuromorphic_status_name((neuromorphic_status)wanted));
    }
    if (status != OKAY) {
        printed(neuromorphic_last_error());
        says("00050423"), says("measure");
        CHECK(value == -1 || value == 0);
    }
    tell("faults clear");
    if (f->is_gone) {
        CHECK_STATUS(measure(device, &value), GONE);
        CHECK_STATUS(status_within(device, 1), GONE);
    } else if (f->request == ANY_STALL) {
        CHECK_STATUS(status_within(device, 1), STALL);
    } else {
        for (int i = 0; i < 3; ++i) {
            measures_right(device);
        }
        streams(device);
    }
    close_in_time(device, 1.2);
}

static void while_streaming(const fault *f) {
    neuromorphic_device *device = open_camera();
    if (device == NULL) {
        return;
    }
    streams(device);
    int64_t start = now_ns();
    strike_now(f);
    if (f->streaming == OKAY) {
        /* Halted requests are noticed by the next one; events go on. */
        streams(device);
        double value;
        CHECK_STATUS(measure(device, &value), f->request);
        printed(neuromorphic_last_error());
        measures_right(device);
        streams(device);
    } else {
        CHECK_STATUS(status_within(device, 1.5), (neuromorphic_status)f->streaming);
        came_in_time(f, start, 1, "the stream's end");
        printed(neuromorphic_last_error());
        says("00050423"), says("stream");
        CHECK_STATUS(status_within(device, 0), (neuromorphic_status)f->streaming);
    }
    neuromorphic_statistics s = statistics_of(device);
    CHECK(balance_holds(&s));
    close_in_time(device, 1.2);
}

static void while_closing(const fault *f) {
    neuromorphic_device *device = open_camera();
    if (device == NULL) {
        return;
    }
    streams(device);
    plan(f, 2);
    close_in_time(device, f->lasts || f->delay > 0 ? stopping_limit : 1.2);
}

static void try_fault(const fault *f, enum stage stage) {
    if ((stage == FIRST && f->first == NEVER) || (stage == STREAMING && f->streaming == NEVER)) {
        return;
    }
    printf("  %s, %s\n", f->name, stage_names[stage]);
    switch (stage) {
    case FIRST:
    case EARLY:
    case MIDDLE:
    case STARTING: while_opening(f, stage); break;
    case CONFIGURING:
    case MASKING: while_configuring(f, stage); break;
    case MEASURING: while_measuring(f); break;
    case STREAMING: while_streaming(f); break;
    default: while_closing(f); break;
    }
    repair(f);
    works_again(f, stage);
    nothing_left(&before, f->name);
}

/* ---- What ails a stream without ending it ---- */

static uint64_t defects_in_all(neuromorphic_device *device) {
    neuromorphic_defects d = NEUROMORPHIC_DEFECTS_INIT;
    CHECK_OK(neuromorphic_defects_of(device, &d));
    return d.events_before_time.count + d.events_before_row.count + d.events_before_base.count + d.events_outside_sensor.count +
           d.time_steps_back.count + d.unknown_words.count + d.stray_continuations.count + d.broken_messages.count + d.truncated_bytes.count;
}

/* Reads for a while. */
static void read_for(neuromorphic_device *device, double seconds) {
    neuromorphic_status status = status_within(device, seconds);
    if (status != NEUROMORPHIC_ERROR_TIMEOUT) {
        CHECK_STATUS(status, NEUROMORPHIC_OK);
    }
}

static void ailing_streams(void) {
    static const char *const harmless[] = {"stream empty for=20", "stream short for=50", "stream odd for=20", "stream short bytes=1 for=33",
                                           "stream odd bytes=1023 for=3"};
    tell("counters clear");
    neuromorphic_device *device = open_camera();
    streams(device);
    for (size_t i = 0; i < COUNT_OF(harmless); ++i) {
        printf("  %s\n", harmless[i]);
        tell("%s", harmless[i]);
        read_for(device, 0.1);
        if (!CHECK_EQUAL(defects_in_all(device), 0)) {
            printf("    after %s\n", harmless[i]);
        }
    }
    printf("  silent\n");
    tell("stream silent");
    while (status_within(device, 0.1) == NEUROMORPHIC_OK) {
    }
    CHECK_STATUS(status_within(device, 0.2), NEUROMORPHIC_ERROR_TIMEOUT);
    neuromorphic_statistics s = statistics_of(device);
    CHECK(balance_holds(&s));
    CHECK_EQUAL(s.bytes_produced, counter("delivered"));
    CHECK_EQUAL(s.bytes_delivered, s.bytes_produced);
    measures_right(device);
    tell("stream resume");
    streams(device);
    printf("  garbage\n");
    tell("stream garbage bytes=100001");
    read_for(device, 0.2);
    printf("    %" PRIu64 " defects\n", defects_in_all(device));
    streams(device);
    printf("  lost in the camera\n");
    tell("stream lose bytes=10001");
    read_for(device, 0.1);
    streams(device);
    s = statistics_of(device);
    CHECK(balance_holds(&s));
    close_in_time(device, 1.2);
    nothing_left(&before, "ailing streams");
}

/* Errors of the bus that pass, and such that don't: only a preloaded usbfs makes them. */
static void errors_of_the_bus(void) {
    if (!usbfs_obeys("usbfs errors 81 0")) {
        return;
    }
    neuromorphic_device *device = open_camera();
    streams(device);
    printf("  a few errors of the bus\n");
    tell("usbfs errors 81 40");
    read_for(device, 0.3);
    streams(device);
    printf("  errors of the bus without an end\n");
    int64_t start = now_ns();
    tell("usbfs errors 81 100000000");
    CHECK_STATUS(status_within(device, 1.5), NEUROMORPHIC_ERROR_IO);
    within_seconds(seconds_since(start), 1, "the stream's end");
    printed(neuromorphic_last_error());
    close_in_time(device, 1.2);
    tell("usbfs errors 81 0");
    device = open_camera();
    streams(device);
    close_in_time(device, 1.2);
    nothing_left(&before, "errors of the bus");
}

static int is_wanted(const char *name, int count, char **words) {
    for (int i = 1; i < count; ++i) {
        if (strcmp(words[i], name) == 0) {
            return 1;
        }
    }
    return count < 2;
}

int main(int count, char **words) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    meet_camera();
    model = plugged_model();
    neuromorphic_device *device = open_camera();
    REQUIRE(device != NULL);
    close_in_time(device, 1.2);
    uint64_t operations = counter("operations");
    device = open_camera();
    opening_operations = counter("operations") - operations;
    printf("opening takes %" PRIu64 " requests\n", opening_operations);
    close_in_time(device, 1.2);
    before = what_is_held();
    size_t resident = 0;
    for (int stage = 0; stage < STAGES; ++stage) {
        if (!is_wanted(stage_names[stage], count, words)) {
            continue;
        }
        int64_t start = now_ns();
        const char *left_out = getenv("FAULTS_LEFT_OUT");
        for (size_t i = 0; i < COUNT_OF(faults); ++i) {
            if (left_out != NULL && strcmp(left_out, faults[i].name) == 0) {
                continue;
            }
            try_fault(&faults[i], (enum stage)stage);
            if (resident == 0) {
                resident = memory_kib("VmRSS");
            }
        }
        printf("%s: %.1f s\n", stage_names[stage], seconds_since(start));
    }
    if (is_wanted("streaming", count, words)) {
        ailing_streams();
        errors_of_the_bus();
    }
    size_t at_end = memory_kib("VmRSS");
    printf("closing took at most %.3f s; VmRSS %zu KiB after the first fault, %zu KiB at the end\n", slowest_close, resident, at_end);
    CHECK(at_end < resident + 16384);
    return check_report("faults");
}
