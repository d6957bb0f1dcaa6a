/* One epoll loop, one connection after the other; latencies go into a histogram. */
#include "load_run.h"

#include "base/clock.h"
#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ANSWER_SIZE = 256 * 1024, /* the largest answer */
    FINE_BUCKETS = 20000,     /* of 1 µs */
    COARSE_BUCKETS = 10000,   /* of 1 ms */
    EVENTS = 64,
};

struct connection {
    int socket;
    int64_t sent_at;
    size_t len;   /* of the answer so far */
    size_t whole; /* length of the answer, 0 while its head is not complete */
    char *answer;
};

struct run {
    const struct load *load;
    struct text *requests;
    size_t request_count, next_request;
    struct connection *connections;
    int poll;
    uint64_t fine[FINE_BUCKETS], coarse[COARSE_BUCKETS];
    struct load_result *result;
    struct error *error;
};

static bool connect_to(struct run *run, struct connection *connection)
{
    struct host_port target;
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct address address;
    if (!host_port_parse(run->load->address, &target, run->error))
        return false;
    if (!address_parse(target.host, &address) || address.family != ADDRESS_IPV4)
        return error_set(run->error, ERR_INVALID, "%.*s is not an IPv4 address",
                         TEXT_ARG(target.host));
    memcpy(&to.sin_addr, address.bytes, 4);
    to.sin_port = htons(target.port);
    int one = 1;
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    connection->answer = malloc(ANSWER_SIZE);
    if (connection->socket < 0 || !connection->answer ||
        connect(connection->socket, (const struct sockaddr *)&to, sizeof(to)) != 0)
        return error_set(run->error, ERR_UNAVAILABLE, "cannot connect to %.*s: %s",
                         TEXT_ARG(run->load->address), strerror(errno));
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    return epoll_ctl(run->poll, EPOLL_CTL_ADD, connection->socket, &event) == 0 ||
           error_set(run->error, ERR_UNAVAILABLE, "cannot watch a connection");
}

/* The request is small: a socket that just gave an answer takes it whole. */
static bool send_request(struct run *run, struct connection *connection)
{
    struct text request = run->requests[run->next_request];
    run->next_request = (run->next_request + 1) % run->request_count;
    connection->len = connection->whole = 0;
    connection->sent_at = clock_monotonic();
    return send(connection->socket, request.at, request.len, MSG_NOSIGNAL) ==
               (ssize_t)request.len ||
           error_set(run->error, ERR_UNAVAILABLE, "the server did not take a request");
}

static void note_latency(struct run *run, int64_t microseconds)
{
    if (microseconds < FINE_BUCKETS) {
        run->fine[microseconds]++;
        return;
    }
    int64_t bucket = microseconds / 1000;
    run->coarse[bucket < COARSE_BUCKETS ? bucket : COARSE_BUCKETS - 1]++;
}

/* The value of a header in a message's head; NULL when it is not there. */
static const char *header_value(const char *head, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    for (size_t i = 0; i + name_len < len; i++)
        if (head[i] == '\n' && strncasecmp(head + i + 1, name, name_len) == 0)
            return head + i + 1 + name_len;
    return NULL;
}

/* Length of the message at the start, when its head is there and tells it; 0 before. */
static size_t message_length(const char *at, size_t len)
{
    const char *end = memmem(at, len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    size_t head = (size_t)(end - at) + 4;
    const char *length = header_value(at, head, "Content-Length:");
    return head + (length ? strtoul(length, NULL, 10) : 0);
}

/* Length of the whole answer, once that is known; 0 before. */
static size_t whole_length(const struct connection *connection)
{
    static const char last_chunk[] = "\r\n0\r\n\r\n";
    size_t len = connection->len, last = sizeof(last_chunk) - 1;
    size_t whole = message_length(connection->answer, len);
    if (whole == 0 || !header_value(connection->answer, whole, "Transfer-Encoding:"))
        return whole;
    bool has_ended = len > last && memcmp(connection->answer + len - last, last_chunk, last) == 0;
    return has_ended ? len : 0;
}

static bool take_answer(struct run *run, struct connection *connection)
{
    ssize_t got = recv(connection->socket, connection->answer + connection->len,
                       ANSWER_SIZE - connection->len, 0);
    if (got <= 0)
        return error_set(run->error, ERR_UNAVAILABLE,
                         "the server closed a connection, or its answer is too long");
    connection->len += (size_t)got;
    if (connection->whole == 0)
        connection->whole = whole_length(connection);
    if (connection->whole == 0 || connection->len < connection->whole)
        return true;
    note_latency(run, clock_monotonic() - connection->sent_at);
    run->result->answers++;
    /* "HTTP/1.1 2xx" */
    run->result->other_answers += connection->answer[9] != '2';
    return send_request(run, connection);
}

static bool run_for(struct run *run, double seconds)
{
    int64_t until = clock_monotonic() + (int64_t)(seconds * 1e6);
    while (clock_monotonic() < until) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(run->poll, events, EVENTS, 1000);
        for (int i = 0; i < count; i++)
            if (!take_answer(run, events[i].data.ptr))
                return false;
    }
    return true;
}

