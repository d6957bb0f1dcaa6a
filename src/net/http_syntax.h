/* The small grammar that server and client share: which bytes may stand in a name, a value, a host.
 */
#ifndef NET_HTTP_SYNTAX_H
#define NET_HTTP_SYNTAX_H

#include "base/text.h"

/* A token of RFC 9110: a method or the name of a header. Not empty. */
bool http_is_token(struct text text);
/* The value of a header: no control characters but the tab. May be empty. */
bool http_is_field_value(struct text text);
/* Only characters of a host name, an address in brackets, and a port. May be empty. */
bool http_is_host(struct text text);

#endif
