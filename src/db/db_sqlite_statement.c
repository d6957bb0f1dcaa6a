/*
 * SQLite statements: prepare once per connection, bind, step, read columns, and what its errors
 * mean to a caller.
 */
#include "db/db_sqlite.h"

#include <stdlib.h>
#include <string.h>

/* A prepared statement. SQLite numbers parameters as they occur; number[i] is the N of its $N. */
struct prepared {
    sqlite3_stmt *handle;
    int parameter_count;
    size_t value_count;
    uint8_t number[DB_PARAMETERS_MAX];
    bool in_use;    /* rows are being read from it */
    bool temporary; /* made because the cached one was in use; ends with its rows */
};

/* "UNIQUE constraint failed: key.space, key.name" to table and columns. An index on expressions is
 * reported as "index 'name'". */
static void set_unique_violation(struct db_sqlite_session *session, struct error *error)
{
    struct text rest = text_z(sqlite3_errmsg(session->handle)), part;
    rest = text_slice(rest, text_find(rest, TEXT(": "), 0) + 2, rest.len);
    if (text_starts_with(rest, TEXT("index '"))) {
        struct text name = text_slice(rest, 7, text_find_byte(rest, '\'', 7));
        db_set_violation(&session->base, true, TEXT(""), TEXT(""), name, error);
        return;
    }
    struct text table = text_slice(rest, 0, text_find_byte(rest, '.', 0));
    struct buffer columns;
    buffer_init(&columns, session->base.arena, 256);
    while (text_next_part(&rest, ',', &part)) {
        if (columns.len > 0)
            buffer_add(&columns, TEXT(", "));
        buffer_add(&columns, text_slice(part, text_find_byte(part, '.', 0) + 1, part.len));
    }
    db_set_violation(&session->base, true, table, buffer_text(&columns), TEXT(""), error);
}

static void set_outage(int code, struct error *error)
{
    switch (code & 0xff) {
    case SQLITE_INTERRUPT: error_set(error, ERR_UNAVAILABLE, "the database took too long"); break;
    case SQLITE_FULL:
    case SQLITE_IOERR:
        error_set(error, ERR_UNAVAILABLE, "the database cannot store this right now");
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        error_set(error, ERR_UNAVAILABLE, "the database cannot be reached right now");
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        error_set(error, ERR_UNAVAILABLE, "the database file is damaged or not a database");
        break;
    default: error_set(error, ERR_INTERNAL, "the server made a mistake");
    }
}

bool db_sqlite_fail(struct db_sqlite_session *session, const char *what, struct error *error)
{
    int code = sqlite3_extended_errcode(session->handle);
    if (sqlite3_get_autocommit(session->handle))
        session->base.lost = true;
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: set_unique_violation(session, error); return false;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
    case SQLITE_CONSTRAINT_TRIGGER:
        db_set_violation(&session->base, false, TEXT(""), TEXT(""), TEXT(""), error);
        return false;
    default:
        db_log(session->base.db, "sqlite: %s: %s (%d)", what, sqlite3_errmsg(session->handle),
               code);
        set_outage(code, error);
        return false;
    }
}

bool db_sqlite_step(struct db_sqlite_session *session, sqlite3_stmt *statement, const char *what,
                    struct error *error)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_DONE || code == SQLITE_ROW) {
        (void)sqlite3_reset(statement);
        return true;
    }
    bool result = db_sqlite_fail(session, what, error);
    (void)sqlite3_reset(statement);
    return result;
}

void db_sqlite_free_prepared(void *prepared)
{
    struct prepared *own = prepared;
    sqlite3_finalize(own->handle);
    free(own);
}

static bool number_parameters(struct prepared *prepared)
{
    prepared->parameter_count = sqlite3_bind_parameter_count(prepared->handle);
    if (prepared->parameter_count > DB_PARAMETERS_MAX)
        return false;
    for (int i = 0; i < prepared->parameter_count; i++) {
        const char *name = sqlite3_bind_parameter_name(prepared->handle, i + 1);
        int64_t number;
        if (!name || name[0] != '$' || !text_to_int64(text_z(name + 1), &number) || number < 1 ||
            number > DB_PARAMETERS_MAX)
            return false;
        prepared->number[i] = (uint8_t)number;
        if ((size_t)number > prepared->value_count)
            prepared->value_count = (size_t)number;
    }
    return true;
}

static struct prepared *prepare(struct db_sqlite_session *session,
                                const struct db_statement *statement, struct error *error)
{
    const char *sql = db_expand(&session->base, statement->sql, error);
    if (!sql)
        return NULL;
    struct prepared *prepared = calloc(1, sizeof(*prepared));
    if (!prepared) {
        error_set_no_memory(error);
        return NULL;
    }
    if (sqlite3_prepare_v3(session->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared->handle,
                           NULL) != SQLITE_OK) {
        db_sqlite_fail(session, statement->name, error);
    } else if (!prepared->handle || !number_parameters(prepared)) {
        db_log(session->base.db, "%s: parameters must be $1 to $64", statement->name);
        error_set(error, ERR_INTERNAL, "the server made a mistake");
    } else {
        return prepared;
    }
    db_sqlite_free_prepared(prepared);
    return NULL;
}

