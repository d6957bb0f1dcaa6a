/* Rows of space, as far as they change. Called by space.c alone. */
#ifndef SPACE_SPACE_STORE_H
#define SPACE_SPACE_STORE_H

#include "base/list.h"
#include "space/space.h"

MUST_CHECK bool space_row_insert(struct ctx *ctx, struct text id, const struct space_input *input);
/* Everything but the id. */
MUST_CHECK bool space_row_update(struct ctx *ctx, struct text id, const struct space_input *input);
/* With the role bindings in it; *bindings is how many. */
MUST_CHECK bool space_row_delete(struct ctx *ctx, struct text id, int64_t *bindings);

/* Something that lives in a space. */
struct space_content {
    struct text kind; /* "stack" */
    struct text id;
};
/* What keeps it from being empty, at most `limit`: a list of struct space_content. */
MUST_CHECK bool space_content_list(struct ctx *ctx, struct text id, int64_t limit,
                                   struct list *out);

#endif
