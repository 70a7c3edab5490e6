/* The preloaded usbfs, seen through libusb: `run [OPTIONS] CAMERA -- test_usbfs BEHAVIOUR`, see `check` for which go together.
 *
 * Cameras are started and stopped by their command socket, with the four registers that make them send: what else a camera
 * does is tested beside it. */
#include <libusb.h>
#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

enum { REQUESTS = 0x02, REPLIES = 0x82, EVENTS = 0x81 };
enum { TRANSFERS = 32, TRANSFER_SIZE = 128 * 1024 };

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: %s is not so\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                \
        }                                                                           \
    } while (0)

#define CHECK_IS(expression, expected)                                                                           \
    do {                                                                                                         \
        long is_ = (long)(expression), expected_ = (long)(expected);                                             \
        if (is_ != expected_) {                                                                                  \
            fprintf(stderr, "%s:%d: %s is %ld, not %ld\n", __FILE__, __LINE__, #expression, is_, expected_);     \
            exit(1);                                                                                             \
        }                                                                                                        \
    } while (0)

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Sends a line to the camera's socket; the answer stays until the next. */
static const char *tell(const char *line) {
    static char answer[4096];
    static int file = -1;
    if (file < 0) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof address.sun_path, "%s", getenv("CAMERA_SOCKET"));
        file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(connect(file, (struct sockaddr *)&address, sizeof address) == 0);
    }
    char room[256];
    int length = snprintf(room, sizeof room, "%s\n", line);
    CHECK_IS(send(file, room, (size_t)length, MSG_NOSIGNAL), length);
    size_t have = 0;
    do {
        ssize_t count = recv(file, answer + have, sizeof answer - 1 - have, 0);
        CHECK(count > 0);
        have += (size_t)count;
    } while (answer[have - 1] != '\n');
    answer[have - 1] = '\0';
    return answer;
}

static void obey(const char *line) {
    const char *answer = tell(line);
    if (strncmp(answer, "ok", 2) != 0) {
        fprintf(stderr, "%s: %s\n", line, answer);
        exit(1);
    }
}

/* MIPI on, output on, time base on, array released, and back. */
static void start_camera(void) {
    obey("set 0xB000 0x159");
    obey("set 0x9028 0");
    obey("set 0x9008 0x645");
    obey("set 0x0004 0xF0005442");
}

static void stop_camera(void) { obey("set 0x0004 0xF0005042"); }

/* A number in the camera's answer, after "name=". */
static unsigned long long number(const char *command, const char *name) {
    const char *found = strstr(tell(command), name);
    CHECK(found != NULL);
    return strtoull(found + strlen(name), NULL, 10);
}

static libusb_context *context;

static ssize_t count_cameras(void) {
    libusb_device **list;
    ssize_t cameras = 0, count = libusb_get_device_list(context, &list);
    CHECK(count >= 0);
    for (ssize_t i = 0; i < count; i++) {
        struct libusb_device_descriptor descriptor;
        CHECK_IS(libusb_get_device_descriptor(list[i], &descriptor), 0);
        cameras += descriptor.idVendor == 0x04B4;
    }
    libusb_free_device_list(list, 1);
    return cameras;
}

static int open_first(libusb_device_handle **handle) {
    libusb_device **list;
    ssize_t count = libusb_get_device_list(context, &list);
    int result = LIBUSB_ERROR_NOT_FOUND;
    for (ssize_t i = 0; i < count && result == LIBUSB_ERROR_NOT_FOUND; i++) {
        struct libusb_device_descriptor descriptor;
        CHECK_IS(libusb_get_device_descriptor(list[i], &descriptor), 0);
        if (descriptor.idVendor == 0x04B4) {
            result = libusb_open(list[i], handle);
        }
    }
    libusb_free_device_list(list, 1);
    return result;
}

static libusb_device_handle *open_and_claim(void) {
    libusb_device_handle *handle;
    CHECK_IS(open_first(&handle), 0);
    CHECK_IS(libusb_claim_interface(handle, 0), 0);
    return handle;
}

static void ask_serial(libusb_device_handle *handle) {
    unsigned char request[8] = {0x72}, reply[1024];
    int count = 0;
    CHECK_IS(libusb_bulk_transfer(handle, REQUESTS, request, sizeof request, &count, 1000), 0);
    CHECK_IS(count, sizeof request);
    CHECK_IS(libusb_bulk_transfer(handle, REPLIES, reply, sizeof reply, &count, 1000), 0);
    CHECK_IS(count, 16);
    CHECK(memcmp(reply, (const unsigned char[]){0x72, 0, 0, 0, 8, 0, 0, 0, 0x23, 0x04, 0x05, 0x00}, 12) == 0);
}

