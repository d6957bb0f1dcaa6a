/* Reading requests, choosing answers. */
#include "graphql/http/exchange.h"

#include "base/encoding.h"
#include "graphql/http/negotiate.h"

const struct graphql_http_options graphql_http_default_options = {
    .limits = {.max_bytes = 1 << 20, .max_depth = 128, .duplicates = JSON_DUPLICATES_REFUSED},
};

/* The parameters of one request, from wherever they came. */
struct parameters {
    const struct json *query;
    const struct json *operation_name;
    const struct json *variables;
    const struct json *extensions;
};

static bool is_absent(const struct json *value)
{
    return !value || json_is(value, JSON_NULL);
}

static bool check_kind(const struct json *value, enum json_kind kind, const char *name,
                       const char *what, struct error *error)
{
    return is_absent(value) || json_is(value, kind) ||
           error_set(error, ERR_INVALID, "The \"%s\" parameter must be %s.", name, what);
}

/* {"persistedQuery": {"version": 1, "sha256Hash": "..."}}; at == NULL when it is not there. */
static struct text persisted_hash(const struct json *extensions)
{
    const struct json *hash = json_get_z(json_get_z(extensions, "persistedQuery"), "sha256Hash");
    return json_text_or(hash, (struct text){NULL, 0});
}

/* The code that clients of persisted queries wait for is the message. */
static bool not_found(struct error *error)
{
    return error_set(error, ERR_NOT_FOUND, "PersistedQueryNotFound");
}

static bool find_document(struct arena *arena, struct graphql_documents *documents,
                          struct text hash, struct graphql_request *out, struct error *error)
{
    if (!documents || !hash.at)
        return error_set(error, ERR_INVALID, "The \"query\" parameter is missing.");
    if (!graphql_documents_find(documents, arena, hash, &out->query, error))
        return false;
    return out->query.at || not_found(error);
}

/* A trusted document may be sent as text too; persisted ones are kept for the next time. */
static bool accept_document(struct graphql_documents *documents, struct text hash,
                            struct text query, struct error *error)
{
    if (!documents)
        return true;
    if (!graphql_documents_are_trusted_only(documents))
        return !hash.at || graphql_documents_keep(documents, hash, query, error);
    bool is_trusted;
    if (!graphql_documents_knows(documents, query, &is_trusted, error))
        return false;
    return is_trusted ||
           error_set(error, ERR_DENIED, "Only documents that the server knows are executed.");
}

static bool fill_request(struct arena *arena, const struct parameters *parameters,
                         const struct graphql_http_options *options, struct graphql_request *out,
                         struct error *error)
{
    if (!check_kind(parameters->query, JSON_STRING, "query", "a string", error) ||
        !check_kind(parameters->operation_name, JSON_STRING, "operationName", "a string", error) ||
        !check_kind(parameters->variables, JSON_OBJECT, "variables", "an object", error) ||
        !check_kind(parameters->extensions, JSON_OBJECT, "extensions", "an object", error))
        return false;
    struct text hash = persisted_hash(parameters->extensions);
    out->query = json_text_or(parameters->query, (struct text){NULL, 0});
    out->operation_name = json_text_or(parameters->operation_name, (struct text){NULL, 0});
    out->variables = is_absent(parameters->variables) ? NULL : parameters->variables;
    if (is_absent(parameters->query))
        return find_document(arena, options->documents, hash, out, error);
    return accept_document(options->documents, hash, out->query, error);
}

static bool read_object(struct arena *arena, const struct json *body,
                        const struct graphql_http_options *options, struct graphql_request *out,
                        struct error *error)
{
    if (!json_is(body, JSON_OBJECT))
        return error_set(error, ERR_INVALID, "The body must be a JSON object.");
    struct parameters parameters = {.query = json_get_z(body, "query"),
                                    .operation_name = json_get_z(body, "operationName"),
                                    .variables = json_get_z(body, "variables"),
                                    .extensions = json_get_z(body, "extensions")};
    return fill_request(arena, &parameters, options, out, error);
}

