/* Start and stop: sockets, certificates, one protocol daemon per listening socket. */
#include "net/http_exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PEM = 1 << 20, STOP_POLL_MS = 2 };

void http_server_default_options(struct http_server_options *options)
{
    *options = (struct http_server_options){
        .max_body = 1 << 20,
        .max_header = 20 * 1024, /* cleared at each request, so not larger than it needs to be */
        .max_arena = 16 << 20,
        .request_timeout_ms = 15000,
        .idle_timeout_ms = 60000,
        .answer_timeout_ms = 60000,
        .send_timeout_ms = 60000,
        .max_connections = 4096,
        .max_connections_per_peer = 512,
        .gzip_min_bytes = 4096,
    };
}

/* The first message of the protocol library while a daemon starts: the cause, when it does not. */
struct start_log {
    char message[200];
};

static _Thread_local struct start_log *start_log;

static void keep_message(void *data, const char *format, va_list arguments) PRINTF_LIKE(2, 0);
static void keep_message(void *data, const char *format, va_list arguments)
{
    UNUSED(data);
    if (!start_log || start_log->message[0])
        return;
    vsnprintf(start_log->message, sizeof(start_log->message), format, arguments);
    start_log->message[strcspn(start_log->message, "\r\n")] = '\0';
}

/* A whole PEM file, terminated, in the arena. */
static const char *read_pem(struct arena *arena, const char *path, struct error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0 || status.st_size > MAX_PEM) {
        error_set(error, ERR_INVALID, "cannot read %s: %s", path,
                  file < 0 ? strerror(errno) : "not a PEM file");
        if (file >= 0)
            close(file);
        return NULL;
    }
    char *pem = arena_alloc(arena, (size_t)status.st_size + 1);
    ssize_t got = pem ? read(file, pem, (size_t)status.st_size) : 0;
    close(file);
    if (pem && got == (ssize_t)status.st_size && strstr(pem, "-----BEGIN "))
        return pem;
    error_set(error, ERR_INVALID, "%s is not a PEM file", path);
    return NULL;
}

static struct addrinfo *resolve(struct host_port host_port, struct arena *arena,
                                struct error *error)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char port[8];
    snprintf(port, sizeof(port), "%u", host_port.port);
    const char *host = host_port.host.len > 0 ? text_terminated(arena, host_port.host) : NULL;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code == 0)
        return found;
    error_set(error, ERR_INVALID, "cannot listen on %.*s:%s: %s", TEXT_ARG(host_port.host), port,
              gai_strerror(code));
    return NULL;
}

/* A name can have both kinds of address; people who write "localhost" expect the IPv4 one to work.
 * Without a host, the IPv6 socket takes both. */
static const struct addrinfo *prefer(const struct addrinfo *found, bool has_host)
{
    for (const struct addrinfo *at = found; at; at = at->ai_next)
        if (at->ai_family == (has_host ? AF_INET : AF_INET6))
            return at;
    return found;
}

static int listen_at(const struct addrinfo *at)
{
    int one = 1;
    int zero = 0;
    int listening =
        socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol);
    if (listening < 0)
        return -1;
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (at->ai_family == AF_INET6)
        setsockopt(listening, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
    if (bind(listening, at->ai_addr, at->ai_addrlen) == 0 && listen(listening, LISTEN_BACKLOG) == 0)
        return listening;
    int cause = errno;
    close(listening);
    errno = cause;
    return -1;
}

static const char *listen_reason(int cause)
{
    return cause == EADDRINUSE ? "the port is in use" : strerror(cause);
}

static bool listener_open(struct http_server *server, struct listener *listener, struct text source,
                          struct error *error)
{
    struct host_port host_port;
    if (!host_port_parse(source, &host_port, error))
        return false;
    struct addrinfo *found = resolve(host_port, server->arena, error);
    if (!found)
        return false;
    const struct addrinfo *at = prefer(found, host_port.host.len > 0);
    listener->socket = listen_at(at);
    int cause = errno;
    if (listener->socket < 0 && host_port.host.len == 0 && at != found)
        listener->socket = listen_at(found);
    freeaddrinfo(found);
    if (listener->socket < 0)
        return error_set(error, ERR_UNAVAILABLE, "cannot listen on %.*s: %s", TEXT_ARG(source),
                         listen_reason(cause));
    struct sockaddr_storage bound;
    socklen_t size = sizeof(bound);
    struct address ignored;
    return (getsockname(listener->socket, (struct sockaddr *)&bound, &size) == 0 &&
            address_from_socket((struct sockaddr *)&bound, &ignored, &listener->port)) ||
           error_set(error, ERR_INTERNAL, "cannot listen on %.*s", TEXT_ARG(source));
}

static unsigned loop_count(const struct http_server_options *options)
{
    if (options->threads > 0)
        return options->threads;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (unsigned)cores : 1;
}

/* Seconds, for the one timeout that the library keeps itself: no byte either way. */
static unsigned stall_seconds(const struct http_server_options *options)
{
    unsigned longest = options->send_timeout_ms;
    if (options->idle_timeout_ms > longest)
        longest = options->idle_timeout_ms;
    if (options->request_timeout_ms > longest)
        longest = options->request_timeout_ms;
    return longest / 1000 + 1;
}

/* Targets are taken apart by our own code: the library must leave them alone. */
static size_t leave_escaped(void *data, struct MHD_Connection *handle, char *source)
{
    UNUSED(data);
    UNUSED(handle);
    return strlen(source);
}

