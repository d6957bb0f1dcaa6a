/*
 * A policy: rules in Rego that decide about logins, runs, plans and the like. Those of the type
 * LOGIN live in the space root and decide who comes in (login_policy.h); those of other types are
 * kept, compiled and may be tried out (simulation.h).
 *
 * Who may read a space sees its policies, but login policies only administrators of root see. Who
 * administers a space may change what is in it. A policy that does not compile is never kept: the
 * error is INVALID and says line, column and rule.
 *
 * Changing a login policy ends every session but the author's (access/session_cut.h).
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/list.h"
#include "kernel/search_list.h"
#include "policy/policy_type.h"

struct policy {
    struct text id; /* slug */
    struct text name;
    struct text description; /* at == NULL: none */
    enum policy_type type;
    enum policy_engine engine_type;
    struct text body;
    struct text space;
    struct text_list labels;
    int64_t created_at;
    struct text created_by;
    int64_t updated_at;
};

struct policy_input {
    struct text name;
    struct text body;
    struct text description;
    struct text space; /* empty: root, or unchanged */
    struct text_list labels;
    enum policy_type type; /* old names are taken; of no meaning for changes */
    enum policy_engine engine_type;
    bool keeps_engine; /* changes only */
};

MUST_CHECK bool policy_create(struct ctx *ctx, const struct policy_input *input,
                              struct policy **out);
/* What the input leaves out is emptied, but for space and engine. */
MUST_CHECK bool policy_update(struct ctx *ctx, struct text id, const struct policy_input *input,
                              struct policy **out);
/* NULL when there was none. */
MUST_CHECK bool policy_delete(struct ctx *ctx, struct text id, struct policy **out);

/* NULL when it does not exist or may not be seen. */
MUST_CHECK bool policy_find(struct ctx *ctx, struct text id, struct policy **out);
/* All that may be seen, by name: a list of struct policy. */
MUST_CHECK bool policy_list(struct ctx *ctx, struct list *out);
/* Items of the page are struct policy. */
MUST_CHECK bool policy_search(struct ctx *ctx, const struct search *search,
                              struct search_page *out);

#endif
