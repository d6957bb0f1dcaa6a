/*
 * Coming in with a token of GitHub's, for programs of people: members of the organisation that the
 * settings name, and nobody else. The first time makes the user.
 */
#ifndef IDENTITY_GITHUB_LOGIN_H
#define IDENTITY_GITHUB_LOGIN_H

#include "identity/user_login.h"

/* Whoever is refused is on the record, and gets a problem that begins with "unauthorized". LIMIT
 * after too many failures; UNAVAILABLE when GitHub cannot be asked. Needs a writing unit. */
MUST_CHECK bool github_login(struct ctx *ctx, struct text token, struct user_login *out);

#endif
