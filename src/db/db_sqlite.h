/* What the two halves of the SQLite driver share: connections (db_sqlite.c) and statements
 * (db_sqlite_statement.c). Private to src/db/. */
#ifndef DB_DB_SQLITE_H
#define DB_DB_SQLITE_H

#include "db/db_driver.h"

#include <sqlite3.h>

enum { DB_SQLITE_DEPTHS = 17 }; /* a unit's own savepoint and the nested ones */

struct db_sqlite_session {
    struct db_session base;
    sqlite3 *handle;
    sqlite3_stmt *begin, *commit, *rollback;
    sqlite3_stmt *savepoints[DB_SQLITE_DEPTHS][3]; /* by depth and step, made when first used */
    int wal_pages;                                 /* in the log after the last commit */
};

static inline struct db_sqlite_session *db_sqlite_session(struct db_session *session)
{
    return (struct db_sqlite_session *)(void *)session;
}

/* Turns what the connection last said into an error. Always false. */
bool db_sqlite_fail(struct db_sqlite_session *session, const char *what, struct error *error);
/* Runs a statement without parameters and rows. */
bool db_sqlite_step(struct db_sqlite_session *session, sqlite3_stmt *statement, const char *what,
                    struct error *error);

bool db_sqlite_execute(struct db_session *session, const struct db_statement *statement,
                       const struct db_value *values, size_t count, int64_t *changed,
                       struct error *error);
bool db_sqlite_query(struct db_session *session, const struct db_statement *statement,
                     const struct db_value *values, size_t count, struct db_rows *rows,
                     struct error *error);
bool db_sqlite_next(struct db_rows *rows);
void db_sqlite_end(struct db_rows *rows);
bool db_sqlite_is_null(const struct db_rows *rows, int column);
int64_t db_sqlite_int64(const struct db_rows *rows, int column);
double db_sqlite_real(const struct db_rows *rows, int column);
struct text db_sqlite_peek(const struct db_rows *rows, int column);
void db_sqlite_free_prepared(void *prepared);

#endif
