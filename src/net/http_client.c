/* The client's thread, its queue, and what a transfer's result becomes. One transfer is set up in
 * http_transfer.c. */
#include "net/http_client.h"

#include "net/http_transfer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_CONNECTIONS = 64, DEFAULT_PER_HOST = 16, POLL_MS = 1000, MAX_COPY = 1 << 20 };

struct http_client {
    struct http_client_options options; /* with copies of the arrays */
    struct arena *arena;                /* of those copies */
    CURLM *multi;
    pthread_t thread;
    bool runs;
    pthread_mutex_t lock;
    struct transfer *queue;  /* lock; not yet seen by the thread */
    struct transfer *active; /* the thread's */
    bool must_end;           /* lock */
};

static pthread_once_t global_once = PTHREAD_ONCE_INIT;

static void global_init(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void finish(struct http_client *client, struct transfer *transfer, CURLcode code)
{
    struct transfer **link = &client->active;
    while (*link && *link != transfer)
        link = &(*link)->next;
    if (*link)
        *link = transfer->next;
    curl_multi_remove_handle(client->multi, transfer->easy);
    transfer_finish(transfer, code);
    transfer_free(transfer);
}

/* Takes over what was queued; false when the client is to end. */
static bool take_queue(struct http_client *client)
{
    pthread_mutex_lock(&client->lock);
    struct transfer *queue = client->queue;
    bool goes_on = !client->must_end;
    client->queue = NULL;
    pthread_mutex_unlock(&client->lock);
    while (queue) {
        struct transfer *transfer = queue;
        queue = transfer->next;
        transfer->next = client->active;
        client->active = transfer;
        if (curl_multi_add_handle(client->multi, transfer->easy) != CURLM_OK)
            finish(client, transfer, CURLE_OUT_OF_MEMORY);
    }
    return goes_on;
}

static void finish_done(struct http_client *client)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(client->multi, &left))) {
        struct transfer *transfer = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        finish(client, transfer, code);
    }
}

static void *client_run(void *data)
{
    struct http_client *client = data;
    while (take_queue(client)) {
        int running = 0;
        curl_multi_perform(client->multi, &running);
        finish_done(client);
        curl_multi_poll(client->multi, NULL, 0, POLL_MS, NULL);
    }
    while (client->active)
        finish(client, client->active, CURLE_ABORTED_BY_CALLBACK);
    return NULL;
}

/* Signals are the main thread's business; TLS could raise SIGPIPE here. */
static bool start_thread(struct http_client *client)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    client->runs = pthread_create(&client->thread, NULL, client_run, client) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return client->runs;
}

static const char *copy_string(struct arena *arena, const char *string, bool *failed)
{
    const char *copy = string ? text_terminated(arena, text_z(string)) : NULL;
    *failed = *failed || (string && !copy);
    return copy;
}

static bool copy_options(struct http_client *client, const struct http_client_options *options)
{
    bool failed = false;
    struct address_range *allowed =
        ARENA_ARRAY(client->arena, struct address_range, options->allowed_count);
    client->options = *options;
    client->options.ca_file = copy_string(client->arena, options->ca_file, &failed);
    client->options.user_agent = copy_string(
        client->arena, options->user_agent ? options->user_agent : "gatehouse/" GATEHOUSE_VERSION,
        &failed);
    if (!allowed || failed)
        return false;
    if (options->allowed_count > 0)
        memcpy(allowed, options->allowed, options->allowed_count * sizeof(*allowed));
    client->options.allowed = allowed;
    return true;
}

static long limit_or(unsigned limit, long otherwise)
{
    return limit > 0 ? (long)limit : otherwise;
}

static bool client_open(struct http_client *client, const struct http_client_options *options)
{
    pthread_mutex_init(&client->lock, NULL);
    client->arena = arena_new(MAX_COPY);
    client->multi = curl_multi_init();
    if (!client->arena || !client->multi || !copy_options(client, options))
        return false;
    curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                      limit_or(options->max_connections, DEFAULT_CONNECTIONS));
    curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      limit_or(options->max_connections_per_host, DEFAULT_PER_HOST));
    return start_thread(client);
}

struct http_client *http_client_new(const struct http_client_options *options, struct error *error)
{
    pthread_once(&global_once, global_init);
    struct http_client *client = calloc(1, sizeof(*client));
    if (!client) {
        error_set_no_memory(error);
        return NULL;
    }
    if (client_open(client, options))
        return client;
    http_client_free(client);
    error_set(error, ERR_UNAVAILABLE, "cannot start the HTTP client");
    return NULL;
}

