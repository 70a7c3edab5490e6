#include "model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(camera *c, const char *line) {
    struct transcript *t = &c->transcript;
    const size_t length = strlen(line);
    if (t->used + length + 1 > t->capacity) {
        const size_t capacity = 2 * (t->capacity + length + 1024);
        char *text = realloc(t->text, capacity);
        if (text == NULL) return;
        t->text = text;
        t->capacity = capacity;
    }
    memcpy(t->text + t->used, line, length + 1);
    t->used += length;
    t->lines += 1;
    if (t->file != NULL) {
        fputs(line, t->file);
        fflush(t->file);
    }
}

void transcript_add(camera *c, const char *format, ...) {
    if (c->transcript.off) return;
    char line[4096];
    const int used = snprintf(line, 64, "%llu ", (unsigned long long)(now_us() - c->born));
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + used, sizeof line - (size_t)used - 1, format, arguments);
    va_end(arguments);
    strcat(line, "\n");
    append(c, line);
}

void transcript_add_bytes(camera *c, const char *word, const uint8_t *bytes, size_t count, const char *format, ...) {
    char hex[3 * 64 + 8] = "";
    for (size_t i = 0, used = 0; i < count && i <= 64; ++i) {
        used += (size_t)sprintf(hex + used, i == 64 ? " ..." : " %02x", bytes[i]);
    }
    char rest[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(rest, sizeof rest, format, arguments);
    va_end(arguments);
    transcript_add(c, "%s%s%s", word, hex, rest);
}

void transcript_clear(struct transcript *t) {
    t->used = 0;
    t->lines = 0;
}

int transcript_dump(const struct transcript *t, const char *path) {
    FILE *file = fopen(path, "w");
    if (file == NULL) return -1;
    const size_t written = t->used > 0 ? fwrite(t->text, 1, t->used, file) : 0;
    return fclose(file) == 0 && written == t->used ? 0 : -1;
}

size_t transcript_line(const struct transcript *t, size_t index, char *out, size_t capacity) {
    const char *at = t->text, *end = t->text + t->used;
    for (; at < end && index > 0; --index) at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
    if (at >= end) return 0;
    const size_t length = (size_t)((const char *)memchr(at, '\n', (size_t)(end - at)) - at);
    return (size_t)snprintf(out, capacity, "%.*s", (int)length, at);
}
