/* Giving way. */
#include "kernel/pieces.h"

bool pieces_give_way(struct ctx *ctx)
{
    if (ctx->pieces->is_refused)
        return fail(ctx, ERR_UNAVAILABLE, "the server is too busy to read that much");
    ctx->pieces->wanted = true;
    return fail(ctx, ERR_UNAVAILABLE, "there is more to read");
}
