/*
 * JWS compact serialization (RFC 7515). One parse of the header, strict base64url without padding
 * or stray bits, exactly three parts, sizes checked before anything is decoded.
 *
 * The header decides nothing: its `alg` must equal the algorithm of the key, its `kid` only picks
 * among the caller's keys, `crit` is refused, and jwk, jku, x5c, x5u are never looked at. JSON
 * serialization and encryption (JWE) are refused as malformed.
 */
#ifndef JOSE_JWS_H
#define JOSE_JWS_H

#include "jose/key.h"

enum {
    JWS_MAX_BYTES = 16384,       /* a whole token */
    JWS_MAX_HEADER_BYTES = 4096, /* encoded */
};

/* A token taken apart. Until jws_verify says yes, all of it is a stranger's claim. */
struct jws {
    struct text signing_input; /* borrowed from the token: header.payload as sent */
    struct text payload;       /* decoded */
    struct text signature;     /* decoded */
    enum jose_algorithm algorithm;
    struct text key_id;        /* empty when the header has none */
    struct text type;          /* `typ`, empty when absent */
    const struct json *header; /* the whole header */
};

/* All errors of parsing and verifying are UNAUTHENTICATED; the sentence never repeats the token.
 * The token must outlive *out. */
MUST_CHECK bool jws_parse(struct arena *arena, struct text token, struct jws *out,
                          struct error *error);
/* The key a token asks for: the one its kid names, or, without a kid, the only key of its
 * algorithm. NULL when there is none. */
const struct jose_key *jws_find_key(const struct jws *jws, const struct jose_key_set *keys);
MUST_CHECK bool jws_verify(const struct jws *jws, const struct jose_key *key, struct error *error);

/* type: `typ` of the header, left out when empty. `kid` is written when the key has an id. The
 * token lies in the arena. */
MUST_CHECK bool jws_sign(struct arena *arena, const struct jose_key *key, struct text type,
                         struct text payload, struct text *out, struct error *error);

#endif
