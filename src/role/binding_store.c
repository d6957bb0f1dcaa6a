/* SQL of role bindings. */
#include "role/binding_store.h"

#define COLUMNS                                                                                    \
    "id, subject_kind, subject_id, role_id, space_id, reason, expires_at, is_rule, created_at, "   \
    "created_by"
#define SELECT "SELECT " COLUMNS " FROM role_binding WHERE "

static const struct db_statement insert_binding =
    DB_STATEMENT("insert_role_binding", "INSERT INTO role_binding (" COLUMNS
                                        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
static const struct db_statement update_binding =
    DB_STATEMENT("update_role_binding", "UPDATE role_binding SET subject_id = $2, role_id = $3, "
                                        "space_id = $4, is_rule = $5 WHERE id = $1");
static const struct db_statement delete_binding =
    DB_STATEMENT("delete_role_binding", "DELETE FROM role_binding WHERE id = $1");
static const struct db_statement delete_of =
    DB_STATEMENT("delete_role_bindings_of",
                 "DELETE FROM role_binding WHERE subject_kind = $1 AND subject_id = $2");
static const struct db_statement select_one = DB_STATEMENT("select_role_binding", SELECT "id = $1");
static const struct db_statement select_same =
    DB_STATEMENT("select_same_role_binding",
                 SELECT "subject_kind = $1 AND subject_id = $2 AND role_id = $3 AND space_id = $4 "
                        "AND id <> $5 AND (expires_at IS NULL) = $6");
static const struct db_statement select_of =
    DB_STATEMENT("select_role_bindings",
                 SELECT "subject_kind = $1 AND subject_id IN ${texts:2} ORDER BY subject_id, id");
static const struct db_statement select_ended =
    DB_STATEMENT("select_ended_role_bindings",
                 SELECT "expires_at IS NOT NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2");
static const struct db_statement select_ending =
    DB_STATEMENT("select_ending_role_bindings",
                 SELECT "expires_at IS NOT NULL AND expires_at > $1 ORDER BY expires_at, id");

/* By subject_kind. A worker's key has no rights that a role could give. */
static const struct db_statement select_subject[] = {
    [SUBJECT_API_KEY] =
        DB_STATEMENT("select_bound_key", "SELECT name, '' FROM api_key WHERE id = $1 AND "
                                         "deleted_at IS NULL AND kind <> 'WORKER'"),
    [SUBJECT_USER] =
        DB_STATEMENT("select_bound_user", "SELECT username, '' FROM account_user WHERE id = $1"),
    [SUBJECT_GROUP] =
        DB_STATEMENT("select_bound_group", "SELECT name, '' FROM user_group WHERE id = $1"),
    [SUBJECT_STACK] =
        DB_STATEMENT("select_bound_stack", "SELECT name, space_id FROM stack WHERE id = $1"),
};

bool binding_row_insert(struct ctx *ctx, const struct role_binding *binding)
{
    return ctx_execute(ctx, &insert_binding,
                       DB_VALUES(db_text(binding->id), db_text_z(subject_kind_name(binding->kind)),
                                 db_text(binding->subject_id), db_text(binding->role_id),
                                 db_text(binding->space_id), ctx_text_or_null(binding->reason),
                                 ctx_time_or_null(binding->expires_at), db_bool(binding->is_rule),
                                 db_int(binding->created_at), db_text(binding->created_by)));
}

bool binding_row_update(struct ctx *ctx, const struct role_binding *binding)
{
    return ctx_execute(ctx, &update_binding,
                       DB_VALUES(db_text(binding->id), db_text(binding->subject_id),
                                 db_text(binding->role_id), db_text(binding->space_id),
                                 db_bool(binding->is_rule)));
}

bool binding_row_delete(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &delete_binding, DB_VALUES(db_text(id)));
}

bool binding_row_delete_of(struct ctx *ctx, enum subject_kind kind, struct text subject_id)
{
    return ctx_execute(ctx, &delete_of,
                       DB_VALUES(db_text_z(subject_kind_name(kind)), db_text(subject_id)));
}

static enum subject_kind read_kind(struct text name)
{
    enum subject_kind kind = SUBJECT_API_KEY;
    while (kind < SUBJECT_STACK && !text_equal_z(name, subject_kind_name(kind)))
        kind++;
    return kind;
}

static void read_binding(struct ctx *ctx, const struct db_rows *rows, struct role_binding *binding)
{
    *binding = (struct role_binding){
        .id = db_column_text(rows, 0, ctx->arena),
        .kind = read_kind(db_column_peek(rows, 1)),
        .subject_id = db_column_text(rows, 2, ctx->arena),
        .role_id = db_column_text(rows, 3, ctx->arena),
        .space_id = db_column_text(rows, 4, ctx->arena),
        .reason = ctx_optional_text(ctx, rows, 5),
        .expires_at = db_column_int64(rows, 6),
        .is_rule = db_column_bool(rows, 7),
        .created_at = db_column_int64(rows, 8),
        .created_by = db_column_text(rows, 9, ctx->arena),
    };
}

static bool read_list(struct ctx *ctx, const struct db_statement *statement,
                      const struct db_value *values, size_t count, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct role_binding));
    if (!ctx_query(ctx, statement, values, count, &rows))
        return false;
    while (db_next(&rows)) {
        struct role_binding *binding = list_push(out);
        if (binding)
            read_binding(ctx, &rows, binding);
    }
    return ctx_end(ctx, &rows);
}

bool binding_row_find(struct ctx *ctx, struct text id, struct role_binding **out)
{
    struct list found;
    if (!read_list(ctx, &select_one, DB_VALUES(db_text(id)), &found))
        return false;
    *out = list_at(&found, 0);
    return true;
}

bool binding_row_find_same(struct ctx *ctx, const struct role_binding *binding,
                           struct role_binding **out)
{
    struct list found;
    if (!read_list(ctx, &select_same,
                   DB_VALUES(db_text_z(subject_kind_name(binding->kind)),
                             db_text(binding->subject_id), db_text(binding->role_id),
                             db_text(binding->space_id), db_text(binding->id),
                             db_bool(binding->expires_at == 0)),
                   &found))
        return false;
    *out = list_at(&found, 0);
    return true;
}

bool binding_row_list(struct ctx *ctx, enum subject_kind kind, const struct text *subject_ids,
                      size_t count, struct list *out)
{
    struct db_value set = db_texts(ctx->arena, subject_ids, count);
    return read_list(ctx, &select_of, DB_VALUES(db_text_z(subject_kind_name(kind)), set), out);
}

bool binding_row_list_ended(struct ctx *ctx, int64_t now, int64_t limit, struct list *out)
{
    return read_list(ctx, &select_ended, DB_VALUES(db_int(now), db_int(limit)), out);
}

bool binding_row_list_ending(struct ctx *ctx, int64_t now, struct list *out)
{
    return read_list(ctx, &select_ending, DB_VALUES(db_int(now)), out);
}

bool binding_subject_find(struct ctx *ctx, enum subject_kind kind, struct text id,
                          struct binding_subject **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query(ctx, &select_subject[kind], DB_VALUES(db_text(id)), &rows))
        return false;
    struct binding_subject *subject =
        db_next(&rows) ? ARENA_NEW(ctx->arena, struct binding_subject) : NULL;
    if (subject) {
        subject->name = db_column_text(&rows, 0, ctx->arena);
        subject->space_id = db_column_text(&rows, 1, ctx->arena);
    }
    *out = subject;
    return ctx_end(ctx, &rows);
}
