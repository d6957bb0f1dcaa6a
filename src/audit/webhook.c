/* Saving the webhook, and ending it. */
#include "audit/webhook.h"

#include "audit/webhook_delivery.h"
#include "audit/webhook_headers.h"
#include "audit/webhook_message.h"
#include "base/ulid.h"
#include "kernel/outside.h"

enum { ENDPOINT_MAX_BYTES = 2000, SECRET_MAX_BYTES = 1000 };

static bool check_endpoint(struct ctx *ctx, struct text endpoint)
{
    bool is_https = text_starts_with(endpoint, TEXT("https://"));
    size_t start = is_https ? TEXT("https://").len : TEXT("http://").len;
    struct text host = text_slice(endpoint, start, text_find_byte(endpoint, '/', start));
    if (!is_https && !text_starts_with(endpoint, TEXT("http://")))
        return fail(ctx, ERR_INVALID, "the endpoint must begin with https:// or http://");
    if (endpoint.len > ENDPOINT_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "the endpoint may have %d bytes at most", ENDPOINT_MAX_BYTES);
    if (host.len == 0 || text_find_byte(host, '@', 0) < host.len)
        return fail(ctx, ERR_INVALID, "the endpoint needs a host, and must not carry a password");
    return true;
}

/* The row with its headers by name; NULL when there is none, or none any more. */
static bool read_row(struct ctx *ctx, struct webhook_row **out, struct list *headers)
{
    list_init(headers, ctx->arena, sizeof(struct webhook_header));
    if (!webhook_row_find(ctx, out))
        return false;
    if (!*out || (*out)->is_deleted) {
        *out = NULL;
        return true;
    }
    return webhook_open_headers(ctx, *out, headers) &&
           webhook_headers_name(ctx, headers, &(*out)->webhook.header_names);
}

bool webhook_find(struct ctx *ctx, struct webhook **out)
{
    struct webhook_row *row;
    struct list headers;
    *out = NULL;
    if (!access_require_administrator(ctx, NULL) || !read_row(ctx, &row, &headers))
        return false;
    *out = row ? &row->webhook : NULL;
    return true;
}

/* The fingerprints of secrets are the secrets: nothing shows them. */
static bool describe(struct ctx *ctx, struct change_side *side, const struct webhook_row *row)
{
    struct text secret;
    struct list headers;
    if (!webhook_open_secret(ctx, row, &secret) || !webhook_open_headers(ctx, row, &headers))
        return false;
    change_bool(side, "enabled", row->webhook.enabled);
    change_text(side, "endpoint", row->webhook.endpoint);
    change_bool(side, "include_runs", row->webhook.include_runs);
    change_bool(side, "retry_on_failure", row->webhook.retry_on_failure);
    change_secret(side, "secret", secret);
    for (size_t i = 0; i < headers.len; i++) {
        const struct webhook_header *header = list_at(&headers, i);
        const char *name = text_terminated(
            ctx->arena, text_format(ctx->arena, "header %.*s", TEXT_ARG(header->name)));
        if (!name)
            return fail_no_memory(ctx);
        change_secret(side, name, header->value);
    }
    return true;
}

static struct audit_event event_of(const char *action, const struct change *change,
                                   const struct decision *decision)
{
    return (struct audit_event){.action = action,
                                .resource_type = "WEBHOOK",
                                .resource_id = TEXT("audit-trail"),
                                .change = change,
                                .decision = decision};
}

/* Sends what will be recorded, and wants a 2xx. The unit runs again with the answer, so the message
 * must be the same both times: its time is that of the request. */
static bool try_endpoint(struct ctx *ctx, const struct webhook_row *row,
                         const struct audit_event *event)
{
    struct audit_entry entry;
    struct http_client_request request;
    const struct http_client_response *response;
    struct ulid id;
    struct text body;
    if (!audit_entry_make(ctx, event, &entry))
        return false;
    if (ulid_parse(ctx->request_id, &id))
        entry.created_at = ulid_time(id);
    if (!webhook_body(ctx, &entry, &body) || !webhook_request(ctx, row, body, &request) ||
        !outside_fetch(ctx, &request, &response))
        return false;
    if (response->status / 100 == 2)
        return true;
    return fail(ctx, ERR_INVALID,
                "the endpoint answered %u to a first message, and must answer 2xx: the webhook "
                "was not saved",
                response->status);
}

/* Takes the secret and headers of the input, or keeps those of the row. */
static bool seal_secrets(struct ctx *ctx, const struct webhook_input *input,
                         struct webhook_row *row, struct list *headers)
{
    bool has_secret = row->sealed_secret.len > 0;
    if (input->secret.len > SECRET_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "the secret may have %d bytes at most", SECRET_MAX_BYTES);
    if (input->secret.len == 0 && !has_secret)
        return fail(ctx, ERR_INVALID, "a webhook needs a secret to sign with");
    if (input->secret.len && !webhook_seal_secret(ctx, input->secret, &row->sealed_secret))
        return false;
    if (!input->keeps_headers)
        headers->len = 0;
    return webhook_headers_add(ctx, headers, input->headers, input->header_count) &&
           webhook_seal_headers(ctx, headers, &row->sealed_headers) &&
           webhook_headers_name(ctx, headers, &row->webhook.header_names);
}

