/* The row of the audit trail's webhook: there is one at most. For the files of this room alone:
 * saving, delivering, and retention, which asks how far it has come. */
#ifndef AUDIT_WEBHOOK_STORE_H
#define AUDIT_WEBHOOK_STORE_H

#include "audit/webhook.h"

struct webhook_row {
    struct webhook webhook; /* without the names of headers */
    struct text sealed_secret;
    struct text sealed_headers;
    int64_t cursor;
    int64_t deliver_until; /* 0: no end */
    bool is_deleted;
    int64_t next_attempt_at;
    int64_t lease_until; /* 0: no server is at it */
};

/* NULL when there is none; one that is deleted and not yet gone is found, too. */
MUST_CHECK bool webhook_row_find(struct ctx *ctx, struct webhook_row **out);
MUST_CHECK bool webhook_row_save(struct ctx *ctx, const struct webhook_row *row);
MUST_CHECK bool webhook_row_delete(struct ctx *ctx);

#endif
