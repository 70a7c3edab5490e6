/*
 * Every byte that the camera delivered is accounted for, whatever the reader does: one that stops for a while, with
 * either drop policy, a small and a long ring, decoded and raw; and one that keeps up, which loses nothing. The marks of
 * losses are where the data has its gaps.
 *
 *     ledger numbers MEGABYTES     the camera streams, in a loop, `generate FILE MEGABYTES counter`; read raw
 *     ledger events                the camera's generator; decoded
 *     ledger pace                  a reader that keeps up with a paced stream, decoded and raw
 *     ledger sustained SECONDS     a reader that keeps up with whatever the camera streams, raw
 */
#include "usb.h"

typedef struct stall {
    const char *name;
    neuromorphic_drop_policy policy;
    size_t buffer_length, ring_length;
    double seconds;
} stall;

static const stall stalls[] = {
    {"newest lost, ring of 40", NEUROMORPHIC_DROP_NEWEST, 65536, 40, 0.5},
    {"oldest lost, ring of 40", NEUROMORPHIC_DROP_OLDEST, 65536, 40, 0.5},
    {"newest lost, default ring", NEUROMORPHIC_DROP_NEWEST, 16384, 0, 2},
    {"oldest lost, default ring", NEUROMORPHIC_DROP_OLDEST, 16384, 0, 2},
};

/* What packets have said, to be compared with the statistics. */
static struct {
    uint64_t bytes, events, triggers, lost, buffers_lost, marks, packets, clutches, buffers;
} sums;

/* Whether the packet before ended with a mark, so that the next one begins with a gap. */
static int gap_is_due;

/* ---- Raw: any eight bytes tell where they are ---- */

static uint64_t round_length; /* bytes until the numbers begin again */
static uint64_t position;     /* in the round, of the next byte */

static uint8_t byte_at(uint64_t place) { return (uint8_t)(place / 8 >> place % 8 * 8); }

static void check_stretch(const uint8_t *at, size_t length) {
    size_t i = 0;
    while (i < length) {
        uint64_t number = position / 8;
        size_t count = 1;
        int is_equal;
        if (position % 8 == 0 && length - i >= 8) {
            is_equal = memcmp(at + i, &number, 8) == 0;
            count = 8;
        } else {
            is_equal = at[i] == byte_at(position);
        }
        if (!CHECK(is_equal)) {
            printf("    byte %zu of a stretch of %zu is not that of place %" PRIu64 "\n", i, length, position);
            return;
        }
        position = (position + count) % round_length;
        i += count;
    }
}

/* How much is missing before these bytes, of which there are at least 24; modulo a round. */
static uint64_t gap_before(const uint8_t *at) {
    for (uint64_t skipped = 0; skipped < 8; ++skipped) {
        uint64_t number, next;
        memcpy(&number, at + skipped, 8);
        memcpy(&next, at + skipped + 8, 8);
        if (number < round_length / 8 && next == (number + 1) % (round_length / 8)) {
            uint64_t found = (number * 8 + round_length - skipped) % round_length;
            uint64_t gap = (found + round_length - position) % round_length;
            position = found;
            return gap;
        }
    }
    CHECK(!"the bytes behind a gap tell where they are");
    return 0;
}

static void check_raw(const neuromorphic_packet *packet) {
    uint64_t from = 0, gaps = 0;
    for (size_t i = 0; i < packet->overflow_count; ++i) {
        uint64_t mark = packet->overflow_raw[i];
        REQUIRE(mark >= from && mark + 24 <= packet->raw_length);
        check_stretch(packet->raw + from, mark - from);
        gaps += gap_before(packet->raw + mark);
        from = mark;
    }
    check_stretch(packet->raw + from, packet->raw_length - from);
    if (!CHECK(packet->bytes_lost_before % round_length == gaps % round_length)) {
        printf("    %" PRIu64 " bytes lost, but the gaps are of %" PRIu64 " and rounds of %" PRIu64 "\n", packet->bytes_lost_before, gaps,
               round_length);
    }
    CHECK_EQUAL(packet->bytes, packet->raw_length);
}

/* ---- Decoded: without a loss, the generator's time never makes a step ---- */

static uint64_t last_t;
static int has_t;

