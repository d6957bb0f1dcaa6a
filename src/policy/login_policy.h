/*
 * Who may come in, and with which roles, as the account's login policies say. Called by `identity`
 * once a credential has proved whose it is, in the unit of work that starts the session.
 *
 * Each policy is evaluated by itself and what they say is merged: one `deny` is enough to refuse,
 * one `deny_admin` to take every `admin` away. Without any login policy every member comes in, with
 * no roles. A policy that fails or cannot be compiled refuses everybody: deny is the default.
 */
#ifndef POLICY_LOGIN_POLICY_H
#define POLICY_LOGIN_POLICY_H

#include "access/strategy.h"
#include "kernel/ctx.h"

/* Who has proved to be who. Borrowed for the call. */
struct login_attempt {
    enum actor_kind kind; /* ACTOR_API_KEY or ACTOR_USER */
    struct text actor_id;
    struct text login; /* name of the key, username of the user */
    struct text name;
    bool member;  /* of the account's organisation; true for keys and for single sign-on */
    bool admin;   /* an owner or an administrative key: policies are not asked */
    bool machine; /* a key */
    struct text_list teams;
    struct text creator_ip; /* address that the session is made from */
    struct text stack_id;   /* of a run; else empty */
};

struct login_verdict {
    bool allowed;
    /* For the audit trail and the log: "policy production-only, line 4: deny". Has no secret. */
    struct text reason;
    struct text_list teams; /* of the attempt, or what `team` rules put in their place */
    /* For the session: {"admin":bool, "teams":[...] when they were replaced,
     * "grants":[{"space", "role" (id), "policy", "rule", "line"}]}; line 0 where several bodies
     * could have given the grant and none did so by itself. {} where policies were not asked. */
    struct text json;
};

/* strategy: the account's, as the unit has read it. False only when deciding itself failed; whoever
 * may not come in gets a verdict that says so. */
MUST_CHECK bool login_policy_decide(struct ctx *ctx, enum strategy strategy,
                                    const struct login_attempt *attempt, struct login_verdict *out);

/* While login policies do not decide, logins are recorded all the same, so that one can be
 * rehearsed before it does. First: whether it is this login's turn, which is then taken, once an
 * hour. Then recording it; not for administrators, about whom policies are not asked. */
bool login_policy_take_turn(struct ctx *ctx, const struct login_attempt *attempt);
MUST_CHECK bool login_policy_record(struct ctx *ctx, const struct login_attempt *attempt);

#endif
