/* Rows of run_log. Called by run_log.c alone. */
#ifndef RUN_RUN_LOG_STORE_H
#define RUN_RUN_LOG_STORE_H

#include "run/run_log.h"

struct run_log_row {
    int64_t start;
    struct text content;
    int64_t created_at;
};

/* Bytes of the log of one version. */
MUST_CHECK bool run_log_length(struct ctx *ctx, struct text run_id, int64_t version, int64_t *out);
MUST_CHECK bool run_log_insert(struct ctx *ctx, struct text run_id, int64_t version,
                               const struct run_log_row *row);
/* Pieces that begin at or after `start`, in order, at most `limit`. */
MUST_CHECK bool run_log_list(struct ctx *ctx, struct text run_id, int64_t version, int64_t start,
                             int64_t limit, struct list *out);
/* The newest entry of the history with that state, or the given version when it has that state; 0
 * when there is none. */
MUST_CHECK bool run_log_version(struct ctx *ctx, struct text run_id, enum run_state state,
                                int64_t version, int64_t *out);
/* The entry of the history with which the newest lease began; 0 before the first. */
MUST_CHECK bool run_log_lease_start(struct ctx *ctx, struct text run_id, int64_t *out);
#endif
