/* Random sets of policies: their verdict beside that of a naive model. */
#include "kernel/kernel_test_support.h"
#include "policy/login_round.h"
#include "policy/policy_store.h"

#include "base/random.h"

#include <stdio.h>

enum { ROUNDS = 2000, POLICIES_MAX = 4, SPACES = 3, ROLES = 3 };

static const char *const spaces[SPACES] = {"s0", "s1", "nowhere"};
static const char *const roles[ROLES] = {"r0", "r1", "nobody"};

/* What a policy was made to say. Lines are 0 for what it does not say. */
struct model {
    bool fails;
    int allow, deny, admin, deny_admin;
    int role_lines[SPACES][ROLES];
};

struct fixture {
    struct arena *arena;
    struct login_world world;
    struct known_role known[2];
    struct login_policy policies[POLICIES_MAX];
    struct model models[POLICIES_MAX];
    size_t count;
};

static void init_world(struct fixture *fixture)
{
    struct login_world *world = &fixture->world;
    world->spaces = world->roles = value_empty_array();
    map_init(&world->space_ids, fixture->arena);
    map_init(&world->roles_by_name, fixture->arena);
    for (int i = 0; i < 2; i++) {
        fixture->known[i] = (struct known_role){
            .id = text_format(fixture->arena, "id-of-%s", roles[i]), .slug = text_z(roles[i])};
        assert_true(map_set(&world->space_ids, text_z(spaces[i]), world));
        assert_true(map_set(&world->roles_by_name, fixture->known[i].slug, &fixture->known[i]));
        assert_true(map_set(&world->roles_by_name, fixture->known[i].id, &fixture->known[i]));
    }
}

static bool one_in(uint64_t count)
{
    return random_below(count) == 0;
}

/* Adds a rule on the next line, now and then behind one that does not hold. The line is that of the
 * one that does. */
static int add_rule(struct buffer *body, int *line, const char *head)
{
    if (one_in(3)) {
        buffer_add_format(body, "%s { input.session.login == \"other\" }\n", head);
        ++*line;
    }
    buffer_add_format(body, "%s { input.session.member }\n", head);
    return ++*line;
}

static void add_boolean(struct buffer *body, int *line, const char *name, uint64_t chance, int *out)
{
    if (one_in(chance))
        *out = add_rule(body, line, name);
}

static struct text write_policy(struct arena *arena, struct model *model)
{
    struct buffer body;
    int line = 1;
    buffer_init(&body, arena, 1 << 16);
    buffer_add(&body, TEXT("package spacelift\n"));
    add_boolean(&body, &line, "allow", 2, &model->allow);
    add_boolean(&body, &line, "deny", 6, &model->deny);
    add_boolean(&body, &line, "admin", 4, &model->admin);
    add_boolean(&body, &line, "deny_admin", 5, &model->deny_admin);
    for (int space = 0; space < SPACES; space++) {
        for (int role = 0; role < ROLES; role++) {
            char head[64];
            snprintf(head, sizeof(head), "roles[\"%s\"][\"%s\"]", spaces[space], roles[role]);
            add_boolean(&body, &line, head, 3, &model->role_lines[space][role]);
        }
    }
    model->fails = one_in(12);
    if (model->fails)
        buffer_add(&body, TEXT("space_read = x { x := [[], [\"s0\"]][_] }\n"));
    return buffer_text(&body);
}

static void make_policies(struct fixture *fixture)
{
    struct error error = {0};
    fixture->count = 1 + random_below(POLICIES_MAX);
    for (size_t i = 0; i < fixture->count; i++) {
        struct login_policy *policy = &fixture->policies[i];
        fixture->models[i] = (struct model){0};
        *policy = (struct login_policy){
            .id = text_format(fixture->arena, "p%zu", i),
            .body = write_policy(fixture->arena, &fixture->models[i]),
        };
        if (!policy_compile(fixture->arena, POLICY_LOGIN, POLICY_ENGINE_REGO_V0, policy->body,
                            &policy->compiled, &error))
            fail_msg("%s: %.*s", error.message, TEXT_ARG(policy->body));
    }
}

