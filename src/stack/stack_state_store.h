/* Rows of stack_state and its lock. Called by stack_state.c alone. */
#ifndef STACK_STACK_STATE_STORE_H
#define STACK_STACK_STATE_STORE_H

#include "kernel/ctx.h"

struct state_row {
    int64_t version;
    struct text sealed_content;
    int64_t serial;
    struct text lineage;
};

struct state_lock_row {
    struct text lock_id;
    struct text info;
    struct text run_id;
};

/* NULL when absent. */
MUST_CHECK bool state_row_newest(struct ctx *ctx, struct text stack_id, struct state_row **out);
/* The same without its content, which may be large. */
MUST_CHECK bool state_row_head(struct ctx *ctx, struct text stack_id, struct state_row **out);
MUST_CHECK bool state_row_insert(struct ctx *ctx, struct text stack_id, struct text run_id,
                                 const struct state_row *row);
/* Keeps the newest ones. */
MUST_CHECK bool state_row_prune(struct ctx *ctx, struct text stack_id, int64_t before_version);
MUST_CHECK bool state_lock_find(struct ctx *ctx, struct text stack_id, struct state_lock_row **out);
MUST_CHECK bool state_lock_insert(struct ctx *ctx, struct text stack_id,
                                  const struct state_lock_row *row);
MUST_CHECK bool state_lock_delete(struct ctx *ctx, struct text stack_id);
MUST_CHECK bool state_lock_delete_of_run(struct ctx *ctx, struct text run_id);

#endif
