/*
 * Logging in with the account's OpenID provider: the authorization code flow with PKCE (OpenID
 * Connect Core 3.1, RFC 7636, RFC 9700). The browser leaves with a state, a nonce and a challenge,
 * and comes back with a code; what has to be known then is kept in a cookie of that browser, sealed
 * and bound to it, for some minutes. The provider is asked in the middle of the unit of work
 * (kernel/outside.h).
 */
#ifndef IDENTITY_LOGIN_PROVIDER_H
#define IDENTITY_LOGIN_PROVIDER_H

#include "identity/user_login.h"

enum { LOGIN_FLOW_SECONDS = 600 };

/* One login on its way. */
struct login_flow {
    struct text state;        /* comes back beside the code */
    struct text nonce;        /* comes back in the ID token */
    struct text verifier;     /* the provider knows its hash, and is told it with the code */
    struct text next;         /* path to go on to */
    struct text invited_user; /* id, for somebody who was invited; else empty */
    struct text invitation;   /* its secret */
    int64_t expires_at;
};

/* A new one, with random parts. False without memory. */
MUST_CHECK bool login_flow_new(struct ctx *ctx, struct login_flow *out);
/* As the value of a cookie, bound to the browser of that name. */
MUST_CHECK bool login_flow_seal(struct ctx *ctx, const struct login_flow *flow, struct text browser,
                                struct text *out);
/* False without an error when it is not ours, not this browser's, too old, or not of this state. */
bool login_flow_open(struct ctx *ctx, struct text sealed, struct text browser, struct text state,
                     struct login_flow *out);

/* Where to send the browser. */
MUST_CHECK bool login_provider_address(struct ctx *ctx, const struct login_flow *flow,
                                       struct text *out);
/* Who came back with the code. DENIED with a sentence for people when the provider does not vouch
 * for anybody, UNAVAILABLE when it cannot be asked. */
MUST_CHECK bool login_provider_person(struct ctx *ctx, const struct login_flow *flow,
                                      struct text code, struct provider_person *out);

#endif
