/*
 * The head of a request: target, query and headers into struct http_request, and the judgement
 * whether they are fit. What could be framed differently by a proxy in front of us is refused, as
 * the library below accepts it.
 */
#include "net/http_exchange.h"
#include "net/http_parameters.h"
#include "net/http_syntax.h"

#include <string.h>

enum { MAX_HEADERS = 128, MAX_METHOD = 32 };

#define FIT ((struct refusal){0})

static struct refusal bad(const char *reason)
{
    return (struct refusal){400, reason};
}

static struct refusal out_of_memory(void)
{
    return (struct refusal){503, "the request needs too much memory"};
}

static struct refusal read_query(struct http_request *request)
{
    if (request->query.len == 0)
        return FIT;
    struct error error = {0};
    struct http_parameters parameters;
    if (!http_parameters_parse(request->arena, request->query, &parameters, &error))
        return error.kind == ERR_INVALID
                   ? bad("the query has too many parameters or is not well encoded")
                   : out_of_memory();
    request->query_parameters = parameters.items;
    request->query_parameter_count = parameters.len;
    return FIT;
}

/* "http://host/path" names the host itself, and it counts more than the Host header. */
static struct text cut_authority(struct http_request *request, struct text target)
{
    size_t scheme = text_find(target, TEXT("://"), 0);
    if (target.len == 0 || target.at[0] == '/' || scheme == target.len)
        return target;
    size_t start = scheme + 3;
    size_t end = start;
    while (end < target.len && target.at[end] != '/' && target.at[end] != '?')
        end++;
    request->host = text_slice(target, start, end);
    struct text rest = text_slice(target, end, target.len);
    return rest.len > 0 && rest.at[0] == '/' ? rest : TEXT("/");
}

struct refusal head_read_target(struct exchange *exchange, struct text target)
{
    struct http_request *request = &exchange->request;
    request->target = text_copy(request->arena, target);
    if (!request->target.at)
        return out_of_memory();
    for (size_t i = 0; i < target.len; i++)
        if ((unsigned char)target.at[i] <= ' ' || target.at[i] == 0x7f)
            return bad("the request target is malformed");
    struct text rest = cut_authority(request, request->target);
    rest = text_slice(rest, 0, text_find_byte(rest, '#', 0));
    size_t question = text_find_byte(rest, '?', 0);
    request->path = text_slice(rest, 0, question);
    request->query = text_slice(rest, question + 1, rest.len);
    if (!http_is_host(request->host) ||
        (!text_starts_with(request->path, TEXT("/")) && !text_equal(request->path, TEXT("*"))))
        return bad("the request target is malformed");
    return read_query(request);
}

struct header_walk {
    struct arena *arena;
    struct http_header headers[MAX_HEADERS];
    size_t count;
    bool too_many;
    bool out_of_memory;
};

/* Copies, as the library drops its own while somebody may still hold the request. */
static enum MHD_Result collect_header(void *data, enum MHD_ValueKind kind, const char *key,
                                      size_t key_size, const char *value, size_t value_size)
{
    UNUSED(kind);
    struct header_walk *walk = data;
    walk->too_many = walk->count == MAX_HEADERS;
    if (walk->too_many)
        return MHD_NO;
    char *copy = arena_alloc_raw(walk->arena, key_size + value_size);
    walk->out_of_memory = copy == NULL;
    if (!copy)
        return MHD_NO;
    memcpy(copy, key, key_size);
    if (value_size > 0)
        memcpy(copy + key_size, value, value_size);
    walk->headers[walk->count++] = (struct http_header){
        .name = {copy, key_size}, .value = text_trim((struct text){copy + key_size, value_size})};
    return MHD_YES;
}

static struct refusal collect_headers(struct http_request *request, struct MHD_Connection *handle)
{
    struct header_walk walk;
    walk.arena = request->arena;
    walk.count = 0;
    walk.too_many = walk.out_of_memory = false;
    MHD_get_connection_values_n(handle, MHD_HEADER_KIND, collect_header, &walk);
    if (walk.too_many)
        return (struct refusal){431, "the request has too many headers"};
    struct http_header *kept = ARENA_ARRAY(request->arena, struct http_header, walk.count);
    if (walk.out_of_memory || !kept)
        return out_of_memory();
    memcpy(kept, walk.headers, walk.count * sizeof(*kept));
    request->headers = kept;
    request->header_count = walk.count;
    return FIT;
}

