#include "model.h"

#include <string.h>

static const char *const names[] = {"none", "unplug", "halt", "refuse", "missing", "late", "long", "short", "empty",
                                    "wrong_header", "wrong_length", "failed", "unimplemented", "garbage"};

const char *fault_name(enum fault_kind kind) { return names[kind]; }

int faults_add(camera *c, struct fault fault) {
    struct faults *f = &c->faults;
    int used = 0;
    for (int i = 0; i < f->count; ++i) {
        const int is_over = f->list[i].kind == FAULT_NONE || (f->list[i].from > 0 && f->list[i].until < c->operations);
        if (!is_over) f->list[used++] = f->list[i];
    }
    f->count = used;
    if (f->count == FAULTS) return -1;
    f->list[f->count++] = fault;
    return 0;
}

struct fault faults_at_operation(camera *c, uint64_t operation) {
    for (int i = 0; i < c->faults.count; ++i) {
        struct fault *fault = &c->faults.list[i];
        if (fault->kind == FAULT_NONE || fault->from == 0 || operation < fault->from || operation > fault->until) continue;
        const struct fault found = *fault;
        if (found.kind == FAULT_UNPLUG || found.kind == FAULT_HALT) fault->kind = FAULT_NONE;
        return found;
    }
    return (struct fault){.kind = FAULT_NONE};
}

void faults_arm_requests(camera *c) {
    for (int i = 0; i < c->faults.count; ++i) {
        struct fault *fault = &c->faults.list[i];
        if (fault->kind != FAULT_HALT || fault->endpoint != CAMERA_REQUESTS_OUT || fault->from != c->operations + 1) continue;
        fault->kind = FAULT_NONE;
        c->halted_requests = 1;
        transcript_add(c, "FAULT halt 02 ahead of operation %llu", (unsigned long long)c->operations + 1);
    }
}

struct fault *faults_at_bytes(camera *c) {
    struct fault *first = NULL;
    for (int i = 0; i < c->faults.count; ++i) {
        struct fault *fault = &c->faults.list[i];
        if (fault->kind == FAULT_NONE || fault->from > 0) continue;
        if (first == NULL || fault->at_bytes < first->at_bytes) first = fault;
    }
    return first;
}

size_t fault_spoil(const struct fault *fault, uint8_t *reply, size_t count, size_t capacity) {
    const size_t number = (size_t)fault->number;
    switch (fault->kind) {
    case FAULT_EMPTY: return 0;
    case FAULT_SHORT: return number < count ? number : count > 0 ? count - 1 : 0;
    case FAULT_LONG: {
        const size_t longer = count + number < capacity ? count + number : capacity;
        memset(reply + count, 0xA5, longer - count);
        return longer;
    }
    case FAULT_WRONG_HEADER:
        if (count > 0) reply[0] ^= 0x10;
        return count;
    case FAULT_WRONG_LENGTH:
        if (count > 4) reply[4] ^= 0x04;
        return count;
    case FAULT_FAILED:
        if (count < 20) memset(reply + count, 0, 20 - count);
        reply[3] |= 0x80;
        memcpy(reply + 4, (const uint8_t[]){12, 0, 0, 0}, 4);
        memcpy(reply + 16, &fault->code, 4);
        return 20;
    case FAULT_UNIMPLEMENTED:
        memcpy(reply, (const uint8_t[]){0, 0, 0, 0x80, 0, 0, 0, 0}, 8);
        return 8;
    case FAULT_GARBAGE:
        for (size_t i = 0; i < count; ++i) reply[i] = (uint8_t)(0x9D * (i + 1) + 0x37);
        return count;
    default: return count;
    }
}
