/*
 * Grants, decisions, explanations and visibility against a model that shares nothing with them but
 * the table of actions: random trees, roles, groups, bindings, ends, verdicts and owners, under
 * both strategies. Each of TREES trees has ACTORS actors, each of which is asked about QUESTIONS
 * pairs of an action and a space.
 */
#include "access/access_test_support.h"
#include "access/explain.h"
#include "access/grant.h"
#include "access/strategy.h"
#include "base/random.h"
#include "kernel/stored_setting.h"

enum {
    TREES = 34,
    ACTORS = 60,
    QUESTIONS = 30,
    SPACES = 14,
    ROLES = 8,
    GROUPS = 5,
    BINDINGS = 160,
    GIVEN = 3, /* grants in a verdict, at most */
};

enum least { READER = 1, WRITER = 2, ADMIN = 3 };
static const enum least least_levels[] = {
#define ACTION(name, words, level) level,
#include "tables/actions.def"
#undef ACTION
};

struct model_binding {
    enum subject_kind kind;
    int subject; /* number of the actor or group */
    int role;
    int space;
    int64_t end; /* 0: never */
};

struct model_actor {
    enum subject_kind kind; /* no group */
    bool is_owner;
    bool in_group[GROUPS];
    bool verdict_admin;
    int given_count;
    int given_role[GIVEN], given_space[GIVEN];
};

struct model {
    int64_t now;
    bool login_policies;
    int parents[SPACES]; /* 0 is root */
    bool inherits[SPACES];
    bool roles[ROLES][ACTION_COUNT];
    struct model_binding bindings[BINDINGS];
    struct model_actor actors[ACTORS];
};

static int below(int bound)
{
    return (int)random_below((uint64_t)bound);
}

static struct model *draw_model(struct kernel_test *test)
{
    static const enum subject_kind kinds[] = {SUBJECT_USER, SUBJECT_API_KEY, SUBJECT_STACK};
    struct model *model = ARENA_NEW(test->arena, struct model);
    model->now = test->now;
    model->login_policies = below(2);
    for (int i = 1; i < SPACES; i++) {
        model->parents[i] = below(i);
        model->inherits[i] = below(2);
    }
    for (int i = 0; i < ROLES; i++) {
        for (int j = below(5); j > 0; j--)
            model->roles[i][below(ACTION_COUNT)] = true;
        if (below(2))
            model->roles[i][below(3)] = true; /* one of the levels */
    }
    for (int i = 0; i < ACTORS; i++) {
        struct model_actor *actor = &model->actors[i];
        actor->kind = kinds[below(3)];
        actor->is_owner = actor->kind == SUBJECT_USER && below(10) == 0;
        actor->verdict_admin = actor->kind != SUBJECT_STACK && below(10) == 0;
        actor->given_count = actor->kind != SUBJECT_STACK ? below(GIVEN + 1) : 0;
        for (int j = 0; j < GROUPS; j++)
            actor->in_group[j] = actor->kind != SUBJECT_STACK && below(3) == 0;
        for (int j = 0; j < actor->given_count; j++) {
            actor->given_role[j] = below(ROLES);
            actor->given_space[j] = below(SPACES);
        }
    }
    return model;
}

static void draw_bindings(struct model *model)
{
    for (int i = 0; i < BINDINGS; i++) {
        struct model_binding *binding = &model->bindings[i];
        bool of_group = below(8) == 0;
        binding->subject = below(of_group ? GROUPS : ACTORS);
        binding->kind = of_group ? SUBJECT_GROUP : model->actors[binding->subject].kind;
        binding->role = below(ROLES);
        binding->space = below(SPACES);
        binding->end = below(4) ? 0 : model->now + below(3) - 1;
        /* The same twice is refused by the database; here it is as if it was drawn once. */
        for (int j = 0; j < i; j++) {
            const struct model_binding *other = &model->bindings[j];
            if (other->kind == binding->kind && other->subject == binding->subject &&
                other->role == binding->role && other->space == binding->space)
                *binding = *other;
        }
    }
}

static struct text space_name(struct arena *arena, int space)
{
    return space == 0 ? TEXT("root") : text_format(arena, "s%d", space);
}

static void store_tree(struct kernel_test *test, const struct model *model)
{
    struct buffer rows;
    buffer_init(&rows, test->arena, 1 << 20);
    for (int i = 1; i < SPACES; i++)
        buffer_add_format(&rows, "%s('s%d', '', '%.*s', %s, 1)", i > 1 ? "," : "", i,
                          TEXT_ARG(space_name(test->arena, model->parents[i])),
                          model->inherits[i] ? "TRUE" : "FALSE");
    test_sql(test,
             "INSERT INTO space (id, name, parent_id, inherit_entities, created_at) VALUES "
             "%.*s",
             TEXT_ARG(buffer_text(&rows)));
}

