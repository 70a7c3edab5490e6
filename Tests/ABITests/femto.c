/*
 * Programming files for Femtosense's SPU: a folder and memory give the same program; what is written is that program,
 * whole or not at all; and whatever is wrong has its status.
 */
#include "support.h"

#define DATA "1122334455667788\n99AABBccddeeff00 of two columns\n# none here\n\n0x0102030405060708\n000000000000dead\n"

static const char metadata[] =
    "inst_counts: {0: 2}\n"
    "data_bank_sizes: {0: {0: 3, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}}\n"
    "table_bank_sizes: {0: {0: 2, 1: 0, 2: 0, 3: 0}}\n"
    "inputs: {}\n"
    "outputs: {}\n";

#define FILE_OF(name, text) {name, text, sizeof(text) - 1}
static const neuromorphic_femto_file files[] = {
    FILE_OF("test_core_0_instr_mem_initial_py_hex.txt", "cafebabedeadbeef\n0f0e0d0c0b0a0908\n1\n"),
    FILE_OF("test_core_0_data_mem_initial_py_hex.txt", DATA),
    FILE_OF("test_core_0_table_mem_initial_py_hex.txt", "abcd\n1234\n"),
    FILE_OF("test_core_0_sboard_initial_py_hex.txt", "001\n002\n"),
    FILE_OF("test_core_0_rqueue_initial_py_hex.txt", "00\n01\n"),
    FILE_OF("test_core_0_progbuf_initial_py_hex.txt", "0005\n0006"),
    {"metadata.yaml", metadata, sizeof metadata - 1},
    {"something else", NULL, 0},
};
enum { FILES = COUNT_OF(files) };

/* Version 1.3's: key 5 and a salt before the 32 records that both versions have. */
static const char addresses[] =
    "00000018\n00000028\n00000024\n00000020\n0000001c\n00000064\n00000064\n00000034\n00000034\n00000054\n00000054\n"
    "00100000\n00100004\n00100008\n0010000c\n00100010\n00100014\n00180000\n00180004\n00180008\n0018000c\n001c0000\n"
    "001c0004\n001c0008\n001c000c\n001d0000\n001d0004\n001d0008\n001d000c\n001e0000\n001e0004\n001e0008\n001e000c\n"
    "001f0000\n001f0004\n001f0008\n001f000c\n";
static const char data[] =
    "00000005\n0000cdef\n000089ab\n00004567\n00000123\n00005098\n00011098\n00005098\n00011098\n00005098\n00011098\n"
    "55667788\n11223344\nddeeff00\n99aabbcc\n05060708\n01020304\n0000abcd\n00000000\n00001234\n00000000\n00000001\n"
    "00000000\n00000002\n00000000\n00000000\n00000000\n00000001\n00000000\n00000005\n00000000\n00000006\n00000000\n"
    "deadbeef\ncafebabe\n0b0a0908\n0f0e0d0c\n";
enum { LENGTH = sizeof data - 1, WITHOUT_KEY = 5 * 9 };

static neuromorphic_femto_options with_key(void) {
    neuromorphic_femto_options options = NEUROMORPHIC_FEMTO_OPTIONS_INIT;
    options.chip = NEUROMORPHIC_FEMTO_CHIP_SPU1P3;
    options.has_key_index = 1;
    options.key_index = 5;
    options.has_salt = 1;
    options.salt = UINT64_C(0x0123456789abcdef);
    return options;
}

static void check_texts(neuromorphic_femto_program *program, size_t skipped) {
    const char *a, *d;
    size_t length;
    CHECK_OK(neuromorphic_femto_program_texts(program, &a, &d, &length));
    CHECK_EQUAL(length, LENGTH - skipped);
    CHECK(memcmp(a, addresses + skipped, length) == 0);
    CHECK(memcmp(d, data + skipped, length) == 0);
}

static void check_absent(const char *path) { CHECK(access(path, F_OK) != 0 && errno == ENOENT); }

static neuromorphic_femto_program *build(const neuromorphic_femto_options *options) {
    neuromorphic_femto_program *program = NULL;
    REQUIRE_OK(neuromorphic_femto_build_from_memory(files, FILES, options, &program));
    return program;
}

