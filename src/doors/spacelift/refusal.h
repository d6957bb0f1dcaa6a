/*
 * What an operation was refused, on its way into the audit trail. A mutation's refusal is written
 * in its own unit of work, after what the field did is undone; a query reads only, so its refusals
 * wait for a unit that may write. Either way they are on disk before the answer leaves.
 */
#ifndef DOORS_SPACELIFT_REFUSAL_H
#define DOORS_SPACELIFT_REFUSAL_H

#include "base/list.h"
#include "graphql/execution/engine.h"
#include "kernel/ctx.h"

struct refusals {
    struct list denials;               /* struct denial: not written yet */
    const struct graphql_field *field; /* that is being resolved */
    struct text objects;
};

void refusals_init(struct refusals *refusals, struct arena *arena);
/* The field whose refusals come next; first notes what the one before was refused. */
void refusals_enter(struct refusals *refusals, struct ctx *ctx, const struct graphql_call *call);
/* The field needs an action that the actor holds nowhere. */
void refusals_note_action(struct refusals *refusals, struct ctx *ctx, struct text action);
/* What the nouns refused since the last look: ctx->denied, which is forgotten. */
void refusals_note_denied(struct refusals *refusals, struct ctx *ctx);
/* Writes them. The unit must be one that writes; it may run again, so they stay noted. */
MUST_CHECK bool refusals_record(struct refusals *refusals, struct ctx *ctx);
/* They are written, as far as this run of the unit goes. */
void refusals_forget(struct refusals *refusals);

#endif
