/* Keeping questions and their answers over the runs of a unit. */
#include "kernel/outside.h"

static bool headers_are_equal(const struct http_client_request *a,
                              const struct http_client_request *b)
{
    if (a->header_count != b->header_count)
        return false;
    for (size_t i = 0; i < a->header_count; i++) {
        if (!text_equal(a->headers[i].name, b->headers[i].name) ||
            !text_equal(a->headers[i].value, b->headers[i].value))
            return false;
    }
    return true;
}

static bool is_same(const struct http_client_request *a, const struct http_client_request *b)
{
    return text_equal(a->method, b->method) && text_equal(a->url, b->url) &&
           text_equal(a->body, b->body) && headers_are_equal(a, b);
}

static const struct outside_question *find(const struct outside *outside,
                                           const struct http_client_request *request)
{
    for (const struct outside_question *at = outside->questions; at; at = at->next) {
        if (is_same(&at->request, request))
            return at;
    }
    return NULL;
}

static unsigned at_most(size_t value, unsigned most)
{
    return value > 0 && value < most ? (unsigned)value : most;
}

/* The unit's own memory may end with its run. */
static bool copy_request(struct arena *arena, const struct http_client_request *from,
                         struct http_client_request *to)
{
    struct http_header *headers = ARENA_ARRAY(arena, struct http_header, from->header_count);
    for (size_t i = 0; headers && i < from->header_count; i++)
        headers[i] = (struct http_header){text_copy(arena, from->headers[i].name),
                                          text_copy(arena, from->headers[i].value)};
    *to = (struct http_client_request){
        .method = text_copy(arena, from->method),
        .url = text_copy(arena, from->url),
        .headers = headers,
        .header_count = from->header_count,
        .body = text_copy(arena, from->body),
        .timeout_ms = at_most(from->timeout_ms, OUTSIDE_TIMEOUT_MS),
        .connect_timeout_ms = at_most(from->connect_timeout_ms, OUTSIDE_TIMEOUT_MS),
        .max_response = at_most(from->max_response, OUTSIDE_ANSWER_MAX),
    };
    return !arena_failed(arena);
}

/* Notes the question down, and ends the run. Always false. */
static bool want(struct ctx *ctx, const struct http_client_request *request)
{
    struct outside *outside = ctx->outside;
    if (outside->count == OUTSIDE_QUESTIONS_MAX)
        return fail(ctx, ERR_UNAVAILABLE, "this needs more than %d answers of other servers",
                    OUTSIDE_QUESTIONS_MAX);
    struct outside_question *question = ARENA_NEW(outside->arena, struct outside_question);
    if (!question || !copy_request(outside->arena, request, &question->request))
        return fail_no_memory(ctx);
    question->next = outside->questions;
    outside->questions = question;
    outside->count++;
    outside->wanted = question;
    return fail(ctx, ERR_UNAVAILABLE, "another server is being asked");
}

bool outside_fetch(struct ctx *ctx, const struct http_client_request *request,
                   const struct http_client_response **out)
{
    *out = NULL;
    if (!ctx->outside)
        return fail(ctx, ERR_UNAVAILABLE, "no other server can be asked here");
    /* The run is over; it only does not know yet. */
    if (ctx->outside->wanted)
        return fail(ctx, ERR_UNAVAILABLE, "another server is being asked");
    const struct outside_question *question = find(ctx->outside, request);
    if (!question)
        return want(ctx, request);
    if (error_is_set(&question->error))
        return fail(ctx, ERR_UNAVAILABLE, "%s", question->error.message);
    *out = &question->response;
    return true;
}

void outside_begin(struct outside *outside)
{
    /* A unit may be tried again by the database, before its question was sent. */
    if (outside->wanted) {
        outside->questions = outside->wanted->next;
        outside->count--;
    }
    outside->wanted = NULL;
}

bool outside_is_wanted(const struct outside *outside)
{
    return outside->wanted != NULL;
}

void outside_answer(struct outside *outside, const struct http_client_response *response,
                    const struct error *error)
{
    struct outside_question *question = outside->wanted;
    outside->wanted = NULL;
    if (!response)
        question->error = *error;
    else if (!http_client_copy(outside->arena, response, &question->response))
        error_set_no_memory(&question->error);
}
