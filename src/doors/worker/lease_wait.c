/*
 * POST /worker/v1/lease: look for a run; when none waits, hold the request without holding a
 * thread, and look again when one may have appeared, until the worker's patience ends.
 */
#include "doors/worker/lease_wait.h"

#include "base/clock.h"
#include "doors/json_answer.h"
#include "doors/worker/job_json.h"
#include "doors/worker/vendor_wire.h"
#include "doors/worker/worker_call.h"
#include "kernel/waiters.h"

enum { PATIENCE_MAX_SECONDS = 30, ANSWER_MAX_BYTES = 16 << 20 };

struct lease_wait {
    struct db_unit unit;
    struct waiter waiter;
    struct http_request *request;
    struct account *account;
    struct worker_info worker;
    struct buffer out;
    uint64_t generation; /* of the waiters, when the last look began */
    bool found;
};

static bool look(struct db_session *session, void *data, struct error *error)
{
    struct lease_wait *wait = data;
    struct ctx ctx = {.arena = wait->request->arena,
                      .account = wait->account,
                      .session = session,
                      .actor = &actor_system,
                      .error = error,
                      .now = clock_wall(),
                      .request_id = wait->request->id};
    struct run_job *job;
    struct json_writer writer;
    wait->found = false;
    if (!worker_call_authenticate(&ctx, wait->request, &ctx.actor) ||
        !run_lease_take(&ctx, &wait->worker, &job))
        return false;
    if (!job)
        return true;
    buffer_init(&wait->out, wait->request->arena, ANSWER_MAX_BYTES);
    json_writer_init(&writer, &wait->out);
    wait->found = true;
    return job_print(&ctx, job, &writer);
}

static void start_looking(struct lease_wait *wait)
{
    wait->generation = waiters_generation(wait->account->run_waiters);
    db_submit(wait->account->db, DB_WRITE, &wait->unit);
}

static void finish(struct lease_wait *wait, unsigned status, struct text body)
{
    json_answer(wait->request, status, body);
    http_resume(wait->request);
}

/* A run given to a worker that has died meanwhile would wait for its lease to expire. */
static void wake(struct waiter *waiter)
{
    struct lease_wait *wait =
        (struct lease_wait *)((char *)waiter - offsetof(struct lease_wait, waiter));
    if (http_peer_is_connected(wait->request))
        start_looking(wait);
    else
        finish(wait, 204, TEXT(""));
}

/* Nothing yet: wait, unless patience has ended, the worker has gone, or something just happened. */
static void wait_or_end(struct lease_wait *wait)
{
    struct waiters *waiters = wait->account->run_waiters;
    if (clock_monotonic() >= wait->waiter.deadline || waiters_closed(waiters) ||
        !http_peer_is_connected(wait->request)) {
        finish(wait, 204, TEXT(""));
        return;
    }
    if (!waiters_add(waiters, &wait->waiter, wait->generation))
        start_looking(wait);
}

static void done(void *data, const struct error *error)
{
    struct lease_wait *wait = data;
    if (error) {
        json_answer_error(wait->request, error);
        http_resume(wait->request);
    } else if (wait->found) {
        finish(wait, 200, buffer_text(&wait->out));
    } else {
        wait_or_end(wait);
    }
}

static struct text_list read_vendors(struct arena *arena, const struct json *value)
{
    static const struct text_list none = {NULL, 0};
    struct text *items =
        json_is(value, JSON_ARRAY) ? ARENA_ARRAY(arena, struct text, value->len) : NULL;
    if (!items)
        return none;
    for (uint32_t i = 0; i < value->len; i++)
        items[i] = vendor_wire_kind(json_text_or(&value->items[i], TEXT("")));
    return (struct text_list){items, value->len};
}

static void read_body(struct lease_wait *wait, const struct json *body)
{
    const struct json *worker = json_get_z(body, "worker");
    int64_t seconds = json_int64_or(json_get_z(body, "wait_seconds"), 0);
    if (seconds < 0 || seconds > PATIENCE_MAX_SECONDS)
        seconds = PATIENCE_MAX_SECONDS;
    wait->worker = (struct worker_info){
        .id = json_get_text(worker, "id"),
        .name = json_text_or(json_get_z(worker, "name"), TEXT("unnamed")),
        .version = json_get_text(worker, "version"),
        .vendors = read_vendors(wait->request->arena, json_get_z(worker, "capabilities")),
    };
    wait->waiter.deadline = clock_monotonic() + seconds * CLOCK_SECOND;
}

void lease_wait_start(struct http_request *request, struct account *account)
{
    struct error error = {0};
    const struct json *body;
    struct lease_wait *wait = ARENA_NEW(request->arena, struct lease_wait);
    if (!wait) {
        request_unit_refuse(request);
        return;
    }
    if (!json_body(request, &body, &error)) {
        json_answer_error(request, &error);
        return;
    }
    wait->request = request;
    wait->account = account;
    wait->waiter.wake = wake;
    wait->unit = (struct db_unit){.run = look, .done = done, .data = wait};
    read_body(wait, body);
    http_suspend(request);
    start_looking(wait);
}
