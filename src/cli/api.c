/* GraphQL over a transport. */
#include "cli/api.h"

#include "cli/cli.h"
#include "cli/credentials.h"

#include <string.h>

enum { REQUEST_MAX = 1 << 20, ANSWER_MAX = 32 << 20 };

static void write_variable(struct json_writer *writer, const struct api_variable *variable)
{
    json_key_z(writer, variable->name);
    switch (variable->kind) {
    case API_TEXT: json_string(writer, variable->text); break;
    case API_TEXT_OR_NULL:
        if (text_is_empty(variable->text))
            json_null(writer);
        else
            json_string(writer, variable->text);
        break;
    case API_INT: json_int64(writer, variable->number); break;
    case API_BOOL: json_bool(writer, variable->number != 0); break;
    case API_JSON:
        if (text_is_empty(variable->text))
            json_null(writer);
        else
            json_raw(writer, variable->text);
        break;
    }
}

static bool write_request(struct arena *arena, const char *query,
                          const struct api_variable *variables, size_t count, struct text *out,
                          struct error *error)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, arena, REQUEST_MAX);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "query", text_z(query));
    json_key_z(&writer, "variables");
    json_begin_object(&writer);
    for (size_t i = 0; i < count; i++)
        write_variable(&writer, &variables[i]);
    json_end_object(&writer);
    json_end_object(&writer);
    *out = buffer_text(&buffer);
    return buffer.failed ? error_set_no_memory(error) : true;
}

/* The kind behind an error's text: the door's own words, which other clients match on too. */
static enum error_kind kind_of_message(struct text message)
{
    if (text_contains(message, TEXT("unauthorized")))
        return ERR_UNAUTHENTICATED;
    if (text_contains(message, TEXT("not found")))
        return ERR_NOT_FOUND;
    return ERR_INVALID;
}

static bool check_errors(const struct json *root, struct error *error)
{
    const struct json *errors = json_get_z(root, "errors");
    if (!json_is(errors, JSON_ARRAY) || errors->len == 0)
        return true;
    struct text message =
        json_text_or(json_get_z(&errors->items[0], "message"), TEXT("the server gave an error"));
    return error_set(error, kind_of_message(message), "%.*s", TEXT_ARG(message));
}

static bool read_answer(struct arena *arena, const struct api_answer *answer,
                        const struct json **out, struct error *error)
{
    static const struct json_limits limits = {.max_bytes = ANSWER_MAX, .max_depth = 128};
    const struct json *root;
    struct error cause = {0};
    if (answer->status == 401)
        return error_set(error, ERR_UNAUTHENTICATED,
                         "unauthorized: the server does not accept "
                         "the token");
    if (!json_parse(arena, answer->body, &limits, &root, &cause))
        return error_set(error, ERR_UNAVAILABLE,
                         "the server answered with status %u and no GraphQL: is it a gatehouse?",
                         answer->status);
    if (!check_errors(root, error))
        return false;
    *out = json_get_z(root, "data");
    if (!json_is(*out, JSON_OBJECT))
        return error_set(error, ERR_UNAVAILABLE, "the server answered with status %u and no data",
                         answer->status);
    return true;
}

bool api_query(struct api *api, const char *query, const struct api_variable *variables,
               size_t variable_count, const struct json **out, struct error *error)
{
    struct api_request request = {.url = api->url, .token = api->token};
    struct api_answer answer = {0};
    return write_request(api->arena, query, variables, variable_count, &request.body, error) &&
           api->cli->transport(api->cli->transport_data, &request, api->arena, &answer, error) &&
           read_answer(api->arena, &answer, out, error);
}

/* What a door that speaks plain JSON says instead of an answer. */
static bool fail_with(struct arena *arena, const struct api_answer *answer, struct error *error)
{
    const struct json *root;
    struct error ignored = {0};
    struct text message = TEXT("");
    if (json_parse(arena, answer->body, NULL, &root, &ignored))
        message = json_get_text(json_get_z(root, "error"), "message");
    if (text_is_empty(message))
        return error_set(error, ERR_UNAVAILABLE,
                         "the server answered with status %u: is it a gatehouse?", answer->status);
    return error_set(error, kind_of_message(message), "%.*s", TEXT_ARG(message));
}

bool api_get(struct api *api, struct text path, struct text *out, struct error *error)
{
    struct text base = text_slice(api->url, 0, api->url.len - strlen("/graphql"));
    struct api_request request = {
        .url = text_format(api->arena, "%.*s%.*s", TEXT_ARG(base), TEXT_ARG(path)),
        .token = api->token,
    };
    struct api_answer answer = {0};
    if (!api->cli->transport(api->cli->transport_data, &request, api->arena, &answer, error))
        return false;
    *out = answer.body;
    return answer.status == 200 || fail_with(api->arena, &answer, error);
}

bool api_open(const struct command_line *line, struct api *out, struct error *error)
{
    static const char exchange[] = "mutation GetSpaceliftToken($id: ID!, $secret: String!) "
                                   "{ apiKeyUser(id: $id, secret: $secret) { jwt } }";
    struct credentials credentials;
    const struct json *data;
    *out = (struct api){.arena = line->arena, .cli = line->cli};
    if (!server_url_find(line, &out->url, error) || !credentials_find(line, &credentials, error))
        return false;
    const struct api_variable variables[] = {
        {.name = "id", .text = credentials.id},
        {.name = "secret", .text = credentials.secret},
    };
    if (!api_query(out, exchange, variables, ARRAY_LENGTH(variables), &data, error))
        return false;
    out->token = json_get_text(json_get_z(data, "apiKeyUser"), "jwt");
    if (text_is_empty(out->token))
        return error_set(error, ERR_UNAUTHENTICATED,
                         "unauthorized: the server does not know this API key");
    *line->session = out->token;
    return true;
}

void api_end_session(const struct command_line *line)
{
    struct api api = {.arena = line->arena, .cli = line->cli, .token = *line->session};
    struct error ignored = {0};
    const struct json *data;
    if (text_is_empty(api.token) || !server_url_find(line, &api.url, &ignored) ||
        !api_query(&api, "mutation EndSession { logout { id } }", NULL, 0, &data, &ignored))
        return;
}
