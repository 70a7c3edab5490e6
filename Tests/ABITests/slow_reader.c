/* valgrind: no (the simulated camera runs in real time) */
/*
 * A reader that is too slow loses data, and every byte of it is accounted for: in the totals, and packet by packet. What
 * is delivered is exactly the stream of the same simulation without losses, less the gaps that the packets tell of.
 */
#include "support.h"

#define CAMERA "sim:prophesee_evk4?rate=20e6&triggers=500&seed=21&duration=0.5"

enum { BUFFER = 16384, RING = 32, QUEUE = 8 };

static neuromorphic_open_options slow_options(uint32_t raw, neuromorphic_drop_policy policy) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = raw;
    options.drop_policy = policy;
    options.buffer_length = BUFFER;
    options.ring_length = RING;
    options.transfer_queue_length = QUEUE;
    options.maximum_raw_packets = 4;
    return options;
}

/* What all packets of a device came to, beside what the device says itself. */
typedef struct sums {
    uint64_t packets, events, triggers, bytes, buffers, bytes_lost, buffers_lost, overflows;
} sums;

static uint64_t lost_bytes(const neuromorphic_statistics *s) {
    return s->bytes_lost_newest + s->bytes_lost_oldest + s->bytes_cleared;
}

static uint64_t lost_buffers(const neuromorphic_statistics *s) {
    return s->buffers_lost_newest + s->buffers_lost_oldest + s->buffers_cleared;
}

/* Adds a packet to the sums, and checks what it says of losses. */
static void take_packet(sums *sums, const neuromorphic_packet *packet, uint32_t raw) {
    CHECK_EQUAL(packet->sequence, sums->packets);
    CHECK((packet->overflow_count > 0) == (packet->bytes_lost_before > 0));
    CHECK((packet->buffers_lost_before > 0) == (packet->bytes_lost_before > 0));
    CHECK(packet->buffers <= 4);
    for (size_t i = 0; i < packet->overflow_count; ++i) {
        CHECK(packet->overflow_events[i] <= packet->count);
        CHECK(packet->overflow_triggers[i] <= packet->trigger_count);
        CHECK(packet->overflow_raw[i] <= packet->raw_length);
        CHECK(i == 0 || packet->overflow_events[i] >= packet->overflow_events[i - 1]);
        CHECK(i == 0 || packet->overflow_triggers[i] >= packet->overflow_triggers[i - 1]);
        CHECK(i == 0 || packet->overflow_raw[i] >= packet->overflow_raw[i - 1]);
    }
    CHECK_EQUAL(packet->raw_length, raw ? packet->bytes : 0);
    CHECK(packet->backlog <= RING);
    sums->packets += 1;
    sums->events += packet->count;
    sums->triggers += packet->trigger_count;
    sums->bytes += packet->bytes;
    sums->buffers += packet->buffers;
    sums->bytes_lost += packet->bytes_lost_before;
    sums->buffers_lost += packet->buffers_lost_before;
    sums->overflows += packet->overflow_count;
}

/* At the end of the stream: the totals agree with each other and with the packets. */
static neuromorphic_statistics check_totals_at_end(neuromorphic_device *device, const sums *sums) {
    neuromorphic_statistics s = statistics_of(device);
    CHECK(balance_holds(&s));
    CHECK_EQUAL(s.bytes_waiting, 0);
    CHECK_EQUAL(s.buffers_waiting, 0);
    CHECK_EQUAL(s.packets, sums->packets);
    CHECK_EQUAL(s.events, sums->events);
    CHECK_EQUAL(s.triggers, sums->triggers);
    CHECK_EQUAL(s.bytes_delivered, sums->bytes);
    CHECK_EQUAL(s.buffers_delivered, sums->buffers);
    /* What was lost behind the last packet has no packet to say so. */
    CHECK(lost_bytes(&s) >= sums->bytes_lost);
    CHECK(lost_buffers(&s) >= sums->buffers_lost);
    CHECK_EQUAL(lost_bytes(&s) - sums->bytes_lost > 0, lost_buffers(&s) - sums->buffers_lost > 0);
    CHECK(s.buffers_allocated <= RING);
    return s;
}

/*
 * Follows a raw packet through the complete stream from *position on. Where one packet has several losses, only their
 * sum is known: then its beginning and its end are compared.
 */
static void follow_raw(const neuromorphic_packet *packet, const bytes *complete, uint64_t *position) {
    size_t head = packet->raw_length, tail = packet->raw_length;
    if (packet->overflow_count > 0) {
        head = packet->overflow_raw[0];
        tail = packet->overflow_raw[packet->overflow_count - 1];
    }
    uint64_t end = *position + packet->raw_length + packet->bytes_lost_before;
    REQUIRE(end <= complete->length);
    CHECK(memcmp(packet->raw, complete->at + *position, head) == 0);
    size_t rest = packet->raw_length - tail;
    CHECK(memcmp(packet->raw + tail, complete->at + end - rest, rest) == 0);
    *position = end;
}

