/* Rules of policies. */
#include "policy/policy.h"

#include "access/session_cut.h"
#include "audit/audit.h"
#include "base/slug.h"
#include "kernel/free_slug.h"
#include "kernel/naming.h"
#include "policy/compiled_policy.h"
#include "policy/policy_cache.h"
#include "policy/policy_store.h"

enum {
    LABELS_MAX = 200,
    LABELS_MAX_BYTES = 128 << 10,
};

/* ---- What may be put in. ---- */

static bool check_labels(struct ctx *ctx, struct text_list labels)
{
    size_t bytes = 0;
    for (size_t i = 0; i < labels.len; i++)
        bytes += labels.items[i].len;
    if (labels.len > LABELS_MAX || bytes > LABELS_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "a policy may have %d labels of %d bytes together at most",
                    LABELS_MAX, LABELS_MAX_BYTES);
    return true;
}

static bool check_input(struct ctx *ctx, const struct policy_input *input)
{
    return naming_check_name(ctx, "a policy", text_trim(input->name)) &&
           naming_check_description(ctx, "a policy", input->description) &&
           check_labels(ctx, input->labels);
}

static bool check_space(struct ctx *ctx, enum policy_type type, struct text space)
{
    const struct space_tree *tree = space_tree_get(ctx);
    if (!tree)
        return false;
    if (!space_tree_find(tree, space))
        return fail(ctx, ERR_NOT_FOUND, "space \"%.*s\" not found", TEXT_ARG(space));
    if (type == POLICY_LOGIN && !text_equal(space, root_space))
        return fail(ctx, ERR_INVALID, "login policies live in the space root");
    return true;
}

static bool check_body(struct ctx *ctx, const struct policy *policy)
{
    struct compiled_policy compiled;
    return policy_compile(ctx->arena, policy->type, policy->engine_type, policy->body, &compiled,
                          ctx->error);
}

static void apply(struct ctx *ctx, const struct policy_input *input, struct policy *policy)
{
    policy->name = text_trim(input->name);
    policy->description = input->description.len ? input->description : (struct text){NULL, 0};
    policy->body = input->body;
    policy->labels = input->labels;
    policy->updated_at = ctx->now;
    if (!input->keeps_engine)
        policy->engine_type = input->engine_type;
}

/* ---- What a change brings about. ---- */

static void describe(struct change_side *side, const struct policy *policy)
{
    change_text(side, "name", policy->name);
    change_text(side, "description", policy->description);
    change_text(side, "type", text_z(policy_type_name(policy->type)));
    change_text(side, "engine_type", text_z(policy_engine_name(policy->engine_type)));
    change_text(side, "body", policy->body);
    change_text(side, "space", policy->space);
    change_texts(side, "labels", policy->labels);
}

static bool record(struct ctx *ctx, const char *action, const struct policy *policy,
                   const struct change *change, const struct decision *decision)
{
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "POLICY",
                                                   .resource_id = policy->id,
                                                   .decision = decision,
                                                   .change = change});
}

/* What the sessions of others were given may not hold any more. */
static bool spread(struct ctx *ctx, const struct policy *policy)
{
    return policy->type != POLICY_LOGIN ||
           (policy_cache_outdate(ctx) && session_cut_all_but_own(ctx));
}

/* ---- Changes. ---- */

/* What login policies give lasts as long as they do. */
static bool require_lasting(struct ctx *ctx, const struct policy *policy,
                            const struct decision *decision)
{
    return policy->type != POLICY_LOGIN || access_require_lasting(ctx, decision);
}

