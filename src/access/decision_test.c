/* Decisions and visibility, also against a naive model over random trees and grants. */
#include "access/access_test_support.h"

#include "base/json.h"
#include "base/random.h"

static struct decision decide(struct kernel_test *test, const struct actor *actor,
                              enum action action, const char *space)
{
    struct decision decision = {.allowed = true};
    struct ctx *ctx = unit_begin(test, DB_READ, actor);
    assert_true(access_decide(ctx, action, text_z(space), &decision));
    assert_true(unit_end(test, true));
    return decision;
}

/* root > left > low, root > right */
static void grow_tree(struct kernel_test *test)
{
    test_add_space(test, "left", "root");
    test_add_space(test, "right", "root");
    test_add_space(test, "low", "left");
}

static void a_grant_holds_in_its_space_and_below(void **state)
{
    struct kernel_test *test = *state;
    grow_tree(test);
    const struct actor *actor = test_actor(test, "key", ACTION_RUN_TRIGGER, "left");
    assert_true(decide(test, actor, ACTION_RUN_TRIGGER, "left").allowed);
    assert_true(decide(test, actor, ACTION_RUN_TRIGGER, "low").allowed);
    assert_false(decide(test, actor, ACTION_RUN_TRIGGER, "root").allowed);
    assert_false(decide(test, actor, ACTION_RUN_TRIGGER, "right").allowed);
    assert_false(decide(test, actor, ACTION_RUN_CONFIRM, "left").allowed);
    assert_false(decide(test, actor, ACTION_RUN_TRIGGER, "nowhere").allowed);
    assert_false(decide(test, actor, ACTION_RUN_TRIGGER, "").allowed);
}

static void a_decision_names_the_grant_that_made_it(void **state)
{
    struct kernel_test *test = *state;
    grow_tree(test);
    const struct actor *actor = test_actor(test, "key", ACTION_SPACE_WRITE, "left");
    struct decision decision = decide(test, actor, ACTION_RUN_TRIGGER, "low");
    assert_ptr_equal(decision.grant, actor->grants);
    assert_text_is(decision_print(test->arena, &decision),
                   "{\"allowed\":true,\"action\":\"run:trigger\",\"space\":\"low\","
                   "\"binding\":\"binding-of-key\",\"role\":\"role\",\"granted_in\":\"left\"}");
    decision = decide(test, actor, ACTION_STACK_DELETE, "low");
    assert_null(decision.grant);
    assert_text_is(decision_print(test->arena, &decision),
                   "{\"allowed\":false,\"action\":\"stack:delete\",\"space\":\"low\"}");
}

static void deny_is_the_default(void **state)
{
    struct kernel_test *test = *state;
    for (int i = 0; i < ACTION_COUNT; i++)
        assert_false(decide(test, &actor_anonymous, (enum action)i, "root").allowed);
}

static void the_server_itself_may_do_everything(void **state)
{
    struct kernel_test *test = *state;
    for (int i = 0; i < ACTION_COUNT; i++)
        assert_true(decide(test, &actor_system, (enum action)i, "root").allowed);
}

static void a_requirement_that_is_not_met_fails_the_unit(void **state)
{
    struct kernel_test *test = *state;
    test->actor = test_actor(test, "key", ACTION_SPACE_READ, "root");
    assert_refused(test, ERR_DENIED,
                   "unauthorized: stack:create in space \"root\" is not granted to api::key",
                   access_require(ctx, ACTION_STACK_CREATE, TEXT("root"), NULL));
    assert_read(test, access_require(ctx, ACTION_SPACE_READ, TEXT("root"), NULL));
    assert_read(test, access_require_actor(ctx));
    test->actor = &actor_anonymous;
    assert_refused(test, ERR_UNAUTHENTICATED, "unauthorized", access_require_actor(ctx));
}

static bool spaces_are(struct kernel_test *test, const struct actor *actor, const char *expected)
{
    struct visibility visibility;
    struct ctx *ctx = unit_begin(test, DB_READ, actor);
    assert_true(visibility_get(ctx, &visibility));
    struct db_value spaces = visibility_spaces(&visibility, ctx->arena);
    bool same = text_equal_z(spaces.text, expected);
    assert_true(unit_end(test, true));
    return same;
}

static void visible_is_what_may_be_read(void **state)
{
    struct kernel_test *test = *state;
    grow_tree(test);
    const struct actor *left = test_actor(test, "left", ACTION_SPACE_WRITE, "left");
    const struct actor *trigger = test_actor(test, "trigger", ACTION_RUN_TRIGGER, "root");
    assert_true(spaces_are(test, left, "[\"left\",\"low\"]"));
    assert_true(spaces_are(test, &actor_system, "[\"left\",\"low\",\"right\",\"root\"]"));
    assert_true(spaces_are(test, &actor_anonymous, "[]"));
    /* The right to do something is no right to see. */
    assert_true(spaces_are(test, trigger, "[]"));
}

static enum access_level level_in(struct kernel_test *test, const struct actor *actor,
                                  const char *space)
{
    struct visibility visibility;
    struct ctx *ctx = unit_begin(test, DB_READ, actor);
    assert_true(visibility_get(ctx, &visibility));
    enum access_level level = access_level_of(&visibility, text_z(space));
    assert_true(unit_end(test, true));
    return level;
}

