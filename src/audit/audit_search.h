/*
 * Looking through the audit trail. Who administers the root space sees all of it, nobody else sees
 * any. A page costs no more than a bounded walk along the chain: where few entries fit, it may hold
 * fewer than were asked for, or none, and still have a next one.
 */
#ifndef AUDIT_AUDIT_SEARCH_H
#define AUDIT_AUDIT_SEARCH_H

#include "audit/audit.h"
#include "kernel/search.h"

enum { AUDIT_SEARCH_WALK = 10000 }; /* entries that one page looks at */

struct audit_page {
    struct audit_entry *entries;
    size_t len;
    struct text end_cursor;
    bool has_next;
    bool has_previous;
};

/* Newest first unless the search orders by createdAt and is not descending. */
MUST_CHECK bool audit_search(struct ctx *ctx, const struct search *search, struct audit_page *out);

/* What kind of thing happened: CREATE, UPDATE, DELETE, LOGIN or DENIED. */
struct text audit_event_type(const struct audit_entry *entry);

#endif
