/* SQL of who came in during a month. */
#include "identity/usage_store.h"

#include "identity/session.h"

static const struct db_statement insert_use = DB_STATEMENT(
    "insert_actor_use", "INSERT INTO actor_use (month, actor_kind, actor_id, name, first_used_at) "
                        "VALUES ($1, $2, $3, $4, $5) "
                        "ON CONFLICT (month, actor_kind, actor_id) DO NOTHING");
static const struct db_statement select_uses = DB_STATEMENT(
    "select_actor_uses", "SELECT actor_kind, actor_id, name, first_used_at FROM actor_use "
                         "WHERE month = $1 ORDER BY name, actor_id");

bool usage_row_insert(struct ctx *ctx, struct text month, const struct actor_use *use)
{
    return ctx_execute(ctx, &insert_use,
                       DB_VALUES(db_text(month), db_text_z(session_actor_kind_name(use->kind)),
                                 db_text(use->actor_id), db_text(use->name),
                                 db_int(use->first_used_at)));
}

bool usage_row_list(struct ctx *ctx, struct text month, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct actor_use));
    if (!ctx_query(ctx, &select_uses, DB_VALUES(db_text(month)), &rows))
        return false;
    while (db_next(&rows)) {
        struct actor_use *use = list_push(out);
        if (use)
            *use = (struct actor_use){.kind = session_actor_kind(db_column_peek(&rows, 0)),
                                      .actor_id = db_column_text(&rows, 1, ctx->arena),
                                      .name = db_column_text(&rows, 2, ctx->arena),
                                      .first_used_at = db_column_int64(&rows, 3)};
    }
    return ctx_end(ctx, &rows);
}