/* The cached statement, or a temporary one when rows are being read from the cached one. */
static struct prepared *find_prepared(struct db_sqlite_session *session,
                                      const struct db_statement *statement, struct error *error)
{
    struct prepared *prepared = db_cache_find(&session->base.cache, statement);
    if (prepared && !prepared->in_use)
        return prepared;
    bool temporary = prepared != NULL;
    prepared = prepare(session, statement, error);
    if (!prepared)
        return NULL;
    prepared->temporary = temporary;
    if (temporary || db_cache_add(&session->base.cache, statement, prepared))
        return prepared;
    db_sqlite_free_prepared(prepared);
    error_set_no_memory(error);
    return NULL;
}

static int bind_value(sqlite3_stmt *handle, int at, const struct db_value *value)
{
    switch (value->kind) {
    case DB_NULL: return sqlite3_bind_null(handle, at);
    case DB_INT: return sqlite3_bind_int64(handle, at, value->integer);
    case DB_BOOL: return sqlite3_bind_int(handle, at, value->boolean);
    case DB_REAL: return sqlite3_bind_double(handle, at, value->real);
    case DB_TEXT:
        return sqlite3_bind_text64(handle, at, value->text.at, value->text.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case DB_BLOB:
        return sqlite3_bind_blob64(handle, at, value->text.at, value->text.len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static struct prepared *prepare_and_bind(struct db_session *session,
                                         const struct db_statement *statement,
                                         const struct db_value *values, size_t count,
                                         struct error *error)
{
    struct db_sqlite_session *own = db_sqlite_session(session);
    struct prepared *prepared = find_prepared(own, statement, error);
    if (!prepared)
        return NULL;
    int code = SQLITE_OK;
    if (prepared->value_count != count) {
        db_log(session->db, "%s: %zu parameters given, %zu wanted", statement->name, count,
               prepared->value_count);
        code = SQLITE_MISUSE;
    }
    for (int i = 0; i < prepared->parameter_count && code == SQLITE_OK; i++)
        code = bind_value(prepared->handle, i + 1, &values[prepared->number[i] - 1]);
    if (code == SQLITE_OK)
        return prepared;
    if (prepared->temporary)
        db_sqlite_free_prepared(prepared);
    error_set(error, code == SQLITE_TOOBIG ? ERR_TOO_LARGE : ERR_INTERNAL,
              code == SQLITE_TOOBIG ? "a value is too large to be stored"
                                    : "the server made a mistake");
    return NULL;
}

static void end_use(struct prepared *prepared)
{
    (void)sqlite3_reset(prepared->handle);
    prepared->in_use = false;
    if (prepared->temporary)
        db_sqlite_free_prepared(prepared);
}

bool db_sqlite_execute(struct db_session *session, const struct db_statement *statement,
                       const struct db_value *values, size_t count, int64_t *changed,
                       struct error *error)
{
    struct db_sqlite_session *own = db_sqlite_session(session);
    struct prepared *prepared = prepare_and_bind(session, statement, values, count, error);
    if (!prepared)
        return false;
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW)
        code = sqlite3_step(prepared->handle);
    bool done = code == SQLITE_DONE || db_sqlite_fail(own, statement->name, error);
    *changed = sqlite3_stmt_readonly(prepared->handle) ? 0 : sqlite3_changes64(own->handle);
    end_use(prepared);
    return done;
}

bool db_sqlite_query(struct db_session *session, const struct db_statement *statement,
                     const struct db_value *values, size_t count, struct db_rows *rows,
                     struct error *error)
{
    struct prepared *prepared = prepare_and_bind(session, statement, values, count, error);
    if (!prepared)
        return false;
    prepared->in_use = true;
    rows->handle = prepared;
    return true;
}

bool db_sqlite_next(struct db_rows *rows)
{
    const struct prepared *prepared = rows->handle;
    int code = sqlite3_step(prepared->handle);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        db_sqlite_fail(db_sqlite_session(rows->session), "reading rows", rows->error);
    return false;
}

void db_sqlite_end(struct db_rows *rows)
{
    end_use(rows->handle);
    rows->handle = NULL;
}

static sqlite3_stmt *row_of(const struct db_rows *rows)
{
    return ((const struct prepared *)rows->handle)->handle;
}

bool db_sqlite_is_null(const struct db_rows *rows, int column)
{
    return sqlite3_column_type(row_of(rows), column) == SQLITE_NULL;
}

int64_t db_sqlite_int64(const struct db_rows *rows, int column)
{
    return sqlite3_column_int64(row_of(rows), column);
}

double db_sqlite_real(const struct db_rows *rows, int column)
{
    return sqlite3_column_double(row_of(rows), column);
}

/* Asking for the column once, instead of for its bytes and then its size, halves the cost. The
 * value is only safe to look at because one thread uses the connection. */
struct text db_sqlite_peek(const struct db_rows *rows, int column)
{
    sqlite3_value *value = sqlite3_column_value(row_of(rows), column);
    const unsigned char *at = sqlite3_value_text(value);
    return (struct text){(const char *)at, (size_t)sqlite3_value_bytes(value)};
}
