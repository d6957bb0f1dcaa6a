/* SQL of states and their locks. */
#include "stack/stack_state_store.h"

static const struct db_statement select_newest =
    DB_STATEMENT("select_state", "SELECT version, serial, lineage, sealed_content FROM stack_state "
                                 "WHERE stack_id = $1 ORDER BY version DESC LIMIT 1");
static const struct db_statement select_head =
    DB_STATEMENT("select_state_head", "SELECT version, serial, lineage FROM stack_state "
                                      "WHERE stack_id = $1 ORDER BY version DESC LIMIT 1");
static const struct db_statement insert_state = DB_STATEMENT(
    "insert_state", "INSERT INTO stack_state (stack_id, version, sealed_content, serial, lineage, "
                    "run_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)");
static const struct db_statement prune_states =
    DB_STATEMENT("prune_states", "DELETE FROM stack_state WHERE stack_id = $1 AND version < $2");
static const struct db_statement select_lock = DB_STATEMENT(
    "select_state_lock", "SELECT lock_id, info, run_id FROM stack_state_lock WHERE stack_id = $1");
static const struct db_statement insert_lock = DB_STATEMENT(
    "insert_state_lock", "INSERT INTO stack_state_lock (stack_id, lock_id, info, run_id, "
                         "created_at) VALUES ($1, $2, $3, $4, $5)");
static const struct db_statement delete_lock =
    DB_STATEMENT("delete_state_lock", "DELETE FROM stack_state_lock WHERE stack_id = $1");
static const struct db_statement delete_run_lock =
    DB_STATEMENT("delete_run_state_lock", "DELETE FROM stack_state_lock WHERE run_id = $1");

static bool read_state(struct ctx *ctx, const struct db_statement *statement, struct text stack_id,
                       bool with_content, struct state_row **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, statement, DB_VALUES(db_text(stack_id)), &rows))
        return !error_is_set(ctx->error);
    struct state_row *row = ARENA_NEW(ctx->arena, struct state_row);
    if (row) {
        row->version = db_column_int64(&rows, 0);
        row->serial = db_column_int64(&rows, 1);
        row->lineage = db_column_text(&rows, 2, ctx->arena);
        if (with_content)
            row->sealed_content = db_column_blob(&rows, 3, ctx->arena);
    }
    *out = row;
    return ctx_end(ctx, &rows);
}

bool state_row_newest(struct ctx *ctx, struct text stack_id, struct state_row **out)
{
    return read_state(ctx, &select_newest, stack_id, true, out);
}

bool state_row_head(struct ctx *ctx, struct text stack_id, struct state_row **out)
{
    return read_state(ctx, &select_head, stack_id, false, out);
}

bool state_row_insert(struct ctx *ctx, struct text stack_id, struct text run_id,
                      const struct state_row *row)
{
    return ctx_execute(ctx, &insert_state,
                       DB_VALUES(db_text(stack_id), db_int(row->version),
                                 db_blob(row->sealed_content), db_int(row->serial),
                                 db_text(row->lineage), db_text(run_id), db_int(ctx->now)));
}

bool state_row_prune(struct ctx *ctx, struct text stack_id, int64_t before_version)
{
    return ctx_execute(ctx, &prune_states, DB_VALUES(db_text(stack_id), db_int(before_version)));
}

bool state_lock_find(struct ctx *ctx, struct text stack_id, struct state_lock_row **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, &select_lock, DB_VALUES(db_text(stack_id)), &rows))
        return !error_is_set(ctx->error);
    struct state_lock_row *row = ARENA_NEW(ctx->arena, struct state_lock_row);
    if (row) {
        row->lock_id = db_column_text(&rows, 0, ctx->arena);
        row->info = db_column_text(&rows, 1, ctx->arena);
        row->run_id = db_column_text(&rows, 2, ctx->arena);
    }
    *out = row;
    return ctx_end(ctx, &rows);
}

bool state_lock_insert(struct ctx *ctx, struct text stack_id, const struct state_lock_row *row)
{
    return ctx_execute(ctx, &insert_lock,
                       DB_VALUES(db_text(stack_id), db_text(row->lock_id), db_text(row->info),
                                 db_text(row->run_id), db_int(ctx->now)));
}

bool state_lock_delete(struct ctx *ctx, struct text stack_id)
{
    return ctx_execute(ctx, &delete_lock, DB_VALUES(db_text(stack_id)));
}

bool state_lock_delete_of_run(struct ctx *ctx, struct text run_id)
{
    return ctx_execute(ctx, &delete_run_lock, DB_VALUES(db_text(run_id)));
}
