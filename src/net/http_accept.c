/*
 * From the listening sockets to the loops: one thread takes the clients, within the limits per
 * server and per peer, and deals them out. The protocol library could take them by itself, but not
 * stop safely: each of its loops and whoever stops it remove the socket from the same set, and the
 * second to do so ends the program.
 */
#include "net/http_exchange.h"

#include <errno.h>
#include <linux/filter.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { NO_ROOM_PAUSE_MS = 50, TURN = 64 };

/* Lock held. */
static bool is_over_limit(const struct http_server *server, const struct address *peer)
{
    const struct http_server_options *options = &server->options;
    int_least64_t open = atomic_load(&server->metrics.open_connections);
    if (options->max_connections > 0 &&
        (size_t)(open + atomic_load(&server->arriving)) >= options->max_connections)
        return true;
    return options->max_connections_per_peer > 0 && !connection_is_of_proxy(server, peer) &&
           http_peers_count(&server->peers, peer) >= options->max_connections_per_peer;
}

/* Counts the client, unless it is one too many. */
static bool admit(struct http_server *server, const struct address *peer)
{
    pthread_mutex_lock(&server->lock);
    bool is_admitted = !is_over_limit(server, peer);
    if (is_admitted) {
        http_peers_add(&server->peers, peer);
        atomic_fetch_add(&server->arriving, 1);
    }
    pthread_mutex_unlock(&server->lock);
    return is_admitted;
}

void connection_arrived(struct http_server *server, const struct address *peer, bool is_open)
{
    if (!is_open) {
        pthread_mutex_lock(&server->lock);
        http_peers_remove(&server->peers, peer);
        pthread_mutex_unlock(&server->lock);
    }
    atomic_fetch_sub(&server->arriving, 1);
}

static void take_client(struct http_server *server, const struct listener *listener, int client,
                        const struct sockaddr *from, socklen_t size)
{
    struct address peer;
    if (!address_from_socket(from, &peer, NULL) || !admit(server, &peer)) {
        atomic_fetch_add_explicit(&server->metrics.refused_connections, 1, memory_order_relaxed);
        close(client);
        return;
    }
    /* The library closes the socket when it cannot take it. */
    if (MHD_add_connection(listener->daemon, client, from, size) != MHD_YES)
        connection_arrived(server, &peer, false);
}

/* Takes those the kernel has connected, up to `most` of them. False when there was no room for one.
 */
static bool take_clients(struct http_server *server, const struct listener *listener, int most)
{
    for (int i = 0; i < most; i++) {
        struct sockaddr_storage from;
        socklen_t size = sizeof(from);
        int client = accept4(listener->socket, (struct sockaddr *)&from, &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0)
            return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
        take_client(server, listener, client, (struct sockaddr *)&from, size);
    }
    return true;
}

/* The last of the descriptors says that the thread is to end, and is looked at however many clients
 * come. */
static void *acceptor_run(void *data)
{
    struct http_server *server = data;
    const struct timespec pause = {.tv_nsec = NO_ROOM_PAUSE_MS * 1000000L};
    size_t count = server->listener_count;
    for (size_t i = 0; i < count; i++)
        server->polled[i] = (struct pollfd){.fd = server->listeners[i].socket, .events = POLLIN};
    server->polled[count] = (struct pollfd){.fd = server->acceptor_end, .events = POLLIN};
    while (poll(server->polled, count + 1, -1) >= 0 || errno == EINTR) {
        if (server->polled[count].revents != 0)
            break;
        for (size_t i = 0; i < count; i++)
            if (server->polled[i].revents != 0 &&
                !take_clients(server, &server->listeners[i], TURN))
                nanosleep(&pause, NULL);
    }
    return NULL;
}

bool acceptor_start(struct http_server *server, struct error *error)
{
    server->polled = ARENA_ARRAY(server->arena, struct pollfd, server->listener_count + 1);
    server->acceptor_end = eventfd(0, EFD_CLOEXEC);
    server->acceptor_runs = server->polled && server->acceptor_end >= 0 &&
                            pthread_create(&server->acceptor, NULL, acceptor_run, server) == 0;
    return server->acceptor_runs ||
           error_set(error, ERR_UNAVAILABLE, "cannot start a thread for the HTTP server");
}

static void acceptor_join(struct http_server *server)
{
    if (server->acceptor_runs && eventfd_write(server->acceptor_end, 1) == 0)
        pthread_join(server->acceptor, NULL);
    server->acceptor_runs = false;
    if (server->acceptor_end >= 0)
        close(server->acceptor_end);
    server->acceptor_end = -1;
}

/* From here on the kernel connects nobody: a client's first packet is dropped, and when it comes
 * again the socket is closed. */
static void drop_new_clients(int listening)
{
    struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = 1, .filter = &drop};
    setsockopt(listening, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

void acceptor_end(struct http_server *server)
{
    acceptor_join(server);
    for (size_t i = 0; i < server->listener_count; i++) {
        struct listener *listener = &server->listeners[i];
        if (listener->socket < 0)
            continue;
        /* Clients that the kernel has connected already are served. */
        drop_new_clients(listener->socket);
        if (listener->daemon)
            take_clients(server, listener, LISTEN_BACKLOG);
        close(listener->socket);
        listener->socket = -1;
    }
}
