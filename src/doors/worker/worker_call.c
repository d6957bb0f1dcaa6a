/* The common course of a worker's request. */
#include "doors/worker/worker_call.h"

#include "doors/json_answer.h"
#include "identity/token.h"

enum { ANSWER_MAX_BYTES = 16 << 20 };

bool worker_call_authenticate(struct ctx *ctx, struct http_request *request,
                              const struct actor **out)
{
    return worker_authenticate(ctx, http_authorization_get(request, TEXT("Bearer")), out);
}

static void answer(struct request_unit *unit, const struct error *error)
{
    struct worker_call *call = (struct worker_call *)unit;
    if (error)
        json_answer_error(unit->request, error);
    else if (call->out.failed)
        request_unit_refuse(unit->request);
    else if (call->content.at)
        http_respond(unit->request, 200, call->content_type, call->content);
    else if (call->out.len == 0)
        http_respond(unit->request, 204, TEXT(""), TEXT(""));
    else
        json_answer(unit->request, 200, buffer_text(&call->out));
}

void worker_call_start(struct http_request *request, struct account *account, bool has_json_body,
                       bool (*work)(struct ctx *ctx, struct request_unit *unit))
{
    struct error error = {0};
    struct worker_call *call = ARENA_NEW(request->arena, struct worker_call);
    if (!call) {
        request_unit_refuse(request);
        return;
    }
    if (has_json_body && !json_body(request, &call->body, &error)) {
        json_answer_error(request, &error);
        return;
    }
    buffer_init(&call->out, request->arena, ANSWER_MAX_BYTES);
    json_writer_init(&call->writer, &call->out);
    call->lease_id = http_path_get(request, TEXT("lease"));
    call->unit.authenticate = worker_call_authenticate;
    call->unit.work = work;
    call->unit.answer = answer;
    request_unit_start(&call->unit, account, request, DB_WRITE);
}
