/*
 * JSON text straight to values. Finished items wait on one growing stack until their container ends
 * and its size is known, so that each container is allocated once, at its size.
 */
#include "rego/value/json_value.h"

#include "base/encoding.h"
#include "rego/value/collection.h"
#include "rego/value/intern.h"
#include "rego/value/number.h"

#include <endian.h>
#include <string.h>

enum { FIRST_STACK = 64 };

struct reader {
    struct arena *arena;
    const struct interner *interner;
    const char *start, *at, *end;
    struct value *stack;
    size_t height, stack_size;
    struct value first_stack[FIRST_STACK];
    struct error *error;
};

static bool fail(struct reader *reader, const char *what)
{
    int line = 1, column = 1;
    if (arena_failed(reader->arena))
        return error_set_no_memory(reader->error);
    for (const char *at = reader->start; at < reader->at; at++) {
        column = *at == '\n' ? 1 : column + 1;
        line += *at == '\n';
    }
    return error_set_at(reader->error, ERR_SYNTAX, line, column, "%s", what);
}

static inline void skip_blanks(struct reader *reader)
{
    if (reader->at<reader->end && * reader->at> ' ')
        return;
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                        *reader->at == '\t' || *reader->at == '\r'))
        reader->at++;
}

static bool grow_stack(struct reader *reader)
{
    size_t size = reader->stack_size * 2;
    struct value *grown = arena_alloc_raw(reader->arena, size * sizeof *grown);
    if (!grown)
        return fail(reader, "");
    memcpy(grown, reader->stack, reader->height * sizeof *grown);
    reader->stack = grown;
    reader->stack_size = size;
    return true;
}

static inline bool push(struct reader *reader, struct value value)
{
    if (reader->height == reader->stack_size && !grow_stack(reader))
        return false;
    reader->stack[reader->height++] = value;
    return true;
}

/* Strings. */

static bool read_hex(struct reader *reader, uint32_t *out)
{
    *out = 0;
    if (reader->end - reader->at < 4)
        return fail(reader, "four hexadecimal digits were expected");
    for (int i = 0; i < 4; i++, reader->at++) {
        int digit = hex_digit(*reader->at);
        if (digit < 0)
            return fail(reader, "four hexadecimal digits were expected");
        *out = *out * 16 + (uint32_t)digit;
    }
    return true;
}

