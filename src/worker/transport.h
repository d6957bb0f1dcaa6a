/*
 * How the worker talks to the server: one function that sends a request and waits for the answer.
 * The real one goes over HTTP; tests put a server of their own behind it. Called from several
 * threads.
 */
#ifndef WORKER_TRANSPORT_H
#define WORKER_TRANSPORT_H

#include "base/error.h"
#include "base/text.h"

struct transport_request {
    const char *method;
    struct text path; /* below /worker/v1, with its slash */
    struct text body;
    const char *content_type; /* NULL for JSON */
    unsigned timeout_ms;
    size_t max_answer; /* bytes; 0 for 16 MiB */
    /* Asked about once a second; false ends the wait with CANCELED. May be NULL. */
    bool (*keep_going)(void *data);
    void *data;
};

struct transport_answer {
    unsigned status;
    struct text body; /* in the arena of the call */
};

struct transport {
    /* False when there was no answer; any status is one. */
    bool (*send)(void *data, const struct transport_request *request, struct arena *arena,
                 struct transport_answer *answer, struct error *error);
    void *data;
};

struct http_client;

struct transport_http {
    struct http_client *client;
    struct text server;        /* https://host[:port][/prefix], without a slash at its end */
    struct text authorization; /* the whole header value; wiped on close */
    struct arena *arena;
};

/* Starts the HTTP client's thread. Server and token are copied. */
MUST_CHECK bool transport_http_open(struct transport_http *http, const char *server,
                                    const char *token, const char *ca_file, struct error *error);
void transport_http_close(struct transport_http *http);
/* Borrows `http`. */
struct transport transport_http(struct transport_http *http);

#endif
