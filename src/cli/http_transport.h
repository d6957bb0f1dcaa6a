/*
 * The real way to a server: the HTTP client of src/net, and Ctrl-C. The first Ctrl-C ends the
 * transfer or the wait at hand, so that a command can end cleanly; a second one ends the process.
 */
#ifndef CLI_HTTP_TRANSPORT_H
#define CLI_HTTP_TRANSPORT_H

#include "cli/api.h"

struct http_transport;

/* NULL without memory. The client is started at the first request. */
struct http_transport *http_transport_new(void);
/* NULL is fine. */
void http_transport_free(struct http_transport *transport);

/* An api_transport_fn. */
MUST_CHECK bool http_transport_send(void *transport, const struct api_request *request,
                                    struct arena *arena, struct api_answer *out,
                                    struct error *error);
/* cli->wait. */
bool http_transport_wait(void *transport, unsigned milliseconds);

#endif
