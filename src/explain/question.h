/*
 * Questions about rights, as people ask them: may this key, user or stack do that with this thing,
 * and why; or why was that request refused. About oneself everybody may ask; about others who
 * administers the space of the thing.
 *
 * A request that was refused is read from the audit trail; the answer is about what holds now.
 */
#ifndef EXPLAIN_QUESTION_H
#define EXPLAIN_QUESTION_H

#include "access/explain.h"

/* What a right can be about. Keys, users, groups and roles belong to root. */
enum explain_object {
    EXPLAIN_SPACE,
    EXPLAIN_STACK,
    EXPLAIN_RUN,
    EXPLAIN_POLICY,
    EXPLAIN_ROLE_BINDING,
    EXPLAIN_API_KEY,
    EXPLAIN_USER,
    EXPLAIN_USER_GROUP,
    EXPLAIN_ROLE,
};

struct explain_question {
    struct text request_id; /* of a refused request; then nothing else is read */
    struct text actor;      /* id of a key, user or stack, or a user's name; empty: who asks */
    enum action action;
    enum explain_object object_kind;
    struct text object_id;
};

struct explain_answer {
    struct explanation explanation;
    struct text actor_id;
    struct text actor_name;
    int64_t refused_at; /* of a refused request; 0 for other questions */
};

/* NOT_FOUND for an actor or a thing that does not exist or may not be seen, and for a request that
 * was not refused. */
MUST_CHECK bool explain_answer(struct ctx *ctx, const struct explain_question *question,
                               struct explain_answer *out);

#endif
