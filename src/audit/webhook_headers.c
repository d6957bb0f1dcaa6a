/* Rules of the webhook's own headers. */
#include "audit/webhook_headers.h"

enum { HEADERS_MAX = 20, HEADER_MAX_BYTES = 4000 /* name and value */ };

/* Names that the delivery itself sets: a second value would let a receiver check the wrong one. */
static bool is_reserved(struct text name)
{
    static const char *const names[] = {"Host",           "Content-Type",
                                        "Content-Length", "Transfer-Encoding",
                                        "X-Signature",    "X-Signature-256"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (text_equal_ignoring_case(name, text_z(names[i])))
            return true;
    }
    return false;
}

/* Letters, digits, '-' and '_': less than HTTP allows, and all that receivers agree on. */
static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.at[i];
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        if (!is_letter && !(byte >= '0' && byte <= '9') && byte != '-' && byte != '_')
            return false;
    }
    return name.len > 0;
}

/* A line break in a value would begin a header of its own. */
static bool is_value(struct text value)
{
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.at[i] < ' ' || value.at[i] == 0x7f)
            return false;
    }
    return value.len > 0;
}

static bool check(struct ctx *ctx, const struct webhook_header *header)
{
    if (!is_name(header->name) || !is_value(header->value))
        return fail(ctx, ERR_INVALID,
                    "a header has a name of letters, digits, - and _, and a value on one line");
    if (is_reserved(header->name))
        return fail(ctx, ERR_INVALID, "the header %.*s is set by the server",
                    TEXT_ARG(header->name));
    return header->name.len + header->value.len <= HEADER_MAX_BYTES ||
           fail(ctx, ERR_INVALID, "a header may have %d bytes at most", HEADER_MAX_BYTES);
}

static struct webhook_header *find(const struct list *headers, struct text name)
{
    for (size_t i = 0; i < headers->len; i++) {
        struct webhook_header *header = list_at(headers, i);
        if (text_equal_ignoring_case(header->name, name))
            return header;
    }
    return NULL;
}

bool webhook_headers_add(struct ctx *ctx, struct list *headers, const struct webhook_header *added,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct webhook_header *header = find(headers, added[i].name);
        if (!check(ctx, &added[i]))
            return false;
        if (!header)
            header = list_push(headers);
        if (!header)
            return fail_no_memory(ctx);
        *header = added[i];
    }
    return headers->len <= HEADERS_MAX ||
           fail(ctx, ERR_INVALID, "there may be %d headers at most", HEADERS_MAX);
}

/* The last takes the place of the one that goes: the order means nothing. */
void webhook_headers_remove(struct list *headers, struct text_list names)
{
    for (size_t i = 0; i < names.len; i++) {
        struct webhook_header *header = find(headers, names.items[i]);
        if (!header)
            continue;
        *header = *(const struct webhook_header *)list_at(headers, headers->len - 1);
        list_pop(headers);
    }
}

bool webhook_headers_name(struct ctx *ctx, const struct list *headers, struct text_list *out)
{
    struct text *names = ARENA_ARRAY(ctx->arena, struct text, headers->len);
    if (!names)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < headers->len; i++)
        names[i] = LIST_ITEMS(headers, struct webhook_header)[i].name;
    *out = (struct text_list){names, headers->len};
    return true;
}
