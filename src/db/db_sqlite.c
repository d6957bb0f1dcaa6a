/*
 * The SQLite driver: one file, one connection that writes and checkpoints, and one query-only
 * connection for each thread that reads.
 *
 * That only the writer ever writes or checkpoints is an invariant, not a habit: SQLite
 * before 3.51.3 can lose the log's tail when two connections do so at the same moment. So readers
 * are query_only, never checkpoint (neither by size nor when they close), and a second process on
 * the same file is refused by a lock on a file beside it.
 */
#include "db/db_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUSY_MS = 2000,          /* against other programs that look into the file */
    PROGRESS_STEPS = 4000,   /* virtual machine steps between two looks at the deadline */
    CHECKPOINT_PAGES = 1000, /* in the log before it is copied back */
    RESTART_PAGES = 16000,   /* then the writer waits for readers so that the log starts over */
};

/* The driver's part of struct db. */
struct place {
    char *path;
    int lock_file;
};

static const struct db_macro macros[] = {
    {TEXT_INIT("texts"), TEXT_INIT("(SELECT value FROM json_each($N))")},
    {TEXT_INIT("ints"), TEXT_INIT("(SELECT value FROM json_each($N))")},
    {TEXT_INIT("rows"), TEXT_INIT("(SELECT key AS position, value FROM json_each($N))")},
    {TEXT_INIT("int_rows"), TEXT_INIT("(SELECT key AS position, value FROM json_each($N))")},
    {TEXT_INIT("bool"), TEXT_INIT("INTEGER")},
    {TEXT_INIT("int"), TEXT_INIT("INTEGER")},
    {TEXT_INIT("real"), TEXT_INIT("REAL")},
    {TEXT_INIT("text"), TEXT_INIT("TEXT")},
    {TEXT_INIT("bytes"), TEXT_INIT("BLOB")},
    {TEXT_INIT("serial"), TEXT_INIT("INTEGER PRIMARY KEY AUTOINCREMENT")},
    {TEXT_INIT("table"), TEXT_INIT("STRICT")},
    {TEXT_INIT("keyed_table"), TEXT_INIT("STRICT, WITHOUT ROWID")},
};

static void configure_library(void)
{
    /* The statistics' mutex is what keeps two readers from being faster than one. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)sqlite3_initialize();
}

static bool fail_open(struct error *error, const char *path, const char *what)
{
    return error_set(error, ERR_UNAVAILABLE, "cannot open the database %s: %s", path, what);
}

/* The file must exist before its real path can be known; it is nobody else's to read. */
static char *make_file(const char *path, struct error *error)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        fail_open(error, path, strerror(errno));
        return NULL;
    }
    (void)close(file);
    char *real = realpath(path, NULL);
    if (!real)
        fail_open(error, path, strerror(errno));
    return real;
}

/* Who holds the lock, for the message. 0 when unknown. */
static long lock_holder(int file)
{
    char digits[24] = {0};
    return pread(file, digits, sizeof(digits) - 1, 0) > 0 ? strtol(digits, NULL, 10) : 0;
}

static bool take_lock(struct place *place, struct error *error)
{
    char name[PATH_MAX], digits[24];
    int len = snprintf(name, sizeof(name), "%s.lock", place->path);
    if (len < 0 || (size_t)len >= sizeof(name))
        return fail_open(error, place->path, "the path is too long");
    place->lock_file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (place->lock_file < 0)
        return fail_open(error, place->path, strerror(errno));
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(place->lock_file, F_OFD_SETLK, &whole) != 0)
        return error_set(error, ERR_UNAVAILABLE,
                         "the database %s is already open in process %ld; only one server may use "
                         "an SQLite database",
                         place->path, lock_holder(place->lock_file));
    len = snprintf(digits, sizeof(digits), "%ld\n", (long)getpid());
    if (ftruncate(place->lock_file, 0) != 0 || pwrite(place->lock_file, digits, (size_t)len, 0) < 0)
        return fail_open(error, place->path, strerror(errno));
    return true;
}

static void close_place(struct place *place)
{
    if (place->lock_file >= 0)
        (void)close(place->lock_file);
    free(place->path);
    free(place);
}

static bool sqlite_open(struct db *db, const char *path, struct error *error)
{
    static pthread_once_t configured = PTHREAD_ONCE_INIT;
    (void)pthread_once(&configured, configure_library);
    if (strcmp(path, ":memory:") == 0)
        return error_set(error, ERR_INVALID, "the database must be a file");
    struct place *place = calloc(1, sizeof(*place));
    if (!place)
        return error_set_no_memory(error);
    place->lock_file = -1;
    place->path = make_file(path, error);
    if (!place->path || !take_lock(place, error)) {
        close_place(place);
        return false;
    }
    db->place = place;
    return true;
}