/* User and system time of the process with all its threads, in microseconds; 0 when unknown. */
static double cpu_of(pid_t process)
{
    char path[40], line[1024] = "";
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)process);
    FILE *file = process > 0 ? fopen(path, "re") : NULL;
    if (!file)
        return 0;
    size_t len = fread(line, 1, sizeof(line) - 1, file);
    line[len] = '\0';
    fclose(file);
    /* The name in parentheses may hold blanks; the times are fields 14 and 15. */
    const char *rest = strrchr(line, ')');
    if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                        &system) != 2)
        return 0;
    return (double)(user + system) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

static double percentile(const struct run *run, double share)
{
    uint64_t wanted = (uint64_t)((double)run->result->answers * share);
    uint64_t seen = 0;
    for (int i = 0; i < FINE_BUCKETS; i++)
        if ((seen += run->fine[i]) > wanted)
            return i;
    for (int i = 0; i < COARSE_BUCKETS; i++)
        if ((seen += run->coarse[i]) > wanted)
            return i * 1000.0;
    return 0;
}

static double longest(const struct run *run)
{
    for (int i = COARSE_BUCKETS - 1; i >= 0; i--)
        if (run->coarse[i] > 0)
            return i * 1000.0;
    for (int i = FINE_BUCKETS - 1; i >= 0; i--)
        if (run->fine[i] > 0)
            return i;
    return 0;
}

static bool run_load(struct run *run)
{
    const struct load *load = run->load;
    for (unsigned i = 0; i < load->connections; i++)
        if (!connect_to(run, &run->connections[i]) || !send_request(run, &run->connections[i]))
            return false;
    /* Caches and the server's own pools warm up first. */
    if (!run_for(run, load->seconds / 5))
        return false;
    memset(run->fine, 0, sizeof(run->fine));
    memset(run->coarse, 0, sizeof(run->coarse));
    *run->result = (struct load_result){0};
    double cpu = cpu_of(load->server);
    int64_t began = clock_monotonic();
    if (!run_for(run, load->seconds))
        return false;
    run->result->seconds = (double)(clock_monotonic() - began) / 1e6;
    if (run->result->answers > 0)
        run->result->cpu = (cpu_of(load->server) - cpu) / (double)run->result->answers;
    run->result->p50 = percentile(run, 0.5);
    run->result->p99 = percentile(run, 0.99);
    run->result->longest = longest(run);
    return true;
}

static void close_all(struct run *run)
{
    for (unsigned i = 0; run->connections && i < run->load->connections; i++) {
        if (run->connections[i].socket > 0)
            close(run->connections[i].socket);
        free(run->connections[i].answer);
    }
    free(run->connections);
    if (run->poll >= 0)
        close(run->poll);
}

/* Cuts the bytes to send into requests. */
static bool split_requests(struct run *run)
{
    struct text rest = run->load->request;
    while (rest.len > 0) {
        size_t len = message_length(rest.at, rest.len);
        struct text *more = reallocarray(run->requests, run->request_count + 1, sizeof(*more));
        if (!more)
            return error_set_no_memory(run->error);
        run->requests = more;
        if (len == 0 || len > rest.len)
            return error_set(run->error, ERR_INVALID, "request %zu is not whole",
                             run->request_count + 1);
        run->requests[run->request_count++] = text_slice(rest, 0, len);
        rest = text_slice(rest, len, rest.len);
    }
    return run->request_count > 0 || error_set(run->error, ERR_INVALID, "there is no request");
}

bool load_run(const struct load *load, struct load_result *result, struct error *error)
{
    struct run *run = calloc(1, sizeof(*run));
    if (!run)
        return error_set_no_memory(error);
    *result = (struct load_result){0};
    run->load = load;
    run->result = result;
    run->error = error;
    run->poll = epoll_create1(EPOLL_CLOEXEC);
    run->connections = calloc(load->connections, sizeof(*run->connections));
    bool done = run->connections && run->poll >= 0 ? split_requests(run) && run_load(run)
                                                   : error_set_no_memory(error);
    close_all(run);
    free(run->requests);
    free(run);
    return done;
}
