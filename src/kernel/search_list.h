/*
 * Searching a list that is in memory: filter, order and cut. A noun says how its things are read;
 * the cost grows with the number of things it hands in.
 */
#ifndef KERNEL_SEARCH_LIST_H
#define KERNEL_SEARCH_LIST_H

#include "kernel/search.h"

enum { SEARCH_PLACES = 3 };

/* Getters answer false for a field that they do not know. */
struct search_kind {
    struct search_fields fields;
    struct text (*id)(const void *item);   /* unique; the cursor */
    struct text (*name)(const void *item); /* the order when none is asked for */
    /* A field with one value. */
    bool (*text)(const void *item, struct text field, struct text *out);
    /* A field with several, of which one must match. May be NULL. */
    bool (*texts)(const void *item, struct text field, struct text_list *out);
    /* A field that things are only ordered by. May be NULL. */
    bool (*number)(const void *item, struct text field, int64_t *out);
    /* Where words are looked for; places that are not set are empty. */
    void (*places)(const void *item, struct text out[SEARCH_PLACES]);
};

struct search_page {
    const void **items;
    size_t len;
    struct text end_cursor;
    bool has_next;
    bool has_previous;
};

/* items: what may be seen; the page borrows it. INVALID for an unknown field or a page that is too
 * large. */
MUST_CHECK bool search_list(struct ctx *ctx, const struct search *search,
                            const struct search_kind *kind, const void *const *items, size_t count,
                            struct search_page *out);

#endif
