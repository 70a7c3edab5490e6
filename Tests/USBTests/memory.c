/*
 * With the default options, a reader that keeps up needs little memory however much arrives.
 *
 *     memory [SECONDS]
 */
#include "usb.h"

static const size_t limit_kib = 64 << 10;

int main(int count, char **words) {
    double seconds = count > 1 ? atof(words[1]) : 4;
    meet_camera();
    size_t idle = memory_kib("VmRSS"), most = 0;
    neuromorphic_device *device = open_device("usb:", NULL);
    tell("counters clear");
    int64_t start = now_ns();
    neuromorphic_status status = NEUROMORPHIC_OK;
    uint64_t packets = 0, sum = 0;
    while (status == NEUROMORPHIC_OK && seconds_since(start) < seconds) {
        const neuromorphic_packet *packet;
        status = neuromorphic_next_packet(device, 1000000, &packet);
        if (status == NEUROMORPHIC_OK) {
            for (size_t i = 0; i < packet->count; i += 64) {
                sum += packet->t[i] + packet->x[i];
            }
            neuromorphic_packet_release(packet);
            if (++packets % 64 == 0) {
                size_t now = memory_kib("VmRSS");
                most = now > most ? now : most;
            }
        }
    }
    CHECK_STATUS(status, NEUROMORPHIC_OK);
    neuromorphic_statistics s = statistics_of(device);
    size_t now = memory_kib("VmRSS");
    most = now > most ? now : most;
    printf("%.0f million events and %.0f MB a second (%" PRIx64 "); VmRSS %.1f MB at most, %.1f MB before; %" PRIu64
           " buffers, %" PRIu64 " bytes lost\n",
           (double)s.events * 1e-6 / seconds, (double)s.bytes_produced * 1e-6 / seconds, sum & 0xFF,
           (double)most / 1024, (double)idle / 1024, s.buffers_allocated, s.bytes_lost_newest);
    CHECK_EQUAL(s.bytes_lost_newest, 0);
    CHECK(most < limit_kib);
    neuromorphic_close(device);
    return check_report("memory");
}
