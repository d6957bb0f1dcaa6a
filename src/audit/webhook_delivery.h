/*
 * Delivering the audit trail to its webhook: every entry, in order, at least once. One entry is on
 * its way at a time, and by one server: whoever holds the lease. What was answered and what comes
 * next is one unit of work, so a server that dies leaves nothing but a lease that ends, and the
 * entry is sent again.
 *
 * A failure is tried again later and later, or passed over, as the webhook says; after ten in a row
 * the webhook is switched off, which is an entry itself.
 */
#ifndef AUDIT_WEBHOOK_DELIVERY_H
#define AUDIT_WEBHOOK_DELIVERY_H

#include "kernel/ctx.h"
#include "net/http_client.h"

#include <stdatomic.h>

enum { WEBHOOK_FAILURES_MAX = 10 };

/* For metrics. */
struct webhook_figures {
    atomic_int_fast64_t lag; /* entries that wait; 0 without a webhook */
    atomic_uint_fast64_t delivered;
    atomic_uint_fast64_t failed;
};

/* One server's part in it. Zeroed at first; used by one thread. */
struct webhook_delivery {
    int64_t lease;    /* as written into the row; 0: not ours */
    int64_t sequence; /* of the entry on its way; 0: none */
    bool is_answered; /* the attempt is over, and the two below say how it went */
    unsigned status;  /* 0 when there was no answer */
    struct text failure;
    struct http_client_request request; /* what to send next, when there is a sequence */
};

/* Whether webhook_step may have something to do: a look without writing. */
MUST_CHECK bool webhook_is_waiting(struct ctx *ctx, struct webhook_figures *figures, bool *out);
/* Keeps what became of the entry on its way, and takes the next; the request lies in the unit's
 * arena. */
MUST_CHECK bool webhook_step(struct ctx *ctx, struct webhook_delivery *delivery);

#endif