void http_client_close(struct http_client *client)
{
    if (!client || !client->runs)
        return;
    pthread_mutex_lock(&client->lock);
    client->must_end = true;
    pthread_mutex_unlock(&client->lock);
    curl_multi_wakeup(client->multi);
    pthread_join(client->thread, NULL);
    client->runs = false;
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    http_client_close(client);
    curl_multi_cleanup(client->multi);
    pthread_mutex_destroy(&client->lock);
    arena_free(client->arena);
    free(client);
}

bool http_client_send(struct http_client *client, const struct http_client_request *request,
                      http_client_done_fn done, void *data, struct error *error)
{
    struct transfer *transfer = transfer_new(&client->options, request, error);
    if (!transfer)
        return false;
    transfer->done = done;
    transfer->done_data = data;
    pthread_mutex_lock(&client->lock);
    bool accepted = !client->must_end;
    if (accepted) {
        transfer->next = client->queue;
        client->queue = transfer;
    }
    pthread_mutex_unlock(&client->lock);
    if (!accepted) {
        transfer_free(transfer);
        return error_set(error, ERR_CANCELED, "the server is about to stop");
    }
    curl_multi_wakeup(client->multi);
    return true;
}

/* A caller that waits, on its stack. */
struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t ready;
    bool is_done;
    bool is_fine;
    struct arena *arena;
    struct http_client_response *response;
    struct error *error;
};

static bool copy_headers(struct arena *arena, const struct http_client_response *from,
                         struct http_client_response *to)
{
    struct http_header *headers = ARENA_ARRAY(arena, struct http_header, from->header_count);
    for (size_t i = 0; headers && i < from->header_count; i++)
        headers[i] = (struct http_header){text_copy(arena, from->headers[i].name),
                                          text_copy(arena, from->headers[i].value)};
    to->headers = headers;
    return headers != NULL;
}

bool http_client_copy(struct arena *arena, const struct http_client_response *response,
                      struct http_client_response *out)
{
    *out = *response;
    out->body = text_copy(arena, response->body);
    return copy_headers(arena, response, out) && !arena_failed(arena);
}

static void wake_waiter(const struct http_client_response *response, const struct error *error,
                        void *data)
{
    struct waiter *waiter = data;
    pthread_mutex_lock(&waiter->lock);
    waiter->is_done = true;
    /* The waiting caller does not touch its arena meanwhile. */
    if (!response)
        *waiter->error = *error;
    else if (!(waiter->is_fine = http_client_copy(waiter->arena, response, waiter->response)))
        error_set_no_memory(waiter->error);
    pthread_cond_signal(&waiter->ready);
    pthread_mutex_unlock(&waiter->lock);
}

bool http_client_fetch(struct http_client *client, const struct http_client_request *request,
                       struct arena *arena, struct http_client_response *response,
                       struct error *error)
{
    struct waiter waiter = {.lock = PTHREAD_MUTEX_INITIALIZER,
                            .ready = PTHREAD_COND_INITIALIZER,
                            .arena = arena,
                            .response = response,
                            .error = error};
    if (!http_client_send(client, request, wake_waiter, &waiter, error))
        return false;
    pthread_mutex_lock(&waiter.lock);
    while (!waiter.is_done)
        pthread_cond_wait(&waiter.ready, &waiter.lock);
    pthread_mutex_unlock(&waiter.lock);
    pthread_cond_destroy(&waiter.ready);
    pthread_mutex_destroy(&waiter.lock);
    return waiter.is_fine;
}

struct text http_client_header(const struct http_client_response *response, struct text name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (text_equal_ignoring_case(response->headers[i].name, name))
            return response->headers[i].value;
    return (struct text){0};
}

static bool is_unreserved(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

struct text http_percent_encode(struct arena *arena, struct text source)
{
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = arena_alloc_array(arena, source.len, 3);
    if (!encoded)
        return (struct text){0};
    size_t len = 0;
    for (size_t i = 0; i < source.len; i++) {
        unsigned char c = (unsigned char)source.at[i];
        if (is_unreserved(source.at[i])) {
            encoded[len++] = source.at[i];
            continue;
        }
        encoded[len++] = '%';
        encoded[len++] = digits[c >> 4];
        encoded[len++] = digits[c & 15];
    }
    return (struct text){encoded, len};
}
