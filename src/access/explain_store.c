/* SQL of explanations. */
#include "access/explain_store.h"

static const struct db_statement select_roles =
    DB_STATEMENT("select_explained_roles",
                 "SELECT id, slug, name, actions, is_system FROM role ORDER BY is_system DESC, id");

bool explained_role_list(struct ctx *ctx, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct explained_role));
    if (!ctx_query(ctx, &select_roles, DB_NO_VALUES, &rows))
        return false;
    while (db_next(&rows)) {
        struct explained_role *role = list_push(out);
        if (!role)
            continue;
        *role = (struct explained_role){.id = db_column_text(&rows, 0, ctx->arena),
                                        .slug = db_column_text(&rows, 1, ctx->arena),
                                        .name = db_column_text(&rows, 2, ctx->arena),
                                        .is_system = db_column_bool(&rows, 4)};
        role->actions =
            action_set_parse(ctx_parse_texts(ctx, db_column_text(&rows, 3, ctx->arena)));
    }
    return ctx_end(ctx, &rows);
}
