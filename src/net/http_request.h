/*
 * One HTTP request as a handler sees it, and the ways to answer it. Doors and nouns include this
 * header; only wiring needs net/http_server.h.
 *
 * A handler is called on a server loop once the whole body was read. It must not wait. It does one
 * of three things:
 *
 * 1. http_respond(), and returns: the answer leaves at once.
 * 2. http_suspend(), hands the request to another thread, and returns without touching it again.
 *    That thread then owns the request until it calls http_resume(), which sends the answer that
 * was set. Every suspended request must be resumed exactly once, however late, and even when the
 *    client has gone or the server gave up waiting (answer_timeout): the request stays valid for
 * its owner until then.
 * 3. http_stream_begin(): an answer of unknown length, written from any thread. It may also be
 *    called by the owner of a suspended request, in place of http_resume().
 *
 * All texts of a request live in its arena or in the request, as long as the request does.
 */
#ifndef NET_HTTP_REQUEST_H
#define NET_HTTP_REQUEST_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "net/address.h"

struct http_header {
    struct text name;
    struct text value;
};

/* One decoded query or path parameter. */
struct http_parameter {
    struct text name;
    struct text value;
};

struct http_route;
struct http_stream;

/* All fields are set by the server before the handler runs; handlers only read them. */
struct http_request {
    struct arena *arena; /* the request's; dropped after the answer was sent */
    struct text id;      /* ULID; also sent as X-Request-Id */
    int64_t started;     /* wall clock, microseconds since 1970, when the request line arrived */
    struct text method;  /* as sent: "GET", "LOCK" */
    struct text target;  /* as sent: path and query */
    struct text path;    /* as sent, without the query; still percent-encoded */
    struct text query;   /* as sent, without the question mark */
    bool is_head;        /* the answer's body is not sent */
    bool is_http_1_0;
    bool is_loopback; /* the peer itself, not what a proxy says about it */
    bool is_tls;      /* the connection to us */
    const struct http_header *headers;
    size_t header_count;
    const struct http_parameter *query_parameters; /* decoded, in order */
    size_t query_parameter_count;
    struct text body;
    struct text body_type; /* media type of the body, lower case, no parameters; may be empty */
    struct address peer;   /* the other end of the connection */
    struct address client; /* the peer, or what a trusted proxy says */
    struct text scheme;    /* "http" or "https", as the client sees it */
    struct text host;      /* Host, or what a trusted proxy says; may carry a port; may be empty */
    /* Set by the router. */
    const struct http_route *route;
    const struct http_parameter *path_parameters; /* decoded */
    size_t path_parameter_count;
};

/* Asking. Names of headers ignore case. All give the empty text (at == NULL) when absent. */
struct text http_header_get(const struct http_request *request, struct text name);
struct text http_query_get(const struct http_request *request, struct text name);
struct text http_path_get(const struct http_request *request, struct text name);
/* The value of one cookie, as sent. */
struct text http_cookie_get(const struct http_request *request, struct text name);
/* The credentials of an Authorization header with this scheme ("Bearer"), trimmed. */
struct text http_authorization_get(const struct http_request *request, struct text scheme);
/* Whether an Accept header asks for this media type, exactly or by a wildcard. True when the header
 * is absent. */
bool http_accepts(const struct http_request *request, struct text media_type);
/* scheme://host of this server as the client sees it, in the request's arena. */
struct text http_base_url(const struct http_request *request);

/* Percent-decoding into the arena; plus becomes a blank where asked. False (and no change) for an
 * incomplete escape, a NUL, or without memory. */
MUST_CHECK bool http_percent_decode(struct arena *arena, struct text source, bool plus_is_blank,
                                    struct text *out);

/*
 * Answering. The answer is kept in the request and sent when the handler returns or http_resume is
 * called; setting it again replaces it. A handler that sets none gets a 500 sent for it.
 */

/* status: 200 to 599. content_type is left out when empty. Both texts are borrowed: constants, or
 * in the request's arena. */
void http_respond(struct http_request *request, unsigned status, struct text content_type,
                  struct text body);
/* Adds a header to the answer; copied. Names and values with control characters are refused, so a
 * value that came from outside cannot split the answer. False then, and without memory: the answer
 * becomes a 500. Content-Length, Date and Connection are the server's business. */
bool http_response_header(struct http_request *request, struct text name, struct text value);

/* On the loop, in the handler, before the request is handed to another thread. */
void http_suspend(struct http_request *request);
/* From any thread, once. The request may be gone when this returns. */
void http_resume(struct http_request *request);
/* For the owner of a suspended request that waited long: asks the socket whether the client still
 * listens. A "true" may be out of date at once. */
bool http_peer_is_connected(const struct http_request *request);

/*
 * Streams. The caller owns the handle until it calls http_stream_end, which it must do exactly
 * once. The request stays valid until then. Writes are copied, and never wait: what the client has
 * not yet taken is kept up to max_buffered bytes.
 */
struct http_stream_options {
    struct text content_type;
    size_t max_buffered; /* 0 for 256 KiB */
    /* Called at most once, on a server loop, when the client went away before http_stream_end,
     * which may be called in it. It must not wait. May be NULL. */
    void (*disconnected)(struct http_stream *stream, void *data);
    /* Called on a server loop when a write was refused with HTTP_STREAM_FULL and there is room
     * again. May be NULL. */
    void (*writable)(struct http_stream *stream, void *data);
    /* Called exactly once, after http_stream_end and after the last of the other two: nothing uses
     * data from then on. On a loop or inside http_stream_end. May be NULL. */
    void (*released)(void *data);
    void *data;
};

enum http_stream_result {
    HTTP_STREAM_OK,
    HTTP_STREAM_FULL, /* nothing was taken: the client is slow. Write again later, or end */
    HTTP_STREAM_GONE, /* the client went away: only http_stream_end makes sense */
};

/* Headers set by http_response_header before are sent. NULL without memory: the request then
 * answers 503 by itself. */
struct http_stream *http_stream_begin(struct http_request *request, unsigned status,
                                      const struct http_stream_options *options);
/* All of the text or nothing of it. A text over max_buffered is taken when nothing else waits. */
enum http_stream_result http_stream_write(struct http_stream *stream, struct text text);
/* Sends what is left, then the end. With `broken` the connection is closed without the end mark, so
 * that the client knows that the answer is not whole. Either way the handle is gone. */
void http_stream_end(struct http_stream *stream, bool broken);
struct http_request *http_stream_request(struct http_stream *stream);

#endif
