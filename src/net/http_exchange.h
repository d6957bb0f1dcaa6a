/*
 * Inside of the HTTP server; only http_*.c of this folder include it. Three things and their lives:
 *
 * - struct connection: from accept to close, in the server's list. The loop that runs it changes
 * it; the watch thread reads `phase` and `deadline`, and under the server's lock the members that
 * say who waits on it.
 * - struct exchange: one request and its answer, in its own arena. The loop owns it; a second owner
 *   is whoever holds a suspended request or a stream. The last owner drops it.
 * - struct http_stream: see http_stream.c.
 *
 * Order of locks: server->lock, then stream->lock, then those of the protocol library.
 */
#ifndef NET_HTTP_EXCHANGE_H
#define NET_HTTP_EXCHANGE_H

#include "base/list.h"
#include "base/ulid.h"
#include "net/http_peers.h"
#include "net/http_server.h"

#include <microhttpd.h>
#include <pthread.h>

enum exchange_state {
    EXCHANGE_ON_LOOP,   /* nobody but the loop has it */
    EXCHANGE_SUSPENDED, /* its owner will call http_resume */
    EXCHANGE_RESUMED,   /* the owner is done; the loop answers next */
    EXCHANGE_GIVEN_UP,  /* the server stopped waiting; the owner may still hold it */
};

struct answer {
    unsigned status; /* 0 while none is set */
    struct text content_type;
    struct text body;
    struct list headers; /* struct http_header */
    bool failed;         /* a header was refused or memory ran out: a 500 goes out */
};

/* Why the server refuses a request by itself; reason NULL when it does not. */
struct refusal {
    unsigned status;
    const char *reason;
};

struct exchange {
    struct http_request request; /* first, so that one pointer is the other */
    struct http_server *server;
    struct connection *connection; /* NULL under the lock once the connection let go */
    struct http_stream *stream;
    struct answer answer;
    struct refusal refusal;
    atomic_int state;
    atomic_int owners;
    bool is_checked;    /* headers were seen and judged */
    bool was_handed_on; /* suspended or streamed at least once: take the lock at the end */
    bool handler_ran;
    size_t body_size;    /* bytes allocated for the body */
    size_t body_dropped; /* bytes past the limit, read and forgotten */
    size_t sent_bytes;
    char id[ULID_LENGTH + 1];
};

enum connection_phase {
    PHASE_IDLE,      /* between requests, or new */
    PHASE_RECEIVING, /* a request line came, the rest is due */
    PHASE_HANDLING,  /* the handler or the owner of the suspended request has it */
    PHASE_SENDING,
    PHASE_STREAMING,
};

struct connection {
    struct connection *previous, *next; /* server->lock */
    struct http_server *server;
    struct MHD_Connection *handle;
    int socket;
    struct address peer;
    bool is_trusted_proxy;
    bool closes_late;            /* loop: an early answer must not be lost by a reset */
    struct exchange *exchange;   /* loop: the one that was begun and not completed */
    struct exchange *suspended;  /* server->lock */
    struct http_stream *stream;  /* server->lock */
    _Atomic int64_t deadline;    /* monotonic milliseconds; 0 for none */
    _Atomic int64_t phase_since; /* monotonic milliseconds */
    atomic_int phase;            /* enum connection_phase */
};

struct listener {
    struct MHD_Daemon *daemon;
    int socket; /* -1 once it takes no clients any more */
    uint16_t port;
};

/* A socket that is closed only after the client had time to read the last answer. */
struct lingering {
    int socket;
    int64_t until; /* monotonic milliseconds */
};

enum { MAX_LINGERING = 64, LISTEN_BACKLOG = 1024 };

