/*
 * Limits on failed attempts to come in, per address and per key or user. In memory, of fixed size,
 * on each server by itself. The IPv6 addresses of one /64 are one address here. Called by each way
 * to come in: before anything is looked up, and for each failure. Safe from any thread.
 *
 * Failures are forgotten evenly, so that a limit of 20 a minute is one each three seconds. An
 * address that fails too often has to wait. When too many attempts fail for one key, whoever has
 * failed before has to wait; an address that comes with the right secret at once never does, so
 * that nobody can lock out the owner of a key by guessing at it.
 */
#ifndef IDENTITY_ATTEMPT_LIMIT_H
#define IDENTITY_ATTEMPT_LIMIT_H

#include "base/text.h"

struct attempt_limit;

/* Failures a minute; 0: no limit. NULL without memory. */
struct attempt_limit *attempt_limit_new(int64_t per_address, int64_t per_key);
/* NULL is fine. */
void attempt_limit_free(struct attempt_limit *limit);

/* Seconds to wait before the next attempt; 0: none. `key` names a key or a user. */
int64_t attempt_limit_wait(struct attempt_limit *limit, struct text key, struct text address,
                           int64_t now);
/* An attempt has failed. */
void attempt_limit_note(struct attempt_limit *limit, struct text key, struct text address,
                        int64_t now);

struct attempt_figures {
    uint64_t failed;
    uint64_t refused; /* since the limit was reached */
};
struct attempt_figures attempt_limit_figures(struct attempt_limit *limit);

#endif
