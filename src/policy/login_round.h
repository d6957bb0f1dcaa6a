/* All login policies asked about one login, one after the other, and what comes of it. Nothing is
 * kept: login_policy.c does that for logins, rehearsal.c must not. */
#ifndef POLICY_LOGIN_ROUND_H
#define POLICY_LOGIN_ROUND_H

#include "policy/login_merge.h"

struct login_round {
    const struct login_outcome *outcomes; /* one for each policy */
    struct login_merged merged;
};

/* Without any policy, members come in with no roles. Everything lies in the arena. False without
 * memory. */
MUST_CHECK bool login_round_run(struct arena *arena, const struct login_policies *policies,
                                const struct login_world *world,
                                const struct login_question *question, struct rego_context *context,
                                struct login_round *out);

#endif
