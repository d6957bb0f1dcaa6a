/* Rows of stack_config. Called by stack_config.c alone. */
#ifndef STACK_STACK_CONFIG_STORE_H
#define STACK_STACK_CONFIG_STORE_H

#include "stack/stack_config.h"

struct config_row {
    struct config_element element; /* without its value */
    struct text sealed_value;
};

MUST_CHECK bool config_row_upsert(struct ctx *ctx, const struct config_row *row);
MUST_CHECK bool config_row_delete(struct ctx *ctx, struct text stack_id, struct text id);
MUST_CHECK bool config_row_list(struct ctx *ctx, const struct text *stack_ids, size_t count,
                                struct list *out);

#endif
