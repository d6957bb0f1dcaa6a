/* One request of a worker: its body read, its lease named, its answer collected. */
#ifndef DOORS_WORKER_WORKER_CALL_H
#define DOORS_WORKER_WORKER_CALL_H

#include "base/json.h"
#include "doors/request_unit.h"

struct worker_call {
    struct request_unit unit; /* first: the two are one pointer */
    const struct json *body;
    struct text lease_id; /* from the path; empty where the path has none */
    struct buffer out;
    struct json_writer writer; /* on `out` */
    struct text content_type;  /* for `content` */
    struct text content;       /* what to answer when it is no JSON */
};

/* Runs `work` in a writing unit and answers with what it wrote, 204 when that is nothing. */
void worker_call_start(struct http_request *request, struct account *account, bool has_json_body,
                       bool (*work)(struct ctx *ctx, struct request_unit *unit));
bool worker_call_authenticate(struct ctx *ctx, struct http_request *request,
                              const struct actor **out);

#endif
