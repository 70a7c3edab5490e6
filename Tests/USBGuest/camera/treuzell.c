/* The control protocol: one frame in, one frame out. */
#include "model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    LEGACY_READ = 0x55, LEGACY_WRITE = 0x56, BRIDGE_STATE = 0x71, SERIAL = 0x72, FIRMWARE = 0x79, BUILD_DATE = 0x7A,
    DEVICE_COUNT = 0x10000, DEVICE_NAME = 0x10001, COMPATIBLE = 0x10003, ENABLE = 0x10010, REGISTERS = 0x10102,
    STREAM = 0x10200, FORMAT = 0x10201,
    HEADER = 8, LARGEST_READ = (1024 - 16) / 4
};
#define WRITE 0x40000000u
#define FAILED 0x80000000u

static uint32_t get(const uint8_t *at) { return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24; }

static void set(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; ++i) at[i] = (uint8_t)(value >> 8 * i);
}

static size_t frame(uint8_t *reply, uint32_t property, size_t payload) {
    set(reply, property);
    set(reply + 4, (uint32_t)payload);
    return HEADER + payload;
}

/* The sheet knows of the payload's third word for registers only; here every failure carries it. */
static size_t failed(uint8_t *reply, uint32_t property, uint32_t device, uint32_t address, int code) {
    set(reply + 8, device);
    set(reply + 12, address);
    set(reply + 16, (uint32_t)code);
    return frame(reply, property | FAILED, 12);
}

static size_t answer_u32(uint8_t *reply, uint32_t property, uint32_t value) {
    set(reply + HEADER, value);
    return frame(reply, property, 4);
}

static size_t answer_u64(uint8_t *reply, uint32_t property, uint64_t value) {
    set(reply + HEADER, (uint32_t)value);
    set(reply + HEADER + 4, (uint32_t)(value >> 32));
    return frame(reply, property, 8);
}

/* Device 0 and texts, each closed by NUL; ';' closes them in `texts`. */
static size_t answer_texts(uint8_t *reply, uint32_t property, const char *texts) {
    const size_t length = strlen(texts);
    set(reply + HEADER, 0);
    for (size_t i = 0; i < length; ++i) reply[HEADER + 4 + i] = texts[i] == ';' ? 0 : (uint8_t)texts[i];
    return frame(reply, property, 4 + length);
}

/* --- legacy frames; what they answer is invented: the address and the value after the id, without a length. */

static size_t legacy_read(camera *c, const uint8_t *request, size_t count, uint8_t *reply) {
    const uint32_t address = count >= 8 ? get(request + 4) : 0;
    uint32_t value;
    const int code = registers_read(c, address, &value);
    transcript_add(c, "LEGACY_READ 0x%08X 0x%08X%s", address, value, code ? " failed" : "");
    set(reply, code ? LEGACY_READ | FAILED : LEGACY_READ);
    set(reply + 4, address);
    set(reply + 8, value);
    return 12;
}

static size_t legacy_write(camera *c, const uint8_t *request, size_t count, uint8_t *reply) {
    if (count < 12) {
        transcript_add_bytes(c, "BAD_REQUEST", request, count, " legacy write too short");
        return frame(reply, LEGACY_WRITE | FAILED, 0);
    }
    transcript_add(c, "LEGACY_WRITE 0x%08X 0x%08X", get(request + 4), get(request + 8));
    const int code = registers_write(c, get(request + 4), get(request + 8));
    if (code) transcript_add(c, "NOTE the write failed with %d", code);
    memcpy(reply, request, 12);
    if (code) set(reply, LEGACY_WRITE | FAILED);
    return 12;
}

/* --- registers. Several values go to addresses four apart; nobody has seen this on a real CX3. */

static size_t write_registers(camera *c, const uint8_t *payload, size_t size, uint8_t *reply) {
    const uint32_t address = get(payload + 4);
    char values[1024];
    size_t used = 0;
    for (size_t at = 8; at < size && used + 16 < sizeof values; at += 4) {
        used += (size_t)snprintf(values + used, sizeof values - used, " 0x%08X", get(payload + at));
    }
    transcript_add(c, "WRITE 0x%08X%s", address, values);
    for (size_t at = 8; at < size; at += 4) {
        const int code = registers_write(c, address + (uint32_t)at - 8, get(payload + at));
        if (code) {
            transcript_add(c, "NOTE the write failed with %d", code);
            return failed(reply, REGISTERS | WRITE, 0, address, code);
        }
    }
    set(reply + 8, 0);
    set(reply + 12, address);
    return frame(reply, REGISTERS | WRITE, 8);
}