static void the_best_level_in_or_above_a_space_counts(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    struct grant grants[3] = {
        {.space_id = TEXT("root")}, {.space_id = TEXT("team")}, {.space_id = TEXT("team")}};
    struct actor actor = {.kind = ACTOR_API_KEY, .grants = grants, .grant_count = 3};
    action_set_add(&grants[0].actions, ACTION_SPACE_READ);
    action_set_add(&grants[1].actions, ACTION_SPACE_ADMIN);
    action_set_add(&grants[2].actions, ACTION_SPACE_WRITE);
    assert_int_equal(level_in(test, &actor, "root"), ACCESS_LEVEL_READ);
    assert_int_equal(level_in(test, &actor, "team"), ACCESS_LEVEL_ADMIN);
    assert_int_equal(level_in(test, &actor, "nowhere"), ACCESS_LEVEL_NONE);
    assert_int_equal(level_in(test, &actor_anonymous, "root"), ACCESS_LEVEL_NONE);
    assert_int_equal(level_in(test, &actor_system, "team"), ACCESS_LEVEL_ADMIN);
    assert_int_equal(level_in(test, test_actor(test, "k", ACTION_RUN_TRIGGER, "root"), "root"),
                     ACCESS_LEVEL_NONE);
    assert_string_equal(access_level_name(ACCESS_LEVEL_WRITE), "WRITE");
    assert_string_equal(access_level_name(ACCESS_LEVEL_NONE), "");
}

/* The model: a tree as an array of parents, grants as plain rows, and a walk. */
enum { SPACES = 12, GRANTS = 6, ROUNDS = 40, QUESTIONS = 60 };

struct model {
    int parents[SPACES]; /* 0 is root */
    struct grant grants[GRANTS];
    int granted_in[GRANTS];
    size_t grant_count;
};

static struct text space_name(struct kernel_test *test, int space)
{
    return space == 0 ? TEXT("root") : text_format(test->arena, "s%d", space);
}

static void make_tree(struct kernel_test *test, struct model *model)
{
    for (int i = 1; i < SPACES; i++) {
        model->parents[i] = (int)random_below((uint64_t)i);
        test_sql(
            test,
            "INSERT INTO space (id, name, parent_id, created_at) VALUES ('s%d', '', '%.*s', 1)", i,
            TEXT_ARG(space_name(test, model->parents[i])));
    }
    assert_kept(test, access_changed(ctx));
}

static void make_grants(struct kernel_test *test, struct model *model)
{
    model->grant_count = (size_t)random_below(GRANTS + 1);
    for (size_t i = 0; i < model->grant_count; i++) {
        model->granted_in[i] = (int)random_below(SPACES);
        model->grants[i] = (struct grant){.space_id = space_name(test, model->granted_in[i])};
        for (uint64_t actions = random_below(4); actions > 0; actions--)
            action_set_add(&model->grants[i].actions, (enum action)random_below(ACTION_COUNT));
        if (random_below(2))
            action_set_add(&model->grants[i].actions, (enum action)random_below(3));
    }
}

static bool model_allows(const struct model *model, enum action action, int space)
{
    for (;; space = model->parents[space]) {
        for (size_t i = 0; i < model->grant_count; i++) {
            if (model->granted_in[i] == space &&
                action_set_allows(&model->grants[i].actions, action))
                return true;
        }
        if (space == 0)
            return false;
    }
}

static void ask(struct kernel_test *test, const struct model *model, const struct actor *actor)
{
    struct visibility visibility;
    struct ctx *ctx = unit_begin(test, DB_READ, actor);
    assert_true(visibility_get(ctx, &visibility));
    for (int i = 0; i < QUESTIONS; i++) {
        struct decision decision;
        int space = (int)random_below(SPACES);
        enum action action = (enum action)random_below(ACTION_COUNT);
        struct text name = space_name(test, space);
        assert_true(access_decide(ctx, action, name, &decision));
        assert_int_equal(decision.allowed, model_allows(model, action, space));
        assert_int_equal(decision.allowed, decision.grant != NULL);
        assert_int_equal(visibility_of(&visibility, name),
                         model_allows(model, ACTION_SPACE_READ, space));
    }
    assert_true(unit_end(test, true));
}

static void decisions_agree_with_a_naive_model(void **state)
{
    struct kernel_test *test = *state;
    random_seed(20261122);
    for (int round = 0; round < ROUNDS; round++) {
        struct model model = {{0}};
        test_sql(test, "DELETE FROM space WHERE id <> 'root'");
        make_tree(test, &model);
        make_grants(test, &model);
        struct actor actor = {.kind = ACTOR_API_KEY,
                              .username = TEXT("api::x"),
                              .grants = model.grants,
                              .grant_count = model.grant_count};
        ask(test, &model, &actor);
    }
    random_unseed();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(a_grant_holds_in_its_space_and_below),
        WITH_SPACES(a_decision_names_the_grant_that_made_it),
        WITH_SPACES(deny_is_the_default),
        WITH_SPACES(the_server_itself_may_do_everything),
        WITH_SPACES(a_requirement_that_is_not_met_fails_the_unit),
        WITH_SPACES(visible_is_what_may_be_read),
        WITH_SPACES(the_best_level_in_or_above_a_space_counts),
        WITH_SPACES(decisions_agree_with_a_naive_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
