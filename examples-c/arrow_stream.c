/*
 * Takes a device's events as an Arrow stream, and prints the columns and how many rows each batch has. A library that knows
 * Arrow does the same by itself once it is given the stream.
 *
 *     cc arrow_stream.c -o arrow_stream $(pkg-config --cflags --libs neuromorphic)
 *     ./arrow_stream 'sim:prophesee_evk4?duration=0.2'
 */
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>

static int print_batches(struct ArrowArrayStream *stream) {
    struct ArrowSchema schema;
    if (stream->get_schema(stream, &schema) != 0) {
        return 1;
    }
    for (int64_t i = 0; i < schema.n_children; ++i) {
        printf("column %s, format %s\n", schema.children[i]->name, schema.children[i]->format);
    }
    schema.release(&schema);
    struct ArrowArray batch;
    while (stream->get_next(stream, &batch) == 0) {
        if (batch.release == NULL) {
            return 0;
        }
        const uint64_t *t = batch.children[0]->buffers[1];
        printf("%" PRId64 " rows, t %" PRIu64 "..%" PRIu64 "\n", batch.length, t[0], t[batch.length - 1]);
        batch.release(&batch);
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s SOURCE, such as sim:prophesee_evk4?duration=0.2 or file:drive.raw\n", argv[0]);
        return 2;
    }
    neuromorphic_device *device;
    if (neuromorphic_open(argv[1], NULL, &device) != NEUROMORPHIC_OK) {
        fprintf(stderr, "%s\n", neuromorphic_last_error());
        return 1;
    }
    struct ArrowArrayStream stream;
    int result = 1;
    if (neuromorphic_arrow_stream(device, NEUROMORPHIC_TABLE_EVENTS, NEUROMORPHIC_FOREVER, &stream) == NEUROMORPHIC_OK) {
        result = print_batches(&stream);
        stream.release(&stream);
    }
    if (result != 0) {
        fprintf(stderr, "%s\n", neuromorphic_last_error());
    }
    neuromorphic_close(device);
    return result;
}
