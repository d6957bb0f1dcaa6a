/* Fuzz target: any bytes on a connection. Whatever reaches the handler must keep what the guards
 * promise, and whatever comes back must be HTTP. */
#include "net/http_server.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_clean(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' && text.at[i] != '\t')
            return false;
    return true;
}

static void handle(struct http_request *request, void *data)
{
    UNUSED(data);
    bool fine = request->path.len > 0 && (request->path.at[0] == '/' || request->path.len == 1);
    fine = fine && is_clean(request->target) && is_clean(request->host);
    for (size_t i = 0; i < request->header_count; i++)
        fine = fine && request->headers[i].name.len > 0 && is_clean(request->headers[i].value);
    if (!fine || request->body.len > 4096)
        abort();
    http_respond(request, 200, TEXT("text/plain"), request->body);
}

static uint16_t start(void)
{
    static struct http_server *server;
    static const struct text listen[] = {TEXT_INIT("127.0.0.1:0")};
    if (server)
        return http_server_port(server, 0);
    struct http_server_options options;
    struct error error = {0};
    http_server_default_options(&options);
    options.listen = listen;
    options.listen_count = 1;
    options.threads = 1;
    options.max_body = 4096;
    options.handle = handle;
    server = http_server_start(&options, &error);
    if (!server)
        abort();
    return http_server_port(server, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(start()),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int wire = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire < 0 || connect(wire, (const struct sockaddr *)&to, sizeof(to)) != 0)
        abort();
    /* What is incomplete waits for its deadline: not here. */
    struct timeval patience = {.tv_usec = 3000};
    setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    /* The server may have closed already: that is an answer, too. */
    if (send(wire, data, size, MSG_NOSIGNAL) < 0)
        size = 0;
    shutdown(wire, SHUT_WR);
    char reply[8192];
    size_t len = 0;
    ssize_t got;
    while (len < sizeof(reply) && (got = recv(wire, reply + len, sizeof(reply) - len, 0)) > 0)
        len += (size_t)got;
    if (len >= 9 && memcmp(reply, "HTTP/1.", 7) != 0)
        abort();
    close(wire);
    return 0;
}
