/* Rows of user_group, and the groups that users and keys report. Called by group.c alone. */
#ifndef ROLE_GROUP_STORE_H
#define ROLE_GROUP_STORE_H

#include "role/group.h"

MUST_CHECK bool group_row_insert(struct ctx *ctx, const struct user_group *group);
MUST_CHECK bool group_row_describe(struct ctx *ctx, struct text id, struct text description);
MUST_CHECK bool group_row_delete(struct ctx *ctx, struct text id);
/* Without their members counted: a list of struct user_group. */
MUST_CHECK bool group_row_list(struct ctx *ctx, struct list *out);
MUST_CHECK bool group_row_find(struct ctx *ctx, const struct text *ids, size_t count,
                               struct list *out);
MUST_CHECK bool group_row_name_taken(struct ctx *ctx, struct text name, bool *out);

/* The groups of one user or key. */
struct group_membership {
    struct text_list names;
    bool is_user;
    int64_t last_login_at; /* of a user; 0 for never */
};
MUST_CHECK bool group_membership_list(struct ctx *ctx, struct list *out);

#endif
