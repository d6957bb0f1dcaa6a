/* Rows of space. Called by the access noun alone. */
#ifndef ACCESS_SPACE_STORE_H
#define ACCESS_SPACE_STORE_H

#include "access/space_tree.h"
#include "base/list.h"

/* All of them, without their parents linked: a list of struct space. */
MUST_CHECK bool space_row_list(struct ctx *ctx, struct list *out);

#endif
