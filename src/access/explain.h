/*
 * Why a decision is what it is, for people: the grant that made it in words, or what is nearest to
 * a grant that would allow it. The decision itself comes from access/decision.h, so an explanation
 * never says anything but what a request would be told.
 *
 * Called by `explain` for questions of people, and by `audit` for the entries of refusals. It reads
 * all roles, so it is for what is asked now and then and not for each request.
 */
#ifndef ACCESS_EXPLAIN_H
#define ACCESS_EXPLAIN_H

#include "access/decision.h"
#include "base/json.h"
#include "base/list.h"

enum nearest_kind {
    NEAREST_ROLE, /* a role that would allow it, bound in the space or above it: the smallest */
    NEAREST_ELSEWHERE, /* a role the actor has that would allow it, but not here */
    NEAREST_LACKING,   /* a role the actor has here, which does not have the action */
};

const char *nearest_kind_name(enum nearest_kind kind); /* "ROLE" */

struct nearest_grant {
    enum nearest_kind kind;
    struct text role_id;
    struct text role_slug;
    struct text role_name;
    struct text space_id;
    struct text sentence;
};

struct explanation {
    struct decision decision;
    struct text role_name; /* of the role that allows it; empty when there is none */
    struct text sentence;
    struct list nearest; /* of struct nearest_grant; empty when it is allowed */
};

/* space_id: empty for a question about no space in particular, which nothing allows. */
MUST_CHECK bool access_explain(struct ctx *ctx, const struct actor *actor, enum action action,
                               struct text space_id, struct explanation *out);
/* For the audit trail: the member "nearest" of an object that is open. */
void explanation_write_nearest(struct json_writer *writer, const struct explanation *explanation);

#endif
