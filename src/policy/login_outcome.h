/*
 * What one login policy says about one login. Nothing here knows of other policies; merging them is
 * login_merge.h.
 */
#ifndef POLICY_LOGIN_OUTCOME_H
#define POLICY_LOGIN_OUTCOME_H

#include "policy/login_input.h"
#include "policy/policy_cache.h"

struct login_grant {
    struct text space;
    struct text role; /* as the policy names it: slug or id */
    struct text policy_id;
    struct text rule; /* "roles", "space_admin", ... */
    int32_t line;     /* of the body that gave it; 0 when that cannot be told */
};

/* A boolean rule that held, with the line of the body that made it so. */
struct login_ruling {
    bool holds;
    int32_t line;
};

struct login_outcome {
    struct text policy_id;
    struct text failure; /* why there is no outcome; then everything else is empty */
    struct login_ruling allow;
    struct login_ruling admin;
    struct login_ruling deny;
    struct login_ruling deny_admin;
    bool sample;
    bool sets_teams; /* `team` is not empty */
    struct text_list teams;
    const struct login_grant *grants;
    size_t grant_count;
    struct text result; /* JSON, when sampled */
    struct text input;  /* JSON, when sampled */
};

/* Everything is copied into the arena; the context is reset. False without memory. */
MUST_CHECK bool login_outcome_read(struct arena *arena, const struct login_policy *policy,
                                   const struct login_question *question,
                                   const struct login_world *world, struct rego_context *context,
                                   struct login_outcome *out);

#endif
