/*
 * The front of the database engine: opening and closing, handing over units, and what a session
 * checks before a driver sees a statement.
 */
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
    NESTING_MAX = 16,
    SESSION_ARENA = 64 << 20, /* hooks and messages of one batch */
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

/* How many units the calling thread is inside of, over all databases. */
static _Thread_local int units_running;

void db_submit(struct db *db, enum db_mode mode, struct db_unit *unit)
{
    int64_t timeout = unit->timeout_us > 0 ? unit->timeout_us : db->options.timeout_us;
    unit->deadline = db_now() + timeout;
    error_clear(&unit->error);
    bool accepted = !atomic_load_explicit(&db->closing, memory_order_relaxed);
    if (accepted && mode == DB_READ && db->driver->reads_inline) {
        if (units_running == 0) {
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
    if (units_running > 0)
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

bool db_session_init(struct db_session *session, struct db *db, enum db_mode mode)
{
    session->db = db;
    session->mode = mode;
    session->arena = arena_new(SESSION_ARENA);
    return session->arena != NULL;
}

void db_session_release(struct db_session *session)
{
    arena_free(session->arena);
    session->arena = NULL;
}

/* Ends the result sets opened since `outer` was the newest. */
static void close_rows(struct db_session *session, const struct db_rows *outer)
{
    while (session->open_rows && session->open_rows != outer) {
        struct db_rows *rows = session->open_rows;
        session->open_rows = rows->outer;
        session->db->driver->end(rows);
        rows->open = false;
    }
}

bool db_session_run(struct db_session *session, const struct db_unit *unit, struct error *error)
{
    session->failed = session->lost = session->again = false;
    session->depth = 0;
    session->statements = 0;
    session->deadline = unit->deadline;
    units_running++;
    bool kept = unit->run(session, unit->data, error);
    units_running--;
    if (session->open_rows)
        db_log(session->db, "a unit of work left a query open");
    close_rows(session, NULL);
    atomic_fetch_add_explicit(&session->db->statements, session->statements, memory_order_relaxed);
    if (kept && session->failed)
        kept = error_set(error, ERR_INTERNAL, "the server made a mistake");
    if (!kept)
        error_set(error, ERR_INTERNAL, "the server made a mistake");
    return kept;
}

static void truncate_hooks(struct db_session *session, struct db_hook *last)
{
    session->hooks.last = last;
    if (last)
        last->next = NULL;
    else
        session->hooks.first = NULL;
}

bool db_nested(struct db_session *session, db_run_fn run, void *data, struct error *error)
{
    const struct db_driver *driver = session->db->driver;
    if (session->failed || session->depth == NESTING_MAX)
        return error_set(error, ERR_INTERNAL, "the server made a mistake");
    struct db_hook *last_hook = session->hooks.last;
    const struct db_rows *outer = session->open_rows;
    int depth = session->depth + 1;
    if (!driver->savepoint(session, DB_SAVEPOINT, depth, error)) {
        session->failed = true;
        return false;
    }
    session->depth = depth;
    bool kept = run(session, data, error) && !session->failed;
    close_rows(session, outer);
    session->depth = depth - 1;
    if (kept && driver->savepoint(session, DB_RELEASE, depth, error))
        return true;
    error_set(error, ERR_INTERNAL, "the server made a mistake");
    truncate_hooks(session, last_hook);
    struct error ignored = {0};
    session->failed = session->lost || !driver->savepoint(session, DB_ROLLBACK_TO, depth, &ignored);
    return false;
}

bool db_after_commit(struct db_session *session, void (*fn)(void *data), void *data,
                     struct error *error)
{
    struct db_hook *hook = ARENA_NEW(session->arena, struct db_hook);
    if (!hook)
        return error_set_no_memory(error);
    hook->fn = fn;
    hook->data = data;
    if (session->hooks.last)
        session->hooks.last->next = hook;
    else
        session->hooks.first = hook;
    session->hooks.last = hook;
    return true;
}

/* True once, when the countdown of db_fail_after ends with this statement. */
static bool fault_is_due(struct db *db)
{
    if (atomic_load_explicit(&db->fail_after, memory_order_relaxed) < 0)
        return false;
    return atomic_fetch_sub(&db->fail_after, 1) == 0;
}

static bool values_are_valid(const struct db_value *values, size_t count, struct error *error)
{
    if (count > DB_PARAMETERS_MAX)
        return error_set(error, ERR_INTERNAL, "a statement has too many parameters");
    for (size_t i = 0; i < count; i++)
        if (values[i].kind == DB_TEXT && memchr(values[i].text.at, 0, values[i].text.len))
            return error_set(error, ERR_INVALID, "a text may not hold a NUL character");
    return true;
}

/* Whether the session may run one more statement. */
static bool begin_statement(struct db_session *session, const struct db_statement *statement,
                            const struct db_value *values, size_t count, struct error *error)
{
    if (session->failed)
        return error_set(error, ERR_INTERNAL, "an earlier statement of this unit failed");
    session->statements++;
    session->violation = (struct db_violation){0};
    if (!values_are_valid(values, count, error))
        return false;
    if (fault_is_due(session->db)) {
        db_log(session->db, "%s: fault injected", statement->name);
        return error_set(error, ERR_UNAVAILABLE, "the database cannot store this right now");
    }
    if (db_now() > session->deadline)
        return error_set(error, ERR_UNAVAILABLE, "the database took too long");
    return true;
}

bool db_execute(struct db_session *session, const struct db_statement *statement,
                const struct db_value *values, size_t count, int64_t *changed, struct error *error)
{
    int64_t ignored;
    if (begin_statement(session, statement, values, count, error) &&
        session->db->driver->execute(session, statement, values, count,
                                     changed ? changed : &ignored, error))
        return true;
    session->failed = true;
    return false;
}

bool db_query(struct db_session *session, const struct db_statement *statement,
              const struct db_value *values, size_t count, struct db_rows *rows,
              struct error *error)
{
    *rows = (struct db_rows){.session = session, .error = error, .row = -1};
    if (begin_statement(session, statement, values, count, error) &&
        session->db->driver->query(session, statement, values, count, rows, error)) {
        rows->open = true;
        rows->outer = session->open_rows;
        session->open_rows = rows;
        return true;
    }
    session->failed = true;
    return false;
}

bool db_next(struct db_rows *rows)
{
    if (!rows->open)
        return false;
    if (rows->session->db->driver->next(rows))
        return true;
    close_rows(rows->session, rows->outer);
    if (error_is_set(rows->error))
        rows->session->failed = true;
    return false;
}

bool db_end(struct db_rows *rows)
{
    if (rows->open)
        close_rows(rows->session, rows->outer);
    return !error_is_set(rows->error);
}

bool db_column_is_null(const struct db_rows *rows, int column)
{
    return rows->session->db->driver->is_null(rows, column);
}

int64_t db_column_int64(const struct db_rows *rows, int column)
{
    return rows->session->db->driver->int64(rows, column);
}

bool db_column_bool(const struct db_rows *rows, int column)
{
    return db_column_int64(rows, column) != 0;
}

double db_column_real(const struct db_rows *rows, int column)
{
    return rows->session->db->driver->real(rows, column);
}

struct text db_column_text(const struct db_rows *rows, int column, struct arena *arena)
{
    return text_copy(arena, db_column_peek(rows, column));
}

struct text db_column_blob(const struct db_rows *rows, int column, struct arena *arena)
{
    return text_copy(arena, db_column_peek(rows, column));
}

struct text db_column_peek(const struct db_rows *rows, int column)
{
    return rows->session->db->driver->peek(rows, column);
}

const struct db_violation *db_violation(const struct db_session *session)
{
    return &session->violation;
}

/* Copies a text to the end of what is used of the violation's storage. */
static struct text keep_text(struct db_session *session, size_t *used, struct text text)
{
    size_t room = sizeof(session->violation_text) - *used;
    struct text kept = {session->violation_text + *used, text.len < room ? text.len : room};
    if (kept.len > 0)
        memcpy(session->violation_text + *used, text.at, kept.len);
    *used += kept.len;
    return kept;
}

void db_set_violation(struct db_session *session, bool unique, struct text table,
                      struct text columns, struct text constraint, struct error *error)
{
    size_t used = 0;
    session->violation = (struct db_violation){
        .unique = unique,
        .table = keep_text(session, &used, table),
        .columns = keep_text(session, &used, columns),
        .constraint = keep_text(session, &used, constraint),
    };
    if (unique)
        error_set(error, ERR_CONFLICT, "something with the same value exists already");
    else
        error_set(error, ERR_CONFLICT, "something else still refers to this, or is gone");
    char field[sizeof(error->field)];
    if (columns.len == 0 || columns.len >= sizeof(field) || text_contains(columns, TEXT(",")))
        return;
    memcpy(field, columns.at, columns.len);
    field[columns.len] = '\0';
    error_set_field(error, field);
}

uint64_t db_statement_count(const struct db_session *session)
{
    return session->statements;
}

enum db_mode db_session_mode(const struct db_session *session)
{
    return session->mode;
}

bool db_script(struct db_session *session, const char *sql, struct error *error)
{
    const char *expanded = session->failed ? NULL : db_expand(session, sql, error);
    if (expanded && session->db->driver->script(session, expanded, error))
        return true;
    session->failed = true;
    return error_set(error, ERR_INTERNAL, "the server made a mistake");
}

bool db_notify(struct db_session *session, struct text channel, struct text payload,
               struct error *error)
{
    if (channel.len == 0 || text_find_byte(channel, '\n', 0) < channel.len ||
        channel.len + payload.len > DB_NOTIFY_MAX)
        return error_set(error, ERR_INTERNAL, "a message to other servers is malformed");
    if (!session->failed && session->db->driver->notify(session, channel, payload, error))
        return true;
    session->failed = true;
    return error_set(error, ERR_INTERNAL, "an earlier statement of this unit failed");
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
