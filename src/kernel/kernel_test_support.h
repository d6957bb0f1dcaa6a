/*
 * What the tests of the nouns share: an account on a fresh database (a new SQLite file, or a new
 * schema of the PostgreSQL that DB_TEST_URL names) with all migrations, default settings, a key
 * ring in a scratch folder and a time that stands still; and units of work that a test runs line by
 * line, without a callback.
 *
 *     struct ctx *ctx = unit_begin(test, DB_WRITE, &administrator);
 *     assert_true(stack_create(ctx, &input, &stack));
 *     assert_true(unit_end(test, true));
 *
 * or, when one call is the unit: assert_kept(test, stack_create(ctx, &input, &stack)). Each unit is
 * run by `test->actor` unless it names another. What a unit returns lives until the test ends.
 */
#ifndef KERNEL_KERNEL_TEST_SUPPORT_H
#define KERNEL_KERNEL_TEST_SUPPORT_H

#include "db/db_test_support.h"

/* The kernel has a function of that name, so cmocka gives it up. */
#undef fail
#undef fail_msg
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_error("ERROR: ");                                                                    \
        print_error(__VA_ARGS__);                                                                  \
        print_error("\n");                                                                         \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)

#include "base/buffer.h"
#include "kernel/password_work.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* 2026-11-22T10:00:00Z */
#define TEST_NOW INT64_C(1795341600000000)

/* A unit that is open: its transaction stands on a thread of its own and waits for the test. */
struct test_unit {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum { TEST_UNIT_NONE, TEST_UNIT_STARTING, TEST_UNIT_OPEN, TEST_UNIT_ENDING } phase;
    enum db_mode mode;
    bool keep; /* what the unit returns */
    bool kept; /* what db_run returned */
    struct error outcome;
    struct ctx ctx;
};

struct kernel_test {
    struct db_test *database;
    struct settings settings; /* defaults; may be changed by a test */
    struct account account;
    const struct actor *actor;      /* who runs units; the server itself at first */
    int64_t now;                    /* of the next unit */
    struct arena *arena;            /* of everything the test asks for */
    struct arena *unit_arena;       /* instead of that, for a unit that shall run dry; NULL: none */
    struct error error;             /* of the newest unit; first error */
    struct password_work passwords; /* of each unit, at once */
    struct test_unit unit;
};

/* cmocka set-up and tear-down; *state becomes a struct kernel_test. Nouns put their caches into the
 * account afterwards. */
int kernel_test_setup(void **state);
int kernel_test_teardown(void **state);

struct ctx *unit_begin(struct kernel_test *test, enum db_mode mode, const struct actor *actor);
/* Ends it: kept when `keep` and nothing failed. Gives back whether it was kept. */
bool unit_end(struct kernel_test *test, bool keep);

/* Runs `call`, in which `ctx` is the unit, as a unit of its own. The value is whether it was kept.
 */
#define UNIT(test, mode, call)                                                                     \
    ({                                                                                             \
        struct ctx *ctx = unit_begin((test), (mode), (test)->actor);                               \
        unit_end((test), (call));                                                                  \
    })
#define assert_kept(test, call)                                                                    \
    do {                                                                                           \
        if (!UNIT((test), DB_WRITE, (call)))                                                       \
            fail_msg("%s: %s: %s", #call, error_code((test)->error.kind), (test)->error.message);  \
    } while (0)
#define assert_read(test, call)                                                                    \
    do {                                                                                           \
        if (!UNIT((test), DB_READ, (call)))                                                        \
            fail_msg("%s: %s: %s", #call, error_code((test)->error.kind), (test)->error.message);  \
    } while (0)
/* The unit fails with this kind and a sentence that has `part` in it. */
#define assert_refused(test, expected_kind, part, call)                                            \
    do {                                                                                           \
        bool kept_anyway = UNIT((test), DB_WRITE, (call));                                         \
        if (kept_anyway || (test)->error.kind != (expected_kind) ||                                \
            !strstr((test)->error.message, (part)))                                                \
            fail_msg("%s: %s \"%s\" instead of %s \"%s\"", #call,                                  \
                     kept_anyway ? "kept" : error_code((test)->error.kind), (test)->error.message, \
                     error_code(expected_kind), (part));                                           \
    } while (0)

#define assert_text_is(actual, expected)                                                           \
    do {                                                                                           \
        struct text actual_text = (actual);                                                        \
        if (!text_equal_z(actual_text, (expected)))                                                \
            fail_msg("\"%.*s\" instead of \"%s\"", TEXT_ARG(actual_text), (expected));             \
    } while (0)

/* SQL as a unit of its own, for what no noun would do; formatted. */
void test_sql(struct kernel_test *test, const char *format, ...) PRINTF_LIKE(2, 3);
/* The integer in the first column of the first row; -1 without rows. */
int64_t test_sql_int(struct kernel_test *test, const char *format, ...) PRINTF_LIKE(2, 3);
/* Whether the bytes stand anywhere in the files of the database; false on PostgreSQL. */
bool test_database_holds(struct kernel_test *test, struct text needle);

#endif
