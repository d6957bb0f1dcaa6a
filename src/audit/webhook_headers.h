/*
 * The headers that an administrator adds to the deliveries of the audit trail's webhook: what they
 * may be, and changing a list of them. Names are compared in upper or lower case alike; values are
 * secrets as often as not, so they are in no error.
 *
 * Lists are of struct webhook_header, which borrow their texts. Called by webhook.c alone.
 */
#ifndef AUDIT_WEBHOOK_HEADERS_H
#define AUDIT_WEBHOOK_HEADERS_H

#include "audit/webhook.h"
#include "base/list.h"

/* Adds headers, or replaces those of the same names. INVALID for a header that HTTP does not allow
 * or the delivery sets itself, and for too many. */
MUST_CHECK bool webhook_headers_add(struct ctx *ctx, struct list *headers,
                                    const struct webhook_header *added, size_t count);
/* Names that are not in the list are passed over. */
void webhook_headers_remove(struct list *headers, struct text_list names);
/* What may be shown of them. */
MUST_CHECK bool webhook_headers_name(struct ctx *ctx, const struct list *headers,
                                     struct text_list *out);

#endif
