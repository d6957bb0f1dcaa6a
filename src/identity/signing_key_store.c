/* SQL of signing keys. */
#include "identity/signing_key_store.h"

static const struct db_statement select_keys =
    DB_STATEMENT("select_signing_keys",
                 "SELECT id, sealed_key, created_at, signs_until, verifies_until FROM signing_key "
                 "WHERE verifies_until > $1 ORDER BY created_at DESC, id LIMIT 32");
static const struct db_statement count_signing =
    DB_STATEMENT("count_signing_keys", "SELECT count(*) FROM signing_key WHERE signs_until > $1");
static const struct db_statement insert_key = DB_STATEMENT(
    "insert_signing_key",
    "INSERT INTO signing_key (id, sealed_key, created_at, signs_until, verifies_until) "
    "VALUES ($1, $2, $3, $4, $5)");
static const struct db_statement delete_keys =
    DB_STATEMENT("delete_signing_keys", "DELETE FROM signing_key WHERE verifies_until <= $1");

bool signing_key_list(struct ctx *ctx, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct signing_key_row));
    if (!ctx_query(ctx, &select_keys, DB_VALUES(db_int(ctx->now)), &rows))
        return false;
    while (db_next(&rows)) {
        struct signing_key_row *row = list_push(out);
        if (!row)
            continue;
        row->id = db_column_text(&rows, 0, ctx->arena);
        row->sealed_key = db_column_blob(&rows, 1, ctx->arena);
        row->created_at = db_column_int64(&rows, 2);
        row->signs_until = db_column_int64(&rows, 3);
        row->verifies_until = db_column_int64(&rows, 4);
    }
    return ctx_end(ctx, &rows);
}

bool signing_key_signs(struct ctx *ctx, bool *out)
{
    struct db_rows rows;
    if (!ctx_query_one(ctx, &count_signing, DB_VALUES(db_int(ctx->now)), &rows))
        return false;
    *out = db_column_int64(&rows, 0) > 0;
    return db_end(&rows);
}

bool signing_key_insert(struct ctx *ctx, const struct signing_key_row *row)
{
    return ctx_execute(ctx, &insert_key,
                       DB_VALUES(db_text(row->id), db_blob(row->sealed_key),
                                 db_int(row->created_at), db_int(row->signs_until),
                                 db_int(row->verifies_until)));
}

bool signing_key_delete_expired(struct ctx *ctx)
{
    return ctx_execute(ctx, &delete_keys, DB_VALUES(db_int(ctx->now)));
}
