/* SQL of runs as actors. */
#include "identity/run_actor_store.h"

static const struct db_statement select_run = DB_STATEMENT(
    "select_run_actor",
    "SELECT s.id, s.administrative, r.type FROM run r JOIN stack s ON s.id = r.stack_id "
    "WHERE r.id = $1 AND r.lease_id IS NOT NULL");

bool run_actor_find(struct ctx *ctx, struct text run_id, struct run_actor *out, bool *found)
{
    struct db_rows rows;
    *found = false;
    if (!ctx_query(ctx, &select_run, DB_VALUES(db_text(run_id)), &rows))
        return false;
    if (db_next(&rows)) {
        *found = true;
        *out = (struct run_actor){
            .stack_id = db_column_text(&rows, 0, ctx->arena),
            .is_administrative = db_column_bool(&rows, 1),
            .is_proposed = text_equal_z(db_column_peek(&rows, 2), "PROPOSED"),
        };
    }
    return ctx_end(ctx, &rows);
}
