/*
 * Coming in, from where a credential has proved whose it is: login policies are asked, the session
 * starts, the month's use is noted, and the audit trail gets its entry. Each kind of credential
 * calls this in its writing unit.
 */
#ifndef IDENTITY_LOGIN_H
#define IDENTITY_LOGIN_H

#include "identity/session.h"
#include "identity/token.h"

/* Who has proved to be who, and how. */
struct login {
    enum actor_kind kind; /* ACTOR_API_KEY or ACTOR_USER */
    enum session_method method;
    struct text actor_id;
    struct text login;    /* name of the key, username of the user: what policies compare with */
    struct text name;     /* for people */
    struct text username; /* as histories and the audit trail call it: "api::<id>" */
    bool is_owner;        /* of the account: policies are not asked */
    struct text_list groups;
    struct text claims;     /* JSON object of the provider's claims that counted; empty for none */
    struct text user_agent; /* of a browser; may be empty */
    int64_t expires_at;     /* of the session */
    int64_t last_used_at;   /* 0: never */
};

/* *out is NULL when login policies refuse, which is on the record then. */
MUST_CHECK bool login_complete(struct ctx *ctx, const struct login *login, struct token **out);

/* Puts a refused login on the record. actor_id: whom it was about, empty when that is unknown: what
 * was typed may be anything, a secret included. reason: without anything secret. */
MUST_CHECK bool login_record_failure(struct ctx *ctx, enum session_method method,
                                     struct text actor_id, struct text reason);

#endif