bool policy_create(struct ctx *ctx, const struct policy_input *input, struct policy **out)
{
    struct decision decision;
    struct change change;
    struct policy *policy = ARENA_NEW(ctx->arena, struct policy);
    if (!policy)
        return fail_no_memory(ctx);
    *out = policy;
    policy->type = policy_type_today(input->type);
    policy->space = input->space.len ? input->space : root_space;
    policy->created_at = ctx->now;
    policy->created_by = ctx->actor->username;
    apply(ctx, input, policy);
    if (!check_space(ctx, policy->type, policy->space) ||
        !access_require(ctx, ACTION_SPACE_ADMIN, policy->space, &decision) ||
        !require_lasting(ctx, policy, &decision) || !check_input(ctx, input) ||
        !check_body(ctx, policy))
        return false;
    change_init(&change, ctx->arena);
    describe(&change.after, policy);
    return free_slug(ctx, slug_make(ctx->arena, policy->name, "policy"), policy_row_exists,
                     "policies", &policy->id) &&
           policy_row_insert(ctx, policy) && spread(ctx, policy) &&
           record(ctx, "policy.create", policy, &change, &decision);
}

/* Moving needs the right to create at the destination as well. */
static bool move(struct ctx *ctx, struct text space, struct policy *policy,
                 struct decision *decision)
{
    if (space.len == 0 || text_equal(space, policy->space))
        return true;
    policy->space = space;
    return check_space(ctx, policy->type, space) &&
           access_require(ctx, ACTION_SPACE_ADMIN, space, decision);
}

bool policy_update(struct ctx *ctx, struct text id, const struct policy_input *input,
                   struct policy **out)
{
    struct decision decision;
    struct change change;
    if (!policy_find(ctx, id, out))
        return false;
    struct policy *policy = *out;
    if (!policy)
        return fail(ctx, ERR_NOT_FOUND, "policy \"%.*s\" not found", TEXT_ARG(id));
    change_init(&change, ctx->arena);
    describe(&change.before, policy);
    if (!access_require(ctx, ACTION_SPACE_ADMIN, policy->space, &decision) ||
        !require_lasting(ctx, policy, &decision) || !check_input(ctx, input) ||
        !move(ctx, input->space, policy, &decision))
        return false;
    apply(ctx, input, policy);
    describe(&change.after, policy);
    return check_body(ctx, policy) && policy_row_update(ctx, policy) && spread(ctx, policy) &&
           record(ctx, "policy.update", policy, &change, &decision);
}

bool policy_delete(struct ctx *ctx, struct text id, struct policy **out)
{
    struct decision decision;
    struct change change;
    if (!policy_find(ctx, id, out))
        return false;
    if (!*out)
        return true;
    change_init(&change, ctx->arena);
    describe(&change.before, *out);
    return access_require(ctx, ACTION_SPACE_ADMIN, (*out)->space, &decision) &&
           require_lasting(ctx, *out, &decision) && policy_row_delete(ctx, id) &&
           spread(ctx, *out) && record(ctx, "policy.delete", *out, &change, &decision);
}

/* ---- Reading. ---- */

/* Whether the actor may see login policies. */
static bool sees_logins(struct ctx *ctx, bool *out)
{
    struct decision decision;
    if (!access_decide(ctx, ACTION_SPACE_ADMIN, root_space, &decision))
        return false;
    *out = decision.allowed;
    return true;
}

bool policy_find(struct ctx *ctx, struct text id, struct policy **out)
{
    struct visibility visibility;
    bool logins;
    if (!visibility_get(ctx, &visibility) || !sees_logins(ctx, &logins) ||
        !policy_row_find(ctx, id, out))
        return false;
    if (*out &&
        (!visibility_of(&visibility, (*out)->space) || ((*out)->type == POLICY_LOGIN && !logins)))
        *out = NULL;
    return true;
}

bool policy_list(struct ctx *ctx, struct list *out)
{
    struct visibility visibility;
    struct list rows;
    bool logins;
    if (!visibility_get(ctx, &visibility) || !sees_logins(ctx, &logins) ||
        !policy_row_list(ctx, visibility_spaces(&visibility, ctx->arena), &rows))
        return false;
    list_init(out, ctx->arena, sizeof(struct policy));
    for (size_t i = 0; i < rows.len; i++) {
        const struct policy *row = list_at(&rows, i);
        struct policy *policy = row->type == POLICY_LOGIN && !logins ? NULL : list_push(out);
        if (policy)
            *policy = *row;
    }
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}
