/* Recording and verifying the chain. */
#include "audit/audit.h"

#include "audit/audit_store.h"
#include "base/digest.h"
#include "base/ulid.h"

#include <string.h>

enum { VERIFY_PAGE = 100, HASH_SIZE = 64 };

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
        previous,
        entry->id,
        entry->actor,
        entry->credential,
        entry->session_id,
        entry->action,
        entry->resource_type,
        entry->resource_id,
        entry->related_type,
        entry->related_id,
        entry->address,
        entry->request_id,
        entry->decision,
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

static void print_context(struct ctx *ctx, struct text_list roles, struct json_writer *writer)
{
    struct text claims = ctx->actor->claims;
    bool has_claims = claims.len > TEXT("{}").len;
    if (ctx->mutation.len == 0 && roles.len == 0 && !has_claims)
        return;
    json_key_z(writer, "context");
    json_begin_object(writer);
    if (ctx->mutation.len)
        json_member_string(writer, "mutation", ctx->mutation);
    if (roles.len) {
        json_key_z(writer, "roles");
        json_raw(writer, ctx_print_texts(ctx, roles));
    }
    if (has_claims) {
        json_key_z(writer, "claims");
        json_raw(writer, claims);
    }
    json_end_object(writer);
}

/* The members of what the caller said besides. */
static bool print_body(struct ctx *ctx, struct text body, struct json_writer *writer)
{
    const struct json *object;
    if (body.len == 0)
        return true;
    if (!json_parse(ctx->arena, body, NULL, &object, ctx->error))
        return false;
    assert(json_is(object, JSON_OBJECT));
    for (uint32_t i = 0; i < object->len; i++) {
        json_key(writer, object->members[i].key);
        json_value(writer, &object->members[i].value);
    }
    return true;
}

/* {"context":{...},"before":{...},"after":{...}, and what else the event says}. */
static bool describe(struct ctx *ctx, const struct audit_event *event, struct text *out)
{
    struct json_printer printer;
    struct text_list roles;
    if (!audit_roles_of_actor(ctx, &roles))
        return false;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    print_context(ctx, roles, writer);
    if (event->change)
        change_print(event->change, writer);
    if (!print_body(ctx, event->body, writer))
        return false;
    json_end_object(writer);
    *out = json_print_end(&printer);
    return (out->at && !arena_failed(ctx->arena)) || fail_no_memory(ctx);
}

bool audit_record(struct ctx *ctx, const struct audit_event *event)
{
    struct audit_entry entry = {
        .created_at = ctx->now,
        .id = ulid_make(ctx->arena),
        .actor = ctx->actor->username,
        .credential = ctx->actor->id,
        .session_id = ctx->actor->session_id,
        .action = text_z(event->action),
        .resource_type = text_z(event->resource_type),
        .resource_id = event->resource_id,
        .related_type = text_z(event->related_type),
        .related_id = event->related_id,
        .address = ctx->address,
        .request_id = ctx->request_id,
        .decision = event->decision ? decision_print(ctx->arena, event->decision) : TEXT("{}"),
    };
    struct text previous;
    if (!describe(ctx, event, &entry.body) || !audit_head_get(ctx, &entry.sequence, &previous))
        return false;
    entry.sequence++;
    if (!audit_hash(ctx->arena, previous, &entry, &entry.hash))
        return fail_no_memory(ctx);
    return audit_entry_insert(ctx, &entry);
}

/* How far a walk along the chain has come. */
struct walk {
    int64_t sequence; /* of the newest entry that fits */
    char hash[HASH_SIZE];
    size_t hash_length;
    bool broken; /* the entry after it does not fit */
};

static struct text walk_hash(const struct walk *walk)
{
    return (struct text){walk->hash, walk->hash_length};
}

/* Steps on when the entry fits. */
static bool step(struct ctx *ctx, struct walk *walk, const struct audit_entry *entry)
{
    struct text hash;
    if (!audit_hash(ctx->arena, walk_hash(walk), entry, &hash))
        return fail_no_memory(ctx);
    walk->broken = entry->sequence != walk->sequence + 1 || !text_equal(hash, entry->hash);
    if (walk->broken)
        return true;
    walk->sequence = entry->sequence;
    walk->hash_length = hash.len;
    memcpy(walk->hash, hash.at, hash.len);
    return true;
}

/* Takes the entries of the next page as far as they fit; *more: there may be another page. */
static bool walk_page(struct ctx *ctx, struct walk *walk, bool *more)
{
    struct list page;
    *more = false;
    if (!audit_entry_list(ctx, walk->sequence, VERIFY_PAGE, &page))
        return false;
    for (size_t i = 0; i < page.len && !walk->broken; i++) {
        if (!step(ctx, walk, list_at(&page, i)))
            return false;
    }
    *more = page.len == VERIFY_PAGE && !walk->broken;
    return true;
}

bool audit_verify(struct ctx *ctx, int64_t *count, int64_t *broken_at)
{
    struct walk walk = {0};
    bool more = true;
    while (more) {
        struct arena_mark mark = arena_mark(ctx->arena);
        bool walked = walk_page(ctx, &walk, &more);
        arena_rewind(ctx->arena, mark);
        if (!walked)
            return false;
    }
    int64_t head;
    struct text head_hash;
    if (!audit_head_get(ctx, &head, &head_hash))
        return false;
    /* The head knows how long the chain was: an end that is cut off shows here. */
    bool whole = !walk.broken && head == walk.sequence && text_equal(head_hash, walk_hash(&walk));
    *count = walk.sequence;
    *broken_at = whole ? 0 : walk.sequence + 1;
    return true;
}
