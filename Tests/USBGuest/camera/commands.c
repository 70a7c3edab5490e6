/* The command language: a verb and its words, one line in, one line out. README.md is its reference. */
#include "evt3.h"
#include "model.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAXIMUM_WORDS = 24 };

struct command {
    char text[2048];
    char *words[MAXIMUM_WORDS];
    int count;
    char *answer;
    size_t answer_size;
};

__attribute__((format(printf, 2, 3))) static int ok(struct command *k, const char *format, ...) {
    const int used = snprintf(k->answer, k->answer_size, "ok%s", format[0] != '\0' ? " " : "");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(k->answer + used, k->answer_size - (size_t)used, format, arguments);
    va_end(arguments);
    return 0;
}

__attribute__((format(printf, 2, 3))) static int error(struct command *k, const char *format, ...) {
    const int used = snprintf(k->answer, k->answer_size, "error ");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(k->answer + used, k->answer_size - (size_t)used, format, arguments);
    va_end(arguments);
    return -1;
}

/* The text after "name=", or NULL. */
static const char *value_of(const struct command *k, const char *name) {
    const size_t length = strlen(name);
    for (int i = 1; i < k->count; ++i) {
        if (strncmp(k->words[i], name, length) == 0 && k->words[i][length] == '=') return k->words[i] + length + 1;
    }
    return NULL;
}

static uint64_t number_of(const struct command *k, const char *name, uint64_t otherwise) {
    const char *text = value_of(k, name);
    return text != NULL ? (uint64_t)strtod(text, NULL) : otherwise;
}

static int is_word(const struct command *k, int index, const char *word) {
    return index < k->count && strcmp(k->words[index], word) == 0;
}

/* --- faults of control operations */

/* "at=N" from power on, "after=N" from now on (the next operation is 1), "for=K" of them or "for=ever". */
static void read_range(const camera *c, const struct command *k, struct fault *fault) {
    const char *length = value_of(k, "for");
    fault->from = value_of(k, "at") != NULL ? number_of(k, "at", 1) : c->operations + number_of(k, "after", 1);
    if (fault->from == 0) fault->from = 1;
    const uint64_t count = number_of(k, "for", 1);
    fault->until = length != NULL && strcmp(length, "ever") == 0 ? UINT64_MAX : fault->from + (count > 0 ? count - 1 : 0);
}

static int plan(camera *c, struct command *k, struct fault fault) {
    if (value_of(k, "after_bytes") != NULL) fault.at_bytes = c->stream.bytes + number_of(k, "after_bytes", 0);
    else read_range(c, k, &fault);
    if (faults_add(c, fault) != 0) return error(k, "too many faults are planned");
    faults_arm_requests(c);
    pthread_cond_broadcast(&c->changed);
    return ok(k, "planned");
}

static int is_planned(const struct command *k) {
    return value_of(k, "at") || value_of(k, "after") || value_of(k, "after_bytes");
}

static int reply_command(camera *c, struct command *k) {
    struct fault fault = {.milliseconds = (int)number_of(k, "ms", 500), .code = (int)number_of(k, "code", EIO)};
    for (int kind = FAULT_REFUSE; kind <= FAULT_GARBAGE; ++kind) {
        if (is_word(k, 1, fault_name((enum fault_kind)kind))) fault.kind = (enum fault_kind)kind;
    }
    if (fault.kind == FAULT_NONE) return error(k, "no fault of replies is called \"%s\"", k->count > 1 ? k->words[1] : "");
    fault.number = (int)number_of(k, "bytes", fault.kind == FAULT_LONG ? 2000 : UINT32_MAX >> 1);
    if (fault.kind == FAULT_LONG && fault.number > REPLY_CAPACITY) fault.number = REPLY_CAPACITY;
    return plan(c, k, fault);
}

