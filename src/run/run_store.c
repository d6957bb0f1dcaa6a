/* SQL of runs and their leases. */
#include "run/run_store.h"

#define COLUMNS                                                                                    \
    "r.id, r.stack_id, r.type, r.state, r.state_version, r.title, r.triggered_by, r.branch, "      \
    "r.commit_requested, r.commit_resolved, r.command, r.skip_initialization, r.autodeploy, "      \
    "r.drift_detection, r.prioritized, r.runtime_config, r.metadata, r.delta_added, "              \
    "r.delta_changed, r.delta_deleted, r.delta_resources, r.stop_requested, "                      \
    "r.sealed_plan IS NOT NULL, r.lease_id, r.lease_worker, r.lease_expires_at, r.attempts, "      \
    "r.created_at, r.updated_at"

static const struct db_statement insert_run = DB_STATEMENT(
    "insert_run",
    "INSERT INTO run (id, stack_id, type, state, state_version, title, triggered_by, branch, "
    "commit_requested, command, skip_initialization, autodeploy, runtime_config, metadata, "
    "prioritized, created_at, updated_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)");
static const struct db_statement select_run =
    DB_STATEMENT("select_run", "SELECT " COLUMNS " FROM run r WHERE r.id = $1");
static const struct db_statement select_many =
    DB_STATEMENT("select_runs_by_id", "SELECT " COLUMNS " FROM run r WHERE r.id IN ${texts:1}");
/* For each stack its newest page: the window keeps one stack with many runs from crowding out
 * others. */
static const struct db_statement select_page = DB_STATEMENT(
    "select_run_page",
    "SELECT " COLUMNS " FROM (SELECT run.*, row_number() OVER "
    "(PARTITION BY stack_id ORDER BY id DESC) AS place FROM run WHERE stack_id IN ${texts:1} "
    "AND type IN ${texts:2} AND (CAST($3 AS text) = '' OR id < $3)) AS r WHERE r.place <= $4 "
    "ORDER BY r.stack_id, r.id DESC");
static const struct db_statement select_next_blocking =
    DB_STATEMENT("select_next_blocking",
                 "SELECT " COLUMNS " FROM run r WHERE r.stack_id = $1 AND r.state = 'QUEUED' "
                 "AND r.type <> 'PROPOSED' ORDER BY r.prioritized DESC, r.id LIMIT 1");
static const struct db_statement select_previews = DB_STATEMENT(
    "select_queued_previews", "SELECT " COLUMNS " FROM run r WHERE r.stack_id = $1 "
                              "AND r.state = 'QUEUED' AND r.type = 'PROPOSED' ORDER BY r.id");
static const struct db_statement select_shown =
    DB_STATEMENT("select_shown_state", "SELECT state FROM run WHERE stack_id = $1 AND id <> $2 "
                                       "AND type IN ('TRACKED', 'DESTROY') AND state IN ${texts:3} "
                                       "ORDER BY id DESC LIMIT 1");
static const struct db_statement set_state = DB_STATEMENT(
    "set_run_state",
    "UPDATE run SET state = $2, state_version = $3, updated_at = $4, ready_at = CASE WHEN $2 IN "
    "('READY', 'CONFIRMED') THEN $4 ELSE ready_at END, lease_id = $5, lease_worker = $6, "
    "lease_expires_at = CASE WHEN CAST($5 AS text) IS NULL THEN NULL ELSE lease_expires_at END, "
    "state_password_hash = CASE WHEN CAST($5 AS text) IS NULL THEN NULL "
    "ELSE state_password_hash END, attempts = $7 WHERE id = $1");
static const struct db_statement set_priority =
    DB_STATEMENT("set_run_priority", "UPDATE run SET prioritized = $2 WHERE id = $1");
static const struct db_statement set_stop =
    DB_STATEMENT("set_run_stop", "UPDATE run SET stop_requested = TRUE WHERE id = $1");
static const struct db_statement set_metadata =
    DB_STATEMENT("set_run_metadata", "UPDATE run SET metadata = $2 WHERE id = $1");
static const struct db_statement set_commit =
    DB_STATEMENT("set_run_commit", "UPDATE run SET commit_resolved = $2, title = $3 WHERE id = $1");
