/*
 * Strings: a scan for the end that also learns whether anything needs decoding, then a copy only
 * when something does. Block strings lose the indentation that all their lines share.
 */
#include "graphql/language/lexer_string.h"

#include "base/buffer.h"
#include "base/encoding.h"

#include <stdio.h>
#include <string.h>

static int peek(const struct graphql_lexer *lexer, uint32_t at)
{
    return at < lexer->source.len ? (unsigned char)lexer->source.at[at] : -1;
}

static uint32_t decode(struct text source, uint32_t at)
{
    const unsigned char *bytes = (const unsigned char *)source.at + at;
    size_t left = source.len - at;
    if (bytes[0] < 0x80)
        return bytes[0];
    if (bytes[0] < 0xE0 && left > 1)
        return (uint32_t)(bytes[0] & 0x1F) << 6 | (bytes[1] & 0x3F);
    if (bytes[0] < 0xF0 && left > 2)
        return (uint32_t)(bytes[0] & 0x0F) << 12 | (uint32_t)(bytes[1] & 0x3F) << 6 |
               (bytes[2] & 0x3F);
    if (left > 3)
        return (uint32_t)(bytes[0] & 0x07) << 18 | (uint32_t)(bytes[1] & 0x3F) << 12 |
               (uint32_t)(bytes[2] & 0x3F) << 6 | (bytes[3] & 0x3F);
    return 0xFFFD;
}

struct graphql_character graphql_describe_character(struct text source, uint32_t at)
{
    struct graphql_character out;
    if (at >= source.len) {
        snprintf(out.bytes, sizeof(out.bytes), "<EOF>");
        return out;
    }
    uint32_t code = decode(source, at);
    if (code == '"')
        snprintf(out.bytes, sizeof(out.bytes), "'\"'");
    else if (code >= 0x20 && code < 0x7F)
        snprintf(out.bytes, sizeof(out.bytes), "\"%c\"", (char)code);
    else
        snprintf(out.bytes, sizeof(out.bytes), "U+%04X", code);
    return out;
}

