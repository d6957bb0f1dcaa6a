/*
 * People coming in: a proven user meets the account's login policies, and gets a session and its
 * token. Whoever is refused is told as little as possible: an unknown name, a wrong password and a
 * user without one cost and answer the same. Each refusal is on the record, with its true reason.
 */
#ifndef IDENTITY_USER_LOGIN_H
#define IDENTITY_USER_LOGIN_H

#include "identity/session.h"
#include "identity/token.h"
#include "identity/user.h"

struct user_login {
    const struct token *token; /* NULL when refused */
    struct text problem;       /* for the person who was refused */
};

/* What an identity provider says of a person; every text checked and of bounded length. */
struct provider_person {
    enum session_method method;
    int64_t lifetime;    /* of the session */
    struct text subject; /* issuer and subject: who it is, for ever */
    struct text username;
    struct text name;  /* may be empty */
    struct text email; /* only when the provider has verified it; may be empty */
    struct text_list groups;
    struct text claims;       /* JSON object of what counted */
    struct text invited_user; /* id, when the person came by an invitation; */
    struct text invitation;   /* and its secret */
    bool is_administrator;    /* of the organisation that the account goes by: owns the account */
};

/* These need a writing unit. False only when deciding itself failed. */
MUST_CHECK bool user_login_by_password(struct ctx *ctx, struct text username, struct text password,
                                       struct text user_agent, struct user_login *out);
/* LIMIT for whoever has to wait before another password is looked at. */
MUST_CHECK bool user_login_check_attempts(struct ctx *ctx, struct text username);
/* Somebody new is made a user, unless the name is taken; somebody who was invited, by a link or at
 * a verified address, becomes that user. */
MUST_CHECK bool user_login_by_provider(struct ctx *ctx, const struct provider_person *person,
                                       struct text user_agent, struct user_login *out);
/* Who owned the account because the provider said so does so no more, also in sessions that began
 * before: for somebody who proved to be that subject and is not let in. */
MUST_CHECK bool user_lose_ownership(struct ctx *ctx, struct text subject);
/* Of who has just set a password by an invitation. */
MUST_CHECK bool user_login_after_acceptance(struct ctx *ctx, const struct user *user,
                                            struct text user_agent, struct user_login *out);

#endif
