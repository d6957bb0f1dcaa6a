/*
 * The cookies of the pages: for this host, all paths, requests that come from our own pages or from
 * links, and not for scripts. Under HTTPS their names begin with __Host-, so that the browser
 * itself sees to it that no other host and no plain connection can set one.
 */
#ifndef DOORS_LOGIN_COOKIE_H
#define DOORS_LOGIN_COOKIE_H

#include "kernel/account.h"
#include "net/http_request.h"

#define COOKIE_SESSION "session" /* the token of who is logged in */
#define COOKIE_BROWSER "browser" /* random: what forms are bound to */
#define COOKIE_FLOW    "login"   /* sealed: what a login with the provider needs on its return */

/* Empty when the browser sent none. */
struct text cookie_get(const struct http_request *request, const struct account *account,
                       const char *name);
/* The value of a Set-Cookie header. age: seconds; 0 ends the cookie. The value must be of letters,
 * digits, '-', '_' and '.'. Empty without memory. */
struct text cookie_print(const struct http_request *request, const struct account *account,
                         const char *name, struct text value, int64_t age);

#endif
