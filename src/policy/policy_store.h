/* Rows of policy. Called by the policy noun alone. */
#ifndef POLICY_POLICY_STORE_H
#define POLICY_POLICY_STORE_H

#include "base/list.h"
#include "kernel/ctx.h"
#include "policy/policy.h"

MUST_CHECK bool policy_row_insert(struct ctx *ctx, const struct policy *policy);
MUST_CHECK bool policy_row_update(struct ctx *ctx, const struct policy *policy);
MUST_CHECK bool policy_row_delete(struct ctx *ctx, struct text id);
MUST_CHECK bool policy_row_exists(struct ctx *ctx, struct text id, bool *out);
/* NULL when there is none. */
MUST_CHECK bool policy_row_find(struct ctx *ctx, struct text id, struct policy **out);
/* Those in the given spaces, by name: a list of struct policy. */
MUST_CHECK bool policy_row_list(struct ctx *ctx, struct db_value spaces, struct list *out);

/* As much of a policy as its evaluation needs. */
struct policy_text {
    struct text id;
    enum policy_engine engine;
    struct text body;
};

/* The login policies, oldest first: a list of struct policy_text. */
MUST_CHECK bool policy_row_list_login(struct ctx *ctx, struct list *out);

/* What login policies may name: a list of struct known_role. */
struct known_role {
    struct text id;
    struct text slug;
    struct text name;
};
MUST_CHECK bool policy_role_row_list(struct ctx *ctx, struct list *out);

#endif