static int unplug_command(camera *c, struct command *k) {
    if (is_planned(k)) return plan(c, k, (struct fault){.kind = FAULT_UNPLUG});
    camera_pull(c);
    const struct camera_attachment attachment = c->attachment;
    pthread_mutex_unlock(&c->lock);
    const int failed = attachment.unplug != NULL && attachment.unplug(attachment.context) != 0;
    pthread_mutex_lock(&c->lock);
    return failed ? error(k, "the attachment couldn't unplug") : ok(k, "%s", "");
}

static int plug_command(camera *c, struct command *k) {
    camera_power_on(c);
    const struct camera_attachment attachment = c->attachment;
    pthread_mutex_unlock(&c->lock);
    const int failed = attachment.plug != NULL && attachment.plug(attachment.context) != 0;
    pthread_mutex_lock(&c->lock);
    return failed ? error(k, "the attachment couldn't plug") : ok(k, "%s", "");
}

static int halt_command(camera *c, struct command *k) {
    const uint8_t endpoint = k->count > 1 ? (uint8_t)strtoul(k->words[1], NULL, 16) : 0;
    int *halt = camera_halt_of(c, endpoint);
    if (halt == NULL) return error(k, "say which endpoint to halt: 81, 82 or 02");
    if (is_planned(k)) return plan(c, k, (struct fault){.kind = FAULT_HALT, .endpoint = endpoint});
    *halt = 1;
    transcript_add(c, "FAULT halt %02x", endpoint);
    pthread_cond_broadcast(&c->changed);
    const struct camera_attachment attachment = c->attachment;
    pthread_mutex_unlock(&c->lock);
    const int failed = attachment.halt != NULL && attachment.halt(attachment.context, endpoint) != 0;
    pthread_mutex_lock(&c->lock);
    return failed ? error(k, "the attachment couldn't halt") : ok(k, "%s", "");
}

static int faults_command(camera *c, struct command *k) {
    if (!is_word(k, 1, "clear")) return error(k, "faults clear");
    c->faults.count = 0;
    return ok(k, "%s", "");
}

/* --- the stream */

static int garbage(camera *c, struct command *k) {
    const size_t count = (size_t)number_of(k, "bytes", 256);
    for (size_t i = 0; i < count; ++i) {
        const uint8_t byte = (uint8_t)random_next(c);
        stream_insert(c, &byte, 1);
    }
    c->stream.garbage_bytes += count;
    return ok(k, "bytes=%zu", count);
}

static int stream_command(camera *c, struct command *k) {
    struct stream *s = &c->stream;
    const char *what = k->count > 1 ? k->words[1] : "";
    transcript_add(c, "FAULT stream %s", what);
    pthread_cond_broadcast(&c->changed);
    if (strcmp(what, "short") == 0 || strcmp(what, "odd") == 0) {
        s->short_count = number_of(k, "for", 1);
        s->short_bytes = number_of(k, "bytes", strcmp(what, "odd") == 0 ? 1001 : 100);
        if (s->short_bytes == 0) return error(k, "a short transfer has bytes; an empty one is \"stream empty\"");
        return ok(k, "%s", "");
    }
    if (strcmp(what, "empty") == 0) {
        s->empty_count = number_of(k, "for", 1);
        return ok(k, "%s", "");
    }
    if (strcmp(what, "garbage") == 0) return garbage(c, k);
    if (strcmp(what, "lose") == 0) return ok(k, "bytes=%zu", stream_lose(c, (size_t)number_of(k, "bytes", 1000)));
    if (strcmp(what, "silent") == 0 || strcmp(what, "resume") == 0) {
        s->silent = strcmp(what, "silent") == 0;
        stream_set_rate(c, s->rate);
        return ok(k, "%s", "");
    }
    return error(k, "stream short | odd | empty | garbage | lose | silent | resume");
}

static int rate_command(camera *c, struct command *k) {
    struct rate rate;
    if (k->count < 2 || rate_read(&rate, k->words[1]) != 0) return error(k, "rate max | EVENTS | BYTESB, a second");
    stream_set_rate(c, rate);
    pthread_cond_broadcast(&c->changed);
    return ok(k, "%s", "");
}

