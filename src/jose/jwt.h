/*
 * JSON Web Tokens (RFC 7519), checked as RFC 8725 asks: the caller states what it expects, and what
 * it does not state is refused rather than ignored. Duplicate claims are a syntax error, `exp` is
 * always required, and a token made for another purpose (`typ`) or audience does not pass.
 */
#ifndef JOSE_JWT_H
#define JOSE_JWT_H

#include "jose/jws.h"

/* Numeric dates are whole seconds since 1970; 0 when the claim is absent. Texts are empty when
 * absent, and live as long as the arena and the token. */
struct jwt_claims {
    struct text issuer;         /* iss */
    struct text subject;        /* sub */
    struct text id;             /* jti */
    struct text_list audiences; /* aud, one or many */
    int64_t expires_at;         /* exp */
    int64_t not_before;         /* nbf */
    int64_t issued_at;          /* iat */
    const struct json *all;     /* every claim, as an object */
};

struct jwt_expectation {
    struct text issuer;   /* must equal `iss`; empty: `iss` is not looked at */
    struct text audience; /* must be one of `aud`; empty: a token with `aud` is refused unless
                             any_audience */
    bool any_audience;
    bool only_audience; /* `aud` must name the audience and nobody else */
    struct text type;   /* `typ`, letter case and "application/" ignored; empty: absent or "JWT" */
    struct text_list required; /* names of claims that must be present besides `exp` */
    int64_t now;               /* seconds since 1970 */
    int64_t skew;              /* seconds of tolerance for exp, nbf and iat */
    int64_t max_age;           /* seconds since `iat`, which is then required; 0: no limit */
};

/* Signs the JSON object `claims`. */
MUST_CHECK bool jwt_sign(struct arena *arena, const struct jose_key *key, struct text type,
                         struct text claims, struct text *out, struct error *error);
/* Signature first, claims after. Errors are UNAUTHENTICATED. */
MUST_CHECK bool jwt_verify(struct arena *arena, const struct jose_key_set *keys, struct text token,
                           const struct jwt_expectation *expectation, struct jwt_claims *out,
                           struct error *error);
/* The claims of a token that jws_parse took apart, unchecked: to find out whose key is needed. */
MUST_CHECK bool jwt_parse_claims(struct arena *arena, const struct jws *jws, struct jwt_claims *out,
                                 struct error *error);
/* The claims part alone of jwt_verify, for a token whose signature the caller has verified. */
MUST_CHECK bool jwt_check(const struct jws *jws, const struct jwt_claims *claims,
                          const struct jwt_expectation *expectation, struct error *error);

/* One part of jwt_check at a time, for whoever wants to say all that is wrong with a token. */
enum jwt_part { JWT_TYPE, JWT_ISSUER, JWT_AUDIENCE, JWT_DATES, JWT_REQUIRED, JWT_PART_COUNT };
MUST_CHECK bool jwt_check_part(const struct jws *jws, const struct jwt_claims *claims,
                               const struct jwt_expectation *expectation, enum jwt_part part,
                               struct error *error);

/* Text of a string claim; empty when absent or no string. */
struct text jwt_text(const struct jwt_claims *claims, const char *name);

#endif
