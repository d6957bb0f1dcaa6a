/* Entries to lines and back. */
#include "audit/audit_export.h"

#include "audit/audit_store.h"
#include "base/time_format.h"

/* How deeply bodies may nest. */
enum { LINE_DEPTH = 128 };

/* The columns that are texts, in the order of a line. */
#define TEXT_MEMBERS(MEMBER)                                                                       \
    MEMBER(id)                                                                                     \
    MEMBER(actor)                                                                                  \
    MEMBER(credential)                                                                             \
    MEMBER(session_id)                                                                             \
    MEMBER(action)                                                                                 \
    MEMBER(resource_type)                                                                          \
    MEMBER(resource_id)                                                                            \
    MEMBER(related_type)                                                                           \
    MEMBER(related_id)                                                                             \
    MEMBER(address)                                                                                \
    MEMBER(request_id)

static void print_line(struct arena *arena, const struct audit_entry *entry, struct text previous,
                       struct buffer *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_begin_object(&writer);
    json_member_int64(&writer, "sequence", entry->sequence);
    json_member_string(&writer, "created_at",
                       time_print(arena, entry->created_at, TIME_MICROSECONDS));
#define PRINT(name)                                                                                \
    if (entry->name.len)                                                                           \
        json_member_string(&writer, #name, entry->name);
    TEXT_MEMBERS(PRINT)
#undef PRINT
    /* Both were written by the same writer, so reading and printing them gives the same bytes. */
    json_key_z(&writer, "decision");
    json_raw(&writer, entry->decision);
    json_key_z(&writer, "body");
    json_raw(&writer, entry->body);
    json_member_string(&writer, "previous", previous);
    json_member_string(&writer, "hash", entry->hash);
    json_end_object(&writer);
    buffer_add_byte(out, '\n');
}

/* The hash before the first entry of the part; moves the part up to its beginning. */
static bool find_start(struct ctx *ctx, struct audit_export *part, struct text *previous)
{
    int64_t removed;
    if (!audit_head_get(ctx, AUDIT_REMOVED, &removed, previous))
        return false;
    if (part->after < removed)
        part->after = removed;
    if (part->since && !audit_entry_first_since(ctx, part->since, &part->after))
        return false;
    part->since = 0;
    return part->after == removed || audit_entry_hash(ctx, part->after, previous);
}

bool audit_export_page(struct ctx *ctx, struct audit_export *part, int64_t limit,
                       struct buffer *out)
{
    struct list page;
    struct text previous;
    if (!access_require_actor(ctx) || !access_require_administrator(ctx, NULL) ||
        !find_start(ctx, part, &previous) || !audit_entry_list(ctx, part->after, limit, &page))
        return false;
    part->is_over = (int64_t)page.len < limit;
    for (size_t i = 0; i < page.len; i++) {
        const struct audit_entry *entry = list_at(&page, i);
        if (part->until && entry->created_at >= part->until) {
            part->is_over = true;
            break;
        }
        print_line(ctx->arena, entry, previous, out);
        previous = entry->hash;
        part->after = entry->sequence;
    }
    return !out->failed || fail_no_memory(ctx);
}

static struct text print_again(struct arena *arena, const struct json *value)
{
    struct json_printer printer;
    if (!value)
        return TEXT("");
    json_value(json_print_begin(&printer, arena), value);
    return json_print_end(&printer);
}

bool audit_line_parse(struct arena *arena, struct text line, struct audit_entry *out,
                      struct text *previous, struct error *error)
{
    static const struct json_limits limits = {.max_bytes = AUDIT_LINE_MAX_BYTES,
                                              .max_depth = LINE_DEPTH};
    const struct json *object;
    if (!json_parse(arena, line, &limits, &object, error))
        return false;
    *out = (struct audit_entry){.decision = print_again(arena, json_get_z(object, "decision")),
                                .body = print_again(arena, json_get_z(object, "body")),
                                .hash = json_get_text(object, "hash")};
    *previous = json_get_text(object, "previous");
#define READ(name) out->name = json_get_text(object, #name);
    TEXT_MEMBERS(READ)
#undef READ
    return (json_to_int64(json_get_z(object, "sequence"), &out->sequence) &&
            time_parse(json_get_text(object, "created_at"), &out->created_at, error)) ||
           error_set(error, ERR_SYNTAX, "this is no entry of an audit trail");
}
