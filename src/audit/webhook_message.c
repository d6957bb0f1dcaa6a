/* Bodies, signatures, headers. */
#include "audit/webhook_message.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "jose/seal.h"

static struct seal_place place_of(const char *what)
{
    return (struct seal_place){.table = TEXT("audit_webhook"), .row = text_z(what)};
}

bool webhook_seal_secret(struct ctx *ctx, struct text secret, struct text *sealed)
{
    return seal(ctx->account->ring, place_of("secret"), secret, ctx->arena, sealed, ctx->error);
}

bool webhook_open_secret(struct ctx *ctx, const struct webhook_row *row, struct text *out)
{
    return unseal(ctx->account->ring, place_of("secret"), row->sealed_secret, ctx->arena, out,
                  ctx->error);
}

bool webhook_seal_headers(struct ctx *ctx, const struct list *headers, struct text *sealed)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    for (size_t i = 0; i < headers->len; i++) {
        const struct webhook_header *header = list_at(headers, i);
        json_key(writer, header->name);
        json_string(writer, header->value);
    }
    json_end_object(writer);
    return seal(ctx->account->ring, place_of("headers"), json_print_end(&printer), ctx->arena,
                sealed, ctx->error);
}

bool webhook_open_headers(struct ctx *ctx, const struct webhook_row *row, struct list *out)
{
    struct text plain;
    const struct json *object;
    list_init(out, ctx->arena, sizeof(struct webhook_header));
    if (!unseal(ctx->account->ring, place_of("headers"), row->sealed_headers, ctx->arena, &plain,
                ctx->error) ||
        !json_parse(ctx->arena, plain, NULL, &object, ctx->error))
        return false;
    for (uint32_t i = 0; i < object->len; i++) {
        struct webhook_header *header = list_push(out);
        if (!header)
            return fail_no_memory(ctx);
        *header = (struct webhook_header){object->members[i].key,
                                          json_text_or(&object->members[i].value, TEXT(""))};
    }
    return true;
}

/* Receivers of the original get the names of its Go structs, so that is what ours get. These are
 * the words that Go writes in capitals. */
static bool is_initialism(struct text word)
{
    static const char *const words[] = {"id", "url", "ip", "api", "sha", "oidc", "http", "ui"};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (text_equal_z(word, words[i]))
            return true;
    }
    return false;
}

static char upper(char byte)
{
    return byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
}

/* "include_runs" as "IncludeRuns", "repository_url" as "RepositoryURL". */
static struct text go_name(struct arena *arena, struct text name)
{
    struct buffer buffer;
    struct text word;
    buffer_init(&buffer, arena, SIZE_MAX);
    while (text_next_part(&name, '_', &word)) {
        bool whole = is_initialism(word);
        for (size_t i = 0; i < word.len; i++)
            buffer_add_byte(&buffer, whole || i == 0 ? upper(word.at[i]) : word.at[i]);
    }
    return buffer_text(&buffer);
}

static void print_args(struct arena *arena, const struct json *members, struct json_writer *writer)
{
    for (uint32_t i = 0; json_is(members, JSON_OBJECT) && i < members->len; i++) {
        json_key(writer, go_name(arena, members->members[i].key));
        json_value(writer, &members->members[i].value);
    }
}

/* What was said besides the change: notes, names of elements. */
static void print_facts(struct arena *arena, const struct json *body, struct json_writer *writer)
{
    static const char *const known[] = {"context", "before", "after"};
    for (uint32_t i = 0; i < body->len; i++) {
        bool is_known = false;
        for (size_t k = 0; k < ARRAY_LENGTH(known); k++)
            is_known |= text_equal_z(body->members[i].key, known[k]);
        if (is_known)
            continue;
        json_key(writer, go_name(arena, body->members[i].key));
        json_value(writer, &body->members[i].value);
    }
}

