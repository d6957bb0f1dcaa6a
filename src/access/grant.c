/* From bindings to the grants of an actor. */
#include "access/grant.h"

#include "access/grant_store.h"

const char *subject_kind_name(enum subject_kind kind)
{
    static const char *const names[] = {[SUBJECT_API_KEY] = "API_KEY",
                                        [SUBJECT_USER] = "USER",
                                        [SUBJECT_GROUP] = "GROUP",
                                        [SUBJECT_STACK] = "STACK"};
    return names[kind];
}

static int64_t earliest_end(const struct grant *grants, size_t count)
{
    int64_t earliest = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t end = grants[i].expires_at;
        if (end && (!earliest || end < earliest))
            earliest = end;
    }
    return earliest;
}

bool grants_read(struct ctx *ctx, const struct grant_subject *subject, struct actor *actor)
{
    struct list grants;
    if (!grant_row_list(ctx, subject, &grants))
        return false;
    actor->grants = grants.items;
    actor->grant_count = grants.len;
    actor->stale_at = earliest_end(grants.items, grants.len);
    return true;
}
