/* The issuers that are kept in memory. Safe from any thread; called by issuer.c alone. */
#ifndef IDENTITY_ISSUER_CACHE_H
#define IDENTITY_ISSUER_CACHE_H

#include "identity/issuer.h"

/* The issuer, alive until the arena ends; NULL when it is not kept. */
const struct issuer *issuer_cache_find(struct issuer_cache *cache, struct arena *holder,
                                       struct text url, int64_t now);
/* Takes the arena with the issuer in it, also on failure, and lends it back until `holder` ends.
 * NULL without memory. */
const struct issuer *issuer_cache_add(struct issuer_cache *cache, struct arena *holder,
                                      struct arena *arena, const struct issuer *issuer);

/* Why the issuer failed, when that was less than ISSUER_FAILURE_S ago: copied into `error`, true.
 */
bool issuer_cache_has_failed(struct issuer_cache *cache, struct text url, int64_t now,
                             struct error *error);
void issuer_cache_fail(struct issuer_cache *cache, struct text url, int64_t now,
                       const struct error *error);

#endif
