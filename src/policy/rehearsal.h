/*
 * What a login policy would change, before it decides: logins that were recorded are asked again,
 * by the login policies as they are and by the same with the candidate among them. Nothing is kept
 * and no session is touched. For administrators of root.
 *
 * Spaces, roles and policies are those of now; who came, from where and when is what was recorded.
 */
#ifndef POLICY_REHEARSAL_H
#define POLICY_REHEARSAL_H

#include "kernel/ctx.h"
#include "policy/policy_type.h"

enum { REHEARSAL_LOGINS_DEFAULT = 500, REHEARSAL_LOGINS_MAX = 5000 };

struct rehearsal_input {
    struct text body;
    enum policy_engine engine;
    struct text replaces; /* id of a login policy; empty: the candidate comes in addition */
    int64_t since;        /* microseconds; 0: as far back as records go */
    int64_t limit;        /* logins, the newest; 0 for the default */
};

struct rehearsed_role {
    struct text space;
    struct text role; /* slug */
};

/* One way in which logins of one actor come out differently. */
struct rehearsed_change {
    struct text actor_kind; /* "API_KEY" or "USER" */
    struct text actor_id;
    struct text login;
    int64_t logins; /* that many of those replayed */
    bool allowed_before, allowed_after;
    bool admin_before, admin_after;
    struct text reason_before, reason_after;
    const struct rehearsed_role *const *gained;
    size_t gained_count;
    const struct rehearsed_role *const *lost;
    size_t lost_count;
};

/* Counts are of logins; one login may count in several. */
struct rehearsal {
    int64_t replayed;
    int64_t unchanged;
    int64_t gain_login, lose_login;
    int64_t gain_admin, lose_admin;
    int64_t gain_roles, lose_roles;
    const struct rehearsed_change *const *changes; /* in the order of the newest login of each */
    size_t changes_count;
};

/* INVALID when the candidate does not compile, NOT_FOUND when there is nothing to replace,
 * TOO_LARGE when replaying takes too long. */
MUST_CHECK bool policy_rehearse(struct ctx *ctx, const struct rehearsal_input *input,
                                struct rehearsal *out);

#endif
