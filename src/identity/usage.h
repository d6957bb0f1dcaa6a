/*
 * Who came in during a month. A key is a virtual user: it counts once in each month in which it was
 * exchanged at all, as a person does who logged in. Noted by each login, in its unit.
 */
#ifndef IDENTITY_USAGE_H
#define IDENTITY_USAGE_H

#include "base/list.h"
#include "kernel/ctx.h"

struct actor_use {
    enum actor_kind kind;
    struct text actor_id;
    struct text name; /* as it was then */
    int64_t first_used_at;
};

struct usage {
    struct text month; /* "2027-01", UTC */
    int64_t keys;
    int64_t users;
    const struct actor_use *actors; /* by name */
    size_t actors_count;
};

/* Notes that the unit's actor came in; cheap when `last_used_at` lies in the same month. */
MUST_CHECK bool usage_note(struct ctx *ctx, int64_t last_used_at);
/* Needs admin on root. month: "2027-01"; empty for this one. */
MUST_CHECK bool usage_get(struct ctx *ctx, struct text month, struct usage **out);

#endif
