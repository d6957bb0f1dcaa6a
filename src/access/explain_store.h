/* Roles as explanations need them. Called by explain.c alone. */
#ifndef ACCESS_EXPLAIN_STORE_H
#define ACCESS_EXPLAIN_STORE_H

#include "access/explain.h"

struct explained_role {
    struct text id;
    struct text slug;
    struct text name;
    struct action_set actions;
    bool is_system;
};

/* Every role, those of the system first: a list of struct explained_role. */
MUST_CHECK bool explained_role_list(struct ctx *ctx, struct list *out);

#endif
