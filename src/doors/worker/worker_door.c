/* The worker's endpoints, a few lines each. */
#include "doors/worker/worker_door.h"

#include "base/clock.h"
#include "doors/worker/job_json.h"
#include "doors/worker/lease_wait.h"
#include "doors/worker/worker_call.h"

static struct worker_call *call_of(struct request_unit *unit)
{
    return (struct worker_call *)unit;
}

static bool parse_state(struct ctx *ctx, const struct json *body, enum run_state *out)
{
    struct text name = json_get_text(body, "state");
    return run_state_parse(name, out) ||
           fail(ctx, ERR_INVALID, "\"%.*s\" is not a state of a run", TEXT_ARG(name));
}

static bool heartbeat(struct ctx *ctx, struct request_unit *unit)
{
    struct worker_call *call = call_of(unit);
    bool stop;
    if (!run_lease_renew(ctx, call->lease_id, &stop))
        return false;
    json_begin_object(&call->writer);
    json_member_bool(&call->writer, "stop", stop);
    json_end_object(&call->writer);
    return true;
}

static bool report_state(struct ctx *ctx, struct request_unit *unit)
{
    struct worker_call *call = call_of(unit);
    enum run_state state;
    return parse_state(ctx, call->body, &state) &&
           run_lease_report_state(ctx, call->lease_id, state, json_get_text(call->body, "note"));
}

static bool append_log(struct ctx *ctx, struct request_unit *unit)
{
    struct worker_call *call = call_of(unit);
    enum run_state state;
    int64_t have;
    if (!parse_state(ctx, call->body, &state) ||
        !run_lease_append_log(ctx, call->lease_id, state,
                              json_int64_or(json_get_z(call->body, "offset"), -1),
                              json_get_text(call->body, "text"), &have))
        return false;
    json_begin_object(&call->writer);
    json_member_int64(&call->writer, "offset", have);
    json_end_object(&call->writer);
    return true;
}

/* Repositories hold commits of any time; one beyond the year 9999 is none. */
static int64_t commit_time(const struct json *seconds)
{
    int64_t time = json_int64_or(seconds, 0);
    return time > 0 && time <= INT64_C(253402300799) ? time * CLOCK_SECOND : 0;
}

static bool report_commit(struct ctx *ctx, struct request_unit *unit)
{
    struct worker_call *call = call_of(unit);
    struct commit commit = {
        .hash = json_get_text(call->body, "hash"),
        .author_name = json_get_text(call->body, "author"),
        .message = json_get_text(call->body, "message"),
        .timestamp = commit_time(json_get_z(call->body, "timestamp")),
    };
    return run_lease_report_commit(ctx, call->lease_id, &commit);
}

static bool read_artifact(struct ctx *ctx, struct request_unit *unit)
{
    struct worker_call *call = call_of(unit);
    call->content_type = TEXT("application/octet-stream");
    return run_lease_read_plan(ctx, call->lease_id, &call->content);
}

static bool write_artifact(struct ctx *ctx, struct request_unit *unit)
{
    struct worker_call *call = call_of(unit);
    return run_lease_write_plan(ctx, call->lease_id, unit->request->body);
}

static bool report_result(struct ctx *ctx, struct request_unit *unit)
{
    struct worker_call *call = call_of(unit);
    struct run_report report;
    return report_parse(ctx, call->body, &report) && run_lease_report(ctx, call->lease_id, &report);
}

static bool give_back(struct ctx *ctx, struct request_unit *unit)
{
    struct worker_call *call = call_of(unit);
    return run_lease_release(ctx, call->lease_id, json_get_text(call->body, "reason"));
}

static void lease(struct http_request *request, void *data)
{
    lease_wait_start(request, data);
}

#define JSON_HANDLER(name, work)                                                                   \
    static void name(struct http_request *request, void *data)                                     \
    {                                                                                              \
        worker_call_start(request, data, true, work);                                              \
    }
#define RAW_HANDLER(name, work)                                                                    \
    static void name(struct http_request *request, void *data)                                     \
    {                                                                                              \
        worker_call_start(request, data, false, work);                                             \
    }

JSON_HANDLER(post_heartbeat, heartbeat)
JSON_HANDLER(post_state, report_state)
JSON_HANDLER(post_log, append_log)
JSON_HANDLER(post_commit, report_commit)
JSON_HANDLER(post_result, report_result)
JSON_HANDLER(post_release, give_back)
RAW_HANDLER(get_artifact, read_artifact)
RAW_HANDLER(put_artifact, write_artifact)

const struct http_route worker_routes[] = {
    {"POST", "/worker/v1/lease", lease, 0, NULL},
    {"POST", "/worker/v1/leases/{lease}/heartbeat", post_heartbeat, 0, NULL},
    {"POST", "/worker/v1/leases/{lease}/state", post_state, 0, NULL},
    {"POST", "/worker/v1/leases/{lease}/log", post_log, 0, NULL},
    {"POST", "/worker/v1/leases/{lease}/commit", post_commit, 0, NULL},
    {"POST", "/worker/v1/leases/{lease}/result", post_result, 0, NULL},
    {"POST", "/worker/v1/leases/{lease}/release", post_release, 0, NULL},
    {"GET", "/worker/v1/leases/{lease}/artifact", get_artifact, 0, NULL},
    {"PUT", "/worker/v1/leases/{lease}/artifact", put_artifact, 0, NULL},
};
const size_t worker_route_count = ARRAY_LENGTH(worker_routes);
