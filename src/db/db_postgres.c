/*
 * The PostgreSQL driver: connections, transactions, and the exchange with the server.
 *
 * Writers take an advisory lock per schema right after BEGIN, so write units of all servers run one
 * after another, as they do on SQLite; READ COMMITTED then lets each of their statements see all
 * that was committed before. Readers use one REPEATABLE READ snapshot a unit.
 */
#include "db/db_postgres.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OLDEST_SERVER = 130000,
    GRACE_US = 1000 * 1000, /* the server's own timeout comes first, and says more */
};

static const struct db_macro macros[] = {
    {TEXT_INIT("texts"),
     TEXT_INIT("(SELECT value FROM json_array_elements_text(CAST($N AS json)) AS each (value))")},
    {TEXT_INIT("ints"), TEXT_INIT("(SELECT CAST(value AS bigint) AS value"
                                  " FROM json_array_elements_text(CAST($N AS json))"
                                  " AS each (value))")},
    {TEXT_INIT("rows"), TEXT_INIT("(SELECT position - 1 AS position, value"
                                  " FROM json_array_elements_text(CAST($N AS json))"
                                  " WITH ORDINALITY AS each (value, position))")},
    {TEXT_INIT("int_rows"),
     TEXT_INIT("(SELECT position - 1 AS position, CAST(value AS bigint) AS value"
               " FROM json_array_elements_text(CAST($N AS json))"
               " WITH ORDINALITY AS each (value, position))")},
    {TEXT_INIT("bool"), TEXT_INIT("boolean")},
    {TEXT_INIT("int"), TEXT_INIT("bigint")},
    {TEXT_INIT("real"), TEXT_INIT("double precision")},
    {TEXT_INIT("text"), TEXT_INIT("text COLLATE \"C\"")},
    {TEXT_INIT("bytes"), TEXT_INIT("bytea")},
    {TEXT_INIT("serial"), TEXT_INIT("bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")},
    {TEXT_INIT("table"), TEXT_INIT("")},
    {TEXT_INIT("keyed_table"), TEXT_INIT("")},
};

static bool postgres_open(struct db *db, const char *url, struct error *error)
{
    struct db_postgres_place *place = calloc(1, sizeof(*place));
    if (!place || !(place->url = strdup(url))) {
        free(place);
        return error_set_no_memory(error);
    }
    place->stop_event = -1;
    db->place = place;
    return true;
}

static void postgres_close(struct db *db)
{
    struct db_postgres_place *place = db->place;
    db_postgres_stop_listening(place);
    free(place->url);
    free(place);
    db->place = NULL;
}

/* Runs set-up commands outside of any unit. */
static bool set_up_with(struct db *db, PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!done)
        db_log(db, "postgres: set-up: %s", PQerrorMessage(connection));
    PQclear(result);
    return done;
}

/* Another server may make the schema at the same moment, so failing to make it is not yet an error:
 * using it is what counts. */
static bool use_schema(struct db *db, PGconn *connection, enum db_mode mode)
{
    if (!db->options.schema)
        return true;
    char sql[256],
        *name = PQescapeIdentifier(connection, db->options.schema, strlen(db->options.schema));
    if (!name)
        return false;
    if (mode == DB_WRITE) {
        (void)snprintf(sql, sizeof(sql), "CREATE SCHEMA IF NOT EXISTS %s", name);
        PQclear(PQexec(connection, sql));
    }
    (void)snprintf(sql, sizeof(sql), "SET search_path = %s; SET application_name = %s", name, name);
    PQfreemem(name);
    return set_up_with(db, connection, sql);
}

static bool set_up(struct db *db, PGconn *connection, enum db_mode mode)
{
    char sql[640];
    long long timeout = db->options.timeout_us / 1000 + 1;
    (void)snprintf(sql, sizeof(sql),
                   "SET client_min_messages = warning; SET TimeZone = 'UTC'; SET jit = off;"
                   "SET statement_timeout = %lld; SET lock_timeout = %lld;"
                   "SET idle_in_transaction_session_timeout = %lld;"
                   "SET standard_conforming_strings = on;"
                   "SELECT set_config('synchronous_commit', 'on', false)"
                   " WHERE current_setting('synchronous_commit') = 'off'",
                   timeout, timeout, timeout * 2);
    return set_up_with(db, connection, sql) && use_schema(db, connection, mode);
}

