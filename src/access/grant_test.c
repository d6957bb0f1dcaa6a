/* Whose rules count: bindings, groups, verdicts of login policies, ownership, ends, seeing upwards.
 */
#include "access/access_test_support.h"
#include "access/grant.h"
#include "access/strategy.h"
#include "kernel/stored_setting.h"

static void bind(struct kernel_test *test, const char *id, const char *kind, const char *subject,
                 const char *role, const char *space)
{
    test_sql(test,
             "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, "
             "created_at, created_by) VALUES ('%s', '%s', '%s', (SELECT id FROM role WHERE slug = "
             "'%s'), '%s', 1, 'test')",
             id, kind, subject, role, space);
}

static void end_binding(struct kernel_test *test, const char *id, int64_t at)
{
    test_sql(test,
             "UPDATE role_binding SET expires_at = %" PRId64 ", reason = 'fire' WHERE id = '%s'",
             at, id);
}

static void add_group(struct kernel_test *test, const char *id, const char *name)
{
    test_sql(
        test,
        "INSERT INTO user_group (id, name, created_at, created_by) VALUES ('%s', '%s', 1, 'x')", id,
        name);
}

static void use_login_policies(struct kernel_test *test)
{
    assert_kept(test, stored_setting_set(ctx, strategy_setting,
                                         text_z(strategy_name(STRATEGY_LOGIN_POLICIES))));
}

static struct actor *read_actor(struct kernel_test *test, const struct grant_subject *subject)
{
    struct actor *actor = ARENA_NEW(test->arena, struct actor);
    *actor = (struct actor){.kind = ACTOR_USER, .username = TEXT("x")};
    assert_kept(test, access_changed(ctx));
    assert_read(test, grants_read(ctx, subject, actor));
    return actor;
}

static struct decision decide(struct kernel_test *test, const struct actor *actor,
                              enum action action, const char *space)
{
    struct decision decision;
    assert_read(test, access_decide_for(ctx, actor, action, text_z(space), &decision));
    return decision;
}

