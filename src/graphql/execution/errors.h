/*
 * The errors of one response, as the specification shapes them. Lives in an arena; past `max` they
 * are counted, not kept.
 */
#ifndef GRAPHQL_EXECUTION_ERRORS_H
#define GRAPHQL_EXECUTION_ERRORS_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/list.h"

enum { GRAPHQL_ERROR_PLACES = 16 };

/* In messages, in the place of a value that is not to be shown. */
#define GRAPHQL_HIDDEN_VALUE TEXT("[redacted]")

/* From a value up to the root of the response; lives on the stack of the writer. */
struct graphql_path {
    const struct graphql_path *up;
    struct text key; /* at == NULL: an index */
    size_t index;
};

struct graphql_place {
    int line, column;
};

struct graphql_error {
    struct text message;
    const char *code; /* extensions.code, NULL for none */
    const char *rule; /* of validation; NULL for others. For tests, not shown */
    struct graphql_place places[GRAPHQL_ERROR_PLACES];
    uint32_t place_count;
    struct text path; /* JSON, at == NULL for none */
};

struct graphql_errors {
    struct list items; /* of struct graphql_error */
    uint32_t max;      /* 0: no limit */
    uint32_t dropped;
};

void graphql_errors_init(struct graphql_errors *errors, struct arena *arena, uint32_t max);
/* The message is copied. NULL when it was dropped; the arena is then full or the limit reached. */
struct graphql_error *graphql_errors_add(struct graphql_errors *errors, const char *code,
                                         struct text message);
/* With the place of error's line and column, if it has one. */
struct graphql_error *graphql_errors_add_error(struct graphql_errors *errors,
                                               const struct error *error);
/* An offset of the source as a place. */
void graphql_error_place(struct graphql_error *error, struct text source, uint32_t at);
void graphql_error_path(struct graphql_error *error, struct arena *arena,
                        const struct graphql_path *path);
/* "errors":[...] */
void graphql_errors_write(const struct graphql_errors *errors, struct buffer *out);

#endif
