/*
 * What the tests of live cameras share: commands to the emulated camera, what the process holds (threads, descriptors,
 * memory), readers on threads of their own, and statuses that are expected within a time.
 *
 * A camera's command socket is in CAMERA_SOCKET, the second's at that with ".1" behind it, or in CAMERA_SOCKET_1.
 */
#ifndef USB_H
#define USB_H

#include "../ABITests/support.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

/* ---- Commands to the camera ---- */

enum { TELL_CAMERAS = 2, TELL_ROOM = 16384 };

static struct {
    pthread_mutex_t lock;
    int sockets[TELL_CAMERAS];
} telling = {PTHREAD_MUTEX_INITIALIZER, {-1, -1}};

static inline const char *tell_path(int which) {
    const char *first = getenv("CAMERA_SOCKET"), *second = getenv("CAMERA_SOCKET_1");
    REQUIRE(first != NULL && which < TELL_CAMERAS);
    if (which > 0 && second != NULL) {
        return second;
    }
    static char path[4096];
    snprintf(path, sizeof path, which == 0 ? "%s" : "%s.1", first);
    return path;
}

static inline int tell_connect(int which) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    const char *path = tell_path(which);
    REQUIRE(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path));
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), is_connected = 0;
    REQUIRE(file >= 0);
    WAIT_UNTIL(connect(file, (struct sockaddr *)&address, sizeof address) == 0, 5, is_connected);
    if (!CHECK(is_connected)) {
        fprintf(check_output(), "    no camera takes commands at %s\n", path);
        check_give_up();
    }
    return file;
}

/* Sends a line, and receives the answer's into `answer`. 1 when the camera obeyed. */
static inline int tell_line(int which, const char *line, char *answer, size_t room) {
    pthread_mutex_lock(&telling.lock);
    if (telling.sockets[which] < 0) {
        telling.sockets[which] = tell_connect(which);
    }
    int file = telling.sockets[which];
    size_t length = strlen(line), used = 0;
    char *ended = allocate(length + 2);
    memcpy(ended, line, length);
    ended[length] = '\n';
    REQUIRE(send(file, ended, length + 1, MSG_NOSIGNAL) == (ssize_t)length + 1);
    free(ended);
    while (used == 0 || answer[used - 1] != '\n') {
        ssize_t count = recv(file, answer + used, room - 1 - used, 0);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        REQUIRE(count > 0);
        used += (size_t)count;
    }
    answer[used - 1] = '\0';
    pthread_mutex_unlock(&telling.lock);
    return strncmp(answer, "ok", 2) == 0;
}

/* The same for a command that the camera must obey. Returns what it said behind "ok", good until the thread's next. */
__attribute__((format(printf, 2, 3))) static inline const char *tell_camera(int which, const char *format, ...) {
    static __thread char answer[TELL_ROOM];
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (!CHECK(tell_line(which, line, answer, sizeof answer))) {
        fprintf(check_output(), "    the camera was told \"%s\" and said \"%s\"\n", line, answer);
    }
    return strncmp(answer, "ok ", 3) == 0 ? answer + 3 : "";
}

#define tell(...) tell_camera(0, __VA_ARGS__)

/* Whether this is a preloaded usbfs, which takes commands of its own. */
static inline int usbfs_obeys(const char *line) {
    char answer[TELL_ROOM];
    return tell_line(0, line, answer, sizeof answer);
}

/* A number among the words "name=number" that the camera answers to a command. */
static inline uint64_t told_number(int which, const char *command, const char *name) {
    const char *answer = tell_camera(which, "%s", command), *at = answer;
    size_t length = strlen(name);
    while ((at = strstr(at, name)) != NULL) {
        if (at[length] == '=' && (at == answer || at[-1] == ' ')) {
            return strtoull(at + length + 1, NULL, 10);
        }
        at += length;
    }
    fprintf(check_output(), "    the camera's answer to %s has no %s\n", command, name);
    CHECK(at != NULL);
    return 0;
}

static inline uint64_t counter(const char *name) { return told_number(0, "counters", name); }

static inline uint32_t register_at(uint32_t address) { return (uint32_t)strtoul(tell("get 0x%X", address), NULL, 16); }