static void check_events(const neuromorphic_packet *packet) {
    size_t mark = 0;
    for (size_t i = 0; i < packet->count; ++i) {
        int is_marked = i == 0 && gap_is_due;
        while (mark < packet->overflow_count && packet->overflow_events[mark] == i) {
            is_marked = 1;
            ++mark;
        }
        int is_gap = has_t && packet->t[i] - last_t > 500;
        if (!CHECK(!has_t || is_gap == is_marked)) {
            printf("    event %zu of %zu: t is %" PRIu64 " after %" PRIu64 ", %s\n", i, packet->count, packet->t[i], last_t,
                   is_marked ? "marked" : "not marked");
        }
        last_t = packet->t[i];
        has_t = 1;
    }
    if (packet->count > 0) {
        gap_is_due = 0;
    }
    for (; mark < packet->overflow_count; ++mark) {
        CHECK_EQUAL(packet->overflow_events[mark], packet->count);
        gap_is_due = 1;
    }
}

/* ---- Reading ---- */

static void take(const neuromorphic_packet *packet) {
    CHECK_EQUAL(packet->sequence, sums.packets);
    CHECK((packet->bytes_lost_before > 0) == (packet->overflow_count > 0));
    sums.packets += 1;
    sums.bytes += packet->bytes;
    sums.buffers += packet->buffers;
    sums.events += packet->count;
    sums.triggers += packet->trigger_count;
    sums.lost += packet->bytes_lost_before;
    sums.buffers_lost += packet->buffers_lost_before;
    sums.marks += packet->overflow_count;
    sums.clutches += packet->clutch_engaged;
    (packet->raw_length > 0 ? check_raw : check_events)(packet);
}

static uint64_t read_for(neuromorphic_device *device, double seconds) {
    int64_t start = now_ns();
    uint64_t bytes = 0;
    neuromorphic_status status = NEUROMORPHIC_OK;
    while (status == NEUROMORPHIC_OK && seconds_since(start) < seconds) {
        const neuromorphic_packet *packet;
        status = neuromorphic_next_packet(device, 1000000, &packet);
        if (status == NEUROMORPHIC_OK) {
            take(packet);
            bytes += packet->bytes;
            neuromorphic_packet_release(packet);
        }
    }
    CHECK_STATUS(status, NEUROMORPHIC_OK);
    return bytes;
}

static uint64_t bytes_lost(neuromorphic_device *device) {
    neuromorphic_statistics s = statistics_of(device);
    return s.bytes_lost_newest + s.bytes_lost_oldest;
}

static void read_rest(neuromorphic_device *device) {
    /* Slowly, until what was lost last is told by a packet too. */
    tell("rate 2e6B");
    int64_t start = now_ns();
    do {
        read_for(device, 0.2);
    } while (bytes_lost(device) != sums.lost && seconds_since(start) < 20);
    tell("stream silent");
    uint64_t delivered = 0, again = 1;
    /* What is under way arrives. */
    for (int i = 0; i < 200 && (delivered != again || counter("waiting") > 0); ++i) {
        delivered = counter("delivered");
        sleep_us(20000);
        again = counter("delivered");
    }
    neuromorphic_status status = NEUROMORPHIC_OK;
    while (status == NEUROMORPHIC_OK) {
        const neuromorphic_packet *packet;
        status = neuromorphic_next_packet(device, 100000, &packet);
        if (status == NEUROMORPHIC_OK) {
            take(packet);
            neuromorphic_packet_release(packet);
        }
    }
    CHECK_STATUS(status, NEUROMORPHIC_ERROR_TIMEOUT);
}

static neuromorphic_device *open_with(const stall *s, uint32_t raw) {
    neuromorphic_configuration configuration = default_configuration(plugged_model());
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = raw;
    options.configuration = &configuration;
    options.drop_policy = s->policy;
    options.buffer_length = s->buffer_length;
    options.ring_length = s->ring_length;
    memset(&sums, 0, sizeof sums);
    has_t = gap_is_due = 0;
    position = 0;
    if (s->ring_length > 0 || s->buffer_length > 0) {
        tell("rate max");
    }
    tell("stream resume");
    tell("counters clear");
    return open_device("usb:", &options);
}

static neuromorphic_statistics check_sums(neuromorphic_device *device) {
    neuromorphic_statistics s = statistics_of(device);
    CHECK(balance_holds(&s));
    CHECK_EQUAL(s.bytes_produced, counter("delivered"));
    CHECK_EQUAL(counter("dropped_bytes"), 0);
    CHECK_EQUAL(s.bytes_waiting + s.buffers_waiting, 0);
    CHECK_EQUAL(s.bytes_cleared, 0);
    CHECK_EQUAL(s.bytes_delivered, sums.bytes);
    CHECK_EQUAL(s.buffers_delivered, sums.buffers);
    CHECK_EQUAL(s.events, sums.events);
    CHECK_EQUAL(s.triggers, sums.triggers);
    CHECK_EQUAL(s.packets, sums.packets);
    CHECK_EQUAL(s.overflows, sums.marks);
    return s;
}

