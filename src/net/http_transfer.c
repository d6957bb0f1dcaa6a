/* Setting one transfer up, its callbacks, and the words for what went wrong. */
#include "net/http_transfer.h"

#include "net/http_syntax.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    DEFAULT_TIMEOUT_MS = 30000,
    DEFAULT_CONNECT_MS = 10000,
    DEFAULT_MAX_RESPONSE = 16 << 20,
    MAX_RESPONSE_HEADERS = 128 * 1024,
    OVERHEAD = 1 << 20, /* of an arena, beyond bodies */
};

/* The address guard: sees what is really connected to, whatever a name said before. */
static bool is_allowed(const struct http_client_options *options, const struct address *address)
{
    if (options->allow_private || address_is_public(address))
        return true;
    for (size_t i = 0; i < options->allowed_count; i++)
        if (address_range_contains(&options->allowed[i], address))
            return true;
    return false;
}

static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *at)
{
    UNUSED(purpose);
    struct transfer *transfer = data;
    struct address address = {0};
    if (!address_from_socket(&at->addr, &address, NULL) ||
        !is_allowed(transfer->options, &address)) {
        transfer->refused = address;
        return CURL_SOCKET_BAD;
    }
    return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

static bool is_canceled(struct transfer *transfer)
{
    if (!transfer->request.keep_going || transfer->request.keep_going(transfer->request.data))
        return false;
    transfer->stop = STOP_CANCELED;
    return true;
}

static int on_progress(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    UNUSED(a);
    UNUSED(b);
    UNUSED(c);
    UNUSED(d);
    return is_canceled(data) ? 1 : 0;
}

/* One header line. A status line starts over: what came before was a redirect or a 100. */
static size_t on_header(char *at, size_t size, size_t count, void *data)
{
    UNUSED(size);
    struct transfer *transfer = data;
    struct text line = {at, count};
    transfer->header_bytes += count;
    if (transfer->header_bytes > MAX_RESPONSE_HEADERS) {
        transfer->stop = STOP_TOO_LARGE;
        return 0;
    }
    if (text_starts_with(line, TEXT("HTTP/"))) {
        transfer->response_headers.len = 0;
        return count;
    }
    size_t colon = text_find_byte(line, ':', 0);
    if (colon == line.len)
        return count;
    struct http_header *header = list_push(&transfer->response_headers);
    if (header)
        *header = (struct http_header){
            text_copy(transfer->arena, text_trim(text_slice(line, 0, colon))),
            text_copy(transfer->arena, text_trim(text_slice(line, colon + 1, line.len)))};
    if (!arena_failed(transfer->arena))
        return count;
    transfer->stop = STOP_NO_MEMORY;
    return 0;
}

static void set_head(struct transfer *transfer)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    transfer->response.status = (unsigned)status;
    transfer->response.headers = LIST_ITEMS(&transfer->response_headers, struct http_header);
    transfer->response.header_count = transfer->response_headers.len;
}

static size_t on_body(char *at, size_t size, size_t count, void *data)
{
    UNUSED(size);
    struct transfer *transfer = data;
    const struct http_client_request *request = &transfer->request;
    struct text piece = {at, count};
    if (is_canceled(transfer))
        return 0;
    if (request->on_body) {
        set_head(transfer);
        if (request->on_body(&transfer->response, piece, request->data))
            return count;
        transfer->stop = STOP_CANCELED;
        return 0;
    }
    if (count > request->max_response - transfer->body.len) {
        transfer->stop = STOP_TOO_LARGE;
        return 0;
    }
    buffer_add(&transfer->body, piece);
    if (!transfer->body.failed)
        return count;
    transfer->stop = STOP_NO_MEMORY;
    return 0;
}

static bool append_line(struct transfer *transfer, const char *line)
{
    struct curl_slist *grown = line ? curl_slist_append(transfer->headers, line) : NULL;
    if (grown)
        transfer->headers = grown;
    return grown != NULL;
}

/* An empty value needs a semicolon in the library's notation. */
static bool append_header(struct transfer *transfer, const struct http_header *header)
{
    struct text line = header->value.len > 0
                           ? text_format(transfer->arena, "%.*s: %.*s", TEXT_ARG(header->name),
                                         TEXT_ARG(header->value))
                           : text_format(transfer->arena, "%.*s;", TEXT_ARG(header->name));
    return line.at && append_line(transfer, text_terminated(transfer->arena, line));
}