/* Lets the bus be looked at, so that a camera in this very process listens, and waits until it is plugged in. */
static inline void meet_camera(void) {
    neuromorphic_device_list *list = NULL;
    REQUIRE_OK(neuromorphic_list_devices(&list));
    neuromorphic_device_list_free(list);
    /* Its notes would be taken for our memory. */
    tell("log off");
}

/* Whether the cable is in. */
static inline int is_plugged(void) { return told_number(0, "state", "plugged") == 1; }

/* Pulls the cable. The camera may say that the system has noticed before it was told to. */
static inline void pull_cable(void) {
    char answer[TELL_ROOM];
    if (!tell_line(0, "unplug", answer, sizeof answer) && !CHECK(!is_plugged())) {
        fprintf(check_output(), "    the camera was told to unplug and said \"%s\"\n", answer);
    }
}

/* Puts the cable back. Returns when the system has seen the camera again. */
static inline void plug_again(void) {
    tell("plug");
    int is_there = 0;
    int64_t end = now_ns() + 5000000000;
    while (!is_there && now_ns() < end) {
        neuromorphic_device_list *list = NULL;
        REQUIRE_OK(neuromorphic_list_devices(&list));
        is_there = neuromorphic_device_list_count(list) > 0 && neuromorphic_device_list_at(list, 0)->usable;
        neuromorphic_device_list_free(list);
        if (!is_there) {
            sleep_us(2000);
        }
    }
    CHECK(is_there);
}

/* ---- What the process holds ---- */

typedef struct holdings {
    size_t threads, files;
    size_t resident_kib;
} holdings;

static inline size_t entries_of(const char *folder) {
    DIR *entries = opendir(folder);
    size_t count = 0;
    REQUIRE(entries != NULL);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(entries);
    return count;
}

/* A number of /proc/self/status, such as VmRSS, in KiB. */
static inline size_t memory_kib(const char *name) {
    FILE *file = fopen("/proc/self/status", "r");
    REQUIRE(file != NULL);
    char line[256];
    size_t length = strlen(name), value = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            value = strtoul(line + length + 1, NULL, 10);
        }
    }
    fclose(file);
    return value;
}

static inline holdings what_is_held(void) {
    return (holdings){entries_of("/proc/self/task"), entries_of("/proc/self/fd"), memory_kib("VmRSS")};
}

/* What is open, one a line, for a failure's explanation. */
static inline void print_files(void) {
    DIR *entries = opendir("/proc/self/fd");
    REQUIRE(entries != NULL);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        char path[300], target[512];
        snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length > 0) {
            target[length] = '\0';
            fprintf(check_output(), "    %s %s\n", entry->d_name, target);
        }
    }
    closedir(entries);
}

/* That there are as many threads and descriptors as before. They may need a moment to go. */
static inline int nothing_left(const holdings *before, const char *when) {
    holdings now;
    int is_equal = 0;
    WAIT_UNTIL((now = what_is_held(), now.threads <= before->threads && now.files <= before->files), 1, is_equal);
    if (!CHECK(is_equal)) {
        fprintf(check_output(), "    %s: %zu threads and %zu descriptors, before %zu and %zu\n", when, now.threads,
                now.files, before->threads, before->files);
        print_files();
    }
    return is_equal;
}

/* ---- Statuses within a time ---- */

static inline double seconds_since(int64_t start_ns) { return (double)(now_ns() - start_ns) * 1e-9; }

static inline int within_seconds(double seconds, double limit, const char *what) {
    if (!CHECK(seconds <= limit)) {
        fprintf(check_output(), "    %s took %.3f s instead of at most %.3f s\n", what, seconds, limit);
        return 0;
    }
    return 1;
}

/* Closes within a time; how long a camera may take whatever ails it. */
static inline double close_within(neuromorphic_device *device, double limit, const char *what) {
    int64_t start = now_ns();
    neuromorphic_close(device);
    double seconds = seconds_since(start);
    within_seconds(seconds, limit, what);
    return seconds;
}

/* Releases packets until another status than OK comes, or the time is over. */
static inline neuromorphic_status status_within(neuromorphic_device *device, double seconds) {
    int64_t end = now_ns() + (int64_t)(seconds * 1e9);
    for (;;) {
        int64_t left_us = (end - now_ns()) / 1000;
        const neuromorphic_packet *packet = NULL;
        neuromorphic_status status = neuromorphic_next_packet(device, left_us > 0 ? left_us : 0, &packet);
        if (status == NEUROMORPHIC_OK) {
            neuromorphic_packet_release(packet);
        }
        if (status != NEUROMORPHIC_OK || left_us <= 0) {
            return status;
        }
    }
}

