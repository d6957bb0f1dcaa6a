/* Moving a request through its transaction. */
#include "doors/request_unit.h"

#include "base/clock.h"
#include "base/log.h"

static struct text client_address(struct http_request *request)
{
    char *text = arena_alloc(request->arena, ADDRESS_TEXT_SIZE);
    return text ? address_print(&request->client, text) : TEXT("-");
}

static bool run(struct db_session *session, void *data, struct error *error)
{
    struct request_unit *unit = data;
    unit->ctx = (struct ctx){
        .arena = unit->request->arena,
        .account = unit->account,
        .session = session,
        .actor = &actor_anonymous,
        .error = error,
        .now = clock_wall(),
        .request_id = unit->request->id,
        .address = client_address(unit->request),
    };
    log_set_request(unit->request->id);
    bool done =
        (!unit->authenticate || unit->authenticate(&unit->ctx, unit->request, &unit->ctx.actor)) &&
        unit->work(&unit->ctx, unit);
    log_set_request(TEXT(""));
    return done;
}

static void finish(void *data, const struct error *error)
{
    struct request_unit *unit = data;
    struct http_request *request = unit->request;
    bool suspended = unit->suspended;
    unit->answer(unit, error);
    if (suspended)
        http_resume(request);
}

void request_unit_start(struct request_unit *unit, struct account *account,
                        struct http_request *request, enum db_mode mode)
{
    unit->account = account;
    unit->request = request;
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
