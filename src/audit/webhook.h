/*
 * The audit trail's webhook: an endpoint outside that gets every entry of the trail, in order. An
 * account has one at most. Its secret and its headers are sealed and never shown again.
 *
 * Saving an enabled one first sends it a signed message and wants a 2xx back, so it asks another
 * server (kernel/outside.h). Disabling and deleting are the last entries that are delivered.
 * webhook_delivery.h does the delivering.
 */
#ifndef AUDIT_WEBHOOK_H
#define AUDIT_WEBHOOK_H

#include "kernel/ctx.h"

struct webhook_header {
    struct text name;
    struct text value;
};

struct webhook {
    bool enabled;
    struct text endpoint;
    bool include_runs; /* every move of a run is an entry, too */
    bool retry_on_failure;
    struct text_list header_names;
    int64_t failures; /* in a row */
    struct text last_error;
};

struct webhook_input {
    bool enabled;
    struct text endpoint;
    bool include_runs;
    bool retry_on_failure;
    struct text secret; /* empty: the one that is stored */
    const struct webhook_header *headers;
    size_t header_count;
    bool keeps_headers; /* none were given: those that are stored */
};

/* All of these are for who administers root. NULL when there is none. */
MUST_CHECK bool webhook_find(struct ctx *ctx, struct webhook **out);
MUST_CHECK bool webhook_set(struct ctx *ctx, const struct webhook_input *input,
                            struct webhook **out);
/* Gives back what it was. */
MUST_CHECK bool webhook_delete(struct ctx *ctx, struct webhook **out);
/* Adds headers, or replaces those with the same names. NOT_FOUND without a webhook. */
MUST_CHECK bool webhook_set_headers(struct ctx *ctx, const struct webhook_header *headers,
                                    size_t count, struct webhook **out);
MUST_CHECK bool webhook_delete_headers(struct ctx *ctx, struct text_list names,
                                       struct webhook **out);

/* Whether moves of runs are to be recorded: an enabled webhook wants them. */
MUST_CHECK bool webhook_wants_runs(struct ctx *ctx, bool *out);

#endif
