/*
 * What the parts of the PostgreSQL driver share: connections and transactions (db_postgres.c),
 * statements (db_postgres_statement.c), messages (db_postgres_listen.c). Private to src/db/.
 *
 * A connection works in pipeline mode: BEGIN, SAVEPOINT, RELEASE and a reader's COMMIT are sent
 * without waiting, in front of the statement that follows. So a read unit of one statement is one
 * round trip, and a write unit inside a batch costs as many as it has statements.
 */
#ifndef DB_DB_POSTGRES_H
#define DB_DB_POSTGRES_H

#include "db/db_driver.h"

#include <libpq-fe.h>

struct db_postgres_session {
    struct db_session base;
    PGconn *connection;
    int controls;      /* transaction commands sent since the last synchronisation */
    bool begun;        /* BEGIN was sent for the current unit or batch */
    bool sync_unread;  /* the end of the last read unit was sent, its answer not yet read */
    unsigned prepared; /* statements so far: numbers their names */
};

/* The driver's part of struct db. */
struct db_postgres_place {
    char *url;
    PGconn *listener;
    pthread_t listener_thread;
    bool listening;
    int stop_event;   /* an eventfd that ends the listener */
    int64_t asked_at; /* the listener's question that is not answered yet; 0: none. Its thread's */
    atomic_int_fast64_t heard_at; /* all that was committed before this moment was delivered */
};

static inline struct db_postgres_session *db_postgres_session(struct db_session *session)
{
    return (struct db_postgres_session *)(void *)session;
}

/* A connection with our settings, not yet in pipeline mode. NULL with the error set. */
PGconn *db_postgres_dial(struct db *db, enum db_mode mode, struct error *error);

/* Sends what must stand before the unit's next statement. */
MUST_CHECK bool db_postgres_begin_unit(struct db_postgres_session *session, struct error *error);
/* Ends what was sent since the last call and reads all answers: *result is that of the last command
 * when all went well (the caller clears it). */
MUST_CHECK bool db_postgres_exchange(struct db_postgres_session *session, const char *what,
                                     PGresult **result, struct error *error);
/* A failure of the connection itself. Always false. */
bool db_postgres_fail_connection(struct db_postgres_session *session, const char *what,
                                 struct error *error);
bool db_postgres_execute(struct db_session *session, const struct db_statement *statement,
                         const struct db_value *values, size_t count, int64_t *changed,
                         struct error *error);
bool db_postgres_query(struct db_session *session, const struct db_statement *statement,
                       const struct db_value *values, size_t count, struct db_rows *rows,
                       struct error *error);
bool db_postgres_next(struct db_rows *rows);
void db_postgres_end(struct db_rows *rows);
bool db_postgres_is_null(const struct db_rows *rows, int column);
int64_t db_postgres_int64(const struct db_rows *rows, int column);
double db_postgres_real(const struct db_rows *rows, int column);
struct text db_postgres_peek(const struct db_rows *rows, int column);

bool db_postgres_notify(struct db_session *session, struct text channel, struct text payload,
                        struct error *error);
bool db_postgres_listen(struct db *db, struct error *error);
bool db_postgres_hears(const struct db *db);
void db_postgres_stop_listening(struct db_postgres_place *place);

#endif