/* That data flows: a packet with events, soon. */
static inline int streams(neuromorphic_device *device) {
    int64_t end = now_ns() + 2000000000;
    size_t events = 0;
    neuromorphic_status status = NEUROMORPHIC_OK;
    while (events == 0 && status == NEUROMORPHIC_OK && now_ns() < end) {
        const neuromorphic_packet *packet = NULL;
        status = neuromorphic_next_packet(device, 2000000, &packet);
        if (status == NEUROMORPHIC_OK) {
            events += packet->count + packet->raw_length;
            neuromorphic_packet_release(packet);
        }
    }
    CHECK_STATUS(status, NEUROMORPHIC_OK);
    return CHECK(events > 0);
}

/* ---- A reader on a thread of its own ---- */

typedef struct reader {
    neuromorphic_device *device;
    pthread_t thread;
    neuromorphic_status status; /* with which it ended */
    int64_t ended_ns;
    uint64_t packets, events, bytes;
    int is_reading;             /* it is in next_packet, or about to be */
    char sentence[1024];
} reader;

/* Reads for ever, until a status comes that says that there will be no more. */
static inline void *reader_main(void *context) {
    reader *self = context;
    for (;;) {
        const neuromorphic_packet *packet = NULL;
        __atomic_store_n(&self->is_reading, 1, __ATOMIC_RELEASE);
        neuromorphic_status status = neuromorphic_next_packet(self->device, NEUROMORPHIC_FOREVER, &packet);
        if (status != NEUROMORPHIC_OK) {
            self->ended_ns = now_ns();
            self->status = status;
            snprintf(self->sentence, sizeof self->sentence, "%s", neuromorphic_last_error());
            return NULL;
        }
        __atomic_fetch_add(&self->packets, 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&self->events, packet->count, __ATOMIC_RELAXED);
        __atomic_fetch_add(&self->bytes, packet->bytes, __ATOMIC_RELAXED);
        neuromorphic_packet_release(packet);
    }
}

static inline void reader_start(reader *self, neuromorphic_device *device) {
    memset(self, 0, sizeof *self);
    self->device = device;
    REQUIRE(pthread_create(&self->thread, NULL, reader_main, self) == 0);
    int is_reading = 0;
    WAIT_UNTIL(__atomic_load_n(&self->is_reading, __ATOMIC_ACQUIRE), 5, is_reading);
    CHECK(is_reading);
}

/* That it ends with a status, at most so long after a moment. */
static inline double reader_ends(reader *self, neuromorphic_status wanted, int64_t since_ns, double limit) {
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += (time_t)limit + 5;
    if (!CHECK(pthread_timedjoin_np(self->thread, NULL, &deadline) == 0)) {
        fprintf(check_output(), "    the reader still waits\n");
        check_give_up();
    }
    double seconds = (double)(self->ended_ns - since_ns) * 1e-9;
    /* It may have been between two calls when the device was closed. */
    int was_between = wanted == NEUROMORPHIC_ERROR_CLOSED && self->status == NEUROMORPHIC_ERROR_INVALID_HANDLE;
    if (!CHECK(was_between || self->status == wanted)) {
        fprintf(check_output(), "    the reader ended with %s instead of %s: %s\n", neuromorphic_status_name(self->status),
                neuromorphic_status_name(wanted), self->sentence);
    }
    within_seconds(seconds, limit, "the reader's end");
    return seconds;
}

/* ---- Models ---- */

static inline neuromorphic_model model_of(neuromorphic_device *device) {
    neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
    REQUIRE_OK(neuromorphic_properties_of(device, &properties));
    return properties.model;
}

static inline neuromorphic_configuration default_configuration(neuromorphic_model model) {
    neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
    REQUIRE_OK(neuromorphic_default_configuration(model, &configuration));
    return configuration;
}

/* The model of the camera that is plugged in, by its name. */
static inline neuromorphic_model plugged_model(void) {
    return strstr(tell("state"), "model=prophesee_evk3_hd") != NULL ? NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD
                                                                    : NEUROMORPHIC_MODEL_PROPHESEE_EVK4;
}

#endif
