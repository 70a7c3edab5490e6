/*
 * Makes the files that a board's firmware programs Femtosense's SPU with, from an SD card, of the folder that the
 * vendor's compiler leaves. Nothing is written unless everything is right.
 *
 *     cc femto_program.c -o femto_program $(pkg-config --cflags --libs neuromorphic)
 *     ./femto_program compiled --chip spu1p3 --slot 0 --output /media/card
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes of the memories' files from which on progress is shown. */
enum { LONG_IMAGE = 1 << 18 };

typedef struct arguments {
    neuromorphic_femto_options options;
    const char *folder;
    const char *output;
    uint32_t slot;
    uint32_t force;
    int is_check;
} arguments;

static void describe(FILE *to, const char *program) {
    fprintf(to,
            "usage: %s FOLDER [--chip spu1p2|spu1p3] [--slot 0..9] [--output FOLDER] [--force]\n"
            "       [--check] [--key-index 0..31] [--salt HEX] [--lenient]\n"
            "Makes 0PROG_A and 0PROG_D, for the SD card of a board with Femtosense's SPU, of FOLDER, where femtocrux\n"
            "left metadata.yaml and the memories' test_core_..._py_hex.txt.\n"
            "  --chip       for which chip; else the environment's FS_HW_ISA says it, or FS_HW_CFG; else spu1p3\n"
            "  --slot       the first digit of the files' names; 0\n"
            "  --output     where they go; the working directory\n"
            "  --force      replaces files that are there\n"
            "  --check      writes nothing: tells whether the files that are there are this program\n"
            "  --key-index  which of the chip's keys; else the environment's FS_ENCRYPTION_KEY_IDX says it; else 0\n"
            "  --salt       the encryption's 64-bit salt; else the environment's FS_ENCRYPTION_SALT says it; else 0\n"
            "  --lenient    takes what the vendor's tool takes, such as banks that are too large\n",
            program);
}

static int failure(void) {
    fprintf(stderr, "femto_program: %s\n", neuromorphic_last_error());
    return 1;
}

/* A whole number of a base, and nothing else; minus signs and spaces are not for strtoull to take. */
static int number(const char *text, int base, uint64_t *out) {
    char *end;
    if (strchr("0123456789abcdefABCDEF", text[0]) == NULL || text[0] == '\0' || strlen(text) > 18) {
        return 0;
    }
    *out = strtoull(text, &end, base);
    if (base == 16 && strlen(text) - (text[1] == 'x' || text[1] == 'X' ? 2 : 0) > 16) {
        return 0;
    }
    return *end == '\0';
}

static int take_word(const char *name, arguments *given) {
    if (strcmp(name, "--force") == 0) {
        given->force = 1;
    } else if (strcmp(name, "--check") == 0) {
        given->is_check = 1;
    } else if (strcmp(name, "--lenient") == 0) {
        given->options.lenient = 1;
    } else if (name[0] != '-' && given->folder == NULL) {
        given->folder = name;
    } else {
        return 0;
    }
    return 1;
}

static int take_pair(const char *name, const char *value, arguments *given) {
    uint64_t n = 0;
    if (strcmp(name, "--chip") == 0 && strcmp(value, "spu1p2") == 0) {
        given->options.chip = NEUROMORPHIC_FEMTO_CHIP_SPU1P2;
    } else if (strcmp(name, "--chip") == 0 && strcmp(value, "spu1p3") == 0) {
        given->options.chip = NEUROMORPHIC_FEMTO_CHIP_SPU1P3;
    } else if (strcmp(name, "--output") == 0) {
        given->output = value;
    } else if (strcmp(name, "--slot") == 0 && number(value, 10, &n) && n <= 9) {
        given->slot = (uint32_t)n;
    } else if (strcmp(name, "--key-index") == 0 && number(value, 10, &n) && n < 32) {
        given->options.has_key_index = 1;
        given->options.key_index = (uint32_t)n;
    } else if (strcmp(name, "--salt") == 0 && number(value, 16, &n)) {
        given->options.has_salt = 1;
        given->options.salt = n;
    } else {
        return 0;
    }
    return 1;
}

