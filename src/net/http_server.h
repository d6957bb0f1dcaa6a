/*
 * The HTTP server: listening sockets, loops (one thread per core), connections, limits and the
 * graceful stop. The protocol library behind it shows nowhere. Wiring starts one server and gives
 * it one handler; handlers work with net/http_request.h.
 *
 * What the server refuses by itself, before any handler: ambiguous framing (two Content-Length,
 * Transfer-Encoding or Host headers, an unknown coding, a length that is not a plain number),
 * control characters in headers, HTTP/1.1 without Host, bodies and headers over their limits,
 * requests that arrive slower than their deadline, and connections over the limits.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "base/error.h"
#include "net/http_request.h"

#include <stdatomic.h>

struct http_server;

/* On a loop thread; see net/http_request.h for what it may do. */
typedef void (*http_handle_fn)(struct http_request *request, void *data);
/* On a loop thread, after the answer was sent or its connection broke (`sent` false). For access
 * logs; the request is about to be dropped. Not called for requests refused before the handler. */
typedef void (*http_completed_fn)(const struct http_request *request, unsigned status,
                                  size_t body_bytes, bool sent, void *data);
/* Writes the body of an error that the server answers by itself, in the shape of the door that the
 * path belongs to, by http_respond. Headers and body may be missing in the request. */
typedef void (*http_refuse_fn)(struct http_request *request, unsigned status, const char *reason,
                               void *data);

struct http_server_options {
    const struct text *listen; /* HOST:PORT each; IP addresses or names; port 0 picks one */
    size_t listen_count;
    unsigned threads;                /* loops; 0 for one per core */
    const char *tls_certificate;     /* PEM file with the chain; NULL for plain HTTP */
    const char *tls_key;             /* PEM file */
    size_t max_body;                 /* bytes; 413 above */
    size_t max_header;               /* bytes of request line and headers; 431 above */
    size_t max_arena;                /* cap of a request's arena, the body included */
    unsigned request_timeout_ms;     /* for a request to arrive whole, whatever it trickles */
    unsigned idle_timeout_ms;        /* for a kept-alive connection to send the next one */
    unsigned answer_timeout_ms;      /* for a suspended request to be resumed; 503 after it */
    unsigned send_timeout_ms;        /* for the client to take an answer, plus 1 s per 16 KiB */
    size_t max_connections;          /* 0 for no limit */
    size_t max_connections_per_peer; /* per peer address, trusted proxies exempt; 0 for no limit */
    const struct address_range *trusted_proxies; /* whose X-Forwarded-* headers count */
    size_t trusted_proxy_count;
    size_t gzip_min_bytes; /* answers from this size are compressed if accepted; 0 for never */
    http_handle_fn handle;
    http_completed_fn completed; /* may be NULL */
    http_refuse_fn refuse;       /* may be NULL: a short JSON object then */
    void *data;                  /* for the three */
};

/* Everything since the start; relaxed counters, readable at any time. */
struct http_server_metrics {
    atomic_uint_least64_t requests[6];         /* answered, by first digit of the status */
    atomic_uint_least64_t refused_requests;    /* answered by the server without the handler */
    atomic_uint_least64_t broken_requests;     /* begun, and no answer reached the client */
    atomic_uint_least64_t timed_out;           /* connections cut and requests given up late */
    atomic_uint_least64_t connections;         /* accepted */
    atomic_uint_least64_t refused_connections; /* over a limit */
    atomic_uint_least64_t bytes_received;      /* of bodies */
    atomic_uint_least64_t bytes_sent;          /* of bodies, after compression */
    atomic_int_least64_t open_connections;
    atomic_int_least64_t requests_in_flight;
    atomic_int_least64_t suspended_requests;
    atomic_int_least64_t open_streams;
};

/* Sane values for everything but listen and handle. */
void http_server_default_options(struct http_server_options *options);

/* Listens and serves when it returns. Texts and arrays of the options are copied. NULL with an
 * error that names the address and the reason ("cannot listen on 127.0.0.1:8088: address in use").
 */
struct http_server *http_server_start(const struct http_server_options *options,
                                      struct error *error);
/* The port that listener `index` really has. */
uint16_t http_server_port(const struct http_server *server, size_t index);
const struct http_server_metrics *http_server_metrics(const struct http_server *server);

/*
 * Graceful stop, in two steps so that wiring can stop its own threads between them.
 * drain: stops accepting, finishes what is in flight, closes idle connections, ends no stream by
 * itself; returns true when nothing is left, false at the deadline. Streams should be ended by
 * their owners meanwhile. free: cuts what is left and releases everything. All suspended requests
 * must have been resumed and all streams ended by then; requests and streams still owned by
 * somebody are waited for.
 */
bool http_server_drain(struct http_server *server, unsigned deadline_ms);
void http_server_free(struct http_server *server);

#endif
