/*
 * How much the queries of one actor may cost in a minute, over all its requests. What was spent
 * comes back evenly, so that a full budget is there again after a minute of silence. Safe from all
 * threads. Bounded: when more actors ask at once than there is room for, the one that has most left
 * is forgotten, which gives it a full budget and nobody a smaller one.
 */
#ifndef DOORS_SPACELIFT_COST_BUDGET_H
#define DOORS_SPACELIFT_COST_BUDGET_H

#include "base/text.h"

struct cost_budget;

/* per_minute 0: nothing is limited. NULL without memory. */
struct cost_budget *cost_budget_new(int64_t per_minute);
void cost_budget_free(struct cost_budget *budget);
int64_t cost_budget_per_minute(const struct cost_budget *budget);

/* Spends `cost` of the actor's budget when as much is left; *remaining is what is left afterwards.
 * now: microseconds. */
bool cost_budget_spend(struct cost_budget *budget, struct text actor, int64_t cost, int64_t now,
                       int64_t *remaining);
/* After how many seconds `cost` will be there, given what remains; at least 1. */
int64_t cost_budget_wait(const struct cost_budget *budget, int64_t cost, int64_t remaining);

#endif
