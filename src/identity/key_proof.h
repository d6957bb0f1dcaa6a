/*
 * Whether a secret belongs to a key. The same statements and the same work for a key that does not
 * exist as for a wrong secret, so that nobody learns which ids exist.
 */
#ifndef IDENTITY_KEY_PROOF_H
#define IDENTITY_KEY_PROOF_H

#include "identity/api_key.h"

struct key_proof {
    const struct api_key *key; /* NULL when there is none of that kind */
    const char *problem;       /* for the record; NULL: proved, and the key may come in */
};

/* What is no well-formed secret (identity/secret.h) need not come here. */
MUST_CHECK bool key_prove_secret(struct ctx *ctx, struct text id, struct text secret,
                                 enum api_key_kind kind, struct key_proof *out);
/* Why a key may not come in, whatever was proved; NULL when it may. */
const char *key_problem(const struct api_key *key, int64_t now);

#endif
