/* Requests over src/net, interruptible. */
#include "cli/http_transport.h"

#include "net/http_client.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum {
    TIMEOUT_MS = 60000, /* the server answers no query later than this */
    ANSWER_MAX = 32 << 20,
};

struct http_transport {
    struct http_client *client; /* NULL until the first request */
};

static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal_number)
{
    UNUSED(signal_number);
    interrupted = 1;
}

/* The handler removes itself, so that a second Ctrl-C ends the process. */
static void catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
}

struct http_transport *http_transport_new(void)
{
    return calloc(1, sizeof(struct http_transport));
}

void http_transport_free(struct http_transport *transport)
{
    if (transport)
        http_client_free(transport->client);
    free(transport);
}

static bool keep_going(void *data)
{
    UNUSED(data);
    return !interrupted;
}

static bool start_client(struct http_transport *transport, struct error *error)
{
    /* The person names the server: a private address is as good as any. The variable is the one
     * that other clients of ours read too, for a certificate that is not among the system's. */
    const char *authorities = getenv("SSL_CERT_FILE");
    const struct http_client_options options = {
        .allow_private = true,
        .use_environment_proxy = true,
        .ca_file = authorities && *authorities ? authorities : NULL,
    };
    if (transport->client)
        return true;
    catch_interrupt();
    transport->client = http_client_new(&options, error);
    return transport->client != NULL;
}

bool http_transport_send(void *data, const struct api_request *request, struct arena *arena,
                         struct api_answer *out, struct error *error)
{
    struct http_transport *transport = data;
    struct http_client_response response;
    struct http_header headers[3] = {
        {TEXT_INIT("Content-Type"), TEXT_INIT("application/json")},
        {TEXT_INIT("Accept"), TEXT_INIT("application/json")},
    };
    struct http_client_request sent = {
        .method = request->body.len ? TEXT("POST") : TEXT("GET"),
        .url = request->url,
        .headers = headers,
        .header_count = 2,
        .body = request->body,
        .timeout_ms = TIMEOUT_MS,
        .max_response = ANSWER_MAX,
        .keep_going = keep_going,
    };
    if (!start_client(transport, error))
        return false;
    if (request->token.len > 0) {
        struct text value = text_format(arena, "Bearer %.*s", TEXT_ARG(request->token));
        headers[sent.header_count++] = (struct http_header){TEXT("Authorization"), value};
    }
    if (!http_client_fetch(transport->client, &sent, arena, &response, error))
        return false;
    *out = (struct api_answer){response.status, response.body};
    return true;
}

bool http_transport_wait(void *data, unsigned milliseconds)
{
    struct timespec left = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    UNUSED(data);
    while (!interrupted && nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
    return !interrupted;
}
