/*
 * Signature keys. A key carries exactly one algorithm, decided when the key is made or imported and
 * never by the token that is checked with it: that rule alone removes algorithm confusion.
 *
 * - A key lives in the arena it was made in; its OpenSSL objects are released and wiped with that
 *   arena. It is immutable, so any number of threads may use it while the arena lives.
 * - The key id is the RFC 7638 thumbprint (SHA-256, base64url) unless an imported JWK names
 * another.
 * - Import refuses what no signature should rest on: points off the curve, RSA moduli under 2048 or
 *   over 8192 bits, public exponents under 3 or even, moduli with the ROCA fingerprint, `use` other
 *   than "sig", `key_ops` without the operation, an `alg` that does not fit the key.
 */
#ifndef JOSE_KEY_H
#define JOSE_KEY_H

#include "base/error.h"
#include "base/json.h"

enum jose_algorithm {
    JOSE_ES256,
    JOSE_ES384,
    JOSE_ES512,
    JOSE_EDDSA, /* Ed25519 */
    JOSE_RS256,
    JOSE_RS384,
    JOSE_RS512,
    JOSE_PS256,
    JOSE_PS384,
    JOSE_PS512,
    JOSE_HS256, /* only through JOSE_KEY_SECRET or jose_key_from_secret */
    JOSE_ALGORITHM_COUNT
};

/* What an imported JWK may be. The caller says it; the JWK does not get to choose. */
enum jose_key_kind {
    JOSE_KEY_PUBLIC,  /* asymmetric, for verifying; private members are refused */
    JOSE_KEY_PRIVATE, /* asymmetric, with its private part */
    JOSE_KEY_SECRET,  /* "oct", HS256 */
};

struct jose_key;

enum {
    JOSE_KEY_SET_MAX = 64,           /* keys in a set */
    JOSE_KEY_SET_MAX_BYTES = 262144, /* of its JSON */
    JOSE_KEY_ID_MAX = 256,           /* bytes of a kid */
    JOSE_SECRET_MIN = 32,            /* bytes of an HS256 secret (RFC 7518, 3.2) */
};

/* Keys of one issuer. The array and the keys are borrowed from the arena of the parse. */
struct jose_key_set {
    const struct jose_key *const *keys;
    size_t len;
};

/* "ES256"; never NULL. */
const char *jose_algorithm_name(enum jose_algorithm algorithm);
/* False for names outside the list above, "none" included. Exact letters. */
bool jose_algorithm_find(struct text name, enum jose_algorithm *out);

/* ES256, ES384, ES512, EdDSA, or RS and PS with a new 2048-bit modulus. */
MUST_CHECK bool jose_key_generate(struct arena *arena, enum jose_algorithm algorithm,
                                  const struct jose_key **out, struct error *error);
/* secret: copied, at least JOSE_SECRET_MIN bytes. id: copied; empty for none. */
MUST_CHECK bool jose_key_from_secret(struct arena *arena, struct text secret, struct text id,
                                     const struct jose_key **out, struct error *error);

/* One PEM block, PKCS#8 private or SubjectPublicKeyInfo. EC and Ed25519 keys must fit the
 * algorithm. Encrypted PEM is refused. */
MUST_CHECK bool jose_key_parse_pem(struct arena *arena, struct text pem,
                                   enum jose_algorithm algorithm, const struct jose_key **out,
                                   struct error *error);
/* The same from DER: PKCS#8 private or SubjectPublicKeyInfo, whole input. */
MUST_CHECK bool jose_key_parse_der(struct arena *arena, struct text der,
                                   enum jose_algorithm algorithm, const struct jose_key **out,
                                   struct error *error);
/* PKCS#8 of the private key; the text lies in the arena and is wiped with it. */
MUST_CHECK bool jose_key_print_private_pem(const struct jose_key *key, struct arena *arena,
                                           struct text *out, struct error *error);
MUST_CHECK bool jose_key_print_private_der(const struct jose_key *key, struct arena *arena,
                                           struct text *out, struct error *error);
/* SubjectPublicKeyInfo. */
MUST_CHECK bool jose_key_print_public_pem(const struct jose_key *key, struct arena *arena,
                                          struct text *out, struct error *error);
MUST_CHECK bool jose_key_print_public_der(const struct jose_key *key, struct arena *arena,
                                          struct text *out, struct error *error);

MUST_CHECK bool jose_key_parse_jwk(struct arena *arena, const struct json *jwk,
                                   enum jose_key_kind kind, const struct jose_key **out,
                                   struct error *error);
/* Public members, alg, use and kid. False (nothing written) for an HS256 key. */
bool jose_key_print_jwk(const struct jose_key *key, struct json_writer *writer);

/* Borrowed from the key. */
struct text jose_key_id(const struct jose_key *key);
enum jose_algorithm jose_key_algorithm(const struct jose_key *key);
bool jose_key_can_sign(const struct jose_key *key);

/* `{"keys": [...]}`. Keys for other uses and of unknown types are skipped (RFC 7517, 5); a usable
 * key that is malformed, two keys with one id, or symmetric beside asymmetric keys spoil the set.
 * An empty result is an error. */
MUST_CHECK bool jose_key_set_parse(struct arena *arena, struct text source, enum jose_key_kind kind,
                                   struct jose_key_set *out, struct error *error);
/* Public JWKs; HS256 keys are left out. */
void jose_key_set_print(const struct jose_key_set *set, struct json_writer *writer);
/* NULL when absent. */
const struct jose_key *jose_key_set_find(const struct jose_key_set *set, struct text id);

#endif
