/* SQL of run logs. */
#include "run/run_log_store.h"

static const struct db_statement select_length = DB_STATEMENT(
    "select_log_length", "SELECT start + length FROM run_log WHERE run_id = $1 AND version = $2 "
                         "ORDER BY start DESC LIMIT 1");
static const struct db_statement insert_piece = DB_STATEMENT(
    "insert_log", "INSERT INTO run_log (run_id, version, start, content, length, created_at) "
                  "VALUES ($1, $2, $3, $4, $5, $6)");
static const struct db_statement select_pieces =
    DB_STATEMENT("select_log", "SELECT start, content, created_at FROM run_log WHERE run_id = $1 "
                               "AND version = $2 AND start >= $3 ORDER BY start LIMIT $4");
static const struct db_statement select_version = DB_STATEMENT(
    "select_log_version", "SELECT version FROM run_history WHERE run_id = $1 AND state = $2 "
                          "AND ($3 = 0 OR version = $3) ORDER BY version DESC LIMIT 1");
static const struct db_statement select_lease_start = DB_STATEMENT(
    "select_lease_start", "SELECT version FROM run_history WHERE run_id = $1 AND state IN "
                          "('PREPARING', 'PREPARING_APPLY') ORDER BY version DESC LIMIT 1");
static bool read_number(struct ctx *ctx, const struct db_statement *statement,
                        const struct db_value *values, size_t count, int64_t *out)
{
    struct db_rows rows;
    *out = 0;
    if (!ctx_query_one(ctx, statement, values, count, &rows))
        return !error_is_set(ctx->error);
    *out = db_column_int64(&rows, 0);
    return ctx_end(ctx, &rows);
}

bool run_log_length(struct ctx *ctx, struct text run_id, int64_t version, int64_t *out)
{
    return read_number(ctx, &select_length, DB_VALUES(db_text(run_id), db_int(version)), out);
}

bool run_log_version(struct ctx *ctx, struct text run_id, enum run_state state, int64_t version,
                     int64_t *out)
{
    return read_number(
        ctx, &select_version,
        DB_VALUES(db_text(run_id), db_text_z(run_state_name(state)), db_int(version)), out);
}

bool run_log_lease_start(struct ctx *ctx, struct text run_id, int64_t *out)
{
    return read_number(ctx, &select_lease_start, DB_VALUES(db_text(run_id)), out);
}

bool run_log_insert(struct ctx *ctx, struct text run_id, int64_t version,
                    const struct run_log_row *row)
{
    return ctx_execute(ctx, &insert_piece,
                       DB_VALUES(db_text(run_id), db_int(version), db_int(row->start),
                                 db_text(row->content), db_int((int64_t)row->content.len),
                                 db_int(row->created_at)));
}

bool run_log_list(struct ctx *ctx, struct text run_id, int64_t version, int64_t start,
                  int64_t limit, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct run_log_row));
    if (!ctx_query(ctx, &select_pieces,
                   DB_VALUES(db_text(run_id), db_int(version), db_int(start), db_int(limit)),
                   &rows))
        return false;
    while (db_next(&rows)) {
        struct run_log_row *row = list_push(out);
        if (!row)
            continue;
        row->start = db_column_int64(&rows, 0);
        row->content = db_column_text(&rows, 1, ctx->arena);
        row->created_at = db_column_int64(&rows, 2);
    }
    return ctx_end(ctx, &rows);
}
