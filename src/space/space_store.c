/* SQL of changes to spaces. */
#include "space/space_store.h"

static const struct db_statement insert_space =
    DB_STATEMENT("insert_space", "INSERT INTO space (id, name, description, parent_id, "
                                 "inherit_entities, labels, created_at) "
                                 "VALUES ($1, $2, $3, $4, $5, $6, $7)");
static const struct db_statement update_space =
    DB_STATEMENT("update_space", "UPDATE space SET name = $2, description = $3, parent_id = $4, "
                                 "inherit_entities = $5, labels = $6 WHERE id = $1");
static const struct db_statement delete_bindings =
    DB_STATEMENT("delete_bindings_in_space", "DELETE FROM role_binding WHERE space_id = $1");
static const struct db_statement delete_space =
    DB_STATEMENT("delete_space", "DELETE FROM space WHERE id = $1");
static const struct db_statement select_content = DB_STATEMENT(
    "select_space_content", "SELECT 'space' AS kind, id FROM space WHERE parent_id = $1 "
                            "UNION ALL SELECT 'stack', id FROM stack WHERE space_id = $1 "
                            "UNION ALL SELECT 'policy', id FROM policy WHERE space_id = $1 "
                            "ORDER BY kind, id LIMIT $2");

bool space_row_insert(struct ctx *ctx, struct text id, const struct space_input *input)
{
    return ctx_execute(ctx, &insert_space,
                       DB_VALUES(db_text(id), db_text(input->name), db_text(input->description),
                                 db_text(input->parent_space), db_bool(input->inherit_entities),
                                 db_text(ctx_print_texts(ctx, input->labels)), db_int(ctx->now)));
}

bool space_row_update(struct ctx *ctx, struct text id, const struct space_input *input)
{
    return ctx_execute(ctx, &update_space,
                       DB_VALUES(db_text(id), db_text(input->name), db_text(input->description),
                                 db_text_or_null(input->parent_space),
                                 db_bool(input->inherit_entities),
                                 db_text(ctx_print_texts(ctx, input->labels))));
}

bool space_row_delete(struct ctx *ctx, struct text id, int64_t *bindings)
{
    return ctx_change(ctx, &delete_bindings, DB_VALUES(db_text(id)), bindings) &&
           ctx_execute(ctx, &delete_space, DB_VALUES(db_text(id)));
}

bool space_content_list(struct ctx *ctx, struct text id, int64_t limit, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct space_content));
    if (!ctx_query(ctx, &select_content, DB_VALUES(db_text(id), db_int(limit)), &rows))
        return false;
    while (db_next(&rows)) {
        struct space_content *content = list_push(out);
        if (content)
            *content = (struct space_content){.kind = db_column_text(&rows, 0, ctx->arena),
                                              .id = db_column_text(&rows, 1, ctx->arena)};
    }
    return ctx_end(ctx, &rows);
}