static const struct db_statement set_delta =
    DB_STATEMENT("set_run_delta", "UPDATE run SET delta_added = $2, delta_changed = $3, "
                                  "delta_deleted = $4, delta_resources = $5 WHERE id = $1");
static const struct db_statement set_plan =
    DB_STATEMENT("set_run_plan", "UPDATE run SET sealed_plan = $2 WHERE id = $1");
static const struct db_statement select_plan =
    DB_STATEMENT("select_run_plan", "SELECT sealed_plan FROM run WHERE id = $1");
static const struct db_statement set_lease = DB_STATEMENT(
    "set_run_lease", "UPDATE run SET lease_id = $2, lease_worker = $3, lease_expires_at = $4, "
                     "attempts = $5, state_password_hash = $6 WHERE id = $1");
static const struct db_statement extend_lease =
    DB_STATEMENT("extend_run_lease", "UPDATE run SET lease_expires_at = $2 WHERE id = $1");
static const struct db_statement select_lease =
    DB_STATEMENT("select_run_by_lease", "SELECT " COLUMNS " FROM run r WHERE r.lease_id = $1");
static const struct db_statement select_password =
    DB_STATEMENT("select_state_password",
                 "SELECT state_password_hash FROM run WHERE id = $1 AND lease_id IS NOT NULL");
/* Blocking runs first, then previews, then drift detection; prioritised before others; oldest
 * first. */
static const struct db_statement select_next_for_worker = DB_STATEMENT(
    "select_next_for_worker", "SELECT " COLUMNS " FROM run r JOIN stack s ON s.id = r.stack_id "
                              "WHERE r.state IN ('READY', 'CONFIRMED') AND s.vendor IN ${texts:1} "
                              "ORDER BY r.prioritized DESC, r.type = 'PROPOSED', "
                              "r.drift_detection, r.ready_at, r.id LIMIT 1");
static const struct db_statement select_expired = DB_STATEMENT(
    "select_expired_leases", "SELECT " COLUMNS " FROM run r WHERE r.lease_id IS NOT NULL "
                             "AND r.lease_expires_at < $1 ORDER BY r.id LIMIT 100");

static const struct run_delta *read_delta(const struct db_rows *rows, int column,
                                          struct arena *arena)
{
    if (db_column_is_null(rows, column))
        return NULL;
    struct run_delta *delta = ARENA_NEW(arena, struct run_delta);
    if (!delta)
        return NULL;
    *delta = (struct run_delta){
        .add_count = db_column_int64(rows, column),
        .change_count = db_column_int64(rows, column + 1),
        .delete_count = db_column_int64(rows, column + 2),
        .resources = db_column_int64(rows, column + 3),
    };
    return delta;
}

static void read_run(struct ctx *ctx, const struct db_rows *rows, struct run *run)
{
    struct arena *arena = ctx->arena;
    run->id = db_column_text(rows, 0, arena);
    run->stack_id = db_column_text(rows, 1, arena);
    if (!run_type_parse(db_column_peek(rows, 2), &run->type) ||
        !run_state_parse(db_column_peek(rows, 3), &run->state))
        run->state = RUN_FAILED;
    run->state_version = db_column_int64(rows, 4);
    run->title = ctx_optional_text(ctx, rows, 5);
    run->triggered_by = db_column_text(rows, 6, arena);
    run->branch = db_column_text(rows, 7, arena);
    run->commit_requested = ctx_optional_text(ctx, rows, 8);
    run->commit = commit_parse(arena, db_column_text(rows, 9, arena));
    run->command = ctx_optional_text(ctx, rows, 10);
    run->skip_initialization = db_column_bool(rows, 11);
    run->autodeploy = db_column_bool(rows, 12);
    run->drift_detection = db_column_bool(rows, 13);
    run->prioritized = db_column_bool(rows, 14);
    run->runtime_config = ctx_optional_text(ctx, rows, 15);
    run->metadata = ctx_parse_texts(ctx, db_column_text(rows, 16, arena));
    run->delta = read_delta(rows, 17, arena);
    run->stop_requested = db_column_bool(rows, 21);
    run->has_plan = db_column_bool(rows, 22);
    run->lease_id = ctx_optional_text(ctx, rows, 23);
    run->lease_worker = ctx_optional_text(ctx, rows, 24);
    run->lease_expires_at = db_column_int64(rows, 25);
    run->attempts = db_column_int64(rows, 26);
    run->created_at = db_column_int64(rows, 27);
    run->updated_at = db_column_int64(rows, 28);
    run->finished = run_state_is_terminal(run->state);
}

