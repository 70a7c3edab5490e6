/*
 * Packets and streams as Arrow data: what a consumer finds in the structs is the packet's own memory, and it stays until the
 * last part of it is released, whichever that is. A stream ends, waits and fails as next_packet does.
 */
#include "support.h"

#include <pthread.h>

#define CAMERA "sim:prophesee_evk4?rate=5e6&triggers=1000&duration=0.2&speed=max"

/* What the header says of each table. */
static const struct table {
    neuromorphic_table table;
    size_t columns;
    const char *names[4], *formats[4];
    size_t widths[4];
} tables[] = {
    {NEUROMORPHIC_TABLE_EVENTS, 4, {"t", "x", "y", "on"}, {"L", "S", "S", "C"}, {8, 2, 2, 1}},
    {NEUROMORPHIC_TABLE_TRIGGERS, 3, {"t", "id", "rising"}, {"L", "C", "C"}, {8, 1, 1}},
    {NEUROMORPHIC_TABLE_COUNTERS, 3, {"t", "events", "is_output"}, {"L", "I", "C"}, {8, 4, 1}},
};

/* A table's rows, and where each column starts, as the packet has them. */
static size_t rows_of(const neuromorphic_packet *packet, const struct table *table, const void *columns[4]) {
    const void *const all[][4] = {
        {packet->t, packet->x, packet->y, packet->on},
        {packet->trigger_t, packet->trigger_id, packet->trigger_rising, NULL},
        {packet->counter_t, packet->counter_events, packet->counter_is_output, NULL},
    };
    const size_t counts[] = {packet->count, packet->trigger_count, packet->counter_count};
    memcpy(columns, all[table - tables], sizeof all[0]);
    return counts[table - tables];
}

/* A recording with rows in every table. */
static const char *recording(void) {
    static char path[4400];
    if (path[0] == '\0') {
        neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
        REQUIRE_OK(neuromorphic_default_configuration(NEUROMORPHIC_MODEL_PROPHESEE_EVK4, &configuration));
        configuration.settings.prophesee_evk4.enable_external_trigger = 1;
        configuration.settings.prophesee_evk4.rate_limiter_enabled = 1;
        configuration.settings.prophesee_evk4.rate_limiter_period_us = 200;
        configuration.settings.prophesee_evk4.rate_limiter_maximum_events = 800;
        snprintf(path, sizeof path, "%s", in_own_folder("tables.raw"));
        record_to_file(CAMERA, &configuration, path);
    }
    return path;
}

/* Packets of at most 4096 events. */
static neuromorphic_device *open_recording(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.packet_capacity = 4096;
    return open_device(format_text("file:%s", recording()), &options);
}

static const neuromorphic_packet *next_packet(neuromorphic_device *device) {
    const neuromorphic_packet *packet = NULL;
    REQUIRE_OK(neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet));
    return packet;
}

/* As a struct that a consumer has not cleared. */
static struct ArrowArray garbage_array(void) {
    struct ArrowArray array;
    memset(&array, 0xA5, sizeof array);
    return array;
}

/* ---- Schemas ---- */

static int32_t read_length(const char **metadata) {
    int32_t length;
    memcpy(&length, *metadata, sizeof length);
    *metadata += sizeof length;
    return length;
}

/* Metadata has just these keys and values, in turn. */
static void check_metadata(const char *metadata, const char *const *texts, int32_t count) {
    REQUIRE(metadata != NULL);
    CHECK(read_length(&metadata) == count / 2);
    for (int32_t i = 0; i < count; ++i) {
        int32_t length = read_length(&metadata);
        REQUIRE(length == (int32_t)strlen(texts[i]));
        CHECK(memcmp(metadata, texts[i], (size_t)length) == 0);
        metadata += length;
    }
}

static void check_column_schema(const struct ArrowSchema *column, const struct table *table, size_t i) {
    static const char *const unit[] = {"unit", "us"};
    CHECK_TEXT(column->name, table->names[i]);
    CHECK_TEXT(column->format, table->formats[i]);
    CHECK(column->flags == 0 && column->n_children == 0 && column->children == NULL && column->dictionary == NULL);
    CHECK(column->release != NULL);
    if (i == 0) {
        check_metadata(column->metadata, unit, 2);
    } else {
        CHECK(column->metadata == NULL);
    }
}