static struct MHD_Daemon *daemon_start(struct http_server *server, const char *certificate,
                                       const char *key)
{
    const struct http_server_options *options = &server->options;
    unsigned loops = loop_count(options);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
                     MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_ERROR_LOG |
                     (certificate ? MHD_USE_TLS : 0);
    static char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem pool[] = {
        {loops > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)loops, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    /* The library's own limit only keeps it from refusing: the acceptor does. */
    unsigned limit = options->max_connections > 0 && options->max_connections < 1 << 20
                         ? (unsigned)(options->max_connections + 64) * loops
                         : 1U << 20;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, loop_request, server, MHD_OPTION_EXTERNAL_LOGGER, keep_message, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, connection_notify, server, MHD_OPTION_NOTIFY_COMPLETED,
        loop_completed, server, MHD_OPTION_URI_LOG_CALLBACK, loop_begin, server,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        options->max_header, MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_TIMEOUT,
        stall_seconds(options), MHD_OPTION_ARRAY, pool, MHD_OPTION_ARRAY, certificate ? tls : none,
        MHD_OPTION_END);
}

/* Loops must not take the signals that the main thread waits for. */
static bool listeners_start(struct http_server *server, const char *certificate, const char *key,
                            struct error *error)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    struct start_log log = {0};
    start_log = &log;
    bool fine = watch_start(server, error);
    for (size_t i = 0; fine && i < server->listener_count; i++) {
        struct listener *listener = &server->listeners[i];
        listener->daemon = daemon_start(server, certificate, key);
        fine = listener->daemon ||
               error_set(error, ERR_INVALID, "cannot start the HTTP server: %s",
                         log.message[0] ? log.message : "no more threads or file descriptors");
    }
    start_log = NULL;
    fine = fine && acceptor_start(server, error);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return fine;
}

static bool server_open(struct http_server *server, struct error *error)
{
    const struct http_server_options *options = &server->options;
    const char *certificate = NULL;
    const char *key = NULL;
    if (options->tls_certificate || options->tls_key) {
        if (!options->tls_certificate || !options->tls_key)
            return error_set(error, ERR_INVALID, "TLS needs both a certificate and a key file");
        certificate = read_pem(server->arena, options->tls_certificate, error);
        key = certificate ? read_pem(server->arena, options->tls_key, error) : NULL;
        if (!key)
            return false;
    }
    for (size_t i = 0; i < server->listener_count; i++)
        if (!listener_open(server, &server->listeners[i], options->listen[i], error))
            return false;
    return listeners_start(server, certificate, key, error);
}

static bool copy_options(struct http_server *server, const struct http_server_options *options)
{
    struct address_range *proxies =
        ARENA_ARRAY(server->arena, struct address_range, options->trusted_proxy_count);
    server->listeners = ARENA_ARRAY(server->arena, struct listener, options->listen_count);
    if (!proxies || !server->listeners)
        return false;
    server->options = *options;
    server->listener_count = options->listen_count;
    for (size_t i = 0; i < server->listener_count; i++)
        server->listeners[i].socket = -1;
    if (options->trusted_proxy_count > 0)
        memcpy(proxies, options->trusted_proxies, options->trusted_proxy_count * sizeof(*proxies));
    server->options.trusted_proxies = proxies;
    return true;
}

static struct http_server *server_new(const struct http_server_options *options)
{
    struct http_server *server = calloc(1, sizeof(*server));
    struct arena *arena = arena_new(4 << 20);
    if (!server || !arena) {
        free(server);
        arena_free(arena);
        return NULL;
    }
    server->arena = arena;
    atomic_init(&server->owners, 1);
    server->acceptor_end = -1;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&server->wake_watch, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&server->lock, NULL);
    if (copy_options(server, options))
        return server;
    server_release(server);
    return NULL;
}

struct http_server *http_server_start(const struct http_server_options *options,
                                      struct error *error)
{
    struct http_server *server = server_new(options);
    if (!server) {
        error_set_no_memory(error);
        return NULL;
    }
    if (server_open(server, error)) {
        /* The wiring's copy may be gone after this call. */
        server->options.listen = NULL;
        return server;
    }
    http_server_free(server);
    return NULL;
}

uint16_t http_server_port(const struct http_server *server, size_t index)
{
    return index < server->listener_count ? server->listeners[index].port : 0;
}

const struct http_server_metrics *http_server_metrics(const struct http_server *server)
{
    return &server->metrics;
}

static void sleep_ms(long milliseconds)
{
    struct timespec time = {.tv_nsec = milliseconds * 1000000};
    nanosleep(&time, NULL);
}

static void stop_listening(struct http_server *server)
{
    acceptor_end(server);
    pthread_mutex_lock(&server->lock);
    atomic_store(&server->is_draining, true);
    pthread_cond_signal(&server->wake_watch);
    pthread_mutex_unlock(&server->lock);
}

bool http_server_drain(struct http_server *server, unsigned deadline_ms)
{
    int64_t deadline = http_now_ms() + deadline_ms;
    stop_listening(server);
    while (atomic_load(&server->arriving) > 0 ||
           atomic_load(&server->metrics.open_connections) > 0) {
        if (http_now_ms() > deadline)
            return false;
        sleep_ms(STOP_POLL_MS);
    }
    return true;
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    stop_listening(server);
    pthread_mutex_lock(&server->lock);
    atomic_store(&server->is_stopping, true);
    pthread_cond_signal(&server->wake_watch);
    pthread_mutex_unlock(&server->lock);
    while (atomic_load(&server->metrics.open_connections) > 0 || atomic_load(&server->resuming) > 0)
        sleep_ms(STOP_POLL_MS);
    for (size_t i = 0; i < server->listener_count; i++)
        if (server->listeners[i].daemon)
            MHD_stop_daemon(server->listeners[i].daemon);
    watch_end(server);
    server_release(server);
}
