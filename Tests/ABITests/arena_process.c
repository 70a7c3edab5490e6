/* valgrind: no (it starts itself anew, which valgrind does not follow) */
/*
 * Another process maps a packet's block from the arena's descriptor, reads the very columns that this one has, and can't
 * write to them. The test runs itself again as that process, and hands it the descriptor over a Unix socket.
 */
#include "support.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { PACKETS = 20 };

/* What is said of a packet; the bytes of t, x, y and on follow. */
typedef struct notice {
    uint64_t block_offset, block_length, count;
    uint64_t places[4]; /* of t, x, y, on, from the block's start */
} notice;

static const uint64_t widths[4] = {8, 2, 2, 1};

static void send_all(int socket, const void *bytes, size_t length) {
    for (size_t at = 0; at < length;) {
        ssize_t sent = send(socket, (const char *)bytes + at, length - at, MSG_NOSIGNAL);
        REQUIRE(sent > 0);
        at += (size_t)sent;
    }
}

/* Yields 0 when the other side has closed before the first byte. */
static int receive_all(int socket, void *bytes, size_t length) {
    for (size_t at = 0; at < length;) {
        ssize_t received = recv(socket, (char *)bytes + at, length - at, 0);
        if (received == 0 && at == 0) {
            return 0;
        }
        REQUIRE(received > 0);
        at += (size_t)received;
    }
    return 1;
}

static void send_descriptor(int socket, int descriptor) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    char byte = 'd';
    struct iovec part = {&byte, 1};
    struct msghdr message;
    memset(&control, 0, sizeof control);
    memset(&message, 0, sizeof message);
    message.msg_iov = &part, message.msg_iovlen = 1;
    message.msg_control = control.room, message.msg_controllen = sizeof control.room;
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    REQUIRE(sendmsg(socket, &message, MSG_NOSIGNAL) == 1);
}

static int receive_descriptor(int socket) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    char byte;
    int descriptor = -1;
    struct iovec part = {&byte, 1};
    struct msghdr message;
    memset(&control, 0, sizeof control);
    memset(&message, 0, sizeof message);
    message.msg_iov = &part, message.msg_iovlen = 1;
    message.msg_control = control.room, message.msg_controllen = sizeof control.room;
    REQUIRE(recvmsg(socket, &message, 0) == 1);
    REQUIRE(CMSG_FIRSTHDR(&message) != NULL && control.header.cmsg_type == SCM_RIGHTS);
    memcpy(&descriptor, CMSG_DATA(&control.header), sizeof descriptor);
    return descriptor;
}

/* ---- The other process ---- */

static void check_not_writable(int arena, const notice *notice, const void *block) {
    CHECK((fcntl(arena, F_GETFL) & O_ACCMODE) == O_RDONLY);
    int both = PROT_READ | PROT_WRITE;
    CHECK(mmap(NULL, notice->block_length, both, MAP_SHARED, arena, (off_t)notice->block_offset) == MAP_FAILED);
    CHECK(mprotect((void *)(uintptr_t)block, notice->block_length, both) != 0);
    CHECK(pwrite(arena, "x", 1, (off_t)notice->block_offset) == -1);
    CHECK(ftruncate(arena, 0) == -1);
}

static int be_the_other_process(int socket) {
    int arena = receive_descriptor(socket);
    int packets = 0;
    notice notice;
    while (receive_all(socket, &notice, sizeof notice)) {
        const uint8_t *block =
            mmap(NULL, notice.block_length, PROT_READ, MAP_SHARED, arena, (off_t)notice.block_offset);
        REQUIRE(block != MAP_FAILED);
        for (size_t i = 0; i < 4; ++i) {
            size_t length = notice.count * widths[i];
            uint8_t *sent = allocate(length);
            REQUIRE(length == 0 || receive_all(socket, sent, length));
            REQUIRE(notice.places[i] + length <= notice.block_length);
            CHECK(memcmp(block + notice.places[i], sent, length) == 0);
            free(sent);
        }
        if (packets++ == 0) {
            check_not_writable(arena, &notice, block);
        }
        munmap((void *)(uintptr_t)block, notice.block_length);
        /* The packet may be released now. */
        send_all(socket, "r", 1);
    }
    CHECK(packets == PACKETS);
    return check_report("arena_process, the other process");
}

/* ---- This process ---- */

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--other-process") == 0) {
        return be_the_other_process(atoi(argv[2]));
    }
    neuromorphic_device *device = open_device("sim:prophesee_evk4?rate=20e6&seed=5&speed=max", NULL);
    int arena = neuromorphic_arena_fd(device);
    REQUIRE(arena >= 0);
    CHECK((fcntl(arena, F_GETFL) & O_ACCMODE) == O_RDONLY);
    CHECK(neuromorphic_arena_fd(device) == arena);

    int sockets[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        char number[16];
        close(sockets[0]);
        snprintf(number, sizeof number, "%d", sockets[1]);
        execl("/proc/self/exe", argv[0], "--other-process", number, (char *)NULL);
        _exit(127);
    }
    close(sockets[1]);
    send_descriptor(sockets[0], arena);

    const neuromorphic_packet *held = NULL;
    uint64_t events = 0;
    for (int i = 0; i < PACKETS; ++i) {
        const neuromorphic_packet *packet = NULL;
        REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
        const void *const columns[4] = {packet->t, packet->x, packet->y, packet->on};
        notice notice = {packet->block_offset, packet->block_length, packet->count, {0, 0, 0, 0}};
        for (size_t k = 0; k < 4 && packet->count > 0; ++k) {
            notice.places[k] = (uint64_t)((const char *)columns[k] - (const char *)packet->block);
        }
        send_all(sockets[0], &notice, sizeof notice);
        for (size_t k = 0; k < 4; ++k) {
            send_all(sockets[0], columns[k], packet->count * widths[k]);
        }
        char answer = 0;
        REQUIRE(receive_all(sockets[0], &answer, 1) && answer == 'r');
        events += packet->count;
        /* One packet stays held, so that the blocks are not all the same one. */
        if (held == NULL) {
            held = packet;
        } else {
            neuromorphic_packet_release(packet);
        }
    }
    CHECK(events > 0);
    close(sockets[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);

    /* A copy of the descriptor outlives the device, and so do the packets that are held. */
    int copy = dup(arena);
    REQUIRE(copy >= 0);
    neuromorphic_close(device);
    CHECK(neuromorphic_arena_fd(device) == -1);
    size_t length = (size_t)held->block_length;
    void *block = mmap(NULL, length, PROT_READ, MAP_SHARED, copy, (off_t)held->block_offset);
    REQUIRE(block != MAP_FAILED);
    CHECK(block != held->block);
    CHECK(memcmp(block, held->block, length) == 0);
    munmap(block, length);
    neuromorphic_packet_release(held);
    close(copy);
    return check_report("arena_process");
}
