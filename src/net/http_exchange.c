/* Life of an exchange: made on a loop, shared with one owner outside at most, dropped by the last.
 * Also the suspension of requests, which is what the sharing is for. */
#include "net/http_exchange.h"

#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

/* Arenas are kept per loop thread, so that a request allocates nothing from the system. */
enum { KEPT_ARENAS = 32 };

struct arena_shelf {
    struct arena *arenas[KEPT_ARENAS];
    size_t count;
    size_t cap; /* of the arenas on it */
};

static pthread_key_t shelf_key;
static pthread_once_t shelf_once = PTHREAD_ONCE_INIT;

static void shelf_free(void *data)
{
    struct arena_shelf *shelf = data;
    while (shelf->count > 0)
        arena_free(shelf->arenas[--shelf->count]);
    free(shelf);
}

static void shelf_key_create(void)
{
    pthread_key_create(&shelf_key, shelf_free);
}

static struct arena_shelf *shelf_get(size_t cap)
{
    pthread_once(&shelf_once, shelf_key_create);
    struct arena_shelf *shelf = pthread_getspecific(shelf_key);
    if (shelf)
        return shelf;
    shelf = calloc(1, sizeof(*shelf));
    if (shelf) {
        shelf->cap = cap;
        pthread_setspecific(shelf_key, shelf);
    }
    return shelf;
}

static struct arena *arena_take(size_t cap)
{
    struct arena_shelf *shelf = shelf_get(cap);
    if (shelf && shelf->count > 0 && shelf->cap == cap)
        return shelf->arenas[--shelf->count];
    return arena_new(cap);
}

static void arena_give_back(struct arena *arena)
{
    pthread_once(&shelf_once, shelf_key_create);
    struct arena_shelf *shelf = pthread_getspecific(shelf_key);
    if (!shelf || shelf->count == KEPT_ARENAS || shelf->cap != arena_cap(arena)) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    shelf->arenas[shelf->count++] = arena;
}

int64_t http_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct exchange *exchange_of(struct http_request *request)
{
    return (struct exchange *)request;
}

const struct exchange *exchange_of_const(const struct http_request *request)
{
    return (const struct exchange *)request;
}

struct exchange *exchange_new(struct http_server *server, struct connection *connection,
                              struct text target)
{
    struct arena *arena = arena_take(server->options.max_arena);
    struct exchange *exchange = arena ? ARENA_NEW(arena, struct exchange) : NULL;
    if (!exchange) {
        arena_free(arena);
        return NULL;
    }
    exchange->server = server;
    exchange->connection = connection;
    atomic_init(&exchange->owners, 1);
    atomic_init(&exchange->state, EXCHANGE_ON_LOOP);
    struct http_request *request = &exchange->request;
    request->arena = arena;
    request->started = clock_wall();
    ulid_print(ulid_next(), exchange->id);
    request->id = (struct text){exchange->id, ULID_LENGTH};
    request->peer = request->client = connection->peer;
    request->is_loopback = address_is_loopback(&connection->peer);
    request->is_tls = server->options.tls_certificate != NULL;
    request->scheme = request->is_tls ? TEXT("https") : TEXT("http");
    exchange->refusal = head_read_target(exchange, target);
    return exchange;
}

void server_release(struct http_server *server)
{
    if (atomic_fetch_sub(&server->owners, 1) > 1)
        return;
    http_peers_release(&server->peers);
    pthread_cond_destroy(&server->wake_watch);
    pthread_mutex_destroy(&server->lock);
    arena_free(server->arena);
    free(server);
}

/* A second owner, outside of the loop; it keeps the server's memory, too. */
void exchange_share(struct exchange *exchange)
{
    exchange->was_handed_on = true;
    atomic_fetch_add(&exchange->server->owners, 1);
    atomic_fetch_add(&exchange->owners, 1);
}

void exchange_drop(struct exchange *exchange)
{
    if (atomic_fetch_sub(&exchange->owners, 1) == 1)
        arena_give_back(exchange->request.arena);
}

void exchange_wake(struct exchange *exchange)
{
    MHD_resume_connection(exchange->connection->handle);
}

void http_suspend(struct http_request *request)
{
    struct exchange *exchange = exchange_of(request);
    struct connection *connection = exchange->connection;
    struct http_server *server = exchange->server;
    assert(atomic_load(&exchange->state) == EXCHANGE_ON_LOOP);
    exchange_share(exchange);
    connection_enter(connection, PHASE_HANDLING, server->options.answer_timeout_ms);
    atomic_fetch_add_explicit(&server->metrics.suspended_requests, 1, memory_order_relaxed);
    MHD_suspend_connection(connection->handle);
    pthread_mutex_lock(&server->lock);
    connection->suspended = exchange;
    atomic_store(&exchange->state, EXCHANGE_SUSPENDED);
    pthread_mutex_unlock(&server->lock);
}

void http_resume(struct http_request *request)
{
    struct exchange *exchange = exchange_of(request);
    struct http_server *server = exchange->server;
    int expected = EXCHANGE_SUSPENDED;
    atomic_fetch_add(&server->resuming, 1);
    if (atomic_compare_exchange_strong(&exchange->state, &expected, EXCHANGE_RESUMED))
        exchange_wake(exchange);
    else
        assert(expected == EXCHANGE_GIVEN_UP);
    atomic_fetch_sub(&server->resuming, 1);
    atomic_fetch_sub_explicit(&server->metrics.suspended_requests, 1, memory_order_relaxed);
    exchange_drop(exchange);
    server_release(server);
}

void exchange_give_up(struct exchange *exchange)
{
    int expected = EXCHANGE_SUSPENDED;
    if (!atomic_compare_exchange_strong(&exchange->state, &expected, EXCHANGE_GIVEN_UP))
        return;
    atomic_fetch_add_explicit(&exchange->server->metrics.timed_out, 1, memory_order_relaxed);
    exchange_wake(exchange);
}

bool http_peer_is_connected(const struct http_request *request)
{
    const struct exchange *exchange = exchange_of_const(request);
    struct http_server *server = exchange->server;
    bool connected = false;
    pthread_mutex_lock(&server->lock);
    if (exchange->connection && atomic_load(&exchange->state) != EXCHANGE_GIVEN_UP) {
        char byte;
        ssize_t got = recv(exchange->connection->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        connected = got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    }
    pthread_mutex_unlock(&server->lock);
    return connected;
}
