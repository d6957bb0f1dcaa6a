/*
 * What an actor may do, gathered when the actor is read. Gathered grants hold until the account's
 * access version grows or the first of them ends.
 *
 * Which rules count depends on the account's strategy. Under user management: roles bound to the
 * actor and to its groups. Under login policies: what they gave to the session; of the bindings
 * only those of stacks, those that end by themselves (somebody gave them by hand, for an
 * emergency), and for an API key the one that makes it administrative, because such keys skip
 * login policies. Owners may do everything under both.
 *
 * Whoever has a role in a space that inherits from its parent may also see the parent, and so on
 * upwards while spaces inherit; that shows them nothing in the parent's other children.
 *
 * Called by `identity`, which knows whom a session belongs to, and by `explain` for whoever a
 * question is about.
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
    struct text verdict;     /* JSON that login policies left on the session; see
                              * policy/login_policy.h; empty: none */
    bool is_owner;           /* of the account */
    bool only_reads;         /* whatever its roles allow, it may only look */
};

/* Sets grants, their index and stale_at of the actor, in the unit's arena. */
MUST_CHECK bool grants_read(struct ctx *ctx, const struct grant_subject *subject,
                            struct actor *actor);

/* Whether a role that is bound to the subject itself makes it administrative: space admin on root.
 * The same under both strategies. */
MUST_CHECK bool grants_administer(struct ctx *ctx, const struct grant_subject *subject, bool *out);

#endif
