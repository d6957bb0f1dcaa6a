/* Plain JSON answers. */
#include "doors/json_answer.h"

static const struct text media_type = TEXT_INIT("application/json");

void json_answer(struct http_request *request, unsigned status, struct text body)
{
    http_respond(request, status, media_type, body);
}

void json_answer_error(struct http_request *request, const struct error *error)
{
    json_answer_error_status(request, (unsigned)error_http_status(error->kind), error);
}

void json_answer_error_status(struct http_request *request, unsigned status,
                              const struct error *error)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, request->arena, 4 * ERROR_MESSAGE_SIZE);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_key_z(&writer, "error");
    json_begin_object(&writer);
    json_member_string(&writer, "code", text_z(error_code(error->kind)));
    json_member_string(&writer, "message", text_z(error->message));
    if (error->field[0])
        json_member_string(&writer, "field", text_z(error->field));
    json_member_string(&writer, "request", request->id);
    json_end_object(&writer);
    json_end_object(&writer);
    struct text body =
        buffer.failed ? TEXT("{\"error\":{\"code\":\"NO_MEMORY\"}}") : buffer_text(&buffer);
    json_answer(request, status, body);
}

bool json_body(struct http_request *request, const struct json **out, struct error *error)
{
    struct json_limits limits = json_default_limits;
    limits.max_bytes = SIZE_MAX;
    struct text source = text_trim(request->body).len ? request->body : TEXT("{}");
    if (!json_parse(request->arena, source, &limits, out, error))
        return false;
    return json_is(*out, JSON_OBJECT) ||
           error_set(error, ERR_INVALID, "the body must be a JSON object");
}
