/*
 * Evaluations that were kept because the policy asked for it with `sample`: input (sealed, for it
 * says who logged in from where), body and result. Kept for seven days; the newest hundred of a
 * policy are shown, to administrators of root only.
 */
#ifndef POLICY_SAMPLE_H
#define POLICY_SAMPLE_H

#include "base/list.h"
#include "kernel/search_list.h"

struct policy_sample {
    struct text key; /* ULID */
    struct text policy_id;
    struct text outcome; /* "admin", "allow", "deny", "undecided" */
    int64_t created_at;
    struct text input; /* JSON; only from sample_get, as is what follows */
    struct text body;
    struct text result; /* JSON */
};

/* For the evaluation itself; asks nobody. The key and the time are set here. */
MUST_CHECK bool sample_keep(struct ctx *ctx, const struct policy_sample *sample);

/* Of many policies, policy by policy, newest first: a list of struct policy_sample. */
MUST_CHECK bool sample_list_many(struct ctx *ctx, const struct text *policy_ids, size_t count,
                                 struct list *out);
/* NOT_FOUND when the policy has no such sample. */
MUST_CHECK bool sample_get(struct ctx *ctx, struct text policy_id, struct text key,
                           struct policy_sample **out);
/* By `outcome`, ordered by `createdAt`. Items of the page are struct policy_sample. */
MUST_CHECK bool sample_search(struct ctx *ctx, struct text policy_id, const struct search *search,
                              struct search_page *out);

/* Drops those that are too old or too many. For the server itself, once in a while. */
MUST_CHECK bool sample_delete_old(struct ctx *ctx);

#endif