struct http_server {
    struct http_server_options options; /* with copies of the arrays */
    struct arena *arena;                /* of those copies and the listeners */
    struct listener *listeners;
    size_t listener_count;
    struct http_server_metrics metrics;
    pthread_mutex_t lock;
    struct connection *connections;            /* lock */
    struct http_peers peers;                   /* lock; also of those that arrive */
    struct lingering lingering[MAX_LINGERING]; /* lock */
    size_t lingering_count;                    /* lock */
    pthread_t acceptor;
    bool acceptor_runs;
    int acceptor_end;      /* event descriptor */
    struct pollfd *polled; /* acceptor: the listening sockets, and the event that ends it */
    pthread_t watch;
    bool watch_runs;
    pthread_cond_t wake_watch;
    atomic_bool is_draining;
    atomic_bool is_stopping; /* cut everything */
    bool watch_must_end;     /* lock */
    atomic_int arriving;     /* clients accepted whose connection is not open yet */
    atomic_int resuming;     /* threads inside the library's resume call */
    atomic_int owners;       /* the wiring, and each exchange that left its loop */
};

struct exchange *exchange_of(struct http_request *request);
const struct exchange *exchange_of_const(const struct http_request *request);

/* Monotonic milliseconds, cheap and coarse (4 ms). */
int64_t http_now_ms(void);

/* http_exchange.c: life of an exchange. */
struct exchange *exchange_new(struct http_server *server, struct connection *connection,
                              struct text target);
void exchange_share(struct exchange *exchange);
void exchange_drop(struct exchange *exchange);
/* Wakes the loop for a suspended exchange once its state has left SUSPENDED. */
void exchange_wake(struct exchange *exchange);
/* For the watch thread, lock held: takes a suspended request from its owner. */
void exchange_give_up(struct exchange *exchange);
void server_release(struct http_server *server);

/* http_head.c: request line and headers into struct http_request; refusal when they are not fit. */
struct refusal head_read_target(struct exchange *exchange, struct text target);
struct refusal head_read(struct exchange *exchange, struct MHD_Connection *handle,
                         const char *method, const char *version);

/* http_forwarded.c: client, scheme and host as a trusted proxy says. Only for requests from one. */
void forwarded_apply(struct http_request *request, const struct http_server_options *options);

/* http_answer.c */
enum MHD_Result answer_send(struct exchange *exchange, struct MHD_Connection *handle);
enum MHD_Result answer_send_stream(struct exchange *exchange, struct MHD_Connection *handle);
void answer_refuse(struct exchange *exchange, unsigned status, const char *reason);

/* http_accept.c: takes clients until its end, which closes the listening sockets. The end may be
 * called again. */
bool acceptor_start(struct http_server *server, struct error *error);
void acceptor_end(struct http_server *server);
/* A client that was let in is a connection now, or was lost on the way. */
void connection_arrived(struct http_server *server, const struct address *peer, bool is_open);

/* http_connection.c: callbacks of the protocol library about sockets. */
bool connection_is_of_proxy(const struct http_server *server, const struct address *peer);
void connection_notify(void *data, struct MHD_Connection *handle, void **context,
                       enum MHD_ConnectionNotificationCode code);
void connection_enter(struct connection *connection, enum connection_phase phase,
                      int64_t allowed_ms);
void connection_cut(struct connection *connection);

/* http_loop.c: callbacks of the protocol library about requests. */
void *loop_begin(void *data, const char *target, struct MHD_Connection *handle);
enum MHD_Result loop_request(void *data, struct MHD_Connection *handle, const char *url,
                             const char *method, const char *version, const char *piece,
                             size_t *piece_size, void **context);
void loop_completed(void *data, struct MHD_Connection *handle, void **context,
                    enum MHD_RequestTerminationCode code);

/* http_stream.c */
ssize_t stream_read(void *data, uint64_t position, char *out, size_t max);
void stream_connection_closed(struct http_stream *stream);
/* For the watch thread: makes the loop notice that the client is gone. */
void stream_abort(struct http_stream *stream);

/* http_watch.c */
bool watch_start(struct http_server *server, struct error *error);
void watch_end(struct http_server *server);

/* http_gzip.c: whether to compress, and the compressed text, in the arena; empty when it is not
 * worth it. */
bool gzip_is_wanted(const struct http_request *request, struct text content_type);
struct text gzip_compress(struct arena *arena, struct text body);

#endif
