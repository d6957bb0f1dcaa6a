/* SQL of what hangs on a run: history, changes, comments. */
#include "base/ulid.h"
#include "run/run_store.h"

static const struct db_statement insert_history =
    DB_STATEMENT("insert_run_history",
                 "INSERT INTO run_history (run_id, version, state, note, username, created_at) "
                 "VALUES ($1, $2, $3, $4, $5, $6)");
static const struct db_statement select_history = DB_STATEMENT(
    "select_run_history",
    "SELECT h.run_id, h.version, h.state, h.note, h.username, h.created_at, EXISTS (SELECT 1 FROM "
    "run_log l WHERE l.run_id = h.run_id AND l.version = h.version) FROM run_history h "
    "WHERE h.run_id IN ${texts:1} ORDER BY h.run_id, h.version DESC");
static const struct db_statement delete_changes =
    DB_STATEMENT("delete_run_changes", "DELETE FROM run_change WHERE run_id = $1");
static const struct db_statement insert_change = DB_STATEMENT(
    "insert_run_change", "INSERT INTO run_change (run_id, position, address, previous_address, "
                         "type) VALUES ($1, $2, $3, $4, $5)");
static const struct db_statement select_changes = DB_STATEMENT(
    "select_run_changes", "SELECT run_id, address, previous_address, type FROM run_change "
                          "WHERE run_id IN ${texts:1} ORDER BY run_id, position");
static const struct db_statement insert_comment = DB_STATEMENT(
    "insert_run_comment", "INSERT INTO run_comment (id, run_id, body, username, created_at) "
                          "VALUES ($1, $2, $3, $4, $5)");
static const struct db_statement select_comments = DB_STATEMENT(
    "select_run_comments", "SELECT run_id, body, username, created_at FROM run_comment "
                           "WHERE run_id IN ${texts:1} ORDER BY run_id, id");

bool run_history_insert(struct ctx *ctx, const struct run_transition *entry)
{
    return ctx_execute(ctx, &insert_history,
                       DB_VALUES(db_text(entry->run_id), db_int(entry->state_version),
                                 db_text_z(run_state_name(entry->state)),
                                 db_text_or_null(entry->note), db_text_or_null(entry->username),
                                 db_int(entry->timestamp)));
}

bool run_history_list(struct ctx *ctx, const struct text *run_ids, size_t count, struct list *out)
{
    struct db_rows rows;
    struct db_value ids = db_texts(ctx->arena, run_ids, count);
    list_init(out, ctx->arena, sizeof(struct run_transition));
    if (!ctx_query(ctx, &select_history, &ids, 1, &rows))
        return false;
    while (db_next(&rows)) {
        struct run_transition *entry = list_push(out);
        if (!entry)
            continue;
        entry->run_id = db_column_text(&rows, 0, ctx->arena);
        entry->state_version = db_column_int64(&rows, 1);
        if (!run_state_parse(db_column_peek(&rows, 2), &entry->state))
            entry->state = RUN_FAILED;
        entry->note = ctx_optional_text(ctx, &rows, 3);
        entry->username = ctx_optional_text(ctx, &rows, 4);
        entry->timestamp = db_column_int64(&rows, 5);
        entry->has_logs = db_column_bool(&rows, 6);
        entry->terminal = run_state_is_terminal(entry->state);
    }
    return ctx_end(ctx, &rows);
}

bool run_change_replace(struct ctx *ctx, struct text run_id, const struct run_change *changes,
                        size_t count)
{
    if (!ctx_execute(ctx, &delete_changes, DB_VALUES(db_text(run_id))))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!ctx_execute(ctx, &insert_change,
                         DB_VALUES(db_text(run_id), db_int((int64_t)i), db_text(changes[i].address),
                                   db_text_or_null(changes[i].previous_address),
                                   db_text(changes[i].type))))
            return false;
    }
    return true;
}

bool run_change_list(struct ctx *ctx, const struct text *run_ids, size_t count, struct list *out)
{
    struct db_rows rows;
    struct db_value ids = db_texts(ctx->arena, run_ids, count);
    list_init(out, ctx->arena, sizeof(struct run_change));
    if (!ctx_query(ctx, &select_changes, &ids, 1, &rows))
        return false;
    while (db_next(&rows)) {
        struct run_change *change = list_push(out);
        if (!change)
            continue;
        change->run_id = db_column_text(&rows, 0, ctx->arena);
        change->address = db_column_text(&rows, 1, ctx->arena);
        change->previous_address = ctx_optional_text(ctx, &rows, 2);
        change->type = db_column_text(&rows, 3, ctx->arena);
    }
    return ctx_end(ctx, &rows);
}

bool run_comment_insert(struct ctx *ctx, const struct run_comment *comment)
{
    return ctx_execute(ctx, &insert_comment,
                       DB_VALUES(db_text(ulid_make(ctx->arena)), db_text(comment->run_id),
                                 db_text(comment->body), db_text(comment->username),
                                 db_int(comment->created_at)));
}

bool run_comment_rows(struct ctx *ctx, const struct text *run_ids, size_t count, struct list *out)
{
    struct db_rows rows;
    struct db_value ids = db_texts(ctx->arena, run_ids, count);
    list_init(out, ctx->arena, sizeof(struct run_comment));
    if (!ctx_query(ctx, &select_comments, &ids, 1, &rows))
        return false;
    while (db_next(&rows)) {
        struct run_comment *comment = list_push(out);
        if (!comment)
            continue;
        comment->run_id = db_column_text(&rows, 0, ctx->arena);
        comment->body = db_column_text(&rows, 1, ctx->arena);
        comment->username = db_column_text(&rows, 2, ctx->arena);
        comment->created_at = db_column_int64(&rows, 3);
    }
    return ctx_end(ctx, &rows);
}
