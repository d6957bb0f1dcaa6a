/*
 * The database: one interface, two drivers (SQLite, PostgreSQL), one SQL text. A caller opens one
 * `struct db` per database and hands it units of work; a unit gets a session, runs statements, and
 * either all of it is kept or nothing.
 *
 * - A DB_READ unit sees one snapshot and may not write. SQLite runs it at once on the calling
 *   thread; PostgreSQL on a thread of the pool.
 * - DB_WRITE units run one after another, in the order in which they were accepted and on one
 *   writer thread; on PostgreSQL writers of other servers wait their turn too. So a unit that
 * reads, decides and writes cannot be overtaken by another writer. Several units share one commit;
 * one that fails is undone alone. `done` is called once the commit is durable, never before.
 * - A statement that fails, fails its unit, or the innermost db_nested() block it stands in: every
 *   later statement there is refused, whatever the caller returns.
 * - Only bound parameters carry values. Statements are constants, prepared once per connection.
 * - Nothing in here waits without an end: the queue is bounded, units have a deadline.
 *
 * Called by the kernel, by *_store.c files, by the command line and by tests.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/error.h"

struct db;
/* One connection for as long as one unit runs on it. Used by the thread that runs the unit. */
struct db_session;

enum db_mode { DB_READ, DB_WRITE };

/* Every field may be left 0 for its default. Copied. */
struct db_options {
    const char *schema;         /* PostgreSQL: made if missing; default is the connection's own */
    int readers;                /* PostgreSQL: connections for reads; default 4 */
    size_t queue_size;          /* units that may wait; default 4096 */
    size_t batch_size;          /* write units that share a commit; default 256 */
    int64_t timeout_us;         /* for a unit from submission to its last statement; default 10 s */
    int64_t connect_timeout_us; /* PostgreSQL: for db_open and for each connection; default 5 s */
    /* Gets the causes that errors keep from clients, without parameters' values. Called from any
     * thread. Default: the process's log. */
    void (*log)(void *data, const char *line);
    void *log_data;
};

/*
 * url: "sqlite:PATH", a plain path, or "postgres://..." as libpq reads it (unix sockets too).
 * options may be NULL. Fails with UNAVAILABLE when the database cannot be reached, or when another
 * process has the same SQLite file open.
 */
MUST_CHECK bool db_open(const char *url, const struct db_options *options, struct db **out,
                        struct error *error);
/* Refuses new units, runs the waiting ones to their end, stops the threads. NULL is fine. No unit
 * may be running on the calling thread; other threads must have stopped reading. */
void db_close(struct db *db);
/* "sqlite" or "postgres": for people, not for branching on. */
const char *db_driver_name(const struct db *db);

/* Whether a DB_READ unit runs on the thread that submits it and has ended when db_submit returns.
 */
bool db_reads_inline(const struct db *db);

/* Returns false with the error set to have everything it did undone. It may be called again after
 * an attempt that was not kept (connection lost before the commit, another unit of the batch had to
 * be undone), so it must start from its input each time.
 */
typedef bool (*db_run_fn)(struct db_session *session, void *data, struct error *error);

/* The caller's storage; borrowed until `done` was called, which is exactly once, and which may free
 * it. */
struct db_unit {
    db_run_fn run;
    /* error is NULL when the unit is committed (DB_READ: ended), else borrowed for the call. Must
     * not block: it runs on the writer (DB_WRITE), the calling (SQLite reads) or a pool thread. */
    void (*done)(void *data, const struct error *error);
    void *data;
    int64_t timeout_us; /* 0: that of the options */

    /* Private. */
    struct db_unit *next;
    int64_t deadline; /* monotonic microseconds */
    struct error error;
};

/* Hands a unit over. When it cannot be accepted (queue full, closing), `done` is called here with
 * UNAVAILABLE. */
void db_submit(struct db *db, enum db_mode mode, struct db_unit *unit);
/* The blocking form, for start, command line and tests. Refused inside a unit. */
MUST_CHECK bool db_run(struct db *db, enum db_mode mode, db_run_fn run, void *data,
                       struct error *error);

/* Runs a block that can be undone alone: when it returns false, only what it did is rolled back and
 * the unit may go on (clear the error then). */
MUST_CHECK bool db_nested(struct db_session *session, db_run_fn run, void *data,
                          struct error *error);
/* The same as a pair, for blocks that are no function. The block is the caller's storage; blocks
 * end in the reverse order of their beginning. db_block_end is false when the block was undone:
 * because it was not to be kept, or because a statement in it failed. */
struct db_block {
    void *last_hook; /* private, as is what follows */
    const void *open_rows;
    uint64_t writes;
};
MUST_CHECK bool db_block_begin(struct db_session *session, struct db_block *block,
                               struct error *error);
MUST_CHECK bool db_block_end(struct db_session *session, const struct db_block *block, bool keep,
                             struct error *error);
/* Calls fn(data) on the writer thread once the unit is durable, before its `done`; never when the
 * unit or the nested block is rolled back. */
MUST_CHECK bool db_after_commit(struct db_session *session, void (*fn)(void *data), void *data,
                                struct error *error);
/* Whether fn will be called so, for this unit or for one before it that shares its commit. */
bool db_awaits_commit(const struct db_session *session, void (*fn)(void *data));

/*
 * A statement: a constant with static storage; its address is its identity.
 *     static const struct db_statement find_run = DB_STATEMENT("find_run", "SELECT ... WHERE id =
 * $1"); Parameters are $1, $2, ... Where the engines differ the text holds one of these (migrations
 * too):
 *     ${texts:1}  ${ints:1}  a sub-select of one column `value` over the JSON array in $1, for
 *                            `id IN ${texts:1}`; fill it with db_texts() or db_ints()
 *     ${rows:1}   ${int_rows:1}  the same with a column `position` from 0, for
 *                            `FROM ${rows:1} AS parent JOIN run ON run.id = parent.value`
 * Types for migrations are in migrations/README.md. Sums: CAST(sum(x) AS bigint).
 */