/* An edge on the trigger input, if the sensor is to report these. */
static int trigger_command(camera *c, struct command *k) {
    if (!(registers_peek(c, 0x7004) & 1u << 10)) return ok(k, "the sensor doesn't report triggers");
    const unsigned edge = is_word(k, 1, "0") ? 0 : 1;
    const uint16_t word = EVT3_WORD(EXT_TRIGGER, (number_of(k, "id", 0) & 0xF) << 8 | edge);
    stream_insert(c, (const uint8_t *)&word, sizeof word);
    return ok(k, "%s", "");
}

/* --- registers and conditions */

static int get_command(camera *c, struct command *k) {
    if (k->count < 2) return error(k, "get ADDRESS");
    return ok(k, "0x%08X", registers_peek(c, (uint32_t)strtoul(k->words[1], NULL, 0)));
}

static int set_command(camera *c, struct command *k) {
    if (k->count < 3) return error(k, "set ADDRESS VALUE");
    const int code = registers_write(c, (uint32_t)strtoul(k->words[1], NULL, 0), (uint32_t)strtoul(k->words[2], NULL, 0));
    return code ? error(k, "the register refuses with %d", code) : ok(k, "%s", "");
}

static int temperature_command(camera *c, struct command *k) {
    if (k->count < 2) return error(k, "temperature CELSIUS");
    c->options.temperature = strtod(k->words[1], NULL);
    return ok(k, "%s", "");
}

static int illuminance_command(camera *c, struct command *k) {
    if (k->count < 2) return error(k, "illuminance COUNTS");
    c->options.illuminance = (uint32_t)strtoul(k->words[1], NULL, 0) & 0x1FFFFFFF;
    return ok(k, "%s", "");
}

/* --- looking */

static uint64_t delivered(const struct stream *s) { return s->delivers ? s->delivered : s->bytes; }

static int counters_command(camera *c, struct command *k) {
    struct stream *s = &c->stream;
    if (is_word(k, 1, "clear")) {
        s->bytes = s->transfers = s->delivered = s->events = s->dropped_events = s->dropped_bytes = s->filtered_events = 0;
        s->garbage_bytes = s->lost_bytes = 0;
    }
#define COUNT(value) (unsigned long long)(value)
    return ok(k, "operations=%llu events=%llu bytes=%llu delivered=%llu transfers=%llu waiting=%llu dropped_events=%llu "
                 "dropped_bytes=%llu filtered_events=%llu garbage_bytes=%llu lost_bytes=%llu end=%d",
              COUNT(c->operations), COUNT(s->events), COUNT(s->bytes), COUNT(delivered(s)), COUNT(s->transfers), COUNT(s->filled),
              COUNT(s->dropped_events), COUNT(s->dropped_bytes), COUNT(s->filtered_events), COUNT(s->garbage_bytes),
              COUNT(s->lost_bytes), source_is_at_end(c));
#undef COUNT
}

static int state_command(camera *c, struct command *k) {
    const int stc = (registers_peek(c, 0xD000) & 7) == 1, afk = (registers_peek(c, 0xC000) & 7) == 1;
    return ok(k, "plugged=%d started=%d silent=%d halted_81=%d halted_82=%d halted_02=%d filter=%d triggers=%d stc=%s afk=%s "
                 "format=%s model=%s",
              c->plugged, c->stream.started, c->stream.silent, c->halted_events, c->halted_replies, c->halted_requests,
              filter_is_active(c), (registers_peek(c, 0x7004) & 1u << 10) != 0, stc ? "active" : "bypassed",
              afk ? "active" : "bypassed", registers_peek(c, 0x7000) & 2 ? "EVT21" : "EVT3", c->options.model->name);
}

