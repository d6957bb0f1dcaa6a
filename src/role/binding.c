/* Rules of role bindings. */
#include "role/binding.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "base/ulid.h"
#include "role/binding_store.h"
#include "role/role_store.h"

enum { REASON_MAX_BYTES = 1000, GRANT_MAX_DAYS = 30, BATCH_MAX = 100, EXPIRED_BATCH = 100 };

/* For people. */
static const char *const subject_words[] = {[SUBJECT_API_KEY] = "API key",
                                            [SUBJECT_USER] = "user",
                                            [SUBJECT_GROUP] = "user group",
                                            [SUBJECT_STACK] = "stack"};

/* What a stack may be bound to, and by whom. */
static bool check_stack(struct ctx *ctx, const struct binding_subject *stack,
                        const struct role_binding *binding)
{
    struct decision decision;
    if (!access_require(ctx, ACTION_STACK_MANAGE, stack->space_id, &decision) ||
        !access_require_until(ctx, &decision, binding->expires_at))
        return false;
    if (text_equal(binding->space_id, root_space) && !text_equal(stack->space_id, root_space))
        return fail(ctx, ERR_INVALID, "a stack outside the space root cannot be bound to root");
    return true;
}

static bool check_subject(struct ctx *ctx, const struct role_binding *binding)
{
    struct binding_subject *subject;
    if (!binding_subject_find(ctx, binding->kind, binding->subject_id, &subject))
        return false;
    if (!subject)
        return fail(ctx, ERR_NOT_FOUND, "%s \"%.*s\" not found", subject_words[binding->kind],
                    TEXT_ARG(binding->subject_id));
    return binding->kind != SUBJECT_STACK || check_stack(ctx, subject, binding);
}

static bool resolve_role(struct ctx *ctx, struct text given, struct text *out)
{
    struct role *role;
    if (!role_row_find(ctx, given, &role))
        return false;
    if (!role)
        return fail(ctx, ERR_NOT_FOUND, "role \"%.*s\" not found", TEXT_ARG(given));
    *out = role->id;
    return true;
}

/* Whoever administers the space may change the bindings in it. */
static bool require_admin(struct ctx *ctx, struct text space_id, struct decision *decision)
{
    const struct space_tree *tree = space_tree_get(ctx);
    if (!tree)
        return false;
    if (!space_tree_find(tree, space_id))
        return fail(ctx, ERR_NOT_FOUND, "space \"%.*s\" not found", TEXT_ARG(space_id));
    return access_require(ctx, ACTION_SPACE_ADMIN, space_id, decision);
}

/* What the trail keeps of a binding. */
static void describe(struct change_side *side, const struct role_binding *binding)
{
    change_text(side, "subject_kind", text_z(subject_kind_name(binding->kind)));
    change_text(side, "subject", binding->subject_id);
    change_text(side, "role", binding->role_id);
    change_text(side, "space", binding->space_id);
    change_text(side, "reason", binding->reason);
    change_bool(side, "is_rule", binding->is_rule);
    if (binding->expires_at)
        change_int64(side, "expires_at", binding->expires_at / CLOCK_SECOND);
}

/* before or after may be NULL; `binding` is either of them. */
static bool record(struct ctx *ctx, const char *action, const struct role_binding *binding,
                   const struct role_binding *before, const struct role_binding *after,
                   const struct decision *decision)
{
    struct change change;
    change_init(&change, ctx->arena);
    if (before)
        describe(&change.before, before);
    if (after)
        describe(&change.after, after);
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "ROLE_BINDING",
                                                   .resource_id = binding->id,
                                                   .related_type = subject_kind_name(binding->kind),
                                                   .related_id = binding->subject_id,
                                                   .decision = decision,
                                                   .change = &change});
}

/* The trail says that it ended by the server's hand, whoever came upon it. */
static bool remove_ended(struct ctx *ctx, const struct role_binding *binding)
{
    struct ctx as_server = *ctx;
    as_server.actor = &actor_system;
    return binding_row_delete(ctx, binding->id) &&
           record(&as_server, "role_binding.expired", binding, binding, NULL, NULL);
}