static void sqlite_close(struct db *db)
{
    close_place(db->place);
    db->place = NULL;
}

static void sqlite_disconnect(struct db_session *session)
{
    struct db_sqlite_session *own = db_sqlite_session(session);
    db_cache_release(&session->cache, db_sqlite_free_prepared);
    sqlite3_finalize(own->begin);
    sqlite3_finalize(own->commit);
    sqlite3_finalize(own->rollback);
    for (int depth = 0; depth < DB_SQLITE_DEPTHS; depth++)
        for (int step = DB_SAVEPOINT; step <= DB_ROLLBACK_TO; step++)
            sqlite3_finalize(own->savepoints[depth][step]);
    (void)sqlite3_close_v2(own->handle);
    db_session_release(session);
    free(own);
}

/* Stops a statement whose unit is out of time. */
static int look_at_deadline(void *data)
{
    const struct db_session *session = data;
    return db_now() > session->deadline;
}

static int remember_log_size(void *data, sqlite3 *handle, const char *name, int pages)
{
    UNUSED(handle);
    UNUSED(name);
    struct db_sqlite_session *session = data;
    session->wal_pages = pages;
    return SQLITE_OK;
}

static bool pragmas(struct db_sqlite_session *session, const char *text, struct error *error)
{
    return sqlite3_exec(session->handle, text, NULL, NULL, NULL) == SQLITE_OK ||
           db_sqlite_fail(session, "settings", error);
}

/* Asks for the write-ahead log; some file systems cannot have one. */
static bool use_log(struct db_sqlite_session *session, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    bool in_use = sqlite3_prepare_v2(session->handle, "PRAGMA journal_mode = WAL", -1, &statement,
                                     NULL) == SQLITE_OK &&
                  sqlite3_step(statement) == SQLITE_ROW &&
                  text_equal_z(text_z((const char *)sqlite3_column_text(statement, 0)), "wal");
    if (!in_use)
        db_sqlite_fail(session, "write-ahead log", error);
    sqlite3_finalize(statement);
    return in_use || error_set(error, ERR_UNAVAILABLE,
                               "the database file cannot be used here: no write-ahead log");
}

static bool set_up_writer(struct db_sqlite_session *session, struct error *error)
{
    sqlite3_wal_hook(session->handle, remember_log_size, session);
    return use_log(session, error) &&
           pragmas(session,
                   "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000;"
                   "PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY",
                   error);
}

