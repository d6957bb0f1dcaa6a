/* base64, base64url, hex and URL queries, as lenient and as strict as Go's decoders are. */
#include "rego/builtins/operand.h"

#include "base/encoding.h"

#include <string.h>

static const char standard_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static enum builtin_outcome encode(struct builtin_call *call, const struct value *operands,
                                   const char *alphabet, bool padded, struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    struct text bytes = value_text(&operands[0]);
    struct buffer out;
    text_buffer(call, &out);
    for (size_t i = 0; i < bytes.len && !out.failed; i += 3) {
        size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < have ? (unsigned char)bytes.at[i + k] : 0);
        for (size_t k = 0; k <= have; k++)
            buffer_add_byte(&out, alphabet[group >> (18 - 6 * k) & 63]);
        for (size_t k = have; k < 3 && padded; k++)
            buffer_add_byte(&out, '=');
    }
    return give_buffer(call, &out, result);
}

/* False when the text is malformed. Line breaks are skipped; padding is required. */
static bool decode_base64(struct text source, const char *alphabet, struct buffer *out)
{
    uint32_t group = 0;
    unsigned digits = 0, padding = 0;
    for (size_t i = 0; i < source.len; i++) {
        char byte = source.at[i];
        if (byte == '\n' || byte == '\r')
            continue;
        const char *found = byte ? strchr(alphabet, byte) : NULL;
        if (byte == '=' && digits >= 2) {
            padding++;
        } else if (!found || padding > 0) {
            return false;
        }
        group = group << 6 | (found ? (uint32_t)(found - alphabet) : 0);
        if (++digits < 4)
            continue;
        for (unsigned k = 0; k < 3 - padding; k++)
            buffer_add_byte(out, (char)(group >> (16 - 8 * k)));
        digits = 0;
        if (padding > 0) {
            source = text_slice(source, i + 1, source.len);
            while (source.len > 0 && (source.at[0] == '\n' || source.at[0] == '\r'))
                source = text_slice(source, 1, source.len);
            return source.len == 0 && padding <= 2;
        }
    }
    return digits == 0;
}

static enum builtin_outcome decode(struct builtin_call *call, struct text source,
                                   const char *alphabet, struct value *result)
{
    if (!charge_bytes(call, source.len))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    if (!decode_base64(source, alphabet, &out))
        return fail_builtin(call, "illegal base64 data");
    return give_buffer(call, &out, result);
}

enum builtin_outcome builtin_base64_encode(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    return encode(call, operands, standard_alphabet, true, result);
}

enum builtin_outcome builtin_base64url_encode(struct builtin_call *call,
                                              const struct value *operands, struct value *result)
{
    return encode(call, operands, url_alphabet, true, result);
}

enum builtin_outcome builtin_base64url_encode_no_pad(struct builtin_call *call,
                                                     const struct value *operands,
                                                     struct value *result)
{
    return encode(call, operands, url_alphabet, false, result);
}

enum builtin_outcome builtin_base64_decode(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    return decode(call, value_text(&operands[0]), standard_alphabet, result);
}

enum builtin_outcome builtin_base64_is_valid(struct builtin_call *call,
                                             const struct value *operands, struct value *result)
{
    struct value ignored;
    if (operands[0].kind != VALUE_STRING)
        return give_bool(result, false);
    enum builtin_outcome outcome =
        decode(call, value_text(&operands[0]), standard_alphabet, &ignored);
    return outcome == BUILTIN_STOPPED ? outcome : give_bool(result, outcome == BUILTIN_OK);
}

/* Padding may be left out. */
enum builtin_outcome builtin_base64url_decode(struct builtin_call *call,
                                              const struct value *operands, struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    struct text source = value_text(&operands[0]);
    if (source.len % 4 >= 2 && !text_ends_with(source, TEXT("=")))
        source =
            text_format(call->arena, "%.*s%s", TEXT_ARG(source), source.len % 4 == 2 ? "==" : "=");
    return decode(call, source, url_alphabet, result);
}

/* Hexadecimal. */

enum builtin_outcome builtin_hex_encode(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    for (uint32_t i = 0; i < operands[0].len && !out.failed; i++)
        buffer_add_format(&out, "%02x", (unsigned)(unsigned char)operands[0].as.bytes[i]);
    return give_buffer(call, &out, result);
}

enum builtin_outcome builtin_hex_decode(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    struct text source = value_text(&operands[0]);
    if (!charge_bytes(call, source.len))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    for (size_t i = 0; i < source.len; i++) {
        int digit = hex_digit(source.at[i]);
        if (digit < 0)
            return fail_builtin(call, "invalid byte: U+%04X '%c'",
                                (unsigned)(unsigned char)source.at[i], source.at[i]);
        if (i % 2 == 1)
            buffer_add_byte(&out, (char)(hex_digit(source.at[i - 1]) * 16 + digit));
    }
    if (source.len % 2 == 1)
        return fail_builtin(call, "odd length hex string");
    return give_buffer(call, &out, result);
}

