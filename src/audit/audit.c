/* Recording and verifying the chain. */
#include "audit/audit.h"

#include "audit/audit_store.h"
#include "base/digest.h"
#include "base/ulid.h"

enum { VERIFY_PAGE = 500 };

/* Each field with its length before it, so that no two entries have the same bytes. */
static void add_field(struct buffer *buffer, struct text value)
{
    buffer_add_format(buffer, "%zu:", value.len);
    buffer_add(buffer, value);
}

bool audit_hash(struct arena *arena, struct text previous, const struct audit_entry *entry,
                struct text *out)
{
    const struct text fields[] = {
        previous,           entry->id,           entry->actor,
        entry->session_id,  entry->action,       entry->resource_type,
        entry->resource_id, entry->related_type, entry->related_id,
        entry->address,     entry->request_id,   entry->decision,
        entry->body,
    };
    struct buffer buffer;
    buffer_init(&buffer, arena, SIZE_MAX);
    buffer_add_format(&buffer, "%" PRId64 ":%" PRId64 ":", entry->sequence, entry->created_at);
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
        add_field(&buffer, fields[i]);
    struct digest digest;
    if (buffer.failed || !digest_sha256(buffer_text(&buffer), &digest))
        return false;
    *out = digest_hex(arena, &digest);
    return out->len > 0;
}

bool audit_record(struct ctx *ctx, const struct audit_event *event)
{
    struct audit_entry entry = {
        .created_at = ctx->now,
        .id = ulid_make(ctx->arena),
        .actor = ctx->actor->username,
        .session_id = ctx->actor->session_id,
        .action = text_z(event->action),
        .resource_type = text_z(event->resource_type),
        .resource_id = event->resource_id,
        .related_type = text_z(event->related_type),
        .related_id = event->related_id,
        .address = ctx->address,
        .request_id = ctx->request_id,
        .decision = event->decision ? decision_print(ctx->arena, event->decision) : TEXT("{}"),
        .body = event->body.len ? event->body : TEXT("{}"),
    };
    struct text previous;
    if (!audit_head_get(ctx, &entry.sequence, &previous))
        return false;
    entry.sequence++;
    if (!audit_hash(ctx->arena, previous, &entry, &entry.hash))
        return fail_no_memory(ctx);
    return audit_entry_insert(ctx, &entry);
}

bool audit_verify(struct ctx *ctx, int64_t *count, int64_t *broken_at)
{
    struct text previous = TEXT("");
    int64_t sequence = 0;
    *broken_at = 0;
    for (;;) {
        struct list page;
        if (!audit_entry_list(ctx, sequence, VERIFY_PAGE, &page))
            return false;
        for (size_t i = 0; i < page.len; i++) {
            const struct audit_entry *entry = &LIST_ITEMS(&page, struct audit_entry)[i];
            struct text hash;
            if (!audit_hash(ctx->arena, previous, entry, &hash))
                return fail_no_memory(ctx);
            if (entry->sequence != sequence + 1 || !text_equal(hash, entry->hash)) {
                *broken_at = sequence + 1;
                *count = sequence;
                return true;
            }
            sequence = entry->sequence;
            previous = entry->hash;
        }
        if (page.len < VERIFY_PAGE)
            break;
    }
    *count = sequence;
    return true;
}
