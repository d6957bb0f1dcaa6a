/*
 * PostgreSQL statements: prepare once per connection, send values in the server's binary form, read
 * columns from the result, which is held whole.
 */
#include "db/db_postgres.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The types' numbers are part of PostgreSQL's protocol; they never change. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_JSON = 114,
    TYPE_FLOAT8 = 701,
    TYPE_UNKNOWN = 705,
    TYPE_VOID = 2278,
    TYPE_VARCHAR = 1043,
};

enum { NUMBER_SIZE = 32 };

/* A statement as the server knows it. */
struct prepared {
    char name[16];
    size_t value_count;
    Oid types[DB_PARAMETERS_MAX];
};

/* The values of one call, as libpq wants them. */
struct call {
    const char *values[DB_PARAMETERS_MAX];
    int lengths[DB_PARAMETERS_MAX];
    int formats[DB_PARAMETERS_MAX];
    char numbers[DB_PARAMETERS_MAX][NUMBER_SIZE];
};

static struct prepared *prepare(struct db_postgres_session *session,
                                const struct db_statement *statement, struct error *error)
{
    const char *sql = db_expand(&session->base, statement->sql, error);
    struct prepared *prepared = sql ? calloc(1, sizeof(*prepared)) : NULL;
    PGresult *result = NULL;
    if (!prepared) {
        error_set_no_memory(error);
        return NULL;
    }
    (void)snprintf(prepared->name, sizeof(prepared->name), "s%u", session->prepared++);
    if (!db_postgres_begin_unit(session, error) ||
        PQsendPrepare(session->connection, prepared->name, sql, 0, NULL) != 1 ||
        PQsendDescribePrepared(session->connection, prepared->name) != 1) {
        db_postgres_fail_connection(session, statement->name, error);
    } else if (db_postgres_exchange(session, statement->name, &result, error)) {
        prepared->value_count = (size_t)PQnparams(result);
        for (size_t i = 0; i < prepared->value_count && i < DB_PARAMETERS_MAX; i++)
            prepared->types[i] = PQparamtype(result, (int)i);
        PQclear(result);
        return prepared;
    }
    free(prepared);
    return NULL;
}

static const struct prepared *find_prepared(struct db_postgres_session *session,
                                            const struct db_statement *statement, size_t count,
                                            struct error *error)
{
    struct prepared *prepared = db_cache_find(&session->base.cache, statement);
    if (!prepared) {
        prepared = prepare(session, statement, error);
        if (prepared && !db_cache_add(&session->base.cache, statement, prepared)) {
            free(prepared);
            error_set_no_memory(error);
            return NULL;
        }
    }
    if (!prepared || prepared->value_count == count)
        return prepared;
    db_log(session->base.db, "%s: %zu parameters given, %zu wanted", statement->name, count,
           prepared->value_count);
    error_set(error, ERR_INTERNAL, "the server made a mistake");
    return NULL;
}

static void put_bytes(struct call *call, size_t at, const void *bytes, size_t len)
{
    memcpy(call->numbers[at], bytes, len);
    call->values[at] = call->numbers[at];
    call->lengths[at] = (int)len;
    call->formats[at] = 1;
}

/* Whole numbers in the width that the server inferred; as text for any other type. */
static bool put_int(struct call *call, size_t at, Oid type, int64_t value)
{
    uint64_t wide = htobe64((uint64_t)value);
    uint32_t half = htobe32((uint32_t)value);
    uint8_t truth = value != 0;
    switch (type) {
    case TYPE_INT8: put_bytes(call, at, &wide, sizeof(wide)); return true;
    case TYPE_INT4:
        put_bytes(call, at, &half, sizeof(half));
        return value >= INT32_MIN && value <= INT32_MAX;
    case TYPE_BOOL: put_bytes(call, at, &truth, sizeof(truth)); return true;
    default:
        (void)snprintf(call->numbers[at], NUMBER_SIZE, "%lld", (long long)value);
        call->values[at] = call->numbers[at];
        return true;
    }
}

static void put_real(struct call *call, size_t at, Oid type, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    bits = htobe64(bits);
    if (type == TYPE_FLOAT8) {
        put_bytes(call, at, &bits, sizeof(bits));
        return;
    }
    (void)snprintf(call->numbers[at], NUMBER_SIZE, "%.17g", value);
    call->values[at] = call->numbers[at];
}

/* A text's binary form is its bytes; for types that are not texts the server parses it. */
static bool put_text(struct db_session *session, struct call *call, size_t at, Oid type,
                     struct text value)
{
    bool binary = type == TYPE_TEXT || type == TYPE_VARCHAR || type == TYPE_JSON ||
                  type == TYPE_NAME || type == TYPE_UNKNOWN;
    call->values[at] = binary ? value.at : text_terminated(session->arena, value);
    call->lengths[at] = (int)value.len;
    call->formats[at] = binary;
    return call->values[at] != NULL && value.len <= INT32_MAX;
}

