/*
 * A token for a command line program, by somebody who is logged in with a browser on the same
 * machine. The program has a session of its own, alike in all but its end by hand; its token leaves
 * in an envelope that only the program can open.
 */
#ifndef IDENTITY_COMMAND_LINE_LOGIN_H
#define IDENTITY_COMMAND_LINE_LOGIN_H

#include "jose/envelope.h"
#include "kernel/ctx.h"

/* public_key: see jose/envelope.h. Needs an actor with a session, and a writing unit. */
MUST_CHECK bool command_line_login(struct ctx *ctx, struct text public_key, struct envelope *out);

#endif
