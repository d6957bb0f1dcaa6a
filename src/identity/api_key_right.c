/* Rights on API keys. */
#include "identity/api_key_right.h"

#include "access/strategy.h"
#include "audit/audit.h"
#include "kernel/stored_setting.h"

static const struct text setting_name = TEXT_INIT("non_root_key_managers");

bool api_key_require_change(struct ctx *ctx, struct decision *decision)
{
    return access_require_administrator(ctx, decision);
}

/* Under login policies a key's name alone can give it rights, so the switch has no effect then. */
static bool others_may_manage(struct ctx *ctx, bool *out)
{
    struct text value;
    enum strategy strategy;
    if (!stored_setting_get(ctx, setting_name, &value) || !strategy_get(ctx, &strategy))
        return false;
    *out = text_equal(value, TEXT("true")) && strategy == STRATEGY_USER_MANAGEMENT &&
           access_holds_anywhere(ctx->actor, ACTION_SPACE_ADMIN);
    return true;
}

/* The grant that makes the actor an administrator of some space. */
static bool decide_somewhere(struct ctx *ctx, struct decision *decision)
{
    const struct actor *actor = ctx->actor;
    for (size_t i = 0; i < actor->grant_count; i++) {
        if (action_set_has(&actor->grants[i].actions, ACTION_SPACE_ADMIN))
            return access_decide(ctx, ACTION_SPACE_ADMIN, actor->grants[i].space_id, decision);
    }
    return true;
}

static bool is_in(struct text_list groups, struct text group)
{
    for (size_t i = 0; i < groups.len; i++) {
        if (text_equal(groups.items[i], group))
            return true;
    }
    return false;
}

/* Groups have rights: a key may be in those of its maker, and none may come from elsewhere. Spaces
 * are looked at where they are bound. */
static bool stays_below_maker(const struct ctx *ctx, const struct api_key_input *input)
{
    if (input->admin || input->kind == API_KEY_WORKER ||
        (input->oidc && input->oidc->mappings_count > 0))
        return false;
    for (size_t i = 0; i < input->teams.len; i++) {
        if (!is_in(ctx->actor->groups, input->teams.items[i]))
            return false;
    }
    return true;
}

/* Root's administrators, or whoever else `is_allowed` holds for while the switch is on. */
static bool require(struct ctx *ctx, bool is_allowed, struct decision *decision)
{
    bool others;
    if (!access_decide(ctx, ACTION_SPACE_ADMIN, root_space, decision))
        return false;
    if (decision->allowed)
        return true;
    if (!others_may_manage(ctx, &others))
        return false;
    if (others && is_allowed)
        return decide_somewhere(ctx, decision);
    return access_require_administrator(ctx, decision);
}

/* Whether the key is more than its bindings: by groups, by the work it gets, or because login
 * policies look at its name. */
static bool has_rights_at_once(struct ctx *ctx, const struct api_key_input *input, bool *out)
{
    enum strategy strategy;
    if (!strategy_get(ctx, &strategy))
        return false;
    *out = strategy == STRATEGY_LOGIN_POLICIES || input->kind == API_KEY_WORKER ||
           input->teams.len > 0 || (input->oidc && input->oidc->mappings_count > 0);
    return true;
}

bool api_key_require_create(struct ctx *ctx, const struct api_key_input *input,
                            struct decision *decision)
{
    bool has_rights;
    return require(ctx, stays_below_maker(ctx, input), decision) &&
           has_rights_at_once(ctx, input, &has_rights) &&
           (!has_rights || access_require_lasting(ctx, decision));
}

bool api_key_require_delete(struct ctx *ctx, const struct api_key *key, struct decision *decision)
{
    return require(ctx, text_equal(key->creator, ctx->actor->username), decision);
}

bool api_key_enable_non_root_managers(struct ctx *ctx, bool enable)
{
    struct decision decision;
    struct text before;
    struct change change;
    if (!api_key_require_change(ctx, &decision) ||
        (enable && !access_require_lasting(ctx, &decision)) ||
        !stored_setting_get(ctx, setting_name, &before))
        return false;
    change_init(&change, ctx->arena);
    change_bool(&change.before, "non_root_key_managers", text_equal(before, TEXT("true")));
    change_bool(&change.after, "non_root_key_managers", enable);
    return stored_setting_set(ctx, setting_name, enable ? TEXT("true") : TEXT("false")) &&
           audit_record(ctx, &(struct audit_event){.action = "account.update",
                                                   .resource_type = "ACCOUNT",
                                                   .resource_id = ctx->account->name,
                                                   .decision = &decision,
                                                   .change = &change});
}