static int log_command(camera *c, struct command *k) {
    struct transcript *t = &c->transcript;
    if (is_word(k, 1, "on") || is_word(k, 1, "off")) t->off = is_word(k, 1, "off");
    else if (is_word(k, 1, "clear")) transcript_clear(t);
    else if (is_word(k, 1, "dump") && k->count > 2) {
        if (transcript_dump(t, k->words[2]) != 0) return error(k, "%s can't be written", k->words[2]);
    } else if (is_word(k, 1, "file") && k->count > 2) {
        if (t->file != NULL) fclose(t->file);
        t->file = fopen(k->words[2], "a");
        if (t->file == NULL) return error(k, "%s can't be written", k->words[2]);
    } else if (is_word(k, 1, "line") && k->count > 2) {
        char line[1024];
        if (transcript_line(t, strtoul(k->words[2], NULL, 0), line, sizeof line) == 0) return error(k, "there is no such line");
        return ok(k, "%s", line);
    } else if (!is_word(k, 1, "count")) {
        return error(k, "log on | off | clear | count | line N | dump PATH | file PATH");
    }
    return ok(k, "lines=%zu", t->lines);
}

/* --- waiting */

static int is_reached(camera *c, const struct command *k) {
    if (is_word(k, 1, "started")) return c->stream.started;
    if (is_word(k, 1, "stopped")) return !c->stream.started;
    if (is_word(k, 1, "unplugged")) return !c->plugged;
    if (is_word(k, 1, "plugged")) return c->plugged;
    if (value_of(k, "operations")) return c->operations >= number_of(k, "operations", 0);
    if (value_of(k, "bytes")) return c->stream.bytes >= number_of(k, "bytes", 0);
    if (value_of(k, "delivered")) return delivered(&c->stream) >= number_of(k, "delivered", 0);
    return is_word(k, 1, "end") ? source_is_at_end(c) : -1;
}

static const char wait_usage[] =
    "wait started | stopped | plugged | unplugged | end | operations=N | bytes=N | delivered=N [ms=N]";

static int wait_command(camera *c, struct command *k) {
    const uint64_t deadline = now_us() + number_of(k, "ms", 10000) * 1000;
    for (;;) {
        const int reached = is_reached(c, k);
        if (reached < 0) return error(k, "%s", wait_usage);
        if (reached) return ok(k, "%s", "");
        if (now_us() >= deadline) return error(k, "it didn't come to that in time");
        camera_wait_until(c, deadline);
    }
}

static int obey(camera *c, struct command *k) {
    static const struct { const char *verb; int (*does)(camera *, struct command *); } verbs[] = {
        {"unplug", unplug_command}, {"plug", plug_command}, {"halt", halt_command}, {"reply", reply_command},
        {"faults", faults_command}, {"stream", stream_command}, {"rate", rate_command}, {"trigger", trigger_command},
        {"get", get_command}, {"set", set_command}, {"temperature", temperature_command},
        {"illuminance", illuminance_command},
        {"counters", counters_command}, {"state", state_command}, {"log", log_command}, {"wait", wait_command},
    };
    if (k->count == 0) return error(k, "an empty line");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; ++i) {
        if (strcmp(verbs[i].verb, k->words[0]) == 0) return verbs[i].does(c, k);
    }
    return error(k, "no command is called \"%s\"", k->words[0]);
}

int camera_command(camera *c, const char *line, char *answer, size_t answer_size) {
    struct command k = {.answer = answer, .answer_size = answer_size};
    if (snprintf(k.text, sizeof k.text, "%s", line) >= (int)sizeof k.text) return error(&k, "the line is too long");
    char *save = NULL;
    char *word = strtok_r(k.text, " \t\r\n", &save);
    for (; word != NULL && k.count < MAXIMUM_WORDS; word = strtok_r(NULL, " \t\r\n", &save)) k.words[k.count++] = word;
    pthread_mutex_lock(&c->lock);
    const int result = obey(c, &k);
    pthread_mutex_unlock(&c->lock);
    return result;
}