/* The first policy that says so, with its line; -1 when none does. What fails says nothing. */
static int first(const struct fixture *fixture, size_t offset, int *line)
{
    *line = 0;
    for (size_t i = 0; i < fixture->count; i++) {
        *line = *(const int *)((const char *)&fixture->models[i] + offset);
        if (*line && !fixture->models[i].fails)
            return (int)i;
    }
    return -1;
}

#define FIRST(name) first(fixture, offsetof(struct model, name), &line)

static const char *expect_reason(const struct fixture *fixture, bool *allowed, bool *admin)
{
    static char reason[200];
    int line;
    int by = FIRST(deny);
    bool failed = false;
    for (size_t i = 0; i < fixture->count; i++)
        failed |= fixture->models[i].fails;
    *allowed = *admin = false;
    snprintf(reason, sizeof(reason), "policy p%d, line %d: deny", by, line);
    if (by >= 0)
        return reason;
    if (failed)
        return "cannot be evaluated";
    bool tamed = FIRST(deny_admin) >= 0;
    by = FIRST(admin);
    *allowed = *admin = by >= 0 && !tamed;
    snprintf(reason, sizeof(reason), "policy p%d, line %d: admin", by, line);
    if (*admin)
        return reason;
    by = FIRST(allow);
    *allowed = by >= 0;
    snprintf(reason, sizeof(reason), "policy p%d, line %d: allow", by, line);
    return *allowed ? reason : "no login policy allows this login";
}

static const struct verdict_grant *find_grant(const struct login_merged *merged, int space,
                                              int role)
{
    for (size_t i = 0; i < merged->grant_count; i++) {
        if (text_equal_z(merged->grants[i].by.space, spaces[space]) &&
            text_equal_z(merged->grants[i].by.role, roles[role]))
            return &merged->grants[i];
    }
    return NULL;
}

static void check_grant(const struct fixture *fixture, const struct login_merged *merged, int space,
                        int role, size_t *expected)
{
    int line;
    int by = first(fixture, offsetof(struct model, role_lines[space][role]), &line);
    const struct verdict_grant *grant = find_grant(merged, space, role);
    assert_int_equal(grant != NULL, merged->allowed && by >= 0);
    if (!grant)
        return;
    ++*expected;
    assert_true(text_equal(grant->by.policy_id, fixture->policies[by].id));
    assert_int_equal(grant->by.line, line);
    assert_int_equal(grant->role_id.len > 0, space < 2 && role < 2);
}

static void check(const struct fixture *fixture, const struct login_merged *merged)
{
    bool allowed, admin;
    size_t grants = 0;
    const char *reason = expect_reason(fixture, &allowed, &admin);
    if (merged->allowed != allowed || merged->admin != admin ||
        !text_contains(merged->reason, text_z(reason)))
        fail_msg("%.*s instead of %s", TEXT_ARG(merged->reason), reason);
    for (int space = 0; space < SPACES; space++) {
        for (int role = 0; role < ROLES; role++)
            check_grant(fixture, merged, space, role, &grants);
    }
    assert_int_equal(grants, merged->grant_count);
}

static void verdicts_are_those_of_the_model(void **state)
{
    UNUSED(state);
    struct rego_context *context = rego_context_new(POLICY_LOGIN_MEMORY);
    struct fixture fixture = {.arena = arena_new(256 << 20)};
    const struct login_attempt attempt = {.member = true, .login = TEXT("a")};
    const struct login_question question = {.attempt = &attempt};
    random_seed(20261122);
    for (int i = 0; i < ROUNDS; i++) {
        struct login_round round;
        arena_reset(fixture.arena);
        init_world(&fixture);
        make_policies(&fixture);
        const struct login_policies policies = {fixture.policies, fixture.count};
        assert_true(
            login_round_run(fixture.arena, &policies, &fixture.world, &question, context, &round));
        check(&fixture, &round.merged);
    }
    random_unseed();
    arena_free(fixture.arena);
    rego_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts_are_those_of_the_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
