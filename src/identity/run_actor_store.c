/* SQL of runs as actors. */
#include "identity/run_actor_store.h"

static const struct db_statement select_run =
    DB_STATEMENT("select_run_actor",
                 "SELECT s.id, s.administrative FROM run r JOIN stack s ON s.id = r.stack_id "
                 "WHERE r.id = $1 AND r.lease_id IS NOT NULL");

bool run_actor_find(struct ctx *ctx, struct text run_id, struct text *stack_id, bool *has_bindings)
{
    struct db_rows rows;
    *stack_id = (struct text){NULL, 0};
    *has_bindings = false;
    if (!ctx_query(ctx, &select_run, DB_VALUES(db_text(run_id)), &rows))
        return false;
    if (db_next(&rows)) {
        *stack_id = db_column_text(&rows, 0, ctx->arena);
        *has_bindings = !db_column_bool(&rows, 1);
    }
    return ctx_end(ctx, &rows);
}
