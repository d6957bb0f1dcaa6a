/*
 * What an actor may do, gathered when the actor is read: from bindings of its own, of its groups,
 * from what login policies gave its session, or from owning the account. Gathered grants hold
 * until the account's access version grows or the first of them ends.
 *
 * Called by `identity`, which knows whom a session belongs to.
 */
#ifndef ACCESS_GRANT_H
#define ACCESS_GRANT_H

#include "kernel/ctx.h"

/* Whom bindings name. */
enum subject_kind { SUBJECT_API_KEY, SUBJECT_USER, SUBJECT_GROUP, SUBJECT_STACK };

const char *subject_kind_name(enum subject_kind kind); /* "API_KEY", as stored */

struct grant_subject {
    enum subject_kind kind;
    struct text id;
    struct text_list groups; /* names */
};

/* Sets grants and stale_at of the actor, in the unit's arena. */
MUST_CHECK bool grants_read(struct ctx *ctx, const struct grant_subject *subject,
                            struct actor *actor);

#endif
