/* From bindings, verdicts and ownership to the grants of an actor. */
#include "access/grant.h"

#include "access/decision.h"
#include "access/grant_store.h"
#include "access/strategy.h"
#include "base/json.h"

#include <stdlib.h>

/* For the hold on the tree alone; the tree has memory of its own. */
enum { LOOKING_BYTES = 4096 };

const char *subject_kind_name(enum subject_kind kind)
{
    static const char *const names[] = {[SUBJECT_API_KEY] = "API_KEY",
                                        [SUBJECT_USER] = "USER",
                                        [SUBJECT_GROUP] = "GROUP",
                                        [SUBJECT_STACK] = "STACK"};
    return names[kind];
}

/* Space admin on root: the right to do everything. */
static bool is_administrative(const struct grant *grant)
{
    return action_set_has(&grant->actions, ACTION_SPACE_ADMIN) &&
           text_equal(grant->space_id, root_space);
}

/* Whether a binding counts although login policies rule. */
static bool outlives_policies(const struct grant_subject *subject, const struct grant *grant)
{
    if (subject->kind == SUBJECT_STACK || grant->expires_at)
        return true;
    return subject->kind == SUBJECT_API_KEY && grant->source == GRANT_BOUND &&
           is_administrative(grant);
}

static struct grant *push_administrator(struct list *out, enum grant_source source)
{
    struct grant *grant = list_push(out);
    if (!grant)
        return NULL;
    *grant = (struct grant){.source = source, .space_id = root_space};
    action_set_add(&grant->actions, ACTION_SPACE_ADMIN);
    return grant;
}

static bool add_bindings(struct ctx *ctx, const struct grant_subject *subject,
                         enum strategy strategy, struct list *out)
{
    struct list bound;
    if (!grant_row_list(ctx, subject, &bound))
        return false;
    if (strategy == STRATEGY_USER_MANAGEMENT) {
        *out = bound;
        return true;
    }
    list_init(out, ctx->arena, sizeof(struct grant));
    for (size_t i = 0; i < bound.len; i++) {
        const struct grant *grant = list_at(&bound, i);
        struct grant *kept = outlives_policies(subject, grant) ? list_push(out) : NULL;
        if (kept)
            *kept = *grant;
    }
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}

/* One entry of the verdict's grants, still without the actions of its role. */
static void push_granted(const struct json *granted, struct list *out)
{
    struct grant *grant = list_push(out);
    if (!grant)
        return;
    *grant = (struct grant){.source = GRANT_POLICY,
                            .source_id = json_get_text(granted, "policy"),
                            .through = json_get_text(granted, "rule"),
                            .line = (int32_t)json_int64_or(json_get_z(granted, "line"), 0),
                            .role_id = json_get_text(granted, "role"),
                            .space_id = json_get_text(granted, "space")};
}

static bool add_verdict(struct ctx *ctx, struct text verdict, struct list *out)
{
    const struct json *parsed;
    if (verdict.len == 0)
        return true;
    if (!json_parse(ctx->arena, verdict, NULL, &parsed, ctx->error))
        return false;
    if (json_bool_or(json_get_z(parsed, "admin"), false)) {
        struct grant *grant = push_administrator(out, GRANT_POLICY);
        if (grant) {
            grant->through = TEXT("admin");
            grant->source_id = json_get_text(parsed, "adminPolicy");
            grant->line = (int32_t)json_int64_or(json_get_z(parsed, "adminLine"), 0);
        }
    }
    size_t first = out->len;
    const struct json *granted = json_get_z(parsed, "grants");
    for (uint32_t i = 0; json_is(granted, JSON_ARRAY) && i < granted->len; i++)
        push_granted(&granted->items[i], out);
    return grant_fill_actions(ctx, out, first);
}

/* Adds the right to see what stands above the grant's space, while spaces inherit. `seen`: spaces
 * that have it already. */
