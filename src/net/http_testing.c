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
    options->request_timeout_ms = 3 * TESTING_PATIENCE_MS;
    options->idle_timeout_ms = 3 * TESTING_PATIENCE_MS;
    options->answer_timeout_ms = 3 * TESTING_PATIENCE_MS;
    options->send_timeout_ms = 3 * TESTING_PATIENCE_MS;
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

size_t wire_read(int wire, char *out, size_t size)
{
    size_t len = 0;
    while (len + 1 < size && is_readable(wire, TESTING_PATIENCE_MS)) {
        ssize_t got = recv(wire, out + len, size - 1 - len, 0);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    out[len] = '\0';
    return len;
}

/* Byte by byte, so that nothing of what follows is taken. */
bool wire_read_until(int wire, char *out, size_t size, const char *end)
{
    size_t wanted = strlen(end);
    size_t len = 0;
    out[0] = '\0';
    while (len + 1 < size && is_readable(wire, TESTING_PATIENCE_MS)) {
        if (recv(wire, out + len, 1, 0) != 1)
            return false;
        out[++len] = '\0';
        if (len >= wanted && memcmp(out + len - wanted, end, wanted) == 0)
            return true;
    }
    return false;
}

/* The head stays in `out`; *body is where the body begins in it. */
static unsigned read_reply(int wire, char *out, size_t size, const char **body)
{
    if (!wire_read_until(wire, out, size, "\r\n\r\n"))
        return 0;
    unsigned status = (unsigned)strtoul(out + strlen("HTTP/1.1 "), NULL, 10);
    const char *length = strcasestr(out, "\r\nContent-Length: ");
    size_t wanted = length ? strtoul(length + 18, NULL, 10) : 0;
    size_t head = strlen(out);
    *body = out + head;
    if (head + wanted >= size)
        return 0;
    return wire_read(wire, out + head, wanted + 1) == wanted ? status : 0;
}

unsigned wire_read_reply(int wire, char *out, size_t size)
{
    const char *body;
    return read_reply(wire, out, size, &body);
}

unsigned wire_read_answer(int wire, char *out, size_t size)
{
    char reply[8192];
    const char *body = NULL;
    unsigned status = read_reply(wire, reply, sizeof(reply), &body);
    snprintf(out, size, "%s", status ? body : "");
    return status;
}

unsigned wire_exchange(const struct http_server *server, const char *bytes, size_t size, char *out,
                       size_t out_size)
{
    int wire = wire_connect(server);
    wire_send(wire, bytes, size);
    unsigned status = wire_read_reply(wire, out, out_size);
    close(wire);
    return status;
}

bool wire_is_closed(int wire)
{
    return wire_is_closed_within(wire, TESTING_PATIENCE_MS);
}

bool wire_is_silent(int wire, int milliseconds)
{
    return !is_readable(wire, milliseconds);
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
    int64_t until = testing_now_ms() + TESTING_PATIENCE_MS;
    while (atomic_load(value) != wanted && testing_now_ms() < until)
        testing_sleep_ms(2);
    return atomic_load(value) == wanted;
}

bool testing_wait_count(const atomic_uint_least64_t *value, uint64_t wanted)
{
    int64_t until = testing_now_ms() + TESTING_PATIENCE_MS;
    while (atomic_load(value) != wanted && testing_now_ms() < until)
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
