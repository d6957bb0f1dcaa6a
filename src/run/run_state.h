/*
 * The life of a run as one table: which states there are, and which moves lead from one to another
 * for what cause (tables/run_states.def, tables/run_moves.def). Nothing else decides whether a run
 * may move; `run.c` asks here and then writes the row.
 */
#ifndef RUN_RUN_STATE_H
#define RUN_RUN_STATE_H

#include "base/text.h"

enum run_state {
#define RUN_STATE(name, terminal, place, sentence) RUN_##name,
#include "tables/run_states.def"
#undef RUN_STATE
    RUN_STATE_COUNT
};

/* Where a run waits in a state. */
enum run_place {
    RUN_PLACE_WAITING, /* for the server */
    RUN_PLACE_WORKER,  /* a worker has it on lease */
    RUN_PLACE_PERSON,  /* for somebody's decision */
    RUN_PLACE_END,
};

enum run_cause {
    RUN_CAUSE_SCHEDULER, /* the queue of the stack moved on */
    RUN_CAUSE_LEASE,     /* a worker took the run */
    RUN_CAUSE_WORKER,    /* the worker reported progress */
    RUN_CAUSE_RESULT,    /* the worker reported the end of a phase */
    RUN_CAUSE_PERSON,    /* somebody asked for it */
    RUN_CAUSE_LOST,      /* the worker went away, or never came */
};

struct run_move {
    enum run_state from, to;
    enum run_cause cause;
};

const char *run_state_name(enum run_state state);
const char *run_state_sentence(enum run_state state);
/* False when no state has that name. */
MUST_CHECK bool run_state_parse(struct text name, enum run_state *out);
bool run_state_is_terminal(enum run_state state);
enum run_place run_state_place(enum run_state state);

bool run_can_move(enum run_state from, enum run_state to, enum run_cause cause);
/* All moves, for pictures and tests. */
const struct run_move *run_moves(size_t *count);
const char *run_cause_name(enum run_cause cause);

#endif
