/* SQL of recorded logins. */
#include "policy/login_record_store.h"

static const struct db_statement insert_record = DB_STATEMENT(
    "insert_login_record", "INSERT INTO login_record (id, actor_kind, actor_id, sealed_input, "
                           "verdict, created_at) VALUES ($1, $2, $3, $4, $5, $6)");
static const struct db_statement select_records = DB_STATEMENT(
    "select_login_records", "SELECT id, actor_kind, actor_id, sealed_input, verdict, created_at "
                            "FROM login_record WHERE created_at >= $1 ORDER BY created_at DESC, id "
                            "DESC LIMIT $2");
static const struct db_statement delete_records =
    DB_STATEMENT("delete_login_records", "DELETE FROM login_record WHERE created_at <= $1");

static const struct text key_kind = TEXT_INIT("API_KEY");
static const struct text user_kind = TEXT_INIT("USER");

bool login_record_row_insert(struct ctx *ctx, const struct login_record_row *row)
{
    return ctx_execute(ctx, &insert_record,
                       DB_VALUES(db_text(row->id),
                                 db_text(row->kind == ACTOR_API_KEY ? key_kind : user_kind),
                                 db_text(row->actor_id), db_blob(row->sealed),
                                 db_text(row->verdict), db_int(row->created_at)));
}

bool login_record_row_list(struct ctx *ctx, int64_t since, int64_t most, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct login_record_row));
    if (!ctx_query(ctx, &select_records, DB_VALUES(db_int(since), db_int(most)), &rows))
        return false;
    while (db_next(&rows)) {
        struct login_record_row *row = list_push(out);
        if (!row)
            continue;
        bool is_key = text_equal(db_column_peek(&rows, 1), key_kind);
        row->id = db_column_text(&rows, 0, ctx->arena);
        row->kind = is_key ? ACTOR_API_KEY : ACTOR_USER;
        row->actor_id = db_column_text(&rows, 2, ctx->arena);
        row->sealed = db_column_blob(&rows, 3, ctx->arena);
        row->verdict = db_column_text(&rows, 4, ctx->arena);
        row->created_at = db_column_int64(&rows, 5);
    }
    return ctx_end(ctx, &rows);
}

bool login_record_row_delete(struct ctx *ctx, int64_t until)
{
    return ctx_execute(ctx, &delete_records, DB_VALUES(db_int(until)));
}
