/* SQL of settings that are kept in the database. */
#include "kernel/stored_setting.h"

static const struct db_statement select_setting =
    DB_STATEMENT("select_setting", "SELECT value FROM setting WHERE name = $1");
static const struct db_statement upsert_setting =
    DB_STATEMENT("upsert_setting", "INSERT INTO setting (name, value) VALUES ($1, $2) "
                                   "ON CONFLICT (name) DO UPDATE SET value = excluded.value");

bool stored_setting_get(struct ctx *ctx, struct text name, struct text *out)
{
    struct db_rows rows;
    struct db_value value = db_text(name);
    *out = TEXT("");
    if (!ctx_query(ctx, &select_setting, &value, 1, &rows))
        return false;
    if (db_next(&rows))
        *out = db_column_text(&rows, 0, ctx->arena);
    return ctx_end(ctx, &rows);
}

bool stored_setting_set(struct ctx *ctx, struct text name, struct text value)
{
    return ctx_execute(ctx, &upsert_setting, DB_VALUES(db_text(name), db_text(value)));
}
