/* Passwords: what matches, what does not, and that nothing is cheaper than the rest. */
#include "jose/password_hash.h"

#include "base/clock.h"
#include "jose/test_support.h"

#include <time.h>

static void matches_itself_alone(void **state)
{
    struct error error = {0};
    struct password_hash first, second;
    UNUSED(state);
    assert_true(password_hash(TEXT("correct horse"), &first, &error));
    assert_true(password_hash(TEXT("correct horse"), &second, &error));
    assert_string_not_equal(first.text, second.text); /* a salt each */
    assert_non_null(strstr(first.text, "$argon2id$v=19$m=32768,t=3,p=1$"));
    assert_true(password_hash_matches(TEXT("correct horse"), text_z(first.text)));
    assert_false(password_hash_matches(TEXT("correct horsf"), text_z(first.text)));
    assert_false(password_hash_matches(TEXT(""), text_z(first.text)));
    assert_null(strstr(first.text, "horse"));
}

static void long_passwords(void **state)
{
    struct error error = {0};
    struct password_hash hash;
    char *letters = arena_alloc(*state, PASSWORD_MAX_BYTES + 1);
    memset(letters, 'x', PASSWORD_MAX_BYTES + 1);
    assert_true(password_hash((struct text){letters, PASSWORD_MAX_BYTES}, &hash, &error));
    /* All of it counts. */
    assert_false(
        password_hash_matches((struct text){letters, PASSWORD_MAX_BYTES - 1}, text_z(hash.text)));
    assert_false(password_hash((struct text){letters, PASSWORD_MAX_BYTES + 1}, &hash, &error));
    assert_error(&error, ERR_INVALID, "at most");
}

static void what_is_no_hash(void **state)
{
    UNUSED(state);
    assert_false(password_hash_matches(TEXT("x"), TEXT("")));
    assert_false(password_hash_matches(TEXT("x"), TEXT("x")));
    assert_false(password_hash_matches(TEXT("x"), TEXT("$argon2id$v=19$m=32768,t=3,p=1$$")));
    char *long_text = arena_alloc(*state, 4096);
    memset(long_text, '$', 4096);
    assert_false(password_hash_matches(TEXT("x"), (struct text){long_text, 4096}));
}

/* Microseconds of this process alone, whatever else the machine does. */
static int64_t work_done(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (int64_t)spent.tv_sec * CLOCK_SECOND + spent.tv_nsec / 1000;
}

static int64_t cost_of(struct text stored)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < 3; i++) {
        int64_t start = work_done();
        assert_false(password_hash_matches(TEXT("wrong"), stored));
        int64_t taken = work_done() - start;
        best = taken < best ? taken : best;
    }
    return best;
}

static void nobody_costs_as_much(void **state)
{
    struct error error = {0};
    struct password_hash hash;
    UNUSED(state);
    assert_true(password_hash(TEXT("right"), &hash, &error));
    int64_t wrong = cost_of(text_z(hash.text)), unknown = cost_of(TEXT(""));
    assert_true(unknown > wrong / 3 && unknown < wrong * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(matches_itself_alone),
        WITH_ARENA(long_passwords),
        WITH_ARENA(what_is_no_hash),
        WITH_ARENA(nobody_costs_as_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