static void print_data(struct arena *arena, const struct audit_entry *entry,
                       const struct json *body, struct json_writer *writer)
{
    json_key_z(writer, "data");
    json_begin_object(writer);
    if (entry->resource_id.len)
        json_member_string(writer, "ID", entry->resource_id);
    json_key_z(writer, "args");
    json_begin_object(writer);
    print_args(arena, json_get_z(body, "after"), writer);
    print_facts(arena, body, writer);
    json_end_object(writer);
    json_end_object(writer);
}

static void print_context(const struct json *context, struct json_writer *writer)
{
    const struct json *roles = json_get_z(context, "roles");
    struct text mutation = json_get_text(context, "mutation");
    if (roles) {
        json_key_z(writer, "actor_roles");
        json_value(writer, roles);
    }
    json_key_z(writer, "context");
    json_begin_object(writer);
    if (mutation.len)
        json_member_string(writer, "mutation", mutation);
    json_end_object(writer);
}

bool webhook_body(struct ctx *ctx, const struct audit_entry *entry, struct text *out)
{
    enum { MILLISECOND = 1000 };
    struct json_printer printer;
    const struct json *body;
    const struct json_limits limits = {.max_bytes = SIZE_MAX, .max_depth = 128};
    if (!json_parse(ctx->arena, entry->body, &limits, &body, ctx->error))
        return false;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_string(writer, "account", ctx->account->name);
    json_member_string(writer, "action", entry->action);
    json_member_string(writer, "actor", entry->actor);
    print_context(json_get_z(body, "context"), writer);
    print_data(ctx->arena, entry, body, writer);
    json_member_string(writer, "remoteIP", entry->address);
    json_member_int64(writer, "timestamp", entry->created_at / MILLISECOND);
    json_end_object(writer);
    *out = json_print_end(&printer);
    return out->at || fail_no_memory(ctx);
}

struct text webhook_signature_sha1(struct arena *arena, struct text secret, struct text body)
{
    unsigned char digest[DIGEST_SHA1_SIZE];
    if (!digest_hmac_sha1(secret, body, digest))
        return TEXT("");
    struct text hex = hex_encode(arena, (struct text){(const char *)digest, sizeof(digest)});
    return text_format(arena, "sha1=%.*s", TEXT_ARG(hex));
}

struct text webhook_signature_sha256(struct arena *arena, struct text secret, struct text body)
{
    struct digest digest;
    if (!digest_hmac_sha256(secret, body, &digest))
        return TEXT("");
    return text_format(arena, "sha256=%.*s", TEXT_ARG(digest_hex(arena, &digest)));
}

static bool add_header(struct list *headers, struct text name, struct text value)
{
    struct http_header *header = list_push(headers);
    if (header)
        *header = (struct http_header){name, value};
    return header && value.len > 0;
}

bool webhook_request(struct ctx *ctx, const struct webhook_row *row, struct text body,
                     struct http_client_request *out)
{
    struct text secret;
    struct list custom;
    struct list headers;
    list_init(&headers, ctx->arena, sizeof(struct http_header));
    if (!webhook_open_secret(ctx, row, &secret) || !webhook_open_headers(ctx, row, &custom))
        return false;
    bool made = add_header(&headers, TEXT("Content-Type"), TEXT("application/json")) &&
                add_header(&headers, TEXT("X-Signature"),
                           webhook_signature_sha1(ctx->arena, secret, body)) &&
                add_header(&headers, TEXT("X-Signature-256"),
                           webhook_signature_sha256(ctx->arena, secret, body));
    for (size_t i = 0; i < custom.len; i++) {
        const struct webhook_header *header = list_at(&custom, i);
        made = made && add_header(&headers, header->name, header->value);
    }
    *out = (struct http_client_request){.method = TEXT("POST"),
                                        .url = row->webhook.endpoint,
                                        .headers = headers.items,
                                        .header_count = headers.len,
                                        .body = body,
                                        .timeout_ms = WEBHOOK_TIMEOUT_MS,
                                        .max_response = 64 << 10};
    return made || fail_no_memory(ctx);
}
