/* For tests in C: says one line to an emulated camera. `which` is its number in a guest, or the path of a socket. */
#ifndef CAMERA_TELL_H
#define CAMERA_TELL_H

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Returns 0 and what follows "ok " in `answer`, or -1 and the sentence that says why not. */
static inline int camera_tell(const char *which, const char *line, char *answer, size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, strchr(which, '/') ? "%s" : "/run/camera-%s/socket", which);
    snprintf(answer, size, "no camera listens at %s", address.sun_path);
    const int door = socket(AF_UNIX, SOCK_STREAM, 0);
    if (door < 0 || connect(door, (struct sockaddr *)&address, sizeof address) != 0) {
        if (door >= 0) close(door);
        return -1;
    }
    dprintf(door, "%s\n", line);
    size_t used = 0;
    for (ssize_t got = 1; got > 0 && used + 1 < size && (used == 0 || answer[used - 1] != '\n');) {
        got = read(door, answer + used, size - 1 - used);
        if (got > 0) used += (size_t)got;
    }
    close(door);
    while (used > 0 && answer[used - 1] == '\n') --used;
    answer[used] = '\0';
    const int is_ok = strncmp(answer, "ok", 2) == 0 && (answer[2] == ' ' || answer[2] == '\0');
    if (is_ok) memmove(answer, answer + (answer[2] == ' ' ? 3 : 2), strlen(answer) + 1 - (answer[2] == ' ' ? 3 : 2));
    return is_ok ? 0 : -1;
}

#endif
