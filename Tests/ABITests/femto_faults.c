/*
 * Writing a program's files where the system fails at every call in turn: afterwards the folder is as it was, or the program
 * is there whole; and what was read back wrong is found.
 *
 * The calls that the library makes are this program's, which is how they can fail.
 */
#include "support.h"

#include <dlfcn.h>
#include <sys/syscall.h>

/* ---- Calls that can fail ---- */

typedef enum call { PWRITE, PREAD, FDATASYNC, RENAME, RENAME_NEW, CALLS } call;

static const char *const call_names[CALLS] = {"pwrite", "pread", "fdatasync", "rename", "renameat2"};

static struct {
    call call;
    int turn;  /* which of the calls fails, from 1; 0: none */
    int error; /* with what; 0: it gives wrong bytes instead */
    int made[CALLS];
} plan;

static int fails(call call) {
    return ++plan.made[call] == plan.turn && call == plan.call;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    if (fails(PWRITE)) {
        /* A disk that is full takes some, and then no more. */
        ssize_t some = length > 100 ? REAL(pwrite)(descriptor, bytes, 100, offset) : 0;
        plan.turn += some > 0;
        errno = plan.error;
        return some > 0 ? some : -1;
    }
    return REAL(pwrite)(descriptor, bytes, length, offset);
}

ssize_t pread(int descriptor, void *bytes, size_t length, off_t offset) {
    int is_failing = fails(PREAD);
    if (is_failing && plan.error != 0) {
        errno = plan.error;
        return -1;
    }
    ssize_t count = REAL(pread)(descriptor, bytes, length, offset);
    if (is_failing && count > 0) {
        ((char *)bytes)[count / 2] ^= 1;
    }
    return count;
}

int fdatasync(int descriptor) {
    if (fails(FDATASYNC)) {
        errno = plan.error;
        return -1;
    }
    return REAL(fdatasync)(descriptor);
}

int rename(const char *from, const char *to) {
    if (fails(RENAME)) {
        errno = plan.error;
        return -1;
    }
    return REAL(rename)(from, to);
}

long syscall(long number, ...) {
    long a[6];
    va_list arguments;
    va_start(arguments, number);
    for (int i = 0; i < 6; ++i) {
        a[i] = va_arg(arguments, long);
    }
    va_end(arguments);
    if (number == SYS_renameat2 && fails(RENAME_NEW)) {
        errno = plan.error;
        return -1;
    }
    return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* ---- A program and a folder ---- */

static const char metadata[] =
    "data_bank_sizes: {0: {0: 40, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}}\n"
    "table_bank_sizes: {0: {0: 0, 1: 0, 2: 0, 3: 0}}\n"
    "inst_counts: {0: 1}\n"
    "inputs: {}\n"
    "outputs: {}\n";

static neuromorphic_femto_program *build(void) {
    static char words[40 * 3 + 1];
    for (int i = 0; i < 40; ++i) {
        snprintf(words + 3 * i, 4, "%02x\n", i);
    }
    const neuromorphic_femto_file files[] = {
        {"metadata.yaml", metadata, sizeof metadata - 1},
        {"test_core_0_data_mem_initial_py_hex.txt", words, 40 * 3},
        {"test_core_0_table_mem_initial_py_hex.txt", NULL, 0},
        {"test_core_0_sboard_initial_py_hex.txt", NULL, 0},
        {"test_core_0_rqueue_initial_py_hex.txt", NULL, 0},
        {"test_core_0_progbuf_initial_py_hex.txt", NULL, 0},
        {"test_core_0_instr_mem_initial_py_hex.txt", "5", 1},
    };
    neuromorphic_femto_options options = NEUROMORPHIC_FEMTO_OPTIONS_INIT;
    options.chip = NEUROMORPHIC_FEMTO_CHIP_SPU1P2;
    neuromorphic_femto_program *program = NULL;
    REQUIRE_OK(neuromorphic_femto_build_from_memory(files, COUNT_OF(files), &options, &program));
    return program;
}

static void clear(const char *folder) {
    struct dirent *entry;
    DIR *directory = opendir(folder);
    REQUIRE(directory != NULL);
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.') {
            REQUIRE(unlink(format_text("%s/%s", folder, entry->d_name)) == 0);
        }
    }
    closedir(directory);
}

static void put_earlier(const char *folder, int earlier) {
    clear(folder);
    if (earlier & 1) write_file(format_text("%s/0PROG_A", folder), "earlier A", 9);
    if (earlier & 2) write_file(format_text("%s/0PROG_D", folder), "earlier D", 9);
}

static void check_earlier(const char *folder, int earlier) {
    CHECK_EQUAL(count_files(folder), (earlier & 1) + (earlier >> 1));
    if (earlier & 1) CHECK(file_holds(format_text("%s/0PROG_A", folder), "earlier A"));
    if (earlier & 2) CHECK(file_holds(format_text("%s/0PROG_D", folder), "earlier D"));
}

/* Lets each of a call's turns fail; `earlier` says which files are there before: 1 for A, 2 for D. */
static void fail_each(neuromorphic_femto_program *program, const char *folder, call call, int error, int earlier) {
    int refused = 0;
    for (int turn = 1; turn < 20; ++turn) {
        put_earlier(folder, earlier);
        memset(&plan, 0, sizeof plan);
        plan.call = call, plan.turn = turn, plan.error = error;
        neuromorphic_status status = neuromorphic_femto_program_write(program, folder, 0, earlier != 0);
        int made = plan.made[call];
        memset(&plan, 0, sizeof plan);
        if (status == NEUROMORPHIC_OK) {
            CHECK_EQUAL(count_files(folder), 2);
            CHECK_OK(neuromorphic_femto_program_verify(program, folder, 0));
        } else {
            ++refused;
            CHECK_EQUAL(status, error != 0 ? NEUROMORPHIC_ERROR_IO : NEUROMORPHIC_ERROR_INVALID_FILE);
            CHECK(strstr(neuromorphic_last_error(), folder) != NULL);
            check_earlier(folder, earlier);
        }
        if (made < turn) {
            CHECK_STATUS(status, NEUROMORPHIC_OK);
            break;
        }
    }
    printf("%s, error %d, files there before %d: %d refused\n", call_names[call], error, earlier, refused);
    CHECK(refused > 0);
}

int main(void) {
    char folder[4200];
    snprintf(folder, sizeof folder, "%s", in_own_folder("card"));
    REQUIRE(mkdir(folder, 0700) == 0);
    neuromorphic_femto_program *program = build();
    for (int earlier = 0; earlier < 4; ++earlier) {
        fail_each(program, folder, PWRITE, ENOSPC, earlier);
        fail_each(program, folder, PREAD, EIO, earlier);
        fail_each(program, folder, PREAD, 0, earlier);
        fail_each(program, folder, FDATASYNC, EIO, earlier);
        fail_each(program, folder, earlier == 0 ? RENAME_NEW : RENAME, EIO, earlier);
    }

    /* A file system that can't rename without replacing. */
    for (int turn = 1; turn <= 2; ++turn) {
        clear(folder);
        plan.call = RENAME_NEW, plan.turn = turn, plan.error = EINVAL, plan.made[RENAME_NEW] = 0;
        CHECK_OK(neuromorphic_femto_program_write(program, folder, 0, 0));
        CHECK_EQUAL(count_files(folder), 2);
    }
    neuromorphic_femto_program_free(program);
    return check_report("femto_faults");
}
