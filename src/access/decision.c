/* Deciding from the grants of an actor and the tree of spaces. */
#include "access/decision.h"

#include "base/json.h"
#include "base/list.h"

/* The first grant in the space or above it that allows the action. */
static const struct grant *find_grant(const struct actor *actor, const struct space *space,
                                      enum action action)
{
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *grant = &actor->grants[i];
        if (action_set_allows(&grant->actions, action) && space_is_within(space, grant->space_id))
            return grant;
    }
    return NULL;
}

bool access_decide(struct ctx *ctx, enum action action, struct text space_id, struct decision *out)
{
    *out = (struct decision){.action = action, .space_id = space_id};
    if (ctx->actor->kind == ACTOR_SYSTEM) {
        out->allowed = true;
        return true;
    }
    if (ctx->actor->grant_count == 0)
        return true;
    const struct space_tree *tree = space_tree_get(ctx);
    if (!tree)
        return false;
    out->grant = find_grant(ctx->actor, space_tree_find(tree, space_id), action);
    out->allowed = out->grant != NULL;
    return true;
}

bool access_require(struct ctx *ctx, enum action action, struct text space_id, struct decision *out)
{
    struct decision decision;
    if (!out)
        out = &decision;
    if (!access_decide(ctx, action, space_id, out))
        return false;
    if (out->allowed)
        return true;
    return fail(ctx, ERR_DENIED, "unauthorized: %s in space \"%.*s\" is not granted to %.*s",
                action_words(action), TEXT_ARG(space_id), TEXT_ARG(ctx->actor->username));
}

bool access_require_actor(struct ctx *ctx)
{
    if (ctx->actor->kind != ACTOR_ANONYMOUS)
        return true;
    return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: this needs a token");
}

/* Every space is below root. */
static bool sees_everything(const struct actor *actor)
{
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *grant = &actor->grants[i];
        if (text_equal(grant->space_id, TEXT("root")) &&
            action_set_allows(&grant->actions, ACTION_SPACE_READ))
            return true;
    }
    return actor->kind == ACTOR_SYSTEM;
}

bool visibility_get(struct ctx *ctx, struct visibility *out)
{
    *out = (struct visibility){.actor = ctx->actor,
                               .tree = space_tree_get(ctx),
                               .everything = sees_everything(ctx->actor)};
    return out->tree != NULL;
}

bool visibility_of(const struct visibility *visibility, struct text space_id)
{
    if (visibility->everything)
        return true;
    const struct space *space = space_tree_find(visibility->tree, space_id);
    return find_grant(visibility->actor, space, ACTION_SPACE_READ) != NULL;
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

struct text decision_print(struct arena *arena, const struct decision *decision)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, arena);
    json_begin_object(writer);
    json_member_bool(writer, "allowed", decision->allowed);
    json_member_string(writer, "action", text_z(action_words(decision->action)));
    json_member_string(writer, "space", decision->space_id);
    if (decision->grant) {
        json_member_string(writer, "binding", decision->grant->source_id);
        json_member_string(writer, "role", decision->grant->role_id);
        json_member_string(writer, "granted_in", decision->grant->space_id);
    }
    json_end_object(writer);
    return json_print_end(&printer);
}