/*
 * Follows decoded events through the complete stream: each is found behind the one before. Bytes of a wrong row, time or
 * base would make events that the complete stream doesn't have.
 */
static int follow_events(const neuromorphic_packet *packet, const stream *complete, size_t *position) {
    for (size_t i = 0; i < packet->count; ++i) {
        while (*position < stream_count(complete) &&
               !(stream_t(complete, *position) == packet->t[i] && stream_x(complete, *position) == packet->x[i] &&
                 stream_y(complete, *position) == packet->y[i] && complete->on.at[*position] == packet->on[i])) {
            ++*position;
        }
        if (*position == stream_count(complete)) {
            return 0;
        }
        ++*position;
    }
    return 1;
}

static void check_policy(uint32_t raw, neuromorphic_drop_policy policy, stream *complete) {
    neuromorphic_open_options options = slow_options(raw, policy);
    neuromorphic_device *device = open_device(CAMERA, &options);
    int overflowed;
    WAIT_UNTIL(statistics_of(device).overflows > 0, 20, overflowed);
    REQUIRE(overflowed);

    sums sums;
    memset(&sums, 0, sizeof sums);
    uint64_t position = 0, last_t = 0;
    size_t event = 0;
    int clutched = 0, followed = 1;
    const neuromorphic_packet *packet;
    neuromorphic_status status;
    while ((status = neuromorphic_next_packet(device, 20000000, &packet)) == NEUROMORPHIC_OK) {
        take_packet(&sums, packet, raw);
        if (sums.packets == 1 && policy == NEUROMORPHIC_DROP_NEWEST) {
            /* What waited longest is still there, from the very start of the stream. */
            CHECK_EQUAL(packet->bytes_lost_before, 0);
            CHECK(raw || (packet->count > 0 && packet->t[0] == stream_t(complete, 0)));
        }
        if (sums.packets == 1 && policy == NEUROMORPHIC_DROP_OLDEST) {
            /* What waited longest is what was lost: the loss lies before the first byte. */
            REQUIRE(packet->overflow_count > 0);
            CHECK_EQUAL(packet->overflow_raw[0], 0);
            CHECK_EQUAL(packet->overflow_events[0], 0);
        }
        if (raw) {
            follow_raw(packet, &complete->raw, &position);
        } else {
            followed = followed && follow_events(packet, complete, &event);
            last_t = packet->current_t;
        }
        clutched += packet->clutch_engaged != 0;
        neuromorphic_packet_release(packet);
        neuromorphic_statistics s = statistics_of(device);
        CHECK(balance_holds(&s));
        CHECK(s.buffers_waiting <= RING);
        sleep_us(20000);
    }
    CHECK_STATUS(status, NEUROMORPHIC_END_OF_STREAM);
    CHECK(followed);
    CHECK(clutched > 0);
    neuromorphic_statistics s = check_totals_at_end(device, &sums);
    CHECK(s.overflows > 0 && sums.overflows > 0 && sums.overflows <= s.overflows);
    CHECK_EQUAL(s.bytes_cleared, 0);
    if (policy == NEUROMORPHIC_DROP_NEWEST) {
        CHECK(s.bytes_lost_newest > 0 && s.bytes_lost_oldest == 0);
    } else {
        /* The newest is always delivered: nothing is lost behind the last packet. */
        CHECK(s.bytes_lost_oldest > 0 && s.bytes_lost_newest == 0);
        CHECK_EQUAL(sums.bytes_lost, s.bytes_lost_oldest);
        CHECK_EQUAL(sums.buffers_lost, s.buffers_lost_oldest);
        CHECK(raw ? position == complete->raw.length : last_t + 1000 >= stream_t(complete, stream_count(complete) - 1));
    }
    if (raw) {
        CHECK_EQUAL(s.bytes_produced, complete->raw.length);
    }
    printf("%s, %s: %" PRIu64 " packets, %" PRIu64 " of %" PRIu64 " bytes lost, %" PRIu64 " overflows\n",
           raw ? "raw" : "decoded", policy == NEUROMORPHIC_DROP_NEWEST ? "newest" : "oldest", s.packets, lost_bytes(&s),
           s.bytes_produced, s.overflows);
    neuromorphic_close(device);
}

static size_t backlog_of(neuromorphic_device *device) {
    size_t backlog = 0;
    CHECK_OK(neuromorphic_backlog(device, &backlog));
    return backlog;
}

