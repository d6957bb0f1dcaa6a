/*
 * Logins as login policies were asked about them, or would have been: kept, sealed, for as long as
 * the setting login-record-retention says, so that a policy that does not decide yet can be
 * rehearsed on them. The same login is recorded once an hour at most, by each server.
 */
#ifndef POLICY_LOGIN_RECORD_H
#define POLICY_LOGIN_RECORD_H

#include "base/list.h"
#include "policy/login_input.h"

struct login_record {
    struct text id; /* ULID */
    int64_t created_at;
    struct login_attempt attempt;
    struct text remote_ip;
};

/* Whether it is this login's turn to be recorded, which is then taken: true once an hour. False
 * while nothing is recorded. */
bool login_record_take_turn(struct ctx *ctx, const struct login_question *question);
/* verdict: JSON, as the session keeps it. */
MUST_CHECK bool login_record_keep(struct ctx *ctx, const struct login_question *question,
                                  struct text verdict);
/* The newest `most` since then, newest first: a list of struct login_record. */
MUST_CHECK bool login_record_list(struct ctx *ctx, int64_t since, int64_t most, struct list *out);
/* Drops those that are too old. For the server itself, once in a while. */
MUST_CHECK bool login_record_delete_old(struct ctx *ctx);

#endif
