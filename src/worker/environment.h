/*
 * The environment that a child process gets: exactly these variables, each name once, in an arena.
 * Nothing is inherited from the worker but what the worker puts in.
 */
#ifndef WORKER_ENVIRONMENT_H
#define WORKER_ENVIRONMENT_H

#include "base/error.h"
#include "base/list.h"
#include "base/text.h"

struct environment {
    struct arena *arena;
    struct list entries; /* of char *, "NAME=value" */
};

void environment_init(struct environment *environment, struct arena *arena);
/* Adds or replaces; copies both. INVALID for a name that is not [A-Za-z_][A-Za-z0-9_]* and for a
 * value with a NUL. */
MUST_CHECK bool environment_set(struct environment *environment, struct text name,
                                struct text value, struct error *error);
MUST_CHECK bool environment_set_z(struct environment *environment, const char *name,
                                  const char *value, struct error *error);
/* Borrowed; NULL when there is no such variable. */
const char *environment_get(const struct environment *environment, const char *name);
/* A copy that can be changed without changing this one. */
MUST_CHECK bool environment_copy(const struct environment *from, struct environment *to,
                                 struct error *error);
/* For execve: ends with NULL; NULL itself without memory. Borrows the entries. */
const char *const *environment_list(const struct environment *environment);

#endif