static void check_schema(const struct ArrowSchema *schema, const struct table *table) {
    CHECK_TEXT(schema->format, "+s");
    CHECK_TEXT(schema->name, "");
    CHECK(schema->flags == 0 && schema->dictionary == NULL && schema->release != NULL);
    REQUIRE(schema->n_children == (int64_t)table->columns && schema->children != NULL);
    for (size_t i = 0; i < table->columns; ++i) {
        check_column_schema(schema->children[i], table, i);
    }
}

static void check_schemas(void) {
    for (const struct table *table = tables; table < tables + COUNT_OF(tables); ++table) {
        for (size_t moved = 0; moved <= table->columns; ++moved) {
            struct ArrowSchema schema, column;
            memset(&schema, 0xA5, sizeof schema);
            REQUIRE_OK(neuromorphic_arrow_schema(table->table, &schema));
            check_schema(&schema, table);
            CHECK(schema.metadata == NULL);
            if (moved < table->columns) {
                column = *schema.children[moved];
                schema.children[moved]->release = NULL;
            }
            struct ArrowSchema elsewhere = schema;
            schema.release = NULL;
            elsewhere.release(&elsewhere);
            CHECK(elsewhere.release == NULL);
            if (moved < table->columns) {
                check_column_schema(&column, table, moved);
                column.release(&column);
                CHECK(column.release == NULL);
            }
        }
    }
}

/* ---- Arrays ---- */

static void check_column(const struct ArrowArray *column, size_t rows, const void *start) {
    CHECK(column->length == (int64_t)rows && column->null_count == 0 && column->offset == 0);
    CHECK(column->n_children == 0 && column->children == NULL && column->dictionary == NULL);
    CHECK(column->release != NULL);
    REQUIRE(column->n_buffers == 2);
    CHECK(column->buffers[0] == NULL);
    CHECK(column->buffers[1] == start);
}

/* An array is the packet's memory. */
static void check_array(const struct ArrowArray *array, const neuromorphic_packet *packet, const struct table *table) {
    const void *columns[4];
    size_t rows = rows_of(packet, table, columns);
    CHECK(array->length == (int64_t)rows && array->null_count == 0 && array->offset == 0);
    CHECK(array->dictionary == NULL && array->release != NULL);
    REQUIRE(array->n_buffers == 1 && array->n_children == (int64_t)table->columns);
    CHECK(array->buffers[0] == NULL);
    for (size_t i = 0; i < table->columns; ++i) {
        check_column(array->children[i], rows, columns[i]);
    }
}

static uint64_t column_checksum(const struct ArrowArray *column, size_t width) {
    return checksum(0, column->buffers[1], (size_t)column->length * width);
}

