/* SQL of entities and outputs. */
#include "stack/stack_result.h"

static const struct db_statement select_entities = DB_STATEMENT(
    "select_entities",
    "SELECT stack_id, id, parent, name, type, vendor, data, created_by_run, updated_by_run "
    "FROM stack_entity WHERE stack_id IN ${texts:1} ORDER BY stack_id, id");
static const struct db_statement upsert_entity = DB_STATEMENT(
    "upsert_entity",
    "INSERT INTO stack_entity (stack_id, id, parent, name, type, vendor, data, created_by_run, "
    "updated_by_run) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) "
    "ON CONFLICT (stack_id, id) DO UPDATE SET parent = excluded.parent, name = excluded.name, "
    "type = excluded.type, vendor = excluded.vendor, data = excluded.data, "
    "updated_by_run = CASE WHEN stack_entity.data = excluded.data "
    "THEN stack_entity.updated_by_run ELSE excluded.updated_by_run END");
static const struct db_statement delete_entities =
    DB_STATEMENT("delete_entities", "DELETE FROM stack_entity WHERE stack_id = $1 "
                                    "AND id NOT IN ${texts:2}");
static const struct db_statement select_outputs =
    DB_STATEMENT("select_outputs", "SELECT stack_id, id, description, sensitive, value "
                                   "FROM stack_output WHERE stack_id IN ${texts:1} "
                                   "ORDER BY stack_id, id");
static const struct db_statement insert_output = DB_STATEMENT(
    "insert_output", "INSERT INTO stack_output (stack_id, id, description, sensitive, value) "
                     "VALUES ($1, $2, $3, $4, $5)");
static const struct db_statement delete_outputs =
    DB_STATEMENT("delete_outputs", "DELETE FROM stack_output WHERE stack_id = $1");

static bool replace_entities(struct ctx *ctx, struct text stack_id, struct text run_id,
                             const struct stack_result *result)
{
    struct text *kept = ARENA_ARRAY(ctx->arena, struct text, result->entity_count);
    if (!kept)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < result->entity_count; i++)
        kept[i] = result->entities[i].id;
    if (!ctx_execute(
            ctx, &delete_entities,
            DB_VALUES(db_text(stack_id), db_texts(ctx->arena, kept, result->entity_count))))
        return false;
    for (size_t i = 0; i < result->entity_count; i++) {
        const struct entity *entity = &result->entities[i];
        if (!ctx_execute(ctx, &upsert_entity,
                         DB_VALUES(db_text(stack_id), db_text(entity->id), db_text(entity->parent),
                                   db_text(entity->name), db_text(entity->type),
                                   db_text_z(vendor_kind_name(entity->vendor)),
                                   db_text(entity->data), db_text(run_id))))
            return false;
    }
    return true;
}

static bool replace_outputs(struct ctx *ctx, struct text stack_id,
                            const struct stack_result *result)
{
    if (!ctx_execute(ctx, &delete_outputs, DB_VALUES(db_text(stack_id))))
        return false;
    for (size_t i = 0; i < result->output_count; i++) {
        const struct output *output = &result->outputs[i];
        bool shown = output->value.at && !output->sensitive;
        struct db_value value = shown ? db_text(output->value) : db_null();
        if (!ctx_execute(ctx, &insert_output,
                         DB_VALUES(db_text(stack_id), db_text(output->id),
                                   db_text(output->description), db_bool(output->sensitive),
                                   value)))
            return false;
    }
    return true;
}

bool stack_result_replace(struct ctx *ctx, struct text stack_id, struct text run_id,
                          const struct stack_result *result)
{
    return replace_entities(ctx, stack_id, run_id, result) &&
           replace_outputs(ctx, stack_id, result);
}

bool stack_entity_list(struct ctx *ctx, const struct text *stack_ids, size_t count,
                       struct list *out)
{
    struct db_rows rows;
    struct db_value ids = db_texts(ctx->arena, stack_ids, count);
    list_init(out, ctx->arena, sizeof(struct entity));
    if (!ctx_query(ctx, &select_entities, &ids, 1, &rows))
        return false;
    while (db_next(&rows)) {
        struct entity *entity = list_push(out);
        if (!entity)
            continue;
        entity->stack_id = db_column_text(&rows, 0, ctx->arena);
        entity->id = db_column_text(&rows, 1, ctx->arena);
        entity->parent = db_column_text(&rows, 2, ctx->arena);
        entity->name = db_column_text(&rows, 3, ctx->arena);
        entity->type = db_column_text(&rows, 4, ctx->arena);
        if (!vendor_kind_parse(db_column_peek(&rows, 5), &entity->vendor))
            entity->vendor = VENDOR_CUSTOM;
        entity->data = db_column_text(&rows, 6, ctx->arena);
        entity->creator_id = ctx_optional_text(ctx, &rows, 7);
        entity->updater_id = ctx_optional_text(ctx, &rows, 8);
    }
    return ctx_end(ctx, &rows);
}

bool stack_output_list(struct ctx *ctx, const struct text *stack_ids, size_t count,
                       struct list *out)
{
    struct db_rows rows;
    struct db_value ids = db_texts(ctx->arena, stack_ids, count);
    list_init(out, ctx->arena, sizeof(struct output));
    if (!ctx_query(ctx, &select_outputs, &ids, 1, &rows))
        return false;
    while (db_next(&rows)) {
        struct output *output = list_push(out);
        if (!output)
            continue;
        output->stack_id = db_column_text(&rows, 0, ctx->arena);
        output->id = db_column_text(&rows, 1, ctx->arena);
        output->description = db_column_text(&rows, 2, ctx->arena);
        output->sensitive = db_column_bool(&rows, 3);
        output->value = ctx_optional_text(ctx, &rows, 4);
    }
    return ctx_end(ctx, &rows);
}
