/* The audit trail as JSON lines, a page a request. */
#include "audit/audit_export.h"
#include "audit/denial.h"
#include "base/time_format.h"
#include "doors/json_answer.h"
#include "doors/operations/operations_door.h"
#include "doors/request_unit.h"
#include "identity/token.h"

enum { PAGE_DEFAULT = 1000, PAGE_MAX = 5000, PAGE_BYTES = 24 << 20 };

struct page_request {
    struct request_unit unit; /* first: the two are one pointer */
    struct audit_export part;
    int64_t limit;
    struct buffer lines;
    struct decision denied;
    struct error refusal; /* what is answered once the refusal is on record */
};

static bool authenticate(struct ctx *ctx, struct http_request *request, const struct actor **out)
{
    return token_authenticate(ctx, http_authorization_get(request, TEXT("Bearer")), out);
}

static bool read_time(struct http_request *request, struct text name, int64_t *out,
                      struct error *error)
{
    struct text value = http_query_get(request, name);
    struct error cause = {0};
    *out = 0;
    if (value.len == 0 || time_parse(value, out, &cause))
        return true;
    return error_set(error, ERR_INVALID, "%.*s: %s", TEXT_ARG(name), cause.message);
}

static bool read_number(struct http_request *request, struct text name, int64_t fallback,
                        int64_t max, int64_t *out, struct error *error)
{
    struct text value = http_query_get(request, name);
    *out = fallback;
    if (value.len == 0 || (text_to_int64(value, out) && *out >= 0 && *out <= max))
        return true;
    return error_set(error, ERR_INVALID, "%.*s: expected a number up to %" PRId64, TEXT_ARG(name),
                     max);
}

static bool read_request(struct page_request *page, struct http_request *request,
                         struct error *error)
{
    return read_time(request, TEXT("since"), &page->part.since, error) &&
           read_time(request, TEXT("until"), &page->part.until, error) &&
           read_number(request, TEXT("after"), 0, INT64_MAX, &page->part.after, error) &&
           read_number(request, TEXT("limit"), PAGE_DEFAULT, PAGE_MAX, &page->limit, error);
}

static bool work(struct ctx *ctx, struct request_unit *unit)
{
    struct page_request *page = (struct page_request *)unit;
    struct audit_export part = page->part;
    buffer_init(&page->lines, ctx->arena, PAGE_BYTES);
    if (audit_export_page(ctx, &part, page->limit ? page->limit : PAGE_DEFAULT, &page->lines))
        return true;
    if (ctx->denied)
        page->denied = *ctx->denied;
    return false;
}

static bool record(struct ctx *ctx, struct request_unit *unit)
{
    struct page_request *page = (struct page_request *)unit;
    return denial_record(
        ctx, &(struct denial){.field = TEXT("GET /audit-trail"), .decision = &page->denied});
}

static void answer(struct request_unit *unit, const struct error *error)
{
    struct page_request *page = (struct page_request *)unit;
    bool is_recorded = error_is_set(&page->refusal);
    if (error && error->kind == ERR_DENIED && !is_recorded) {
        page->refusal = *error;
        request_unit_follow(unit, DB_WRITE, record);
        return;
    }
    if (error && error->kind == ERR_UNAUTHENTICATED)
        denials_count_anonymous(unit->account->denials);
    if (error || is_recorded)
        json_answer_error(unit->request, error ? error : &page->refusal);
    else
        http_respond(unit->request, 200, TEXT("application/jsonl"), buffer_text(&page->lines));
}

static void handle(struct http_request *request, void *data)
{
    struct operations_door *door = data;
    struct page_request *page = ARENA_NEW(request->arena, struct page_request);
    struct error error = {0};
    if (!page) {
        request_unit_refuse(request);
        return;
    }
    if (!read_request(page, request, &error)) {
        json_answer_error(request, &error);
        return;
    }
    page->unit.authenticate = authenticate;
    page->unit.work = work;
    page->unit.answer = answer;
    request_unit_start(&page->unit, door->account, request, DB_READ);
}

const struct http_route audit_routes[] = {{"GET", "/audit-trail", handle, 0, NULL}};
const size_t audit_route_count = ARRAY_LENGTH(audit_routes);
