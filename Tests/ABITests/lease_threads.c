/* valgrind: no (the default number of packets takes too long; give a smaller one) */
/*
 * One thread takes packets, eight others hold, retain, verify and release them in random order; each packet is held by
 * one to three of them at a time. Nothing changes under anyone, and at the end nothing is held.
 *
 *     lease_threads [PACKETS]
 */
#include "support.h"

#include <pthread.h>
#include <sched.h>

enum { THREADS = 8, MOST = 64, HELD = 6, QUEUE = 64 };

typedef struct parcel {
    const neuromorphic_packet *packet;
    uint64_t sum, sequence;
} parcel;

/* Parcels on their way to a thread. */
typedef struct inbox {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    parcel parcels[QUEUE];
    size_t count;
    int ended;
} inbox;

typedef struct worker {
    pthread_t thread;
    inbox inbox;
    uint64_t seed;
    uint64_t verified;
} worker;

static worker workers[THREADS];

static void verify(const parcel *parcel) {
    CHECK_EQUAL(packet_checksum(parcel->packet), parcel->sum);
    CHECK_EQUAL(parcel->packet->sequence, parcel->sequence);
}

static int take(inbox *inbox, parcel *out, int wait) {
    pthread_mutex_lock(&inbox->lock);
    while (wait && inbox->count == 0 && !inbox->ended) {
        pthread_cond_wait(&inbox->changed, &inbox->lock);
    }
    int taken = inbox->count > 0;
    if (taken) {
        *out = inbox->parcels[--inbox->count];
        pthread_cond_broadcast(&inbox->changed);
    }
    pthread_mutex_unlock(&inbox->lock);
    return taken;
}

static void put(inbox *inbox, parcel parcel) {
    pthread_mutex_lock(&inbox->lock);
    while (inbox->count == QUEUE) {
        pthread_cond_wait(&inbox->changed, &inbox->lock);
    }
    inbox->parcels[inbox->count++] = parcel;
    pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

static void *work(void *context) {
    worker *self = context;
    parcel held[HELD];
    size_t count = 0;
    uint64_t state = self->seed;
    for (;;) {
        /* Waits for more only while it holds nothing, so that packets always come back. */
        parcel next;
        if (count < HELD && take(&self->inbox, &next, count == 0)) {
            held[count++] = next;
        } else if (count == 0) {
            return NULL;
        }
        size_t i = random_below(&state, count);
        switch (random_below(&state, 3)) {
        case 0:
            neuromorphic_packet_retain(held[i].packet);
            neuromorphic_packet_release(held[i].packet);
            break;
        default:
            verify(&held[i]);
            self->verified += 1;
            neuromorphic_packet_release(held[i].packet);
            held[i] = held[--count];
        }
    }
}

/* Memory of this process that is in use now, in KiB. */
static uint64_t resident_kib(void) {
    unsigned long long whole = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    REQUIRE(file != NULL);
    REQUIRE(fscanf(file, "%llu %llu", &whole, &resident) == 2);
    fclose(file);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

int main(int argc, char **argv) {
    uint64_t packets = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000;
    REQUIRE(packets > 0);
    /* What a first device leaves behind, tables and thread stacks, is not what a million packets leave behind. */
    neuromorphic_close(open_device("sim:prophesee_evk4", NULL));
    uint64_t before = resident_kib();
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.maximum_leases = MOST;
    options.packet_capacity = 4096;
    neuromorphic_device *device =
        open_device("sim:prophesee_evk4?rate=10e6&triggers=1000&seed=11&speed=max", &options);
    for (size_t i = 0; i < THREADS; ++i) {
        pthread_mutex_init(&workers[i].inbox.lock, NULL);
        pthread_cond_init(&workers[i].inbox.changed, NULL);
        workers[i].seed = 1000 + i;
        REQUIRE(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    }
    uint64_t state = 5, handed = 0, refused = 0;
    for (uint64_t sequence = 0; sequence < packets;) {
        const neuromorphic_packet *packet = NULL;
        neuromorphic_status status = neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet);
        if (status == NEUROMORPHIC_ERROR_LEASES_SPENT) {
            /* Every thread is behind; each release makes room, so this ends. */
            ++refused;
            sched_yield();
            continue;
        }
        REQUIRE_OK(status);
        CHECK_EQUAL(packet->sequence, sequence);
        parcel parcel = {packet, packet_checksum(packet), sequence++};
        size_t readers = 1 + random_below(&state, 3), first = random_below(&state, THREADS);
        for (size_t i = 1; i < readers; ++i) {
            neuromorphic_packet_retain(packet);
        }
        for (size_t i = 0; i < readers; ++i) {
            put(&workers[(first + i) % THREADS].inbox, parcel);
        }
        handed += readers;
    }
    uint64_t verified = 0;
    for (size_t i = 0; i < THREADS; ++i) {
        inbox *inbox = &workers[i].inbox;
        pthread_mutex_lock(&inbox->lock);
        inbox->ended = 1;
        pthread_cond_broadcast(&inbox->changed);
        pthread_mutex_unlock(&inbox->lock);
        REQUIRE(pthread_join(workers[i].thread, NULL) == 0);
        CHECK_EQUAL(inbox->count, 0);
        verified += workers[i].verified;
        pthread_mutex_destroy(&inbox->lock);
        pthread_cond_destroy(&inbox->changed);
    }
    CHECK_EQUAL(verified, handed);
    neuromorphic_statistics statistics = statistics_of(device);
    CHECK_EQUAL(statistics.leases, 0);
    CHECK_EQUAL(statistics.packets, packets);
    CHECK_EQUAL(statistics.leases_refused, refused);
    CHECK_EQUAL(statistics.maximum_leases, MOST);
    uint64_t during = resident_kib();
    neuromorphic_close(device);
    uint64_t after = resident_kib();
    printf("%" PRIu64 " packets, %" PRIu64 " refusals; resident %" PRIu64 " KiB before, %" PRIu64 " at the end, %" PRIu64
           " when closed\n", packets, refused, before, during, after);
    CHECK(after < before + 2048);
    return check_report("lease_threads");
}
