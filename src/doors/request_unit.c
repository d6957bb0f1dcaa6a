/* Moving a request through its transaction. */
#include "doors/request_unit.h"

#include "base/clock.h"
#include "base/log.h"

struct text request_unit_address(struct http_request *request)
{
    char *text = arena_alloc(request->arena, ADDRESS_TEXT_SIZE);
    return text ? address_print(&request->client, text) : TEXT("-");
}

/* What the work cost the database, without finding out who asks: that may be remembered. */
static bool do_work(struct request_unit *unit, const struct db_session *session)
{
    uint64_t before = db_statement_count(session);
    bool done = unit->work(&unit->ctx, unit);
    log_debug("unit of work",
              LOG_INT("statements", (int64_t)(db_statement_count(session) - before)));
    return done;
}

static bool run(struct db_session *session, void *data, struct error *error)
{
    struct request_unit *unit = data;
    once_begin(&unit->once);
    outside_begin(&unit->outside);
    password_work_begin(&unit->passwords);
    unit->pieces.wanted = false;
    unit->ctx = (struct ctx){
        .arena = unit->request->arena,
        .account = unit->account,
        .session = session,
        .actor = &actor_anonymous,
        .error = error,
        .now = clock_wall(),
        .request_id = unit->request->id,
        .address = request_unit_address(unit->request),
        .outside = &unit->outside,
        .passwords = &unit->passwords,
        .pieces = &unit->pieces,
        .once = &unit->once,
    };
    log_set_request(unit->request->id);
    bool done =
        (!unit->authenticate || unit->authenticate(&unit->ctx, unit->request, &unit->ctx.actor)) &&
        do_work(unit, session);
    log_set_request(TEXT(""));
    if (outside_is_wanted(&unit->outside))
        return error_set(error, ERR_UNAVAILABLE, "another server is being asked");
    if (password_work_is_wanted(&unit->passwords))
        return error_set(error, ERR_UNAVAILABLE, "a password is being checked");
    if (unit->pieces.wanted)
        return error_set(error, ERR_UNAVAILABLE, "there is more to read");
    return done;
}

static void run_again(void *data)
{
    struct request_unit *unit = data;
    db_submit(unit->account->db, unit->mode, &unit->unit);
}

static void run_with_answer(const struct http_client_response *response, const struct error *error,
                            void *data)
{
    struct request_unit *unit = data;
    outside_answer(&unit->outside, response, error);
    run_again(unit);
}

static void ask(struct request_unit *unit)
{
    struct error error = {0};
    if (!http_client_send(unit->account->http, &unit->outside.wanted->request, run_with_answer,
                          unit, &error))
        run_with_answer(NULL, &error, unit);
}

/* Behind what waits for the pool, so that nobody has to wait for the whole. */
static void go_on(struct request_unit *unit)
{
    if (password_pool_run(unit->account->passwords, unit->request->arena, run_again, unit))
        return;
    unit->pieces.is_refused = true;
    run_again(unit);
}

/* True when the unit needs something first and will run again: the connection waits from here on,
 * also when the unit ran on its loop. What was needed comes on a thread of the client or the pool,
 * where a read on SQLite then runs. */
static bool wait_for_more(struct request_unit *unit)
{
    bool asks = outside_is_wanted(&unit->outside);
    bool hashes = password_work_is_wanted(&unit->passwords);
    if (!asks && !hashes && !unit->pieces.wanted)
        return false;
    if (!unit->suspended)
        http_suspend(unit->request);
    unit->suspended = true;
    if (asks)
        ask(unit);
    else if (!hashes)
        go_on(unit);
    else
        password_work_start(unit->account->passwords, &unit->passwords, run_again, unit);
    return true;
}

/* After the answer has returned, so that the unit is not in use any more. */
static void submit_follower(struct request_unit *unit)
{
    unit->follows = false;
    if (!unit->suspended)
        http_suspend(unit->request);
    unit->suspended = true;
    db_submit(unit->account->db, unit->mode, &unit->unit);
}

void request_unit_follow(struct request_unit *unit, enum db_mode mode,
                         bool (*work)(struct ctx *ctx, struct request_unit *unit))
{
    unit->mode = mode;
    unit->work = work;
    unit->follows = true;
}

static void finish(void *data, const struct error *error)
{
    struct request_unit *unit = data;
    struct http_request *request = unit->request;
    bool suspended = unit->suspended;
    if (error && wait_for_more(unit))
        return;
    unit->answer(unit, error);
    if (unit->follows)
        submit_follower(unit);
    else if (suspended)
        http_resume(request);
}

void request_unit_start(struct request_unit *unit, struct account *account,
                        struct http_request *request, enum db_mode mode)
{
    unit->account = account;
    unit->request = request;
    unit->mode = mode;
    unit->once = (struct once){.arena = request->arena};
    unit->outside = (struct outside){.arena = request->arena};
    unit->passwords = (struct password_work){.arena = request->arena};
    unit->pieces = (struct pieces){.arena = request->arena};
    unit->unit = (struct db_unit){.run = run, .done = finish, .data = unit};
    unit->suspended = mode == DB_WRITE || !db_reads_inline(account->db);
    if (unit->suspended)
        http_suspend(request);
    db_submit(account->db, mode, &unit->unit);
}

void request_unit_refuse(struct http_request *request)
{
    http_respond(
        request, 503, TEXT("application/json"),
        TEXT("{\"errors\":[{\"message\":\"the request needs more memory than it may use\"}]}"));
}
