/* What the audit trail says about a run. For the mutations of this room. */
#ifndef RUN_RUN_AUDIT_H
#define RUN_RUN_AUDIT_H

#include "audit/audit.h"
#include "run/run.h"

/* The run as it is before a change; NULL for one that is being made. */
void run_before_change(struct ctx *ctx, const struct run *run, struct change *change);
/* Records what became of it. change: NULL when nothing did; note: empty when nobody wrote one. */
MUST_CHECK bool run_record(struct ctx *ctx, const char *action, const struct run *run,
                           struct change *change, struct text note,
                           const struct decision *decision);

/* A move from one state to the next, when the audit trail's webhook wants to hear of them. */
MUST_CHECK bool run_record_move(struct ctx *ctx, const struct run *run, enum run_state from);

#endif
