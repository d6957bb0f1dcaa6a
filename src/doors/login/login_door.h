/*
 * The pages on which people come in: /login with a password or through the identity provider,
 * /apikeytoken, invitations, the login of command line programs, one's account with its sessions,
 * and the way out. HTML from the server, without scripts.
 */
#ifndef DOORS_LOGIN_LOGIN_DOOR_H
#define DOORS_LOGIN_LOGIN_DOOR_H

#include "net/http_router.h"

/* Each has the account as its data. */
extern const struct http_route login_routes[];
extern const size_t login_route_count;

#endif
