/*
 * One transfer of the HTTP client, from the checked request to the result. Inside of the client:
 * only http_client.c includes it. A transfer is made on the caller's thread and lives on the
 * client's.
 */
#ifndef NET_HTTP_TRANSFER_H
#define NET_HTTP_TRANSFER_H

#include "base/buffer.h"
#include "base/list.h"
#include "net/http_client.h"

#include <curl/curl.h>

/* Why a callback of ours ended a transfer. */
enum transfer_stop {
    STOP_NONE,
    STOP_TOO_LARGE,
    STOP_CANCELED,
    STOP_NO_MEMORY,
};

struct transfer {
    struct transfer *next; /* in the client's queue or list */
    const struct http_client_options *options;
    struct http_client_request request; /* callbacks and limits; its texts are not kept */
    struct arena *arena;
    CURL *easy;
    struct curl_slist *headers;
    struct text host_port; /* for messages */
    struct http_client_response response;
    struct list response_headers; /* struct http_header */
    size_t header_bytes;
    struct buffer body;
    enum transfer_stop stop;
    struct address refused; /* by the guard; family NONE when nothing was */
    char reason[CURL_ERROR_SIZE];
    http_client_done_fn done;
    void *done_data;
};

/* NULL and error for a malformed request. */
struct transfer *transfer_new(const struct http_client_options *options,
                              const struct http_client_request *request, struct error *error);
/* Calls done with the result. */
void transfer_finish(struct transfer *transfer, CURLcode code);
void transfer_free(struct transfer *transfer);

#endif