/* The library would invent a form's Content-Type and wait a second for 100-continue. */
static bool set_headers(struct transfer *transfer, const struct http_client_request *request,
                        struct error *error)
{
    bool has_type = false;
    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        if (!http_is_token(header->name) || !http_is_field_value(header->value))
            return error_set(error, ERR_INVALID, "a header of the request is malformed");
        has_type = has_type || text_equal_ignoring_case(header->name, TEXT("Content-Type"));
        if (!append_header(transfer, header))
            return error_set_no_memory(error);
    }
    if ((!has_type && !append_line(transfer, "Content-Type:")) || !append_line(transfer, "Expect:"))
        return error_set_no_memory(error);
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
    return true;
}

static bool set_method(struct transfer *transfer, const struct http_client_request *request,
                       struct error *error)
{
    CURL *easy = transfer->easy;
    struct text method = request->method;
    if (method.len == 0)
        method = request->body.len > 0 ? TEXT("POST") : TEXT("GET");
    if (!http_is_token(method))
        return error_set(error, ERR_INVALID, "the method of the request is malformed");
    bool has_body = request->body.len > 0 || text_equal(method, TEXT("POST")) ||
                    text_equal(method, TEXT("PUT")) || text_equal(method, TEXT("PATCH"));
    if (has_body) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        struct text body = text_copy(transfer->arena, request->body);
        if (request->body.len > 0 && !body.at)
            return error_set_no_memory(error);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.len > 0 ? body.at : "");
    } else if (text_equal(method, TEXT("HEAD"))) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return true;
    }
    if (text_equal(method, has_body ? TEXT("POST") : TEXT("GET")))
        return true;
    const char *custom = text_terminated(transfer->arena, method);
    return (custom && curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, custom) == CURLE_OK) ||
           error_set_no_memory(error);
}

static struct text print_host_port(struct arena *arena, CURLU *url)
{
    char *host = NULL;
    char *port = NULL;
    struct text out = {0};
    if (curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
        out = text_format(arena, "%s:%s", host, port);
    curl_free(host);
    curl_free(port);
    return out;
}

static bool set_url(struct transfer *transfer, struct text url, struct error *error)
{
    char *terminated = text_terminated(transfer->arena, url);
    if (!terminated ||
        !(text_starts_with(url, TEXT("http://")) || text_starts_with(url, TEXT("https://"))))
        return error_set(error, ERR_INVALID, "the URL does not begin with http:// or https://");
    CURLU *parsed = curl_url();
    if (!parsed)
        return error_set_no_memory(error);
    CURLUcode code = curl_url_set(parsed, CURLUPART_URL, terminated, 0);
    if (code == CURLUE_OK)
        transfer->host_port = print_host_port(transfer->arena, parsed);
    curl_url_cleanup(parsed);
    if (code != CURLUE_OK || transfer->host_port.len == 0)
        return error_set(error, ERR_INVALID, "the URL is malformed");
    curl_easy_setopt(transfer->easy, CURLOPT_URL, terminated);
    return true;
}

static long or_default(unsigned value, long otherwise)
{
    return value > 0 ? (long)value : otherwise;
}

static void set_limits(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_client_request *request = &transfer->request;
    if (request->timeout_ms != HTTP_CLIENT_NO_TIMEOUT)
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                         or_default(request->timeout_ms, DEFAULT_TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     or_default(request->connect_timeout_ms, DEFAULT_CONNECT_MS));
    if (request->stall_timeout_ms > 0) {
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (request->stall_timeout_ms + 999L) / 1000);
    }
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request->max_redirects > 0 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)request->max_redirects);
}

static void set_connection(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_client_options *options = transfer->options;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    if (!options->use_environment_proxy)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (options->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
}

static void set_callbacks(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->reason);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    if (!transfer->request.keep_going)
        return;
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, transfer);
}

static bool transfer_open(struct transfer *transfer, const struct http_client_request *request,
                          struct error *error)
{
    size_t max = transfer->request.max_response;
    /* A growing buffer leaves its former selves in the arena. */
    transfer->arena = arena_new(3 * max + 2 * request->body.len + OVERHEAD);
    transfer->easy = curl_easy_init();
    if (!transfer->arena || !transfer->easy)
        return error_set_no_memory(error);
    buffer_init(&transfer->body, transfer->arena, max);
    list_init(&transfer->response_headers, transfer->arena, sizeof(struct http_header));
    set_limits(transfer);
    set_connection(transfer);
    set_callbacks(transfer);
    return set_url(transfer, request->url, error) && set_method(transfer, request, error) &&
           set_headers(transfer, request, error);
}

