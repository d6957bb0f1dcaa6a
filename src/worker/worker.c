/* Leasing and slots. */
#include "worker/worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/ulid.h"
#include "worker/execution.h"
#include "worker/vendor.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    WAIT_SECONDS = 20,
    LEASE_TIMEOUT_MS = (WAIT_SECONDS + 20) * 1000,
    SLOTS_MAX = 256,
    LONGEST_PAUSE_SECONDS = 30,
};

static const size_t job_memory = (size_t)2 << 30;
static const int64_t tick = CLOCK_SECOND / 10;

/* How often the worker was told to stop; the handler of signals can do no more than count. */
static atomic_int stops;

void worker_stop(void)
{
    atomic_fetch_add(&stops, 1);
}

static void on_signal(int number)
{
    UNUSED(number);
    worker_stop();
}

struct worker {
    struct worker_options options;
    struct execution_options execution;
    const struct transport *transport;
    struct text hello;       /* body of each lease request */
    pthread_mutex_t leasing; /* one slot asks at a time, so that an idle worker holds one request */
    bool accepted;           /* under leasing: the server has once given a proper answer */
    atomic_bool refused;     /* it never has, since it does not know the key */
    pthread_mutex_t lock;
    struct lease *running[SLOTS_MAX]; /* under the lock; NULL where idle */
    size_t slots;
};

struct slot {
    struct worker *worker;
    size_t index;
    pthread_t thread;
};

static bool is_stopping(void)
{
    return atomic_load(&stops) > 0;
}

/* Sleeps in ticks, so that a stop is seen. */
static void pause_for(int64_t microseconds)
{
    const struct timespec step = {.tv_nsec = tick * 1000};
    int64_t end = clock_monotonic() + microseconds;
    while (clock_monotonic() < end && !is_stopping())
        nanosleep(&step, NULL);
}

/* --- one slot --- */

static bool go_on_waiting(void *data)
{
    UNUSED(data);
    return !is_stopping();
}

/* The server may name its state relative to itself, since it need not know by which address workers
 * reach it. */
static bool complete_state_address(const struct worker *worker, struct arena *arena,
                                   struct job *job, struct error *error)
{
    struct text server = text_z(worker->options.server);
    while (text_ends_with(server, TEXT("/")))
        server.len--;
    if (!text_starts_with(job->state.address, TEXT("/")))
        return true;
    const struct text parts[] = {server, job->state.address};
    job->state.address = text_join(arena, TEXT(""), parts, 2);
    return job->state.address.at || error_set_no_memory(error);
}

/* A key that was never good is a mistake in the configuration, which somebody has to see. One that
 * was may be good again when the server has its database back. */
static bool note_refusal(struct worker *worker, struct error *error)
{
    if (!worker->accepted) {
        atomic_store(&worker->refused, true);
        worker_stop();
    }
    return error_set(error, ERR_UNAUTHENTICATED, "the server does not accept the worker's key");
}

/* True with a job's JSON; false when there is none, or (error set) no answer. */
static bool ask_for_job(struct worker *worker, struct arena *arena, const struct json **body,
                        struct error *error)
{
    const struct transport_request request = {.method = "POST",
                                              .path = TEXT("/lease"),
                                              .body = worker->hello,
                                              .timeout_ms = LEASE_TIMEOUT_MS,
                                              .keep_going = go_on_waiting};
    static const struct json_limits limits = {
        .max_bytes = 64 << 20, .max_depth = 64, .duplicates = JSON_DUPLICATES_REFUSED};
    struct transport_answer answer;
    if (!worker->transport->send(worker->transport->data, &request, arena, &answer, error))
        return false;
    if (answer.status == 401 || answer.status == 403)
        return note_refusal(worker, error);
    worker->accepted = worker->accepted || answer.status < 300;
    if (answer.status == 204)
        return false;
    if (answer.status != 200)
        return error_set(error, ERR_UNAVAILABLE, "the server answered %u to a request for work",
                         answer.status);
    return json_parse(arena, answer.body, &limits, body, error);
}

static void set_running(struct slot *slot, struct lease *lease)
{
    pthread_mutex_lock(&slot->worker->lock);
    slot->worker->running[slot->index] = lease;
    pthread_mutex_unlock(&slot->worker->lock);
}

static void run_job(struct slot *slot, const struct job *job, struct arena *arena)
{
    struct lease lease;
    lease_init(&lease, slot->worker->transport, job);
    set_running(slot, &lease);
    log_info("run leased", LOG_TEXT("run", job->run), LOG_TEXT("stack", job->stack),
             LOG_Z("phase", job_phase_name(job->phase)), LOG_TEXT("lease", job->lease));
    int64_t start = clock_monotonic();
    execution_run(&slot->worker->execution, &lease, job, arena);
    log_info("run left", LOG_TEXT("run", job->run), LOG_BOOL("lost", atomic_load(&lease.lost)),
             LOG_INT("milliseconds", (clock_monotonic() - start) / CLOCK_MILLISECOND));
    set_running(slot, NULL);
}

