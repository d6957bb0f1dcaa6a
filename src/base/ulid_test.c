/* ULIDs: order, form, refusals, threads. */
#include "base/ulid.h"

#include "base/clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { THREADS = 4, EACH = 5000 };

static void order_survives_a_standing_clock(void **state)
{
    UNUSED(state);
    struct ulid first = ulid_next();
    clock_hold(clock_wall() - CLOCK_HOUR);
    for (int i = 0; i < 1000; i++) {
        struct ulid second = ulid_next();
        assert_true(ulid_compare(first, second) < 0);
        assert_int_equal(ulid_compare(second, second), 0);
        first = second;
    }
    clock_advance(CLOCK_DAY);
    struct ulid later = ulid_next();
    assert_true(ulid_time(later) == clock_wall() / 1000 * 1000);
    assert_true(ulid_compare(later, first) > 0);
    clock_replace(NULL);
}

static void the_printed_form_reads_back(void **state)
{
    UNUSED(state);
    char printed[ULID_LENGTH + 1];
    struct ulid parsed;
    struct ulid made = ulid_next();
    ulid_print(made, printed);
    assert_true(ulid_parse(text_z(printed), &parsed));
    assert_int_equal(ulid_compare(made, parsed), 0);

    assert_true(ulid_parse(TEXT("01arz3ndektsv4rrffq69g5fav"), &parsed));
    ulid_print(parsed, printed);
    assert_string_equal(printed, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    assert_true(ulid_time(parsed) == INT64_C(1469922850259) * 1000);
    assert_true(ulid_parse(TEXT("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), &parsed));
    assert_true(parsed.high == UINT64_MAX && parsed.low == UINT64_MAX);
}

static void other_texts_are_refused(void **state)
{
    UNUSED(state);
    static const struct text bad[] = {
        TEXT_INIT(""),
        TEXT_INIT("01ARZ3NDEKTSV4RRFFQ69G5FA"),
        TEXT_INIT("01ARZ3NDEKTSV4RRFFQ69G5FAVX"),
        TEXT_INIT("81ARZ3NDEKTSV4RRFFQ69G5FAV"),
        TEXT_INIT("01ARZ3NDEKTSV4RRFFQ69G5FAU"),
        TEXT_INIT("01ARZ3NDEKTSV4RRFFQ69G5FA\0"),
        TEXT_INIT("01ARZ3NDEKTSV4RRFFQ69G5-AV"),
        TEXT_INIT("I1ARZ3NDEKTSV4RRFFQ69G5FAV"),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(ulid_is_valid(bad[i]));
}

static void *make_many(void *data)
{
    struct ulid *made = data;
    for (int i = 0; i < EACH; i++)
        made[i] = ulid_next();
    return NULL;
}

static void threads_never_share_one(void **state)
{
    UNUSED(state);
    static struct ulid made[THREADS][EACH];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_many, made[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    /* Each list is increasing, so one walk over all of them meets every pair that is equal. */
    int at[THREADS] = {0};
    for (int merged = 0; merged < THREADS * EACH; merged++) {
        int least = -1;
        for (int i = 0; i < THREADS; i++) {
            if (at[i] == EACH)
                continue;
            int order = least < 0 ? -1 : ulid_compare(made[i][at[i]], made[least][at[least]]);
            assert_int_not_equal(order, 0);
            least = order < 0 ? i : least;
        }
        at[least]++;
    }
}

static void a_full_arena_gives_the_empty_text(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(40);
    assert_int_equal(ulid_make(arena).len, ULID_LENGTH);
    assert_int_equal(ulid_make(arena).len, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_survives_a_standing_clock),
        cmocka_unit_test(the_printed_form_reads_back),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(threads_never_share_one),
        cmocka_unit_test(a_full_arena_gives_the_empty_text),
    };
    return cmocka_run_group_tests_name("ulid", tests, NULL, NULL);
}
