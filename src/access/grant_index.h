/*
 * The grants of an actor, ordered for deciding: from a space to what is allowed there, and by which
 * grants. A decision is then one look-up for the space and one for each space above it, however
 * many grants there are. A grant that adds nothing to those before it in the same space is not
 * kept.
 */
#ifndef ACCESS_GRANT_INDEX_H
#define ACCESS_GRANT_INDEX_H

#include "access/action.h"
#include "base/map.h"

struct granted {
    const struct grant *grant;
    struct action_set allowed; /* expanded */
    bool is_local;             /* in this space alone */
};

/* What was granted in one space. */
struct space_grants {
    struct action_set inherited; /* here and in everything below; expanded */
    struct action_set local;     /* here alone */
    struct granted *granted; /* side by side: with many of them, going from one to the next is what
                                a decision takes time for */
    size_t granted_count;
};

struct grant_index {
    struct map spaces;      /* space id -> struct space_grants */
    struct action_set held; /* anywhere */
};

/* Borrows the grants. NULL without memory. */
const struct grant_index *grant_index_new(struct arena *arena, const struct grant *grants,
                                          size_t count);
/* What was granted in this very space; NULL for nothing. */
const struct space_grants *grant_index_in(const struct grant_index *index, struct text space_id);

#endif