/* A camera is found, says who it is, and answers on both its ways. */
static void lists_opens_and_asks(void) {
    CHECK_IS(count_cameras(), 1);
    libusb_device_handle *handle = open_and_claim();
    struct libusb_device_descriptor descriptor;
    unsigned char text[64];
    libusb_device *device = libusb_get_device(handle);
    CHECK_IS(libusb_get_device_descriptor(device, &descriptor), 0);
    CHECK(libusb_get_string_descriptor_ascii(handle, descriptor.iProduct, text, sizeof text) > 0);
    CHECK(strcmp((char *)text, "EVK4") == 0);
    const char *speed = getenv("TEST_SPEED");
    CHECK_IS(libusb_get_device_speed(device), speed ? atoi(speed) : LIBUSB_SPEED_SUPER);
    CHECK_IS(libusb_get_max_packet_size(device, EVENTS), speed ? 512 : 1024);

    unsigned char answer[2];
    CHECK_IS(libusb_control_transfer(handle, 0xC0, 0x72, 0, 0, answer, 2, 1000), 2);
    CHECK_IS(answer[0], 0x31);
    CHECK_IS(libusb_control_transfer(handle, 0xC0, 0x7F, 0, 0, answer, 2, 1000), LIBUSB_ERROR_PIPE);
    int configuration = 0;
    CHECK_IS(libusb_get_configuration(handle, &configuration), 0);
    CHECK_IS(configuration, 1);
    CHECK_IS(libusb_set_interface_alt_setting(handle, 0, 0), 0);
    for (int i = 0; i < 50; i++) {
        ask_serial(handle);
    }
    CHECK_IS(libusb_reset_device(handle), 0);
    ask_serial(handle);
    CHECK_IS(libusb_release_interface(handle, 0), 0);
    CHECK_IS(libusb_release_interface(handle, 0), LIBUSB_ERROR_NOT_FOUND);
    libusb_close(handle);
}

static void finds_nothing(void) { CHECK_IS(count_cameras(), 0); }
static void finds_two(void) { CHECK_IS(count_cameras(), 2); }

/* A stream of transfers, resubmitted until told otherwise. Whichever thread handles events writes here, hence the lock. */
static pthread_mutex_t streams_lock = PTHREAD_MUTEX_INITIALIZER;

struct stream {
    struct libusb_transfer *transfers[TRANSFERS];
    unsigned char *buffers[TRANSFERS];
    libusb_device_handle *handle;
    bool device_memory, ends;
    unsigned flying, completed;
    unsigned long long bytes;
    unsigned ended_with[8]; /* by libusb_transfer_status */
};

static void arrived(struct libusb_transfer *transfer) {
    struct stream *stream = transfer->user_data;
    pthread_mutex_lock(&streams_lock);
    stream->ended_with[transfer->status]++;
    stream->bytes += (unsigned long long)transfer->actual_length;
    stream->completed++;
    bool again = transfer->status == LIBUSB_TRANSFER_COMPLETED && !stream->ends;
    stream->flying -= !again || libusb_submit_transfer(transfer) != 0;
    pthread_mutex_unlock(&streams_lock);
}

static unsigned completed(const struct stream *stream) {
    pthread_mutex_lock(&streams_lock);
    unsigned count = stream->completed;
    pthread_mutex_unlock(&streams_lock);
    return count;
}

static void stream_start(struct stream *stream, libusb_device_handle *handle, bool device_memory) {
    *stream = (struct stream){.handle = handle, .device_memory = device_memory};
    for (int i = 0; i < TRANSFERS; i++) {
        stream->buffers[i] = device_memory ? libusb_dev_mem_alloc(handle, TRANSFER_SIZE) : malloc(TRANSFER_SIZE);
        CHECK(stream->buffers[i] != NULL);
        stream->transfers[i] = libusb_alloc_transfer(0);
        libusb_fill_bulk_transfer(
            stream->transfers[i], handle, EVENTS, stream->buffers[i], TRANSFER_SIZE, arrived, stream, 0);
        CHECK_IS(libusb_submit_transfer(stream->transfers[i]), 0);
        stream->flying++;
    }
}

