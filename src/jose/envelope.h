/*
 * An envelope is bytes that only the owner of an RSA key can read: a fresh AES-256 key under
 * RSA-OAEP (SHA-512, empty label), and the bytes under AES-CBC with that key, behind their IV of 16
 * bytes and padded as PKCS#7. Both travel as base64url without padding. It hides, and does not say
 * who closed it.
 */
#ifndef JOSE_ENVELOPE_H
#define JOSE_ENVELOPE_H

#include "base/error.h"
#include "base/text.h"

struct envelope {
    struct text key;     /* base64url */
    struct text content; /* base64url */
};

/* public_key: one PEM block labelled RSA PUBLIC KEY or PUBLIC KEY, whose bytes are a
 * SubjectPublicKeyInfo either way, of 2048 to 8192 bits. INVALID for anything else. */
MUST_CHECK bool envelope_close(struct arena *arena, struct text public_key, struct text plain,
                               struct envelope *out, struct error *error);
/* Only whether envelope_close would take the key. */
MUST_CHECK bool envelope_check_key(struct text public_key, struct error *error);

#endif
