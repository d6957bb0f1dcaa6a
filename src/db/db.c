/* The front of the database engine: opening and closing, handing over units, messages, figures. */
#include "base/log.h"
#include "db/db_driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DEFAULT_READERS = 4,
    DEFAULT_QUEUE = 4096,
    DEFAULT_BATCH = 256,
    DEFAULT_TIMEOUT = 10 * 1000 * 1000,
    DEFAULT_CONNECT_TIMEOUT = 5 * 1000 * 1000,
};

int64_t db_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void db_log(struct db *db, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (db->options.log)
        db->options.log(db->options.log_data, line);
    else
        log_warning("database trouble", LOG_Z("cause", line));
}

static void set_options(struct db *db, const struct db_options *options)
{
    struct db_options *own = &db->options;
    if (options)
        *own = *options;
    own->schema = db->schema;
    if (own->readers <= 0)
        own->readers = DEFAULT_READERS;
    if (own->readers > DB_READERS_MAX)
        own->readers = DB_READERS_MAX;
    if (own->queue_size == 0)
        own->queue_size = DEFAULT_QUEUE;
    if (own->batch_size == 0)
        own->batch_size = DEFAULT_BATCH;
    if (own->timeout_us <= 0)
        own->timeout_us = DEFAULT_TIMEOUT;
    if (own->connect_timeout_us <= 0)
        own->connect_timeout_us = DEFAULT_CONNECT_TIMEOUT;
}

/* A database without a driver: what db_close can always take apart. */
static struct db *db_new(const struct db_options *options)
{
    static atomic_uint_fast64_t last_serial;
    struct db *db = calloc(1, sizeof(*db));
    if (!db)
        return NULL;
    db->serial = atomic_fetch_add(&last_serial, 1) + 1;
    atomic_init(&db->fail_after, -1);
    if (options && options->schema && !(db->schema = strdup(options->schema))) {
        free(db);
        return NULL;
    }
    set_options(db, options);
    pthread_mutex_init(&db->lock, NULL);
    if (db_queue_init(&db->reads, db->options.queue_size)) {
        if (db_queue_init(&db->writes, db->options.queue_size))
            return db;
        db_queue_release(&db->reads);
    }
    pthread_mutex_destroy(&db->lock);
    free(db->schema);
    free(db);
    return NULL;
}

static void db_free(struct db *db)
{
    db_queue_release(&db->reads);
    db_queue_release(&db->writes);
    pthread_mutex_destroy(&db->lock);
    free(db->schema);
    free(db);
}

/* Which driver a URL means, and the place it gives to that driver. */
static const struct db_driver *choose_driver(const char *url, const char **place)
{
    *place = url;
    if (strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0)
        return &db_postgres_driver;
    if (strncmp(url, "sqlite:", 7) == 0) {
        *place = url + 7;
        return &db_sqlite_driver;
    }
    return strstr(url, "://") ? NULL : &db_sqlite_driver;
}

bool db_open(const char *url, const struct db_options *options, struct db **out,
             struct error *error)
{
    const char *place;
    const struct db_driver *driver = choose_driver(url, &place);
    if (!driver || *place == '\0')
        return error_set(error, ERR_INVALID,
                         "the database must be a path, sqlite:PATH or postgres://...");
    struct db *db = db_new(options);
    if (!db)
        return error_set_no_memory(error);
    db->driver = driver;
    if (!driver->open(db, place, error)) {
        db_free(db);
        return false;
    }
    if (!driver->connect(db, DB_WRITE, &db->writer_session, error) ||
        !db_workers_start(db, error)) {
        db_close(db);
        return false;
    }
    *out = db;
    return true;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    atomic_store(&db->closing, true);
    db_workers_stop(db);
    db->driver->close(db);
    db_free(db);
}

const char *db_driver_name(const struct db *db)
{
    return db->driver->name;
}

bool db_reads_inline(const struct db *db)
{
    return db->driver->reads_inline;
}