static void check_memory_and_folder(const char *folder) {
    neuromorphic_femto_options options = with_key();
    neuromorphic_femto_program *program = build(&options), *same;
    check_texts(program, 0);
    for (size_t i = 0; i < FILES; ++i) {
        write_file(format_text("%s/%s", folder, files[i].name), files[i].bytes, files[i].length);
    }
    REQUIRE_OK(neuromorphic_femto_build(folder, &options, &same));
    check_texts(same, 0);
    neuromorphic_femto_program_free(same);
    check_texts(program, 0);

    neuromorphic_femto_summary summary = NEUROMORPHIC_FEMTO_SUMMARY_INIT;
    CHECK_OK(neuromorphic_femto_program_summary(program, &summary));
    CHECK_EQUAL(summary.chip, NEUROMORPHIC_FEMTO_CHIP_SPU1P3);
    CHECK_EQUAL(summary.cores, 1);
    CHECK_EQUAL(summary.data_banks, 1);
    CHECK_EQUAL(summary.table_banks, 1);
    CHECK_EQUAL(summary.data_words, 3);
    CHECK_EQUAL(summary.table_words, 2);
    CHECK_EQUAL(summary.sboard_words, 2);
    CHECK_EQUAL(summary.rqueue_words, 2);
    CHECK_EQUAL(summary.progbuf_words, 2);
    CHECK_EQUAL(summary.instructions, 2);
    CHECK_EQUAL(summary.records, 37);
    CHECK_EQUAL(summary.file_bytes, LENGTH);
    neuromorphic_femto_program_free(program);
    CHECK_STATUS(neuromorphic_femto_program_summary(program, &summary), NEUROMORPHIC_ERROR_INVALID_HANDLE);
}

/* Which chip, key and salt it is for: the program's word, else the environment's. */
static void check_environment(void) {
    static const struct {
        const char *isa, *cfg;
        neuromorphic_femto_chip chip;
    } cases[] = {
        {NULL, NULL, NEUROMORPHIC_FEMTO_CHIP_SPU1P3},
        {"spu1p2v1.dat", NULL, NEUROMORPHIC_FEMTO_CHIP_SPU1P2},
        {NULL, "spu1p2v1.dat", NEUROMORPHIC_FEMTO_CHIP_SPU1P2},
        {"spu1p3v1.dat", "spu1p2v1.dat", NEUROMORPHIC_FEMTO_CHIP_SPU1P3},
        {"spu1p2", "nonsense", NEUROMORPHIC_FEMTO_CHIP_SPU1P2},
        {"", "", NEUROMORPHIC_FEMTO_CHIP_SPU1P3},
    };
    neuromorphic_femto_summary summary = NEUROMORPHIC_FEMTO_SUMMARY_INIT;
    neuromorphic_femto_program *program;
    for (size_t i = 0; i < COUNT_OF(cases); ++i) {
        unsetenv("FS_HW_ISA"), unsetenv("FS_HW_CFG");
        if (cases[i].isa != NULL) setenv("FS_HW_ISA", cases[i].isa, 1);
        if (cases[i].cfg != NULL) setenv("FS_HW_CFG", cases[i].cfg, 1);
        program = build(NULL);
        CHECK_OK(neuromorphic_femto_program_summary(program, &summary));
        CHECK_EQUAL(summary.chip, cases[i].chip);
        neuromorphic_femto_program_free(program);
    }
    setenv("FS_HW_ISA", "spu9p9v1.dat", 1);
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, NULL, &program), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(neuromorphic_last_error(), "FS_HW_ISA") != NULL);
    neuromorphic_femto_options options = with_key();
    neuromorphic_femto_program_free(build(&options));
    unsetenv("FS_HW_ISA");

    setenv("FS_ENCRYPTION_KEY_IDX", "5", 1);
    setenv("FS_ENCRYPTION_SALT", "0123456789ABCDEF", 1);
    program = build(NULL);
    check_texts(program, 0);
    neuromorphic_femto_program_free(program);
    setenv("FS_ENCRYPTION_KEY_IDX", "32", 1);
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, NULL, &program), NEUROMORPHIC_ERROR_OUT_OF_RANGE);
    setenv("FS_ENCRYPTION_KEY_IDX", "five", 1);
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, NULL, &program), NEUROMORPHIC_ERROR_OUT_OF_RANGE);
    CHECK(strstr(neuromorphic_last_error(), "FS_ENCRYPTION_KEY_IDX") != NULL);

    /* A chip without encryption doesn't look. */
    options = (neuromorphic_femto_options)NEUROMORPHIC_FEMTO_OPTIONS_INIT;
    options.chip = NEUROMORPHIC_FEMTO_CHIP_SPU1P2;
    program = build(&options);
    check_texts(program, WITHOUT_KEY);
    neuromorphic_femto_program_free(program);
    unsetenv("FS_ENCRYPTION_KEY_IDX");
    setenv("FS_ENCRYPTION_SALT", "10123456789ABCDEF", 1);
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, NULL, &program), NEUROMORPHIC_ERROR_OUT_OF_RANGE);
    unsetenv("FS_ENCRYPTION_SALT");
}