/* What framing and routing hang on, found in one pass. */
struct framing {
    unsigned lengths, encodings, hosts, content_codings;
    struct text length, encoding, host, content_coding;
};

static void note_header(struct framing *framing, const struct http_header *header)
{
    const struct {
        struct text name;
        unsigned *count;
        struct text *value;
    } watched[] = {
        {TEXT("Host"), &framing->hosts, &framing->host},
        {TEXT("Content-Length"), &framing->lengths, &framing->length},
        {TEXT("Transfer-Encoding"), &framing->encodings, &framing->encoding},
        {TEXT("Content-Encoding"), &framing->content_codings, &framing->content_coding},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(watched); i++)
        if (text_equal_ignoring_case(header->name, watched[i].name)) {
            ++*watched[i].count;
            *watched[i].value = header->value;
        }
}

static struct refusal judge_headers(const struct http_request *request, struct framing *framing)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        if (!http_is_token(header->name))
            return bad("a header name is malformed");
        if (!http_is_field_value(header->value))
            return bad("a header has control characters");
        note_header(framing, header);
    }
    if (framing->lengths > 1 || framing->encodings > 1 || framing->hosts > 1)
        return bad("Content-Length, Transfer-Encoding and Host may come only once");
    if (framing->lengths > 0 && framing->encodings > 0)
        return bad("Content-Length and Transfer-Encoding exclude each other");
    if (framing->encodings > 0 &&
        (request->is_http_1_0 || !text_equal_ignoring_case(framing->encoding, TEXT("chunked"))))
        return bad("the only known Transfer-Encoding is chunked");
    if (framing->hosts == 0 && !request->is_http_1_0)
        return bad("the Host header is missing");
    if (!http_is_host(framing->host))
        return bad("the Host header is malformed");
    if (framing->content_codings > 0 &&
        !text_equal_ignoring_case(framing->content_coding, TEXT("identity")))
        return (struct refusal){415, "the body must not be compressed"};
    return FIT;
}

static struct refusal judge_length(struct exchange *exchange, struct text length)
{
    int64_t announced = 0;
    if (length.len < 1 || length.len > 12)
        return bad("Content-Length is not a number");
    for (size_t i = 0; i < length.len; i++)
        if (length.at[i] < '0' || length.at[i] > '9')
            return bad("Content-Length is not a number");
    if (!text_to_int64(length, &announced))
        return bad("Content-Length is not a number");
    if ((size_t)announced > exchange->server->options.max_body)
        return (struct refusal){413, "the body is larger than this server accepts"};
    exchange->body_size = (size_t)announced;
    exchange->request.body.at = arena_alloc_raw(exchange->request.arena, (size_t)announced);
    return exchange->request.body.at ? FIT : out_of_memory();
}

static struct refusal read_body_type(struct http_request *request)
{
    struct text type = http_header_get(request, TEXT("Content-Type"));
    type = text_trim(text_slice(type, 0, text_find_byte(type, ';', 0)));
    request->body_type = text_lower_ascii(request->arena, type);
    return type.len > 0 && !request->body_type.at ? out_of_memory() : FIT;
}

struct refusal head_read(struct exchange *exchange, struct MHD_Connection *handle,
                         const char *method, const char *version)
{
    struct http_request *request = &exchange->request;
    request->is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
    if (strlen(method) > MAX_METHOD || !http_is_token(text_z(method)))
        return bad("the method is malformed");
    request->method = text_copy(request->arena, text_z(method));
    if (!request->method.at)
        return out_of_memory();
    request->is_head = text_equal(request->method, TEXT("HEAD"));
    struct framing framing = {0};
    struct refusal refusal = collect_headers(request, handle);
    if (!refusal.reason)
        refusal = judge_headers(request, &framing);
    if (!refusal.reason && framing.lengths > 0)
        refusal = judge_length(exchange, framing.length);
    if (!refusal.reason)
        refusal = read_body_type(request);
    if (request->host.len == 0)
        request->host = framing.host;
    return refusal;
}
