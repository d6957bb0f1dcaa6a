/*
 * Pages for browsers, from the program itself: nothing on them comes from anywhere else, and their
 * policy says so to the browser. Off by a setting, and absent from a program built without npm.
 * And what other tools import: see insomnia.h.
 */
#ifndef DOORS_WEB_WEB_DOOR_H
#define DOORS_WEB_WEB_DOOR_H

#include "net/http_router.h"

/* Each has the account as its data. */
extern const struct http_route web_routes[];
extern const size_t web_route_count;

#endif