static void store_roles(struct kernel_test *test, const struct model *model)
{
    struct buffer rows;
    buffer_init(&rows, test->arena, 1 << 20);
    for (int i = 0; i < ROLES; i++) {
        const char *separator = "";
        buffer_add_format(&rows, "%s('r%d', 'slug-%d', 'Role %d', '[", i ? "," : "", i, i, i);
        for (int j = 0; j < ACTION_COUNT; j++) {
            if (!model->roles[i][j])
                continue;
            buffer_add_format(&rows, "%s\"%s\"", separator, action_name((enum action)j));
            separator = ",";
        }
        buffer_add_format(&rows, "]', 1)");
    }
    test_sql(test, "INSERT INTO role (id, slug, name, actions, created_at) VALUES %.*s",
             TEXT_ARG(buffer_text(&rows)));
}

static void store_bindings(struct kernel_test *test, const struct model *model)
{
    struct buffer rows;
    buffer_init(&rows, test->arena, 1 << 20);
    for (int i = 0; i < BINDINGS; i++) {
        const struct model_binding *binding = &model->bindings[i];
        buffer_add_format(&rows, "%s('b%d', '%s', '%s%d', 'r%d', '%.*s', ", i ? "," : "", i,
                          subject_kind_name(binding->kind),
                          binding->kind == SUBJECT_GROUP ? "g" : "a", binding->subject,
                          binding->role, TEXT_ARG(space_name(test->arena, binding->space)));
        if (binding->end)
            buffer_add_format(&rows, "%" PRId64 ", 1, 'x')", binding->end);
        else
            buffer_add_format(&rows, "NULL, 1, 'x')");
    }
    test_sql(test,
             "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, "
             "expires_at, created_at, created_by) VALUES %.*s ON CONFLICT DO NOTHING",
             TEXT_ARG(buffer_text(&rows)));
}

static void store(struct kernel_test *test, const struct model *model)
{
    test_sql(test, "DELETE FROM role_binding");
    test_sql(test, "DELETE FROM space WHERE id <> 'root'");
    test_sql(test, "DELETE FROM role WHERE NOT is_system");
    store_tree(test, model);
    store_roles(test, model);
    store_bindings(test, model);
    enum strategy strategy =
        model->login_policies ? STRATEGY_LOGIN_POLICIES : STRATEGY_USER_MANAGEMENT;
    assert_kept(test, stored_setting_set(ctx, strategy_setting, text_z(strategy_name(strategy))) &&
                          access_changed(ctx));
}

/* The model's answers: no sets, no index, no tree, only walks. */

static bool role_allows(const struct model *model, int role, int action)
{
    const bool *has = model->roles[role];
    enum least level = has[ACTION_SPACE_ADMIN]   ? ADMIN
                       : has[ACTION_SPACE_WRITE] ? WRITER
                       : has[ACTION_SPACE_READ]  ? READER
                                                 : 0;
    return has[action] || level >= least_levels[action];
}

static bool is_within(const struct model *model, int space, int above)
{
    while (space != above && space != 0)
        space = model->parents[space];
    return space == above;
}

/* Whether a role in `space` shows `above`: every step up to there inherits. */
static bool shows(const struct model *model, int space, int above)
{
    while (space != above) {
        if (space == 0 || !model->inherits[space])
            return false;
        space = model->parents[space];
    }
    return true;
}

static bool role_gives(const struct model *model, int role, int role_space, int action, int space)
{
    return (is_within(model, space, role_space) && role_allows(model, role, action)) ||
           (action == ACTION_SPACE_READ && space != role_space && shows(model, role_space, space));
}

static bool counts(const struct model *model, int number, const struct model_binding *binding)
{
    const struct model_actor *actor = &model->actors[number];
    bool own = binding->kind == actor->kind && binding->subject == number;
    bool through = binding->kind == SUBJECT_GROUP && actor->in_group[binding->subject];
    if ((!own && !through) || (binding->end && binding->end <= model->now))
        return false;
    bool administers = actor->kind == SUBJECT_API_KEY && own && binding->space == 0 &&
                       model->roles[binding->role][ACTION_SPACE_ADMIN];
    return !model->login_policies || actor->kind == SUBJECT_STACK || binding->end || administers;
}

