/* How long the audit trail is kept: what the setting audit-retention says, 0 for ever. */
#ifndef AUDIT_RETENTION_H
#define AUDIT_RETENTION_H

#include "kernel/ctx.h"

enum { RETENTION_STEP = 5000 }; /* entries that one step removes at most */

/* Removes some of what is too old, and records that it did. Entries that an enabled webhook has not
 * got yet stay. For the server itself, every few seconds. */
MUST_CHECK bool audit_retain(struct ctx *ctx);

#endif
