/*
 * Keys that expire soon: said on the key, counted for /metrics, and put into the audit trail once
 * for each key, where webhooks carry it to people.
 */
#ifndef IDENTITY_API_KEY_EXPIRY_H
#define IDENTITY_API_KEY_EXPIRY_H

#include "identity/api_key.h"

/* A sentence for people; at == NULL while there is nothing to warn of. */
struct text api_key_expiry_warning(struct ctx *ctx, const struct api_key *key);

/* Warns and counts, for the server itself, now and then. */
MUST_CHECK bool api_key_watch_expiry(struct ctx *ctx);

#endif
