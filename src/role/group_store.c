/* SQL of user groups. */
#include "role/group_store.h"

#define SELECT                                                                                     \
    "SELECT id, name, description, created_at, (SELECT count(DISTINCT b.space_id) FROM "           \
    "role_binding b WHERE b.subject_kind = 'GROUP' AND b.subject_id = user_group.id) "             \
    "FROM user_group "

static const struct db_statement insert_group =
    DB_STATEMENT("insert_user_group", "INSERT INTO user_group (id, name, description, created_at, "
                                      "created_by) VALUES ($1, $2, $3, $4, $5)");
static const struct db_statement update_group =
    DB_STATEMENT("update_user_group", "UPDATE user_group SET description = $2 WHERE id = $1");
static const struct db_statement delete_group =
    DB_STATEMENT("delete_user_group", "DELETE FROM user_group WHERE id = $1");
static const struct db_statement select_all =
    DB_STATEMENT("select_user_groups", SELECT "ORDER BY name");
static const struct db_statement select_many =
    DB_STATEMENT("select_some_user_groups", SELECT "WHERE id IN ${texts:1}");
static const struct db_statement count_name =
    DB_STATEMENT("count_user_group", "SELECT count(*) FROM user_group WHERE name = $1");
static const struct db_statement select_memberships = DB_STATEMENT(
    "select_memberships",
    "SELECT groups, TRUE, coalesce(last_login_at, 0) FROM account_user WHERE groups <> '[]' "
    "UNION ALL SELECT groups, FALSE, 0 FROM api_key WHERE groups <> '[]' AND deleted_at IS NULL");

bool group_row_insert(struct ctx *ctx, const struct user_group *group)
{
    return ctx_execute(ctx, &insert_group,
                       DB_VALUES(db_text(group->id), db_text(group->name),
                                 db_text(group->description), db_int(group->created_at),
                                 db_text(ctx->actor->username)));
}

bool group_row_describe(struct ctx *ctx, struct text id, struct text description)
{
    return ctx_execute(ctx, &update_group, DB_VALUES(db_text(id), db_text(description)));
}

bool group_row_delete(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &delete_group, DB_VALUES(db_text(id)));
}

static bool read_list(struct ctx *ctx, const struct db_statement *statement,
                      const struct db_value *values, size_t count, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct user_group));
    if (!ctx_query(ctx, statement, values, count, &rows))
        return false;
    while (db_next(&rows)) {
        struct user_group *group = list_push(out);
        if (group)
            *group = (struct user_group){.id = db_column_text(&rows, 0, ctx->arena),
                                         .name = db_column_text(&rows, 1, ctx->arena),
                                         .description = db_column_text(&rows, 2, ctx->arena),
                                         .created_at = db_column_int64(&rows, 3),
                                         .space_count = db_column_int64(&rows, 4)};
    }
    return ctx_end(ctx, &rows);
}

bool group_row_list(struct ctx *ctx, struct list *out)
{
    return read_list(ctx, &select_all, DB_NO_VALUES, out);
}

bool group_row_find(struct ctx *ctx, const struct text *ids, size_t count, struct list *out)
{
    return read_list(ctx, &select_many, DB_VALUES(db_texts(ctx->arena, ids, count)), out);
}

bool group_row_name_taken(struct ctx *ctx, struct text name, bool *out)
{
    struct db_rows rows;
    if (!ctx_query_one(ctx, &count_name, DB_VALUES(db_text(name)), &rows))
        return false;
    *out = db_column_int64(&rows, 0) > 0;
    return db_end(&rows);
}

bool group_membership_list(struct ctx *ctx, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct group_membership));
    if (!ctx_query(ctx, &select_memberships, DB_NO_VALUES, &rows))
        return false;
    while (db_next(&rows)) {
        struct group_membership *membership = list_push(out);
        if (!membership)
            continue;
        membership->names = ctx_parse_texts(ctx, db_column_text(&rows, 0, ctx->arena));
        membership->is_user = db_column_bool(&rows, 1);
        membership->last_login_at = db_column_int64(&rows, 2);
    }
    return ctx_end(ctx, &rows);
}
