/* Rows of run, its history, changes and comments. Called by the run noun alone. */
#ifndef RUN_RUN_STORE_H
#define RUN_RUN_STORE_H

#include "run/run.h"

MUST_CHECK bool run_row_insert(struct ctx *ctx, const struct run *run);
/* NULL when absent. */
MUST_CHECK bool run_row_find(struct ctx *ctx, struct text id, struct run **out);
MUST_CHECK bool run_row_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                                  struct list *out);
MUST_CHECK bool run_row_list(struct ctx *ctx, enum run_list_kind kind, const struct text *stack_ids,
                             size_t count, struct text before, struct list *out);
/* The blocking run that is next in a stack's queue; NULL when none waits. */
MUST_CHECK bool run_row_next_blocking(struct ctx *ctx, struct text stack_id, struct run **out);
MUST_CHECK bool run_row_queued_previews(struct ctx *ctx, struct text stack_id, struct list *out);

/* The state of the stack's newest tracked run other than this one whose state is among the names;
 * empty when there is none. */
MUST_CHECK bool run_row_shown_state(struct ctx *ctx, const struct run *run,
                                    const struct text *names, size_t count, struct text *out);

/* State, version, lease, tries and times. */
MUST_CHECK bool run_row_set_state(struct ctx *ctx, const struct run *run);
MUST_CHECK bool run_row_set_priority(struct ctx *ctx, const struct run *run);
MUST_CHECK bool run_row_set_stop(struct ctx *ctx, struct text id);
MUST_CHECK bool run_row_set_metadata(struct ctx *ctx, const struct run *run);
MUST_CHECK bool run_row_set_commit(struct ctx *ctx, const struct run *run);
MUST_CHECK bool run_row_set_delta(struct ctx *ctx, const struct run *run);
MUST_CHECK bool run_row_drop_plan(struct ctx *ctx, struct text id);
MUST_CHECK bool run_row_set_plan(struct ctx *ctx, struct text id, struct text sealed);
MUST_CHECK bool run_row_plan(struct ctx *ctx, struct text id, struct text *sealed);

/* Leases. */
MUST_CHECK bool run_row_set_lease(struct ctx *ctx, const struct run *run,
                                  struct text state_password_hash);
MUST_CHECK bool run_row_extend_lease(struct ctx *ctx, const struct run *run);
/* The run of a lease, NULL when nobody has it. */
MUST_CHECK bool run_row_find_lease(struct ctx *ctx, struct text lease_id, struct run **out);
/* The hash of the password that a leased run uses for its state; empty without a lease. */
MUST_CHECK bool run_row_state_password(struct ctx *ctx, struct text id, struct text *hash);
/* The run a worker should take next among stacks of these vendors; NULL when none waits. */
MUST_CHECK bool run_row_next_for_worker(struct ctx *ctx, const struct text *vendors, size_t count,
                                        struct run **out);
/* Runs whose lease has run out. */
MUST_CHECK bool run_row_list_expired(struct ctx *ctx, struct list *out);

MUST_CHECK bool run_history_insert(struct ctx *ctx, const struct run_transition *entry);
MUST_CHECK bool run_history_list(struct ctx *ctx, const struct text *run_ids, size_t count,
                                 struct list *out);
MUST_CHECK bool run_change_replace(struct ctx *ctx, struct text run_id,
                                   const struct run_change *changes, size_t count);
MUST_CHECK bool run_change_list(struct ctx *ctx, const struct text *run_ids, size_t count,
                                struct list *out);
MUST_CHECK bool run_comment_insert(struct ctx *ctx, const struct run_comment *comment);
MUST_CHECK bool run_comment_rows(struct ctx *ctx, const struct text *run_ids, size_t count,
                                 struct list *out);

#endif