struct transfer *transfer_new(const struct http_client_options *options,
                              const struct http_client_request *request, struct error *error)
{
    struct transfer *transfer = calloc(1, sizeof(*transfer));
    if (!transfer) {
        error_set_no_memory(error);
        return NULL;
    }
    transfer->options = options;
    transfer->request = *request;
    if (transfer->request.max_response == 0)
        transfer->request.max_response = DEFAULT_MAX_RESPONSE;
    if (transfer_open(transfer, request, error))
        return transfer;
    transfer_free(transfer);
    return NULL;
}

void transfer_free(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    arena_free(transfer->arena);
    free(transfer);
}

static void explain_connect(struct transfer *transfer, struct error *error)
{
    struct text at = transfer->host_port;
    char printed[ADDRESS_TEXT_SIZE];
    long cause = 0;
    if (transfer->refused.family != ADDRESS_NONE) {
        address_print(&transfer->refused, printed);
        error_set(error, ERR_DENIED, "may not connect to %.*s: %s is not a public address",
                  TEXT_ARG(at), printed);
        return;
    }
    curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &cause);
    const char *description = cause != 0 ? strerrordesc_np((int)cause) : NULL;
    char reason[80];
    snprintf(reason, sizeof(reason), "%s", description ? description : "no route");
    reason[0] = (char)tolower((unsigned char)reason[0]);
    error_set(error, ERR_UNAVAILABLE, "could not connect to %.*s: %s", TEXT_ARG(at), reason);
}

static void explain_timeout(struct transfer *transfer, struct error *error)
{
    double connected = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME, &connected);
    error_set(error, ERR_UNAVAILABLE, "%s %.*s in time",
              connected > 0 ? "no complete answer from" : "could not connect to",
              TEXT_ARG(transfer->host_port));
}

static void explain(struct transfer *transfer, CURLcode code, struct error *error)
{
    struct text at = transfer->host_port;
    const char *detail = transfer->reason[0] ? transfer->reason : curl_easy_strerror(code);
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        error_set(error, ERR_UNAVAILABLE, "could not find the host of %.*s", TEXT_ARG(at));
        return;
    case CURLE_COULDNT_CONNECT: explain_connect(transfer, error); return;
    case CURLE_OPERATION_TIMEDOUT: explain_timeout(transfer, error); return;
    case CURLE_ABORTED_BY_CALLBACK:
        error_set(error, ERR_CANCELED, "the request to %.*s was given up", TEXT_ARG(at));
        return;
    case CURLE_TOO_MANY_REDIRECTS:
        error_set(error, ERR_UNAVAILABLE, "%.*s redirects too often", TEXT_ARG(at));
        return;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
        error_set(error, ERR_UNAVAILABLE, "no secure connection to %.*s: %s", TEXT_ARG(at), detail);
        return;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        error_set(error, ERR_UNAVAILABLE, "%.*s closed the connection before the answer was whole",
                  TEXT_ARG(at));
        return;
    default:
        error_set(error, ERR_UNAVAILABLE, "the request to %.*s failed: %s", TEXT_ARG(at), detail);
    }
}

static void explain_stop(struct transfer *transfer, struct error *error)
{
    struct text at = transfer->host_port;
    if (transfer->stop == STOP_TOO_LARGE)
        error_set(error, ERR_TOO_LARGE, "the answer of %.*s is larger than %zu bytes", TEXT_ARG(at),
                  transfer->request.max_response);
    else if (transfer->stop == STOP_CANCELED)
        error_set(error, ERR_CANCELED, "the request to %.*s was given up", TEXT_ARG(at));
    else
        error_set_no_memory(error);
}

void transfer_finish(struct transfer *transfer, CURLcode code)
{
    struct error error = {0};
    if (transfer->stop != STOP_NONE) {
        explain_stop(transfer, &error);
    } else if (code != CURLE_OK) {
        explain(transfer, code, &error);
    } else {
        curl_off_t duration = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &duration);
        set_head(transfer);
        transfer->response.duration = duration;
        transfer->response.body = buffer_text(&transfer->body);
    }
    transfer->done(error_is_set(&error) ? NULL : &transfer->response, &error, transfer->done_data);
}