static size_t read_registers(camera *c, const uint8_t *payload, uint8_t *reply) {
    const uint32_t address = get(payload + 4), count = get(payload + 8);
    uint32_t value = 0;
    int code = count < 1 || count > LARGEST_READ ? EINVAL : 0;
    for (uint32_t i = 0; i < count && code == 0; ++i) {
        code = registers_read(c, address + 4 * i, &value);
        set(reply + 16 + 4 * i, value);
    }
    if (code) {
        transcript_add(c, "READ 0x%08X count %u failed %d", address, count, code);
        return failed(reply, REGISTERS, 0, address, code);
    }
    if (count == 1) transcript_add(c, "READ 0x%08X 0x%08X", address, value);
    else transcript_add(c, "READ 0x%08X 0x%08X count %u", address, get(reply + 16), count);
    set(reply + 8, 0);
    set(reply + 12, address);
    return frame(reply, REGISTERS, 8 + 4 * count);
}

/* --- everything about device 0 */

static int is_implemented(uint32_t property) {
    switch (property) {
    case DEVICE_NAME: case COMPATIBLE: case ENABLE: case ENABLE | WRITE: case STREAM | WRITE: case FORMAT: case FORMAT | WRITE:
    case REGISTERS: case REGISTERS | WRITE: return 1;
    default: return 0;
    }
}

static size_t answer_device(camera *c, uint32_t property, const uint8_t *payload, size_t size, uint8_t *reply) {
    const int writes = (property & WRITE) != 0;
    const uint32_t device = size >= 4 ? get(payload) : UINT32_MAX;
    if (!is_implemented(property)) return frame(reply, FAILED, 0);
    if (device != 0) return failed(reply, property, device, 0, ENODEV);
    char texts[256];
    switch (property & ~WRITE) {
    case DEVICE_NAME:
        snprintf(texts, sizeof texts, "%s;", c->options.model->device_name);
        return answer_texts(reply, property, texts);
    case COMPATIBLE: return answer_texts(reply, property, c->options.model->compatible);
    case ENABLE:
    case STREAM:
        if (writes && size < 8) return failed(reply, property, device, 0, EINVAL);
        set(reply + 8, 0);
        set(reply + 12, writes ? get(payload + 4) : 1);
        return frame(reply, property, 8);
    case FORMAT:
        if (writes && (size < 8 || memcmp(payload + 4, "EVT3", 4) != 0)) return failed(reply, property, device, 0, EINVAL);
        return answer_texts(reply, property, "EVT3;");
    default:
        if (writes && size >= 12 && size % 4 == 0) return write_registers(c, payload, size, reply);
        if (!writes && size == 12) return read_registers(c, payload, reply);
        transcript_add(c, "BAD_REQUEST register frame of %zu bytes", size);
        return failed(reply, property, device, 0, EINVAL);
    }
}

size_t treuzell_answer(camera *c, const uint8_t *request, size_t count, uint8_t *reply) {
    const uint32_t property = count >= 4 ? get(request) : 0;
    if (property == LEGACY_READ) return legacy_read(c, request, count, reply);
    if (property == LEGACY_WRITE) return legacy_write(c, request, count, reply);
    if (count < HEADER || get(request + 4) != count - HEADER) {
        transcript_add_bytes(c, "BAD_REQUEST", request, count, " length");
        return frame(reply, property | FAILED, 0);
    }
    if ((property & ~WRITE) != REGISTERS) transcript_add_bytes(c, "TZ_REQUEST", request, count, "%s", "");
    switch (property) {
    case BRIDGE_STATE: return answer_u32(reply, property, 0);
    case SERIAL:
        return c->options.serial_bytes == 4 ? answer_u32(reply, property, (uint32_t)c->options.serial)
                                            : answer_u64(reply, property, c->options.serial);
    case FIRMWARE: return answer_u32(reply, property, c->options.firmware);
    case BUILD_DATE: return answer_u64(reply, property, c->options.build_date);
    case DEVICE_COUNT: return answer_u32(reply, property, 1);
    default: return answer_device(c, property, request + HEADER, count - HEADER, reply);
    }
}
