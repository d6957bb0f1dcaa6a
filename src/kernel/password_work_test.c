/* Results over the runs of a unit, and the pool of threads. */
#include "kernel/kernel_test_support.h"

#include <unistd.h>

static void in_a_unit_without_a_request(void **state)
{
    struct kernel_test *test = *state;
    struct text hash;
    struct ctx *ctx = unit_begin(test, DB_READ, &actor_system);
    ctx->passwords = NULL;
    assert_false(password_work_hash(ctx, TEXT("x"), &hash));
    assert_false(unit_end(test, true));
    assert_int_equal(test->error.kind, ERR_UNAVAILABLE);
}

/* What a unit wants is done by the pool, and found by the next run. */
static void done(void *data)
{
    atomic_store((atomic_bool *)data, true);
}

static void do_wanted(struct password_pool *pool, struct password_work *work)
{
    atomic_bool is_done = false;
    assert_true(password_work_is_wanted(work));
    password_work_start(pool, work, done, &is_done);
    while (!atomic_load(&is_done))
        usleep(1000);
}

static bool hash_and_check(struct ctx *ctx, struct text *hash, bool *matches)
{
    return password_work_hash(ctx, TEXT("secret"), hash) &&
           password_work_matches(ctx, TEXT("secret"), *hash, matches);
}

static void results_are_found_by_the_next_run(void **state)
{
    struct kernel_test *test = *state;
    struct password_pool *pool = password_pool_new();
    struct password_work work = {.arena = test->arena};
    struct text hash;
    bool matches = false;
    int runs = 0;
    for (bool kept = false; !kept; runs++) {
        struct ctx *ctx = unit_begin(test, DB_READ, &actor_system);
        password_work_begin(&work);
        ctx->passwords = &work;
        kept = unit_end(test, hash_and_check(ctx, &hash, &matches));
        if (!kept)
            do_wanted(pool, &work);
    }
    assert_int_equal(runs, 3);
    assert_true(matches);
    password_pool_free(pool);
}

/* A transaction that the database asks to try again drops what it wanted, and wants it again. */
static void a_run_that_is_tried_again(void **state)
{
    struct kernel_test *test = *state;
    struct password_work work = {.arena = test->arena};
    struct text hash;
    for (int i = 0; i < 100; i++) {
        struct ctx *ctx = unit_begin(test, DB_READ, &actor_system);
        password_work_begin(&work);
        ctx->passwords = &work;
        assert_false(password_work_hash(ctx, TEXT("x"), &hash));
        assert_false(unit_end(test, true));
        assert_int_equal(test->error.kind, ERR_UNAVAILABLE);
    }
    assert_int_equal(work.count, 1);
}

static void a_closed_pool_answers_at_once(void **state)
{
    struct kernel_test *test = *state;
    struct password_pool *pool = password_pool_new();
    struct password_work work = {.arena = test->arena};
    struct text hash;
    password_pool_close(pool);
    for (int i = 0; i < 2; i++) {
        struct ctx *ctx = unit_begin(test, DB_READ, &actor_system);
        password_work_begin(&work);
        ctx->passwords = &work;
        assert_false(password_work_hash(ctx, TEXT("x"), &hash));
        assert_false(unit_end(test, true));
        if (i == 0)
            do_wanted(pool, &work);
    }
    assert_non_null(strstr(test->error.message, "try again in a moment"));
    password_pool_free(pool);
}

/* One request cannot keep the pool busy. */
static void a_request_has_few_tasks(void **state)
{
    struct kernel_test *test = *state;
    struct ctx *ctx = unit_begin(test, DB_READ, &actor_system);
    struct text hash;
    assert_true(password_work_hash(ctx, TEXT("a"), &hash));
    assert_true(password_work_hash(ctx, TEXT("a"), &hash)); /* the same task */
    assert_true(password_work_hash(ctx, TEXT("b"), &hash));
    assert_true(password_work_hash(ctx, TEXT("c"), &hash));
    assert_true(password_work_hash(ctx, TEXT("d"), &hash));
    assert_false(password_work_hash(ctx, TEXT("e"), &hash));
    assert_false(unit_end(test, true));
    assert_int_equal(test->error.kind, ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(in_a_unit_without_a_request, kernel_test_setup,
                                        kernel_test_teardown),
        cmocka_unit_test_setup_teardown(results_are_found_by_the_next_run, kernel_test_setup,
                                        kernel_test_teardown),
        cmocka_unit_test_setup_teardown(a_run_that_is_tried_again, kernel_test_setup,
                                        kernel_test_teardown),
        cmocka_unit_test_setup_teardown(a_closed_pool_answers_at_once, kernel_test_setup,
                                        kernel_test_teardown),
        cmocka_unit_test_setup_teardown(a_request_has_few_tasks, kernel_test_setup,
                                        kernel_test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
