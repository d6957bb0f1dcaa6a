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

/* The level of the system roles that a role amounts to, for clients that know only levels. */
enum access_level { ACCESS_LEVEL_NONE, ACCESS_LEVEL_READ, ACCESS_LEVEL_WRITE, ACCESS_LEVEL_ADMIN };
enum access_level role_level(const struct role *role);
const char *access_level_name(enum access_level level); /* "READ"; "" for none */
/* The actor's level in a space. */
enum access_level access_level_of(const struct visibility *visibility, struct text space_id);

#endif
