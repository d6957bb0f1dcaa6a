/* Policies for tests. */
#include "policy/policy_test_support.h"

#include "policy/policy_cache.h"

int policy_test_setup(void **state)
{
    if (access_test_setup(state) != 0)
        return -1;
    struct kernel_test *test = *state;
    test->account.policies = policy_cache_new();
    test_sql(test, "INSERT INTO setting (name, value) VALUES ('management_strategy', "
                   "'LOGIN_POLICIES')");
    return test->account.policies ? 0 : -1;
}

int policy_test_teardown(void **state)
{
    struct kernel_test *test = *state;
    struct policy_cache *policies = test->account.policies;
    int status = access_test_teardown(state);
    policy_cache_free(policies);
    return status;
}

/* A quote in a text of SQL is written twice. */
static const char *quoted(struct kernel_test *test, const char *body)
{
    struct buffer out;
    buffer_init(&out, test->arena, 1 << 20);
    for (; *body; body++) {
        if (*body == '\'')
            buffer_add_byte(&out, '\'');
        buffer_add_byte(&out, *body);
    }
    return text_terminated(test->arena, buffer_text(&out));
}

void test_add_login_policy(struct kernel_test *test, const char *id, enum policy_engine engine,
                           const char *body)
{
    test->now += 1;
    test_sql(test,
             "INSERT INTO policy (id, name, type, engine, body, space_id, created_at, created_by, "
             "updated_at) VALUES ('%s', '%s', 'LOGIN', '%s', '%s', 'root', %" PRId64
             ", 'test', %" PRId64 ")",
             id, id, policy_engine_name(engine), quoted(test, body), test->now, test->now);
    assert_kept(test, policy_cache_outdate(ctx));
}

void test_add_role(struct kernel_test *test, const char *id, const char *slug)
{
    test_sql(test,
             "INSERT INTO role (id, slug, name, actions, created_at) VALUES ('%s', '%s', '%s', "
             "'[\"SPACE_READ\"]', 1)",
             id, slug, slug);
    assert_kept(test, access_changed(ctx));
}

struct login_attempt test_attempt(const char *login)
{
    return (struct login_attempt){
        .kind = ACTOR_API_KEY,
        .actor_id = TEXT("01KANK5M80KEY0000000000000"),
        .login = text_z(login),
        .name = text_z(login),
        .member = true,
        .machine = true,
        .creator_ip = TEXT("192.0.2.7"),
    };
}

bool test_ask(struct ctx *ctx, const struct login_attempt *attempt, struct login_verdict *out)
{
    enum strategy strategy;
    return strategy_get(ctx, &strategy) && login_policy_decide(ctx, strategy, attempt, out);
}

struct login_verdict test_decide(struct kernel_test *test, const struct login_attempt *attempt)
{
    struct login_verdict verdict;
    assert_kept(test, test_ask(ctx, attempt, &verdict));
    return verdict;
}
