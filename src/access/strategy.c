/* Reading the account's strategy. */
#include "access/strategy.h"

#include "kernel/stored_setting.h"

const struct text strategy_setting = TEXT_INIT("management_strategy");

static const char *const names[] = {
    [STRATEGY_USER_MANAGEMENT] = "USER_MANAGEMENT", [STRATEGY_LOGIN_POLICIES] = "LOGIN_POLICIES"};

const char *strategy_name(enum strategy strategy)
{
    return names[strategy];
}

bool strategy_get(struct ctx *ctx, enum strategy *out)
{
    struct text stored;
    if (!stored_setting_get(ctx, strategy_setting, &stored))
        return false;
    /* Anything else, and nothing, is the default: it takes rights from nobody who has them. */
    *out = text_equal_z(stored, names[STRATEGY_LOGIN_POLICIES]) ? STRATEGY_LOGIN_POLICIES
                                                                : STRATEGY_USER_MANAGEMENT;
    return true;
}
