/* SQL of policies. */
#include "policy/policy_store.h"

#define COLUMNS                                                                                    \
    "id, name, description, type, engine, body, space_id, labels, created_at, created_by, "        \
    "updated_at"

static const struct db_statement insert_policy = DB_STATEMENT(
    "insert_policy", "INSERT INTO policy (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                     "$10, $11)");
static const struct db_statement update_policy = DB_STATEMENT(
    "update_policy", "UPDATE policy SET name = $2, description = $3, engine = $4, body = $5, "
                     "space_id = $6, labels = $7, updated_at = $8 WHERE id = $1");
static const struct db_statement delete_policy =
    DB_STATEMENT("delete_policy", "DELETE FROM policy WHERE id = $1");
static const struct db_statement count_policy =
    DB_STATEMENT("count_policy", "SELECT count(*) FROM policy WHERE id = $1");
static const struct db_statement select_policy =
    DB_STATEMENT("select_policy", "SELECT " COLUMNS " FROM policy WHERE id = $1");
static const struct db_statement select_policies =
    DB_STATEMENT("select_policies",
                 "SELECT " COLUMNS " FROM policy WHERE space_id IN ${texts:1} ORDER BY name, id");
static const struct db_statement select_login_policies = DB_STATEMENT(
    "select_login_policies",
    "SELECT id, engine, body FROM policy WHERE type = 'LOGIN' ORDER BY created_at, id");
static const struct db_statement select_all_roles =
    DB_STATEMENT("select_all_roles", "SELECT id, slug, name FROM role ORDER BY id");

bool policy_row_insert(struct ctx *ctx, const struct policy *policy)
{
    return ctx_execute(
        ctx, &insert_policy,
        DB_VALUES(db_text(policy->id), db_text(policy->name), db_text(policy->description),
                  db_text_z(policy_type_name(policy->type)),
                  db_text_z(policy_engine_name(policy->engine_type)), db_text(policy->body),
                  db_text(policy->space), db_text(ctx_print_texts(ctx, policy->labels)),
                  db_int(policy->created_at), db_text(policy->created_by),
                  db_int(policy->updated_at)));
}

bool policy_row_update(struct ctx *ctx, const struct policy *policy)
{
    return ctx_execute(
        ctx, &update_policy,
        DB_VALUES(db_text(policy->id), db_text(policy->name), db_text(policy->description),
                  db_text_z(policy_engine_name(policy->engine_type)), db_text(policy->body),
                  db_text(policy->space), db_text(ctx_print_texts(ctx, policy->labels)),
                  db_int(policy->updated_at)));
}

bool policy_row_delete(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &delete_policy, DB_VALUES(db_text(id)));
}

bool policy_row_exists(struct ctx *ctx, struct text id, bool *out)
{
    struct db_rows rows;
    if (!ctx_query_one(ctx, &count_policy, DB_VALUES(db_text(id)), &rows))
        return false;
    *out = db_column_int64(&rows, 0) > 0;
    return ctx_end(ctx, &rows);
}

static struct text none_if_empty(struct text text)
{
    return text.len ? text : (struct text){NULL, 0};
}

/* Types and engines were checked when they were written. */
static bool read_policy(struct ctx *ctx, const struct db_rows *rows, struct policy *policy)
{
    *policy = (struct policy){
        .id = db_column_text(rows, 0, ctx->arena),
        .name = db_column_text(rows, 1, ctx->arena),
        .description = none_if_empty(db_column_text(rows, 2, ctx->arena)),
        .body = db_column_text(rows, 5, ctx->arena),
        .space = db_column_text(rows, 6, ctx->arena),
        .labels = ctx_parse_texts(ctx, db_column_text(rows, 7, ctx->arena)),
        .created_at = db_column_int64(rows, 8),
        .created_by = db_column_text(rows, 9, ctx->arena),
        .updated_at = db_column_int64(rows, 10),
    };
    return (policy_type_parse(db_column_peek(rows, 3), &policy->type) &&
            policy_engine_parse(db_column_peek(rows, 4), &policy->engine_type)) ||
           fail(ctx, ERR_INTERNAL, "a policy in the database is of a kind that is not known");
}

bool policy_row_find(struct ctx *ctx, struct text id, struct policy **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, &select_policy, DB_VALUES(db_text(id)), &rows))
        return !error_is_set(ctx->error);
    struct policy *policy = ARENA_NEW(ctx->arena, struct policy);
    bool read = policy ? read_policy(ctx, &rows, policy) : fail_no_memory(ctx);
    *out = policy;
    return ctx_end(ctx, &rows) && read;
}

bool policy_row_list(struct ctx *ctx, struct db_value spaces, struct list *out)
{
    struct db_rows rows;
    bool read = true;
    list_init(out, ctx->arena, sizeof(struct policy));
    if (!ctx_query(ctx, &select_policies, &spaces, 1, &rows))
        return false;
    while (read && db_next(&rows)) {
        struct policy *policy = list_push(out);
        read = policy ? read_policy(ctx, &rows, policy) : fail_no_memory(ctx);
    }
    return ctx_end(ctx, &rows) && read;
}

bool policy_row_list_login(struct ctx *ctx, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct policy_text));
    if (!ctx_query(ctx, &select_login_policies, DB_NO_VALUES, &rows))
        return false;
    while (db_next(&rows)) {
        struct policy_text *policy = list_push(out);
        if (!policy)
            continue;
        policy->id = db_column_text(&rows, 0, ctx->arena);
        policy->body = db_column_text(&rows, 2, ctx->arena);
        if (!policy_engine_parse(db_column_peek(&rows, 1), &policy->engine))
            policy->engine = POLICY_ENGINE_REGO_V0;
    }
    return ctx_end(ctx, &rows);
}

bool policy_role_row_list(struct ctx *ctx, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct known_role));
    if (!ctx_query(ctx, &select_all_roles, DB_NO_VALUES, &rows))
        return false;
    while (db_next(&rows)) {
        struct known_role *role = list_push(out);
        if (!role)
            continue;
        role->id = db_column_text(&rows, 0, ctx->arena);
        role->slug = db_column_text(&rows, 1, ctx->arena);
        role->name = db_column_text(&rows, 2, ctx->arena);
    }
    return ctx_end(ctx, &rows);
}
