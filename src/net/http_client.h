/*
 * The HTTP client: one thread that runs all transfers of the process, with an address guard.
 * Webhooks, OIDC discovery and deliveries use http_client_send; the command line and the worker use
 * http_client_fetch, which waits.
 *
 * What it never does: follow redirects unless asked, speak anything but http and https, connect to
 * an address that is not public unless the options allow it (checked on the address that is really
 * connected to, so that a name cannot change its mind in between), raise or catch signals, or keep
 * more of an answer than its limit.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "net/address.h"
#include "net/http_request.h"

struct http_client;
struct http_client_response;

struct http_client_options {
    bool allow_private;                  /* connect to addresses that are not public, too */
    const struct address_range *allowed; /* exceptions, where allow_private is false */
    size_t allowed_count;
    bool use_environment_proxy; /* http_proxy and the like; the guard then checks the proxy */
    const char *ca_file;        /* PEM; NULL for the system's */
    const char *user_agent;     /* NULL for gatehouse/VERSION */
    unsigned max_connections;   /* at once; further transfers wait; 0 for 64 */
    unsigned max_connections_per_host; /* 0 for 16 */
};

struct http_client_request {
    struct text method; /* any token; empty for GET, or POST when there is a body */
    struct text url;
    const struct http_header *headers;
    size_t header_count;
    struct text body;
    unsigned timeout_ms;         /* whole transfer; 0 for 30 s; HTTP_CLIENT_NO_TIMEOUT for none */
    unsigned connect_timeout_ms; /* 0 for 10 s */
    unsigned stall_timeout_ms;   /* cut when nothing arrives for this long; 0 for none */
    size_t max_response;         /* bytes of body; 0 for 16 MiB; streamed bodies are not counted */
    unsigned max_redirects;      /* 0 for none: the 3xx is the answer */
    /* Takes the body piece by piece instead of keeping it; false ends the transfer (CANCELED). May
     * be NULL. Called on the thread of the transfer, after the head is known. */
    bool (*on_body)(const struct http_client_response *head, struct text piece, void *data);
    /* Asked about once a second and at every piece; false ends the transfer. May be NULL. */
    bool (*keep_going)(void *data);
    void *data; /* for the two */
};

enum { HTTP_CLIENT_NO_TIMEOUT = 0x7fffffff };

struct http_client_response {
    unsigned status;
    const struct http_header *headers; /* of the last answer, in order */
    size_t header_count;
    struct text body;
    int64_t duration; /* microseconds */
};

/* On the client's thread; must not wait. response is NULL when the transfer failed, and then error
 * says why; an answer of any status is a success. Both are valid until the call returns. */
typedef void (*http_client_done_fn)(const struct http_client_response *response,
                                    const struct error *error, void *data);

/* Starts the thread. NULL and error when it cannot. */
struct http_client *http_client_new(const struct http_client_options *options, struct error *error);
/* Ends all transfers (their callbacks get CANCELED) and the thread; whoever sends afterwards is
 * refused. NULL is fine. */
void http_client_close(struct http_client *client);
/* The same, and the end of the client: nobody may send any more. */
void http_client_free(struct http_client *client);

/* Copies the request and returns; done is called exactly once when this returned true. False for a
 * malformed URL, method or header, once the client was closed, or without memory. */
MUST_CHECK bool http_client_send(struct http_client *client,
                                 const struct http_client_request *request,
                                 http_client_done_fn done, void *data, struct error *error);
/* Waits for the answer, which is copied into the arena. Not from the client's own callbacks. Errors
 * read "could not connect to HOST:PORT: connection refused". */
MUST_CHECK bool http_client_fetch(struct http_client *client,
                                  const struct http_client_request *request, struct arena *arena,
                                  struct http_client_response *response, struct error *error);

/* Copies an answer into the arena, to be kept. False without memory. */
MUST_CHECK bool http_client_copy(struct arena *arena, const struct http_client_response *response,
                                 struct http_client_response *out);
/* Header of an answer by name, case ignored; empty when absent. */
struct text http_client_header(const struct http_client_response *response, struct text name);
/* Percent-encodes everything but unreserved characters, for one path segment or query value. */
struct text http_percent_encode(struct arena *arena, struct text source);

#endif
