/*
 * The `http` backend of Terraform and OpenTofu: GET, POST, LOCK and UNLOCK on /state/<stack>, with
 * basic authentication by the run's id and the password of its lease. 423 carries the lock that is
 * held.
 */
#include "base/encoding.h"
#include "doors/json_answer.h"
#include "doors/request_unit.h"
#include "doors/worker/worker_door.h"
#include "identity/actor_read.h"
#include "run/run_lease.h"
#include "stack/stack_state.h"

struct state_call {
    struct request_unit unit; /* first: the two are one pointer */
    struct text stack_id;
    unsigned status;
    struct text content;
};

static struct state_call *call_of(struct request_unit *unit)
{
    return (struct state_call *)unit;
}

static bool refuse(struct ctx *ctx)
{
    return fail(ctx, ERR_UNAUTHENTICATED,
                "unauthorized: the state belongs to the run that holds it");
}

/* "run:password" in base64; the run must be leased, and of the stack in the path. */
static bool authenticate(struct ctx *ctx, struct http_request *request, const struct actor **out)
{
    struct text pair;
    struct run *run;
    struct error ignored = {0};
    if (!base64_decode(ctx->arena, http_authorization_get(request, TEXT("Basic")), &pair, &ignored))
        return refuse(ctx);
    size_t colon = text_find_byte(pair, ':', 0);
    if (!run_authenticate(ctx, text_slice(pair, 0, colon), text_slice(pair, colon + 1, pair.len),
                          &run))
        return false;
    if (!run || !text_equal(run->stack_id, http_path_get(request, TEXT("stack"))))
        return refuse(ctx);
    struct actor *actor = ARENA_NEW(ctx->arena, struct actor);
    if (!actor)
        return fail_no_memory(ctx);
    *actor = (struct actor){.kind = ACTOR_RUN,
                            .id = run->id,
                            .name = run->id,
                            .username = run_username(ctx->arena, run->stack_id, run->id)};
    *out = actor;
    return true;
}

static bool read_state(struct ctx *ctx, struct request_unit *unit)
{
    struct state_call *call = call_of(unit);
    if (!stack_state_read(ctx, call->stack_id, &call->content))
        return false;
    call->status = call->content.at ? 200 : 204;
    return true;
}

static bool write_state(struct ctx *ctx, struct request_unit *unit)
{
    return stack_state_write(ctx, call_of(unit)->stack_id, ctx->actor->id,
                             http_query_get(unit->request, TEXT("ID")), unit->request->body);
}

static bool lock_state(struct ctx *ctx, struct request_unit *unit)
{
    struct state_call *call = call_of(unit);
    if (!stack_state_lock(ctx, call->stack_id, ctx->actor->id, unit->request->body, &call->content))
        return false;
    call->status = call->content.at ? 423 : 200;
    return true;
}

static bool unlock_state(struct ctx *ctx, struct request_unit *unit)
{
    return stack_state_unlock(ctx, call_of(unit)->stack_id, ctx->actor->id, unit->request->body);
}

static void answer(struct request_unit *unit, const struct error *error)
{
    struct state_call *call = call_of(unit);
    if (error)
        json_answer_error(unit->request, error);
    else
        json_answer(unit->request, call->status, call->content);
}

static void start(struct http_request *request, void *data, enum db_mode mode,
                  bool (*work)(struct ctx *ctx, struct request_unit *unit))
{
    struct state_call *call = ARENA_NEW(request->arena, struct state_call);
    if (!call) {
        request_unit_refuse(request);
        return;
    }
    call->stack_id = http_path_get(request, TEXT("stack"));
    call->status = 200;
    call->unit.authenticate = authenticate;
    call->unit.work = work;
    call->unit.answer = answer;
    request_unit_start(&call->unit, data, request, mode);
}

static void get_state(struct http_request *request, void *data)
{
    start(request, data, DB_READ, read_state);
}

static void post_state(struct http_request *request, void *data)
{
    start(request, data, DB_WRITE, write_state);
}

static void lock(struct http_request *request, void *data)
{
    start(request, data, DB_WRITE, lock_state);
}

static void unlock(struct http_request *request, void *data)
{
    start(request, data, DB_WRITE, unlock_state);
}

const struct http_route state_routes[] = {
    {"GET", "/state/{stack}", get_state, 0, NULL},
    {"POST", "/state/{stack}", post_state, 0, NULL},
    {"LOCK", "/state/{stack}", lock, 0, NULL},
    {"UNLOCK", "/state/{stack}", unlock, 0, NULL},
};
const size_t state_route_count = ARRAY_LENGTH(state_routes);
