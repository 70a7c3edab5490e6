/* The command sockets: a line in, a line out.
 *
 * The first camera's socket is at CAMERA_SOCKET, the second's at CAMERA_SOCKET.1 and so on. Each is bound under another
 * name and renamed, so that a program that waits for the file can connect as soon as it is there, and the last process of a
 * script wins. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus.h"

enum { MAXIMUM_CLIENTS = 16, LINE_ROOM = 4000, ANSWER_ROOM = 16384 };

/* A connection and its thread: one client's waiting is not another's. */
struct client {
    struct device *device;
    pthread_t thread;
    int file;
    bool gone; /* its thread has ended or is about to */
    char line[LINE_ROOM], answer[ANSWER_ROOM + 1];
};

/* `lock` guards the clients' places. It is a lock of its own, since a command takes the bus'. */
static struct {
    pthread_mutex_t lock;
    pthread_t thread;
    bool running, leaving;
    int wake[2];
    struct pollfd files[1 + MAXIMUM_DEVICES]; /* what wakes the thread to leave, then a listener for each camera */
    size_t listeners;
    char paths[MAXIMUM_DEVICES][sizeof((struct sockaddr_un *)0)->sun_path];
    ino_t inodes[MAXIMUM_DEVICES]; /* tell a path that is still ours from one that another process has taken over */
    struct client *clients[MAXIMUM_CLIENTS];
} server = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool sockets_are_closing(void) {
    pthread_mutex_lock(&server.lock);
    bool leaving = server.leaving;
    pthread_mutex_unlock(&server.lock);
    return leaving;
}

static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) + 4 >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(address.sun_path, sizeof address.sun_path, "%.100s.new", path);
    unlink(address.sun_path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener >= 0
        && (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0
            || rename(address.sun_path, path) != 0)) {
        close(listener);
        return -1;
    }
    return listener;
}

/* Reads up to the next line's end and returns the line's length with it, or 0 when the client has gone or talks too long. */
static size_t receive_line(struct client *client, size_t *have) {
    for (;;) {
        const char *end = memchr(client->line, '\n', *have);
        if (end) {
            return (size_t)(end - client->line) + 1;
        }
        ssize_t count = recv(client->file, client->line + *have, LINE_ROOM - *have, 0);
        if (count <= 0) {
            return 0;
        }
        *have += (size_t)count;
    }
}

static void *serve_client(void *context) {
    struct client *client = context;
    size_t have = 0, taken;
    while ((taken = receive_line(client, &have)) > 0) {
        client->line[taken - 1] = '\0';
        client->answer[0] = '\0';
        attachment_command(client->device, client->line, client->answer, ANSWER_ROOM);
        size_t length = strlen(client->answer);
        if (length == 0 || client->answer[length - 1] != '\n') {
            client->answer[length++] = '\n';
        }
        have -= taken;
        memmove(client->line, client->line + taken, have);
        if (send(client->file, client->answer, length, MSG_NOSIGNAL) != (ssize_t)length) {
            break;
        }
    }
    shutdown(client->file, SHUT_RDWR);
    pthread_mutex_lock(&server.lock);
    client->gone = true;
    pthread_mutex_unlock(&server.lock);
    return NULL;
}

/* A signal is the program's business; none is to be delivered on a thread it doesn't know of. */
static bool start_thread(pthread_t *thread, void *(*run)(void *), void *context) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(thread, NULL, run, context) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void free_client(struct client *client) {
    pthread_join(client->thread, NULL);
    close(client->file);
    free(client);
}

/* A place for a new client; those whose clients have gone are cleared. */
static struct client **find_place(void) {
    struct client **place = NULL;
    for (size_t i = 0; i < MAXIMUM_CLIENTS; i++) {
        pthread_mutex_lock(&server.lock);
        struct client *gone = server.clients[i] && server.clients[i]->gone ? server.clients[i] : NULL;
        pthread_mutex_unlock(&server.lock);
        if (gone) {
            free_client(gone);
            server.clients[i] = NULL;
        }
        if (!server.clients[i]) {
            place = &server.clients[i];
        }
    }
    return place;
}

static void accept_client(size_t listener) {
    int file = accept4(server.files[1 + listener].fd, NULL, NULL, SOCK_CLOEXEC);
    struct client **place = find_place();
    struct client *client = file >= 0 && place ? calloc(1, sizeof *client) : NULL;
    if (client) {
        client->device = &bus.devices[listener];
        client->file = file;
        if (start_thread(&client->thread, serve_client, client)) {
            *place = client;
            return;
        }
        free(client);
    }
    if (file >= 0) {
        close(file);
    }
}

static void *serve(void *context) {
    (void)context;
    for (;;) {
        if (poll(server.files, 1 + server.listeners, -1) < 0) {
            continue;
        }
        if (server.files[0].revents) {
            return NULL;
        }
        for (size_t i = 0; i < server.listeners; i++) {
            if (server.files[1 + i].revents) {
                accept_client(i);
            }
        }
    }
}

void sockets_open(void) {
    const char *path = getenv("CAMERA_SOCKET");
    if (!path || bus.device_count == 0 || pipe2(server.wake, O_CLOEXEC) != 0) {
        return;
    }
    server.files[0] = (struct pollfd){.fd = server.wake[0], .events = POLLIN};
    for (size_t i = 0; i < bus.device_count; i++) {
        char *at = server.paths[i], number[16] = "";
        struct stat entry;
        snprintf(number, sizeof number, i == 0 ? "" : ".%zu", i);
        int length = snprintf(at, sizeof server.paths[i], "%s%s", path, number);
        int listener = listen_at((size_t)length < sizeof server.paths[i] ? at : path);
        if (listener < 0 || stat(at, &entry) != 0) {
            fprintf(stderr, "usbfs: no command socket at %s: %s\n", at, strerror(errno));
            _exit(97);
        }
        server.inodes[i] = entry.st_ino;
        server.files[1 + server.listeners++] = (struct pollfd){.fd = listener, .events = POLLIN};
    }
    server.running = start_thread(&server.thread, serve, NULL);
}

static void close_all(void) {
    for (size_t i = 0; i < server.listeners; i++) {
        close(server.files[1 + i].fd);
    }
    close(server.wake[0]);
}

void sockets_close(void) {
    if (!server.running) {
        return;
    }
    pthread_mutex_lock(&server.lock);
    server.leaving = true;
    pthread_mutex_unlock(&server.lock);
    server.running = false;
    close(server.wake[1]);
    pthread_join(server.thread, NULL);
    for (size_t i = 0; i < MAXIMUM_CLIENTS; i++) {
        if (server.clients[i]) {
            shutdown(server.clients[i]->file, SHUT_RDWR);
            free_client(server.clients[i]);
            server.clients[i] = NULL;
        }
    }
    for (size_t i = 0; i < server.listeners; i++) {
        struct stat entry;
        if (stat(server.paths[i], &entry) == 0 && entry.st_ino == server.inodes[i]) {
            unlink(server.paths[i]);
        }
    }
    close_all();
}

/* In a forked child: its copies of the files would keep clients waiting for a parent that has gone. */
void sockets_forget(void) {
    if (server.running) {
        server.running = false;
        for (size_t i = 0; i < MAXIMUM_CLIENTS; i++) {
            if (server.clients[i]) {
                close(server.clients[i]->file);
            }
        }
        close(server.wake[1]);
        close_all();
    }
}
