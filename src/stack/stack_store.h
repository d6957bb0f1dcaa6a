/* Rows of stack. Called by the stack noun alone. */
#ifndef STACK_STACK_STORE_H
#define STACK_STACK_STORE_H

#include "stack/stack.h"

MUST_CHECK bool stack_row_insert(struct ctx *ctx, const struct stack *stack);
/* Everything that stack_update may change. */
MUST_CHECK bool stack_row_update(struct ctx *ctx, const struct stack *stack);
MUST_CHECK bool stack_row_delete(struct ctx *ctx, struct text id);
MUST_CHECK bool stack_row_exists(struct ctx *ctx, struct text id, bool *out);
/* NULL when absent. */
MUST_CHECK bool stack_row_find(struct ctx *ctx, struct text id, struct stack **out);
/* Those of `ids` that exist, in no order: a list of struct stack *. */
MUST_CHECK bool stack_row_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                                    struct list *out);
/* Those of the spaces, with these columns and id and name. */
MUST_CHECK bool stack_row_list(struct ctx *ctx, uint64_t columns, struct db_value spaces,
                               struct list *out);
/* The same without asking for spaces. Both in no order: lists of struct stack *. */
MUST_CHECK bool stack_row_list_all(struct ctx *ctx, uint64_t columns, struct list *out);
MUST_CHECK bool stack_row_set_lock(struct ctx *ctx, const struct stack *stack);
MUST_CHECK bool stack_row_set_disabled(struct ctx *ctx, const struct stack *stack);
MUST_CHECK bool stack_row_set_commit(struct ctx *ctx, const struct stack *stack);
MUST_CHECK bool stack_row_set_progress(struct ctx *ctx, const struct stack *stack);
MUST_CHECK bool stack_row_set_star(struct ctx *ctx, struct text id, bool starred);
/* Ids of the starred ones among `ids`: a list of struct text. */
MUST_CHECK bool stack_row_stars(struct ctx *ctx, const struct text *ids, size_t count,
                                struct list *out);

#endif