static bool put_value(struct db_session *session, struct call *call, size_t at, Oid type,
                      const struct db_value *value)
{
    call->values[at] = NULL;
    call->lengths[at] = call->formats[at] = 0;
    switch (value->kind) {
    case DB_NULL: return true;
    case DB_INT: return put_int(call, at, type, value->integer);
    case DB_BOOL: return put_int(call, at, type, value->boolean);
    case DB_REAL: put_real(call, at, type, value->real); return true;
    case DB_TEXT: return put_text(session, call, at, type, value->text);
    case DB_BLOB:
        call->values[at] = value->text.at;
        call->lengths[at] = (int)value->text.len;
        call->formats[at] = 1;
        return value->text.len <= INT32_MAX;
    }
    return false;
}

/* Sends the statement behind what the transaction needs, and waits for its result. */
static bool run(struct db_session *session, const struct db_statement *statement,
                const struct db_value *values, size_t count, PGresult **result, struct error *error)
{
    struct db_postgres_session *own = db_postgres_session(session);
    const struct prepared *prepared = find_prepared(own, statement, count, error);
    struct call call;
    if (!prepared)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!put_value(session, &call, i, prepared->types[i], &values[i]))
            return error_set(error, ERR_INVALID, "a value is too large to be stored");
    if (!db_postgres_begin_unit(own, error))
        return false;
    if (PQsendQueryPrepared(own->connection, prepared->name, (int)count, call.values, call.lengths,
                            call.formats, 1) != 1)
        return db_postgres_fail_connection(own, statement->name, error);
    return db_postgres_exchange(own, statement->name, result, error);
}

bool db_postgres_execute(struct db_session *session, const struct db_statement *statement,
                         const struct db_value *values, size_t count, int64_t *changed,
                         struct error *error)
{
    PGresult *result = NULL;
    if (!run(session, statement, values, count, &result, error))
        return false;
    bool read_only =
        PQresultStatus(result) == PGRES_TUPLES_OK && strncmp(PQcmdStatus(result), "SELECT", 6) == 0;
    *changed = read_only ? 0 : strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return true;
}

static bool is_readable(Oid type)
{
    switch (type) {
    case TYPE_BOOL:
    case TYPE_BYTEA:
    case TYPE_NAME:
    case TYPE_INT8:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_TEXT:
    case TYPE_JSON:
    case TYPE_FLOAT8:
    case TYPE_VARCHAR:
    case TYPE_VOID: return true;
    default: return false;
    }
}

bool db_postgres_query(struct db_session *session, const struct db_statement *statement,
                       const struct db_value *values, size_t count, struct db_rows *rows,
                       struct error *error)
{
    PGresult *result = NULL;
    if (!run(session, statement, values, count, &result, error))
        return false;
    for (int column = 0; column < PQnfields(result); column++) {
        if (is_readable(PQftype(result, column)))
            continue;
        db_log(session->db, "%s: column %d has type %u, which needs a CAST", statement->name,
               column, PQftype(result, column));
        PQclear(result);
        return error_set(error, ERR_INTERNAL, "the server made a mistake");
    }
    rows->handle = result;
    rows->row_count = PQntuples(result);
    return true;
}

bool db_postgres_next(struct db_rows *rows)
{
    return ++rows->row < rows->row_count;
}

void db_postgres_end(struct db_rows *rows)
{
    PQclear(rows->handle);
    rows->handle = NULL;
}

bool db_postgres_is_null(const struct db_rows *rows, int column)
{
    return PQgetisnull(rows->handle, (int)rows->row, column);
}

/* The bytes of a number that is `size` long, as a big-endian integer with its sign. */
static int64_t signed_bytes(const char *at, int size)
{
    uint64_t bits = size > 0 && size < 8 && (at[0] & 0x80) ? UINT64_MAX : 0;
    for (int i = 0; i < size; i++)
        bits = bits << 8 | (unsigned char)at[i];
    return (int64_t)bits;
}

static double real_bytes(const char *at)
{
    int64_t bits = signed_bytes(at, 8);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

int64_t db_postgres_int64(const struct db_rows *rows, int column)
{
    const PGresult *result = rows->handle;
    const char *at = PQgetvalue(result, (int)rows->row, column);
    if (!at || db_postgres_is_null(rows, column))
        return 0;
    switch (PQftype(result, column)) {
    case TYPE_BOOL:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8: return signed_bytes(at, PQgetlength(result, (int)rows->row, column));
    case TYPE_FLOAT8: return (int64_t)real_bytes(at);
    default: return strtoll(at, NULL, 10);
    }
}

double db_postgres_real(const struct db_rows *rows, int column)
{
    const char *at = PQgetvalue(rows->handle, (int)rows->row, column);
    if (!at || db_postgres_is_null(rows, column))
        return 0;
    return PQftype(rows->handle, column) == TYPE_FLOAT8 ? real_bytes(at)
                                                        : (double)db_postgres_int64(rows, column);
}

struct text db_postgres_peek(const struct db_rows *rows, int column)
{
    const char *at = PQgetvalue(rows->handle, (int)rows->row, column);
    if (!at || db_postgres_is_null(rows, column))
        return (struct text){NULL, 0};
    return (struct text){at, (size_t)PQgetlength(rows->handle, (int)rows->row, column)};
}
