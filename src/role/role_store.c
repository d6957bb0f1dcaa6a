/* SQL of roles. */
#include "role/role_store.h"

#include "base/map.h"

#define COLUMNS                                                                                    \
    "id, slug, name, description, is_system, actions, "                                            \
    "(SELECT count(*) FROM role_binding b WHERE b.role_id = role.id)"

static const struct db_statement select_many =
    DB_STATEMENT("select_roles", "SELECT " COLUMNS " FROM role WHERE id IN ${texts:1}");
static const struct db_statement select_one =
    DB_STATEMENT("select_role", "SELECT " COLUMNS " FROM role WHERE id = $1 OR slug = $1 "
                                "ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END LIMIT 1");
static const struct db_statement select_all = DB_STATEMENT(
    "select_all_roles", "SELECT " COLUMNS " FROM role ORDER BY is_system DESC, name, id");
static const struct db_statement insert_role =
    DB_STATEMENT("insert_role", "INSERT INTO role (id, slug, name, description, is_system, "
                                "actions, created_at) VALUES ($1, $2, $3, $4, FALSE, $5, $6)");
static const struct db_statement update_role = DB_STATEMENT(
    "update_role", "UPDATE role SET name = $2, description = $3, actions = $4 WHERE id = $1");
static const struct db_statement delete_role =
    DB_STATEMENT("delete_role", "DELETE FROM role WHERE id = $1");

static struct text print_actions(struct ctx *ctx, const struct role *role)
{
    struct text *names = ARENA_ARRAY(ctx->arena, struct text, role->actions_count);
    if (!names)
        return TEXT("[]");
    for (size_t i = 0; i < role->actions_count; i++)
        names[i] = text_z(action_name(role->actions[i]));
    return ctx_print_texts(ctx, (struct text_list){names, role->actions_count});
}

bool role_row_insert(struct ctx *ctx, const struct role *role)
{
    return ctx_execute(ctx, &insert_role,
                       DB_VALUES(db_text(role->id), db_text(role->slug), db_text(role->name),
                                 db_text(role->description), db_text(print_actions(ctx, role)),
                                 db_int(ctx->now)));
}

bool role_row_update(struct ctx *ctx, const struct role *role)
{
    return ctx_execute(ctx, &update_role,
                       DB_VALUES(db_text(role->id), db_text(role->name), db_text(role->description),
                                 db_text(print_actions(ctx, role))));
}

bool role_row_delete(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &delete_role, DB_VALUES(db_text(id)));
}

/* Names of actions that this program does not know are left out. */
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

static bool read_list(struct ctx *ctx, const struct db_statement *statement,
                      const struct db_value *values, size_t count, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct role));
    if (!ctx_query(ctx, statement, values, count, &rows))
        return false;
    while (db_next(&rows)) {
        struct role *role = list_push(out);
        if (role)
            read_role(ctx, &rows, role);
    }
    return ctx_end(ctx, &rows);
}

bool role_row_find(struct ctx *ctx, struct text id, struct role **out)
{
    struct list found;
    struct db_value value = db_text(id);
    if (!read_list(ctx, &select_one, &value, 1, &found))
        return false;
    *out = list_at(&found, 0);
    return true;
}

bool role_row_list(struct ctx *ctx, struct list *out)
{
    return read_list(ctx, &select_all, DB_NO_VALUES, out);
}

bool role_find_many(struct ctx *ctx, const struct text *ids, size_t count, const struct role **out)
{
    struct list found;
    struct map by_id;
    struct db_value set = db_texts(ctx->arena, ids, count);
    if (!read_list(ctx, &select_many, &set, 1, &found))
        return false;
    map_init(&by_id, ctx->arena);
    for (size_t i = 0; i < found.len; i++) {
        struct role *role = list_at(&found, i);
        if (!map_set(&by_id, role->id, role))
            return fail_no_memory(ctx);
    }
    for (size_t i = 0; i < count; i++)
        out[i] = map_get(&by_id, ids[i]);
    return true;
}
