/*
 * Regular expressions of Go's syntax family, matched in linear time by RE2. This header is all that
 * C sees of it. A compiled expression is immutable and shared by threads; the memory of its
 * automata is capped, and lies outside of arenas because RE2 manages it itself.
 */
#ifndef REGO_BUILTINS_REGEX_H
#define REGO_BUILTINS_REGEX_H

#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    REGEX_MAX_PATTERN = 32768,  /* bytes */
    REGEX_MAX_MEMORY = 1 << 20, /* program and automata of one expression */
    REGEX_MAX_GROUPS = 64,
    REGEX_ERROR_SIZE = 200,
};

struct regex;

/* NULL when the pattern is not acceptable: `error` says why, in Go's words. */
struct regex *regex_new(struct text pattern, char error[REGEX_ERROR_SIZE]);
void regex_free(struct regex *regex);

/* What matching costs per byte, relative to a simple pattern: the size of its program. */
size_t regex_size(const struct regex *regex);
/* Groups beside the whole match. */
size_t regex_groups(const struct regex *regex);
/* The number of a named group; 0 when there is none. */
size_t regex_group(const struct regex *regex, struct text name);

/* The leftmost match that starts at or after `from`; what stands before counts for ^ and \b.
 * parts[0] is the match, then groups up to `count`; those that took no part have a NULL pointer. */
bool regex_find(const struct regex *regex, struct text text, size_t from, struct text *parts,
                size_t count);

#ifdef __cplusplus
}
#endif

#endif