/* URL queries. */

static void add_escaped(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.len && !out->failed; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || (byte && strchr("-_.~", byte));
        if (plain || byte == ' ')
            buffer_add_byte(out, plain ? (char)byte : '+');
        else
            buffer_add_format(out, "%%%02X", byte);
    }
}

static bool unescape(struct builtin_call *call, struct text source, struct text *text)
{
    struct buffer out;
    buffer_init(&out, call->arena, source.len + 1);
    for (size_t i = 0; i < source.len; i++) {
        if (source.at[i] != '%') {
            buffer_add_byte(&out, source.at[i] == '+' ? ' ' : source.at[i]);
            continue;
        }
        int high = i + 2 < source.len ? hex_digit(source.at[i + 1]) : -1;
        int low = i + 2 < source.len ? hex_digit(source.at[i + 2]) : -1;
        if (high < 0 || low < 0) {
            fail_builtin(call, "invalid URL escape \"%.*s\"",
                         TEXT_ARG(text_slice(source, i, i + 3)));
            return false;
        }
        buffer_add_byte(&out, (char)(high * 16 + low));
        i += 2;
    }
    *text = buffer_text(&out);
    return !out.failed;
}

enum builtin_outcome builtin_urlquery_encode(struct builtin_call *call,
                                             const struct value *operands, struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    add_escaped(&out, value_text(&operands[0]));
    return give_buffer(call, &out, result);
}

enum builtin_outcome builtin_urlquery_decode(struct builtin_call *call,
                                             const struct value *operands, struct value *result)
{
    struct text text;
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    if (!unescape(call, value_text(&operands[0]), &text))
        return arena_failed(call->arena) ? stop_memory(call) : BUILTIN_ERROR;
    return give_text(call, text, result);
}

static enum builtin_outcome add_pairs(struct builtin_call *call, struct buffer *out,
                                      const struct value *key, const struct value *value)
{
    bool many = value->kind == VALUE_ARRAY || value->kind == VALUE_SET;
    const struct value pair[] = {*key, *value};
    if (!operand_is(call, pair, 0, VALUE_STRING) ||
        (many ? !operand_elements_are(call, pair, 1, VALUE_STRING)
              : !operand_is(call, pair, 1, VALUE_STRING)))
        return BUILTIN_TYPE_ERROR;
    if (!sort_operand(call, value))
        return BUILTIN_STOPPED;
    for (uint32_t i = 0; i < (many ? value_count(value) : 1); i++) {
        if (out->len > 0)
            buffer_add_byte(out, '&');
        add_escaped(out, value_text(key));
        buffer_add_byte(out, '=');
        add_escaped(out, value_text(many ? element(value, i) : value));
    }
    return BUILTIN_OK;
}

enum builtin_outcome builtin_urlquery_encode_object(struct builtin_call *call,
                                                    const struct value *operands,
                                                    struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_OBJECT))
        return BUILTIN_TYPE_ERROR;
    struct collection *object = operands[0].as.collection;
    if (!charge(call, value_weight(&operands[0])) || !sort_operand(call, &operands[0]))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    for (uint32_t i = 0; i < object->len; i++) {
        enum builtin_outcome outcome =
            add_pairs(call, &out, collection_key(object, i), collection_item(object, i));
        if (outcome != BUILTIN_OK)
            return outcome;
    }
    return give_buffer(call, &out, result);
}

/* Appends to the list of values under the key. */
static bool add_value(struct arena *arena, struct collection *object, struct text key,
                      struct text text)
{
    struct value_list list;
    const struct value *present = object_get_text(object, key);
    value_list_init(&list, arena);
    for (uint32_t i = 0; present && i < present->len; i++) {
        if (!value_list_add(&list, present->as.items[i]))
            return false;
    }
    return value_list_add(&list, value_string(text)) &&
           object_put(object, value_string(key), value_list_array(&list));
}

enum builtin_outcome builtin_urlquery_decode_object(struct builtin_call *call,
                                                    const struct value *operands,
                                                    struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    /* Values under one key are copied for each further one. */
    struct text rest = value_text(&operands[0]), part;
    if (!charge(call, 1 + rest.len / 8 + (uint64_t)rest.len * rest.len / 1024))
        return BUILTIN_STOPPED;
    struct collection *object = object_new(call->arena, 0);
    while (object && text_next_part(&rest, '&', &part)) {
        if (part.len == 0)
            continue;
        size_t sign = text_find_byte(part, '=', 0);
        struct text key, value;
        if (text_find_byte(part, ';', 0) < part.len)
            return fail_builtin(call, "invalid semicolon separator in query");
        if (!unescape(call, text_slice(part, 0, sign), &key) ||
            !unescape(call, text_slice(part, sign + 1, part.len), &value))
            return arena_failed(call->arena) ? stop_memory(call) : BUILTIN_ERROR;
        if (!add_value(call->arena, object, key, value))
            return stop_memory(call);
    }
    return object ? give_collection(object, result) : stop_memory(call);
}
