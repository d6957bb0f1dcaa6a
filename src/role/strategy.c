/* Switching between user management and login policies. */
#include "role/strategy.h"

#include "access/session_cut.h"
#include "audit/audit.h"
#include "kernel/stored_setting.h"

static bool record(struct ctx *ctx, enum strategy before, enum strategy after,
                   const struct decision *decision)
{
    struct change change;
    change_init(&change, ctx->arena);
    change_text(&change.before, "management_strategy", text_z(strategy_name(before)));
    change_text(&change.after, "management_strategy", text_z(strategy_name(after)));
    return audit_record(ctx, &(struct audit_event){.action = "account.set_strategy",
                                                   .resource_type = "ACCOUNT",
                                                   .resource_id = ctx->account->name,
                                                   .decision = decision,
                                                   .change = &change});
}

bool strategy_set(struct ctx *ctx, enum strategy strategy)
{
    enum strategy before;
    struct decision decision;
    if (!access_require_administrator(ctx, &decision) || !access_require_lasting(ctx, &decision) ||
        !strategy_get(ctx, &before))
        return false;
    return before == strategy ||
           (stored_setting_set(ctx, strategy_setting, text_z(strategy_name(strategy))) &&
            session_cut_all_but_own(ctx) && record(ctx, before, strategy, &decision));
}
