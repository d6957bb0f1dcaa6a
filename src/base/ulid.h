/*
 * ULIDs: identifiers of 48 bits of time (milliseconds since 1970) and 80 random bits, printed as 26
 * characters of Crockford's base 32 that sort as their time does. Those made by one process are
 * strictly increasing, also within a millisecond and when the clock goes back. They are names, not
 * secrets: one may be guessed from its neighbour.
 */
#ifndef BASE_ULID_H
#define BASE_ULID_H

#include "base/text.h"

enum { ULID_LENGTH = 26 };

struct ulid {
    uint64_t high, low;
};

/* Safe from any thread. */
struct ulid ulid_next(void);
/* Upper case, NUL-terminated. */
void ulid_print(struct ulid ulid, char out[ULID_LENGTH + 1]);
/* A new one, printed into the arena; empty when the arena is full. */
struct text ulid_make(struct arena *arena);

/* Exactly 26 characters, any case; the letters I, L, O and U are no digits. False for anything
 * else, and for values past 128 bits. */
MUST_CHECK bool ulid_parse(struct text text, struct ulid *out);
bool ulid_is_valid(struct text text);
/* Microseconds since 1970. */
int64_t ulid_time(struct ulid ulid);
int ulid_compare(struct ulid a, struct ulid b);

#endif
