/* Answers of the doors that speak plain JSON: a body, or {"error":{"code":...,"message":...}}. */
#ifndef DOORS_JSON_ANSWER_H
#define DOORS_JSON_ANSWER_H

#include "base/json.h"
#include "net/http_request.h"

void json_answer(struct http_request *request, unsigned status, struct text body);
void json_answer_error(struct http_request *request, const struct error *error);
/* The same with a status that the kind of the error does not say. */
void json_answer_error_status(struct http_request *request, unsigned status,
                              const struct error *error);
/* The request's body as an object; an empty body reads as {}. INVALID otherwise. */
MUST_CHECK bool json_body(struct http_request *request, const struct json **out,
                          struct error *error);

#endif
