/*
 * name=value&name=value, percent-encoded, with plus for blanks: the query of a target and the body
 * of a form (application/x-www-form-urlencoded).
 */
#ifndef NET_HTTP_PARAMETERS_H
#define NET_HTTP_PARAMETERS_H

#include "base/buffer.h"
#include "base/error.h"
#include "net/http_request.h"

enum { HTTP_PARAMETERS_MAX = 256 };

struct http_parameters {
    const struct http_parameter *items;
    size_t len;
};

/* In order; a name may come more than once. INVALID for too many and for escapes that are none. */
MUST_CHECK bool http_parameters_parse(struct arena *arena, struct text source,
                                      struct http_parameters *out, struct error *error);
/* The first of that name; the empty text (at == NULL) when absent. */
struct text http_parameters_get(const struct http_parameters *parameters, struct text name);

/* Adds name=value to what will be a query or a form, percent-encoded, with an ampersand before it
 * unless it is the first. */
void http_parameters_add(struct buffer *out, struct text name, struct text value);

#endif
