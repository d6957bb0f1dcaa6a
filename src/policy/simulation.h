/* Trying a policy on an input, without keeping either. For whoever administers a space. */
#ifndef POLICY_SIMULATION_H
#define POLICY_SIMULATION_H

#include "kernel/ctx.h"
#include "policy/policy_type.h"

enum { SIMULATION_INPUT_MAX_BYTES = 1 << 20 };

/* The version of the language is told by the text. input: JSON. *out is the object `result` as
 * JSON. INVALID when the policy does not compile, the input is no JSON, or the evaluation fails. */
MUST_CHECK bool policy_simulate(struct ctx *ctx, enum policy_type type, struct text body,
                                struct text input, struct text *out);

#endif