static bool read_one(struct ctx *ctx, const struct db_statement *statement,
                     const struct db_value *values, size_t count, struct run **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, statement, values, count, &rows))
        return !error_is_set(ctx->error);
    struct run *run = ARENA_NEW(ctx->arena, struct run);
    if (run)
        read_run(ctx, &rows, run);
    *out = run;
    return ctx_end(ctx, &rows);
}

static bool read_list(struct ctx *ctx, const struct db_statement *statement,
                      const struct db_value *values, size_t count, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct run));
    if (!ctx_query(ctx, statement, values, count, &rows))
        return false;
    while (db_next(&rows)) {
        struct run *run = list_push(out);
        if (run)
            read_run(ctx, &rows, run);
    }
    return ctx_end(ctx, &rows);
}

bool run_row_insert(struct ctx *ctx, const struct run *run)
{
    return ctx_execute(ctx, &insert_run,
                       DB_VALUES(db_text(run->id), db_text(run->stack_id),
                                 db_text_z(run_type_name(run->type)),
                                 db_text_z(run_state_name(run->state)), db_int(run->state_version),
                                 ctx_text_or_null(run->title), db_text(run->triggered_by),
                                 db_text(run->branch), ctx_text_or_null(run->commit_requested),
                                 ctx_text_or_null(run->command), db_bool(run->skip_initialization),
                                 db_bool(run->autodeploy), ctx_text_or_null(run->runtime_config),
                                 db_text(ctx_print_texts(ctx, run->metadata)),
                                 db_bool(run->prioritized), db_int(run->created_at)));
}

bool run_row_find(struct ctx *ctx, struct text id, struct run **out)
{
    return read_one(ctx, &select_run, DB_VALUES(db_text(id)), out);
}

bool run_row_find_many(struct ctx *ctx, const struct text *ids, size_t count, struct list *out)
{
    return read_list(ctx, &select_many, DB_VALUES(db_texts(ctx->arena, ids, count)), out);
}

bool run_row_list(struct ctx *ctx, enum run_list_kind kind, const struct text *stack_ids,
                  size_t count, struct text before, struct list *out)
{
    static const struct text tracked[] = {TEXT_INIT("TRACKED"), TEXT_INIT("DESTROY")};
    static const struct text proposed[] = {TEXT_INIT("PROPOSED")};
    static const struct text tasks[] = {TEXT_INIT("TASK")};
    struct db_value types = kind == RUN_LIST_TRACKED ? db_texts(ctx->arena, tracked, 2)
                            : kind == RUN_LIST_TASKS ? db_texts(ctx->arena, tasks, 1)
                                                     : db_texts(ctx->arena, proposed, 1);
    return read_list(
        ctx, &select_page,
        DB_VALUES(db_texts(ctx->arena, stack_ids, count), types, db_text(before), db_int(RUN_PAGE)),
        out);
}

bool run_row_next_blocking(struct ctx *ctx, struct text stack_id, struct run **out)
{
    return read_one(ctx, &select_next_blocking, DB_VALUES(db_text(stack_id)), out);
}

bool run_row_queued_previews(struct ctx *ctx, struct text stack_id, struct list *out)
{
    return read_list(ctx, &select_previews, DB_VALUES(db_text(stack_id)), out);
}

bool run_row_shown_state(struct ctx *ctx, const struct run *run, const struct text *names,
                         size_t count, struct text *out)
{
    struct db_rows rows;
    *out = TEXT("");
    if (!ctx_query_one(
            ctx, &select_shown,
            DB_VALUES(db_text(run->stack_id), db_text(run->id), db_texts(ctx->arena, names, count)),
            &rows))
        return !error_is_set(ctx->error);
    *out = db_column_text(&rows, 0, ctx->arena);
    return ctx_end(ctx, &rows);
}

