/*
 * Sessions: what a unit does between its begin and its end. Every rule that holds for all drivers
 * is kept here, before a driver sees a statement.
 */
#include "db/db_driver.h"

#include <string.h>

enum {
    NESTING_MAX = 16,
    SESSION_ARENA = 64 << 20, /* hooks and messages of one batch */
};

bool db_session_init(struct db_session *session, struct db *db, enum db_mode mode)
{
    session->db = db;
    session->mode = mode;
    session->guarded = true;
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

/* How many units the calling thread is inside of, over all databases. */
static _Thread_local int units_running;

bool db_is_in_unit(void)
{
    return units_running > 0;
}

bool db_session_run(struct db_session *session, const struct db_unit *unit, struct error *error)
{
    session->failed = session->lost = session->again = session->spoilt = false;
    session->depth = 0;
    session->statements = session->writes = 0;
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

void db_truncate_hooks(struct db_session *session, struct db_hook *last)
{
    session->hooks.last = last;
    if (last)
        last->next = NULL;
    else
        session->hooks.first = NULL;
}

bool db_block_begin(struct db_session *session, struct db_block *block, struct error *error)
{
    if (session->failed || session->depth == NESTING_MAX)
        return error_set(error, ERR_INTERNAL, "the server made a mistake");
    *block = (struct db_block){.last_hook = session->hooks.last,
                               .open_rows = session->open_rows,
                               .writes = session->writes};
    if (session->guarded &&
        !session->db->driver->savepoint(session, DB_SAVEPOINT, session->depth + 1, error)) {
        session->failed = true;
        return false;
    }
    session->depth++;
    return true;
}

static bool release_block(struct db_session *session, int depth, struct error *error)
{
    return !session->guarded || session->db->driver->savepoint(session, DB_RELEASE, depth, error);
}

/* Without a savepoint a block can only be undone when there is nothing to undo. */
static bool undo_block(struct db_session *session, const struct db_block *block, int depth)
{
    struct error ignored = {0};
    if (session->guarded)
        return !session->lost &&
               session->db->driver->savepoint(session, DB_ROLLBACK_TO, depth, &ignored);
    session->spoilt |= session->failed || session->writes != block->writes;
    return !session->spoilt;
}

bool db_block_end(struct db_session *session, const struct db_block *block, bool keep,
                  struct error *error)
{
    int depth = session->depth;
    bool kept = keep && !session->failed;
    close_rows(session, block->open_rows);
    session->depth = depth - 1;
    if (kept && release_block(session, depth, error))
        return true;
    error_set(error, ERR_INTERNAL, "the server made a mistake");
    db_truncate_hooks(session, block->last_hook);
    session->failed = !undo_block(session, block, depth);
    return false;
}

bool db_nested(struct db_session *session, db_run_fn run, void *data, struct error *error)
{
    struct db_block block;
    if (!db_block_begin(session, &block, error))
        return false;
    bool kept = run(session, data, error);
    return db_block_end(session, &block, kept, error);
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

bool db_awaits_commit(const struct db_session *session, void (*fn)(void *data))
{
    for (const struct db_hook *hook = session->hooks.first; hook; hook = hook->next) {
        if (hook->fn == fn)
            return true;
    }
    return false;
}

/* True once, when the countdown of db_fail_after ends with this statement. */
static bool fault_is_due(struct db *db)
{
    if (atomic_load_explicit(&db->fail_after, memory_order_relaxed) < 0)
        return false;
    return atomic_fetch_sub(&db->fail_after, 1) == 0;
}

/* What does not begin so may change something. */
static bool only_reads(const struct db_statement *statement)
{
    return strncmp(statement->sql, "SELECT", strlen("SELECT")) == 0;
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
    session->writes += !only_reads(statement);
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
    struct text text = db_column_peek_or_null(rows, column);
    return text.at ? text : TEXT("");
}

struct text db_column_peek_or_null(const struct db_rows *rows, int column)
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
    session->writes++;
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
    session->writes++;
    if (!session->failed && session->db->driver->notify(session, channel, payload, error))
        return true;
    session->failed = true;
    return error_set(error, ERR_INTERNAL, "an earlier statement of this unit failed");
}
