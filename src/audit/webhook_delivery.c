/* From one attempt to the next. */
#include "audit/webhook_delivery.h"

#include "audit/audit_store.h"
#include "audit/webhook_message.h"
#include "base/clock.h"

enum {
    LEASE_SECONDS = 15, /* more than an attempt takes */
    LONGEST_PAUSE_SECONDS = 300,
    LAST_WORD_ATTEMPTS = 3, /* for the entry about the webhook's own end */
    ERROR_MAX_BYTES = 300,
};

/* Something is to be delivered, or only the row to be removed. */
static bool is_active(const struct webhook_row *row)
{
    return row->webhook.enabled || row->deliver_until > row->cursor;
}

/* The newest entry that is to be delivered. */
static bool find_end(struct ctx *ctx, const struct webhook_row *row, int64_t *out)
{
    struct text hash;
    if (!audit_newest(ctx, out, &hash))
        return false;
    if (!row->webhook.enabled)
        *out = row->deliver_until;
    return true;
}

bool webhook_is_waiting(struct ctx *ctx, struct webhook_figures *figures, bool *out)
{
    struct webhook_row *row;
    int64_t end = 0;
    *out = false;
    if (!webhook_row_find(ctx, &row) || (row && !find_end(ctx, row, &end)))
        return false;
    bool is_behind = row && is_active(row) && end > row->cursor;
    atomic_store(&figures->lag, is_behind ? end - row->cursor : 0);
    bool is_due = row && row->next_attempt_at <= ctx->now && row->lease_until <= ctx->now;
    *out = is_due && (is_behind || (row->is_deleted && !is_active(row)));
    return true;
}

/* 1, 2, 4 seconds and so on, up to the longest. */
static int64_t pause_after(int64_t failures)
{
    int64_t seconds = 1;
    for (int64_t i = 1; i < failures && seconds < LONGEST_PAUSE_SECONDS; i++)
        seconds *= 2;
    return (seconds < LONGEST_PAUSE_SECONDS ? seconds : LONGEST_PAUSE_SECONDS) * CLOCK_SECOND;
}

static struct text describe_failure(struct ctx *ctx, const struct webhook_delivery *delivery)
{
    if (delivery->status)
        return text_format(ctx->arena, "the endpoint answered %u", delivery->status);
    return text_copy(ctx->arena, text_cut(delivery->failure, ERROR_MAX_BYTES));
}

/* An entry of its own, which only the trail gets. */
static bool switch_off(struct ctx *ctx, struct webhook_row *row)
{
    struct change change;
    struct json_printer printer;
    change_init(&change, ctx->arena);
    change_bool(&change.before, "enabled", true);
    change_bool(&change.after, "enabled", false);
    row->webhook.enabled = false;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_string(writer, "reason", row->webhook.last_error);
    json_member_int64(writer, "failures", row->webhook.failures);
    json_end_object(writer);
    return audit_record(ctx, &(struct audit_event){.action = "audit_trail_webhook.disable",
                                                   .resource_type = "WEBHOOK",
                                                   .resource_id = TEXT("audit-trail"),
                                                   .change = &change,
                                                   .body = json_print_end(&printer)});
}

/* Tried again later, or passed over, as the webhook says. Its last word is given up sooner: nobody
 * waits for it any more. */
static bool keep_failure(struct ctx *ctx, struct webhook_row *row,
                         const struct webhook_delivery *delivery)
{
    struct webhook *webhook = &row->webhook;
    webhook->failures++;
    webhook->last_error = describe_failure(ctx, delivery);
    if (!webhook->enabled && webhook->failures >= LAST_WORD_ATTEMPTS)
        row->cursor = row->deliver_until;
    if (webhook->enabled && webhook->failures >= WEBHOOK_FAILURES_MAX)
        return switch_off(ctx, row);
    if (webhook->retry_on_failure)
        row->next_attempt_at = ctx->now + pause_after(webhook->failures);
    else if (row->cursor < delivery->sequence)
        row->cursor = delivery->sequence;
    return true;
}

/* How the attempt went, as far as the row still stands where it began. */
static bool keep_outcome(struct ctx *ctx, struct webhook_row *row,
                         const struct webhook_delivery *delivery)
{
    if (delivery->status / 100 != 2)
        return keep_failure(ctx, row, delivery);
    if (row->cursor < delivery->sequence)
        row->cursor = delivery->sequence;
    row->next_attempt_at = 0;
    row->webhook.failures = 0;
    row->webhook.last_error = (struct text){NULL, 0};
    return true;
}

/* The next entry as a request; none when all is delivered or a pause is on. */
static bool take_next(struct ctx *ctx, struct webhook_row *row, struct webhook_delivery *delivery)
{
    struct list page;
    struct text body;
    int64_t end;
    delivery->sequence = 0;
    if (!is_active(row) || row->next_attempt_at > ctx->now)
        return true;
    if (!find_end(ctx, row, &end) || !audit_entry_list(ctx, row->cursor, 1, &page))
        return false;
    const struct audit_entry *entry = list_at(&page, 0);
    if (!entry || entry->sequence > end)
        return true;
    if (!webhook_body(ctx, entry, &body) || !webhook_request(ctx, row, body, &delivery->request))
        return false;
    delivery->sequence = entry->sequence;
    return true;
}

/* The lease is known by its end, which no other server has written. */
static bool save(struct ctx *ctx, struct webhook_row *row, struct webhook_delivery *delivery)
{
    row->lease_until = delivery->sequence ? ctx->now + LEASE_SECONDS * CLOCK_SECOND : 0;
    delivery->lease = row->lease_until;
    if (row->is_deleted && !is_active(row))
        return webhook_row_delete(ctx);
    return webhook_row_save(ctx, row);
}

bool webhook_step(struct ctx *ctx, struct webhook_delivery *delivery)
{
    struct webhook_row *row;
    if (!webhook_row_find(ctx, &row))
        return false;
    bool is_ours = row && delivery->lease && row->lease_until == delivery->lease;
    if (!row || (!is_ours && row->lease_until > ctx->now)) {
        *delivery = (struct webhook_delivery){0};
        return true;
    }
    if (is_ours && delivery->is_answered && !keep_outcome(ctx, row, delivery))
        return false;
    delivery->is_answered = false;
    return take_next(ctx, row, delivery) && save(ctx, row, delivery);
}