static bool check_server(PGconn *connection, struct error *error)
{
    const char *encoding = PQparameterStatus(connection, "server_encoding");
    if (PQserverVersion(connection) < OLDEST_SERVER)
        return error_set(error, ERR_UNAVAILABLE, "the database needs PostgreSQL 13 or later");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return error_set(error, ERR_UNAVAILABLE, "the database must use the encoding UTF8");
    return true;
}

static void log_notice(void *data, const char *message)
{
    db_log(data, "postgres: %s", message);
}

static PGconn *start_connection(const struct db *db)
{
    char seconds[16];
    const struct db_postgres_place *place = db->place;
    (void)snprintf(seconds, sizeof(seconds), "%d",
                   (int)(db->options.connect_timeout_us / 1000000) + 1);
    const char *keywords[] = {"connect_timeout", "keepalives_idle", "tcp_user_timeout",
                              "dbname",          "client_encoding", NULL};
    const char *values[] = {seconds, "30", "15000", place->url, "UTF8", NULL};
    return PQconnectdbParams(keywords, values, 1);
}

PGconn *db_postgres_dial(struct db *db, enum db_mode mode, struct error *error)
{
    PGconn *connection = start_connection(db);
    (void)PQsetNoticeProcessor(connection, log_notice, db);
    if (connection && PQstatus(connection) == CONNECTION_OK && check_server(connection, error) &&
        set_up(db, connection, mode))
        return connection;
    if (connection && PQstatus(connection) != CONNECTION_OK)
        db_log(db, "postgres: %s", PQerrorMessage(connection));
    PQfinish(connection);
    error_set(error, ERR_UNAVAILABLE, "the database cannot be reached right now");
    return NULL;
}

static void postgres_disconnect(struct db_session *session)
{
    struct db_postgres_session *own = db_postgres_session(session);
    db_cache_release(&session->cache, free);
    PQfinish(own->connection);
    db_session_release(session);
    free(own);
}

static bool postgres_connect(struct db *db, enum db_mode mode, struct db_session **out,
                             struct error *error)
{
    struct db_postgres_session *session = calloc(1, sizeof(*session));
    if (!session)
        return error_set_no_memory(error);
    session->connection = db_postgres_dial(db, mode, error);
    if (!session->connection || !db_session_init(&session->base, db, mode) ||
        PQenterPipelineMode(session->connection) != 1 ||
        PQsetnonblocking(session->connection, 1) != 0) {
        postgres_disconnect(&session->base);
        return error_set(error, ERR_UNAVAILABLE, "the database cannot be reached right now");
    }
    *out = &session->base;
    return true;
}

bool db_postgres_fail_connection(struct db_postgres_session *session, const char *what,
                                 struct error *error)
{
    session->base.broken = session->base.lost = true;
    db_log(session->base.db, "postgres: %s: %s", what, PQerrorMessage(session->connection));
    return error_set(error, ERR_UNAVAILABLE, "the connection to the database was lost");
}

/* What a SQLSTATE means to a caller. A class is its first two letters. */
static enum error_kind kind_of_state(const char *state)
{
    static const char *const outages[] = {"08", "40", "53", "57", "58", "55P03", "25P03"};
    if (strcmp(state, "22021") == 0)
        return ERR_INVALID;
    for (size_t i = 0; i < ARRAY_LENGTH(outages); i++)
        if (strncmp(state, outages[i], strlen(outages[i])) == 0)
            return ERR_UNAVAILABLE;
    return ERR_INTERNAL;
}

/* The columns in "Key (space, name)=(a, b) already exists.", whatever the language. */
static struct text columns_of(const PGresult *result)
{
    struct text detail = text_z(PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
    size_t from = text_find_byte(detail, '(', 0), to = text_find(detail, TEXT(")=("), from);
    return to < detail.len ? text_slice(detail, from + 1, to) : TEXT("");
}

static void set_violation(struct db_postgres_session *session, bool unique, const PGresult *result,
                          struct error *error)
{
    struct text columns = unique ? columns_of(result) : TEXT("");
    bool plain = !text_contains(columns, TEXT("("));
    db_set_violation(&session->base, unique,
                     unique ? text_z(PQresultErrorField(result, PG_DIAG_TABLE_NAME)) : TEXT(""),
                     plain ? columns : TEXT(""),
                     text_z(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME)), error);
}

