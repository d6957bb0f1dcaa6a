/* SQL of policies. */
#include "policy/policy_store.h"

static const struct db_statement select_login_policies = DB_STATEMENT(
    "select_login_policies",
    "SELECT id, engine, body FROM policy WHERE type = 'LOGIN' ORDER BY created_at, id");
static const struct db_statement select_all_roles =
    DB_STATEMENT("select_all_roles", "SELECT id, slug, name FROM role ORDER BY id");

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
