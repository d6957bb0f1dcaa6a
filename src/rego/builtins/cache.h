/* Compiled patterns by their text. For the files of this folder only; see builtin.h for the rules.
 */
#ifndef REGO_BUILTINS_CACHE_H
#define REGO_BUILTINS_CACHE_H

#include "rego/builtins/builtin.h"
#include "rego/builtins/regex.h"

/* Gives the compiled pattern, from the policy's constants, this evaluation's cache, or newly made
 * and charged. Otherwise the outcome to return, with call->message set. */
MUST_CHECK enum builtin_outcome cached_regex(struct builtin_call *call, struct text pattern,
                                             const struct regex **out);

/* Charges for matching `len` bytes, with groups or without. */
MUST_CHECK bool charge_match(struct builtin_call *call, const struct regex *regex, size_t len,
                             bool groups);

#endif
