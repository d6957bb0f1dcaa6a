/* Rules of roles. */
#include "role/role.h"

#include "audit/audit.h"
#include "base/slug.h"
#include "base/ulid.h"
#include "kernel/free_slug.h"
#include "kernel/naming.h"
#include "role/role_store.h"

static bool check(struct ctx *ctx, const struct role *role)
{
    return naming_check_name(ctx, "a role", role->name) &&
           naming_check_description(ctx, "a role", role->description) &&
           (role->actions_count > 0 || fail(ctx, ERR_INVALID, "a role needs at least one action"));
}

static bool is_taken(struct ctx *ctx, struct text slug, bool *out)
{
    struct role *taken;
    if (!role_row_find(ctx, slug, &taken))
        return false;
    *out = taken != NULL;
    return true;
}

/* Each action once, in the order of the catalogue. */
static bool set_actions(struct ctx *ctx, struct role *role, const struct role_input *input)
{
    struct action_set set = {{0}};
    for (size_t i = 0; i < input->actions_count; i++)
        action_set_add(&set, input->actions[i]);
    role->actions = ARENA_ARRAY(ctx->arena, enum action, ACTION_COUNT);
    role->actions_count = 0;
    for (int i = 0; role->actions && i < ACTION_COUNT; i++) {
        if (action_set_has(&set, (enum action)i))
            role->actions[role->actions_count++] = (enum action)i;
    }
    return role->actions || fail_no_memory(ctx);
}

/* What the trail keeps of a role. */
static void describe(struct ctx *ctx, struct change_side *side, const struct role *role)
{
    struct text *actions = ARENA_ARRAY(ctx->arena, struct text, role->actions_count);
    change_text(side, "name", role->name);
    change_text(side, "slug", role->slug);
    change_text(side, "description", role->description);
    for (size_t i = 0; actions && i < role->actions_count; i++)
        actions[i] = text_z(action_words(role->actions[i]));
    if (actions)
        change_texts(side, "actions", (struct text_list){actions, role->actions_count});
}

/* before or after may be NULL. */
static bool record(struct ctx *ctx, const char *action, const struct role *before,
                   const struct role *after, const struct decision *decision)
{
    struct change change;
    change_init(&change, ctx->arena);
    if (before)
        describe(ctx, &change.before, before);
    if (after)
        describe(ctx, &change.after, after);
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "ROLE",
                                                   .resource_id = after ? after->id : before->id,
                                                   .decision = decision,
                                                   .change = &change});
}

bool role_create(struct ctx *ctx, const struct role_input *input, struct role **out)
{
    struct decision decision;
    struct role *role = *out = ARENA_NEW(ctx->arena, struct role);
    if (!role)
        return fail_no_memory(ctx);
    *role = (struct role){.id = ulid_make(ctx->arena),
                          .name = text_trim(input->name),
                          .description = input->description};
    return access_require_administrator(ctx, &decision) && set_actions(ctx, role, input) &&
           check(ctx, role) &&
           free_slug(ctx, slug_make(ctx->arena, role->name, "role"), is_taken, "roles",
                     &role->slug) &&
           role_row_insert(ctx, role) && record(ctx, "role.create", NULL, role, &decision);
}

static bool refuse_system(struct ctx *ctx, const struct role *role)
{
    return !role->is_system ||
           fail(ctx, ERR_CONFLICT, "the role %.*s came with the server and cannot be changed",
                TEXT_ARG(role->slug));
}

/* Whoever is bound to the role has them from then on. */
static bool change_actions(struct ctx *ctx, struct role *role, const struct role_input *input,
                           const struct decision *decision)
{
    return input->keeps_actions ||
           (access_require_lasting(ctx, decision) && set_actions(ctx, role, input));
}

bool role_update(struct ctx *ctx, struct text id, const struct role_input *input, struct role **out)
{
    struct decision decision;
    if (!access_require_administrator(ctx, &decision) || !role_row_find(ctx, id, out))
        return false;
    struct role *role = *out;
    if (!role)
        return fail(ctx, ERR_NOT_FOUND, "role \"%.*s\" not found", TEXT_ARG(id));
    struct role before = *role;
    if (input->name.at)
        role->name = text_trim(input->name);
    if (input->description.at)
        role->description = input->description;
    return refuse_system(ctx, role) && change_actions(ctx, role, input, &decision) &&
           check(ctx, role) && role_row_update(ctx, role) && access_changed(ctx) &&
           record(ctx, "role.update", &before, role, &decision);
}

static bool refuse_bound(struct ctx *ctx, const struct role *role)
{
    int64_t count = role->role_bindings_count;
    if (count == 0)
        return true;
    return fail(ctx, ERR_CONFLICT,
                "the role %.*s cannot be deleted while %" PRId64 " binding%s %s it",
                TEXT_ARG(role->slug), count, count == 1 ? "" : "s", count == 1 ? "uses" : "use");
}

bool role_delete(struct ctx *ctx, struct text id, struct role **out)
{
    struct decision decision;
    if (!access_require_administrator(ctx, &decision) || !role_row_find(ctx, id, out))
        return false;
    struct role *role = *out;
    return !role ||
           (refuse_system(ctx, role) && refuse_bound(ctx, role) && role_row_delete(ctx, role->id) &&
            access_changed(ctx) && record(ctx, "role.delete", role, NULL, &decision));
}

bool role_find(struct ctx *ctx, struct text id, struct role **out)
{
    *out = NULL;
    return !access_holds_anywhere(ctx->actor, ACTION_SPACE_ADMIN) || role_row_find(ctx, id, out);
}

bool role_list(struct ctx *ctx, struct list *out)
{
    list_init(out, ctx->arena, sizeof(struct role));
    return !access_holds_anywhere(ctx->actor, ACTION_SPACE_ADMIN) || role_row_list(ctx, out);
}