static void try_stall(const stall *how, uint32_t raw) {
    neuromorphic_device *device = open_with(how, raw);
    read_for(device, 0.1);
    /* A balance at every moment, also while data is lost. */
    int64_t stopped = now_ns();
    while (seconds_since(stopped) < how->seconds) {
        neuromorphic_statistics now = statistics_of(device);
        CHECK(balance_holds(&now));
        sleep_us(5000);
    }
    uint64_t bytes = read_for(device, 0.4);
    CHECK(bytes > 1000000);
    read_rest(device);
    neuromorphic_statistics s = check_sums(device);
    printf("  %s, %s: %.1f MB produced, %.1f delivered, %.1f lost in %" PRIu64 " gaps; %" PRIu64 " events, %" PRIu64 " packets\n", how->name,
           raw ? "raw" : "decoded", (double)s.bytes_produced * 1e-6, (double)s.bytes_delivered * 1e-6,
           (double)(s.bytes_lost_newest + s.bytes_lost_oldest) * 1e-6, s.overflows, s.events, s.packets);
    CHECK(s.overflows > 0 && sums.lost > 0);
    CHECK_EQUAL(how->policy == NEUROMORPHIC_DROP_NEWEST ? s.bytes_lost_newest : s.bytes_lost_oldest, sums.lost);
    CHECK_EQUAL(s.buffers_lost_newest + s.buffers_lost_oldest, sums.buffers_lost);
    CHECK_EQUAL(how->policy == NEUROMORPHIC_DROP_NEWEST ? s.bytes_lost_oldest : s.bytes_lost_newest, 0);
    CHECK(sums.clutches > 0);
    neuromorphic_close(device);
}

static void keep_pace(uint32_t raw, double seconds) {
    const stall none = {"", NEUROMORPHIC_DROP_NEWEST, 0, 0, 0};
    neuromorphic_device *device = open_with(&none, raw);
    int64_t start = now_ns();
    neuromorphic_status status = NEUROMORPHIC_OK;
    uint64_t bytes = 0, events = 0, marks = 0;
    int is_silent = 0;
    while (status == NEUROMORPHIC_OK) {
        const neuromorphic_packet *packet;
        status = neuromorphic_next_packet(device, 300000, &packet);
        if (status == NEUROMORPHIC_OK) {
            bytes += packet->bytes, events += packet->count, marks += packet->overflow_count;
            neuromorphic_packet_release(packet);
        }
        if (!is_silent && seconds_since(start) > seconds) {
            is_silent = 1;
            tell("stream silent");
        }
    }
    CHECK_STATUS(status, NEUROMORPHIC_ERROR_TIMEOUT);
    neuromorphic_statistics s = statistics_of(device);
    printf("  a reader that keeps up, %s: %.1f MB, %" PRIu64 " events; the camera made %" PRIu64 "\n", raw ? "raw" : "decoded",
           (double)s.bytes_produced * 1e-6, s.events, counter("events"));
    CHECK(balance_holds(&s));
    CHECK_EQUAL(s.bytes_produced, counter("delivered"));
    CHECK_EQUAL(s.bytes_delivered, s.bytes_produced);
    CHECK_EQUAL(s.bytes_delivered, bytes);
    CHECK_EQUAL(s.overflows + marks, 0);
    CHECK_EQUAL(counter("dropped_bytes") + counter("dropped_events"), 0);
    CHECK_EQUAL(events, s.events);
    CHECK_EQUAL(s.events, raw ? 0 : counter("events"));
    neuromorphic_close(device);
}

int main(int count, char **words) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *what = count > 1 ? words[1] : "";
    meet_camera();
    if (strcmp(what, "numbers") == 0 && count > 2) {
        round_length = strtoull(words[2], NULL, 10) * 1000000;
        for (size_t i = 0; i < COUNT_OF(stalls); ++i) {
            try_stall(&stalls[i], 1);
        }
    } else if (strcmp(what, "events") == 0) {
        for (size_t i = 0; i < COUNT_OF(stalls); ++i) {
            try_stall(&stalls[i], 0);
        }
    } else if (strcmp(what, "pace") == 0) {
        keep_pace(0, 1.5);
        keep_pace(1, 1.5);
    } else if (strcmp(what, "sustained") == 0 && count > 2) {
        keep_pace(1, atof(words[2]));
    } else {
        fprintf(stderr, "usage: ledger numbers MEGABYTES | events | pace | sustained SECONDS\n");
        return 2;
    }
    return check_report("ledger");
}