struct db_statement {
    const char *name; /* for the log */
    const char *sql;
};
#define DB_STATEMENT(name, sql)                                                                    \
    {                                                                                              \
        (name), (sql)                                                                              \
    }

enum db_value_kind { DB_NULL, DB_INT, DB_BOOL, DB_REAL, DB_TEXT, DB_BLOB };

/* A parameter. Text and blob are borrowed until the call returns, for a query until db_end. */
struct db_value {
    enum db_value_kind kind;
    union {
        int64_t integer;
        bool boolean;
        double real;
        struct text text;
    };
};

struct db_value db_null(void);
struct db_value db_int(int64_t value);
struct db_value db_bool(bool value);
struct db_value db_real(double value);
struct db_value db_text(struct text value); /* a NULL pointer is the empty text */
struct db_value db_text_z(const char *value);
struct db_value db_text_or_null(struct text value); /* NULL when the text has no bytes */
struct db_value db_blob(struct text value);
/* A set of values as one parameter, for ${texts:1} and the like, in the arena. Without memory:
 * NULL, which matches nothing, and a failed arena. */
struct db_value db_texts(struct arena *arena, const struct text *values, size_t count);
struct db_value db_ints(struct arena *arena, const int64_t *values, size_t count);

/* Parameters and their count, as the two arguments that the calls below want. */
#define DB_VALUES(...)                                                                             \
    (const struct db_value[]){__VA_ARGS__},                                                        \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NO_VALUES NULL, 0

/*
 * Errors: CONFLICT when a unique or foreign key forbids it (db_violation() says which; the error's
 * field is the column when there is one), UNAVAILABLE when disk, lock, connection or time ran out,
 * else INTERNAL. The cause goes to the log, never into the message.
 *
 * changed: rows inserted, updated or deleted; may be NULL.
 */
MUST_CHECK bool db_execute(struct db_session *session, const struct db_statement *statement,
                           const struct db_value *values, size_t count, int64_t *changed,
                           struct error *error);

/* The rows of a query being read. Caller's storage; the fields are private. */
struct db_rows {
    struct db_session *session;
    struct error *error;
    void *handle;
    int64_t row, row_count;
    struct db_rows *outer; /* open before this one */
    bool open;
};

/* error is borrowed until db_end. INSERT ... RETURNING is a query too. */
MUST_CHECK bool db_query(struct db_session *session, const struct db_statement *statement,
                         const struct db_value *values, size_t count, struct db_rows *rows,
                         struct error *error);
/* Moves to the next row, the first one to begin with. False past the last row and on failure. */
bool db_next(struct db_rows *rows);
/* Must follow every db_query that succeeded, also when the loop was left early. False when reading
 * the rows failed. */
MUST_CHECK bool db_end(struct db_rows *rows);

/* Columns count from 0. NULL reads as 0, false, or empty text. */
bool db_column_is_null(const struct db_rows *rows, int column);
int64_t db_column_int64(const struct db_rows *rows, int column);
bool db_column_bool(const struct db_rows *rows, int column);
double db_column_real(const struct db_rows *rows, int column);
struct text db_column_text(const struct db_rows *rows, int column,
                           struct arena *arena); /* copied */
struct text db_column_blob(const struct db_rows *rows, int column,
                           struct arena *arena); /* copied */
/* Borrowed until the next db_next or db_end. */
struct text db_column_peek(const struct db_rows *rows, int column);
/* The same with at == NULL for NULL. */
struct text db_column_peek_or_null(const struct db_rows *rows, int column);

/* What the last CONFLICT in this session was about; texts borrowed until the next statement. */
struct db_violation {
    bool unique;            /* else a foreign key */
    struct text table;      /* empty when the engine does not say */
    struct text columns;    /* "name" or "space, name"; empty for an index on expressions */
    struct text constraint; /* its name, where the engine says it */
};
const struct db_violation *db_violation(const struct db_session *session);

/* Statements that this session ran since its unit began: for tests that hunt N+1. */
uint64_t db_statement_count(const struct db_session *session);
enum db_mode db_session_mode(const struct db_session *session);

/*
 * Messages between servers that share a database, and inside one. Sent with the commit of the unit,
 * dropped with its rollback; order is that of the commits.
 */
enum { DB_NOTIFY_MAX = 7000 }; /* bytes of channel and payload together */
MUST_CHECK bool db_notify(struct db_session *session, struct text channel, struct text payload,
                          struct error *error);
/* An empty channel says: messages may have been missed, everything may have changed. Called on the
 * writer (SQLite) or the listener thread (PostgreSQL); must not block. */
typedef void (*db_listen_fn)(void *data, struct text channel, struct text payload);
/* Before the first unit that notifies; at most 16 listeners, for the life of the db. */
MUST_CHECK bool db_listen(struct db *db, db_listen_fn fn, void *data, struct error *error);
/* Whether every message that was committed a second ago or earlier, by whichever server, has been
 * delivered. False while that is not known: the database is slow to answer, or this process was not
 * running. */
bool db_hears(const struct db *db);

/* For metrics. Totals since db_open, but for the first two. */
struct db_statistics {
    uint64_t waiting_reads, waiting_writes;
    uint64_t read_units, write_units, failed_units;
    uint64_t commits, statements, reconnects;
};
void db_statistics(struct db *db, struct db_statistics *out);

/* Tests only: the statement after the next `statements` ones fails as a full disk would, once. A
 * negative number switches the fault off. */
void db_fail_after(struct db *db, int64_t statements);

#endif
