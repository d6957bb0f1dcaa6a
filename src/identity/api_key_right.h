/*
 * Who may make and change API keys: administrators of root. A switch lets administrators of other
 * spaces make keys, too, that can do no more than they can, and delete those they made.
 */
#ifndef IDENTITY_API_KEY_RIGHT_H
#define IDENTITY_API_KEY_RIGHT_H

#include "access/decision.h"
#include "identity/api_key.h"

/* All of these fail with DENIED, and say in *decision what allowed it. */
MUST_CHECK bool api_key_require_change(struct ctx *ctx, struct decision *decision);
MUST_CHECK bool api_key_require_create(struct ctx *ctx, const struct api_key_input *input,
                                       struct decision *decision);
MUST_CHECK bool api_key_require_delete(struct ctx *ctx, const struct api_key *key,
                                       struct decision *decision);

/* Turns the switch; needs admin on root. */
MUST_CHECK bool api_key_enable_non_root_managers(struct ctx *ctx, bool enable);

#endif