/* Packets and arrays are held and released at random; each packet is lent until the last that has to do with it goes. */
static void check_arrays(void) {
    enum { MOST = 6 };
    struct {
        const neuromorphic_packet *packet; /* NULL: released, and only arrays hold it */
        struct ArrowArray arrays[COUNT_OF(tables)];
        uint64_t sums[COUNT_OF(tables)][4];
        size_t parts;
    } slots[MOST];
    memset(slots, 0, sizeof slots);
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.packet_capacity = 4096;
    options.maximum_leases = MOST;
    neuromorphic_device *device = open_device(format_text("file:%s?loop", recording()), &options);
    uint64_t state = 11, out = 0, seen[COUNT_OF(tables)] = {0};
    for (int round = 0; round < 3000; ++round) {
        size_t chosen = random_below(&state, MOST);
        if (slots[chosen].parts == 0) {
            const neuromorphic_packet *packet = slots[chosen].packet = next_packet(device);
            slots[chosen].parts = 1 + COUNT_OF(tables);
            ++out;
            for (size_t k = 0; k < COUNT_OF(tables); ++k) {
                struct ArrowArray *array = &slots[chosen].arrays[k];
                *array = garbage_array();
                REQUIRE_OK(neuromorphic_packet_arrow(packet, tables[k].table, array));
                check_array(array, packet, &tables[k]);
                seen[k] += (uint64_t)array->length;
                for (size_t i = 0; i < tables[k].columns; ++i) {
                    slots[chosen].sums[k][i] = column_checksum(array->children[i], tables[k].widths[i]);
                }
            }
        } else {
            size_t k = random_below(&state, 1 + COUNT_OF(tables));
            struct ArrowArray *array = k < COUNT_OF(tables) ? &slots[chosen].arrays[k] : NULL;
            if (array != NULL && array->release != NULL) {
                for (size_t i = 0; i < tables[k].columns; ++i) {
                    CHECK_EQUAL(column_checksum(array->children[i], tables[k].widths[i]), slots[chosen].sums[k][i]);
                }
                array->release(array);
                CHECK(array->release == NULL);
                --slots[chosen].parts;
            } else if (array == NULL && slots[chosen].packet != NULL) {
                neuromorphic_packet_release(slots[chosen].packet);
                slots[chosen].packet = NULL;
                --slots[chosen].parts;
            }
            out -= slots[chosen].parts == 0;
        }
        CHECK_EQUAL(statistics_of(device).leases, out);
        if (out == MOST) {
            const neuromorphic_packet *packet;
            CHECK_STATUS(neuromorphic_next_packet(device, 0, &packet), NEUROMORPHIC_ERROR_LEASES_SPENT);
        }
    }
    for (size_t k = 0; k < COUNT_OF(tables); ++k) {
        CHECK(seen[k] > 0);
    }
    /* What is still held survives the device. */
    neuromorphic_close(device);
    for (size_t chosen = 0; chosen < MOST; ++chosen) {
        for (size_t k = 0; k < COUNT_OF(tables); ++k) {
            struct ArrowArray *array = &slots[chosen].arrays[k];
            if (array->release != NULL) {
                CHECK_EQUAL(column_checksum(array->children[0], 8), slots[chosen].sums[k][0]);
                array->release(array);
            }
        }
        neuromorphic_packet_release(slots[chosen].packet);
    }
}

/* Every choice of columns is moved out, the table released, and then each column, in either direction. */
static void check_moved(void) {
    neuromorphic_device *device = open_recording();
    for (const struct table *table = tables; table < tables + COUNT_OF(tables); ++table) {
        for (unsigned choice = 0; choice < 1u << table->columns << 1; ++choice) {
            const neuromorphic_packet *packet = next_packet(device);
            const void *starts[4];
            size_t rows = rows_of(packet, table, starts), held = 0;
            struct ArrowArray array = garbage_array(), columns[4];
            REQUIRE_OK(neuromorphic_packet_arrow(packet, table->table, &array));
            neuromorphic_packet_release(packet);
            for (size_t i = 0; i < table->columns; ++i) {
                columns[i].release = NULL;
                if (choice >> i & 1) {
                    columns[i] = *array.children[i];
                    array.children[i]->release = NULL;
                    ++held;
                }
            }
            array.release(&array);
            CHECK(array.release == NULL);
            for (size_t i = 0; i < table->columns; ++i) {
                struct ArrowArray *column = &columns[choice >> table->columns ? table->columns - 1 - i : i];
                CHECK_EQUAL(statistics_of(device).leases, held > 0);
                if (column->release != NULL) {
                    check_column(column, rows, starts[column - columns]);
                    column->release(column);
                    CHECK(column->release == NULL);
                    --held;
                }
            }
            CHECK_EQUAL(statistics_of(device).leases, 0);
        }
    }
    neuromorphic_close(device);
}

static void *release_column(void *context) {
    struct ArrowArray *column = context;
    uint64_t sum = column_checksum(column, 1);
    sleep_us(1);
    CHECK_EQUAL(column_checksum(column, 1), sum);
    column->release(column);
    return NULL;
}

