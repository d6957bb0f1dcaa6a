/*
 * The floor of every budget: what our HTTP server costs by itself. A child process serves; this one
 * loads it with a POST of 200 bytes that is answered by 400, at once and by way of another thread:
 * `net_bench [SECONDS]`, two seconds a line by default.
 */
#include "load_run.h"
#include "net/http_server.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUEUE = 1024, ANSWER = 400, BODY = 200 };

/* Suspended requests on their way to the thread that answers them. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct http_request *items[QUEUE];
    size_t count;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER};

static char answer[ANSWER];

static void respond(struct http_request *request)
{
    http_respond(request, 200, TEXT("application/json"), (struct text){answer, ANSWER});
}

static void hand_over(struct http_request *request)
{
    http_suspend(request);
    pthread_mutex_lock(&queue.lock);
    queue.items[queue.count++] = request;
    pthread_cond_signal(&queue.filled);
    pthread_mutex_unlock(&queue.lock);
}

static void handle(struct http_request *request, void *data)
{
    UNUSED(data);
    if (text_equal(request->path, TEXT("/other-thread")))
        hand_over(request);
    else
        respond(request);
}

static void *answer_queue(void *data)
{
    UNUSED(data);
    for (;;) {
        pthread_mutex_lock(&queue.lock);
        while (queue.count == 0)
            pthread_cond_wait(&queue.filled, &queue.lock);
        struct http_request *request = queue.items[--queue.count];
        pthread_mutex_unlock(&queue.lock);
        respond(request);
        http_resume(request);
    }
    return NULL;
}

/* The child: tells its port through the pipe and serves until it is killed. */
static void serve(int port_pipe)
{
    static const struct text listen[] = {TEXT_INIT("127.0.0.1:0")};
    struct http_server_options options;
    struct error error = {0};
    pthread_t thread;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    memset(answer, 'x', sizeof(answer));
    http_server_default_options(&options);
    options.listen = listen;
    options.listen_count = 1;
    options.handle = handle;
    struct http_server *server = http_server_start(&options, &error);
    uint16_t port = server ? http_server_port(server, 0) : 0;
    if (pthread_create(&thread, NULL, answer_queue, NULL) == 0 &&
        write(port_pipe, &port, sizeof(port)) == sizeof(port))
        pause();
    _exit(1);
}

static bool measure(const char *name, const char *path, uint16_t port, pid_t server, double seconds)
{
    char address[32], request[512], body[BODY + 1];
    struct error error = {0};
    struct load_result result;
    memset(body, 'a', BODY);
    body[BODY] = '\0';
    snprintf(address, sizeof(address), "127.0.0.1:%u", port);
    snprintf(request, sizeof(request),
             "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
             "Content-Length: %d\r\n\r\n%s",
             path, address, BODY, body);
    struct load load = {text_z(address), text_z(request), 32, seconds, server};
    if (!load_run(&load, &result, &error)) {
        fprintf(stderr, "net_bench: %s\n", error.message);
        return false;
    }
    printf("%-36s %7.2f us CPU %9.0f/s   p50 %5.0f us   p99 %5.0f us\n", name, result.cpu,
           (double)result.answers / result.seconds, result.p50, result.p99);
    return true;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 2;
    int port_pipe[2];
    uint16_t port = 0;
    if (pipe(port_pipe) != 0)
        return 1;
    pid_t server = fork();
    if (server == 0)
        serve(port_pipe[1]);
    if (server < 0 || read(port_pipe[0], &port, sizeof(port)) != sizeof(port) || port == 0)
        return 1;
    bool fine = measure("POST 200 B, answered at once", "/", port, server, seconds) &&
                measure("POST 200 B, answered by a thread", "/other-thread", port, server, seconds);
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    return fine ? 0 : 1;
}
