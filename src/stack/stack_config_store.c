/* SQL of stack configuration. */
#include "stack/stack_config_store.h"

static const struct db_statement upsert = DB_STATEMENT(
    "upsert_stack_config",
    "INSERT INTO stack_config (stack_id, id, type, sealed_value, checksum, write_only, "
    "description, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
    "ON CONFLICT (stack_id, id) DO UPDATE SET type = excluded.type, "
    "sealed_value = excluded.sealed_value, checksum = excluded.checksum, "
    "write_only = excluded.write_only, description = excluded.description, "
    "created_at = excluded.created_at");
static const struct db_statement delete_one =
    DB_STATEMENT("delete_stack_config", "DELETE FROM stack_config WHERE stack_id = $1 AND id = $2");
static const struct db_statement select_many = DB_STATEMENT(
    "select_stack_config",
    "SELECT stack_id, id, type, sealed_value, checksum, write_only, description, created_at "
    "FROM stack_config WHERE stack_id IN ${texts:1} ORDER BY stack_id, id");

static const char *const types[] = {
    [CONFIG_ENVIRONMENT_VARIABLE] = "ENVIRONMENT_VARIABLE", [CONFIG_FILE_MOUNT] = "FILE_MOUNT"};

bool config_row_upsert(struct ctx *ctx, const struct config_row *row)
{
    const struct config_element *element = &row->element;
    return ctx_execute(ctx, &upsert,
                       DB_VALUES(db_text(element->stack_id), db_text(element->id),
                                 db_text_z(types[element->type]), db_blob(row->sealed_value),
                                 db_text(element->checksum), db_bool(element->write_only),
                                 db_text_or_null(element->description),
                                 db_int(element->created_at)));
}

bool config_row_delete(struct ctx *ctx, struct text stack_id, struct text id)
{
    return ctx_execute(ctx, &delete_one, DB_VALUES(db_text(stack_id), db_text(id)));
}

bool config_row_list(struct ctx *ctx, const struct text *stack_ids, size_t count, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct config_row));
    struct db_value ids = db_texts(ctx->arena, stack_ids, count);
    if (!ctx_query(ctx, &select_many, &ids, 1, &rows))
        return false;
    while (db_next(&rows)) {
        struct config_row *row = list_push(out);
        if (!row)
            continue;
        struct text type = db_column_peek(&rows, 2);
        row->element.type = text_equal_z(type, types[CONFIG_FILE_MOUNT])
                                ? CONFIG_FILE_MOUNT
                                : CONFIG_ENVIRONMENT_VARIABLE;
        row->element.stack_id = db_column_text(&rows, 0, ctx->arena);
        row->element.id = db_column_text(&rows, 1, ctx->arena);
        row->sealed_value = db_column_blob(&rows, 3, ctx->arena);
        row->element.checksum = db_column_text(&rows, 4, ctx->arena);
        row->element.write_only = db_column_bool(&rows, 5);
        if (!db_column_is_null(&rows, 6))
            row->element.description = db_column_text(&rows, 6, ctx->arena);
        row->element.created_at = db_column_int64(&rows, 7);
    }
    return ctx_end(ctx, &rows);
}
