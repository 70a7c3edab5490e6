/*
 * A packet never changes under its reader: while later packets come, while it is retained and released in any order,
 * when no more may be held, and after the device is closed.
 */
#include "support.h"

#define SOURCE "sim:prophesee_evk4?rate=20e6&triggers=2000&seed=3&speed=max"

/* A packet that is held, what it was when it came, and how many leases of it are ours. */
typedef struct held {
    const neuromorphic_packet *packet;
    neuromorphic_packet copy;
    uint64_t sum;
    int leases;
} held;

static void hold(held *slot, const neuromorphic_packet *packet) {
    slot->packet = packet;
    slot->copy = *packet;
    slot->sum = packet_checksum(packet);
    slot->leases = 1;
}

static void check_unchanged(const held *slot) {
    CHECK(memcmp(slot->packet, &slot->copy, sizeof slot->copy) == 0);
    CHECK_EQUAL(packet_checksum(slot->packet), slot->sum);
}

/* Notes the bytes of one array of a packet: inside its block, aligned for its elements, apart from the other arrays. */
static void check_array(const neuromorphic_packet *packet, const void *array, size_t count, size_t width,
                        uintptr_t (*ranges)[2], size_t *range_count) {
    uintptr_t start = (uintptr_t)array, end = start + count * width, block = (uintptr_t)packet->block;
    if (count == 0) {
        return;
    }
    CHECK(array != NULL);
    CHECK_EQUAL(start % width, 0);
    CHECK(start >= block && end <= block + packet->block_length);
    for (size_t i = 0; i < *range_count; ++i) {
        CHECK(end <= ranges[i][0] || start >= ranges[i][1]);
    }
    ranges[*range_count][0] = start, ranges[*range_count][1] = end;
    *range_count += 1;
}

static void check_layout(const neuromorphic_packet *packet) {
    uintptr_t ranges[16][2];
    size_t count = 0;
    CHECK(packet->struct_size >= sizeof(neuromorphic_packet));
    CHECK(packet->block != NULL);
    CHECK_EQUAL((uintptr_t)packet->block % 64, 0);
    CHECK_EQUAL(packet->block_offset % 65536, 0);
    CHECK_EQUAL(packet->block_offset % (uint64_t)sysconf(_SC_PAGESIZE), 0);
    CHECK_EQUAL(packet->reserved, 0);
    check_array(packet, packet->t, packet->count, 8, ranges, &count);
    check_array(packet, packet->x, packet->count, 2, ranges, &count);
    check_array(packet, packet->y, packet->count, 2, ranges, &count);
    check_array(packet, packet->on, packet->count, 1, ranges, &count);
    check_array(packet, packet->trigger_t, packet->trigger_count, 8, ranges, &count);
    check_array(packet, packet->trigger_id, packet->trigger_count, 1, ranges, &count);
    check_array(packet, packet->trigger_rising, packet->trigger_count, 1, ranges, &count);
    check_array(packet, packet->counter_t, packet->counter_count, 8, ranges, &count);
    check_array(packet, packet->counter_events, packet->counter_count, 4, ranges, &count);
    check_array(packet, packet->counter_is_output, packet->counter_count, 1, ranges, &count);
    check_array(packet, packet->raw, packet->raw_length, 1, ranges, &count);
    check_array(packet, packet->overflow_events, packet->overflow_count, 8, ranges, &count);
    check_array(packet, packet->overflow_triggers, packet->overflow_count, 8, ranges, &count);
    check_array(packet, packet->overflow_raw, packet->overflow_count, 8, ranges, &count);
}

/* The blocks of packets that are held at the same time share no byte, in memory or in the arena. */
static void check_apart(const held *a, const held *b) {
    uintptr_t start_a = (uintptr_t)a->packet->block, start_b = (uintptr_t)b->packet->block;
    CHECK(start_a + a->packet->block_length <= start_b || start_b + b->packet->block_length <= start_a);
    CHECK(a->packet->block_offset + a->packet->block_length <= b->packet->block_offset ||
          b->packet->block_offset + b->packet->block_length <= a->packet->block_offset);
}

enum { MOST = 8 };

/* Takes, retains and releases at random, never more than MOST packets, and checks all of them all the time. */
static void check_random_order(uint32_t raw, uint64_t seed) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = raw;
    options.maximum_leases = MOST;
    options.packet_capacity = 4096;
    neuromorphic_device *device = open_device(SOURCE, &options);
    held slots[MOST];
    memset(slots, 0, sizeof slots);
    uint64_t state = seed, sequence = 0, refused = 0;
    size_t out = 0;
    for (int round = 0; round < 4000; ++round) {
        held *slot = &slots[random_below(&state, MOST)];
        uint64_t choice = random_below(&state, 10);
        if (slot->packet == NULL) {
            const neuromorphic_packet *packet = NULL;
            REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
            CHECK_EQUAL(packet->sequence, sequence++);
            CHECK(packet->bytes > 0);
            check_layout(packet);
            hold(slot, packet);
            ++out;
            for (size_t i = 0; i < MOST; ++i) {
                if (slots[i].packet != NULL && &slots[i] != slot) {
                    check_apart(&slots[i], slot);
                }
            }
        } else if (choice < 2) {
            neuromorphic_packet_retain(slot->packet);
            slot->leases += 1;
        } else if (choice < 7) {
            check_unchanged(slot);
            neuromorphic_packet_release(slot->packet);
            if (--slot->leases == 0) {
                slot->packet = NULL;
                --out;
            } else {
                check_unchanged(slot);
            }
        } else if (out == MOST) {
            const neuromorphic_packet *untouched = (const neuromorphic_packet *)&slots;
            CHECK_STATUS(neuromorphic_next_packet(device, 0, &untouched), NEUROMORPHIC_ERROR_LEASES_SPENT);
            CHECK(untouched == (const neuromorphic_packet *)&slots);
            ++refused;
        }
        if (round % 16 == 0) {
            neuromorphic_statistics statistics = statistics_of(device);
            CHECK_EQUAL(statistics.leases, out);
            CHECK_EQUAL(statistics.leases_refused, refused);
            CHECK_EQUAL(statistics.packets, sequence);
            CHECK(balance_holds(&statistics));
        }
    }
    CHECK(sequence > 100 && refused > 0);
    for (size_t i = 0; i < MOST; ++i) {
        for (; slots[i].packet != NULL && slots[i].leases > 0; --slots[i].leases) {
            check_unchanged(&slots[i]);
            neuromorphic_packet_release(slots[i].packet);
        }
    }
    CHECK_EQUAL(statistics_of(device).leases, 0);
    neuromorphic_close(device);
}

