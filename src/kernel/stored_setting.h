/*
 * Settings that people change while the server runs, kept in the database: each is one JSON text
 * under a name. The noun whose setting it is owns the name and what the text means.
 */
#ifndef KERNEL_STORED_SETTING_H
#define KERNEL_STORED_SETTING_H

#include "kernel/ctx.h"

/* The empty text when it was never set. */
MUST_CHECK bool stored_setting_get(struct ctx *ctx, struct text name, struct text *out);
MUST_CHECK bool stored_setting_set(struct ctx *ctx, struct text name, struct text value);

#endif
