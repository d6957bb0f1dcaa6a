/*
 * May this actor do this, here? Deny is the default. A decision is a value: what was asked, whether
 * it is allowed, and the grant that made it; the audit trail keeps it as it is.
 */
#ifndef ACCESS_DECISION_H
#define ACCESS_DECISION_H

#include "access/action.h"
#include "access/space_tree.h"

struct decision {
    enum action action;
    struct text space_id;
    bool allowed;
    const struct grant *grant; /* NULL when denied, or when the server itself acts */
};

/* Decides, in the space and what stands above it. False only when deciding itself failed. */
MUST_CHECK bool access_decide(struct ctx *ctx, enum action action, struct text space_id,
                              struct decision *out);
/* The same, and fails the unit with DENIED when it is not allowed. out may be NULL. */
MUST_CHECK bool access_require(struct ctx *ctx, enum action action, struct text space_id,
                               struct decision *out);
/* Fails with DENIED when no credential came with the request. */
MUST_CHECK bool access_require_actor(struct ctx *ctx);

/* Which spaces the actor can see things in, computed once for a whole list. */
struct visibility {
    const struct space_tree *tree;
    const struct actor *actor;
    bool everything; /* all spaces that there are */
};
MUST_CHECK bool visibility_get(struct ctx *ctx, struct visibility *out);
bool visibility_of(const struct visibility *visibility, struct text space_id);
/* As a JSON array of space ids, for `space_id IN ${texts:1}`. */
struct db_value visibility_spaces(const struct visibility *visibility, struct arena *arena);

/* For the audit trail: {"allowed":true,"action":"run:trigger","space":"root","binding":"..."}. */
struct text decision_print(struct arena *arena, const struct decision *decision);

#endif