void db_submit(struct db *db, enum db_mode mode, struct db_unit *unit)
{
    int64_t timeout = unit->timeout_us > 0 ? unit->timeout_us : db->options.timeout_us;
    unit->deadline = db_now() + timeout;
    error_clear(&unit->error);
    bool accepted = !atomic_load_explicit(&db->closing, memory_order_relaxed);
    if (accepted && mode == DB_READ && db->driver->reads_inline) {
        if (!db_is_in_unit()) {
            db_run_inline(db, unit);
            return;
        }
        error_set(&unit->error, ERR_INTERNAL, "a read was started inside a unit of work");
    } else {
        accepted = accepted && db_queue_put(mode == DB_READ ? &db->reads : &db->writes, unit);
        if (accepted)
            return;
        error_set(&unit->error, ERR_UNAVAILABLE, "the database has too much to do; try again");
    }
    db_unit_finish(db, unit);
}

/* What db_run waits on. */
struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool finished;
    struct error *error;
};

static void waiter_done(void *data, const struct error *error)
{
    struct waiter *waiter = data;
    pthread_mutex_lock(&waiter->lock);
    if (error && !error_is_set(waiter->error))
        *waiter->error = *error;
    waiter->finished = true;
    pthread_cond_signal(&waiter->changed);
    pthread_mutex_unlock(&waiter->lock);
}

/* db_run's data: the run function keeps its own, done gets the waiter. */
struct blocking_unit {
    struct db_unit unit;
    db_run_fn run;
    void *data;
    struct waiter waiter;
};

static bool blocking_run(struct db_session *session, void *data, struct error *error)
{
    struct blocking_unit *blocking = data;
    return blocking->run(session, blocking->data, error);
}

static void blocking_done(void *data, const struct error *error)
{
    struct blocking_unit *blocking = data;
    waiter_done(&blocking->waiter, error);
}

bool db_run(struct db *db, enum db_mode mode, db_run_fn run, void *data, struct error *error)
{
    if (db_is_in_unit())
        return error_set(error, ERR_INTERNAL, "a unit of work cannot wait for another one");
    struct blocking_unit blocking = {
        .unit = {.run = blocking_run, .done = blocking_done},
        .run = run,
        .data = data,
        .waiter = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, error},
    };
    blocking.unit.data = &blocking;
    db_submit(db, mode, &blocking.unit);
    pthread_mutex_lock(&blocking.waiter.lock);
    while (!blocking.waiter.finished)
        pthread_cond_wait(&blocking.waiter.changed, &blocking.waiter.lock);
    pthread_mutex_unlock(&blocking.waiter.lock);
    return !error_is_set(error);
}

bool db_listen(struct db *db, db_listen_fn fn, void *data, struct error *error)
{
    int count = atomic_load(&db->listener_count);
    if (count == DB_LISTENERS_MAX)
        return error_set(error, ERR_INTERNAL, "too many listeners");
    db->listeners[count] = (struct db_listener){fn, data};
    atomic_store(&db->listener_count, count + 1);
    return count > 0 || !db->driver->listen || db->driver->listen(db, error);
}

bool db_hears(const struct db *db)
{
    return !db->driver->hears || db->driver->hears(db);
}

void db_deliver(struct db *db, struct text channel, struct text payload)
{
    int count = atomic_load(&db->listener_count);
    for (int i = 0; i < count; i++)
        db->listeners[i].fn(db->listeners[i].data, channel, payload);
}

void db_statistics(struct db *db, struct db_statistics *out)
{
    *out = (struct db_statistics){
        .waiting_reads = db_queue_length(&db->reads),
        .waiting_writes = db_queue_length(&db->writes),
        .read_units = atomic_load(&db->read_units),
        .write_units = atomic_load(&db->write_units),
        .failed_units = atomic_load(&db->failed_units),
        .commits = atomic_load(&db->commits),
        .statements = atomic_load(&db->statements),
        .reconnects = atomic_load(&db->reconnects),
    };
}

void db_fail_after(struct db *db, int64_t statements)
{
    atomic_store(&db->fail_after, statements);
}