static bool model_allows(const struct model *model, int number, int action, int space)
{
    const struct model_actor *actor = &model->actors[number];
    if (actor->is_owner || (model->login_policies && actor->verdict_admin))
        return true;
    for (int i = 0; i < BINDINGS; i++) {
        const struct model_binding *binding = &model->bindings[i];
        if (counts(model, number, binding) &&
            role_gives(model, binding->role, binding->space, action, space))
            return true;
    }
    for (int i = 0; model->login_policies && i < actor->given_count; i++) {
        if (role_gives(model, actor->given_role[i], actor->given_space[i], action, space))
            return true;
    }
    return false;
}

static struct text print_verdict(struct arena *arena, const struct model_actor *actor)
{
    struct buffer out;
    buffer_init(&out, arena, 4096);
    buffer_add_format(&out, "{\"admin\":%s,\"grants\":[", actor->verdict_admin ? "true" : "false");
    for (int i = 0; i < actor->given_count; i++)
        buffer_add_format(&out,
                          "%s{\"space\":\"%.*s\",\"role\":\"r%d\",\"policy\":\"p\",\"rule\":"
                          "\"roles\",\"line\":%d}",
                          i ? "," : "", TEXT_ARG(space_name(arena, actor->given_space[i])),
                          actor->given_role[i], i + 1);
    buffer_add_format(&out, "]}");
    return buffer_text(&out);
}

/* The actor as a request would have it. */
static struct actor *read_actor(struct ctx *ctx, const struct model *model, int number)
{
    const struct model_actor *drawn = &model->actors[number];
    struct text groups[GROUPS];
    size_t count = 0;
    for (int i = 0; i < GROUPS; i++) {
        if (drawn->in_group[i])
            groups[count++] = text_format(ctx->arena, "group %d", i);
    }
    struct grant_subject subject = {.kind = drawn->kind,
                                    .id = text_format(ctx->arena, "a%d", number),
                                    .groups = {groups, count},
                                    .verdict = print_verdict(ctx->arena, drawn),
                                    .is_owner = drawn->is_owner};
    struct actor *actor = ARENA_NEW(ctx->arena, struct actor);
    actor->kind = ACTOR_USER;
    actor->username = subject.id;
    assert_true(grants_read(ctx, &subject, actor));
    return actor;
}

static void compare(struct ctx *ctx, const struct model *model, int number,
                    const struct actor *actor)
{
    struct visibility visibility;
    ctx->actor = actor;
    assert_true(visibility_get(ctx, &visibility));
    for (int i = 0; i < QUESTIONS; i++) {
        struct decision decision;
        struct explanation explanation;
        int space = below(SPACES), action = below(3) ? below(ACTION_COUNT) : below(3);
        struct text name = space_name(ctx->arena, space);
        bool expected = model_allows(model, number, action, space);
        assert_true(access_decide(ctx, (enum action)action, name, &decision));
        if (decision.allowed != expected)
            fail_msg("actor %d, %s in %.*s: %d instead of %d", number,
                     action_words((enum action)action), TEXT_ARG(name), decision.allowed, expected);
        assert_int_equal(decision.grant != NULL, expected);
        assert_int_equal(visibility_of(&visibility, name),
                         model_allows(model, number, ACTION_SPACE_READ, space));
        assert_true(access_holds_anywhere(actor, (enum action)action) || !expected);
        assert_true(access_explain(ctx, actor, (enum action)action, name, &explanation));
        assert_ptr_equal(explanation.decision.grant, decision.grant);
        assert_int_equal(explanation.nearest.len == 0, expected);
    }
}

static void ask(struct kernel_test *test, const struct model *model)
{
    for (int i = 0; i < ACTORS; i++) {
        struct ctx *ctx = unit_begin(test, DB_READ, &actor_anonymous);
        compare(ctx, model, i, read_actor(ctx, model, i));
        assert_true(unit_end(test, true));
    }
}

/* What decides and what explains agree with the model on every question. */
static void everything_agrees_with_a_naive_model(void **state)
{
    struct kernel_test *test = *state;
    random_seed(20270131);
    for (int i = 0; i < GROUPS; i++)
        test_sql(test,
                 "INSERT INTO user_group (id, name, created_at, created_by) VALUES ('g%d', "
                 "'group %d', 1, 'x')",
                 i, i);
    for (int tree = 0; tree < TREES; tree++) {
        struct arena_mark mark = arena_mark(test->arena);
        struct model *model = draw_model(test);
        draw_bindings(model);
        store(test, model);
        ask(test, model);
        arena_rewind(test->arena, mark);
    }
    random_unseed();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(everything_agrees_with_a_naive_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