static void add_utf8(struct buffer *out, uint32_t code)
{
    if (code < 0x80) {
        buffer_add_byte(out, (char)code);
    } else if (code < 0x800) {
        buffer_add_byte(out, (char)(0xC0 | code >> 6));
        buffer_add_byte(out, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        buffer_add_byte(out, (char)(0xE0 | code >> 12));
        buffer_add_byte(out, (char)(0x80 | (code >> 6 & 0x3F)));
        buffer_add_byte(out, (char)(0x80 | (code & 0x3F)));
    } else {
        buffer_add_byte(out, (char)(0xF0 | code >> 18));
        buffer_add_byte(out, (char)(0x80 | (code >> 12 & 0x3F)));
        buffer_add_byte(out, (char)(0x80 | (code >> 6 & 0x3F)));
        buffer_add_byte(out, (char)(0x80 | (code & 0x3F)));
    }
}

/* Four hex digits; -1 when there are not. */
static int32_t hex_four(const struct graphql_lexer *lexer, uint32_t at)
{
    int32_t value = 0;
    for (uint32_t i = 0; i < 4; i++) {
        int digit = hex_digit((char)peek(lexer, at + i));
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

enum { BRACED_MAX = 12, FIXED_SIZE = 6 }; /* characters of the longest \u{...}, and of \uXXXX */

static bool is_scalar(uint32_t code)
{
    return code < 0xD800 || (code > 0xDFFF && code <= 0x10FFFF);
}

/* The bytes of up to `count` characters. */
static struct text characters(struct text source, uint32_t at, uint32_t count)
{
    uint32_t end = at;
    while (end < source.len) {
        bool starts = ((unsigned char)source.at[end] & 0xC0) != 0x80;
        if (starts && count-- == 0)
            break;
        end++;
    }
    return text_slice(source, at, end);
}

static bool bad_escape(const struct graphql_lexer *lexer, const char *what, uint32_t at,
                       uint32_t count)
{
    return graphql_syntax_error(lexer->error, lexer->source, at, "Invalid %s: \"%.*s\".", what,
                                TEXT_ARG(characters(lexer->source, at, count)));
}

/* \u{1F600}, at the backslash. */
static bool read_braced(const struct graphql_lexer *lexer, uint32_t *at, struct buffer *out)
{
    uint32_t code = 0;
    uint32_t i = *at + 3;
    while (i < *at + BRACED_MAX) {
        int byte = peek(lexer, i++);
        if (byte == '}' && i > *at + 4 && is_scalar(code)) {
            add_utf8(out, code);
            *at = i;
            return true;
        }
        int digit = hex_digit((char)byte);
        if (digit < 0 || code > UINT32_MAX >> 5)
            break;
        code = code << 4 | (uint32_t)digit;
    }
    return bad_escape(lexer, "Unicode escape sequence", *at, i - *at);
}

/* \uD83D\uDE00 or \u00E9, at the backslash. */
static bool read_fixed(const struct graphql_lexer *lexer, uint32_t *at, struct buffer *out)
{
    int32_t code = hex_four(lexer, *at + 2);
    if (code >= 0 && is_scalar((uint32_t)code)) {
        add_utf8(out, (uint32_t)code);
        *at += 6;
        return true;
    }
    bool leads = code >= 0xD800 && code <= 0xDBFF;
    if (leads && peek(lexer, *at + 6) == '\\' && peek(lexer, *at + 7) == 'u') {
        int32_t trail = hex_four(lexer, *at + 8);
        if (trail >= 0xDC00 && trail <= 0xDFFF) {
            add_utf8(out, 0x10000 + ((uint32_t)(code - 0xD800) << 10) + (uint32_t)(trail - 0xDC00));
            *at += 12;
            return true;
        }
    }
    return bad_escape(lexer, "Unicode escape sequence", *at, FIXED_SIZE);
}

static bool read_escape(const struct graphql_lexer *lexer, uint32_t *at, struct buffer *out)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    int byte = peek(lexer, *at + 1);
    if (byte == 'u')
        return peek(lexer, *at + 2) == '{' ? read_braced(lexer, at, out)
                                           : read_fixed(lexer, at, out);
    const char *found = byte > 0 ? strchr(from, byte) : NULL;
    if (!found)
        return bad_escape(lexer, "character escape sequence", *at, 2);
    buffer_add_byte(out, to[found - from]);
    *at += 2;
    return true;
}

static bool unterminated(const struct graphql_lexer *lexer, uint32_t at)
{
    return graphql_syntax_error(lexer->error, lexer->source, at, "Unterminated string.");
}

/* From `at`, where the first escape is, to the closing quote. */
static bool read_escaped(struct graphql_lexer *lexer, uint32_t start, uint32_t at,
                         struct graphql_token *out)
{
    struct buffer buffer;
    buffer_init(&buffer, lexer->arena, lexer->source.len);
    buffer_add(&buffer, text_slice(lexer->source, start, at));
    for (;;) {
        int byte = peek(lexer, at);
        if (byte == '"')
            break;
        if (byte == -1 || byte == '\n' || byte == '\r')
            return unterminated(lexer, at);
        if (byte == '\\') {
            if (!read_escape(lexer, &at, &buffer))
                return false;
            continue;
        }
        buffer_add_byte(&buffer, (char)byte);
        at++;
    }
    if (buffer.failed)
        return error_set_no_memory(lexer->error);
    out->text = buffer_text(&buffer);
    lexer->at = at + 1;
    return true;
}

static bool read_line_string(struct graphql_lexer *lexer, struct graphql_token *out)
{
    uint32_t start = lexer->at + 1;
    out->kind = GRAPHQL_TOKEN_STRING;
    for (uint32_t at = start;; at++) {
        int byte = peek(lexer, at);
        if (byte == '"') {
            out->text = text_slice(lexer->source, start, at);
            lexer->at = at + 1;
            return true;
        }
        if (byte == '\\')
            return read_escaped(lexer, start, at, out);
        if (byte == -1 || byte == '\n' || byte == '\r')
            return unterminated(lexer, at);
    }
}

/* The next line of a block string, without its end; false when there is none. */
static bool next_line(struct text *rest, struct text *line)
{
    if (!rest->at)
        return false;
    size_t end = 0;
    while (end < rest->len && rest->at[end] != '\n' && rest->at[end] != '\r')
        end++;
    *line = text_slice(*rest, 0, end);
    if (end == rest->len) {
        *rest = (struct text){NULL, 0};
        return true;
    }
    size_t skip = rest->at[end] == '\r' && end + 1 < rest->len && rest->at[end + 1] == '\n' ? 2 : 1;
    *rest = (struct text){rest->at + end + skip, rest->len - end - skip};
    return true;
}

static size_t leading_blanks(struct text line)
{
    size_t count = 0;
    while (count < line.len && (line.at[count] == ' ' || line.at[count] == '\t'))
        count++;
    return count;
}

struct block_shape {
    size_t indent;      /* shared by all lines but the first */
    size_t first, last; /* lines that are not blank; first > last when all are */
};

static struct block_shape measure_block(struct text raw)
{
    struct block_shape shape = {.indent = SIZE_MAX, .first = SIZE_MAX, .last = 0};
    struct text line;
    for (size_t i = 0; next_line(&raw, &line); i++) {
        size_t blanks = leading_blanks(line);
        if (blanks == line.len)
            continue;
        if (shape.first == SIZE_MAX)
            shape.first = i;
        shape.last = i;
        if (i > 0 && blanks < shape.indent)
            shape.indent = blanks;
    }
    if (shape.indent == SIZE_MAX)
        shape.indent = 0;
    return shape;
}

static struct text dedent(struct graphql_lexer *lexer, struct text raw)
{
    struct block_shape shape = measure_block(raw);
    struct buffer buffer;
    buffer_init(&buffer, lexer->arena, raw.len);
    struct text line;
    for (size_t i = 0; next_line(&raw, &line) && i <= shape.last; i++) {
        if (shape.first == SIZE_MAX || i < shape.first)
            continue;
        if (i > shape.first)
            buffer_add_byte(&buffer, '\n');
        buffer_add(&buffer, i == 0 ? line : text_slice(line, shape.indent, line.len));
    }
    if (buffer.failed)
        return (struct text){NULL, 0};
    return buffer.len ? buffer_text(&buffer) : TEXT("");
}

static bool read_block_string(struct graphql_lexer *lexer, struct graphql_token *out)
{
    uint32_t at = lexer->at + 3;
    struct buffer raw;
    buffer_init(&raw, lexer->arena, lexer->source.len);
    for (;;) {
        struct text rest = text_slice(lexer->source, at, lexer->source.len);
        if (text_starts_with(rest, TEXT("\"\"\"")))
            break;
        if (rest.len == 0)
            return unterminated(lexer, at);
        bool escaped = text_starts_with(rest, TEXT("\\\"\"\""));
        if (escaped)
            buffer_add(&raw, TEXT("\"\"\""));
        else
            buffer_add_byte(&raw, rest.at[0]);
        at += escaped ? 4 : 1;
    }
    out->kind = GRAPHQL_TOKEN_BLOCK_STRING;
    lexer->at = at + 3;
    if (!raw.failed)
        out->text = dedent(lexer, raw.len ? buffer_text(&raw) : TEXT(""));
    return out->text.at ? true : error_set_no_memory(lexer->error);
}

bool graphql_lexer_read_string(struct graphql_lexer *lexer, struct graphql_token *out)
{
    if (peek(lexer, lexer->at + 1) == '"' && peek(lexer, lexer->at + 2) == '"')
        return read_block_string(lexer, out);
    return read_line_string(lexer, out);
}
