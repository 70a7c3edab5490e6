/*
 * Another process maps the arena read-only and finds the columns of a packet that this one holds, byte for byte. This
 * program starts itself anew as the other process, and sends it the descriptor over a Unix socket.
 */
#include "check.h"
#include "support.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { PACKETS = 50, COLUMNS = 7 };

/* What the other process is told of a packet: where its block is, and where in it each column. */
typedef struct notice {
    uint64_t block_offset, block_length;
    uint64_t column_offset[COLUMNS], column_length[COLUMNS];
} notice;

static void send_all(int socket, const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        ssize_t count = write(socket, at, length);
        REQUIRE(count > 0);
        at += count, length -= (size_t)count;
    }
}

static int receive_all(int socket, void *bytes, size_t length) {
    char *at = bytes;
    while (length > 0) {
        ssize_t count = read(socket, at, length);
        if (count <= 0) return 0;
        at += count, length -= (size_t)count;
    }
    return 1;
}

static void send_descriptor(int socket, int descriptor) {
    char byte = 'd', control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {0};
    message.msg_iov = &part, message.msg_iovlen = 1;
    message.msg_control = control, message.msg_controllen = sizeof control;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    REQUIRE(sendmsg(socket, &message, 0) == 1);
}

static int receive_descriptor(int socket) {
    char byte, control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {0};
    int descriptor;
    message.msg_iov = &part, message.msg_iovlen = 1;
    message.msg_control = control, message.msg_controllen = sizeof control;
    REQUIRE(recvmsg(socket, &message, 0) == 1);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    REQUIRE(header != NULL && header->cmsg_type == SCM_RIGHTS);
    memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
    return descriptor;
}

/* The other process: maps each block that it is told of and compares it with what comes over the socket. */
static int other_process(int socket) {
    int arena = receive_descriptor(socket);
    notice told;
    uint64_t packets = 0;
    CHECK(mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, arena, 0) == MAP_FAILED);
    CHECK(write(arena, "x", 1) == -1);
    CHECK(ftruncate(arena, 0) == -1);
    while (receive_all(socket, &told, sizeof told)) {
        uint8_t *block = mmap(NULL, told.block_length, PROT_READ, MAP_SHARED, arena, (off_t)told.block_offset);
        REQUIRE(block != MAP_FAILED);
        for (size_t i = 0; i < COLUMNS; ++i) {
            uint8_t *wanted = allocate(told.column_length[i]);
            REQUIRE(receive_all(socket, wanted, told.column_length[i]));
            REQUIRE(told.column_offset[i] + told.column_length[i] <= told.block_length);
            CHECK(memcmp(block + told.column_offset[i], wanted, told.column_length[i]) == 0);
            free(wanted);
        }
        munmap(block, told.block_length);
        ++packets;
        send_all(socket, "k", 1);
    }
    CHECK_EQUAL(packets, PACKETS);
    return check_report("arena_process (the other process)");
}

static void show_packet(int socket, const neuromorphic_packet *packet) {
    const void *const columns[COLUMNS] = {packet->t, packet->x, packet->y, packet->on,
                                          packet->trigger_t, packet->trigger_id, packet->trigger_rising};
    const size_t lengths[COLUMNS] = {packet->count * 8, packet->count * 2, packet->count * 2, packet->count,
                                     packet->trigger_count * 8, packet->trigger_count, packet->trigger_count};
    notice told;
    char acknowledgement;
    told.block_offset = packet->block_offset;
    told.block_length = packet->block_length;
    CHECK(packet->block_offset % 65536 == 0);
    for (size_t i = 0; i < COLUMNS; ++i) {
        told.column_offset[i] = (uint64_t)((const char *)columns[i] - (const char *)packet->block);
        told.column_length[i] = lengths[i];
    }
    send_all(socket, &told, sizeof told);
    for (size_t i = 0; i < COLUMNS; ++i) {
        send_all(socket, columns[i], lengths[i]);
    }
    REQUIRE(receive_all(socket, &acknowledgement, 1));
}

int main(int argc, char **argv) {
    if (argc == 2) {
        return other_process(atoi(argv[1]));
    }
    int sockets[2], status = -1;
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    pid_t other = fork();
    REQUIRE(other >= 0);
    if (other == 0) {
        close(sockets[0]);
        execl("/proc/self/exe", argv[0], format_text("%d", sockets[1]), (char *)NULL);
        _exit(127);
    }
    close(sockets[1]);
    neuromorphic_device *device = open_device("sim:prophesee_evk4?speed=max&rate=10e6&triggers=2000", NULL);
    const neuromorphic_packet *held[8] = {NULL};
    int arena = neuromorphic_arena_fd(device);
    REQUIRE(arena >= 0);
    send_descriptor(sockets[0], arena);
    uint64_t events = 0, triggers = 0;
    for (size_t i = 0; i < PACKETS; ++i) {
        const neuromorphic_packet **place = &held[i % COUNT_OF(held)];
        neuromorphic_packet_release(*place);
        REQUIRE_OK(neuromorphic_next_packet(device, 10000000, place));
        /* One that was taken a while ago and is still held. */
        const neuromorphic_packet *shown = held[(i + 3) % COUNT_OF(held)] != NULL ? held[(i + 3) % COUNT_OF(held)] : *place;
        show_packet(sockets[0], shown);
        events += shown->count;
        triggers += shown->trigger_count;
    }
    CHECK(events > 0 && triggers > 0);
    for (size_t i = 0; i < COUNT_OF(held); ++i) {
        neuromorphic_packet_release(held[i]);
    }
    neuromorphic_close(device);
    close(sockets[0]);
    REQUIRE(waitpid(other, &status, 0) == other);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return check_report("arena_process");
}