static bool look_up(struct arena *arena, const struct space *space, const struct grant *grant,
                    struct map *seen, struct list *out)
{
    for (; space && space->inherit_entities && space->parent; space = space->parent) {
        if (map_find(seen, space->parent->id))
            return true;
        struct grant *above = list_push(out);
        if (!above || !map_set(seen, space->parent->id, NULL))
            return false;
        /* The tree may go before the actor does. */
        *above = (struct grant){.source = GRANT_BELOW,
                                .source_id = text_copy(arena, space->id),
                                .space_id = text_copy(arena, space->parent->id),
                                .expires_at = grant->expires_at,
                                .reason = grant->reason};
        action_set_add(&above->actions, ACTION_SPACE_READ);
    }
    return true;
}

/* Those that last come first: what they show does not end. */
static bool add_from_tree(struct ctx *ctx, const struct space_tree *tree, struct list *grants)
{
    struct map seen;
    size_t count = grants->len;
    map_init(&seen, ctx->arena);
    for (int ends = 0; ends <= 1; ends++) {
        for (size_t i = 0; i < count; i++) {
            struct grant grant = LIST_ITEMS(grants, struct grant)[i];
            if ((grant.expires_at != 0) == ends &&
                !look_up(ctx->arena, space_tree_find(tree, grant.space_id), &grant, &seen, grants))
                return fail_no_memory(ctx);
        }
    }
    return true;
}

/* The tree is held for as long as this takes, not for as long as the actor lives. */
static bool add_from_below(struct ctx *ctx, struct list *grants)
{
    struct ctx looking = *ctx;
    if (grants->len == 0)
        return true;
    looking.arena = arena_new(LOOKING_BYTES);
    if (!looking.arena)
        return fail_no_memory(ctx);
    const struct space_tree *tree = space_tree_get(&looking);
    bool done = tree && add_from_tree(ctx, tree, grants);
    arena_free(looking.arena);
    return done;
}

static int64_t earliest_end(const struct grant *grants, size_t count)
{
    int64_t earliest = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t end = grants[i].expires_at;
        if (end && (!earliest || end < earliest))
            earliest = end;
    }
    return earliest;
}

/* A total order, so that equal questions get equal answers: what lasts longest first. */
static int compare_ends(const void *a, const void *b)
{
    const struct grant *left = a, *right = b;
    uint64_t left_end = (uint64_t)left->expires_at - 1, right_end = (uint64_t)right->expires_at - 1;
    if (left_end != right_end)
        return left_end > right_end ? -1 : 1;
    if (left->source != right->source)
        return left->source < right->source ? -1 : 1;
    return text_compare(left->source_id, right->source_id);
}

/* Of several that allow the same, the index keeps the first. */
static void put_lasting_first(struct list *grants)
{
    if (earliest_end(grants->items, grants->len))
        qsort(grants->items, grants->len, sizeof(struct grant), compare_ends);
}

/* What is granted shrinks to the right to look. */
static void narrow_to_reading(struct list *grants)
{
    for (size_t i = 0; i < grants->len; i++) {
        struct grant *grant = list_at(grants, i);
        bool reads = action_set_allows(&grant->actions, ACTION_SPACE_READ);
        grant->actions = (struct action_set){0};
        if (reads)
            action_set_add(&grant->actions, ACTION_SPACE_READ);
    }
}

/* In the order in which a decision names its reason: what is bound to the actor before what came
 * through groups, ownership, policies, and last the right to see what stands above. */
static bool gather(struct ctx *ctx, const struct grant_subject *subject, struct list *grants)
{
    enum strategy strategy;
    if (!strategy_get(ctx, &strategy) || !add_bindings(ctx, subject, strategy, grants))
        return false;
    if (subject->is_owner)
        push_administrator(grants, GRANT_OWNER);
    if (strategy == STRATEGY_LOGIN_POLICIES && !add_verdict(ctx, subject->verdict, grants))
        return false;
    if (subject->only_reads)
        narrow_to_reading(grants);
    put_lasting_first(grants);
    return add_from_below(ctx, grants);
}

bool grants_read(struct ctx *ctx, const struct grant_subject *subject, struct actor *actor)
{
    struct list grants;
    if (!gather(ctx, subject, &grants))
        return false;
    actor->grants = grants.items;
    actor->grant_count = grants.len;
    actor->stale_at = earliest_end(grants.items, grants.len);
    actor->index = grant_index_new(ctx->arena, grants.items, grants.len);
    return (actor->index && !arena_failed(ctx->arena)) || fail_no_memory(ctx);
}
