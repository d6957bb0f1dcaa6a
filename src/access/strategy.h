/*
 * By which rules people and keys get their rights: by roles that are bound to them, or by what
 * login policies give to their sessions. The rules of the other strategy have no effect.
 *
 * Here it is read; role/strategy.h changes it.
 */
#ifndef ACCESS_STRATEGY_H
#define ACCESS_STRATEGY_H

#include "kernel/ctx.h"

enum strategy { STRATEGY_USER_MANAGEMENT, STRATEGY_LOGIN_POLICIES };

extern const struct text strategy_setting; /* its name among stored settings */

const char *strategy_name(enum strategy strategy); /* "USER_MANAGEMENT", as stored */
/* User management unless somebody chose otherwise. */
MUST_CHECK bool strategy_get(struct ctx *ctx, enum strategy *out);

#endif