/* A job that this worker cannot understand must not be leased again and again. */
static void refuse_job(struct worker *worker, const struct job *job, struct arena *arena,
                       const struct error *reason)
{
    struct lease lease;
    struct report nothing;
    struct error error = {0};
    log_error("a job cannot be understood", LOG_TEXT("lease", job->lease), LOG_ERROR(reason));
    if (job->lease.len == 0)
        return;
    report_init(&nothing, arena);
    lease_init(&lease, worker->transport, job);
    if (!lease_send_result(&lease, arena, LEASE_FAILED, text_z(reason->message), &nothing, &error))
        log_error("the job cannot be refused", LOG_ERROR(&error));
}

static void take_job(struct slot *slot, struct arena *arena, const struct json *body)
{
    struct job job;
    struct error error = {0};
    if (job_parse(arena, body, &job, &error) &&
        complete_state_address(slot->worker, arena, &job, &error))
        run_job(slot, &job, arena);
    else
        refuse_job(slot->worker, &job, arena, &error);
}

static void wait_out(const struct error *error, int failures)
{
    int64_t seconds = failures < 5 ? (int64_t)1 << failures : LONGEST_PAUSE_SECONDS;
    if (error->kind != ERR_CANCELED)
        log_warning("no work could be leased", LOG_ERROR(error));
    pause_for(seconds * CLOCK_SECOND / 2 +
              (int64_t)random_below((uint64_t)(seconds * CLOCK_SECOND / 2)));
}

static void take_turn(struct slot *slot, struct arena *arena, int *failures)
{
    const struct json *body;
    struct error error = {0};
    pthread_mutex_lock(&slot->worker->leasing);
    bool leased = !is_stopping() && ask_for_job(slot->worker, arena, &body, &error);
    pthread_mutex_unlock(&slot->worker->leasing);
    *failures = error_is_set(&error) ? *failures + 1 : 0;
    if (error_is_set(&error))
        wait_out(&error, *failures);
    if (leased)
        take_job(slot, arena, body);
}

static void *work(void *data)
{
    struct slot *slot = data;
    int failures = 0;
    while (!is_stopping()) {
        /* A new arena each time: a large job's memory goes back to the system. */
        struct arena *arena = arena_new(job_memory);
        if (!arena) {
            pause_for(CLOCK_SECOND);
            continue;
        }
        take_turn(slot, arena, &failures);
        arena_free(arena);
    }
    return NULL;
}

/* --- the worker --- */

static void write_capabilities(struct json_writer *writer, struct arena *arena)
{
    json_key_z(writer, "capabilities");
    json_begin_array(writer);
    for (size_t i = 0; vendors[i]; i++) {
        const char *program = vendors[i]->program;
        if (!program || process_find(arena, program, getenv("PATH")))
            json_string_z(writer, vendors[i]->name);
    }
    json_end_array(writer);
}

static bool compose_hello(struct worker *worker, struct arena *arena, struct error *error)
{
    struct buffer body;
    struct json_writer writer;
    char host[256] = "worker";
    gethostname(host, sizeof(host) - 1);
    const char *name = worker->options.name ? worker->options.name : host;
    buffer_init(&body, arena, 1 << 16);
    json_writer_init(&writer, &body);
    json_begin_object(&writer);
    json_key_z(&writer, "worker");
    json_begin_object(&writer);
    json_member_string(&writer, "id", ulid_make(arena));
    json_member_string(&writer, "name", text_z(name));
    json_member_string(&writer, "version", TEXT(GATEHOUSE_VERSION));
    write_capabilities(&writer, arena);
    bool walls = worker->execution.sandbox == SANDBOX_BUBBLEWRAP;
    json_member_string(&writer, "sandbox", walls ? TEXT("bubblewrap") : TEXT("plain"));
    json_end_object(&writer);
    json_member_int64(&writer, "wait_seconds", WAIT_SECONDS);
    json_end_object(&writer);
    worker->hello = buffer_text(&body);
    return !body.failed || error_set_no_memory(error);
}

static bool choose_sandbox(enum worker_sandbox wanted, enum sandbox_kind *out, struct error *error)
{
    *out = wanted == WORKER_SANDBOX_NONE ? SANDBOX_PLAIN : sandbox_probe();
    if (wanted == WORKER_SANDBOX_REQUIRED && *out != SANDBOX_BUBBLEWRAP)
        return error_set(error, ERR_UNAVAILABLE,
                         "bubblewrap is not installed, or may not be used here");
    return true;
}