static bool allocate(struct arena *arena, uint32_t count, struct graphql_http_exchange *out,
                     struct error *error)
{
    out->requests = ARENA_ARRAY(arena, struct graphql_request, count);
    out->count = out->requests ? count : 0;
    return out->requests || error_set_no_memory(error);
}

static bool read_batch(struct arena *arena, const struct json *body,
                       const struct graphql_http_options *options,
                       struct graphql_http_exchange *out, struct error *error)
{
    if (options->max_batch == 0)
        return error_set(error, ERR_INVALID, "Batches of requests are not accepted.");
    if (body->len == 0 || body->len > options->max_batch)
        return error_set(error, ERR_TOO_LARGE, "A batch holds 1 to %u requests.",
                         options->max_batch);
    out->is_batch = true;
    if (!allocate(arena, body->len, out, error))
        return false;
    for (uint32_t i = 0; i < body->len; i++)
        if (!read_object(arena, &body->items[i], options, &out->requests[i], error))
            return false;
    return true;
}

static bool read_body(struct arena *arena, struct text source,
                      const struct graphql_http_options *options, struct graphql_http_exchange *out,
                      struct error *error)
{
    const struct json *body;
    if (text_is_empty(text_trim(source)))
        return error_set(error, ERR_INVALID, "The body is missing.");
    if (!json_parse(arena, source, &options->limits, &body, error))
        return false;
    if (json_is(body, JSON_ARRAY))
        return read_batch(arena, body, options, out, error);
    return allocate(arena, 1, out, error) &&
           read_object(arena, body, options, &out->requests[0], error);
}

/* %41 and + in a form's value. */
static bool decode(struct arena *arena, struct text source, struct text *out, struct error *error)
{
    char *bytes = arena_alloc(arena, source.len + 1);
    size_t len = 0;
    if (!bytes)
        return error_set_no_memory(error);
    for (size_t i = 0; i < source.len; i++) {
        char byte = source.at[i] == '+' ? ' ' : source.at[i];
        if (byte == '%') {
            int high = i + 2 < source.len ? hex_digit(source.at[i + 1]) : -1;
            int low = i + 2 < source.len ? hex_digit(source.at[i + 2]) : -1;
            if (high < 0 || low < 0)
                return error_set(error, ERR_INVALID, "The query string is not well encoded.");
            byte = (char)(high << 4 | low);
            i += 2;
        }
        bytes[len++] = byte;
    }
    *out = (struct text){bytes, len};
    return text_is_utf8(*out) ||
           error_set(error, ERR_INVALID, "The query string is not valid UTF-8.");
}

/* The value of one parameter of the query string; at == NULL when it is not there. */
static bool read_value(struct arena *arena, struct text query_string, struct text name,
                       struct text *out, struct error *error)
{
    struct text part;
    *out = (struct text){NULL, 0};
    while (text_next_part(&query_string, '&', &part)) {
        size_t equals = text_find_byte(part, '=', 0);
        if (text_equal(text_slice(part, 0, equals), name))
            return decode(arena, text_slice(part, equals + 1, part.len), out, error);
    }
    return true;
}

/* A parameter that is text as it stands. */
static bool read_text(struct arena *arena, struct text query_string, struct text name,
                      const struct json **out, struct error *error)
{
    struct text value;
    if (!read_value(arena, query_string, name, &value, error))
        return false;
    struct json *json = value.at ? ARENA_NEW(arena, struct json) : NULL;
    if (value.at && !json)
        return error_set_no_memory(error);
    if (json)
        *json = (struct json){.kind = JSON_STRING, .text = value};
    *out = json;
    return true;
}