static void handle_events(int milliseconds) {
    struct timeval timeout = {milliseconds / 1000, milliseconds % 1000 * 1000};
    CHECK_IS(libusb_handle_events_timeout_completed(context, &timeout, NULL), 0);
}

static void stream_until_ended(struct stream *stream) {
    double start = now();
    while (stream->flying > 0) {
        handle_events(100);
        CHECK(now() - start < 30);
    }
}

static void stream_cancel(struct stream *stream) {
    stream->ends = true;
    for (int i = 0; i < TRANSFERS; i++) {
        libusb_cancel_transfer(stream->transfers[i]);
    }
    stream_until_ended(stream);
}

static void stream_free(struct stream *stream) {
    for (int i = 0; i < TRANSFERS; i++) {
        libusb_free_transfer(stream->transfers[i]);
        if (stream->device_memory) {
            CHECK_IS(libusb_dev_mem_free(stream->handle, stream->buffers[i], TRANSFER_SIZE), 0);
        } else {
            free(stream->buffers[i]);
        }
    }
}

static void stream_for(struct stream *stream, unsigned transfers) {
    double start = now();
    while (completed(stream) < transfers) {
        handle_events(100);
        CHECK(now() - start < 60);
    }
}

static void streams_with(bool device_memory) {
    libusb_device_handle *handle = open_and_claim();
    struct stream stream;
    const char *wanted = getenv("TEST_TRANSFERS");
    start_camera();
    obey("counters clear");
    double start = now();
    stream_start(&stream, handle, device_memory);
    stream_for(&stream, wanted ? (unsigned)atoi(wanted) : 2000);
    double seconds = now() - start;
    unsigned long long bytes = stream.bytes;
    unsigned count = stream.completed;
    start = now();
    stream_cancel(&stream);
    double cancelling = now() - start;
    CHECK_IS(stream.ended_with[LIBUSB_TRANSFER_COMPLETED] + stream.ended_with[LIBUSB_TRANSFER_CANCELLED], stream.completed);
    stop_camera();
    /* No byte that the camera gave out is lost or made up, whatever was cancelled where. */
    CHECK(number("counters", " bytes=") == stream.bytes);
    stream_free(&stream);
    libusb_close(handle);
    printf(
        "%u transfers, %.0f MB/s, all ended %.1f ms after cancelling\n", count, (double)bytes / seconds / 1e6,
        cancelling * 1e3);
}

static void streams(void) { streams_with(false); }
static void streams_into_device_memory(void) { streams_with(true); }

static void does_without_device_memory(void) {
    libusb_device_handle *handle = open_and_claim();
    CHECK(libusb_dev_mem_alloc(handle, TRANSFER_SIZE) == NULL);
    libusb_close(handle);
}

/* Reads what a stopped camera still holds back, as drivers do before they start one. */
static void drain(libusb_device_handle *handle) {
    unsigned char *bytes = malloc(TRANSFER_SIZE);
    int count;
    while (libusb_bulk_transfer(handle, EVENTS, bytes, TRANSFER_SIZE, &count, 50) == 0) {
    }
    free(bytes);
}

/* With nothing to send, 32 transfers are cancelled with nothing in them; closing with transfers in flight is clean, too. */
static void cancels(void) {
    libusb_device_handle *handle = open_and_claim();
    struct stream stream;
    drain(handle);
    stream_start(&stream, handle, false);
    handle_events(20);
    CHECK_IS(stream.completed, 0);
    stream_cancel(&stream);
    CHECK_IS(stream.ended_with[LIBUSB_TRANSFER_CANCELLED], TRANSFERS);
    CHECK_IS(stream.bytes, 0);
    CHECK(strstr(tell("usbfs endpoint 81"), "queued=0") != NULL);
    stream_free(&stream);

    unsigned char byte;
    int count = 1;
    double start = now();
    CHECK_IS(libusb_bulk_transfer(handle, REPLIES, &byte, 1, &count, 50), LIBUSB_ERROR_TIMEOUT);
    CHECK_IS(count, 0);
    CHECK(now() - start >= 0.045);
    libusb_close(handle);
}