#define assert_allowed(actor, action, space)                                                       \
    assert_true(decide(test, (actor), ACTION_##action, (space)).allowed)
#define assert_denied(actor, action, space)                                                        \
    assert_false(decide(test, (actor), ACTION_##action, (space)).allowed)

static const struct text groups[] = {TEXT_INIT("ops"), TEXT_INIT("dev")};

static void bindings_of_subject_and_groups_add_up(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    add_group(test, "g1", "ops");
    add_group(test, "g2", "Ops");
    bind(test, "1", "USER", "jane", "space-reader", "root");
    bind(test, "2", "GROUP", "g1", "space-writer", "team");
    bind(test, "3", "GROUP", "g2", "space-admin", "root");
    bind(test, "4", "API_KEY", "jane", "space-admin", "root");
    struct actor *jane = read_actor(
        test, &(struct grant_subject){SUBJECT_USER, TEXT("jane"), .groups = {groups, 2}});
    assert_int_equal(jane->grant_count, 2);
    assert_allowed(jane, SPACE_READ, "root");
    assert_denied(jane, RUN_TRIGGER, "root");
    struct decision decision = decide(test, jane, ACTION_RUN_TRIGGER, "team");
    assert_int_equal(decision.grant->source, GRANT_GROUP);
    assert_text_is(decision.grant->through, "ops");
    assert_text_is(decision_print(test->arena, &decision),
                   "{\"allowed\":true,\"action\":\"run:trigger\",\"space\":\"team\","
                   "\"binding\":\"2\",\"group\":\"ops\",\"role\":\"00000000000000000000000002\","
                   "\"granted_in\":\"team\"}");
}

static void the_verdict_means_nothing_under_user_management(void **state)
{
    struct kernel_test *test = *state;
    struct actor *jane =
        read_actor(test, &(struct grant_subject){SUBJECT_USER, TEXT("jane"),
                                                 .verdict = TEXT("{\"admin\":true}")});
    assert_int_equal(jane->grant_count, 0);
}

static void under_login_policies_the_verdict_counts_and_bindings_do_not(void **state)
{
    struct kernel_test *test = *state;
    static const struct text verdict = TEXT_INIT(
        "{\"admin\":false,\"grants\":[{\"space\":\"team\",\"role\":\"00000000000000000000000002\","
        "\"policy\":\"writers\",\"rule\":\"roles\",\"line\":12},{\"space\":\"root\",\"role\":"
        "\"gone\",\"policy\":\"writers\",\"rule\":\"roles\",\"line\":13}]}");
    test_add_space(test, "team", "root");
    add_group(test, "g1", "ops");
    bind(test, "1", "USER", "jane", "space-admin", "root");
    bind(test, "2", "GROUP", "g1", "space-admin", "root");
    use_login_policies(test);
    struct actor *jane =
        read_actor(test, &(struct grant_subject){SUBJECT_USER, TEXT("jane"), .groups = {groups, 2},
                                                 .verdict = verdict});
    assert_denied(jane, SPACE_READ, "root");
    assert_denied(jane, STACK_DELETE, "team");
    struct decision decision = decide(test, jane, ACTION_RUN_TRIGGER, "team");
    assert_text_is(decision_print(test->arena, &decision),
                   "{\"allowed\":true,\"action\":\"run:trigger\",\"space\":\"team\","
                   "\"policy\":\"writers\",\"rule\":\"roles\",\"line\":12,\"role\":"
                   "\"00000000000000000000000002\",\"granted_in\":\"team\"}");
    struct actor *admin =
        read_actor(test, &(struct grant_subject){SUBJECT_USER, TEXT("joe"),
                                                 .verdict = TEXT("{\"admin\":true}")});
    assert_allowed(admin, STACK_DELETE, "team");
}

static void what_lasts_longest_decides(void **state)
{
    struct kernel_test *test = *state;
    const struct grant_subject jane = {SUBJECT_USER, TEXT("jane")};
    test_add_space(test, "team", "root");
    bind(test, "1", "USER", "jane", "space-admin", "team");
    bind(test, "2", "USER", "jane", "space-writer", "team");
    bind(test, "3", "USER", "jane", "space-admin", "root");
    end_binding(test, "1", test->now + 5);
    end_binding(test, "3", test->now + 9);
    struct actor *actor = read_actor(test, &jane);
    assert_text_is(decide(test, actor, ACTION_SPACE_ADMIN, "team").grant->source_id, "3");
    assert_text_is(decide(test, actor, ACTION_RUN_TRIGGER, "team").grant->source_id, "2");
    bind(test, "4", "USER", "jane", "space-admin", "root");
    actor = read_actor(test, &jane);
    assert_text_is(decide(test, actor, ACTION_SPACE_ADMIN, "team").grant->source_id, "4");
    assert_int_equal(actor->stale_at, test->now + 5);
}

static bool administers(struct kernel_test *test, const char *key)
{
    bool found;
    const struct grant_subject subject = {.kind = SUBJECT_API_KEY, .id = text_z(key)};
    assert_read(test, grants_administer(ctx, &subject, &found));
    return found;
}

static void a_key_administers_by_a_role_of_its_own_on_root(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "child", "root");
    assert_false(administers(test, "k"));
    bind(test, "b1", "API_KEY", "k", "space-writer", "root");
    bind(test, "b2", "API_KEY", "k", "space-admin", "child");
    bind(test, "b3", "USER", "k", "space-admin", "root");
    assert_false(administers(test, "k"));
    bind(test, "b4", "API_KEY", "k", "space-admin", "root");
    assert_true(administers(test, "k"));
    end_binding(test, "b4", test->now + 1);
    assert_true(administers(test, "k"));
    end_binding(test, "b4", test->now);
    assert_false(administers(test, "k"));
}

static void owners_and_administrative_keys_keep_everything(void **state)
{
    struct kernel_test *test = *state;
    add_group(test, "g1", "ops");
    bind(test, "1", "API_KEY", "master", "space-admin", "root");
    bind(test, "2", "API_KEY", "writer", "space-writer", "root");
    bind(test, "3", "GROUP", "g1", "space-admin", "root");
    use_login_policies(test);
    const struct grant_subject owner = {SUBJECT_USER, TEXT("boss"), .is_owner = true};
    const struct grant_subject master = {SUBJECT_API_KEY, TEXT("master")};
    const struct grant_subject writer = {SUBJECT_API_KEY, TEXT("writer"), .groups = {groups, 2}};
    struct decision decision = decide(test, read_actor(test, &owner), ACTION_STACK_DELETE, "root");
    assert_text_is(
        decision_print(test->arena, &decision),
        "{\"allowed\":true,\"action\":\"stack:delete\",\"space\":\"root\",\"owner\":true,"
        "\"granted_in\":\"root\"}");
    assert_allowed(read_actor(test, &master), STACK_DELETE, "root");
    assert_denied(read_actor(test, &writer), SPACE_READ, "root");
}

static void bindings_of_stacks_and_those_that_end_always_count(void **state)
{
    struct kernel_test *test = *state;
    bind(test, "1", "STACK", "deploy", "space-writer", "root");
    bind(test, "2", "USER", "jane", "space-admin", "root");
    end_binding(test, "2", test->now + 1000);
    use_login_policies(test);
    struct actor *jane = read_actor(test, &(struct grant_subject){SUBJECT_USER, TEXT("jane")});
    assert_allowed(read_actor(test, &(struct grant_subject){SUBJECT_STACK, TEXT("deploy")}),
                   RUN_TRIGGER, "root");
    struct decision decision = decide(test, jane, ACTION_STACK_DELETE, "root");
    assert_true(decision.allowed);
    assert_text_is(decision.grant->reason, "fire");
    assert_int_equal(jane->stale_at, test->now + 1000);
    test->now += 1000;
    jane = read_actor(test, &(struct grant_subject){SUBJECT_USER, TEXT("jane")});
    assert_denied(jane, STACK_DELETE, "root");
    assert_int_equal(jane->stale_at, 0);
}

static void who_only_reads_may_look_where_its_roles_let_it_look(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    bind(test, "1", "STACK", "deploy", "space-admin", "team");
    struct actor *run = read_actor(
        test, &(struct grant_subject){SUBJECT_STACK, TEXT("deploy"), .only_reads = true});
    assert_allowed(run, SPACE_READ, "team");
    assert_denied(run, RUN_TRIGGER, "team");
    assert_denied(run, SPACE_ADMIN, "team");
    assert_denied(run, SPACE_READ, "root");
}

static void the_first_end_makes_an_actor_stale(void **state)
{
    struct kernel_test *test = *state;
    bind(test, "1", "USER", "jane", "space-admin", "root");
    bind(test, "2", "USER", "jane", "space-writer", "root");
    bind(test, "3", "USER", "jane", "space-reader", "root");
    end_binding(test, "1", test->now + 3000);
    end_binding(test, "2", test->now + 2000);
    struct actor *jane = read_actor(test, &(struct grant_subject){SUBJECT_USER, TEXT("jane")});
    assert_int_equal(jane->stale_at, test->now + 2000);
}

/* root > product (inherits) > team (inherits), root > product > other */
static void a_space_that_inherits_shows_what_is_above_it_and_no_more(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "product", "root");
    test_add_space(test, "team", "product");
    test_add_space(test, "other", "product");
    bind(test, "1", "USER", "jane", "worker-pool-controller", "team");
    const struct grant_subject subject = {SUBJECT_USER, TEXT("jane")};
    assert_denied(read_actor(test, &subject), SPACE_READ, "product");
    test_sql(test, "UPDATE space SET inherit_entities = TRUE WHERE id = 'team'");
    struct actor *jane = read_actor(test, &subject);
    assert_allowed(jane, SPACE_READ, "product");
    assert_denied(jane, SPACE_READ, "other");
    assert_denied(jane, SPACE_READ, "root");
    assert_denied(jane, RUN_CANCEL, "product");
    test_sql(test, "UPDATE space SET inherit_entities = TRUE WHERE id = 'product'");
    jane = read_actor(test, &subject);
    struct decision decision = decide(test, jane, ACTION_SPACE_READ, "root");
    assert_true(decision.allowed);
    assert_int_equal(decision.grant->source, GRANT_BELOW);
    assert_text_is(decision.grant->source_id, "product");
    assert_denied(jane, SPACE_READ, "other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(bindings_of_subject_and_groups_add_up),
        WITH_SPACES(the_verdict_means_nothing_under_user_management),
        WITH_SPACES(under_login_policies_the_verdict_counts_and_bindings_do_not),
        WITH_SPACES(what_lasts_longest_decides),
        WITH_SPACES(a_key_administers_by_a_role_of_its_own_on_root),
        WITH_SPACES(owners_and_administrative_keys_keep_everything),
        WITH_SPACES(bindings_of_stacks_and_those_that_end_always_count),
        WITH_SPACES(the_first_end_makes_an_actor_stale),
        WITH_SPACES(who_only_reads_may_look_where_its_roles_let_it_look),
        WITH_SPACES(a_space_that_inherits_shows_what_is_above_it_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
