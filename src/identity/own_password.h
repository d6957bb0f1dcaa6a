/*
 * Changing one's own password. It takes the password one has, so that a browser that was left open
 * is not enough; wrong ones count as failed attempts to log in. Every other session of the user
 * ends, in case somebody else knew it.
 *
 * Called by the page of one's account. Administrators set the passwords of others (user.h).
 */
#ifndef IDENTITY_OWN_PASSWORD_H
#define IDENTITY_OWN_PASSWORD_H

#include "identity/user.h"

/* Who asks, when it is a user with a password; else NULL: there is nothing to change. */
MUST_CHECK bool own_password_user(struct ctx *ctx, struct user **out);
/* *problem is why it was not changed, as a sentence for its owner; empty when it was. */
MUST_CHECK bool own_password_change(struct ctx *ctx, struct text current, struct text password,
                                    struct text *problem);

#endif
