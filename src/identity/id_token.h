/*
 * ID tokens of identity providers: whether one is what somebody trusts, and what it says. Checked
 * as RFC 8725 asks; see jose/jwt.h for what a signature and a claim have to be. The same token may
 * come in many times while it lives: pipelines exchange it for each command.
 */
#ifndef IDENTITY_ID_TOKEN_H
#define IDENTITY_ID_TOKEN_H

#include "identity/oidc_trust.h"
#include "jose/jwt.h"

/* Signature, issuer, audience, type, dates, for whoever has no further conditions: a login at a
 * provider. UNAUTHENTICATED with what is wrong; UNAVAILABLE when the issuer cannot be asked. */
MUST_CHECK bool id_token_verify(struct ctx *ctx, struct text issuer, struct text client_id,
                                struct text token, struct jwt_claims *out);

/* One thing that was looked at. */
struct id_token_check {
    struct text name; /* "signature", "subject", "claim environment" */
    bool is_met;
    struct text reason; /* why not; empty when it is */
};

/* All of it. What could not be looked at, since the token was not readable, is not in the list. */
struct id_token_report {
    const struct id_token_check *checks;
    size_t checks_count;
    bool is_accepted;    /* every check is met */
    bool is_unavailable; /* the issuer's keys could not be had: nothing is known */
    bool has_groups;     /* a mapping says where the groups are */
    struct text_list groups;
    struct text claims; /* JSON object of the claims that counted; only when accepted */
};

/* False only when looking itself failed. */
MUST_CHECK bool id_token_examine(struct ctx *ctx, const struct oidc_trust *trust, struct text token,
                                 struct id_token_report *out);
/* The first check that is not met, as "name: reason"; empty when the token is accepted. */
struct text id_token_reason(struct arena *arena, const struct id_token_report *report);

/* A claim by name, or by its path when that begins with a slash: "/kubernetes.io/namespace". NULL
 * when absent. */
const struct json *id_token_claim(const struct jwt_claims *claims, struct text name);
/* A string, or the strings of an array; others are left out. */
struct text_list id_token_texts(struct arena *arena, const struct json *value);

#endif
