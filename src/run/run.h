/*
 * Runs: one execution of a stack's engine, from QUEUED to its end. The noun owns the rows, their
 * history, logs and changes, and the queue of each stack; what a run may do next, the tables behind
 * run_state.h say.
 *
 * People act through run_trigger and its siblings below; workers through run_lease.h. Both end in
 * run_move.h, which writes row, history and stack in one transaction and wakes whoever waits.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "run/run_state.h"
#include "stack/stack.h"

enum run_type {
    RUN_TYPE_PROPOSED,
    RUN_TYPE_TRACKED,
    RUN_TYPE_TASK,
    RUN_TYPE_DESTROY,
    RUN_TYPE_COUNT
};

const char *run_type_name(enum run_type type);
MUST_CHECK bool run_type_parse(struct text name, enum run_type *out);
/* Tracked runs, tasks and destroy runs: one at a time on a stack. */
bool run_type_is_blocking(enum run_type type);
/* The first line of a command or a commit message, cut to what a list can show; at == NULL when it
 * says nothing. */
struct text run_title(struct text source);

struct run_delta {
    int64_t add_count;
    int64_t change_count;
    int64_t delete_count;
    int64_t resources;
};

struct run {
    struct text id; /* ULID */
    struct text stack_id;
    enum run_type type;
    enum run_state state;
    int64_t state_version;
    struct text title; /* at == NULL: none */
    struct text triggered_by;
    struct text branch;
    struct text commit_requested; /* at == NULL: the head of the branch */
    const struct commit *commit;  /* NULL until a worker has resolved it */
    struct text command;          /* tasks; at == NULL otherwise */
    bool skip_initialization;
    bool autodeploy;
    bool drift_detection;
    bool prioritized;
    struct text runtime_config; /* JSON object; at == NULL: none */
    struct text_list metadata;
    const struct run_delta *delta; /* NULL until planned */
    bool stop_requested;
    bool has_plan;
    struct text lease_id; /* at == NULL: no worker has it */
    struct text lease_worker;
    int64_t lease_expires_at;
    int64_t attempts;
    int64_t created_at;
    int64_t updated_at;
    bool finished; /* in a terminal state */
};

struct run_input {
    enum run_type type;
    struct text commit;         /* whole hash; empty: the pinned commit, else the head */
    struct text command;        /* tasks */
    bool skip_initialization;   /* tasks */
    bool force_apply;           /* applies without confirmation */
    struct text runtime_config; /* JSON object; empty: none */
    struct text metadata;       /* what the client wants remembered; empty: nothing */
};

/* Queues a run. CONFLICT on a disabled stack or one that somebody else has locked. */
MUST_CHECK bool run_trigger(struct ctx *ctx, struct text stack_id, const struct run_input *input,
                            struct run **out);
/* An empty run_id means the run that blocks the stack. */
MUST_CHECK bool run_confirm(struct ctx *ctx, struct text stack_id, struct text run_id,
                            struct text note, struct text metadata, struct run **out);
MUST_CHECK bool run_discard(struct ctx *ctx, struct text stack_id, struct text run_id,
                            struct text note, struct run **out);
/* Discards every run of the stack that waits for a decision or has not started: a list of struct
 * run. */
MUST_CHECK bool run_discard_all(struct ctx *ctx, struct text stack_id, struct text note,
                                struct list *out);
/* Withdraws a run that has not started. */
MUST_CHECK bool run_cancel(struct ctx *ctx, struct text stack_id, struct text run_id,
                           struct text note, struct run **out);
/* Asks the worker to end a run before it changes anything. */
MUST_CHECK bool run_stop(struct ctx *ctx, struct text stack_id, struct text run_id,
                         struct text note, struct run **out);
MUST_CHECK bool run_set_priority(struct ctx *ctx, struct text stack_id, struct text run_id,
                                 bool prioritized, struct run **out);
/* A new run like one that has ended. */
MUST_CHECK bool run_retry(struct ctx *ctx, struct text stack_id, struct text run_id,
                          struct run **out);

/* NULL when absent, of another stack, or not visible. */
MUST_CHECK bool run_find(struct ctx *ctx, struct text stack_id, struct text run_id,
                         struct run **out);
/* The stack of a run; NULL when the run is absent or not visible. */
MUST_CHECK bool run_stack(struct ctx *ctx, struct text run_id, struct stack **out);
/* Runs of stacks that the caller has made sure are visible, in the order of the ids, NULL for
 * absent. */
MUST_CHECK bool run_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                              const struct run **out);

/* Which runs of a stack a list holds. */
enum run_list_kind { RUN_LIST_TRACKED, RUN_LIST_PROPOSED, RUN_LIST_TASKS };
enum { RUN_PAGE = 50 };
/* A page for each of many stacks, newest first, of runs older than `before` (empty: the newest): a
 * list of struct run, stack by stack. */
MUST_CHECK bool run_list(struct ctx *ctx, enum run_list_kind kind, const struct text *stack_ids,
                         size_t count, struct text before, struct list *out);

struct run_transition {
    struct text run_id;
    enum run_state state;
    int64_t state_version;
    int64_t timestamp;
    struct text note;     /* at == NULL: none */
    struct text username; /* at == NULL: the server */
    bool has_logs;
    bool terminal;
};
/* Of many runs, run by run, newest first: a list of struct run_transition. */
MUST_CHECK bool run_history(struct ctx *ctx, const struct text *run_ids, size_t count,
                            struct list *out);

struct run_change {
    struct text run_id;
    struct text address;
    struct text previous_address; /* at == NULL: none */
    struct text type;
};
MUST_CHECK bool run_changes(struct ctx *ctx, const struct text *run_ids, size_t count,
                            struct list *out);

struct run_comment {
    struct text run_id;
    struct text body;
    struct text username;
    int64_t created_at;
};
MUST_CHECK bool run_comment_add(struct ctx *ctx, struct text stack_id, struct text run_id,
                                struct text body, struct run_comment **out);
MUST_CHECK bool run_comment_list(struct ctx *ctx, const struct text *run_ids, size_t count,
                                 struct list *out);

#endif
