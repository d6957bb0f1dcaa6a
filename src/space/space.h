/*
 * Changing the tree of spaces. Administrators of root do, and, where the account allows it, those
 * of a space for what is below it: spaces that they make inherit from their parent, and they cannot
 * end that. Reading the tree is the business of access/space_tree.h.
 *
 * `root` is always there and never moves; neither it nor `legacy` can be deleted.
 */
#ifndef SPACE_SPACE_H
#define SPACE_SPACE_H

#include "access/decision.h"

enum { SPACE_DEPTH_MAX = 20 };

struct space_input {
    struct text name;
    struct text description;
    struct text parent_space; /* id; for root itself empty or "root" */
    struct text_list labels;
    bool inherit_entities;
};

/* *out lives as long as the unit. INVALID for a name that is empty or too long, NOT_FOUND for a
 * parent that does not exist. */
MUST_CHECK bool space_create(struct ctx *ctx, const struct space_input *input,
                             const struct space **out);
/* Replaces everything; another parent moves the space with all that is below it. CONFLICT for a
 * parent that is the space itself or below it. */
MUST_CHECK bool space_update(struct ctx *ctx, struct text id, const struct space_input *input,
                             const struct space **out);
/* *out is NULL when there is no such space. CONFLICT, naming what is there, unless it is empty. The
 * role bindings in it go with it. */
MUST_CHECK bool space_delete(struct ctx *ctx, struct text id, const struct space **out);

/* Whether administrators of other spaces than root may change what is below theirs. */
MUST_CHECK bool space_managers_get(struct ctx *ctx, bool *out);
MUST_CHECK bool space_managers_set(struct ctx *ctx, bool enabled);

#endif