static char *put_utf8(char *to, uint32_t point)
{
    if (point < 0x80) {
        *to++ = (char)point;
    } else if (point < 0x800) {
        *to++ = (char)(0xc0 | point >> 6);
        *to++ = (char)(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        *to++ = (char)(0xe0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    } else {
        *to++ = (char)(0xf0 | point >> 18);
        *to++ = (char)(0x80 | (point >> 12 & 0x3f));
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    }
    return to;
}

/* A surrogate without its partner becomes U+FFFD. */
static bool read_unicode_escape(struct reader *reader, uint32_t *point)
{
    if (!read_hex(reader, point))
        return false;
    if (*point >= 0xd800 && *point < 0xdc00 && reader->end - reader->at >= 6 &&
        reader->at[0] == '\\' && reader->at[1] == 'u') {
        const char *back = reader->at;
        uint32_t low;
        reader->at += 2;
        if (!read_hex(reader, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000)
            *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
        else
            reader->at = back;
    }
    if (*point >= 0xd800 && *point < 0xe000)
        *point = 0xfffd;
    return true;
}

static bool read_escape(struct reader *reader, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    if (reader->at == reader->end)
        return fail(reader, "the string does not end");
    char letter = *reader->at++;
    if (letter == 'u') {
        uint32_t point;
        if (!read_unicode_escape(reader, &point))
            return false;
        *to = put_utf8(*to, point);
        return true;
    }
    const char *found = letter ? strchr(from, letter) : NULL;
    if (!found)
        return fail(reader, "this escape does not exist");
    *(*to)++ = into[found - from];
    return true;
}

/* Bytes of the well-formed sequence at `at`; 0 when it is malformed. */
static size_t utf8_length(const char *at, const char *end)
{
    unsigned char lead = (unsigned char)*at;
    size_t len = lead < 0x80   ? 1
                 : lead < 0xc2 ? 0
                 : lead < 0xe0 ? 2
                 : lead < 0xf0 ? 3
                 : lead < 0xf5 ? 4
                               : 0;
    if (len == 0 || (size_t)(end - at) < len)
        return 0;
    return text_is_utf8((struct text){at, len}) ? len : 0;
}

/* The slow way: there are escapes, or bytes that are not UTF-8. */
static bool decode_string(struct reader *reader, const char *start, struct text *out)
{
    const char *closing = reader->at;
    while (closing < reader->end && *closing != '"')
        closing += *closing == '\\' && closing + 1 < reader->end ? 2 : 1;
    /* A byte grows to three at most, when it is malformed. */
    char *bytes = arena_alloc_raw(reader->arena, (size_t)(closing - start) * 3 + 4);
    if (!bytes)
        return fail(reader, "");
    char *to = bytes;
    for (reader->at = start; reader->at < reader->end && *reader->at != '"';) {
        if (*reader->at == '\\') {
            reader->at++;
            if (!read_escape(reader, &to))
                return false;
            continue;
        }
        if ((unsigned char)*reader->at < ' ')
            return fail(reader, "a control character must be written as an escape");
        size_t len = utf8_length(reader->at, reader->end);
        if (len == 0) {
            to = put_utf8(to, 0xfffd);
            reader->at++;
        } else {
            memcpy(to, reader->at, len);
            to += len;
            reader->at += len;
        }
    }
    if (reader->at == reader->end)
        return fail(reader, "the string does not end");
    reader->at++;
    *out = (struct text){bytes, (size_t)(to - bytes)};
    return true;
}

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bit of each byte of a word that ends a plain run: a quote, a backslash, a control
 * character or the start of what is no ASCII. Above the first such byte, bits may be wrong. */
static uint64_t special_bytes(uint64_t word)
{
    uint64_t quote = word ^ EACH_BYTE('"'), backslash = word ^ EACH_BYTE('\\');
    uint64_t found = (quote - EACH_BYTE(1)) & ~quote;
    found |= (backslash - EACH_BYTE(1)) & ~backslash;
    found |= (word - EACH_BYTE(' ')) & ~word;
    return (found | word) & EACH_BYTE(0x80);
}

/* Where the run of plain ASCII ends, eight bytes at a time. */
static const char *plain_end(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        uint64_t special = special_bytes(le64toh(word));
        if (special)
            return at + __builtin_ctzll(special) / 8;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ' &&
           (unsigned char)*at < 0x80)
        at++;
    return at;
}

/* At the byte behind the opening quote. Borrows where nothing needs decoding. */
static bool read_string(struct reader *reader, struct text *out)
{
    const char *start = reader->at;
    reader->at = plain_end(start, reader->end);
    bool ascii = true;
    while (reader->at < reader->end && (unsigned char)*reader->at >= 0x80) {
        ascii = false;
        reader->at = plain_end(reader->at + 1, reader->end);
    }
    if (reader->at == reader->end)
        return fail(reader, "the string does not end");
    if (*reader->at != '"')
        return decode_string(reader, start, out);
    *out = (struct text){start, (size_t)(reader->at - start)};
    if (!ascii && !text_is_utf8(*out))
        return decode_string(reader, start, out);
    reader->at++;
    return true;
}

/* Containers. */

static bool read_value(struct reader *reader, int depth);

static bool next_item(struct reader *reader, char closing, bool *more)
{
    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at == closing) {
        reader->at++;
        *more = false;
        return true;
    }
    if (reader->at == reader->end || *reader->at != ',')
        return fail(reader,
                    closing == ']' ? "a comma or ] was expected" : "a comma or } was expected");
    reader->at++;
    *more = true;
    return true;
}

static bool is_closed(struct reader *reader, char closing)
{
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != closing)
        return false;
    reader->at++;
    return true;
}

static bool read_array(struct reader *reader, int depth)
{
    size_t base = reader->height;
    bool more = !is_closed(reader, ']');
    while (more) {
        if (!read_value(reader, depth) || !next_item(reader, ']', &more))
            return false;
    }
    size_t len = reader->height - base;
    struct value *items = value_array_items(reader->arena, len);
    if (!items)
        return fail(reader, "");
    if (len)
        memcpy(items, reader->stack + base, len * sizeof *items);
    reader->height = base;
    return push(reader, value_array(items, len));
}

static bool read_member(struct reader *reader, int depth)
{
    struct text key;
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != '"')
        return fail(reader, "a key in double quotes was expected");
    reader->at++;
    if (!read_string(reader, &key))
        return false;
    struct value name = reader->interner ? interner_find(reader->interner, key) : value_string(key);
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != ':')
        return fail(reader, "a colon was expected");
    reader->at++;
    return push(reader, name) && read_value(reader, depth);
}