static bool set_up_reader(struct db_sqlite_session *session, struct error *error)
{
    (void)sqlite3_db_config(session->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_wal_autocheckpoint(session->handle, 0);
    return pragmas(session,
                   "PRAGMA query_only = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY",
                   error);
}

static bool set_up(struct db_sqlite_session *session, struct error *error)
{
    sqlite3 *handle = session->handle;
    (void)sqlite3_extended_result_codes(handle, 1);
    (void)sqlite3_busy_timeout(handle, BUSY_MS);
    /* What PostgreSQL would refuse is refused here too. */
    (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    bool write = session->base.mode == DB_WRITE;
    if (!pragmas(session, "PRAGMA mmap_size = 0; PRAGMA case_sensitive_like = ON", error) ||
        !(write ? set_up_writer(session, error) : set_up_reader(session, error)))
        return false;
    const char *begin = write ? "BEGIN IMMEDIATE" : "BEGIN";
    if (sqlite3_prepare_v2(handle, begin, -1, &session->begin, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(handle, "COMMIT", -1, &session->commit, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(handle, "ROLLBACK", -1, &session->rollback, NULL) != SQLITE_OK)
        return db_sqlite_fail(session, "transactions", error);
    sqlite3_progress_handler(handle, PROGRESS_STEPS, look_at_deadline, &session->base);
    return true;
}

static bool sqlite_connect(struct db *db, enum db_mode mode, struct db_session **out,
                           struct error *error)
{
    const struct place *place = db->place;
    struct db_sqlite_session *session = calloc(1, sizeof(*session));
    if (!session)
        return error_set_no_memory(error);
    session->base.deadline = INT64_MAX;
    if (!db_session_init(&session->base, db, mode)) {
        free(session);
        return error_set_no_memory(error);
    }
    int code = sqlite3_open_v2(place->path, &session->handle,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK || !set_up(session, error)) {
        db_log(db, "sqlite: %s: %s", place->path,
               session->handle ? sqlite3_errmsg(session->handle) : sqlite3_errstr(code));
        sqlite_disconnect(&session->base);
        return error_set(error, ERR_UNAVAILABLE, "the database cannot be reached right now");
    }
    *out = &session->base;
    return true;
}

/* Transaction control is not subject to the unit's deadline: it must come to its end. */
static bool step_without_deadline(struct db_session *session, sqlite3_stmt *statement,
                                  const char *what, struct error *error)
{
    int64_t deadline = session->deadline;
    session->deadline = INT64_MAX;
    bool done = db_sqlite_step(db_sqlite_session(session), statement, what, error);
    session->deadline = deadline;
    return done;
}

static bool sqlite_begin(struct db_session *session, struct error *error)
{
    return step_without_deadline(session, db_sqlite_session(session)->begin, "begin", error);
}

static bool sqlite_commit(struct db_session *session, struct error *error)
{
    return step_without_deadline(session, db_sqlite_session(session)->commit, "commit", error);
}

static void sqlite_rollback(struct db_session *session)
{
    struct db_sqlite_session *own = db_sqlite_session(session);
    struct error ignored = {0};
    if (!sqlite3_get_autocommit(own->handle))
        (void)step_without_deadline(session, own->rollback, "rollback", &ignored);
}

/* The statement for a savepoint step, prepared when first asked for. */
static sqlite3_stmt *savepoint_statement(struct db_sqlite_session *session,
                                         enum db_savepoint_step step, int depth)
{
    static const char *const verbs[] = {"SAVEPOINT", "RELEASE", "ROLLBACK TO"};
    sqlite3_stmt **statement = &session->savepoints[depth][step];
    char sql[32];
    if (!*statement) {
        (void)snprintf(sql, sizeof(sql), "%s unit%d", verbs[step], depth);
        (void)sqlite3_prepare_v2(session->handle, sql, -1, statement, NULL);
    }
    return *statement;
}

static bool savepoint_step(struct db_session *session, enum db_savepoint_step step, int depth,
                           struct error *error)
{
    sqlite3_stmt *statement = savepoint_statement(db_sqlite_session(session), step, depth);
    if (!statement)
        return db_sqlite_fail(db_sqlite_session(session), "savepoint", error);
    return step_without_deadline(session, statement, "savepoint", error);
}

/* ROLLBACK TO alone would leave the savepoint open. */
static bool sqlite_savepoint(struct db_session *session, enum db_savepoint_step step, int depth,
                             struct error *error)
{
    return savepoint_step(session, step, depth, error) &&
           (step != DB_ROLLBACK_TO || savepoint_step(session, DB_RELEASE, depth, error));
}

static void sqlite_idle(struct db_session *session)
{
    struct db_sqlite_session *own = db_sqlite_session(session);
    if (own->wal_pages < CHECKPOINT_PAGES)
        return;
    int mode =
        own->wal_pages < RESTART_PAGES ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    int64_t deadline = session->deadline;
    session->deadline = INT64_MAX;
    int code = sqlite3_wal_checkpoint_v2(own->handle, NULL, mode, NULL, NULL);
    session->deadline = deadline;
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        db_log(session->db, "sqlite: checkpoint: %s", sqlite3_errmsg(own->handle));
}

static bool sqlite_script(struct db_session *session, const char *sql, struct error *error)
{
    struct db_sqlite_session *own = db_sqlite_session(session);
    return sqlite3_exec(own->handle, sql, NULL, NULL, NULL) == SQLITE_OK ||
           db_sqlite_fail(own, "script", error);
}

/* A message that waits for its commit. */
struct message {
    struct db *db;
    struct text channel, payload;
};

static void deliver_message(void *data)
{
    const struct message *message = data;
    db_deliver(message->db, message->channel, message->payload);
}

/* One process has the file, so its listeners are all there are. */
static bool sqlite_notify(struct db_session *session, struct text channel, struct text payload,
                          struct error *error)
{
    struct message *message = ARENA_NEW(session->arena, struct message);
    if (!message)
        return error_set_no_memory(error);
    message->db = session->db;
    message->channel = text_copy(session->arena, channel);
    message->payload = text_copy(session->arena, payload);
    return db_after_commit(session, deliver_message, message, error);
}

const struct db_driver db_sqlite_driver = {
    .name = "sqlite",
    .reads_inline = true,
    .macros = macros,
    .macro_count = ARRAY_LENGTH(macros),
    .open = sqlite_open,
    .close = sqlite_close,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .savepoint = sqlite_savepoint,
    .idle = sqlite_idle,
    .execute = db_sqlite_execute,
    .query = db_sqlite_query,
    .next = db_sqlite_next,
    .end = db_sqlite_end,
    .is_null = db_sqlite_is_null,
    .int64 = db_sqlite_int64,
    .real = db_sqlite_real,
    .peek = db_sqlite_peek,
    .script = sqlite_script,
    .notify = sqlite_notify,
};
