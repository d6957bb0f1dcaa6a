/* SQL of cuts. */
#include "access/session_cut_store.h"

/* Ids are in the order of time but for clocks that differ, so a few of the last will do. */
static const struct db_statement select_newest = DB_STATEMENT(
    "select_newest_session", "SELECT max(created_at) FROM (SELECT created_at FROM session "
                             "ORDER BY id DESC LIMIT 100) AS latest");

bool session_newest_start(struct ctx *ctx, int64_t *out)
{
    struct db_rows rows;
    if (!ctx_query_one(ctx, &select_newest, DB_NO_VALUES, &rows))
        return false;
    *out = db_column_int64(&rows, 0);
    return ctx_end(ctx, &rows);
}
