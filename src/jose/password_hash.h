/*
 * Passwords of people, kept as Argon2id in the text form of its reference implementation:
 * $argon2id$v=19$m=32768,t=3,p=1$<salt>$<hash>. A text carries its own cost, so the cost may rise
 * later. Each call takes tens of milliseconds and 32 MiB on purpose: never call it on a loop or on
 * the thread that writes the database.
 */
#ifndef JOSE_PASSWORD_HASH_H
#define JOSE_PASSWORD_HASH_H

#include "base/error.h"
#include "base/text.h"

enum {
    PASSWORD_HASH_SIZE = 128, /* of the text, with its terminator */
    PASSWORD_MAX_BYTES = 1024,
};

struct password_hash {
    char text[PASSWORD_HASH_SIZE];
};

MUST_CHECK bool password_hash(struct text password, struct password_hash *out, struct error *error);
/* With an empty `stored` the work is done all the same and the answer is false, so that an unknown
 * user costs what a wrong password costs. Text that is no hash never matches. */
bool password_hash_matches(struct text password, struct text stored);

#endif