/* The camera falls silent in the middle of a transfer: what it had sent by then is in the cancelled one. */
static void keeps_what_had_arrived(void) {
    libusb_device_handle *handle = open_and_claim();
    struct stream stream;
    unsigned partial = 0;
    for (int round = 0; round < 50 && partial == 0; round++) {
        start_camera();
        obey("stream resume");
        obey("counters clear");
        stream_start(&stream, handle, false);
        stream_for(&stream, 20);
        obey("stream silent");
        handle_events(1);
        stream_cancel(&stream);
        for (int i = 0; i < TRANSFERS; i++) {
            partial += stream.transfers[i]->status == LIBUSB_TRANSFER_CANCELLED && stream.transfers[i]->actual_length > 0;
        }
        CHECK(number("counters", " bytes=") == stream.bytes);
        stop_camera();
        stream_free(&stream);
    }
    CHECK(partial > 0);
    obey("stream resume");
    libusb_close(handle);
}

/* A reply the camera keeps to itself ends by the program's time-out, also on endpoint 0; the next is answered. */
static void meets_silence(void) {
    libusb_device_handle *handle = open_and_claim();
    unsigned char answer[2], reply[64];
    int count;
    obey("reply missing after=1");
    CHECK_IS(libusb_control_transfer(handle, 0xC0, 0x72, 0, 0, answer, 2, 50), LIBUSB_ERROR_TIMEOUT);
    CHECK_IS(libusb_control_transfer(handle, 0xC0, 0x72, 0, 0, answer, 2, 50), 2);
    obey("reply late ms=300 after=1");
    double start = now();
    CHECK_IS(libusb_control_transfer(handle, 0xC0, 0x72, 0, 0, answer, 2, 50), LIBUSB_ERROR_TIMEOUT);
    CHECK(now() - start < 0.25);
    obey("reply missing after=1");
    CHECK_IS(libusb_bulk_transfer(handle, REQUESTS, (unsigned char[8]){0x72}, 8, &count, 1000), 0);
    CHECK_IS(libusb_bulk_transfer(handle, REPLIES, reply, sizeof reply, &count, 50), LIBUSB_ERROR_TIMEOUT);
    ask_serial(handle);
    /* Unplugged by the camera itself, in the middle of a request. */
    obey("unplug after=1");
    int result = libusb_bulk_transfer(handle, REQUESTS, (unsigned char[8]){0x72}, 8, &count, 1000);
    CHECK(result == LIBUSB_ERROR_NO_DEVICE || result == LIBUSB_ERROR_IO);
    CHECK_IS(libusb_bulk_transfer(handle, REPLIES, reply, sizeof reply, &count, 1000), LIBUSB_ERROR_NO_DEVICE);
    libusb_close(handle);
    obey("plug");
    handle = open_and_claim();
    ask_serial(handle);
    libusb_close(handle);
}

/* A halt ends what flies and what comes, until it is cleared. */
static void meets_a_stall(void) {
    libusb_device_handle *handle = open_and_claim();
    struct stream stream;
    start_camera();
    stream_start(&stream, handle, false);
    stream_for(&stream, 64);
    obey("usbfs halt 81");
    stream_until_ended(&stream);
    CHECK(stream.ended_with[LIBUSB_TRANSFER_STALL] == TRANSFERS);
    stream_free(&stream);
    ask_serial(handle);

    unsigned char *bytes = malloc(TRANSFER_SIZE);
    int count;
    CHECK_IS(libusb_bulk_transfer(handle, EVENTS, bytes, TRANSFER_SIZE, &count, 1000), LIBUSB_ERROR_PIPE);
    CHECK_IS(libusb_clear_halt(handle, EVENTS), 0);
    CHECK_IS(libusb_bulk_transfer(handle, EVENTS, bytes, TRANSFER_SIZE, &count, 1000), 0);
    CHECK(count > 0);
    obey("usbfs errors 81 1");
    CHECK_IS(libusb_bulk_transfer(handle, EVENTS, bytes, TRANSFER_SIZE, &count, 1000), LIBUSB_ERROR_IO);
    CHECK_IS(libusb_bulk_transfer(handle, EVENTS, bytes, TRANSFER_SIZE, &count, 1000), 0);
    /* A packet is larger than the room there is. */
    CHECK_IS(libusb_bulk_transfer(handle, EVENTS, bytes, 100, &count, 1000), LIBUSB_ERROR_OVERFLOW);
    CHECK_IS(count, 100);
    stop_camera();
    free(bytes);
    libusb_close(handle);
}

/* What the hot-plug callback has seen; libusb calls it from the thread that handles events, this one. */
static int arrivals, departures;

