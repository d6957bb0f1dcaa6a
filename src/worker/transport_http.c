/* The worker's requests over HTTP. */
#include "worker/transport.h"

#include "net/http_client.h"

#include <string.h>

enum { ARENA_CAP = 64 << 10 };

static bool is_server(struct text server)
{
    return text_starts_with(server, TEXT("https://")) || text_starts_with(server, TEXT("http://"));
}

static bool copy_settings(struct transport_http *http, const char *server, const char *token,
                          struct error *error)
{
    struct text url = text_z(server);
    while (text_ends_with(url, TEXT("/")))
        url.len--;
    if (!is_server(url))
        return error_set(error, ERR_INVALID, "the server's address must begin with https://");
    http->server = text_copy(http->arena, url);
    http->authorization = text_format(http->arena, "Bearer %s", token);
    return (http->server.at && http->authorization.at) || error_set_no_memory(error);
}

bool transport_http_open(struct transport_http *http, const char *server, const char *token,
                         const char *ca_file, struct error *error)
{
    /* The server is where the operator says it is, on a private network most of all. */
    const struct http_client_options options = {
        .allow_private = true, .use_environment_proxy = true, .ca_file = ca_file};
    *http = (struct transport_http){.arena = arena_new(ARENA_CAP)};
    if (!http->arena)
        return error_set_no_memory(error);
    if (copy_settings(http, server, token, error))
        http->client = http_client_new(&options, error);
    if (!http->client)
        transport_http_close(http);
    return http->client != NULL;
}

void transport_http_close(struct transport_http *http)
{
    http_client_free(http->client);
    http->client = NULL;
    if (http->authorization.at) {
        /* The text lies in our own arena and ends with it. */
        void *secret = (void *)(uintptr_t)http->authorization.at;
        explicit_bzero(secret, http->authorization.len);
    }
    arena_free(http->arena);
    http->arena = NULL;
}

static bool send_over_http(void *data, const struct transport_request *request, struct arena *arena,
                           struct transport_answer *answer, struct error *error)
{
    const struct transport_http *http = data;
    struct text path = request->path;
    const struct http_header headers[] = {
        {TEXT("Authorization"), http->authorization},
        {TEXT("Content-Type"),
         request->content_type ? text_z(request->content_type) : TEXT("application/json")},
    };
    struct http_client_request sent = {
        .method = text_z(request->method),
        .url = text_format(arena, "%.*s/worker/v1%.*s", TEXT_ARG(http->server), TEXT_ARG(path)),
        .headers = headers,
        .header_count = ARRAY_LENGTH(headers),
        .body = request->body,
        .timeout_ms = request->timeout_ms,
        .max_response = request->max_answer,
        .keep_going = request->keep_going,
        .data = request->data,
    };
    struct http_client_response response;
    if (!sent.url.at)
        return error_set_no_memory(error);
    if (!http_client_fetch(http->client, &sent, arena, &response, error))
        return false;
    *answer = (struct transport_answer){.status = response.status, .body = response.body};
    return true;
}

struct transport transport_http(struct transport_http *http)
{
    return (struct transport){.send = send_over_http, .data = http};
}