static bool fail_result(struct db_postgres_session *session, const char *what,
                        const PGresult *result, struct error *error)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (!state || PQstatus(session->connection) == CONNECTION_BAD)
        return db_postgres_fail_connection(session, what, error);
    bool unique = strcmp(state, "23505") == 0;
    if (unique || strcmp(state, "23503") == 0) {
        set_violation(session, unique, result, error);
        return false;
    }
    db_log(session->base.db, "postgres: %s: %s", what, PQresultErrorMessage(result));
    if (strncmp(state, "57P", 3) == 0 || strcmp(state, "25P03") == 0)
        session->base.broken = session->base.lost = true;
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
        session->base.again = session->base.lost = true;
    switch (kind_of_state(state)) {
    case ERR_INVALID: return error_set(error, ERR_INVALID, "a text is not valid UTF-8");
    case ERR_UNAVAILABLE:
        return error_set(error, ERR_UNAVAILABLE,
                         strcmp(state, "57014") == 0 ? "the database took too long"
                                                     : "the database cannot store this right now");
    default: return error_set(error, ERR_INTERNAL, "the server made a mistake");
    }
}

/* Milliseconds left for the server to answer, -1 for any time. */
static int time_left(const struct db_session *session)
{
    if (session->deadline == INT64_MAX)
        return -1;
    int64_t left = (session->deadline + GRACE_US - db_now()) / 1000;
    return left > 0 ? (int)left : 0;
}

/* Sends what is buffered and waits until a result can be read without blocking. */
static bool wait_for_result(struct db_postgres_session *session)
{
    for (;;) {
        int unsent = PQflush(session->connection);
        if (unsent < 0)
            return false;
        if (unsent == 0 && !PQisBusy(session->connection))
            return true;
        struct pollfd file = {.fd = PQsocket(session->connection),
                              .events = (short)(POLLIN | (unsent ? POLLOUT : 0))};
        int ready = poll(&file, 1, time_left(&session->base));
        if (ready == 0)
            return false;
        if ((file.revents & ~POLLOUT) && PQconsumeInput(session->connection) != 1)
            return false;
    }
}

/* Reads answers up to the synchronisation. The result is the first failure or the last answer; NULL
 * when the connection failed. *at counts the answers up to it. */
static PGresult *read_answers(struct db_postgres_session *session, int *at)
{
    PGresult *kept = NULL;
    bool failed = false;
    for (*at = 0; wait_for_result(session);) {
        PGresult *result = PQgetResult(session->connection);
        ExecStatusType status = PQresultStatus(result);
        if (result && status == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            return kept;
        }
        if (failed || !result || status == PGRES_PIPELINE_ABORTED) {
            PQclear(result);
            if (PQstatus(session->connection) == CONNECTION_BAD)
                break;
            continue;
        }
        PQclear(kept);
        kept = result;
        ++*at;
        failed = status == PGRES_FATAL_ERROR;
    }
    PQclear(kept);
    return NULL;
}

bool db_postgres_exchange(struct db_postgres_session *session, const char *what, PGresult **result,
                          struct error *error)
{
    int controls = session->controls, at = 0;
    session->controls = 0;
    if (PQpipelineSync(session->connection) != 1)
        return db_postgres_fail_connection(session, what, error);
    *result = read_answers(session, &at);
    if (!*result)
        return db_postgres_fail_connection(session, what, error);
    if (PQresultStatus(*result) != PGRES_FATAL_ERROR)
        return true;
    fail_result(session, what, *result, error);
    /* Not the statement failed but what stands before it: the transaction is not what it should be.
     */
    if (at <= controls)
        session->base.lost = true;
    PQclear(*result);
    *result = NULL;
    return false;
}

/* Sends a transaction command without waiting for its answer. */
static bool send_control(struct db_postgres_session *session, const char *sql, struct error *error)
{
    if (PQsendQueryParams(session->connection, sql, 0, NULL, NULL, NULL, NULL, 0) != 1)
        return db_postgres_fail_connection(session, sql, error);
    session->controls++;
    return true;
}

bool db_postgres_begin_unit(struct db_postgres_session *session, struct error *error)
{
    if (session->begun)
        return true;
    session->begun = true;
    if (session->base.mode == DB_READ)
        return send_control(session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error);
    return send_control(session, "BEGIN ISOLATION LEVEL READ COMMITTED", error) &&
           send_control(session, "SELECT pg_advisory_xact_lock(hashtext(current_schema()), 1)",
                        error);
}

