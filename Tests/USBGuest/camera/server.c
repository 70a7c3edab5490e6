/* The command socket: lines in, lines out. A thread serves each connection, so a line that waits keeps no other waiting. */
#include "camera.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct connection {
    camera *camera;
    int socket;
};

static void *serve(void *context) {
    struct connection *connection = context;
    FILE *in = fdopen(connection->socket, "r");
    char line[2048], answer[4096];
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        camera_command(connection->camera, line, answer, sizeof answer - 1);
        strcat(answer, "\n");
        if (send(connection->socket, answer, strlen(answer), MSG_NOSIGNAL) < 0) break;
    }
    if (in != NULL) fclose(in);
    free(connection);
    return NULL;
}

static int start_thread(void *(*function)(void *), void *context) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, function, context) != 0) return -1;
    pthread_detach(thread);
    return 0;
}

static void *accept_all(void *context) {
    const struct connection door = *(struct connection *)context;
    free(context);
    for (;;) {
        const int socket = accept(door.socket, NULL, NULL);
        struct connection *connection = socket >= 0 ? malloc(sizeof *connection) : NULL;
        if (connection != NULL) {
            *connection = (struct connection){door.camera, socket};
            if (start_thread(serve, connection) == 0) continue;
            free(connection);
        }
        if (socket >= 0) close(socket);
        else poll(NULL, 0, 10);
    }
    return NULL;
}

int camera_listen(camera *c, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (snprintf(address.sun_path, sizeof address.sun_path, "%s", path) >= (int)sizeof address.sun_path) return -1;
    struct connection *door = malloc(sizeof *door);
    if (door == NULL) return -1;
    unlink(path);
    *door = (struct connection){c, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (door->socket >= 0 && bind(door->socket, (struct sockaddr *)&address, sizeof address) == 0 && listen(door->socket, 8) == 0
        && start_thread(accept_all, door) == 0) {
        return 0;
    }
    if (door->socket >= 0) close(door->socket);
    free(door);
    return -1;
}
