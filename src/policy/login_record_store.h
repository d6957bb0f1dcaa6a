/* Rows of login_record. Called by login_record.c alone. */
#ifndef POLICY_LOGIN_RECORD_STORE_H
#define POLICY_LOGIN_RECORD_STORE_H

#include "base/list.h"
#include "kernel/ctx.h"

struct login_record_row {
    struct text id;
    enum actor_kind kind; /* ACTOR_API_KEY or ACTOR_USER */
    struct text actor_id;
    struct text sealed; /* who came, and from where */
    struct text verdict;
    int64_t created_at;
};

MUST_CHECK bool login_record_row_insert(struct ctx *ctx, const struct login_record_row *row);
MUST_CHECK bool login_record_row_list(struct ctx *ctx, int64_t since, int64_t most,
                                      struct list *out);
MUST_CHECK bool login_record_row_delete(struct ctx *ctx, int64_t until);

#endif