static bool read_object(struct reader *reader, int depth)
{
    size_t base = reader->height;
    bool more = !is_closed(reader, '}');
    while (more) {
        if (!read_member(reader, depth) || !next_item(reader, '}', &more))
            return false;
    }
    struct collection *object =
        object_from_pairs(reader->arena, reader->stack + base, (reader->height - base) / 2);
    if (!object)
        return fail(reader, "the value is nested too deeply");
    reader->height = base;
    return push(reader, collection_value(object));
}

static bool read_number(struct reader *reader)
{
    const char *start = reader->at;
    while (reader->at < reader->end &&
           ((*reader->at >= '0' && *reader->at <= '9') || *reader->at == '-' ||
            *reader->at == '+' || *reader->at == '.' || *reader->at == 'e' || *reader->at == 'E'))
        reader->at++;
    struct value number;
    if (!number_parse(reader->arena, (struct text){start, (size_t)(reader->at - start)}, &number)) {
        reader->at = start;
        return fail(reader, "this is no number, or one that is too large");
    }
    return push(reader, number);
}

static bool read_word(struct reader *reader, struct text word, struct value value)
{
    struct text rest = {reader->at, (size_t)(reader->end - reader->at)};
    if (!text_starts_with(rest, word))
        return fail(reader, "a value was expected");
    reader->at += word.len;
    return push(reader, value);
}

static bool read_value(struct reader *reader, int depth)
{
    skip_blanks(reader);
    if (reader->at == reader->end)
        return fail(reader, "a value was expected");
    if (depth == 0)
        return fail(reader, "the value is nested too deeply");
    switch (*reader->at) {
    case '{': reader->at++; return read_object(reader, depth - 1);
    case '[': reader->at++; return read_array(reader, depth - 1);
    case '"': {
        struct text text;
        reader->at++;
        return read_string(reader, &text) && push(reader, value_string(text));
    }
    case 't': return read_word(reader, TEXT("true"), VALUE_BOOL(true));
    case 'f': return read_word(reader, TEXT("false"), VALUE_BOOL(false));
    case 'n': return read_word(reader, TEXT("null"), VALUE_OF_NULL);
    default: return read_number(reader);
    }
}

bool value_parse_json(struct arena *arena, struct text source, const struct interner *interner,
                      struct value *out, struct error *error)
{
    struct reader reader;
    reader.arena = arena;
    reader.interner = interner;
    reader.start = reader.at = source.len ? source.at : "";
    reader.end = reader.start + source.len;
    reader.stack = reader.first_stack;
    reader.height = 0;
    reader.stack_size = FIRST_STACK;
    reader.error = error;
    if (source.len >= UINT32_MAX)
        return error_set(error, ERR_TOO_LARGE, "the JSON text is too large");
    if (!read_value(&reader, VALUE_JSON_MAX_DEPTH))
        return false;
    skip_blanks(&reader);
    if (reader.at < reader.end)
        return fail(&reader, "nothing was expected behind the value");
    *out = reader.stack[0];
    return true;
}

/* From a tree. */

static bool from_array(struct arena *arena, const struct json *json, struct value *out)
{
    struct value *items = value_array_items(arena, json->len);
    if (!items)
        return false;
    for (uint32_t i = 0; i < json->len; i++) {
        if (!value_from_json(arena, &json->items[i], &items[i]))
            return false;
    }
    *out = value_array(items, json->len);
    return out->kind != VALUE_UNDEFINED;
}

static bool from_object(struct arena *arena, const struct json *json, struct value *out)
{
    struct collection *object = object_new(arena, json->len);
    if (!object)
        return false;
    for (uint32_t i = 0; i < json->len; i++) {
        struct value item;
        if (!value_from_json(arena, &json->members[i].value, &item) ||
            !object_put(object, value_string(json->members[i].key), item))
            return false;
    }
    *out = collection_value(object);
    return true;
}

bool value_from_json(struct arena *arena, const struct json *json, struct value *out)
{
    switch (json->kind) {
    case JSON_FALSE:
    case JSON_TRUE: *out = VALUE_BOOL(json->kind == JSON_TRUE); return true;
    case JSON_NUMBER: return number_parse(arena, json->text, out);
    case JSON_STRING: *out = value_string(json->text); return true;
    case JSON_ARRAY: return from_array(arena, json, out);
    case JSON_OBJECT: return from_object(arena, json, out);
    default: *out = VALUE_OF_NULL; return true;
    }
}