static void check_writing(const char *folder) {
    const char *a = format_text("%s/7PROG_A", folder), *d = format_text("%s/7PROG_D", folder);
    neuromorphic_femto_options options = with_key();
    neuromorphic_femto_program *program = build(&options);
    CHECK_STATUS(neuromorphic_femto_program_verify(program, folder, 7), NEUROMORPHIC_ERROR_NOT_FOUND);
    CHECK_OK(neuromorphic_femto_program_write(program, folder, 7, 0));
    CHECK(file_holds(a, addresses));
    CHECK(file_holds(d, data));
    CHECK_EQUAL(count_files(folder), 2);
    CHECK_OK(neuromorphic_femto_program_verify(program, folder, 7));
    CHECK_STATUS(neuromorphic_femto_program_verify(program, folder, 6), NEUROMORPHIC_ERROR_NOT_FOUND);

    /* What is there stays, whichever of the two it is. */
    for (int which = 0; which < 2; ++which) {
        CHECK(unlink(which == 0 ? a : d) == 0);
        write_file(which == 0 ? d : a, "other", 5);
        CHECK_STATUS(neuromorphic_femto_program_write(program, folder, 7, 0), NEUROMORPHIC_ERROR_ALREADY_EXISTS);
        CHECK(file_holds(which == 0 ? d : a, "other"));
        CHECK_EQUAL(count_files(folder), 1);
        CHECK_OK(neuromorphic_femto_program_write(program, folder, 7, 1));
        CHECK(file_holds(a, addresses));
        CHECK(file_holds(d, data));
        CHECK_EQUAL(count_files(folder), 2);
    }

    /* A digit changed, a line missing, a line too many. */
    char other[LENGTH + 10];
    memcpy(other, data, LENGTH);
    other[9 * 20 + 3] = 'f';
    write_file(d, other, LENGTH);
    CHECK_STATUS(neuromorphic_femto_program_verify(program, folder, 7), NEUROMORPHIC_ERROR_INVALID_FILE);
    CHECK(strstr(neuromorphic_last_error(), "7PROG_D line 21") != NULL);
    write_file(d, data, LENGTH - 9);
    CHECK_STATUS(neuromorphic_femto_program_verify(program, folder, 7), NEUROMORPHIC_ERROR_INVALID_FILE);
    CHECK(strstr(neuromorphic_last_error(), "line 37") != NULL);
    memcpy(other, data, LENGTH);
    memcpy(other + LENGTH, "00000000\n", 9);
    write_file(d, other, LENGTH + 9);
    CHECK_STATUS(neuromorphic_femto_program_verify(program, folder, 7), NEUROMORPHIC_ERROR_INVALID_FILE);
    CHECK(strstr(neuromorphic_last_error(), "line 38") != NULL);

    /* The second file's place is taken by a folder: the first one's earlier file is there as before. */
    write_file(a, "earlier", 7);
    CHECK(unlink(d) == 0 && mkdir(d, 0700) == 0);
    CHECK_STATUS(neuromorphic_femto_program_write(program, folder, 7, 1), NEUROMORPHIC_ERROR_ALREADY_EXISTS);
    CHECK(file_holds(a, "earlier"));
    CHECK_EQUAL(count_files(folder), 2);
    CHECK(rmdir(d) == 0 && unlink(a) == 0);

    CHECK_STATUS(neuromorphic_femto_program_write(program, folder, 10, 0), NEUROMORPHIC_ERROR_OUT_OF_RANGE);
    CHECK_STATUS(neuromorphic_femto_program_write(program, folder, 7, 2), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_program_write(program, format_text("%s/none", folder), 7, 0),
                 NEUROMORPHIC_ERROR_NOT_FOUND);
    CHECK_STATUS(neuromorphic_femto_program_write(program, NULL, 7, 0), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_program_verify(program, NULL, 7), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    check_absent(a);
    CHECK_EQUAL(count_files(folder), 0);
    neuromorphic_femto_program_free(program);
}

static int stop(void *context, uint64_t done, uint64_t total) {
    uint64_t *seen = context;
    CHECK(done >= seen[0] && done <= total);
    seen[0] = done;
    seen[1] = total;
    return done >= seen[2];
}

static void check_progress(void) {
    uint64_t seen[3] = {0, 0, UINT64_MAX};
    neuromorphic_femto_options options = with_key();
    options.progress = stop;
    options.progress_context = seen;
    neuromorphic_femto_program *program = build(&options);
    CHECK(seen[1] > 0 && seen[0] == seen[1]);
    neuromorphic_femto_program_free(program);
    seen[0] = 0, seen[2] = 10;
    program = NULL;
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, &options, &program), NEUROMORPHIC_ERROR_INTERRUPTED);
    CHECK(program == NULL);
}