static int LIBUSB_CALL plugged(libusb_context *its, libusb_device *device, libusb_hotplug_event event, void *data) {
    (void)its, (void)device, (void)data;
    arrivals += event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED;
    departures += event == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
    return 0;
}

static void meets_an_unplug(void) {
    libusb_hotplug_callback_handle callback;
    CHECK_IS(
        libusb_hotplug_register_callback(
            context, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, LIBUSB_HOTPLUG_NO_FLAGS,
            0x04B4, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, plugged, NULL, &callback),
        0);
    for (int round = 0; round < 3; round++) {
        libusb_device_handle *handle = open_and_claim();
        uint8_t address = libusb_get_device_address(libusb_get_device(handle));
        struct stream stream;
        if (round != 1) {
            start_camera(); /* in round 1 the transfers wait for a silent camera */
        }
        stream_start(&stream, handle, false);
        if (round != 1) {
            stream_for(&stream, 100);
        }
        obey("usbfs unplug");
        stream_until_ended(&stream);
        unsigned gone = stream.ended_with[LIBUSB_TRANSFER_NO_DEVICE] + stream.ended_with[LIBUSB_TRANSFER_ERROR];
        CHECK(stream.ended_with[LIBUSB_TRANSFER_ERROR] <= 1);
        CHECK(round != 1 || gone == TRANSFERS); /* a fast camera may have filled them all */
        CHECK_IS(gone + stream.ended_with[LIBUSB_TRANSFER_COMPLETED], stream.completed);
        stream_free(&stream);
        unsigned char byte;
        CHECK_IS(libusb_control_transfer(handle, 0xC0, 0x72, 0, 0, &byte, 1, 100), LIBUSB_ERROR_NO_DEVICE);
        libusb_close(handle);
        for (double start = now(); departures <= round && now() - start < 5;) {
            handle_events(20);
        }
        CHECK_IS(departures, round + 1);
        CHECK_IS(count_cameras(), 0);

        obey("usbfs plug");
        for (double start = now(); arrivals <= round && now() - start < 5;) {
            handle_events(20);
        }
        CHECK_IS(arrivals, round + 1);
        CHECK_IS(count_cameras(), 1);
        handle = open_and_claim();
        CHECK(libusb_get_device_address(libusb_get_device(handle)) != address);
        ask_serial(handle);
        libusb_close(handle);
    }
    libusb_hotplug_deregister_callback(context, callback);
}

static void is_refused(void) {
    libusb_device_handle *handle;
    CHECK_IS(count_cameras(), 1);
    CHECK_IS(open_first(&handle), LIBUSB_ERROR_ACCESS);
    obey("usbfs set permission=granted");
    libusb_close(open_and_claim());
}

static void finds_it_busy(void) {
    libusb_device_handle *handle, *other;
    CHECK_IS(open_first(&handle), 0);
    CHECK_IS(libusb_claim_interface(handle, 0), LIBUSB_ERROR_BUSY);
    obey("usbfs set busy=no");
    CHECK_IS(libusb_claim_interface(handle, 0), 0);
    CHECK_IS(open_first(&other), 0);
    CHECK_IS(libusb_claim_interface(other, 0), LIBUSB_ERROR_BUSY);
    libusb_close(handle);
    CHECK_IS(libusb_claim_interface(other, 0), 0);
    libusb_close(other);
}

static void takes_over_from_a_driver(void) {
    libusb_device_handle *handle;
    CHECK_IS(open_first(&handle), 0);
    CHECK_IS(libusb_kernel_driver_active(handle, 0), 1);
    CHECK_IS(libusb_claim_interface(handle, 0), LIBUSB_ERROR_BUSY);
    CHECK_IS(libusb_detach_kernel_driver(handle, 0), 0);
    CHECK_IS(libusb_kernel_driver_active(handle, 0), 0);
    CHECK_IS(libusb_attach_kernel_driver(handle, 0), 0);
    CHECK_IS(libusb_set_auto_detach_kernel_driver(handle, 1), 0);
    CHECK_IS(libusb_claim_interface(handle, 0), 0);
    ask_serial(handle);
    CHECK_IS(libusb_release_interface(handle, 0), 0);
    CHECK_IS(libusb_kernel_driver_active(handle, 0), 1);
    libusb_close(handle);
}

static void ignored(struct libusb_transfer *transfer) { ++*(unsigned *)transfer->user_data; }

