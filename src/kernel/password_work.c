/* A small pool of threads, and the results over the runs of a unit. */
#include "kernel/password_work.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    THREADS = 2,      /* each uses a core and 32 MiB while it works */
    WAITING_MAX = 64, /* two seconds' worth; whoever comes then is told to come again */
    TASKS_MAX = 4,    /* of one request */
};

struct password_task {
    struct text password;
    struct text stored; /* at == NULL: the task is to hash */
    bool is_errand;     /* nothing to hash: only to be done on this thread */
    bool is_check;
    bool matches;
    struct password_hash hash;
    struct error error;
    struct password_task *next; /* of the request */

    /* While it waits. */
    void (*done)(void *data);
    void *data;
    struct password_task *behind;
};

struct password_pool {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct password_task *first, *last;
    unsigned waiting;
    bool is_closing;
    pthread_t threads[THREADS];
    unsigned thread_count;
};

static const char being_checked[] = "a password is being checked";

static struct password_task *find(const struct password_work *work, bool is_check,
                                  struct text password, struct text stored)
{
    for (struct password_task *task = work->tasks; task; task = task->next) {
        if (task->is_check == is_check && text_equal(task->password, password) &&
            text_equal(task->stored, stored))
            return task;
    }
    return NULL;
}

static void do_task(struct password_task *task)
{
    if (task->is_errand)
        return;
    if (task->is_check)
        task->matches = password_hash_matches(task->password, task->stored);
    else if (!password_hash(task->password, &task->hash, &task->error))
        task->matches = false;
}

/* Notes the task down. False ends the run. */
static bool want(struct ctx *ctx, bool is_check, struct text password, struct text stored)
{
    struct password_work *work = ctx->passwords;
    if (work->count == TASKS_MAX)
        return fail(ctx, ERR_LIMIT, "one request may check %d passwords at most", TASKS_MAX);
    struct password_task *task = ARENA_NEW(work->arena, struct password_task);
    if (!task)
        return fail_no_memory(ctx);
    *task = (struct password_task){.password = text_copy(work->arena, password),
                                   .stored = text_copy(work->arena, stored),
                                   .is_check = is_check,
                                   .next = work->tasks};
    if (arena_failed(work->arena))
        return fail_no_memory(ctx);
    work->tasks = task;
    work->count++;
    if (!work->at_once) {
        work->wanted = task;
        return fail(ctx, ERR_UNAVAILABLE, being_checked);
    }
    do_task(task);
    return true;
}

/* The task when it is done; NULL with the unit failed when it is not, or went wrong. */
static const struct password_task *get(struct ctx *ctx, bool is_check, struct text password,
                                       struct text stored)
{
    if (!ctx->passwords) {
        fail(ctx, ERR_UNAVAILABLE, "no password can be checked here");
        return NULL;
    }
    const struct password_task *task = find(ctx->passwords, is_check, password, stored);
    /* When something is wanted the run is over; it only does not know yet. */
    if (ctx->passwords->wanted)
        fail(ctx, ERR_UNAVAILABLE, being_checked);
    else if (!task)
        return want(ctx, is_check, password, stored) ? ctx->passwords->tasks : NULL;
    else if (error_is_set(&task->error))
        fail(ctx, task->error.kind, "%s", task->error.message);
    else
        return task;
    return NULL;
}

bool password_work_matches(struct ctx *ctx, struct text password, struct text stored, bool *out)
{
    const struct password_task *task = get(ctx, true, password, stored);
    if (task)
        *out = task->matches;
    return task != NULL;
}

bool password_work_hash(struct ctx *ctx, struct text password, struct text *out)
{
    const struct password_task *task = get(ctx, false, password, TEXT(""));
    if (task)
        *out = text_z(task->hash.text);
    return task != NULL;
}

void password_work_begin(struct password_work *work)
{
    /* A unit may be tried again by the database, before its task was handed over. */
    if (work->wanted) {
        work->tasks = work->wanted->next;
        work->count--;
    }
    work->wanted = NULL;
}

bool password_work_is_wanted(const struct password_work *work)
{
    return work->wanted != NULL;
}

/* NULL when the pool closes. Waits otherwise. */
static struct password_task *take(struct password_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (!pool->first && !pool->is_closing)
        pthread_cond_wait(&pool->changed, &pool->lock);
    struct password_task *task = pool->first;
    if (task) {
        pool->first = task->behind;
        pool->waiting--;
        if (pool->is_closing)
            error_set(&task->error, ERR_UNAVAILABLE, "the server is stopping");
    }
    pthread_mutex_unlock(&pool->lock);
    return task;
}

static void *serve(void *data)
{
    struct password_task *task;
    while ((task = take(data))) {
        if (!error_is_set(&task->error))
            do_task(task);
        task->done(task->data);
    }
    return NULL;
}

/* False when too many wait. */
static bool enqueue(struct password_pool *pool, struct password_task *task)
{
    pthread_mutex_lock(&pool->lock);
    bool fits = pool->waiting < WAITING_MAX && !pool->is_closing;
    if (fits) {
        if (pool->first)
            pool->last->behind = task;
        else
            pool->first = task;
        pool->last = task;
        pool->waiting++;
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return fits;
}

void password_work_start(struct password_pool *pool, struct password_work *work,
                         void (*done)(void *data), void *data)
{
    struct password_task *task = work->wanted;
    work->wanted = NULL;
    task->done = done;
    task->data = data;
    task->behind = NULL;
    if (enqueue(pool, task))
        return;
    error_set(&task->error, ERR_UNAVAILABLE,
              "too many passwords are being checked; try again in a moment");
    done(data);
}

bool password_pool_run(struct password_pool *pool, struct arena *arena, void (*done)(void *data),
                       void *data)
{
    struct password_task *task = ARENA_NEW(arena, struct password_task);
    if (!task)
        return false;
    *task = (struct password_task){.is_errand = true, .done = done, .data = data};
    return enqueue(pool, task);
}

struct password_pool *password_pool_new(void)
{
    struct password_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    while (pool->thread_count < THREADS &&
           pthread_create(&pool->threads[pool->thread_count], NULL, serve, pool) == 0)
        pool->thread_count++;
    if (pool->thread_count > 0)
        return pool;
    password_pool_free(pool);
    return NULL;
}

void password_pool_close(struct password_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_closing = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    while (pool->thread_count > 0)
        pthread_join(pool->threads[--pool->thread_count], NULL);
}

void password_pool_free(struct password_pool *pool)
{
    if (!pool)
        return;
    password_pool_close(pool);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}