/* One that has ended and was not removed yet makes room. */
static bool check_unique(struct ctx *ctx, const struct role_binding *binding)
{
    struct role_binding *same;
    if (!binding_row_find_same(ctx, binding, &same))
        return false;
    if (same && same->expires_at && same->expires_at <= ctx->now)
        return remove_ended(ctx, same);
    return !same || fail(ctx, ERR_CONFLICT, "%s \"%.*s\" has this role in space \"%.*s\" already",
                         subject_words[binding->kind], TEXT_ARG(binding->subject_id),
                         TEXT_ARG(binding->space_id));
}

/* What the input asks for, if the actor may ask for it, and for that long. */
static bool check(struct ctx *ctx, const struct role_binding_input *input,
                  struct role_binding *binding, struct decision *decision)
{
    binding->subject_id = input->subject_id;
    binding->space_id = input->space_id;
    return require_admin(ctx, binding->space_id, decision) &&
           access_require_until(ctx, decision, binding->expires_at) &&
           resolve_role(ctx, input->role, &binding->role_id) && check_subject(ctx, binding) &&
           check_unique(ctx, binding);
}

static bool make(struct ctx *ctx, const char *action, enum subject_kind kind,
                 const struct role_binding_input *input, struct role_binding *binding)
{
    struct decision decision;
    *binding = (struct role_binding){.id = ulid_make(ctx->arena),
                                     .kind = kind,
                                     .expires_at = input->expires_at,
                                     .is_rule = input->is_rule,
                                     .reason = input->reason,
                                     .created_at = ctx->now,
                                     .created_by = ctx->actor->username};
    return check(ctx, input, binding, &decision) && binding_row_insert(ctx, binding) &&
           access_changed(ctx) && record(ctx, action, binding, NULL, binding, &decision);
}

bool role_binding_create(struct ctx *ctx, enum subject_kind kind,
                         const struct role_binding_input *input, struct role_binding **out)
{
    *out = ARENA_NEW(ctx->arena, struct role_binding);
    return *out ? make(ctx, "role_binding.create", kind, input, *out) : fail_no_memory(ctx);
}

bool role_binding_create_many(struct ctx *ctx, enum subject_kind kind,
                              const struct role_binding_input *inputs, size_t count,
                              struct list *out)
{
    list_init(out, ctx->arena, sizeof(struct role_binding));
    if (count > BATCH_MAX)
        return fail(ctx, ERR_INVALID, "%d bindings can be made together at most", BATCH_MAX);
    for (size_t i = 0; i < count; i++) {
        struct role_binding *binding = list_push(out);
        if (!binding)
            return fail_no_memory(ctx);
        if (!make(ctx, "role_binding.create", kind, &inputs[i], binding))
            return false;
    }
    return true;
}

static bool check_grant(struct ctx *ctx, const struct role_binding_input *input)
{
    if (text_trim(input->reason).len == 0)
        return fail(ctx, ERR_INVALID, "a grant that ends needs a reason");
    if (input->reason.len > REASON_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "a reason may have %d bytes at most", REASON_MAX_BYTES);
    if (input->expires_at <= ctx->now || input->expires_at > ctx->now + GRANT_MAX_DAYS * CLOCK_DAY)
        return fail(ctx, ERR_INVALID, "a grant ends in the future, within %d days", GRANT_MAX_DAYS);
    return true;
}

bool role_binding_grant(struct ctx *ctx, enum subject_kind kind,
                        const struct role_binding_input *input, struct role_binding **out)
{
    *out = ARENA_NEW(ctx->arena, struct role_binding);
    if (!*out)
        return fail_no_memory(ctx);
    return check_grant(ctx, input) && make(ctx, "access.grant", kind, input, *out);
}

static bool find_of_kind(struct ctx *ctx, enum subject_kind kind, struct text id,
                         struct role_binding **out)
{
    if (!binding_row_find(ctx, id, out))
        return false;
    if (*out && (*out)->kind != kind)
        *out = NULL;
    return true;
}

