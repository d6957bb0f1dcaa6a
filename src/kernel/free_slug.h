/* An identifier made from a name that is not taken yet. Called by nouns whose ids people read, in
 * the writing unit that inserts: nobody else can take it in between. */
#ifndef KERNEL_FREE_SLUG_H
#define KERNEL_FREE_SLUG_H

#include "kernel/ctx.h"

/* Whether a thing of that id is there; false only when looking failed. */
typedef bool (*slug_exists_fn)(struct ctx *ctx, struct text id, bool *out);

/* The slug itself, or the first of slug-1, slug-2, ... that is free. what: "stacks", for the error
 * when none is. */
MUST_CHECK bool free_slug(struct ctx *ctx, struct text slug, slug_exists_fn exists,
                          const char *what, struct text *out);

#endif
