/* Rows of account_user. Called by the identity noun alone. */
#ifndef IDENTITY_USER_STORE_H
#define IDENTITY_USER_STORE_H

#include "identity/user.h"

/* A user with what proves who it is. */
struct user_row {
    struct user user;
    struct text password_hash;   /* at == NULL: none */
    struct text invitation_hash; /* hexadecimal; at == NULL: none */
    struct text subject;         /* of the identity provider; at == NULL: not seen yet */
};

/* CONFLICT when the name or the subject is taken. */
MUST_CHECK bool user_row_insert(struct ctx *ctx, const struct user_row *row);
/* All of these give NULL when there is none. */
MUST_CHECK bool user_row_find(struct ctx *ctx, struct text id, struct user_row **out);
MUST_CHECK bool user_row_find_by_name(struct ctx *ctx, struct text username, struct user_row **out);
MUST_CHECK bool user_row_find_by_subject(struct ctx *ctx, struct text subject,
                                         struct user_row **out);
/* Of several who were invited at one address, the newest. */
MUST_CHECK bool user_row_find_invited(struct ctx *ctx, struct text email, struct user_row **out);
/* A list of struct user_row, by name. */
MUST_CHECK bool user_row_list(struct ctx *ctx, struct list *out);
MUST_CHECK bool user_row_list_of(struct ctx *ctx, struct text_list ids, struct list *out);
/* Everything but id, name and what invited the user first. */
MUST_CHECK bool user_row_update(struct ctx *ctx, const struct user_row *row);
MUST_CHECK bool user_row_delete(struct ctx *ctx, struct text id);

/* user.c: the user behind the link of an invitation that has not ended; NULL otherwise. */
MUST_CHECK bool user_row_of_invitation(struct ctx *ctx, struct text id, struct text secret,
                                       struct user_row **out);

#endif
