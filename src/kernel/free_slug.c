/* Trying one identifier after the other. */
#include "kernel/free_slug.h"

/* Each try is a statement. */
enum { SLUG_TRIES = 1000 };

bool free_slug(struct ctx *ctx, struct text slug, slug_exists_fn exists, const char *what,
               struct text *out)
{
    *out = slug;
    for (int i = 1; i < SLUG_TRIES; i++) {
        bool taken;
        if (!exists(ctx, *out, &taken))
            return false;
        if (!taken)
            return true;
        *out = text_format(ctx->arena, "%.*s-%d", TEXT_ARG(slug), i);
    }
    return fail(ctx, ERR_CONFLICT, "there are too many %s named \"%.*s\"", what, TEXT_ARG(slug));
}
