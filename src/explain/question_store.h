/* Whom and what a question about rights names. Called by question.c alone. */
#ifndef EXPLAIN_QUESTION_STORE_H
#define EXPLAIN_QUESTION_STORE_H

#include "access/grant.h"
#include "explain/question.h"

/* The space a thing is in; at == NULL when there is no such thing. */
MUST_CHECK bool object_space_find(struct ctx *ctx, enum explain_object kind, struct text id,
                                  struct text *out);

struct explained_subject {
    struct grant_subject subject;
    enum actor_kind kind;
    struct text name;
};
/* With groups and verdict of its newest session, as far as there is one. NULL when there is no
 * such key, user or stack. */
MUST_CHECK bool subject_find(struct ctx *ctx, struct text id, struct explained_subject **out);

/* The newest refusal of a request. */
struct refusal_row {
    struct text actor_id;
    struct text decision; /* JSON */
    int64_t at;
};
/* NULL when there is none. */
MUST_CHECK bool refusal_find(struct ctx *ctx, struct text request_id, struct refusal_row **out);

#endif
