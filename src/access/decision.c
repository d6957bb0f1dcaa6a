/* Deciding from the grants of an actor and the tree of spaces. */
#include "access/decision.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/list.h"
#include "base/time_format.h"

enum { REASON_SHOWN_BYTES = 200 };

/* Of an actor whose grants were not gathered by grants_read, for this unit only. */
static const struct grant_index *index_of(struct ctx *ctx, const struct actor *actor)
{
    if (actor->index)
        return actor->index;
    const struct grant_index *index =
        grant_index_new(ctx->arena, actor->grants, actor->grant_count);
    if (!index)
        fail_no_memory(ctx);
    return index;
}

static const struct grant *first_that_allows(const struct space_grants *grants, enum action action,
                                             bool is_here)
{
    if (!action_set_has(&grants->inherited, action) &&
        !(is_here && action_set_has(&grants->local, action)))
        return NULL;
    for (size_t i = 0; i < grants->granted_count; i++) {
        const struct granted *granted = &grants->granted[i];
        if ((is_here || !granted->is_local) && action_set_has(&granted->allowed, action))
            return granted->grant;
    }
    return NULL;
}

static bool lasts_longer(const struct grant *grant, const struct grant *other)
{
    return !other ||
           (other->expires_at && (!grant->expires_at || grant->expires_at > other->expires_at));
}

/* The first grant that allows the action in the space, else in the one above it, and so on; but one
 * that lasts before one that ends. */
static const struct grant *find_grant(const struct grant_index *index, const struct space *space,
                                      enum action action)
{
    const struct grant *longest = NULL;
    /* Most refusals end here, however deep the tree is. */
    if (!action_set_has(&index->held, action))
        return NULL;
    /* A space that does not exist is nowhere in the tree, so nothing is granted in it. */
    for (const struct space *at = space; at; at = at->parent) {
        const struct space_grants *grants = grant_index_in(index, at->id);
        const struct grant *found = grants ? first_that_allows(grants, action, at == space) : NULL;
        if (found && lasts_longer(found, longest))
            longest = found;
        if (longest && !longest->expires_at)
            break;
    }
    return longest;
}

bool access_decide_for(struct ctx *ctx, const struct actor *actor, enum action action,
                       struct text space_id, struct decision *out)
{
    *out = (struct decision){.action = action, .space_id = space_id};
    if (actor->kind == ACTOR_SYSTEM) {
        out->allowed = true;
        return true;
    }
    if (actor->grant_count == 0)
        return true;
    const struct space_tree *tree = space_tree_get(ctx);
    const struct grant_index *index = index_of(ctx, actor);
    if (!tree || !index)
        return false;
    out->grant = find_grant(index, space_tree_find(tree, space_id), action);
    out->allowed = out->grant != NULL;
    return true;
}

bool access_decide(struct ctx *ctx, enum action action, struct text space_id, struct decision *out)
{
    return access_decide_for(ctx, ctx->actor, action, space_id, out);
}

/* For whoever writes it into the trail. */
static void keep_refusal(struct ctx *ctx, const struct decision *decision)
{
    struct decision *kept = ARENA_NEW(ctx->arena, struct decision);
    if (kept)
        *kept = *decision;
    ctx->denied = kept;
}

static bool refuse(struct ctx *ctx, const struct decision *decision)
{
    keep_refusal(ctx, decision);
    return fail(ctx, ERR_DENIED, "unauthorized: %s in space \"%.*s\" is not granted to %.*s",
                action_words(decision->action), TEXT_ARG(decision->space_id),
                TEXT_ARG(ctx->actor->username));
}

bool access_require(struct ctx *ctx, enum action action, struct text space_id, struct decision *out)
{
    struct decision decision;
    if (!out)
        out = &decision;
    if (!access_decide(ctx, action, space_id, out))
        return false;
    return out->allowed || refuse(ctx, out);
}

/* The trail shows the grant that was not enough, with its end and its reason. */
static bool refuse_outliving(struct ctx *ctx, const struct decision *decision)
{
    const struct grant *grant = decision->grant;
    struct decision refused = *decision;
    refused.allowed = false;
    keep_refusal(ctx, &refused);
    struct text end = time_print(ctx->arena, grant->expires_at, TIME_SECONDS);
    return fail(
        ctx, ERR_DENIED,
        "unauthorized: %s in space \"%.*s\" is granted to %.*s until %.*s because \"%.*s\", "
        "so it makes no rights that last longer",
        action_words(decision->action), TEXT_ARG(decision->space_id),
        TEXT_ARG(ctx->actor->username), TEXT_ARG(end),
        TEXT_ARG(text_cut(grant->reason, REASON_SHOWN_BYTES)));
}