/* Returns the first argument that can't be understood, as a number; argc where the folder is missing; 0 if all is well. */
static int parse(int argc, char **argv, arguments *given) {
    for (int i = 1; i < argc; ++i) {
        if (take_word(argv[i], given)) {
            continue;
        }
        if (i + 1 == argc || !take_pair(argv[i], argv[i + 1], given)) {
            return i;
        }
        ++i;
    }
    return given->folder == NULL ? argc : 0;
}

/* A person who watches wants to know how long a long image will take. A card may take longer to write than all the rest. */
static int show_progress(void *context, uint64_t done, uint64_t total) {
    int *percent = context;
    if (total >= LONG_IMAGE && (int)(100 * done / total) != *percent) {
        *percent = (int)(100 * done / total);
        fprintf(stderr, "\rreading %3d %%", *percent);
    }
    return 0;
}

static void show_phase(const arguments *given, const char *phase) {
    if (given->options.progress != NULL) {
        fprintf(stderr, "\r             \r%s", phase);
        fflush(stderr);
    }
}

static void print_summary(const neuromorphic_femto_summary *summary) {
    printf("%s, %" PRIu32 " core%s: %" PRIu32 " data and %" PRIu32 " table banks\n",
           summary->chip == NEUROMORPHIC_FEMTO_CHIP_SPU1P2 ? "spu1p2" : "spu1p3", summary->cores,
           summary->cores == 1 ? "" : "s", summary->data_banks, summary->table_banks);
    printf("words: %" PRIu64 " data, %" PRIu64 " table, %" PRIu64 " sboard, %" PRIu64 " rqueue, %" PRIu64
           " progbuf, %" PRIu64 " instructions\n",
           summary->data_words, summary->table_words, summary->sboard_words, summary->rqueue_words,
           summary->progbuf_words, summary->instructions);
    printf("%" PRIu64 " records, two files of %" PRIu64 " bytes\n", summary->records, summary->file_bytes);
}

static int use(neuromorphic_femto_program *program, const arguments *given) {
    neuromorphic_femto_summary summary = NEUROMORPHIC_FEMTO_SUMMARY_INIT;
    show_phase(given, given->is_check ? "comparing" : "writing");
    neuromorphic_status status =
        given->is_check ? neuromorphic_femto_program_verify(program, given->output, given->slot)
                        : neuromorphic_femto_program_write(program, given->output, given->slot, given->force);
    show_phase(given, "");
    if (status != NEUROMORPHIC_OK || neuromorphic_femto_program_summary(program, &summary) != NEUROMORPHIC_OK) {
        return failure();
    }
    print_summary(&summary);
    printf("%s/%" PRIu32 "PROG_A and %" PRIu32 "PROG_D %s\n", given->output, given->slot, given->slot,
           given->is_check ? "are this program" : "written and read back");
    return 0;
}

int main(int argc, char **argv) {
    arguments given = {.options = NEUROMORPHIC_FEMTO_OPTIONS_INIT, .output = "."};
    int percent = -1;
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        describe(stdout, argv[0]);
        return 0;
    }
    int unknown = parse(argc, argv, &given);
    if (unknown > 0) {
        fprintf(stderr, "femto_program: %s %s %s\n", unknown < argc ? "can't understand" : "no folder is named",
                unknown < argc ? argv[unknown] : "", unknown + 1 < argc ? argv[unknown + 1] : "");
        describe(stderr, argv[0]);
        return 2;
    }
    if (isatty(STDERR_FILENO)) {
        given.options.progress = show_progress;
        given.options.progress_context = &percent;
    }
    neuromorphic_femto_program *program;
    neuromorphic_status status = neuromorphic_femto_build(given.folder, &given.options, &program);
    show_phase(&given, "");
    if (status != NEUROMORPHIC_OK) {
        return failure();
    }
    int result = use(program, &given);
    neuromorphic_femto_program_free(program);
    return result;
}
