/* Prints the frequency of this machine's time stamp counter in kHz, which is the guest's too: the emulated processor hands
 * the machine's counter through, and has no timer to measure it with when the machine is busy. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

static uint64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Both clocks at one moment: the closest of some tries, for something may come in between. */
static void read_both(uint64_t *ticks, uint64_t *time)
{
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < 100; ++i) {
        const uint64_t before = __rdtsc();
        const uint64_t now = nanoseconds();
        const uint64_t after = __rdtsc();
        if (after - before < best) {
            best = after - before;
            *ticks = before + (after - before) / 2;
            *time = now;
        }
    }
}

int main(void)
{
    uint64_t ticks[2] = {0, 0}, time[2] = {0, 0};
    read_both(&ticks[0], &time[0]);
    nanosleep(&(struct timespec){0, 300000000}, NULL);
    read_both(&ticks[1], &time[1]);
    const double khz = (double)(ticks[1] - ticks[0]) * 1e6 / (double)(time[1] - time[0]);
    printf("%.0f\n", khz);
    return khz > 0 ? 0 : 1;
}
