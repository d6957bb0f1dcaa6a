/* SQL of roles and bindings. */
#include "role/role.h"

#include "base/map.h"

static const struct db_statement select_roles =
    DB_STATEMENT("select_roles", "SELECT id, slug, name, description, is_system, actions, "
                                 "(SELECT count(*) FROM role_binding b WHERE b.role_id = role.id) "
                                 "FROM role WHERE id IN ${texts:1}");
static const struct db_statement select_bindings = DB_STATEMENT(
    "select_key_bindings", "SELECT id, subject_id, role_id, space_id FROM role_binding "
                           "WHERE subject_kind = 'API_KEY' AND subject_id IN ${texts:1} "
                           "ORDER BY subject_id, id");

static void read_actions(struct ctx *ctx, struct text json, struct role *role)
{
    struct text_list names = ctx_parse_texts(ctx, json);
    enum action *actions = ARENA_ARRAY(ctx->arena, enum action, names.len);
    size_t count = 0;
    for (size_t i = 0; actions && i < names.len; i++) {
        if (action_parse(names.items[i], &actions[count]))
            count++;
    }
    role->actions = actions;
    role->actions_count = count;
}

static void read_role(struct ctx *ctx, const struct db_rows *rows, struct role *role)
{
    role->id = db_column_text(rows, 0, ctx->arena);
    role->slug = db_column_text(rows, 1, ctx->arena);
    role->name = db_column_text(rows, 2, ctx->arena);
    role->description = db_column_text(rows, 3, ctx->arena);
    role->is_system = db_column_bool(rows, 4);
    read_actions(ctx, db_column_text(rows, 5, ctx->arena), role);
    role->role_bindings_count = db_column_int64(rows, 6);
}

static bool read_roles(struct ctx *ctx, const struct text *ids, size_t count, struct map *by_id)
{
    struct db_rows rows;
    struct db_value set = db_texts(ctx->arena, ids, count);
    map_init(by_id, ctx->arena);
    if (!ctx_query(ctx, &select_roles, &set, 1, &rows))
        return false;
    while (db_next(&rows)) {
        struct role *role = ARENA_NEW(ctx->arena, struct role);
        if (!role)
            continue;
        read_role(ctx, &rows, role);
        if (!map_set(by_id, role->id, role))
            continue;
    }
    return ctx_end(ctx, &rows);
}

bool role_find_many(struct ctx *ctx, const struct text *ids, size_t count, const struct role **out)
{
    struct map by_id;
    if (!read_roles(ctx, ids, count, &by_id))
        return false;
    for (size_t i = 0; i < count; i++)
        out[i] = map_get(&by_id, ids[i]);
    return true;
}

bool role_binding_list_of_keys(struct ctx *ctx, const struct text *key_ids, size_t count,
                               struct list *out)
{
    struct db_rows rows;
    struct db_value set = db_texts(ctx->arena, key_ids, count);
    list_init(out, ctx->arena, sizeof(struct role_binding));
    if (!ctx_query(ctx, &select_bindings, &set, 1, &rows))
        return false;
    while (db_next(&rows)) {
        struct role_binding *binding = list_push(out);
        if (!binding)
            continue;
        binding->id = db_column_text(&rows, 0, ctx->arena);
        binding->subject_id = db_column_text(&rows, 1, ctx->arena);
        binding->role_id = db_column_text(&rows, 2, ctx->arena);
        binding->space_id = db_column_text(&rows, 3, ctx->arena);
    }
    return ctx_end(ctx, &rows);
}
