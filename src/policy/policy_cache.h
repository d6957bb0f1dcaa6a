/*
 * What every login needs, kept between logins: the compiled login policies, as of the stamp that
 * changes with them; the spaces and roles, as of the account's access version; and contexts to
 * evaluate in. Belongs to the account; safe from any thread.
 */
#ifndef POLICY_POLICY_CACHE_H
#define POLICY_POLICY_CACHE_H

#include "policy/compiled_policy.h"
#include "policy/login_world.h"

struct login_policy {
    struct text id;
    struct text body;
    struct text broken; /* why it cannot be evaluated; empty when it can */
    struct compiled_policy compiled;
};

/* In the order of evaluation: those that set teams first, then the rest; each oldest first. */
struct login_policies {
    const struct login_policy *items;
    size_t len;
};

/* Puts policies, oldest first, into that order. */
void login_policies_arrange(const struct login_policy *from, size_t count, struct login_policy *to);

struct policy_cache *policy_cache_new(void);
void policy_cache_free(struct policy_cache *cache);

/* As the unit sees them; they live as long as its arena. NULL on failure. */
const struct login_policies *policy_cache_policies(struct ctx *ctx);
const struct login_world *policy_cache_world(struct ctx *ctx);

/* For units that change a login policy: what is compiled from now on is compiled anew. */
MUST_CHECK bool policy_cache_outdate(struct ctx *ctx);

/* Whether something of that content, a hash, is to be recorded now: not when it was within the
 * hour. Of two contents that meet in memory the older one is forgotten. */
bool policy_cache_may_record(struct policy_cache *cache, uint64_t content, int64_t now);
/* Whether an evaluation may be kept now: so many a second, and no more. */
bool policy_cache_may_sample(struct policy_cache *cache, int64_t now);

/* A context of POLICY_LOGIN_MEMORY to be given back; NULL without memory. */
struct rego_context *policy_cache_context(struct policy_cache *cache);
void policy_cache_return(struct policy_cache *cache, struct rego_context *context);

#endif