bool role_binding_update(struct ctx *ctx, enum subject_kind kind, struct text id,
                         const struct role_binding_input *input, struct role_binding **out)
{
    struct decision decision;
    if (!find_of_kind(ctx, kind, id, out))
        return false;
    if (!*out)
        return access_require(ctx, ACTION_SPACE_ADMIN, input->space_id, NULL) &&
               fail(ctx, ERR_NOT_FOUND, "role binding \"%.*s\" not found", TEXT_ARG(id));
    struct role_binding before = **out;
    return require_admin(ctx, before.space_id, &decision) && check(ctx, input, *out, &decision) &&
           binding_row_update(ctx, *out) && access_changed(ctx) &&
           record(ctx, "role_binding.update", *out, &before, *out, &decision);
}

static bool remove_binding(struct ctx *ctx, struct role_binding *binding)
{
    struct decision decision;
    const char *action = binding->expires_at ? "access.revoke" : "role_binding.delete";
    return require_admin(ctx, binding->space_id, &decision) &&
           binding_row_delete(ctx, binding->id) && access_changed(ctx) &&
           record(ctx, action, binding, binding, NULL, &decision);
}

bool role_binding_delete(struct ctx *ctx, enum subject_kind kind, struct text id,
                         struct role_binding **out)
{
    return find_of_kind(ctx, kind, id, out) && (!*out || remove_binding(ctx, *out));
}

bool role_binding_make_rule(struct ctx *ctx, struct role_binding *binding)
{
    const struct role_binding before = *binding;
    struct decision decision;
    binding->is_rule = true;
    return require_admin(ctx, binding->space_id, &decision) && binding_row_update(ctx, binding) &&
           record(ctx, "role_binding.update", binding, &before, binding, &decision);
}

bool role_binding_delete_any(struct ctx *ctx, struct text id, struct role_binding **out)
{
    return binding_row_find(ctx, id, out) && (!*out || remove_binding(ctx, *out));
}

bool role_binding_delete_of(struct ctx *ctx, enum subject_kind kind, struct text subject_id)
{
    return binding_row_delete_of(ctx, kind, subject_id) && access_changed(ctx);
}

bool role_binding_check_move(struct ctx *ctx, struct text stack_id, struct text space_id)
{
    struct list bindings;
    if (text_equal(space_id, root_space))
        return true;
    if (!binding_row_list(ctx, SUBJECT_STACK, &stack_id, 1, &bindings))
        return false;
    for (size_t i = 0; i < bindings.len; i++) {
        if (text_equal(LIST_ITEMS(&bindings, struct role_binding)[i].space_id, root_space))
            return fail(ctx, ERR_CONFLICT,
                        "stack \"%.*s\" is bound to root: delete that binding before it leaves "
                        "the space root",
                        TEXT_ARG(stack_id));
    }
    return true;
}

bool role_binding_delete_expired(struct ctx *ctx)
{
    struct list ended;
    if (!binding_row_list_ended(ctx, ctx->now, EXPIRED_BATCH, &ended))
        return false;
    for (size_t i = 0; i < ended.len; i++) {
        if (!remove_ended(ctx, list_at(&ended, i)))
            return false;
    }
    return ended.len == 0 || access_changed(ctx);
}

bool role_binding_find(struct ctx *ctx, enum subject_kind kind, struct text id,
                       struct role_binding **out)
{
    if (!find_of_kind(ctx, kind, id, out))
        return false;
    bool seen = *out && (text_equal((*out)->subject_id, ctx->actor->id) ||
                         access_holds_anywhere(ctx->actor, ACTION_SPACE_ADMIN));
    if (!seen)
        *out = NULL;
    return true;
}

bool role_binding_list(struct ctx *ctx, enum subject_kind kind, const struct text *subject_ids,
                       size_t count, struct list *out)
{
    return binding_row_list(ctx, kind, subject_ids, count, out);
}

bool role_binding_list_grants(struct ctx *ctx, struct list *out)
{
    list_init(out, ctx->arena, sizeof(struct role_binding));
    return !access_holds_anywhere(ctx->actor, ACTION_SPACE_ADMIN) ||
           binding_row_list_ending(ctx, ctx->now, out);
}
