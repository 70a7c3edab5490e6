/*
 * Checks for the C tests. A check that fails prints its file, line and values and the test goes on; REQUIRE ends it.
 * Each test ends with `return check_report("its name");`. Checks may be made on any thread.
 *
 * Include this before anything else: it asks the system's headers for what the tests use.
 */
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <inttypes.h>
#include <neuromorphic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct check_counts {
    unsigned long checks;
    unsigned long failures;
} check_counts;

static check_counts check_own_counts;
static check_counts *check_totals = &check_own_counts; /* a test that forks points this at shared memory */
static FILE *check_stream = NULL;                       /* where to print; NULL: standard output */

static inline FILE *check_output(void) { return check_stream != NULL ? check_stream : stdout; }

/* Counts a check; 1 when it failed and should be explained, which is limited so that a loop can't flood the log. */
static inline int check_failed(int passed) {
    __atomic_fetch_add(&check_totals->checks, 1, __ATOMIC_RELAXED);
    if (passed) {
        return 0;
    }
    return __atomic_fetch_add(&check_totals->failures, 1, __ATOMIC_RELAXED) < 100;
}

static inline int check_true(int passed, const char *text, const char *file, int line) {
    if (check_failed(passed)) {
        fprintf(check_output(), "%s:%d: failed: %s\n", file, line, text);
    }
    return passed;
}

static inline int check_unsigned(uint64_t left, uint64_t right, const char *text, const char *file, int line) {
    if (check_failed(left == right)) {
        fprintf(check_output(), "%s:%d: failed: %s: %" PRIu64 " and %" PRIu64 "\n", file, line, text, left, right);
    }
    return left == right;
}

static inline int check_status(neuromorphic_status got, neuromorphic_status wanted, const char *text, const char *file,
                               int line) {
    if (check_failed(got == wanted)) {
        fprintf(check_output(), "%s:%d: failed: %s gave %s instead of %s%s%s\n", file, line, text,
                neuromorphic_status_name(got), neuromorphic_status_name(wanted), got != NEUROMORPHIC_OK ? ": " : "",
                got != NEUROMORPHIC_OK ? neuromorphic_last_error() : "");
    }
    return got == wanted;
}

static inline int check_text(const char *left, const char *right, const char *text, const char *file, int line) {
    int equal = left != NULL && right != NULL && strcmp(left, right) == 0;
    if (check_failed(equal)) {
        fprintf(check_output(), "%s:%d: failed: %s: \"%s\" and \"%s\"\n", file, line, text, left != NULL ? left : "NULL",
                right != NULL ? right : "NULL");
    }
    return equal;
}

static inline int check_report(const char *name) {
    fprintf(check_output(), "%s: %lu checks, %lu failed\n", name, check_totals->checks, check_totals->failures);
    fflush(check_output());
    return check_totals->failures == 0 && check_totals->checks > 0 ? 0 : 1;
}

static inline void check_give_up(void) {
    fprintf(check_output(), "gave up: %lu checks, %lu failed\n", check_totals->checks, check_totals->failures);
    fflush(check_output());
    exit(1);
}

/* That a condition holds. */
#define CHECK(condition) check_true((condition) != 0, #condition, __FILE__, __LINE__)
/* That two unsigned numbers are equal. */
#define CHECK_EQUAL(left, right) check_unsigned((left), (right), #left " == " #right, __FILE__, __LINE__)
/* That a call returns a certain status. */
#define CHECK_STATUS(call, wanted) check_status((call), (wanted), #call, __FILE__, __LINE__)
/* That a call succeeds. */
#define CHECK_OK(call) CHECK_STATUS(call, NEUROMORPHIC_OK)
/* That two strings are equal. */
#define CHECK_TEXT(left, right) check_text((left), (right), #left " == " #right, __FILE__, __LINE__)
/* The same where going on makes no sense. */
#define REQUIRE(condition) ((void)(CHECK(condition) || (check_give_up(), 0)))
#define REQUIRE_OK(call) ((void)(CHECK_OK(call) || (check_give_up(), 0)))

#endif
