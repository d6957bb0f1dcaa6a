/*
 * What the parts of the database engine share: the driver interface, the session and the database.
 * Private to src/db/.
 *
 * A driver knows connections, transactions and statements. It does not know units, queues, batches
 * or hooks: those are in db.c and db_worker.c, once for all drivers.
 */
#ifndef DB_DB_DRIVER_H
#define DB_DB_DRIVER_H

#include "base/buffer.h"
#include "db/db.h"
#include "db/db_queue.h"

#include <pthread.h>
#include <stdatomic.h>

enum { DB_LISTENERS_MAX = 16, DB_READERS_MAX = 64, DB_PARAMETERS_MAX = 64 };

enum db_savepoint_step { DB_SAVEPOINT, DB_RELEASE, DB_ROLLBACK_TO };

/* What ${name} and ${name:N} become; `text` holds $N where the number goes. */
struct db_macro {
    struct text name;
    struct text text;
};

struct db_driver {
    const char *name;
    bool reads_inline; /* a read runs on the thread that asks, else on a pool of threads */
    const struct db_macro *macros;
    size_t macro_count;

    /* Checks the place, takes what is exclusive. `place` is the URL without what chose the driver.
     */
    bool (*open)(struct db *db, const char *place, struct error *error);
    void (*close)(struct db *db);

    bool (*connect)(struct db *db, enum db_mode mode, struct db_session **out, struct error *error);
    void (*disconnect)(struct db_session *session);

    bool (*begin)(struct db_session *session, struct error *error);
    bool (*commit)(struct db_session *session, struct error *error);
    void (*rollback)(struct db_session *session);
    bool (*savepoint)(struct db_session *session, enum db_savepoint_step step, int depth,
                      struct error *error);
    /* After a write batch was answered; NULL when there is nothing to do. */
    void (*idle)(struct db_session *session);

    bool (*execute)(struct db_session *session, const struct db_statement *statement,
                    const struct db_value *values, size_t count, int64_t *changed,
                    struct error *error);
    bool (*query)(struct db_session *session, const struct db_statement *statement,
                  const struct db_value *values, size_t count, struct db_rows *rows,
                  struct error *error);
    bool (*next)(struct db_rows *rows); /* sets rows->error on failure */
    void (*end)(struct db_rows *rows);
    bool (*is_null)(const struct db_rows *rows, int column);
    int64_t (*int64)(const struct db_rows *rows, int column);
    double (*real)(const struct db_rows *rows, int column);
    struct text (*peek)(const struct db_rows *rows, int column); /* at == NULL: NULL */

    /* Several statements without parameters. */
    bool (*script)(struct db_session *session, const char *sql, struct error *error);
    bool (*notify)(struct db_session *session, struct text channel, struct text payload,
                   struct error *error);
    bool (*listen)(struct db *db, struct error *error); /* starts what delivers; NULL: nothing */
    bool (*hears)(const struct db *db); /* as db_hears; NULL: messages are never late */
};

extern const struct db_driver db_sqlite_driver;
extern const struct db_driver db_postgres_driver;

/* A call that waits for the commit. */
struct db_hook {
    struct db_hook *next;
    void (*fn)(void *data);
    void *data;
};

struct db_hook_list {
    struct db_hook *first, *last;
};

/* Prepared statements of one connection, by the address of their text. */
struct db_cache {
    struct db_cache_entry {
        const struct db_statement *statement;
        void *prepared;
    } * entries;
    size_t len, size; /* size: a power of two */
};

/* Drivers put it first in their own struct. */
struct db_session {
    struct db *db;
    enum db_mode mode;
    bool failed;  /* a statement failed in the innermost block: nothing more runs in it */
    bool lost;    /* the transaction is gone, whatever the unit does next */
    bool broken;  /* the connection is gone as well */
    bool again;   /* the transaction may succeed when tried again */
    bool guarded; /* units and blocks have savepoints, so that each can be undone alone */
    bool spoilt;  /* not guarded, and something has to be undone: the transaction runs again */
    int depth;    /* savepoints around the current statement */
    int64_t deadline;
    uint64_t statements;
    uint64_t writes; /* those that may have changed something */
    struct db_rows *open_rows;
    struct db_hook_list hooks; /* of the whole batch, in order */
    struct arena *arena;       /* of the whole batch: hooks, messages, statement texts */
    struct db_violation violation;
    char violation_text[512]; /* what the violation's texts point into */
    struct db_cache cache;
    struct db_session *next; /* sessions of the database that belong to threads of the caller */
};

struct db_listener {
    db_listen_fn fn;
    void *data;
};

struct db {
    const struct db_driver *driver;
    struct db_options options;
    char *schema;    /* copy behind options.schema, or NULL */
    void *place;     /* the driver's own */
    uint64_t serial; /* tells this db from an earlier one at the same address */

    struct db_queue reads, writes;
    pthread_t writer;
    bool writer_started;
    pthread_t readers[DB_READERS_MAX];
    int readers_started;
    struct db_session *writer_session; /* connected by db_open, then the writer's alone */

    pthread_key_t reader_key; /* SQLite: the calling thread's session */
    bool reader_key_made;
    pthread_mutex_t lock; /* guards inline_sessions */
    struct db_session *inline_sessions;

    struct db_listener listeners[DB_LISTENERS_MAX];
    atomic_int listener_count;

    atomic_bool closing;
    atomic_int_fast64_t fail_after;
    atomic_uint_fast64_t read_units, write_units, failed_units, commits, statements, reconnects;
};

/* db.c */
int64_t db_now(void); /* monotonic microseconds */
void db_log(struct db *db, const char *format, ...) PRINTF_LIKE(2, 3);
/* Hands a message to the listeners of this process. */
void db_deliver(struct db *db, struct text channel, struct text payload);

/* db_session.c */
bool db_session_init(struct db_session *session, struct db *db, enum db_mode mode);
void db_session_release(struct db_session *session);
/* Runs one unit's function between the caller's begin and end. False: to be rolled back. */
bool db_session_run(struct db_session *session, const struct db_unit *unit, struct error *error);
/* Forgets the calls that wait for the commit and came after `last`; NULL: all. */
void db_truncate_hooks(struct db_session *session, struct db_hook *last);
/* Whether the calling thread runs a unit of any database. */
bool db_is_in_unit(void);
/* Sets the violation from engine texts, copied. */
void db_set_violation(struct db_session *session, bool unique, struct text table,
                      struct text columns, struct text constraint, struct error *error);
bool db_script(struct db_session *session, const char *sql, struct error *error);

/* db_statement.c */
/* Replaces the macros; the result lives in the session's arena and ends with a NUL. NULL with the
 * error set when a macro is unknown. */
const char *db_expand(struct db_session *session, const char *sql, struct error *error);
void *db_cache_find(const struct db_cache *cache, const struct db_statement *statement);
bool db_cache_add(struct db_cache *cache, const struct db_statement *statement, void *prepared);
void db_cache_release(struct db_cache *cache, void (*free_prepared)(void *prepared));

/* db_worker.c */
bool db_workers_start(struct db *db, struct error *error);
void db_workers_stop(struct db *db); /* drains */
/* Runs a read unit on the calling thread. */
void db_run_inline(struct db *db, struct db_unit *unit);
void db_unit_finish(struct db *db, struct db_unit *unit);

#endif
