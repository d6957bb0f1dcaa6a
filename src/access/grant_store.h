/* Rows of role_binding as grants. Called by grant.c alone; grants_administer() of grant.h is here
 * too. */
#ifndef ACCESS_GRANT_STORE_H
#define ACCESS_GRANT_STORE_H

#include "access/grant.h"
#include "base/list.h"

/* What bindings give a subject now, first itself, then through its groups: a list of struct grant.
 * One statement without groups. */
MUST_CHECK bool grant_row_list(struct ctx *ctx, const struct grant_subject *subject,
                               struct list *out);

/* Sets the actions of the grants from index `first` on, by the roles they name; those whose role is
 * gone keep none. */
MUST_CHECK bool grant_fill_actions(struct ctx *ctx, struct list *grants, size_t first);

#endif