/* What is delivered from now on. `newest` is the entry about this change: a webhook that was just
 * switched on has heard of it in its first message, one that was just switched off gets it last. */
static void set_course(struct webhook_row *row, bool was_enabled, bool failed_before,
                       int64_t newest)
{
    bool is_enabled = row->webhook.enabled;
    if (is_enabled && !was_enabled && !failed_before)
        row->cursor = newest;
    if (!is_enabled)
        row->deliver_until = was_enabled ? newest : row->deliver_until;
    else
        row->deliver_until = 0;
    row->next_attempt_at = 0;
    row->webhook.failures = 0;
    row->webhook.last_error = (struct text){NULL, 0};
}

static bool record_and_save(struct ctx *ctx, struct webhook_row *row,
                            const struct audit_event *event, bool was_enabled)
{
    struct text hash;
    int64_t newest;
    bool failed_before = row->webhook.failures >= WEBHOOK_FAILURES_MAX;
    if (!audit_record(ctx, event) || !audit_newest(ctx, &newest, &hash))
        return false;
    set_course(row, was_enabled, failed_before, newest);
    return webhook_row_save(ctx, row);
}

bool webhook_set(struct ctx *ctx, const struct webhook_input *input, struct webhook **out)
{
    struct decision decision;
    struct change change;
    struct webhook_row *row;
    struct list headers;
    change_init(&change, ctx->arena);
    if (!access_require_administrator(ctx, &decision) || !check_endpoint(ctx, input->endpoint) ||
        !read_row(ctx, &row, &headers) || (row && !describe(ctx, &change.before, row)))
        return false;
    if (!row)
        row = ARENA_NEW(ctx->arena, struct webhook_row);
    if (!row)
        return fail_no_memory(ctx);
    bool was_enabled = row->webhook.enabled;
    row->webhook.enabled = input->enabled;
    row->webhook.endpoint = input->endpoint;
    row->webhook.include_runs = input->include_runs;
    row->webhook.retry_on_failure = input->retry_on_failure;
    struct audit_event event = event_of("audit_trail_webhook.set", &change, &decision);
    *out = &row->webhook;
    return seal_secrets(ctx, input, row, &headers) && describe(ctx, &change.after, row) &&
           (!input->enabled || try_endpoint(ctx, row, &event)) &&
           record_and_save(ctx, row, &event, was_enabled);
}

bool webhook_delete(struct ctx *ctx, struct webhook **out)
{
    struct decision decision;
    struct change change;
    struct webhook_row *row;
    struct list headers;
    *out = NULL;
    change_init(&change, ctx->arena);
    if (!access_require_administrator(ctx, &decision) || !read_row(ctx, &row, &headers))
        return false;
    if (!row)
        return true;
    struct webhook *was = ARENA_NEW(ctx->arena, struct webhook);
    if (!was)
        return fail_no_memory(ctx);
    *out = was;
    *was = row->webhook;
    if (!describe(ctx, &change.before, row))
        return false;
    row->webhook.enabled = false;
    row->is_deleted = true;
    struct audit_event event = event_of("audit_trail_webhook.delete", &change, &decision);
    return record_and_save(ctx, row, &event, was->enabled);
}

/* Seals the headers as they are now, and records the difference. */
static bool save_headers(struct ctx *ctx, const char *action, struct webhook_row *row,
                         const struct list *headers, const struct decision *decision,
                         struct webhook **out)
{
    struct change change;
    change_init(&change, ctx->arena);
    *out = &row->webhook;
    if (!describe(ctx, &change.before, row) ||
        !webhook_seal_headers(ctx, headers, &row->sealed_headers) ||
        !describe(ctx, &change.after, row))
        return false;
    struct audit_event event = event_of(action, &change, decision);
    return webhook_headers_name(ctx, headers, &row->webhook.header_names) &&
           audit_record(ctx, &event) && webhook_row_save(ctx, row);
}

static bool get_row(struct ctx *ctx, struct webhook_row **row, struct list *headers,
                    struct decision *decision)
{
    if (!access_require_administrator(ctx, decision) || !read_row(ctx, row, headers))
        return false;
    return *row || fail(ctx, ERR_NOT_FOUND, "audit trail webhook not found");
}

bool webhook_set_headers(struct ctx *ctx, const struct webhook_header *headers, size_t count,
                         struct webhook **out)
{
    struct decision decision;
    struct webhook_row *row;
    struct list all;
    return get_row(ctx, &row, &all, &decision) && webhook_headers_add(ctx, &all, headers, count) &&
           save_headers(ctx, "audit_trail_webhook.set_headers", row, &all, &decision, out);
}

bool webhook_delete_headers(struct ctx *ctx, struct text_list names, struct webhook **out)
{
    struct decision decision;
    struct webhook_row *row;
    struct list all;
    if (!get_row(ctx, &row, &all, &decision))
        return false;
    webhook_headers_remove(&all, names);
    return save_headers(ctx, "audit_trail_webhook.delete_headers", row, &all, &decision, out);
}

bool webhook_wants_runs(struct ctx *ctx, bool *out)
{
    struct webhook_row *row;
    if (!webhook_row_find(ctx, &row))
        return false;
    *out = row && row->webhook.enabled && row->webhook.include_runs;
    return true;
}
