/* A server on a free port and a bare socket to talk to it. */
#include "net/http_testing.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void testing_options(struct http_server_options *options, http_handle_fn handle)
{
    static const struct text listen[] = {TEXT_INIT("127.0.0.1:0")};
    http_server_default_options(options);
    options->listen = listen;
    options->listen_count = 1;
    options->threads = 1;
    options->max_body = 8192;
    options->request_timeout_ms = 2000;
    options->idle_timeout_ms = 2000;
    options->answer_timeout_ms = 2000;
    options->send_timeout_ms = 2000;
    options->handle = handle;
}

struct http_server *testing_start(const struct http_server_options *options)
{
    struct error error = {0};
    struct http_server *server = http_server_start(options, &error);
    if (!server) {
        fprintf(stderr, "%s\n", error.message);
        abort();
    }
    return server;
}

void testing_echo(struct http_request *request, void *data)
{
    UNUSED(data);
    http_respond(request, 200, TEXT("text/plain"),
                 request->body.len > 0 ? request->body : request->target);
}

int wire_connect(const struct http_server *server)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(http_server_port(server, 0)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int wire = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire < 0 || connect(wire, (const struct sockaddr *)&to, sizeof(to)) != 0)
        abort();
    return wire;
}

bool wire_send(int wire, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(wire, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

void wire_send_z(int wire, const char *text)
{
    wire_send(wire, text, strlen(text));
}

static bool is_readable(int wire, int milliseconds)
{
    struct pollfd look = {.fd = wire, .events = POLLIN};
    return poll(&look, 1, milliseconds) > 0;
}

size_t wire_read(int wire, char *out, size_t size, int silence_ms)
{
    size_t len = 0;
    while (len + 1 < size && is_readable(wire, silence_ms)) {
        ssize_t got = recv(wire, out + len, size - 1 - len, 0);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    out[len] = '\0';
    return len;
}

/* The head of an answer, byte by byte, so that nothing of the next one is taken. */
static bool read_head(int wire, char *head, size_t size, int silence_ms)
{
    for (size_t len = 0; len + 1 < size && is_readable(wire, silence_ms);) {
        if (recv(wire, head + len, 1, 0) != 1)
            return false;
        head[++len] = '\0';
        if (len >= 4 && memcmp(head + len - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

/* The head stays in `out`; *body is where the body begins in it. */
static unsigned read_reply(int wire, char *out, size_t size, int silence_ms, const char **body)
{
    out[0] = '\0';
    if (!read_head(wire, out, size, silence_ms))
        return 0;
    unsigned status = (unsigned)strtoul(out + strlen("HTTP/1.1 "), NULL, 10);
    const char *length = strcasestr(out, "\r\nContent-Length: ");
    size_t wanted = length ? strtoul(length + 18, NULL, 10) : 0;
    size_t head = strlen(out);
    *body = out + head;
    if (head + wanted >= size)
        return 0;
    return wire_read(wire, out + head, wanted + 1, silence_ms) == wanted ? status : 0;
}

unsigned wire_read_reply(int wire, char *out, size_t size, int silence_ms)
{
    const char *body;
    return read_reply(wire, out, size, silence_ms, &body);
}

unsigned wire_read_answer(int wire, char *out, size_t size, int silence_ms)
{
    char reply[8192];
    const char *body = NULL;
    unsigned status = read_reply(wire, reply, sizeof(reply), silence_ms, &body);
    snprintf(out, size, "%s", status ? body : "");
    return status;
}

unsigned wire_exchange(const struct http_server *server, const char *bytes, size_t size, char *out,
                       size_t out_size)
{
    int wire = wire_connect(server);
    wire_send(wire, bytes, size);
    unsigned status = wire_read_reply(wire, out, out_size, 300);
    close(wire);
    return status;
}

bool wire_is_closed_within(int wire, int milliseconds)
{
    char scratch[4096];
    int64_t until = testing_now_ms() + milliseconds;
    for (int64_t left = milliseconds; left > 0; left = until - testing_now_ms())
        if (is_readable(wire, (int)left) && recv(wire, scratch, sizeof(scratch), 0) <= 0)
            return true;
    return false;
}

bool testing_wait(const atomic_int_least64_t *value, int64_t wanted)
{
    for (int i = 0; i < 1000 && atomic_load(value) != wanted; i++)
        testing_sleep_ms(2);
    return atomic_load(value) == wanted;
}

void testing_sleep_ms(unsigned milliseconds)
{
    struct timespec time = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    nanosleep(&time, NULL);
}

int64_t testing_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
