/*
 * ID tokens of foreign issuers (OpenID Connect Discovery 1.0): the issuer's document is fetched,
 * its keys are fetched from where the document says, and kept. How bytes are fetched is the
 * caller's business, so that this engine knows no network; the caller's fetch should guard against
 * private addresses and redirects.
 *
 * What is promised to the issuer and to us:
 * - Keys are asked for again when they are older than `fresh_for`, or when a token names a key that
 * is not among them, but then at most once per `least_interval`: strangers can make up key ids.
 * - Of many threads that need the same issuer, one fetches and the others wait for it.
 * - An issuer that does not answer is not asked again for `least_interval`; keys that were good
 * stay in use for `stale_for`.
 * - Bounded: so many issuers, so many bytes of each document; the longest unused issuer gives way.
 */
#ifndef JOSE_OIDC_H
#define JOSE_OIDC_H

#include "jose/jwt.h"

enum {
    OIDC_DOCUMENT_MAX = 65536, /* bytes of a discovery document */
    OIDC_ISSUER_MAX = 512,     /* bytes of an issuer's URL */
};

/* GET with status 200 and at most max_bytes of body, which lies in the arena. May wait. Called from
 * any thread. */
typedef bool (*oidc_fetch_fn)(void *data, struct text url, size_t max_bytes, struct arena *arena,
                              struct text *body, struct error *error);

struct oidc_options {
    oidc_fetch_fn fetch;
    void *data;             /* for fetch; borrowed */
    bool allow_http;        /* issuers and keys at http: URLs, too */
    size_t max_issuers;     /* 0 for 64 */
    int64_t fresh_for;      /* microseconds; 0 for an hour */
    int64_t stale_for;      /* microseconds; 0 for a day */
    int64_t least_interval; /* microseconds; 0 for half a minute */
};

struct oidc;

/* NULL without memory. */
struct oidc *oidc_new(const struct oidc_options *options);
/* Nobody may be verifying any more. NULL is fine. */
void oidc_free(struct oidc *oidc);

/* A token of this issuer: its signature with the issuer's keys, then its claims against the
 * expectation, whose `issuer` is not looked at. INVALID for an issuer that is no URL, UNAVAILABLE
 * when its keys cannot be had, UNAUTHENTICATED for a token that does not pass. */
MUST_CHECK bool oidc_verify(struct oidc *oidc, struct arena *arena, struct text issuer,
                            struct text token, const struct jwt_expectation *expectation,
                            struct jwt_claims *out, struct error *error);
/* Forgets an issuer's keys, so that the next token asks anew. */
void oidc_forget(struct oidc *oidc, struct text issuer);

#endif
