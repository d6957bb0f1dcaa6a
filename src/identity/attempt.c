/* Counting attempts once for each request. */
#include "identity/attempt.h"

#include "identity/attempt_limit.h"
#include "kernel/once.h"

int64_t attempt_wait(struct ctx *ctx, struct text of)
{
    int64_t wait;
    if (once_recall(ctx, "attempt_wait", of, &wait))
        return wait;
    wait = attempt_limit_wait(ctx->account->attempts, of, ctx->address, ctx->now);
    once_keep(ctx, "attempt_wait", of, wait);
    return wait;
}

void attempt_failed(struct ctx *ctx, struct text of)
{
    int64_t counted;
    if (once_recall(ctx, "attempt_failed", of, &counted))
        return;
    attempt_limit_note(ctx->account->attempts, of, ctx->address, ctx->now);
    once_keep(ctx, "attempt_failed", of, 1);
}
