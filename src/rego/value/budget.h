/*
 * The work one evaluation may do. Everything that takes time charges units before it works: the
 * evaluator one per instruction and loop step, a builtin by the bytes or elements it is about to
 * touch. Units depend on policy and input alone, so the same evaluation always stops at the same
 * point. Now and then the owner's poll is asked about deadline and cancellation.
 */
#ifndef REGO_VALUE_BUDGET_H
#define REGO_VALUE_BUDGET_H

#include "base/macros.h"

enum budget_stop {
    BUDGET_RUNNING,
    BUDGET_FUEL,     /* all units are used */
    BUDGET_DEADLINE, /* the clock ran out */
    BUDGET_CANCELED,
    BUDGET_MEMORY, /* the arena is full */
    BUDGET_DEPTH,  /* a value would be nested deeper than VALUE_MAX_DEPTH */
};

struct budget {
    int64_t fuel;    /* units left */
    int64_t poll_at; /* poll is asked when fuel falls to this */
    /* May set `stop`; sets the next poll_at. NULL when there is neither deadline nor cancel flag;
     * poll_at is then -1. */
    void (*poll)(struct budget *budget);
    void *host; /* for poll */
    enum budget_stop stop;
};

/* Takes units. False when the evaluation must end; `stop` says why. */
MUST_CHECK bool budget_charge_slow(struct budget *budget);

MUST_CHECK static inline bool budget_charge(struct budget *budget, uint64_t units)
{
    if (units > INT64_MAX / 4)
        units = INT64_MAX / 4;
    budget->fuel -= (int64_t)units;
    return budget->fuel > budget->poll_at || budget_charge_slow(budget);
}

#endif
