/* Searching stacks: words, conditions on fields, order, pages. Over what the actor may see. */
#ifndef STACK_STACK_SEARCH_H
#define STACK_STACK_SEARCH_H

#include "stack/stack.h"

struct search_predicate {
    struct text field;
    struct text_list
        matches; /* exact, or with * for any run of characters; booleans as true, false */
    bool exclude;
};

struct search {
    int64_t first;         /* items of a page; 0 for the default */
    struct text after;     /* cursor; empty for the first page */
    struct text full_text; /* words that must all occur */
    const struct search_predicate *predicates;
    size_t predicate_count;
    struct text order_by; /* field; empty for the name */
    bool descending;
};

enum { SEARCH_PAGE_DEFAULT = 50, SEARCH_PAGE_MAX = 100 };

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
