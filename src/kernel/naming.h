/*
 * What a thing that people make may be called. One rule for all nouns, so that their limits and
 * sentences are alike; called before anything is written.
 */
#ifndef KERNEL_NAMING_H
#define KERNEL_NAMING_H

#include "kernel/ctx.h"

enum { NAME_MAX_BYTES = 200, DESCRIPTION_MAX_BYTES = 10000 };

/* INVALID for a name that is empty, or too long. thing: "a role", as the sentence has it. */
MUST_CHECK bool naming_check_name(struct ctx *ctx, const char *thing, struct text name);
/* INVALID for one that is too long. */
MUST_CHECK bool naming_check_description(struct ctx *ctx, const char *thing,
                                         struct text description);

#endif
