/*
 * A session: an actor that proved itself and may ask things for some hours. It keeps what was true
 * at the login and cannot be asked again: groups, claims, and what login policies gave. What it
 * allows is looked up at each request, so ending one takes effect on the very next.
 */
#ifndef IDENTITY_SESSION_H
#define IDENTITY_SESSION_H

#include "access/session_cut.h"
#include "base/list.h"

enum session_method {
    SESSION_SECRET,   /* a key's secret */
    SESSION_OIDC,     /* a token of an identity provider */
    SESSION_GITHUB,   /* a token of GitHub */
    SESSION_PASSWORD, /* a user's password */
    SESSION_RUN,      /* a run, by the server's own word */
};

const char *session_method_name(enum session_method method); /* "SECRET", as stored */

/* How kinds of actors are stored: "API_KEY", "USER", "RUN". */
const char *session_actor_kind_name(enum actor_kind kind);
enum actor_kind session_actor_kind(struct text name); /* ACTOR_ANONYMOUS for none of them */
/* `iss` of the tokens of such an actor: clients read "api-key" and "spacelift" (of runs). */
struct text session_issuer(enum actor_kind kind);

struct session {
    struct text id; /* ULID; the jti of its token */
    enum actor_kind actor_kind;
    struct text actor_id;
    enum session_method method;
    struct text_list groups; /* as reported at login */
    struct text claims;      /* JSON object of the claims that counted */
    struct text verdict;     /* JSON object of what login policies gave */
    struct text user_agent;  /* may be empty */
    int64_t created_at;
    struct text created_from;
    int64_t expires_at;     /* a whole second */
    int64_t revoked_at;     /* 0: not */
    struct text actor_name; /* of the key or user; only where sessions are listed */
};

/* Keeps a new session and makes its token, a JWT with the given issuer and subject. The caller
 * fills in actor, method, groups, claims, verdict, user agent and the end; the rest is set here. */
MUST_CHECK bool session_start(struct ctx *ctx, struct session *session, struct text issuer,
                              struct text subject, struct text *jwt);
/* NULL when there is none; ended ones are found too. */
MUST_CHECK bool session_find(struct ctx *ctx, struct text id, struct session **out);
bool session_is_alive(const struct session *session, int64_t now);
/* Whether the newest end of every session is the end of this one. Runs go on: they came in by the
 * server's own word, and no rule that was changed since had let them in. */
bool session_was_cut(const struct session *session, const struct session_cut *cut);
MUST_CHECK bool session_revoke_all_of_actor(struct ctx *ctx, enum actor_kind kind, struct text id);
/* All but that one. */
MUST_CHECK bool session_revoke_others(struct ctx *ctx, enum actor_kind kind, struct text id,
                                      struct text kept);
/* Drops those that have ended. For the server itself, once in a while. */
MUST_CHECK bool session_delete_expired(struct ctx *ctx);

#endif
