/* Letting the oldest entries go. */
#include "audit/retention.h"

#include "audit/audit_store.h"
#include "audit/webhook_store.h"

static bool record(struct ctx *ctx, int64_t removed, int64_t up_to)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_int64(writer, "removed", removed);
    json_member_int64(writer, "up_to", up_to);
    json_end_object(writer);
    return audit_record(ctx, &(struct audit_event){.action = "audit_trail.remove",
                                                   .resource_type = "ACCOUNT",
                                                   .body = json_print_end(&printer)});
}

/* How many entries may go: none that the webhook waits for. */
static bool find_limit(struct ctx *ctx, int64_t removed_up_to, int64_t *out)
{
    struct webhook_row *row;
    *out = RETENTION_STEP;
    if (!webhook_row_find(ctx, &row))
        return false;
    bool is_heard = row && (row->webhook.enabled || row->deliver_until > row->cursor);
    if (is_heard && row->cursor - removed_up_to < *out)
        *out = row->cursor - removed_up_to;
    return true;
}

bool audit_retain(struct ctx *ctx)
{
    int64_t retention = ctx->account->settings->audit_retention;
    int64_t up_to, limit, removed;
    struct text hash;
    if (retention == 0)
        return true;
    if (!audit_head_get(ctx, AUDIT_REMOVED, &up_to, &hash) || !find_limit(ctx, up_to, &limit))
        return false;
    if (limit <= 0)
        return true;
    if (!audit_remove_before(ctx, ctx->now - retention, limit, &removed))
        return false;
    return removed == 0 || record(ctx, removed, up_to + removed);
}