bool run_row_set_state(struct ctx *ctx, const struct run *run)
{
    return ctx_execute(ctx, &set_state,
                       DB_VALUES(db_text(run->id), db_text_z(run_state_name(run->state)),
                                 db_int(run->state_version), db_int(run->updated_at),
                                 ctx_text_or_null(run->lease_id),
                                 ctx_text_or_null(run->lease_worker), db_int(run->attempts)));
}

bool run_row_set_priority(struct ctx *ctx, const struct run *run)
{
    return ctx_execute(ctx, &set_priority, DB_VALUES(db_text(run->id), db_bool(run->prioritized)));
}

bool run_row_set_stop(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &set_stop, DB_VALUES(db_text(id)));
}

bool run_row_set_metadata(struct ctx *ctx, const struct run *run)
{
    return ctx_execute(ctx, &set_metadata,
                       DB_VALUES(db_text(run->id), db_text(ctx_print_texts(ctx, run->metadata))));
}

bool run_row_set_commit(struct ctx *ctx, const struct run *run)
{
    return ctx_execute(ctx, &set_commit,
                       DB_VALUES(db_text(run->id), db_text(commit_print(ctx->arena, run->commit)),
                                 ctx_text_or_null(run->title)));
}

bool run_row_set_delta(struct ctx *ctx, const struct run *run)
{
    const struct run_delta *delta = run->delta;
    return ctx_execute(ctx, &set_delta,
                       DB_VALUES(db_text(run->id), db_int(delta->add_count),
                                 db_int(delta->change_count), db_int(delta->delete_count),
                                 db_int(delta->resources)));
}

bool run_row_set_plan(struct ctx *ctx, struct text id, struct text sealed)
{
    return ctx_execute(ctx, &set_plan, DB_VALUES(db_text(id), db_blob(sealed)));
}

bool run_row_drop_plan(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &set_plan, DB_VALUES(db_text(id), db_null()));
}

bool run_row_plan(struct ctx *ctx, struct text id, struct text *sealed)
{
    struct db_rows rows;
    *sealed = (struct text){NULL, 0};
    if (!ctx_query_one(ctx, &select_plan, DB_VALUES(db_text(id)), &rows))
        return !error_is_set(ctx->error);
    if (!db_column_is_null(&rows, 0))
        *sealed = db_column_blob(&rows, 0, ctx->arena);
    return ctx_end(ctx, &rows);
}

bool run_row_set_lease(struct ctx *ctx, const struct run *run, struct text state_password_hash)
{
    return ctx_execute(ctx, &set_lease,
                       DB_VALUES(db_text(run->id), db_text(run->lease_id),
                                 db_text(run->lease_worker), db_int(run->lease_expires_at),
                                 db_int(run->attempts), db_text(state_password_hash)));
}

bool run_row_extend_lease(struct ctx *ctx, const struct run *run)
{
    return ctx_execute(ctx, &extend_lease,
                       DB_VALUES(db_text(run->id), db_int(run->lease_expires_at)));
}

bool run_row_find_lease(struct ctx *ctx, struct text lease_id, struct run **out)
{
    return read_one(ctx, &select_lease, DB_VALUES(db_text(lease_id)), out);
}

bool run_row_state_password(struct ctx *ctx, struct text id, struct text *hash)
{
    struct db_rows rows;
    *hash = TEXT("");
    if (!ctx_query_one(ctx, &select_password, DB_VALUES(db_text(id)), &rows))
        return !error_is_set(ctx->error);
    *hash = db_column_text(&rows, 0, ctx->arena);
    return ctx_end(ctx, &rows);
}

bool run_row_next_for_worker(struct ctx *ctx, const struct text *vendors, size_t count,
                             struct run **out)
{
    return read_one(ctx, &select_next_for_worker, DB_VALUES(db_texts(ctx->arena, vendors, count)),
                    out);
}

bool run_row_list_expired(struct ctx *ctx, struct list *out)
{
    return read_list(ctx, &select_expired, DB_VALUES(db_int(ctx->now)), out);
}