/* The columns of a table are released on four threads at once. */
static void check_threads(void) {
    neuromorphic_device *device = open_recording();
    for (int round = 0; round < 50; ++round) {
        const neuromorphic_packet *packet = next_packet(device);
        struct ArrowArray array, columns[4];
        pthread_t threads[4];
        REQUIRE_OK(neuromorphic_packet_arrow(packet, NEUROMORPHIC_TABLE_EVENTS, &array));
        neuromorphic_packet_release(packet);
        for (size_t i = 0; i < 4; ++i) {
            columns[i] = *array.children[i];
            array.children[i]->release = NULL;
        }
        for (size_t i = 0; i < 4; ++i) {
            REQUIRE(pthread_create(&threads[i], NULL, release_column, &columns[i]) == 0);
        }
        array.release(&array);
        for (size_t i = 0; i < 4; ++i) {
            REQUIRE(pthread_join(threads[i], NULL) == 0);
        }
        CHECK_EQUAL(statistics_of(device).leases, 0);
    }
    neuromorphic_close(device);
}

/* ---- Streams ---- */

static struct ArrowArrayStream open_stream(neuromorphic_device *device, neuromorphic_table table, int64_t timeout_us) {
    struct ArrowArrayStream stream;
    memset(&stream, 0xA5, sizeof stream);
    REQUIRE_OK(neuromorphic_arrow_stream(device, table, timeout_us, &stream));
    return stream;
}

static void release_stream(struct ArrowArrayStream *stream) {
    stream->release(stream);
    CHECK(stream->release == NULL);
}

/* That get_next fails so, that the array is left alone, and that there is a sentence. */
static void check_failure(struct ArrowArrayStream *stream, int wanted) {
    struct ArrowArray array = garbage_array(), before = array;
    CHECK_EQUAL((uint64_t)stream->get_next(stream, &array), (uint64_t)wanted);
    CHECK(memcmp(&array, &before, sizeof array) == 0);
    const char *sentence = stream->get_last_error(stream);
    CHECK(sentence != NULL && strlen(sentence) > 20);
    CHECK_TEXT(sentence, neuromorphic_last_error());
}

static void check_end(struct ArrowArrayStream *stream) {
    struct ArrowArray array = garbage_array();
    CHECK_EQUAL((uint64_t)stream->get_next(stream, &array), 0);
    CHECK(array.release == NULL);
}

/* Every row of a source comes, in order, and once. */
static void check_whole_stream(const char *source, const struct table *table) {
    static const char *const size[] = {"width", "1280", "height", "720"};
    stream all = stream_of(source, NULL);
    const size_t first = (const size_t[]){0, 4, 7}[table - tables];
    size_t taken = 0, total = stream_part(&all, first)->length / 8;
    CHECK(total > 0);
    neuromorphic_device *device = open_device(source, NULL);
    struct ArrowArrayStream stream = open_stream(device, table->table, NEUROMORPHIC_FOREVER);
    struct ArrowSchema schema;
    CHECK_EQUAL((uint64_t)stream.get_schema(&stream, &schema), 0);
    struct ArrowArray array = garbage_array(), last;
    last.release = NULL;
    for (;;) {
        REQUIRE(stream.get_next(&stream, &array) == 0);
        if (array.release == NULL) {
            break;
        }
        REQUIRE(array.length > 0 && taken + (size_t)array.length <= total);
        CHECK_EQUAL(statistics_of(device).leases, 1 + (last.release != NULL));
        for (size_t i = 0; i < table->columns; ++i) {
            size_t width = table->widths[i];
            CHECK(memcmp(array.children[i]->buffers[1], stream_part(&all, first + i)->at + taken * width,
                         (size_t)array.length * width) == 0);
        }
        taken += (size_t)array.length;
        if (last.release != NULL) {
            last.release(&last);
        }
        last = array;
    }
    CHECK_EQUAL(taken, total);
    check_end(&stream);
    /* The stream, the device, what they gave: each goes by itself. */
    release_stream(&stream);
    CHECK_EQUAL(statistics_of(device).leases, 1);
    neuromorphic_close(device);
    check_schema(&schema, table);
    check_metadata(schema.metadata, size, 4);
    schema.release(&schema);
    CHECK(schema.release == NULL);
    REQUIRE(last.release != NULL);
    CHECK(memcmp(last.children[0]->buffers[1], stream_part(&all, first)->at + 8 * (total - (size_t)last.length),
                 8 * (size_t)last.length) == 0);
    last.release(&last);
    stream_free(&all);
}