bool access_require_until(struct ctx *ctx, const struct decision *decision, int64_t end)
{
    int64_t last = decision->grant ? decision->grant->expires_at : 0;
    return !last || (end && end <= last) || refuse_outliving(ctx, decision);
}

bool access_require_lasting(struct ctx *ctx, const struct decision *decision)
{
    return access_require_until(ctx, decision, 0);
}

bool access_require_administrator(struct ctx *ctx, struct decision *out)
{
    return access_require(ctx, ACTION_SPACE_ADMIN, root_space, out);
}

bool access_holds_anywhere(const struct actor *actor, enum action action)
{
    if (actor->kind == ACTOR_SYSTEM)
        return true;
    if (actor->index)
        return action_set_has(&actor->index->held, action);
    for (size_t i = 0; i < actor->grant_count; i++) {
        if (action_set_allows(&actor->grants[i].actions, action))
            return true;
    }
    return false;
}

bool access_require_actor(struct ctx *ctx)
{
    if (ctx->actor->kind != ACTOR_ANONYMOUS)
        return true;
    return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: this needs a token");
}

/* Every space is below root. */
static bool sees_everything(const struct actor *actor, const struct grant_index *index)
{
    const struct space_grants *root = grant_index_in(index, root_space);
    return actor->kind == ACTOR_SYSTEM ||
           (root && action_set_has(&root->inherited, ACTION_SPACE_READ));
}

bool visibility_get(struct ctx *ctx, struct visibility *out)
{
    const struct grant_index *index = index_of(ctx, ctx->actor);
    if (!index)
        return false;
    *out = (struct visibility){.actor = ctx->actor,
                               .index = index,
                               .tree = space_tree_get(ctx),
                               .everything = sees_everything(ctx->actor, index)};
    return out->tree != NULL;
}

bool visibility_of(const struct visibility *visibility, struct text space_id)
{
    if (visibility->everything)
        return true;
    const struct space *space = space_tree_find(visibility->tree, space_id);
    return find_grant(visibility->index, space, ACTION_SPACE_READ) != NULL;
}

enum access_level access_level_of(const struct visibility *visibility, struct text space_id)
{
    static const enum action best_first[] = {ACTION_SPACE_ADMIN, ACTION_SPACE_WRITE,
                                             ACTION_SPACE_READ};
    if (visibility->actor->kind == ACTOR_SYSTEM)
        return ACCESS_LEVEL_ADMIN;
    const struct space *space = space_tree_find(visibility->tree, space_id);
    for (size_t i = 0; i < ARRAY_LENGTH(best_first); i++) {
        if (find_grant(visibility->index, space, best_first[i]))
            return action_level(best_first[i]);
    }
    return ACCESS_LEVEL_NONE;
}

struct db_value visibility_spaces(const struct visibility *visibility, struct arena *arena)
{
    struct list ids;
    list_init(&ids, arena, sizeof(struct text));
    for (size_t i = 0; i < visibility->tree->len; i++) {
        struct text id = visibility->tree->spaces[i].id;
        struct text *slot = visibility_of(visibility, id) ? list_push(&ids) : NULL;
        if (slot)
            *slot = id;
    }
    return db_texts(arena, ids.items, ids.len);
}

static void write_if_any(struct json_writer *writer, const char *name, struct text value)
{
    if (value.len)
        json_member_string(writer, name, value);
}

/* What the source's id is the id of, and what the grant went through. */
static void write_source(struct json_writer *writer, const struct grant *grant)
{
    bool is_policy = grant->source == GRANT_POLICY;
    const char *of = is_policy                      ? "policy"
                     : grant->source == GRANT_BELOW ? "space_below"
                                                    : "binding";
    write_if_any(writer, of, grant->source_id);
    write_if_any(writer, is_policy ? "rule" : "group", grant->through);
    if (grant->line)
        json_member_int64(writer, "line", grant->line);
    if (grant->source == GRANT_OWNER)
        json_member_bool(writer, "owner", true);
}

static void write_grant(struct json_writer *writer, const struct grant *grant)
{
    write_source(writer, grant);
    write_if_any(writer, "role", grant->role_id);
    json_member_string(writer, "granted_in", grant->space_id);
    if (grant->expires_at)
        json_member_int64(writer, "expires_at", grant->expires_at / CLOCK_SECOND);
    write_if_any(writer, "reason", grant->reason);
}

struct text decision_print(struct arena *arena, const struct decision *decision)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, arena);
    json_begin_object(writer);
    json_member_bool(writer, "allowed", decision->allowed);
    json_member_string(writer, "action", text_z(action_words(decision->action)));
    json_member_string(writer, "space", decision->space_id);
    if (decision->grant)
        write_grant(writer, decision->grant);
    json_end_object(writer);
    return json_print_end(&printer);
}
