/*
 * The log of a run, kept for each entry of its history, in pieces as the worker sent them. Writing
 * is idempotent by offset: a piece that is there already is not written twice.
 */
#ifndef RUN_RUN_LOG_H
#define RUN_RUN_LOG_H

#include "run/run.h"

enum { RUN_LOG_MAX_BYTES = 64 << 20, RUN_LOG_PAGE_BYTES = 512 << 10 };

/* Appends to the log of the newest entry with that state. offset and *have count the bytes of that
 * log: what lies before its end is known and skipped, a piece that would leave a gap changes
 * nothing. Past RUN_LOG_MAX_BYTES nothing more is kept, and *have is as if it were. INVALID when
 * the run was not in that state on this lease. */
MUST_CHECK bool run_log_append(struct ctx *ctx, const struct run *run, enum run_state state,
                               int64_t offset, struct text content, int64_t *have);

struct run_log_message {
    struct text message;
    int64_t timestamp;
};

struct run_logs {
    bool exists; /* the run was in that state */
    bool expired;
    bool finished; /* the run has left the state */
    bool has_more;
    struct text next_token; /* at == NULL at the end */
    const struct run_log_message *messages;
    size_t messages_count;
};

/* A page of the log of a state; version 0 means the newest entry with that state. token: what the
 * page before gave as next_token, or empty. */
MUST_CHECK bool run_log_read(struct ctx *ctx, const struct run *run, enum run_state state,
                             int64_t version, struct text token, struct run_logs *out);

#endif