/* A parameter that is JSON; an empty one is as good as none. */
static bool read_json(struct arena *arena, struct text query_string, struct text name,
                      const struct graphql_http_options *options, const struct json **out,
                      struct error *error)
{
    struct text value;
    if (!read_value(arena, query_string, name, &value, error))
        return false;
    return value.len == 0 || json_parse(arena, value, &options->limits, out, error);
}

static bool read_query_string(struct arena *arena, struct text query_string,
                              const struct graphql_http_options *options,
                              struct graphql_http_exchange *out, struct error *error)
{
    struct parameters parameters = {0};
    if (query_string.len > options->limits.max_bytes)
        return error_set(error, ERR_TOO_LARGE, "The query string is too long.");
    return allocate(arena, 1, out, error) &&
           read_text(arena, query_string, TEXT("query"), &parameters.query, error) &&
           read_text(arena, query_string, TEXT("operationName"), &parameters.operation_name,
                     error) &&
           read_json(arena, query_string, TEXT("variables"), options, &parameters.variables,
                     error) &&
           read_json(arena, query_string, TEXT("extensions"), options, &parameters.extensions,
                     error) &&
           fill_request(arena, &parameters, options, &out->requests[0], error);
}

/* Malformed input is a 400 whatever its kind; what is understood keeps its own status, and a hash
 * that is not known is an answer of GraphQL, which clients expect with 200. */
static unsigned refusal(const struct error *error)
{
    if (error->kind == ERR_NOT_FOUND)
        return 200;
    if (error->kind == ERR_SYNTAX || error->kind == ERR_INVALID)
        return 400;
    return (unsigned)error_http_status(error->kind);
}

static bool refuse(struct graphql_http_exchange *out, unsigned status, struct error *error,
                   const char *why)
{
    out->status = status;
    return error_set(error, ERR_INVALID, "%s", why);
}

bool graphql_http_read(struct arena *arena, const struct graphql_http_input *input,
                       const struct graphql_http_options *options,
                       struct graphql_http_exchange *out, struct error *error)
{
    enum graphql_http_answer answer = graphql_http_negotiate(input->accept);
    *out = (struct graphql_http_exchange){.status = 200,
                                          .is_get = text_equal(input->method, TEXT("GET")),
                                          .is_graphql_type = answer == GRAPHQL_HTTP_RESPONSE};
    if (!(out->is_get && !options->refuse_get) && !text_equal(input->method, TEXT("POST")))
        return refuse(out, 405, error, "This method is not allowed here.");
    if (answer == GRAPHQL_HTTP_NEITHER)
        return refuse(out, 406, error,
                      "Answers are application/json or application/graphql-response+json.");
    if (!out->is_get && !graphql_http_is_json(input->content_type))
        return refuse(out, 415, error, "The body must be application/json in UTF-8.");
    bool ok = out->is_get ? read_query_string(arena, input->query_string, options, out, error)
                          : read_body(arena, input->body, options, out, error);
    if (!ok)
        out->status = refusal(error);
    return ok;
}

bool graphql_http_permits(struct graphql_http_exchange *exchange,
                          const struct graphql_operation *operation, struct error *error)
{
    if (!exchange->is_get || !graphql_operation_is_valid(operation) ||
        graphql_operation_kind(operation) == GRAPHQL_QUERY)
        return true;
    return refuse(exchange, 405, error, "By GET there are only queries.");
}

unsigned graphql_http_status(const struct graphql_http_exchange *exchange,
                             const struct graphql_operation *operation)
{
    bool is_refused = !graphql_operation_is_valid(operation);
    return exchange->is_graphql_type && is_refused ? 400 : 200;
}

struct text graphql_http_media_type(const struct graphql_http_exchange *exchange)
{
    return exchange->is_graphql_type ? TEXT("application/graphql-response+json; charset=utf-8")
                                     : TEXT("application/json; charset=utf-8");
}

struct text graphql_http_allow(const struct graphql_http_options *options)
{
    return options->refuse_get ? TEXT("POST") : TEXT("GET, POST");
}
