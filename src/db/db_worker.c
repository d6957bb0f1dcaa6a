/*
 * The threads that run units: one writer, which commits what waits in batches, and a pool of
 * readers where reads do not run on the caller's thread.
 *
 * A batch is one transaction, and a unit that fails undoes only itself. Most units are kept, and
 * savepoints cost a copy of each page that is written, so a batch begins without them; when
 * something has to be undone, the batch runs again with savepoints, as do those after it for a
 * while. When the transaction itself is lost (disk full in the middle, connection gone), what it
 * held is run again: without the unit that broke it, or on a new connection.
 */
#include "db/db_driver.h"

#include <stdlib.h>

enum {
    BATCH_TIME_US = 20 * 1000, /* then the batch is committed, whatever still waits */
    ATTEMPTS = 4,              /* of a transaction that may succeed when tried again */
    GUARDED_BATCHES = 64,      /* after one in which something had to be undone */
    BACKOFF_FIRST_US = 100 * 1000,
    BACKOFF_MOST_US = 3 * 1000 * 1000,
};

/* When a lost connection may be tried again. Until then units fail at once instead of waiting. */
struct reconnect {
    int64_t next_try, pause;
};

/* What the writer knows from one batch to the next. */
struct writer {
    struct reconnect reconnect;
    int guarded_batches; /* so many more have savepoints */
};

struct unit_list {
    struct db_unit *first, *last;
};

struct batch {
    struct db *db;
    struct writer *writer;
    struct unit_list waiting; /* not yet run in this transaction */
    struct unit_list ran;
    bool guarded;    /* each unit has a savepoint, as have the blocks in it */
    bool alone;      /* a single unit needs none of its own */
    bool one_by_one; /* a constraint that waits for the commit failed: find out whose it was */
    int attempts;    /* of losing the transaction through no unit's fault */
};

static void list_add(struct unit_list *list, struct db_unit *unit)
{
    unit->next = NULL;
    if (list->last)
        list->last->next = unit;
    else
        list->first = unit;
    list->last = unit;
}

static struct db_unit *list_take(struct unit_list *list)
{
    struct db_unit *unit = list->first;
    list->first = unit->next;
    if (!list->first)
        list->last = NULL;
    return unit;
}

void db_unit_finish(struct db *db, struct db_unit *unit)
{
    bool failed = error_is_set(&unit->error);
    if (failed)
        atomic_fetch_add_explicit(&db->failed_units, 1, memory_order_relaxed);
    unit->done(unit->data, failed ? &unit->error : NULL);
}

static bool fail_if_late(struct db_unit *unit)
{
    return db_now() > unit->deadline &&
           !error_set(&unit->error, ERR_UNAVAILABLE, "the database had too much to do; try again");
}

/* Makes sure that *session is connected. */
static bool ensure_connected(struct db *db, enum db_mode mode, struct reconnect *reconnect,
                             struct db_session **session, struct error *error)
{
    if (*session && !(*session)->broken)
        return true;
    if (*session) {
        db->driver->disconnect(*session);
        *session = NULL;
        atomic_fetch_add(&db->reconnects, 1);
    }
    if (db_now() < reconnect->next_try)
        return error_set(error, ERR_UNAVAILABLE, "the database cannot be reached right now");
    if (db->driver->connect(db, mode, session, error)) {
        *reconnect = (struct reconnect){0};
        return true;
    }
    int64_t longer =
        reconnect->pause * 2 < BACKOFF_MOST_US ? reconnect->pause * 2 : BACKOFF_MOST_US;
    reconnect->pause = longer > 0 ? longer : BACKOFF_FIRST_US;
    reconnect->next_try = db_now() + reconnect->pause;
    return false;
}

static void reset_batch_memory(struct db_session *session)
{
    session->hooks = (struct db_hook_list){0};
    arena_reset(session->arena);
}

/* A unit that has failed is undone with the transaction when it is alone in it. */
static void undo_unit(const struct batch *batch, struct db_session *session, struct db_unit *unit,
                      struct db_hook *last_hook)
{
    if (batch->alone)
        return;
    db_truncate_hooks(session, last_hook);
    if (!batch->guarded)
        session->spoilt |= session->failed || session->writes > 0;
    else if (!batch->db->driver->savepoint(session, DB_ROLLBACK_TO, 0, &unit->error))
        session->lost = true;
}

/* Runs one unit of the batch; what it leaves behind is to be committed, whether it failed or not,
 * unless session->lost or session->spoilt. */
static void run_in_batch(struct batch *batch, struct db_session *session, struct db_unit *unit)
{
    const struct db_driver *driver = batch->db->driver;
    struct db_hook *last_hook = session->hooks.last;
    bool has_savepoint = batch->guarded && !batch->alone;
    session->lost = session->again = session->spoilt = false;
    session->guarded = batch->guarded;
    if (fail_if_late(unit))
        return;
    if (has_savepoint && !driver->savepoint(session, DB_SAVEPOINT, 0, &unit->error)) {
        session->lost = true;
        return;
    }
    bool kept = db_session_run(session, unit, &unit->error);
    if (session->lost)
        return;
    if (!kept)
        undo_unit(batch, session, unit, last_hook);
    else if (has_savepoint && !driver->savepoint(session, DB_RELEASE, 0, &unit->error))
        session->lost = true;
}