/* A sensor's size may have any number of digits. */
static void check_sizes(void) {
    static const char *const sizes[][4] = {{"width", "2048", "height", "1"}, {"width", "999", "height", "1000"},
                                           {"width", "10", "height", "9"}, {"width", "100", "height", "99"}};
    for (size_t i = 0; i < COUNT_OF(sizes); ++i) {
        const char *path = in_own_folder("size.raw");
        const char *header = format_text("%% format EVT3;height=%s;width=%s\n%% end\n", sizes[i][3], sizes[i][1]);
        write_file(path, header, strlen(header));
        neuromorphic_device *device = open_device(format_text("file:%s", path), NULL);
        struct ArrowArrayStream stream = open_stream(device, NEUROMORPHIC_TABLE_EVENTS, 0);
        struct ArrowSchema schema;
        CHECK_EQUAL((uint64_t)stream.get_schema(&stream, &schema), 0);
        check_metadata(schema.metadata, sizes[i], 4);
        schema.release(&schema);
        check_end(&stream);
        release_stream(&stream);
        neuromorphic_close(device);
    }
}

/* A device that has packets all the time, and never a row of the table that is asked for: there is no rate controller. */
static neuromorphic_device *open_endless(void) { return open_device("sim:prophesee_evk4?rate=1e5", NULL); }

static void check_timeouts(void) {
    neuromorphic_device *device = open_endless();
    struct ArrowArrayStream polls = open_stream(device, NEUROMORPHIC_TABLE_COUNTERS, 0);
    struct ArrowArrayStream waits = open_stream(device, NEUROMORPHIC_TABLE_COUNTERS, 50000);
    CHECK_TEXT(polls.get_last_error(&polls), "");
    int64_t start = now_ns();
    check_failure(&polls, ETIMEDOUT);
    CHECK(now_ns() - start < 10000000000);
    start = now_ns();
    check_failure(&waits, ETIMEDOUT);
    CHECK(now_ns() - start >= 50000000);
    CHECK(now_ns() - start < 10000000000);
    CHECK_EQUAL(statistics_of(device).leases, 0);
    CHECK(statistics_of(device).packets > 0);
    release_stream(&polls);
    release_stream(&waits);
    /* One of a table that has rows goes on after a failure. */
    struct ArrowArrayStream stream = open_stream(device, NEUROMORPHIC_TABLE_EVENTS, NEUROMORPHIC_FOREVER);
    CHECK_OK(neuromorphic_interrupt(device));
    check_failure(&stream, EINTR);
    struct ArrowArray array = garbage_array();
    CHECK_EQUAL((uint64_t)stream.get_next(&stream, &array), 0);
    REQUIRE(array.release != NULL && array.length > 0);
    array.release(&array);
    release_stream(&stream);
    neuromorphic_close(device);
}

static void check_leases_spent(void) {
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    options.maximum_leases = 2;
    neuromorphic_device *device = open_device(CAMERA, &options);
    struct ArrowArrayStream stream = open_stream(device, NEUROMORPHIC_TABLE_EVENTS, NEUROMORPHIC_FOREVER);
    struct ArrowArray arrays[3];
    for (size_t i = 0; i < 2; ++i) {
        CHECK_EQUAL((uint64_t)stream.get_next(&stream, &arrays[i]), 0);
        REQUIRE(arrays[i].release != NULL);
    }
    check_failure(&stream, ENOBUFS);
    arrays[0].release(&arrays[0]);
    CHECK_EQUAL((uint64_t)stream.get_next(&stream, &arrays[2]), 0);
    REQUIRE(arrays[2].release != NULL);
    arrays[1].release(&arrays[1]);
    arrays[2].release(&arrays[2]);
    CHECK_EQUAL(statistics_of(device).leases, 0);
    release_stream(&stream);
    neuromorphic_close(device);
}

typedef struct waiter {
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    int result;
} waiter;

static void *wait_for_array(void *context) {
    waiter *self = context;
    self->result = self->stream.get_next(&self->stream, &self->array);
    return NULL;
}

