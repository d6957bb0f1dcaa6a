/* Starting, watching and stopping the worker beside the server. */
#include "cli/serve/own_worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "identity/api_key.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNIT_BYTES = 1 << 20, ENVIRONMENT_MAX = 256, PAUSE_MAX_SECONDS = 60 };

struct own_worker {
    struct account *account;
    struct arena *arena;
    const char *program;
    char **arguments; /* as execve wants them: it changes neither */
    char **environment;
    pid_t process; /* 0 when it does not run */
    int pause;     /* seconds until the next start */
    int64_t started_at;
};

/* For the worker's key. */
struct key_unit {
    struct own_worker *worker;
    struct text name;
    struct api_key *key;
};

static bool make_key(struct db_session *session, void *data, struct error *error)
{
    struct key_unit *unit = data;
    struct ctx ctx = {.arena = unit->worker->arena,
                      .account = unit->worker->account,
                      .session = session,
                      .actor = &actor_system,
                      .error = error,
                      .now = clock_wall()};
    return api_key_for_own_worker(&ctx, unit->name, &unit->key);
}

/* Our own environment with the credential added and nothing of the settings. */
static bool make_environment(struct own_worker *worker, const struct api_key *key,
                             struct error *error)
{
    char **variables = ARENA_ARRAY(worker->arena, char *, ENVIRONMENT_MAX + 2);
    struct text token = text_format(worker->arena, "GATEHOUSE_WORKER_TOKEN=%.*s:%.*s",
                                    TEXT_ARG(key->id), TEXT_ARG(key->secret));
    char *terminated = text_terminated(worker->arena, token);
    if (!variables || !terminated)
        return error_set_no_memory(error);
    size_t count = 0;
    for (char **at = environ; *at && count < ENVIRONMENT_MAX; at++) {
        if (strncmp(*at, "GATEHOUSE_", strlen("GATEHOUSE_")) != 0)
            variables[count++] = *at;
    }
    variables[count] = terminated;
    worker->environment = variables;
    return true;
}

static bool make_arguments(struct own_worker *worker, const char *server, struct error *error)
{
    struct arena *arena = worker->arena;
    const struct settings *settings = worker->account->settings;
    const struct text folder = text_format(arena, "%.*s/worker", TEXT_ARG(settings->data));
    const struct text parallel = text_format(arena, "%" PRId64, settings->local_workers);
    const struct text words[] = {
        text_z(worker->program),
        TEXT("worker"),
        TEXT("--server"),
        text_z(server),
        TEXT("--folder"),
        folder,
        TEXT("--concurrency"),
        parallel,
        /* A certificate of one's own is not among the system's. */
        TEXT("--ca-file"),
        settings->tls_certificate,
    };
    size_t count = ARRAY_LENGTH(words) - (settings->tls_certificate.len ? 0 : 2);
    worker->arguments = ARENA_ARRAY(arena, char *, ARRAY_LENGTH(words) + 1);
    for (size_t i = 0; worker->arguments && i < count; i++)
        worker->arguments[i] = text_terminated(arena, words[i]);
    return !arena_failed(arena) || error_set_no_memory(error);
}

/* Between fork and exec only what is safe there. */
static void become_worker(const struct own_worker *worker)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execve(worker->program, worker->arguments, worker->environment);
    _exit(127);
}

static void start(struct own_worker *worker)
{
    pid_t process = fork();
    if (process == 0)
        become_worker(worker);
    worker->process = process > 0 ? process : 0;
    worker->started_at = clock_monotonic();
    if (process < 0)
        log_warning("cannot start the worker", LOG_Z("cause", strerror(errno)));
}

struct own_worker *own_worker_start(struct account *account, const char *program,
                                    const char *server, struct error *error)
{
    struct arena *arena = arena_new(UNIT_BYTES);
    struct own_worker *worker = arena ? ARENA_NEW(arena, struct own_worker) : NULL;
    char host[256] = "";
    if (!worker) {
        arena_free(arena);
        error_set_no_memory(error);
        return NULL;
    }
    gethostname(host, sizeof(host) - 1);
    worker->account = account;
    worker->arena = arena;
    worker->program = program;
    worker->pause = 1;
    /* One for each server that shares the database. */
    struct key_unit unit = {.worker = worker,
                            .name = text_format(arena, "server %s %s", host, server)};
    if (!db_run(account->db, DB_WRITE, make_key, &unit, error) ||
        !make_environment(worker, unit.key, error) || !make_arguments(worker, server, error)) {
        arena_free(arena);
        return NULL;
    }
    start(worker);
    return worker;
}

void own_worker_keep(struct own_worker *worker)
{
    int status;
    if (worker->process && waitpid(worker->process, &status, WNOHANG) == worker->process) {
        log_warning("the worker ended", LOG_INT("status", status));
        worker->process = 0;
    }
    if (worker->process)
        return;
    if (clock_monotonic() - worker->started_at < worker->pause * CLOCK_SECOND)
        return;
    worker->pause = worker->pause * 2 > PAUSE_MAX_SECONDS ? PAUSE_MAX_SECONDS : worker->pause * 2;
    start(worker);
}

void own_worker_stop(struct own_worker *worker, unsigned seconds)
{
    if (!worker)
        return;
    for (unsigned waited = 0; worker->process && waited < seconds * 20; waited++) {
        if (waited == 0)
            kill(worker->process, SIGTERM);
        if (waitpid(worker->process, NULL, WNOHANG) != 0)
            worker->process = 0;
        else
            usleep(50000);
    }
    if (worker->process) {
        kill(worker->process, SIGKILL);
        waitpid(worker->process, NULL, 0);
    }
    arena_free(worker->arena);
}
