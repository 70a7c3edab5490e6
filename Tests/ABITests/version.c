/* The version functions agree with the header, every status has its name, and a sentence belongs to its thread. */
#include "check.h"

#include <limits.h>
#include <pthread.h>

typedef struct named_status {
    int status;
    const char *name;
} named_status;

#define NAMED(status) {status, #status}

static const named_status statuses[] = {
    NAMED(NEUROMORPHIC_OK),
    NAMED(NEUROMORPHIC_ERROR_TIMEOUT),
    NAMED(NEUROMORPHIC_ERROR_INTERRUPTED),
    NAMED(NEUROMORPHIC_END_OF_STREAM),
    NAMED(NEUROMORPHIC_ERROR_CLOSED),
    NAMED(NEUROMORPHIC_ERROR_UNPLUGGED),
    NAMED(NEUROMORPHIC_ERROR_INVALID_ARGUMENT),
    NAMED(NEUROMORPHIC_ERROR_INVALID_HANDLE),
    NAMED(NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE),
    NAMED(NEUROMORPHIC_ERROR_INCOMPATIBLE_VERSION),
    NAMED(NEUROMORPHIC_ERROR_INVALID_SOURCE),
    NAMED(NEUROMORPHIC_ERROR_NOT_FOUND),
    NAMED(NEUROMORPHIC_ERROR_PERMISSION_DENIED),
    NAMED(NEUROMORPHIC_ERROR_BUSY),
    NAMED(NEUROMORPHIC_ERROR_INVALID_FILE),
    NAMED(NEUROMORPHIC_ERROR_UNSUPPORTED),
    NAMED(NEUROMORPHIC_ERROR_OUT_OF_RANGE),
    NAMED(NEUROMORPHIC_ERROR_WRONG_MODEL),
    NAMED(NEUROMORPHIC_ERROR_LEASES_SPENT),
    NAMED(NEUROMORPHIC_ERROR_OUT_OF_MEMORY),
    NAMED(NEUROMORPHIC_ERROR_IO),
    NAMED(NEUROMORPHIC_ERROR_ALREADY_EXISTS),
    NAMED(NEUROMORPHIC_ERROR_NEEDS_RESTART),
    NAMED(NEUROMORPHIC_ERROR_NO_ANSWER),
    NAMED(NEUROMORPHIC_ERROR_STALLED),
    NAMED(NEUROMORPHIC_ERROR_BAD_ANSWER),
};
static const size_t status_count = sizeof statuses / sizeof *statuses;

/* A switch without default: a status that is added to the header and not to the table fails to compile. */
static int is_listed(neuromorphic_status status) {
    switch (status) {
    case NEUROMORPHIC_OK:
    case NEUROMORPHIC_ERROR_TIMEOUT:
    case NEUROMORPHIC_ERROR_INTERRUPTED:
    case NEUROMORPHIC_END_OF_STREAM:
    case NEUROMORPHIC_ERROR_CLOSED:
    case NEUROMORPHIC_ERROR_UNPLUGGED:
    case NEUROMORPHIC_ERROR_INVALID_ARGUMENT:
    case NEUROMORPHIC_ERROR_INVALID_HANDLE:
    case NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE:
    case NEUROMORPHIC_ERROR_INCOMPATIBLE_VERSION:
    case NEUROMORPHIC_ERROR_INVALID_SOURCE:
    case NEUROMORPHIC_ERROR_NOT_FOUND:
    case NEUROMORPHIC_ERROR_PERMISSION_DENIED:
    case NEUROMORPHIC_ERROR_BUSY:
    case NEUROMORPHIC_ERROR_INVALID_FILE:
    case NEUROMORPHIC_ERROR_UNSUPPORTED:
    case NEUROMORPHIC_ERROR_OUT_OF_RANGE:
    case NEUROMORPHIC_ERROR_WRONG_MODEL:
    case NEUROMORPHIC_ERROR_LEASES_SPENT:
    case NEUROMORPHIC_ERROR_OUT_OF_MEMORY:
    case NEUROMORPHIC_ERROR_IO:
    case NEUROMORPHIC_ERROR_ALREADY_EXISTS:
    case NEUROMORPHIC_ERROR_NEEDS_RESTART:
    case NEUROMORPHIC_ERROR_NO_ANSWER:
    case NEUROMORPHIC_ERROR_STALLED:
    case NEUROMORPHIC_ERROR_BAD_ANSWER: return 1;
    }
    return 0;
}

static void *other_thread(void *unused) {
    (void)unused;
    CHECK_TEXT(neuromorphic_last_error(), "");
    CHECK_STATUS(neuromorphic_list_devices(NULL), NEUROMORPHIC_ERROR_INVALID_ARGUMENT);
    CHECK(neuromorphic_last_error()[0] != '\0');
    return NULL;
}

int main(void) {
    CHECK_EQUAL(neuromorphic_version(), NEUROMORPHIC_VERSION);
    char text[64];
    snprintf(text, sizeof text, "%d.%d.%d", NEUROMORPHIC_VERSION_MAJOR, NEUROMORPHIC_VERSION_MINOR,
             NEUROMORPHIC_VERSION_PATCH);
    CHECK_TEXT(neuromorphic_version_text(), text);
    CHECK(neuromorphic_version_text() == neuromorphic_version_text());

    for (size_t i = 0; i < status_count; ++i) {
        CHECK_TEXT(neuromorphic_status_name((neuromorphic_status)statuses[i].status), statuses[i].name);
        CHECK(is_listed((neuromorphic_status)statuses[i].status));
        CHECK(statuses[i].status == -(int)i);
    }
    const int unknown[] = {1, 2, 100, -(int)status_count, -100, INT_MIN, INT_MAX};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; ++i) {
        CHECK_TEXT(neuromorphic_status_name((neuromorphic_status)unknown[i]), "NEUROMORPHIC_UNKNOWN_STATUS");
    }

    CHECK_TEXT(neuromorphic_last_error(), "");
    CHECK_OK(neuromorphic_check_version(NEUROMORPHIC_VERSION));
    CHECK_TEXT(neuromorphic_last_error(), "");
    const uint32_t newer[] = {NEUROMORPHIC_VERSION + 1, NEUROMORPHIC_VERSION + (1 << 8), NEUROMORPHIC_VERSION + (1 << 16),
                              UINT32_MAX};
    for (size_t i = 0; i < sizeof newer / sizeof *newer; ++i) {
        CHECK_STATUS(neuromorphic_check_version(newer[i]), NEUROMORPHIC_ERROR_INCOMPATIBLE_VERSION);
        CHECK(neuromorphic_last_error()[0] != '\0');
    }
    if (NEUROMORPHIC_VERSION_MAJOR == 0 && NEUROMORPHIC_VERSION_MINOR > 0) {
        CHECK_STATUS(neuromorphic_check_version(NEUROMORPHIC_VERSION - (1 << 8)), NEUROMORPHIC_ERROR_INCOMPATIBLE_VERSION);
    }

    /* A success leaves the sentence of the failure before it; another thread has its own. */
    char *sentence = strdup(neuromorphic_last_error());
    REQUIRE(sentence != NULL);
    CHECK_OK(neuromorphic_check_version(NEUROMORPHIC_VERSION));
    CHECK_TEXT(neuromorphic_last_error(), sentence);
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, other_thread, NULL) == 0);
    REQUIRE(pthread_join(thread, NULL) == 0);
    CHECK_TEXT(neuromorphic_last_error(), sentence);
    free(sentence);
    return check_report("version");
}