static void check_bad_input(const char *folder) {
    neuromorphic_femto_program *program = NULL;
    neuromorphic_femto_options options = with_key();
    const char *text;
    size_t length;
    CHECK_STATUS(neuromorphic_femto_build(NULL, NULL, &program), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_build(folder, NULL, NULL), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_build("", NULL, &program), NEUROMORPHIC_ERROR_NOT_FOUND);
    CHECK_STATUS(neuromorphic_femto_build(folder, NULL, &program), NEUROMORPHIC_ERROR_NOT_FOUND);
    CHECK_STATUS(neuromorphic_femto_build("/dev", NULL, &program), NEUROMORPHIC_ERROR_NOT_FOUND);
    CHECK_STATUS(neuromorphic_femto_build_from_memory(NULL, 1, NULL, &program), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, SIZE_MAX, NULL, &program),
                 NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, 3, NULL, &program), NEUROMORPHIC_ERROR_NOT_FOUND);
    CHECK(strstr(neuromorphic_last_error(), "metadata.yaml") != NULL);
    neuromorphic_femto_file wrong[FILES];
    for (int field = 0; field < 3; ++field) {
        memcpy(wrong, files, sizeof wrong);
        if (field == 0) wrong[2].name = NULL;
        if (field == 1) wrong[2].bytes = NULL;
        if (field == 2) wrong[2].length = SIZE_MAX;
        CHECK_STATUS(neuromorphic_femto_build_from_memory(wrong, FILES, NULL, &program),
                     NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    }
    options.struct_size = 0;
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, &options, &program),
                 NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE);
    options = with_key();
    options.chip = (neuromorphic_femto_chip)7;
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, &options, &program),
                 NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    options.chip = NEUROMORPHIC_FEMTO_CHIP_SPU1P2;
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, &options, &program), NEUROMORPHIC_ERROR_UNSUPPORTED);
    options = with_key();
    options.key_index = 32;
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, &options, &program), NEUROMORPHIC_ERROR_OUT_OF_RANGE);
    options = with_key();
    options.reserved = 1;
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, &options, &program),
                 NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    options = with_key();
    options.has_salt = 2;
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, &options, &program),
                 NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    options = with_key();
    options.lenient = 2;
    CHECK_STATUS(neuromorphic_femto_build_from_memory(files, FILES, &options, &program),
                 NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK(program == NULL);

    /* Handles: none, another object's, and places that are not there. */
    neuromorphic_femto_program_free(NULL);
    neuromorphic_decoder *decoder;
    REQUIRE_OK(neuromorphic_decoder_create("EVT3", 1280, 720, &decoder));
    CHECK_STATUS(neuromorphic_femto_program_texts((neuromorphic_femto_program *)decoder, &text, &text, &length),
                 NEUROMORPHIC_ERROR_INVALID_HANDLE);
    neuromorphic_femto_program_free((neuromorphic_femto_program *)decoder);
    neuromorphic_decoder_free(decoder);
    CHECK_STATUS(neuromorphic_femto_program_texts(NULL, &text, &text, &length), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_program_write(NULL, folder, 0, 0), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    options = with_key();
    program = build(&options);
    CHECK_STATUS(neuromorphic_femto_program_texts(program, NULL, &text, &length), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_program_texts(program, &text, NULL, &length), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_program_texts(program, &text, &text, NULL), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(neuromorphic_femto_program_summary(program, NULL), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    neuromorphic_femto_summary summary = {0};
    CHECK_STATUS(neuromorphic_femto_program_summary(program, &summary), NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE);
    neuromorphic_femto_program_free(program);
}

int main(void) {
    static const char *const variables[] = {"FS_HW_ISA", "FS_HW_CFG", "FS_ENCRYPTION_KEY_IDX", "FS_ENCRYPTION_SALT"};
    for (size_t i = 0; i < COUNT_OF(variables); ++i) {
        unsetenv(variables[i]);
    }
    char compiled[4200], card[4200];
    snprintf(compiled, sizeof compiled, "%s", in_own_folder("compiled"));
    snprintf(card, sizeof card, "%s", in_own_folder("card"));
    REQUIRE(mkdir(compiled, 0700) == 0 && mkdir(card, 0700) == 0);
    check_bad_input(card);
    check_memory_and_folder(compiled);
    check_environment();
    check_writing(card);
    check_progress();
    return check_report("femto");
}
