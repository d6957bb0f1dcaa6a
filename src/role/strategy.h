/* Choosing the management strategy; see access/strategy.h for what it means. */
#ifndef ROLE_STRATEGY_H
#define ROLE_STRATEGY_H

#include "access/strategy.h"

/* Needs admin on root. Ends every session but the author's, unless it was chosen already. */
MUST_CHECK bool strategy_set(struct ctx *ctx, enum strategy strategy);

#endif