/* While another thread waits, the device is busy; when the device is closed, the wait ends. */
static void check_closed(void) {
    neuromorphic_device *device = open_endless();
    struct ArrowArrayStream other = open_stream(device, NEUROMORPHIC_TABLE_EVENTS, 0);
    waiter waiter = {open_stream(device, NEUROMORPHIC_TABLE_COUNTERS, NEUROMORPHIC_FOREVER), garbage_array(), 0};
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, wait_for_array, &waiter) == 0);
    int waits;
    WAIT_UNTIL(statistics_of(device).packets > 0, 10, waits);
    CHECK(waits);
    /* It takes packets by itself; between two of them the device is free for a moment. */
    int busy = 0;
    for (int i = 0; i < 1000 && !busy; ++i) {
        struct ArrowArray array;
        int result = other.get_next(&other, &array);
        busy = result == EBUSY;
        if (result == 0) {
            array.release(&array);
        }
    }
    CHECK(busy);
    neuromorphic_close(device);
    REQUIRE(pthread_join(thread, NULL) == 0);
    CHECK_EQUAL((uint64_t)waiter.result, EBADF);
    CHECK(strlen(waiter.stream.get_last_error(&waiter.stream)) > 20);
    for (int i = 0; i < 2; ++i) {
        check_failure(&waiter.stream, EBADF);
        check_failure(&other, EBADF);
    }
    struct ArrowSchema schema;
    CHECK_EQUAL((uint64_t)other.get_schema(&other, &schema), 0);
    schema.release(&schema);
    release_stream(&waiter.stream);
    release_stream(&other);
}

/* What no consumer may do, and what is no reason to crash. */
static void check_misuse(void) {
    neuromorphic_device *device = open_recording();
    struct ArrowArrayStream stream = open_stream(device, NEUROMORPHIC_TABLE_EVENTS, 0), callbacks = stream;
    struct ArrowSchema schema;
    struct ArrowArray array = garbage_array();
    CHECK_EQUAL((uint64_t)stream.get_next(&stream, NULL), EINVAL);
    CHECK(strlen(stream.get_last_error(&stream)) > 20);
    CHECK_EQUAL((uint64_t)stream.get_schema(&stream, NULL), EINVAL);
    CHECK_EQUAL((uint64_t)stream.get_next(NULL, &array), EINVAL);
    CHECK_EQUAL((uint64_t)stream.get_schema(NULL, &schema), EINVAL);
    CHECK(stream.get_last_error(NULL) == NULL);
    stream.release(NULL);
    release_stream(&stream);
    callbacks.release(&stream);
    CHECK_EQUAL((uint64_t)callbacks.get_next(&stream, &array), EINVAL);
    CHECK_EQUAL((uint64_t)callbacks.get_schema(&stream, &schema), EINVAL);
    CHECK(callbacks.get_last_error(&stream) == NULL);

    const neuromorphic_packet *packet = next_packet(device);
    REQUIRE_OK(neuromorphic_packet_arrow(packet, NEUROMORPHIC_TABLE_EVENTS, &array));
    neuromorphic_packet_release(packet);
    void (*release_array)(struct ArrowArray *) = array.release;
    release_array(NULL);
    /* Not its business, but harmless. */
    array.children[1]->release(array.children[1]);
    CHECK_EQUAL(statistics_of(device).leases, 1);
    array.release(&array);
    release_array(&array);
    CHECK_EQUAL(statistics_of(device).leases, 0);
    REQUIRE_OK(neuromorphic_arrow_schema(NEUROMORPHIC_TABLE_EVENTS, &schema));
    void (*release_schema)(struct ArrowSchema *) = schema.release;
    release_schema(NULL);
    schema.release(&schema);
    release_schema(&schema);
    neuromorphic_close(device);
}

int main(void) {
    check_schemas();
    check_arrays();
    check_moved();
    check_threads();
    for (const struct table *table = tables; table < tables + COUNT_OF(tables); ++table) {
        check_whole_stream(format_text("file:%s", recording()), table);
    }
    check_whole_stream(CAMERA "&seed=5", &tables[0]);
    check_whole_stream(CAMERA "&seed=5", &tables[1]);
    check_sizes();
    check_timeouts();
    check_leases_spent();
    check_closed();
    check_misuse();
    return check_report("arrow");
}
