/* Recording what happened. */
#include "audit/audit.h"

#include "audit/audit_store.h"
#include "audit/chain.h"
#include "base/ulid.h"

/* Read and written again, so that whoever reads and writes it once more gets the same bytes: the
 * hash is over these. What is no JSON becomes a text. */
static void print_json(struct arena *arena, struct text source, struct json_writer *writer)
{
    struct error error = {0};
    const struct json *value;
    if (json_parse(arena, source, NULL, &value, &error))
        json_value(writer, value);
    else
        json_string(writer, source);
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
        print_json(ctx->arena, claims, writer);
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

bool audit_entry_make(struct ctx *ctx, const struct audit_event *event, struct audit_entry *out)
{
    *out = (struct audit_entry){
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
    return describe(ctx, event, &out->body);
}

bool audit_newest(struct ctx *ctx, int64_t *sequence, struct text *hash)
{
    return audit_head_get(ctx, AUDIT_NEWEST, sequence, hash);
}

bool audit_record(struct ctx *ctx, const struct audit_event *event)
{
    struct audit_entry entry;
    struct text previous;
    if (!audit_entry_make(ctx, event, &entry) || !audit_newest(ctx, &entry.sequence, &previous))
        return false;
    /* Write units run one at a time, on all servers together: nobody else takes this place. */
    entry.sequence++;
    if (!chain_hash(ctx->arena, previous, &entry, &entry.hash))
        return fail_no_memory(ctx);
    return audit_entry_insert(ctx, &entry);
}
