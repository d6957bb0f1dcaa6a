/* Expressions that must match the whole of a text. */
#ifndef IDENTITY_WHOLE_MATCH_H
#define IDENTITY_WHOLE_MATCH_H

#include "kernel/ctx.h"

enum { EXPRESSION_MAX_BYTES = 1000 };

/* INVALID for what is no expression; `what` begins the sentence. */
MUST_CHECK bool whole_match_check(struct ctx *ctx, const char *what, struct text expression);
/* Whether the expression, which was checked before, matches all of the text. False without memory
 * or for a broken expression, too: deny is the default. */
bool whole_match(struct arena *arena, struct text expression, struct text text);

#endif
