/*
 * The watch thread: cuts connections whose deadline passed, takes suspended requests back from
 * owners that are late, notices clients that left while nobody read their sockets, lets early
 * answers be read before their socket closes, and closes idle connections while the server drains.
 */
#include "net/http_exchange.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK_MS = 100,
    BUSY_TICK_MS = 10,    /* while draining or lingering */
    QUIET_TICK_MS = 5000, /* without connections; the first one wakes the thread */
    LIVENESS_MS = 1000,   /* between looks at the sockets of suspended connections */
    DRAIN_IDLE_MS = 250,  /* an idle connection gets this long for one more request */
    LINGER_PIECES = 16,   /* of 16 KiB, thrown away per tick and socket */
};

/* A client that closed its socket entirely shows as hang-up or error; a half-closed one may still
 * read, which counts for an answer but not for a stream. */
static bool is_hung_up(int socket, bool half_counts)
{
    struct pollfd look = {.fd = socket, .events = half_counts ? POLLRDHUP : 0};
    return poll(&look, 1, 0) > 0 &&
           (look.revents & (POLLHUP | POLLERR | (half_counts ? POLLRDHUP : 0)));
}

static void look_after_owner(struct connection *connection, bool looks_at_socket)
{
    if (connection->suspended && looks_at_socket && is_hung_up(connection->socket, false))
        exchange_give_up(connection->suspended);
    if (connection->stream && looks_at_socket && is_hung_up(connection->socket, true))
        stream_abort(connection->stream);
}

static void pass_deadline(struct connection *connection, int phase)
{
    struct http_server_metrics *metrics = &connection->server->metrics;
    atomic_store_explicit(&connection->deadline, 0, memory_order_relaxed);
    if (phase == PHASE_HANDLING) {
        if (connection->suspended)
            exchange_give_up(connection->suspended);
        return;
    }
    if (phase != PHASE_IDLE)
        atomic_fetch_add_explicit(&metrics->timed_out, 1, memory_order_relaxed);
    connection_cut(connection);
}

static void look_at(struct connection *connection, int64_t now, bool looks_at_socket)
{
    struct http_server *server = connection->server;
    int phase = atomic_load_explicit(&connection->phase, memory_order_acquire);
    int64_t deadline = atomic_load_explicit(&connection->deadline, memory_order_relaxed);
    int64_t since = atomic_load_explicit(&connection->phase_since, memory_order_relaxed);
    if (atomic_load(&server->is_stopping)) {
        connection_cut(connection);
        if (connection->suspended)
            exchange_give_up(connection->suspended);
        if (connection->stream)
            stream_abort(connection->stream);
        return;
    }
    look_after_owner(connection, looks_at_socket);
    if (deadline != 0 && now > deadline)
        pass_deadline(connection, phase);
    else if (phase == PHASE_IDLE && atomic_load(&server->is_draining) &&
             now - since > DRAIN_IDLE_MS)
        shutdown(connection->socket, SHUT_RD); /* what is on its way is still read and answered */
}

/* True when the client closed its side, or will not in time. */
static bool is_drained(const struct lingering *lingering, int64_t now)
{
    char scratch[16 * 1024];
    for (int i = 0; i < LINGER_PIECES; i++) {
        ssize_t got = recv(lingering->socket, scratch, sizeof(scratch), MSG_DONTWAIT);
        if (got == 0 || now > lingering->until)
            return true;
        if (got < 0)
            return is_hung_up(lingering->socket, false);
    }
    return now > lingering->until;
}

static void look_after_lingering(struct http_server *server, int64_t now)
{
    for (size_t i = server->lingering_count; i-- > 0;) {
        struct lingering *lingering = &server->lingering[i];
        if (!atomic_load(&server->is_stopping) && !is_drained(lingering, now))
            continue;
        close(lingering->socket);
        *lingering = server->lingering[--server->lingering_count];
    }
}

static int64_t next_tick(const struct http_server *server)
{
    if (atomic_load(&server->is_draining) || server->lingering_count > 0)
        return BUSY_TICK_MS;
    return server->connections ? TICK_MS : QUIET_TICK_MS;
}

static void sleep_locked(struct http_server *server)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + next_tick(server) * 1000000;
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    pthread_cond_timedwait(&server->wake_watch, &server->lock, &until);
}

static void *watch_run(void *data)
{
    struct http_server *server = data;
    int64_t next_liveness = 0;
    pthread_mutex_lock(&server->lock);
    while (!server->watch_must_end) {
        int64_t now = http_now_ms();
        bool looks_at_sockets = now >= next_liveness;
        if (looks_at_sockets)
            next_liveness = now + LIVENESS_MS;
        for (struct connection *at = server->connections; at; at = at->next)
            look_at(at, now, looks_at_sockets);
        look_after_lingering(server, now);
        sleep_locked(server);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

bool watch_start(struct http_server *server, struct error *error)
{
    server->watch_runs = pthread_create(&server->watch, NULL, watch_run, server) == 0;
    return server->watch_runs ||
           error_set(error, ERR_UNAVAILABLE, "cannot start a thread for the HTTP server");
}

void watch_end(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->watch_must_end = true;
    pthread_cond_signal(&server->wake_watch);
    pthread_mutex_unlock(&server->lock);
    if (server->watch_runs)
        pthread_join(server->watch, NULL);
    for (size_t i = 0; i < server->lingering_count; i++)
        close(server->lingering[i].socket);
    server->lingering_count = 0;
}