/* Puts what ran back in front of what waits. */
static void run_again(struct batch *batch)
{
    for (struct db_unit *unit = batch->ran.first; unit; unit = unit->next)
        error_clear(&unit->error);
    if (!batch->ran.last)
        return;
    batch->ran.last->next = batch->waiting.first;
    if (!batch->waiting.last)
        batch->waiting.last = batch->ran.last;
    batch->waiting.first = batch->ran.first;
    batch->ran = (struct unit_list){0};
}

/* Gives every unit of the list the same failure. */
static void fail_all(struct unit_list *list, const struct error *error)
{
    for (struct db_unit *unit = list->first; unit; unit = unit->next)
        unit->error = *error;
}

static void finish_all(struct db *db, struct unit_list *list)
{
    while (list->first)
        db_unit_finish(db, list_take(list));
}

/* All run again, each so that it can be undone alone. */
static void guard_batch(struct batch *batch, struct db_unit *current)
{
    batch->guarded = true;
    batch->writer->guarded_batches = GUARDED_BATCHES;
    list_add(&batch->ran, current);
    run_again(batch);
}

/* After the transaction was lost in the middle of `current`. When that was the unit's own doing, it
 * is given up; when it was nobody's, all run again, a few times. */
static void recover_batch(struct batch *batch, const struct db_session *session,
                          struct db_unit *current)
{
    bool innocent = session->broken || session->again;
    if (!session->lost) {
        guard_batch(batch, current);
        return;
    }
    if (!innocent) {
        db_unit_finish(batch->db, current);
        run_again(batch);
        return;
    }
    list_add(&batch->ran, current);
    if (++batch->attempts < ATTEMPTS) {
        run_again(batch);
        return;
    }
    struct error error = {0};
    error_set(&error, ERR_UNAVAILABLE, "the database cannot be reached right now");
    fail_all(&batch->ran, &error);
    finish_all(batch->db, &batch->ran);
}

/* Runs what waits until time is up. False when the transaction was lost, or given up for one that
 * is guarded; the batch is then ready to be tried again. */
static bool run_units(struct batch *batch, struct db_session *session)
{
    int64_t until = db_now() + BATCH_TIME_US;
    batch->alone = batch->one_by_one || batch->waiting.first == batch->waiting.last;
    while (batch->waiting.first && (!batch->ran.first || (!batch->alone && db_now() < until))) {
        struct db_unit *unit = list_take(&batch->waiting);
        run_in_batch(batch, session, unit);
        if (session->lost || session->spoilt) {
            batch->db->driver->rollback(session);
            recover_batch(batch, session, unit);
            return false;
        }
        list_add(&batch->ran, unit);
    }
    return true;
}

static void answer(struct batch *batch, struct db_session *session, bool committed)
{
    if (committed)
        for (struct db_hook *hook = session->hooks.first; hook; hook = hook->next)
            hook->fn(hook->data);
    finish_all(batch->db, &batch->ran);
}

static void commit_batch(struct batch *batch, struct db_session *session)
{
    const struct db_driver *driver = batch->db->driver;
    struct error error = {0};
    bool only_failed = batch->alone && error_is_set(&batch->ran.first->error);
    uint64_t count = 0;
    for (struct db_unit *unit = batch->ran.first; unit; unit = unit->next)
        count++;
    if (only_failed) {
        driver->rollback(session);
        answer(batch, session, false);
    } else if (driver->commit(session, &error)) {
        atomic_fetch_add_explicit(&batch->db->commits, 1, memory_order_relaxed);
        answer(batch, session, true);
    } else {
        driver->rollback(session);
        if (error.kind == ERR_CONFLICT && !batch->alone) {
            batch->one_by_one = true;
            run_again(batch);
            return;
        }
        fail_all(&batch->ran, &error);
        answer(batch, session, false);
    }
    atomic_fetch_add_explicit(&batch->db->write_units, count, memory_order_relaxed);
}

/* One transaction over what waits; what did not fit still waits afterwards. */
static void run_batch(struct batch *batch)
{
    struct db *db = batch->db;
    struct error error = {0};
    if (!ensure_connected(db, DB_WRITE, &batch->writer->reconnect, &db->writer_session, &error) ||
        !db->driver->begin(db->writer_session, &error)) {
        fail_all(&batch->waiting, &error);
        finish_all(db, &batch->waiting);
        return;
    }
    reset_batch_memory(db->writer_session);
    if (run_units(batch, db->writer_session))
        commit_batch(batch, db->writer_session);
}

