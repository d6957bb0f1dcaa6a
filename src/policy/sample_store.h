/* Rows of policy_sample. Called by sample.c alone. */
#ifndef POLICY_SAMPLE_STORE_H
#define POLICY_SAMPLE_STORE_H

#include "policy/sample.h"

/* The input is sealed already. */
MUST_CHECK bool sample_row_insert(struct ctx *ctx, const struct policy_sample *sample);
/* At most `most` of each policy, younger than `after`. */
MUST_CHECK bool sample_row_list(struct ctx *ctx, const struct text *policy_ids, size_t count,
                                int64_t after, int64_t most, struct list *out);
/* With its sealed input; NULL when there is none. */
MUST_CHECK bool sample_row_find(struct ctx *ctx, struct text policy_id, struct text key,
                                struct policy_sample **out);
MUST_CHECK bool sample_row_delete(struct ctx *ctx, int64_t until, int64_t most);

#endif
