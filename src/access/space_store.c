/* SQL of spaces. */
#include "access/space_store.h"

static const struct db_statement select_spaces = DB_STATEMENT(
    "select_spaces", "SELECT id, name, description, parent_id, inherit_entities, labels FROM space "
                     "ORDER BY id");

static void read_space(struct ctx *ctx, const struct db_rows *rows, struct space *space)
{
    struct arena *arena = ctx->arena;
    *space = (struct space){
        .id = db_column_text(rows, 0, arena),
        .name = db_column_text(rows, 1, arena),
        .description = db_column_text(rows, 2, arena),
        .parent_space = db_column_text(rows, 3, arena),
        .inherit_entities = db_column_bool(rows, 4),
        .labels = ctx_parse_texts(ctx, db_column_text(rows, 5, arena)),
    };
}

bool space_row_list(struct ctx *ctx, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct space));
    if (!ctx_query(ctx, &select_spaces, DB_NO_VALUES, &rows))
        return false;
    while (db_next(&rows)) {
        struct space *space = list_push(out);
        if (space)
            read_space(ctx, &rows, space);
    }
    return ctx_end(ctx, &rows);
}