/* An injected fault fails the statement it meets, not only a first attempt. */
static bool is_guarded(struct db *db, struct writer *writer)
{
    if (writer->guarded_batches > 0)
        return writer->guarded_batches-- > 0;
    return atomic_load_explicit(&db->fail_after, memory_order_relaxed) >= 0;
}

static void *writer_main(void *data)
{
    struct db *db = data;
    struct writer writer = {0};
    struct db_unit *taken;
    while ((taken = db_queue_take(&db->writes, db->options.batch_size))) {
        struct batch batch = {.db = db, .writer = &writer, .guarded = is_guarded(db, &writer)};
        while (taken) {
            struct db_unit *next = taken->next;
            list_add(&batch.waiting, taken);
            taken = next;
        }
        while (batch.waiting.first)
            run_batch(&batch);
        if (db->driver->idle && db->writer_session)
            db->driver->idle(db->writer_session);
    }
    return NULL;
}

/* A read in its own snapshot. */
static void run_read(struct db *db, struct db_session *session, struct db_unit *unit)
{
    if (fail_if_late(unit) || !db->driver->begin(session, &unit->error))
        return;
    struct error ignored = {0};
    bool ended = db_session_run(session, unit, &unit->error) && !session->lost &&
                 db->driver->commit(session, &ignored);
    if (!ended)
        db->driver->rollback(session);
    reset_batch_memory(session);
    atomic_fetch_add_explicit(&db->read_units, 1, memory_order_relaxed);
}

static void *reader_main(void *data)
{
    struct db *db = data;
    struct db_session *session = NULL;
    struct reconnect reconnect = {0};
    struct db_unit *unit;
    while ((unit = db_queue_take(&db->reads, 1))) {
        for (int attempt = 0; attempt < 2; attempt++) {
            error_clear(&unit->error);
            if (!ensure_connected(db, DB_READ, &reconnect, &session, &unit->error))
                break;
            run_read(db, session, unit);
            if (!session->broken)
                break;
        }
        db_unit_finish(db, unit);
    }
    if (session)
        db->driver->disconnect(session);
    return NULL;
}

/* The calling thread's own session, found without a lock from its second use on. */
static _Thread_local struct {
    uint64_t serial;
    struct db_session *session;
} recent_reader;

static void forget_inline_session(struct db_session *session)
{
    struct db *db = session->db;
    pthread_mutex_lock(&db->lock);
    struct db_session **at = &db->inline_sessions;
    while (*at && *at != session)
        at = &(*at)->next;
    if (*at)
        *at = session->next;
    pthread_mutex_unlock(&db->lock);
}

/* A thread that has read ends before the database does. */
static void reader_thread_ends(void *data)
{
    struct db_session *session = data;
    forget_inline_session(session);
    session->db->driver->disconnect(session);
}

static struct db_session *inline_session(struct db *db, struct error *error)
{
    if (recent_reader.serial == db->serial)
        return recent_reader.session;
    struct db_session *session = pthread_getspecific(db->reader_key);
    if (!session) {
        if (!db->driver->connect(db, DB_READ, &session, error))
            return NULL;
        pthread_mutex_lock(&db->lock);
        session->next = db->inline_sessions;
        db->inline_sessions = session;
        pthread_mutex_unlock(&db->lock);
        (void)pthread_setspecific(db->reader_key, session);
    }
    recent_reader.serial = db->serial;
    recent_reader.session = session;
    return session;
}

void db_run_inline(struct db *db, struct db_unit *unit)
{
    struct db_session *session = inline_session(db, &unit->error);
    if (session)
        run_read(db, session, unit);
    db_unit_finish(db, unit);
}

bool db_workers_start(struct db *db, struct error *error)
{
    db->reader_key_made = pthread_key_create(&db->reader_key, reader_thread_ends) == 0;
    db->writer_started =
        db->reader_key_made && pthread_create(&db->writer, NULL, writer_main, db) == 0;
    if (!db->writer_started)
        return error_set(error, ERR_UNAVAILABLE, "no thread for the database");
    for (int i = 0; i < db->options.readers && !db->driver->reads_inline; i++) {
        if (pthread_create(&db->readers[i], NULL, reader_main, db) != 0)
            return error_set(error, ERR_UNAVAILABLE, "no thread for the database");
        db->readers_started++;
    }
    return true;
}

void db_workers_stop(struct db *db)
{
    db_queue_close(&db->reads);
    db_queue_close(&db->writes);
    for (int i = 0; i < db->readers_started; i++)
        pthread_join(db->readers[i], NULL);
    if (db->writer_started)
        pthread_join(db->writer, NULL);
    if (db->reader_key_made)
        pthread_key_delete(db->reader_key);
    while (db->inline_sessions) {
        struct db_session *session = db->inline_sessions;
        db->inline_sessions = session->next;
        db->driver->disconnect(session);
    }
    if (db->writer_session)
        db->driver->disconnect(db->writer_session);
    db->writer_session = NULL;
}
