/*
 * May this actor do this, here? Deny is the default. A decision is a value: what was asked, whether
 * it is allowed, and the grant that made it; the audit trail keeps it as it is.
 *
 * Every noun asks before it does anything, in the unit that does it: a decision is never carried
 * from one unit of work to another, because rights may have changed in between. Decisions borrow
 * from the actor and live as long as the unit.
 */
#ifndef ACCESS_DECISION_H
#define ACCESS_DECISION_H

#include "access/grant_index.h"
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
/* The same for an actor who is not the one that asks. */
MUST_CHECK bool access_decide_for(struct ctx *ctx, const struct actor *actor, enum action action,
                                  struct text space_id, struct decision *out);
/* The same as access_decide, fails the unit with DENIED when it is not allowed, and leaves the
 * decision in ctx->denied then. out may be NULL. */
MUST_CHECK bool access_require(struct ctx *ctx, enum action action, struct text space_id,
                               struct decision *out);
/* What was allowed is to make a right that lasts until `end` (0: for ever): fails the unit with
 * DENIED, like access_require, when the grant that allowed it ends before. Else a grant that ends
 * could be made into one that stays. */
MUST_CHECK bool access_require_until(struct ctx *ctx, const struct decision *decision, int64_t end);
/* The same, for rights that stay. */
MUST_CHECK bool access_require_lasting(struct ctx *ctx, const struct decision *decision);
/* The same for what only administrators of the space root may do: those of the whole account. */
MUST_CHECK bool access_require_administrator(struct ctx *ctx, struct decision *out);
/* Whether the actor was granted the action in any space at all. Seeing a space only because of one
 * below it counts for SPACE_READ. */
bool access_holds_anywhere(const struct actor *actor, enum action action);
/* Fails with DENIED when no credential came with the request. */
MUST_CHECK bool access_require_actor(struct ctx *ctx);

/* Which spaces the actor can see things in, computed once for a whole list. */
struct visibility {
    const struct space_tree *tree;
    const struct actor *actor;
    const struct grant_index *index;
    bool everything; /* all spaces that there are */
};
MUST_CHECK bool visibility_get(struct ctx *ctx, struct visibility *out);
bool visibility_of(const struct visibility *visibility, struct text space_id);
/* The actor's level in a space. */
enum access_level access_level_of(const struct visibility *visibility, struct text space_id);
/* As a JSON array of space ids, for `space_id IN ${texts:1}`. */
struct db_value visibility_spaces(const struct visibility *visibility, struct arena *arena);

/* For the audit trail: {"allowed":true,"action":"run:trigger","space":"root","binding":"..."}; also
 * the group, or the policy with its rule and line, and the end and the reason of a grant that has
 * them. */
struct text decision_print(struct arena *arena, const struct decision *decision);

#endif
