/*
 * From what each login policy says to one verdict: one deny is enough; one deny_admin takes every
 * admin away; a policy that failed refuses, but a deny of another is the reason given; roles add
 * up. Nobody comes in without an `allow`, or an `admin` that nothing has taken away.
 */
#ifndef POLICY_LOGIN_MERGE_H
#define POLICY_LOGIN_MERGE_H

#include "policy/login_outcome.h"

/* A role in a space, as the verdict keeps it. */
struct verdict_grant {
    struct login_grant by; /* space, policy, rule and line; role as the policy named it */
    struct text role_id;   /* empty when there is no such role or space */
};

struct login_merged {
    bool allowed;
    bool admin;
    struct text admin_policy; /* who made it so */
    int32_t admin_line;
    struct text reason;
    bool teams_replaced;
    struct text_list teams;
    const struct verdict_grant *grants; /* each role in each space once; none when not allowed */
    size_t grant_count;
};

/* Outcomes in the order of evaluation; what comes out borrows them. teams: those that the last
 * policy has seen. False without memory. */
MUST_CHECK bool login_merge(struct arena *arena, const struct login_outcome *outcomes, size_t count,
                            const struct login_world *world, struct login_merged *out);

/* The JSON of login_policy.h. at == NULL without memory. */
struct text login_merged_print(struct arena *arena, const struct login_merged *merged);

#endif
