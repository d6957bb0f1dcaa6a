/* When sessions began, for cuts. Called by session_cut.c alone. */
#ifndef ACCESS_SESSION_CUT_STORE_H
#define ACCESS_SESSION_CUT_STORE_H

#include "kernel/ctx.h"

/* When the latest session began, among those that were kept last; 0 when there is none. */
MUST_CHECK bool session_newest_start(struct ctx *ctx, int64_t *out);

#endif
