/*
 * Globs, translated to regular expressions: `*` stops at delimiters, `**` does not, `?` is one code
 * point that is no delimiter, [abc] [a-z] [!a], {a,b} nested, `\` escapes. The whole text must
 * match.
 */
#ifndef REGO_BUILTINS_GLOB_H
#define REGO_BUILTINS_GLOB_H

#include "rego/value/value.h"

/* delimiters: null for none, an array of strings of one code point; an empty one means ["."]. False
 * when pattern or delimiters are malformed, or (arena failed) without memory. */
MUST_CHECK bool glob_to_regex(struct arena *arena, struct text pattern,
                              const struct value *delimiters, struct text *out);

#endif
