/* Connections from their opening to their end: the list that the watch thread reads, and the late
 * close that keeps an early answer from being lost. */
#include "net/http_exchange.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

/* A client that pauses while it sends still gets its answer. */
enum { LINGER_MS = 5000 };

bool connection_is_of_proxy(const struct http_server *server, const struct address *peer)
{
    for (size_t i = 0; i < server->options.trusted_proxy_count; i++)
        if (address_range_contains(&server->options.trusted_proxies[i], peer))
            return true;
    return false;
}

void connection_enter(struct connection *connection, enum connection_phase phase,
                      int64_t allowed_ms)
{
    int64_t now = http_now_ms();
    atomic_store_explicit(&connection->phase_since, now, memory_order_relaxed);
    atomic_store_explicit(&connection->deadline, allowed_ms > 0 ? now + allowed_ms : 0,
                          memory_order_relaxed);
    atomic_store_explicit(&connection->phase, phase, memory_order_release);
}

static void *connection_open(struct http_server *server, struct MHD_Connection *handle,
                             const struct address *peer)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    if (!connection)
        return NULL;
    connection->server = server;
    connection->handle = handle;
    connection->socket =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    connection->peer = *peer;
    connection->is_trusted_proxy = connection_is_of_proxy(server, &connection->peer);
    connection->closes_late = true;
    connection_enter(connection, PHASE_IDLE, server->options.request_timeout_ms);
    atomic_fetch_add_explicit(&server->metrics.connections, 1, memory_order_relaxed);
    atomic_fetch_add(&server->metrics.open_connections, 1);
    pthread_mutex_lock(&server->lock);
    connection->next = server->connections;
    if (server->connections)
        server->connections->previous = connection;
    else
        pthread_cond_signal(&server->wake_watch);
    server->connections = connection;
    pthread_mutex_unlock(&server->lock);
    return connection;
}

/* Closing a socket that still has unread bytes makes the kernel reset the connection, and the reset
 * can overtake the answer. A duplicate keeps the socket until the client has read it. */
static void linger(struct http_server *server, int socket)
{
    if (server->lingering_count == MAX_LINGERING || atomic_load(&server->is_stopping))
        return;
    int copy = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return;
    shutdown(copy, SHUT_WR);
    server->lingering[server->lingering_count++] =
        (struct lingering){.socket = copy, .until = http_now_ms() + LINGER_MS};
    pthread_cond_signal(&server->wake_watch);
}

static void connection_close(struct connection *connection)
{
    struct http_server *server = connection->server;
    pthread_mutex_lock(&server->lock);
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    http_peers_remove(&server->peers, &connection->peer);
    if (connection->closes_late)
        linger(server, connection->socket);
    pthread_mutex_unlock(&server->lock);
    free(connection);
    atomic_fetch_sub(&server->metrics.open_connections, 1);
}

/* As the acceptor has counted it. */
static struct address peer_of(struct MHD_Connection *handle)
{
    struct address peer;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !address_from_socket(info->client_addr, &peer, NULL))
        peer = (struct address){0};
    return peer;
}

void connection_notify(void *data, struct MHD_Connection *handle, void **context,
                       enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = data;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct address peer = peer_of(handle);
        *context = connection_open(server, handle, &peer);
        connection_arrived(server, &peer, *context != NULL);
    } else if (*context) {
        connection_close(*context);
    }
}

/* The loop sees the end of the connection and closes it in its own time. */
void connection_cut(struct connection *connection)
{
    shutdown(connection->socket, SHUT_RDWR);
}
