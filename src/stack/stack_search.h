/* Searching stacks: words, conditions on fields, order, pages. Over what the actor may see. */
#ifndef STACK_STACK_SEARCH_H
#define STACK_STACK_SEARCH_H

#include "kernel/search.h"
#include "stack/stack.h"

struct stack_page {
    const struct stack **stacks;
    size_t len;
    struct text end_cursor;
    bool has_next;
    bool has_previous;
};

/* INVALID for an unknown field or a page that is too large. */
MUST_CHECK bool stack_search(struct ctx *ctx, const struct search *search, struct stack_page *out);

#endif
