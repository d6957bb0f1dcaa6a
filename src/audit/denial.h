/*
 * Requests that were refused, in the audit trail: `access.denied`, with the decision. A door says
 * what was refused once the refused work is undone; the entry is durable before the answer leaves.
 *
 * Nobody fills the trail with refusals: of one actor so many are written in a minute, and those
 * past that are counted and stand in one entry, with the next that is written or when the minute is
 * over. Who sends no token is only counted.
 */
#ifndef AUDIT_DENIAL_H
#define AUDIT_DENIAL_H

#include "access/decision.h"

enum { DENIALS_PER_MINUTE = 20 };

struct denial {
    struct text field;               /* root field of the API that was asked for */
    const struct decision *decision; /* what was not granted */
    struct text objects;             /* JSON object: ids that the request named; empty for none */
};

struct denials;

struct denials *denials_new(void);
void denials_free(struct denials *denials);

MUST_CHECK bool denial_record(struct ctx *ctx, const struct denial *denial);
/* Writes the entries about what was only counted, of minutes that are over. For the server itself,
 * once in a while. */
MUST_CHECK bool denials_settle(struct ctx *ctx);

/* Whether denials_settle has something to do. */
bool denials_are_unsettled(struct denials *denials, int64_t now);

/* One more request that needed a token and came without a valid one. */
void denials_count_anonymous(struct denials *denials);

/* Since the start; for metrics. */
struct denial_figures {
    uint64_t denied;
    uint64_t not_written; /* of those: only counted */
    uint64_t anonymous;
};
struct denial_figures denial_figures(struct denials *denials);

#endif
