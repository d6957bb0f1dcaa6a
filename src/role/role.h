/*
 * Roles, and the bindings that give one to an API key or group in a space. The system roles come
 * with the database and cannot be changed.
 */
#ifndef ACCESS_ROLE_H
#define ACCESS_ROLE_H

#include "access/decision.h"
#include "base/list.h"

struct role {
    struct text id;
    struct text slug;
    struct text name;
    struct text description;
    bool is_system;
    enum action *actions; /* not const: clang would not see that it is an array of int */
    size_t actions_count;
    int64_t role_bindings_count;
};

struct role_binding {
    struct text id;
    struct text subject_id;
    struct text role_id;
    struct text space_id;
};

/* By id, NULL for those that do not exist. */
MUST_CHECK bool role_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                               const struct role **out);
/* Bindings of many API keys, key by key: a list of struct role_binding. */
MUST_CHECK bool role_binding_list_of_keys(struct ctx *ctx, const struct text *key_ids, size_t count,
                                          struct list *out);

/* The level of the system roles that a role amounts to. */
enum access_level role_level(const struct role *role);

#endif
