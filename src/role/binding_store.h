/* Rows of role_binding, and what they point at. Called by the role noun alone. */
#ifndef ROLE_BINDING_STORE_H
#define ROLE_BINDING_STORE_H

#include "role/binding.h"

MUST_CHECK bool binding_row_insert(struct ctx *ctx, const struct role_binding *binding);
/* Subject, role, space, and whether it is a rule. */
MUST_CHECK bool binding_row_update(struct ctx *ctx, const struct role_binding *binding);
MUST_CHECK bool binding_row_delete(struct ctx *ctx, struct text id);
MUST_CHECK bool binding_row_delete_of(struct ctx *ctx, enum subject_kind kind,
                                      struct text subject_id);
/* NULL when absent. */
MUST_CHECK bool binding_row_find(struct ctx *ctx, struct text id, struct role_binding **out);
/* One that gives this role to this subject in this space, under another id, and ends as this one
 * does or stays as it does; NULL when absent. */
MUST_CHECK bool binding_row_find_same(struct ctx *ctx, const struct role_binding *binding,
                                      struct role_binding **out);
MUST_CHECK bool binding_row_list(struct ctx *ctx, enum subject_kind kind,
                                 const struct text *subject_ids, size_t count, struct list *out);
/* With an end, those that have ended by `now` or those that have not. */
MUST_CHECK bool binding_row_list_ended(struct ctx *ctx, int64_t now, int64_t limit,
                                       struct list *out);
MUST_CHECK bool binding_row_list_ending(struct ctx *ctx, int64_t now, struct list *out);

struct binding_subject {
    struct text name;
    struct text space_id; /* of a stack; else empty */
};
/* NULL when there is no such key, user, group or stack. */
MUST_CHECK bool binding_subject_find(struct ctx *ctx, enum subject_kind kind, struct text id,
                                     struct binding_subject **out);

#endif