/* Reads the answer to the last unit's COMMIT, which a reader did not wait for. */
static bool postgres_begin(struct db_session *session, struct error *error)
{
    struct db_postgres_session *own = db_postgres_session(session);
    int at;
    own->begun = false;
    own->controls = 0;
    if (!own->sync_unread)
        return true;
    own->sync_unread = false;
    session->deadline = db_now() + session->db->options.timeout_us;
    PGresult *result = read_answers(own, &at);
    if (!result)
        return db_postgres_fail_connection(own, "end of read", error);
    PQclear(result);
    return true;
}

static bool commit_read(struct db_postgres_session *session, struct error *error)
{
    if (!send_control(session, "COMMIT", error))
        return false;
    if (PQpipelineSync(session->connection) != 1 || PQflush(session->connection) < 0)
        return db_postgres_fail_connection(session, "commit", error);
    session->sync_unread = true;
    return true;
}

static bool postgres_commit(struct db_session *session, struct error *error)
{
    struct db_postgres_session *own = db_postgres_session(session);
    PGresult *result = NULL;
    if (!own->begun)
        return true;
    if (session->mode == DB_READ)
        return commit_read(own, error);
    session->deadline = db_now() + session->db->options.timeout_us;
    if (!send_control(own, "COMMIT", error) ||
        !db_postgres_exchange(own, "commit", &result, error)) {
        if (session->broken) {
            error_clear(error);
            error_set(error, ERR_UNAVAILABLE,
                      "the connection to the database was lost; the change may or may not be kept");
        }
        return false;
    }
    bool committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    return committed || error_set(error, ERR_INTERNAL, "the server made a mistake");
}

static void postgres_rollback(struct db_session *session)
{
    struct db_postgres_session *own = db_postgres_session(session);
    PGresult *result = NULL;
    struct error ignored = {0};
    if (!own->begun || session->broken)
        return;
    session->deadline = db_now() + session->db->options.timeout_us;
    if (send_control(own, "ROLLBACK", &ignored) &&
        db_postgres_exchange(own, "rollback", &result, &ignored))
        PQclear(result);
    else
        session->broken = true;
    own->begun = false;
}

static bool postgres_savepoint(struct db_session *session, enum db_savepoint_step step, int depth,
                               struct error *error)
{
    static const char *const verbs[] = {"SAVEPOINT", "RELEASE", "ROLLBACK TO"};
    struct db_postgres_session *own = db_postgres_session(session);
    char sql[32];
    if (session->broken || !db_postgres_begin_unit(own, error))
        return false;
    (void)snprintf(sql, sizeof(sql), "%s unit%d", verbs[step], depth);
    if (!send_control(own, sql, error))
        return false;
    (void)snprintf(sql, sizeof(sql), "RELEASE unit%d", depth);
    return step != DB_ROLLBACK_TO || send_control(own, sql, error);
}

static bool run_script(struct db_postgres_session *session, const char *sql, struct error *error)
{
    PGresult *result = PQexec(session->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
                status == PGRES_EMPTY_QUERY || fail_result(session, "script", result, error);
    PQclear(result);
    return done;
}

/* Several statements at once are not for pipelines, so the connection leaves that mode for them. */
static bool postgres_script(struct db_session *session, const char *sql, struct error *error)
{
    struct db_postgres_session *own = db_postgres_session(session);
    PGresult *result = NULL;
    if (!db_postgres_begin_unit(own, error) ||
        !send_control(own, "SET LOCAL statement_timeout = 0", error) ||
        !db_postgres_exchange(own, "script", &result, error))
        return false;
    PQclear(result);
    if (PQexitPipelineMode(own->connection) != 1)
        return db_postgres_fail_connection(own, "script", error);
    bool done = run_script(own, sql, error);
    if (PQenterPipelineMode(own->connection) != 1)
        return db_postgres_fail_connection(own, "script", error);
    return done;
}

const struct db_driver db_postgres_driver = {
    .name = "postgres",
    .macros = macros,
    .macro_count = ARRAY_LENGTH(macros),
    .open = postgres_open,
    .close = postgres_close,
    .connect = postgres_connect,
    .disconnect = postgres_disconnect,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .savepoint = postgres_savepoint,
    .execute = db_postgres_execute,
    .query = db_postgres_query,
    .next = db_postgres_next,
    .end = db_postgres_end,
    .is_null = db_postgres_is_null,
    .int64 = db_postgres_int64,
    .real = db_postgres_real,
    .peek = db_postgres_peek,
    .script = postgres_script,
    .notify = db_postgres_notify,
    .listen = db_postgres_listen,
    .hears = db_postgres_hears,
};