/* What clear_backlog discards is counted, the next packet says that it follows a loss, and time goes on correctly. */
static void check_clear(uint32_t raw, stream *complete) {
    neuromorphic_open_options options = slow_options(raw, NEUROMORPHIC_DROP_NEWEST);
    options.ring_length = 1024;
    neuromorphic_device *device = open_device(CAMERA, &options);
    sums sums;
    memset(&sums, 0, sizeof sums);
    uint64_t position = 0, cleared_before = 0;
    size_t event = 0;
    int clears = 0, followed = 1;
    for (;;) {
        const neuromorphic_packet *packet;
        neuromorphic_status status = neuromorphic_next_packet(device, 20000000, &packet);
        if (status != NEUROMORPHIC_OK) {
            CHECK_STATUS(status, NEUROMORPHIC_END_OF_STREAM);
            break;
        }
        CHECK_EQUAL(packet->sequence, sums.packets);
        uint64_t cleared = statistics_of(device).bytes_cleared;
        CHECK_EQUAL(packet->bytes_lost_before, cleared - cleared_before);
        CHECK((packet->overflow_count > 0) == (cleared > cleared_before));
        if (packet->overflow_count > 0) {
            CHECK_EQUAL(packet->overflow_count, 1);
            CHECK_EQUAL(packet->overflow_events[0], 0);
            CHECK_EQUAL(packet->overflow_triggers[0], 0);
            CHECK_EQUAL(packet->overflow_raw[0], 0);
        }
        cleared_before = cleared;
        take_packet(&sums, packet, raw);
        if (raw) {
            follow_raw(packet, &complete->raw, &position);
        } else {
            followed = followed && follow_events(packet, complete, &event);
        }
        neuromorphic_packet_release(packet);

        if (clears < 5) {
            int waiting;
            WAIT_UNTIL(backlog_of(device) >= 12, 0.3, waiting);
            if (waiting) {
                neuromorphic_statistics before = statistics_of(device);
                CHECK_OK(neuromorphic_clear_backlog(device, SIZE_MAX));
                CHECK_EQUAL(statistics_of(device).buffers_cleared, before.buffers_cleared);
                CHECK_OK(neuromorphic_clear_backlog(device, clears % 2 == 0 ? 0 : 3));
                neuromorphic_statistics after = statistics_of(device);
                CHECK(after.buffers_cleared >= before.buffers_cleared + 12 - 3);
                CHECK(after.bytes_cleared > before.bytes_cleared);
                CHECK(balance_holds(&after));
                ++clears;
            }
        }
    }
    CHECK(clears >= 3);
    CHECK(followed);
    neuromorphic_statistics s = check_totals_at_end(device, &sums);
    CHECK(s.bytes_cleared > 0);
    CHECK_EQUAL(s.bytes_lost_newest, 0);
    CHECK_EQUAL(s.bytes_lost_oldest, 0);
    neuromorphic_close(device);
}

/* Clearing ends also where data arrives as fast as it is discarded: it is about what waits when it is called. */
static void check_clear_ends(void) {
    neuromorphic_device *device = open_device("sim:prophesee_evk4?rate=500e6&seed=21", NULL);
    int waiting;
    WAIT_UNTIL(backlog_of(device) >= 200, 20, waiting);
    REQUIRE(waiting);
    neuromorphic_statistics before = statistics_of(device);
    int64_t start = now_ns();
    CHECK_OK(neuromorphic_clear_backlog(device, 0));
    int64_t end = now_ns();
    neuromorphic_statistics after = statistics_of(device);
    printf("clear: %" PRIu64 " buffers waited, %" PRIu64 " were discarded in %.1f ms\n", before.buffers_waiting,
           after.buffers_cleared, (double)(end - start) * 1e-6);
    CHECK(after.buffers_cleared >= before.buffers_waiting);
    CHECK(after.buffers_cleared <= 2 * before.buffers_waiting);
    CHECK(balance_holds(&after));
    neuromorphic_close(device);
}

int main(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    stream decoded = stream_of(CAMERA "&speed=max", NULL);
    options.raw = 1;
    stream raw = stream_of(CAMERA "&speed=max", &options);
    REQUIRE(stream_count(&decoded) > 0 && raw.raw.length > 4 * RING * BUFFER);
    for (int policy = 0; policy < 2; ++policy) {
        check_policy(0, (neuromorphic_drop_policy)policy, &decoded);
        check_policy(1, (neuromorphic_drop_policy)policy, &raw);
    }
    check_clear(0, &decoded);
    check_clear(1, &raw);
    check_clear_ends();
    stream_free(&decoded);
    stream_free(&raw);
    return check_report("slow_reader");
}
