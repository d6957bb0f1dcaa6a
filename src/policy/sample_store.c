/* SQL of samples. Keys are ULIDs, so their order is that of time. */
#include "policy/sample_store.h"

static const struct db_statement insert_sample =
    DB_STATEMENT("insert_policy_sample",
                 "INSERT INTO policy_sample (id, policy_id, outcome, sealed_input, body, "
                 "result, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)");
static const struct db_statement select_samples = DB_STATEMENT(
    "select_policy_samples",
    "SELECT id, policy_id, outcome, created_at FROM (SELECT id, policy_id, outcome, created_at, "
    "row_number() OVER (PARTITION BY policy_id ORDER BY id DESC) AS rank FROM policy_sample "
    "WHERE policy_id IN ${texts:1} AND created_at > $2) AS ranked WHERE rank <= $3 "
    "ORDER BY policy_id, id DESC");
static const struct db_statement select_sample = DB_STATEMENT(
    "select_policy_sample", "SELECT id, policy_id, outcome, created_at, sealed_input, body, result "
                            "FROM policy_sample WHERE policy_id = $1 AND id = $2");
static const struct db_statement delete_samples = DB_STATEMENT(
    "delete_policy_samples",
    "DELETE FROM policy_sample WHERE created_at <= $1 OR id IN (SELECT id FROM (SELECT id, "
    "row_number() OVER (PARTITION BY policy_id ORDER BY id DESC) AS rank FROM policy_sample) "
    "AS ranked WHERE rank > $2)");

bool sample_row_insert(struct ctx *ctx, const struct policy_sample *sample)
{
    return ctx_execute(ctx, &insert_sample,
                       DB_VALUES(db_text(sample->key), db_text(sample->policy_id),
                                 db_text(sample->outcome), db_blob(sample->input),
                                 db_text(sample->body), db_text(sample->result),
                                 db_int(sample->created_at)));
}

static void read_brief(struct ctx *ctx, const struct db_rows *rows, struct policy_sample *sample)
{
    sample->key = db_column_text(rows, 0, ctx->arena);
    sample->policy_id = db_column_text(rows, 1, ctx->arena);
    sample->outcome = db_column_text(rows, 2, ctx->arena);
    sample->created_at = db_column_int64(rows, 3);
}

bool sample_row_list(struct ctx *ctx, const struct text *policy_ids, size_t count, int64_t after,
                     int64_t most, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct policy_sample));
    if (!ctx_query(ctx, &select_samples,
                   DB_VALUES(db_texts(ctx->arena, policy_ids, count), db_int(after), db_int(most)),
                   &rows))
        return false;
    while (db_next(&rows)) {
        struct policy_sample *sample = list_push(out);
        if (sample)
            read_brief(ctx, &rows, sample);
    }
    return ctx_end(ctx, &rows);
}

bool sample_row_find(struct ctx *ctx, struct text policy_id, struct text key,
                     struct policy_sample **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, &select_sample, DB_VALUES(db_text(policy_id), db_text(key)), &rows))
        return !error_is_set(ctx->error);
    struct policy_sample *sample = ARENA_NEW(ctx->arena, struct policy_sample);
    if (sample) {
        read_brief(ctx, &rows, sample);
        sample->input = db_column_blob(&rows, 4, ctx->arena);
        sample->body = db_column_text(&rows, 5, ctx->arena);
        sample->result = db_column_text(&rows, 6, ctx->arena);
    }
    *out = sample;
    return ctx_end(ctx, &rows) && (sample || fail_no_memory(ctx));
}

bool sample_row_delete(struct ctx *ctx, int64_t until, int64_t most)
{
    return ctx_execute(ctx, &delete_samples, DB_VALUES(db_int(until), db_int(most)));
}
