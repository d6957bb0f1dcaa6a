/*
 * What every search of the API takes: words, conditions on fields, order, and a page; and the parts
 * of answering it that do not depend on what is searched. A noun knows its fields and reads its
 * rows; whether a row fits is decided here.
 */
#ifndef KERNEL_SEARCH_H
#define KERNEL_SEARCH_H

#include "kernel/ctx.h"

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
    struct text order_by; /* field; empty for the noun's own order */
    bool descending;
};

enum { SEARCH_PAGE_DEFAULT = 50, SEARCH_PAGE_MAX = 100 };

/* Which fields a noun can be searched and ordered by. */
struct search_fields {
    const char *things; /* "stacks", for the errors */
    bool (*is_field)(struct text name);
    bool (*is_order)(struct text name);
};

/* INVALID for an unknown field or a page that is too large. */
MUST_CHECK bool search_check(struct ctx *ctx, const struct search *search,
                             const struct search_fields *fields);
/* Items that a page may have. */
size_t search_page_size(const struct search *search);

struct text search_bool(bool value); /* "true" or "false", as predicates have it */
/* Whether one of the field's values is among what the predicate wants; no values: it is not. */
bool search_predicate_holds(const struct search_predicate *predicate, const struct text *values,
                            size_t count);
/* Whether each of the words stands in one of the places, in upper or lower case. The arena is used
 * for scratch memory alone. */
bool search_has_words(struct arena *arena, struct text words, const struct text *places,
                      size_t count);

#endif