/* Linux lets 16 MiB fly. One transfer more than fits is refused, and fits when the others have ended. */
static void runs_out_of_memory(void) {
    enum { MOST = 200 };
    libusb_device_handle *handle = open_and_claim();
    struct libusb_transfer *transfers[MOST];
    unsigned char *buffer = malloc(TRANSFER_SIZE);
    unsigned flying = 0, ended = 0;
    int result = 0;
    while (flying < MOST) {
        transfers[flying] = libusb_alloc_transfer(0);
        libusb_fill_bulk_transfer(transfers[flying], handle, EVENTS, buffer, TRANSFER_SIZE, ignored, &ended, 0);
        result = libusb_submit_transfer(transfers[flying]);
        if (result != 0) {
            libusb_free_transfer(transfers[flying]);
            break;
        }
        flying++;
    }
    CHECK_IS(result, LIBUSB_ERROR_NO_MEM);
    CHECK_IS(flying, 127);
    for (unsigned i = 0; i < flying; i++) {
        CHECK_IS(libusb_cancel_transfer(transfers[i]), 0);
    }
    while (ended < flying) {
        handle_events(100);
    }
    for (unsigned i = 0; i < flying; i++) {
        libusb_free_transfer(transfers[i]);
    }
    CHECK(strncmp(tell("usbfs memory"), "ok used=0 ", 10) == 0);
    free(buffer);
    libusb_close(handle);
}

static short readiness(int file) {
    struct pollfd poll_file = {file, POLLOUT, 0};
    CHECK(poll(&poll_file, 1, 0) >= 0);
    return poll_file.revents;
}

/* Usbfs without libusb: the node is a character device, reads as descriptors, and polls writable exactly while a transfer
 * waits to be reaped. */
