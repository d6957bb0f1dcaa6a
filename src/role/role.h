/*
 * Roles: named sets of actions. The system roles come with the database and never change; others
 * are made by administrators of root. Whoever administers any space may list them.
 *
 * Giving a role to somebody is a binding; see role/binding.h. A change of a role reaches whoever
 * has it with the next request. Changes fail with DENIED without admin on root.
 */
#ifndef ROLE_ROLE_H
#define ROLE_ROLE_H

#include "access/decision.h"
#include "base/list.h"

struct role {
    struct text id;   /* ULID */
    struct text slug; /* stays when the name changes: policies refer to it */
    struct text name;
    struct text description;
    bool is_system;
    enum action *actions; /* not const: clang would not see that it is an array of int */
    size_t actions_count;
    int64_t role_bindings_count;
};

struct role_input {
    struct text name;        /* at == NULL in an update: unchanged */
    struct text description; /* the same */
    const enum action *actions;
    size_t actions_count;
    bool keeps_actions; /* at an update: they were not given */
};

/* INVALID for a name that is empty or too long, and for no actions. The slug is made from the
 * name, with a number behind it when it is taken. */
MUST_CHECK bool role_create(struct ctx *ctx, const struct role_input *input, struct role **out);
/* NOT_FOUND for one that does not exist, CONFLICT for a system role. */
MUST_CHECK bool role_update(struct ctx *ctx, struct text id, const struct role_input *input,
                            struct role **out);
/* *out is NULL when there is no such role. CONFLICT for a system role, and while it is bound. */
MUST_CHECK bool role_delete(struct ctx *ctx, struct text id, struct role **out);

/* By id or slug; NULL when absent or not to be seen. */
MUST_CHECK bool role_find(struct ctx *ctx, struct text id, struct role **out);
/* By name, system roles first: a list of struct role. Empty for who may not list them. */
MUST_CHECK bool role_list(struct ctx *ctx, struct list *out);
/* By id, NULL for those that do not exist; whoever asks. */
MUST_CHECK bool role_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                               const struct role **out);

#endif