static void interrupt_all(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    for (size_t i = 0; i < worker->slots; i++) {
        if (worker->running[i])
            lease_shut_down(worker->running[i]);
    }
    pthread_mutex_unlock(&worker->lock);
}

static bool is_idle(struct worker *worker)
{
    bool idle = true;
    pthread_mutex_lock(&worker->lock);
    for (size_t i = 0; i < worker->slots; i++)
        idle = idle && !worker->running[i];
    pthread_mutex_unlock(&worker->lock);
    return idle;
}

/* From the first signal on: gives what runs its time, then interrupts it. */
static void drain(struct worker *worker)
{
    const struct timespec step = {.tv_nsec = tick * 1000};
    int64_t drain_time =
        worker->options.drain_time ? worker->options.drain_time : 10 * CLOCK_MINUTE;
    int64_t end = clock_monotonic() + drain_time;
    log_info("worker is stopping", LOG_BOOL("idle", is_idle(worker)));
    while (!is_idle(worker) && clock_monotonic() < end && atomic_load(&stops) < 2)
        nanosleep(&step, NULL);
    /* A job leased in the last moment appears late, hence again and again. */
    while (!is_idle(worker)) {
        interrupt_all(worker);
        nanosleep(&step, NULL);
    }
}

static bool run_slots(struct worker *worker, struct error *error)
{
    struct slot slots[SLOTS_MAX];
    size_t started = 0;
    const struct timespec step = {.tv_nsec = tick * 1000};
    for (; started < worker->slots; started++) {
        slots[started] = (struct slot){.worker = worker, .index = started};
        if (pthread_create(&slots[started].thread, NULL, work, &slots[started]) != 0) {
            error_set(error, ERR_UNAVAILABLE, "the worker cannot start a thread");
            worker_stop();
            break;
        }
    }
    while (!is_stopping())
        nanosleep(&step, NULL);
    drain(worker);
    for (size_t i = 0; i < started; i++)
        pthread_join(slots[i].thread, NULL);
    if (atomic_load(&worker->refused))
        error_set(error, ERR_UNAUTHENTICATED, "the server does not accept the worker's key");
    return !error_is_set(error);
}

static void listen_for_signals(void)
{
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

static bool run_with(struct worker *worker, struct arena *arena, struct error *error)
{
    struct worker_options *options = &worker->options;
    worker->slots = options->concurrency ? options->concurrency : 1;
    if (worker->slots > SLOTS_MAX)
        return error_set(error, ERR_INVALID, "a worker runs at most %d jobs at once", SLOTS_MAX);
    worker->execution = (struct execution_options){
        .folder = options->folder,
        .readable = options->readable,
        .passed = options->passed,
        .time_limit = options->time_limit ? options->time_limit : 6 * CLOCK_HOUR,
        .grace = options->grace ? options->grace : CLOCK_MINUTE};
    if (!choose_sandbox(options->sandbox, &worker->execution.sandbox, error) ||
        !compose_hello(worker, arena, error))
        return false;
    log_info("worker is ready", LOG_Z("server", options->server),
             LOG_INT("concurrency", (int64_t)worker->slots),
             LOG_BOOL("sandbox", worker->execution.sandbox == SANDBOX_BUBBLEWRAP));
    return run_slots(worker, error);
}

static bool run_over_http(struct worker *worker, struct arena *arena, struct error *error)
{
    const struct worker_options *options = &worker->options;
    struct transport_http http;
    if (!transport_http_open(&http, options->server, options->token, options->ca_file, error))
        return false;
    struct transport transport = transport_http(&http);
    worker->transport = &transport;
    bool done = run_with(worker, arena, error);
    transport_http_close(&http);
    return done;
}

bool worker_run(const struct worker_options *options, struct error *error)
{
    struct worker *worker = calloc(1, sizeof(*worker));
    struct arena *arena = arena_new(1 << 20);
    bool done = false;
    atomic_store(&stops, 0);
    if (worker && arena) {
        worker->options = *options;
        worker->transport = options->transport;
        pthread_mutex_init(&worker->leasing, NULL);
        pthread_mutex_init(&worker->lock, NULL);
        listen_for_signals();
        done = options->transport ? run_with(worker, arena, error)
                                  : run_over_http(worker, arena, error);
        pthread_mutex_destroy(&worker->leasing);
        pthread_mutex_destroy(&worker->lock);
    } else {
        error_set_no_memory(error);
    }
    arena_free(arena);
    free(worker);
    return done;
}
