/*
 * A program that takes packets and gives them back works in memory that is warm: once it is under way, no packet costs an
 * allocation or a page fault, and a recording's reader waits for no other thread, since there is none.
 *
 * The program's own allocator counts; it stands before the C library's for the library too.
 */
/* valgrind: no */
#include "support.h"

#include <dirent.h>
#include <stdatomic.h>
#include <sys/resource.h>

enum { WARMING = 600, PACKETS = 3000 };

/* ---- Counting allocations ---- */

void *__libc_malloc(size_t length);
void *__libc_calloc(size_t count, size_t length);
void *__libc_realloc(void *memory, size_t length);
void *__libc_memalign(size_t alignment, size_t length);

static atomic_ulong allocations;

static void *counted(void *memory) {
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return memory;
}

void *malloc(size_t length) { return counted(__libc_malloc(length)); }
void *calloc(size_t count, size_t length) { return counted(__libc_calloc(count, length)); }
void *realloc(void *memory, size_t length) { return counted(__libc_realloc(memory, length)); }
void *aligned_alloc(size_t alignment, size_t length) { return counted(__libc_memalign(alignment, length)); }
int posix_memalign(void **memory, size_t alignment, size_t length) {
    *memory = counted(__libc_memalign(alignment, length));
    return *memory == NULL ? ENOMEM : 0;
}

/* ---- Packets ---- */

static uint64_t take(neuromorphic_device *device, int count) {
    uint64_t events = 0;
    for (int i = 0; i < count; ++i) {
        const neuromorphic_packet *packet = NULL;
        REQUIRE_OK(neuromorphic_next_packet(device, 10000000, &packet));
        CHECK(packet->count <= 1 << 15); /* the default at full speed */
        events += packet->count;
        neuromorphic_packet_release(packet);
    }
    return events;
}

static size_t threads(void) {
    size_t count = 0;
    DIR *tasks = opendir("/proc/self/task");
    REQUIRE(tasks != NULL);
    for (const struct dirent *task; (task = readdir(tasks)) != NULL;) {
        count += task->d_name[0] != '.';
    }
    closedir(tasks);
    return count;
}

/* Into the page cache: the disk would make its reader wait. */
static const char *read_once(const char *path) {
    static char bytes[1 << 16];
    FILE *file = fopen(path, "rb");
    REQUIRE(file != NULL);
    while (fread(bytes, 1, sizeof bytes, file) > 0) {}
    fclose(file);
    return path;
}

/* What a loaded machine makes a program wait for is not the library's: of some tries, one must go without. */
enum { TRIES = 5 };

static long waits_of(neuromorphic_device *device, uint64_t *events, unsigned long *made, long *faults) {
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    unsigned long allocations_before = atomic_load(&allocations);
    *events = take(device, PACKETS);
    *made = atomic_load(&allocations) - allocations_before;
    getrusage(RUSAGE_SELF, &after);
    *faults = after.ru_minflt - before.ru_minflt;
    return after.ru_nvcsw - before.ru_nvcsw;
}

static void check_warm(const char *source, int needs_no_thread) {
    uint64_t events;
    unsigned long made;
    long faults, waits = 1;
    neuromorphic_device *device = open_device(source, NULL);
    take(device, 1);
    sleep_us(50000); /* A source with a thread of its own fills all buffers that it may. */
    take(device, WARMING);
    for (int try = 0; try < (needs_no_thread ? TRIES : 1) && waits > 0; ++try) {
        waits = waits_of(device, &events, &made, &faults);
        printf("%s: %d packets of %" PRIu64 " events each: %lu allocations, %ld minor page faults, %ld waits\n", source,
               PACKETS, events / PACKETS, made, faults, waits);
        CHECK(events > 0);
        CHECK_EQUAL(made, 0);
        CHECK_EQUAL(faults, 0);
    }
    if (needs_no_thread) {
        CHECK_EQUAL(threads(), 1);
        CHECK_EQUAL(waits, 0);
    }
    neuromorphic_close(device);
}

int main(void) {
    const char *small = in_own_folder("small.raw");
    record_to_file("sim:prophesee_evk4?rate=20e6&speed=max&duration=0.2", NULL, small);
    static const char *const kernels[] = {"plain", "portable", NULL};
    for (size_t i = 0; i < COUNT_OF(kernels); ++i) {
        REQUIRE((kernels[i] != NULL ? setenv("NEUROMORPHIC_KERNEL", kernels[i], 1) : unsetenv("NEUROMORPHIC_KERNEL")) == 0);
        printf("%s: ", kernels[i] != NULL ? kernels[i] : "the library's choice");
        check_warm(format_text("file:%s?loop", read_once(small)), 1);
    }
    static const char *const recordings[] = {"evt2_sample.raw", "evt3_sample.raw"};
    for (size_t i = 0; i < COUNT_OF(recordings); ++i) {
        if (test_data(recordings[i]) != NULL) {
            check_warm(format_text("file:%s?loop", read_once(test_data(recordings[i]))), 1);
        }
    }
    check_warm("sim:prophesee_evk4?rate=20e6&speed=max", 0);
    return check_report("warm_packets");
}