static void polls_and_reads(void) {
    unsigned bus_number, address;
    char path[64];
    CHECK_IS(sscanf(tell("usbfs where"), "ok bus=%u address=%u", &bus_number, &address), 2);
    snprintf(path, sizeof path, "/dev/bus/usb/%03u/%03u", bus_number, address);
    struct stat entry;
    CHECK_IS(stat(path, &entry), 0);
    CHECK(S_ISCHR(entry.st_mode));
    int file = open(path, O_RDWR | O_CLOEXEC);
    CHECK(file >= 0);
    unsigned char descriptor[18];
    CHECK_IS(read(file, descriptor, sizeof descriptor), 18);
    CHECK_IS(descriptor[8] | descriptor[9] << 8, 0x04B4);
    unsigned char next;
    CHECK_IS(read(file, &next, 1), 1);
    CHECK_IS(next, 9);
    CHECK_IS(lseek(file, 0, SEEK_SET), 0);

    unsigned char request[8] = {0x72}, reply[1024];
    struct usbdevfs_urb out = {.type = USBDEVFS_URB_TYPE_BULK, .endpoint = REQUESTS, .buffer = request, .buffer_length = 8};
    struct usbdevfs_urb in = {.type = USBDEVFS_URB_TYPE_BULK, .endpoint = REPLIES, .buffer = reply, .buffer_length = 1024};
    struct usbdevfs_urb *reaped;
    CHECK_IS(readiness(file), 0);
    CHECK_IS(ioctl(file, USBDEVFS_REAPURBNDELAY, &reaped), -1);
    CHECK_IS(ioctl(file, USBDEVFS_SUBMITURB, &in), 0);
    usleep(10000);
    CHECK_IS(readiness(file), 0);
    CHECK_IS(ioctl(file, USBDEVFS_SUBMITURB, &out), 0);
    CHECK_IS(ioctl(file, USBDEVFS_REAPURB, &reaped), 0);
    CHECK(reaped == &out);
    while (readiness(file) == 0) {
        usleep(1000);
    }
    CHECK_IS(readiness(file), POLLOUT);
    CHECK_IS(ioctl(file, USBDEVFS_REAPURBNDELAY, &reaped), 0);
    CHECK(reaped == &in);
    CHECK_IS(in.actual_length, 16);
    CHECK_IS(readiness(file), 0);
    CHECK_IS(ioctl(file, USBDEVFS_ALLOC_STREAMS, &in), -1);

    CHECK_IS(ioctl(file, USBDEVFS_SUBMITURB, &in), 0);
    CHECK_IS(ioctl(file, USBDEVFS_DISCARDURB, &in), 0);
    CHECK_IS(ioctl(file, USBDEVFS_DISCARDURB, &in), -1);
    CHECK_IS(ioctl(file, USBDEVFS_REAPURB, &reaped), 0);
    CHECK_IS(in.status, -2);

    /* A child may close its copy; the parent's goes on. */
    CHECK_IS(ioctl(file, USBDEVFS_SUBMITURB, &in), 0);
    volatile int *refused = mmap(NULL, sizeof *refused, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    if (child == 0) {
        struct usbdevfs_urb *none;
        *refused = ioctl(file, USBDEVFS_REAPURBNDELAY, &none); /* the exit status is a leak checker's */
        close(file);
        _exit(0);
    }
    CHECK_IS(waitpid(child, NULL, 0), child);
    CHECK_IS(*refused, -1);
    munmap((void *)refused, sizeof *refused);
    CHECK_IS(system("exit 3"), 3 << 8);
    CHECK_IS(readiness(file), 0);

    obey("usbfs unplug");
    while (!(readiness(file) & POLLERR)) {
        usleep(1000);
    }
    CHECK(readiness(file) & POLLHUP);
    CHECK_IS(ioctl(file, USBDEVFS_REAPURB, &reaped), 0);
    CHECK(in.status < 0);
    CHECK_IS(ioctl(file, USBDEVFS_REAPURB, &reaped), -1);
    CHECK_IS(close(file), 0);
    CHECK_IS(open(path, O_RDWR), -1);
    obey("usbfs plug");
}

/* Two threads on one handle: requests on one, events on the other. What a thread sanitizer is run for. */
static void *ask_often(void *handle) {
    for (int i = 0; i < 200; i++) {
        ask_serial(handle);
    }
    return NULL;
}

static void serves_two_threads(void) {
    libusb_device_handle *handle = open_and_claim();
    struct stream stream;
    pthread_t thread;
    start_camera();
    stream_start(&stream, handle, false);
    CHECK_IS(pthread_create(&thread, NULL, ask_often, handle), 0);
    stream_for(&stream, 300);
    CHECK_IS(pthread_join(thread, NULL), 0);
    stream_cancel(&stream);
    volatile unsigned sum = 0;
    for (int i = 0; i < TRANSFERS; i++) {
        sum += stream.buffers[i][0]; /* reads what a camera's thread wrote */
    }
    stop_camera();
    stream_free(&stream);
    libusb_close(handle);
}

/* Exits in mid-stream, with everything open: only for what the library itself leaves behind. */
static void leaves_in_a_hurry(void) {
    libusb_device_handle *handle = open_and_claim();
    static struct stream stream;
    start_camera();
    stream_start(&stream, handle, false);
    stream_for(&stream, 40);
    exit(0);
}

static const struct {
    const char *name;
    void (*run)(void);
} behaviours[] = {
    {"lists_opens_and_asks", lists_opens_and_asks},
    {"finds_nothing", finds_nothing},
    {"finds_two", finds_two},
    {"streams", streams},
    {"streams_into_device_memory", streams_into_device_memory},
    {"does_without_device_memory", does_without_device_memory},
    {"cancels", cancels},
    {"keeps_what_had_arrived", keeps_what_had_arrived},
    {"meets_silence", meets_silence},
    {"meets_a_stall", meets_a_stall},
    {"meets_an_unplug", meets_an_unplug},
    {"is_refused", is_refused},
    {"finds_it_busy", finds_it_busy},
    {"takes_over_from_a_driver", takes_over_from_a_driver},
    {"runs_out_of_memory", runs_out_of_memory},
    {"polls_and_reads", polls_and_reads},
    {"serves_two_threads", serves_two_threads},
    {"leaves_in_a_hurry", leaves_in_a_hurry},
};

int main(int count, char **names) {
    alarm(120);
    double start = now();
    CHECK_IS(libusb_init(&context), 0);
    for (int i = 1; i < count; i++) {
        size_t b = 0;
        while (b < sizeof behaviours / sizeof *behaviours && strcmp(names[i], behaviours[b].name) != 0) {
            b++;
        }
        CHECK(b < sizeof behaviours / sizeof *behaviours);
        double begun = now();
        behaviours[b].run();
        printf("%-28s %6.1f ms\n", names[i], (now() - begun) * 1e3);
    }
    libusb_exit(context);
    printf("%-28s %6.1f ms\n", "in all", (now() - start) * 1e3);
    return 0;
}
