/* SQL of the audit trail's webhook. */
#include "audit/webhook_store.h"

static const struct db_statement select_webhook = DB_STATEMENT(
    "select_audit_webhook",
    "SELECT enabled, endpoint, include_runs, retry_on_failure, sealed_secret, sealed_headers, "
    "cursor, deliver_until, is_deleted, failures, last_error, next_attempt_at, lease_until FROM "
    "audit_webhook WHERE id = 1");
static const struct db_statement upsert_webhook = DB_STATEMENT(
    "upsert_audit_webhook",
    "INSERT INTO audit_webhook (id, enabled, endpoint, include_runs, retry_on_failure, "
    "sealed_secret, sealed_headers, cursor, deliver_until, is_deleted, failures, last_error, "
    "next_attempt_at, lease_until, updated_at) VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
    "$11, $12, $13, $14) ON CONFLICT (id) DO UPDATE SET enabled = excluded.enabled, endpoint = "
    "excluded.endpoint, include_runs = excluded.include_runs, retry_on_failure = "
    "excluded.retry_on_failure, sealed_secret = excluded.sealed_secret, sealed_headers = "
    "excluded.sealed_headers, cursor = excluded.cursor, deliver_until = excluded.deliver_until, "
    "is_deleted = excluded.is_deleted, failures = excluded.failures, last_error = "
    "excluded.last_error, next_attempt_at = excluded.next_attempt_at, lease_until = "
    "excluded.lease_until, updated_at = excluded.updated_at");
static const struct db_statement delete_webhook =
    DB_STATEMENT("delete_audit_webhook", "DELETE FROM audit_webhook WHERE id = 1");

bool webhook_row_find(struct ctx *ctx, struct webhook_row **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, &select_webhook, DB_NO_VALUES, &rows))
        return !error_is_set(ctx->error);
    struct webhook_row *row = ARENA_NEW(ctx->arena, struct webhook_row);
    if (row)
        *row = (struct webhook_row){
            .webhook = {.enabled = db_column_bool(&rows, 0),
                        .endpoint = db_column_text(&rows, 1, ctx->arena),
                        .include_runs = db_column_bool(&rows, 2),
                        .retry_on_failure = db_column_bool(&rows, 3),
                        .failures = db_column_int64(&rows, 9),
                        .last_error = ctx_optional_text(ctx, &rows, 10)},
            .sealed_secret = db_column_blob(&rows, 4, ctx->arena),
            .sealed_headers = db_column_blob(&rows, 5, ctx->arena),
            .cursor = db_column_int64(&rows, 6),
            .deliver_until = db_column_int64(&rows, 7),
            .is_deleted = db_column_bool(&rows, 8),
            .next_attempt_at = db_column_int64(&rows, 11),
            .lease_until = db_column_int64(&rows, 12),
        };
    *out = row;
    return ctx_end(ctx, &rows);
}

bool webhook_row_save(struct ctx *ctx, const struct webhook_row *row)
{
    const struct webhook *webhook = &row->webhook;
    return ctx_execute(
        ctx, &upsert_webhook,
        DB_VALUES(db_bool(webhook->enabled), db_text(webhook->endpoint),
                  db_bool(webhook->include_runs), db_bool(webhook->retry_on_failure),
                  db_blob(row->sealed_secret), db_blob(row->sealed_headers), db_int(row->cursor),
                  db_int(row->deliver_until), db_bool(row->is_deleted), db_int(webhook->failures),
                  ctx_text_or_null(webhook->last_error), db_int(row->next_attempt_at),
                  db_int(row->lease_until), db_int(ctx->now)));
}

bool webhook_row_delete(struct ctx *ctx)
{
    return ctx_execute(ctx, &delete_webhook, DB_NO_VALUES);
}
