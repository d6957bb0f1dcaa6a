/* What the resolvers of this door share. */
#ifndef DOORS_SPACELIFT_RESOLVER_H
#define DOORS_SPACELIFT_RESOLVER_H

#include "base/list.h"
#include "base/map.h"
#include "kernel/ctx.h"
#include "spacelift_schema.h"

/* The unit of work behind a call; its errors become the call's. */
struct ctx *resolver_ctx(struct graphql_call *call);

/* A header of the HTTP request; the empty text when it was not sent. */
struct text resolver_header(struct graphql_call *call, struct text name);

/* A text member of every parent, such as its id. NULL without memory, with the error set. */
const struct text *resolver_parent_texts(struct graphql_call *call, size_t offset);

/* The rows of one parent, side by side. */
struct resolver_rows {
    const void *items;
    size_t count;
};

/* For each parent the rows that belong to it: rows are sorted by the text at `key_offset`, and
 * belong to the parent with the same text in `keys`. The time it takes grows with parents and rows
 * added, not multiplied. Borrows the rows. NULL on failure. */
const struct resolver_rows *resolver_group_rows(struct graphql_call *call, const struct list *rows,
                                                size_t key_offset, const struct text *keys);
/* Gives them to each. */
MUST_CHECK bool resolver_give_rows(struct graphql_call *call, const struct list *rows,
                                   size_t key_offset, const struct text *keys);

#define RESOLVER_TEXTS(call, type, member) resolver_parent_texts((call), offsetof(type, member))

#endif
