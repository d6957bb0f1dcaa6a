/*
 * The thread of a server that delivers the audit trail to its webhook: it looks a few times a
 * second whether something waits, and then sends one entry after another.
 */
#ifndef CLI_SERVE_AUDIT_DELIVERY_H
#define CLI_SERVE_AUDIT_DELIVERY_H

#include "base/error.h"
#include "kernel/account.h"

struct audit_delivery;

/* NULL when the thread cannot be started. */
struct audit_delivery *audit_delivery_start(struct account *account, struct error *error);
/* Ends an attempt under way; its entry is sent again later. NULL is fine. */
void audit_delivery_stop(struct audit_delivery *delivery);

#endif
