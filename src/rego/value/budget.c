/* Budget: the slow side of charging. */
#include "rego/value/budget.h"

bool budget_charge_slow(struct budget *budget)
{
    if (budget->stop == BUDGET_RUNNING && budget->fuel < 0) {
        budget->fuel = 0;
        budget->stop = BUDGET_FUEL;
    }
    if (budget->stop == BUDGET_RUNNING && budget->poll)
        budget->poll(budget);
    /* Once stopped, each further charge must come here again. */
    if (budget->stop != BUDGET_RUNNING)
        budget->poll_at = INT64_MAX;
    return budget->stop == BUDGET_RUNNING;
}
