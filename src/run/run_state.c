/* The tables of states and moves, and nothing else. */
#include "run/run_state.h"

static const struct {
    const char *name;
    bool terminal;
    enum run_place place;
    const char *sentence;
} states[] = {
#define RUN_STATE(name, terminal, place, sentence) {#name, terminal, RUN_PLACE_##place, sentence},
#include "tables/run_states.def"
#undef RUN_STATE
};

static const struct run_move moves[] = {
#define RUN_MOVE(from, to, cause) {RUN_##from, RUN_##to, RUN_CAUSE_##cause},
#include "tables/run_moves.def"
#undef RUN_MOVE
};

static const char *const causes[] = {
    [RUN_CAUSE_SCHEDULER] = "scheduler", [RUN_CAUSE_LEASE] = "lease",
    [RUN_CAUSE_WORKER] = "worker",       [RUN_CAUSE_RESULT] = "result",
    [RUN_CAUSE_PERSON] = "person",       [RUN_CAUSE_LOST] = "lost",
};

static_assert(ARRAY_LENGTH(states) == RUN_STATE_COUNT, "one row per state");

const char *run_state_name(enum run_state state)
{
    return states[state].name;
}

const char *run_state_sentence(enum run_state state)
{
    return states[state].sentence;
}

bool run_state_parse(struct text name, enum run_state *out)
{
    for (size_t i = 0; i < ARRAY_LENGTH(states); i++) {
        if (text_equal_z(name, states[i].name)) {
            *out = (enum run_state)i;
            return true;
        }
    }
    return false;
}

bool run_state_is_terminal(enum run_state state)
{
    return states[state].terminal;
}

enum run_place run_state_place(enum run_state state)
{
    return states[state].place;
}

bool run_can_move(enum run_state from, enum run_state to, enum run_cause cause)
{
    for (size_t i = 0; i < ARRAY_LENGTH(moves); i++) {
        if (moves[i].from == from && moves[i].to == to && moves[i].cause == cause)
            return true;
    }
    return false;
}

const struct run_move *run_moves(size_t *count)
{
    *count = ARRAY_LENGTH(moves);
    return moves;
}

const char *run_cause_name(enum run_cause cause)
{
    return causes[cause];
}