/* Beyond maximum_leases the call is refused, at once and as often as one asks; a release lets it go on where it was. */
static void check_refused(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.maximum_leases = 3;
    options.packet_capacity = 4096;
    neuromorphic_device *device = open_device(SOURCE, &options);
    stream all;
    memset(&all, 0, sizeof all);
    held slots[3];
    const neuromorphic_packet *packet = NULL;
    for (int i = 0; i < 3; ++i) {
        REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
        hold(&slots[i], packet);
        stream_append(&all, packet);
    }
    CHECK_EQUAL(statistics_of(device).leases, 3);
    CHECK_EQUAL(statistics_of(device).maximum_leases, 3);
    for (uint64_t i = 1; i <= 5; ++i) {
        packet = NULL;
        CHECK_STATUS(neuromorphic_next_packet(device, i == 1 ? NEUROMORPHIC_FOREVER : 0, &packet),
                     NEUROMORPHIC_ERROR_LEASES_SPENT);
        CHECK(packet == NULL);
        CHECK(neuromorphic_last_error()[0] != '\0');
        CHECK_EQUAL(statistics_of(device).leases_refused, i);
    }
    /* A second lease of a packet is not a second packet, and does not need room. */
    neuromorphic_packet_retain(slots[1].packet);
    CHECK_EQUAL(statistics_of(device).leases, 3);
    neuromorphic_packet_release(slots[1].packet);
    CHECK_EQUAL(statistics_of(device).leases, 3);
    CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_LEASES_SPENT);
    neuromorphic_packet_release(slots[1].packet);
    CHECK_EQUAL(statistics_of(device).leases, 2);
    REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
    CHECK_EQUAL(packet->sequence, 3);
    CHECK_EQUAL(packet->bytes_lost_before, 0);
    stream_append(&all, packet);
    check_unchanged(&slots[0]);
    check_unchanged(&slots[2]);
    neuromorphic_packet_release(packet);
    neuromorphic_packet_release(slots[2].packet);
    neuromorphic_packet_release(slots[0].packet);
    CHECK_EQUAL(statistics_of(device).leases, 0);
    neuromorphic_close(device);

    /* The refusals cost nothing: the events are those of a reader that was never refused. */
    device = open_device(SOURCE, NULL);
    stream other;
    memset(&other, 0, sizeof other);
    while (stream_count(&other) < stream_count(&all)) {
        REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
        stream_append(&other, packet);
        neuromorphic_packet_release(packet);
    }
    neuromorphic_close(device);
    for (size_t i = 0; i < 4; ++i) {
        bytes *mine = stream_part(&all, i), *theirs = stream_part(&other, i);
        CHECK(theirs->length >= mine->length && memcmp(theirs->at, mine->at, mine->length) == 0);
    }
    stream_free(&all);
    stream_free(&other);
}

/* Packets stay as they are after close, while another device works, and can still be retained and released. */
static void check_after_close(uint32_t raw) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.raw = raw;
    neuromorphic_device *device = open_device(SOURCE, &options);
    held slots[5];
    for (int i = 0; i < 5; ++i) {
        const neuromorphic_packet *packet = NULL;
        REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
        hold(&slots[i], packet);
    }
    neuromorphic_packet_release(slots[2].packet);
    neuromorphic_close(device);
    neuromorphic_statistics statistics = NEUROMORPHIC_STATISTICS_INIT;
    CHECK_STATUS(neuromorphic_statistics_of(device, &statistics), NEUROMORPHIC_ERROR_INVALID_HANDLE);

    neuromorphic_device *second = open_device("sim:prophesee_evk4?rate=20e6&seed=4&speed=max", &options);
    for (int i = 0; i < 5; ++i) {
        const neuromorphic_packet *packet = NULL;
        REQUIRE_OK(neuromorphic_next_packet(second, NEUROMORPHIC_FOREVER, &packet));
        neuromorphic_packet_release(packet);
    }
    static const int order[] = {3, 0, 4, 1};
    neuromorphic_packet_retain(slots[0].packet);
    for (size_t i = 0; i < COUNT_OF(order); ++i) {
        check_unchanged(&slots[order[i]]);
        neuromorphic_packet_release(slots[order[i]].packet);
    }
    check_unchanged(&slots[0]);
    neuromorphic_packet_release(slots[0].packet);
    CHECK_EQUAL(statistics_of(second).leases, 0);
    neuromorphic_close(second);
}

int main(void) {
    for (uint32_t raw = 0; raw < 2; ++raw) {
        check_random_order(raw, 17 + raw);
        check_after_close(raw);
    }
    check_refused();
    return check_report("leases");
}
