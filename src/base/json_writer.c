/* The JSON writer: appends to a buffer, keeps commas, colons and nesting right. */
#include "base/json.h"
#include "base/json_scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_writer_init(struct json_writer *writer, struct buffer *out)
{
    *writer = (struct json_writer){.out = out};
}

static void new_line(struct json_writer *writer)
{
    buffer_add_byte(writer->out, '\n');
    for (uint32_t i = 0; i < writer->depth * writer->indent; i++)
        buffer_add_byte(writer->out, ' ');
}

/* What stands between the values before and this one. */
static void separate(struct json_writer *writer)
{
    if (writer->key) {
        writer->key = false;
        return;
    }
    if (writer->comma)
        buffer_add_byte(writer->out, ',');
    if (writer->indent && writer->depth > 0)
        new_line(writer);
}

static void begin(struct json_writer *writer, char open)
{
    separate(writer);
    buffer_add_byte(writer->out, open);
    writer->depth++;
    writer->comma = false;
}

static void end(struct json_writer *writer, char close)
{
    assert(writer->depth > 0 && !writer->key);
    writer->depth--;
    if (writer->indent && writer->comma)
        new_line(writer);
    buffer_add_byte(writer->out, close);
    writer->comma = true;
}

void json_begin_object(struct json_writer *writer)
{
    begin(writer, '{');
}

void json_end_object(struct json_writer *writer)
{
    end(writer, '}');
}

void json_begin_array(struct json_writer *writer)
{
    begin(writer, '[');
}

void json_end_array(struct json_writer *writer)
{
    end(writer, ']');
}

/* --- strings --- */

static void add_escape(struct buffer *out, unsigned char byte)
{
    static const char letters[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                   ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    if (letters[byte] == '\0') {
        buffer_add_format(out, "\\u%04x", byte);
        return;
    }
    char pair[2] = {'\\', letters[byte]};
    buffer_add(out, (struct text){pair, sizeof(pair)});
}

/* The text is valid UTF-8. */
static void add_escaped(struct buffer *out, struct text value)
{
    const char *at = value.at;
    const char *end = value.at + value.len;
    while (at < end) {
        bool high = false;
        const char *special = json_scan_plain(at, end, &high);
        buffer_add(out, (struct text){at, (size_t)(special - at)});
        if (special < end)
            add_escape(out, (unsigned char)*special++);
        at = special;
    }
}

/* Character by character, with U+FFFD for each byte that belongs to none. */
static void add_repaired(struct buffer *out, struct text value)
{
    for (size_t at = 0; at < value.len;) {
        size_t length = text_utf8_length(value, at);
        if (length)
            add_escaped(out, text_slice(value, at, at + length));
        else
            buffer_add(out, TEXT("\xEF\xBF\xBD"));
        at += length ? length : 1;
    }
}

/* True when every character stands for itself. */
static bool is_plain(struct text value)
{
    if (value.len == 0)
        return true;
    bool high = false;
    const char *end = value.at + value.len;
    if (json_scan_plain(value.at, end, &high) < end)
        return false;
    return !high || text_is_utf8(value);
}

static void add_plain(struct buffer *out, struct text value)
{
    char *to = buffer_reserve(out, value.len + 2);
    if (!to)
        return;
    *to = '"';
    if (value.len)
        memcpy(to + 1, value.at, value.len);
    to[value.len + 1] = '"';
    buffer_advance(out, value.len + 2);
}

static void add_quoted(struct buffer *out, struct text value)
{
    if (is_plain(value)) {
        add_plain(out, value);
        return;
    }
    buffer_add_byte(out, '"');
    if (text_is_utf8(value))
        add_escaped(out, value);
    else
        add_repaired(out, value);
    buffer_add_byte(out, '"');
}

void json_key(struct json_writer *writer, struct text key)
{
    assert(writer->depth > 0 && !writer->key);
    separate(writer);
    add_quoted(writer->out, key);
    buffer_add_byte(writer->out, ':');
    if (writer->indent)
        buffer_add_byte(writer->out, ' ');
    writer->key = true;
    writer->comma = true;
}

void json_key_z(struct json_writer *writer, const char *key)
{
    json_key(writer, text_z(key));
}

/* --- scalars --- */

void json_raw(struct json_writer *writer, struct text value)
{
    separate(writer);
    buffer_add(writer->out, value);
    writer->comma = true;
}

void json_null(struct json_writer *writer)
{
    json_raw(writer, TEXT("null"));
}

void json_bool(struct json_writer *writer, bool value)
{
    json_raw(writer, value ? TEXT("true") : TEXT("false"));
}

void json_int64(struct json_writer *writer, int64_t value)
{
    separate(writer);
    buffer_add_int64(writer->out, value);
    writer->comma = true;
}

/* A locale may write another decimal point; JSON knows one. */
static void use_point(char *number)
{
    char *odd = number + strspn(number, "+-0123456789e.");
    if (*odd == '\0')
        return;
    size_t length = strcspn(odd, "+-0123456789e");
    *odd = '.';
    memmove(odd + 1, odd + length, strlen(odd + length) + 1);
}

void json_double(struct json_writer *writer, double value)
{
    char number[48];
    if (!isfinite(value)) {
        json_null(writer);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(number, sizeof(number), "%.*g", digits, value);
        /* Read back in the locale it was printed in. */
        if (strtod(number, NULL) == value)
            break;
    }
    use_point(number);
    json_raw(writer, text_z(number));
}

void json_string(struct json_writer *writer, struct text value)
{
    separate(writer);
    add_quoted(writer->out, value);
    writer->comma = true;
}

void json_string_z(struct json_writer *writer, const char *value)
{
    if (value)
        json_string(writer, text_z(value));
    else
        json_null(writer);
}

/* --- trees --- */

static void write_array(struct json_writer *writer, const struct json *value)
{
    json_begin_array(writer);
    for (uint32_t i = 0; i < value->len; i++)
        json_value(writer, &value->items[i]);
    json_end_array(writer);
}

static void write_object(struct json_writer *writer, const struct json *value)
{
    json_begin_object(writer);
    for (uint32_t i = 0; i < value->len; i++) {
        json_key(writer, value->members[i].key);
        json_value(writer, &value->members[i].value);
    }
    json_end_object(writer);
}

/* Recursion is as deep as the tree, which the reader has bounded. */
void json_value(struct json_writer *writer, const struct json *value)
{
    switch (value->kind) {
    case JSON_FALSE: json_bool(writer, false); break;
    case JSON_TRUE: json_bool(writer, true); break;
    case JSON_NUMBER: json_raw(writer, value->text); break;
    case JSON_STRING: json_string(writer, value->text); break;
    case JSON_ARRAY: write_array(writer, value); break;
    case JSON_OBJECT: write_object(writer, value); break;
    case JSON_NULL:
    default: json_null(writer); break;
    }
}

void json_strings(struct json_writer *writer, struct text_list values)
{
    json_begin_array(writer);
    for (size_t i = 0; i < values.len; i++)
        json_string(writer, values.items[i]);
    json_end_array(writer);
}

void json_member_string(struct json_writer *writer, const char *key, struct text value)
{
    json_key_z(writer, key);
    json_string(writer, value);
}

void json_member_strings(struct json_writer *writer, const char *key, struct text_list values)
{
    json_key_z(writer, key);
    json_strings(writer, values);
}

void json_member_int64(struct json_writer *writer, const char *key, int64_t value)
{
    json_key_z(writer, key);
    json_int64(writer, value);
}

void json_member_bool(struct json_writer *writer, const char *key, bool value)
{
    json_key_z(writer, key);
    json_bool(writer, value);
}

struct json_writer *json_print_begin(struct json_printer *printer, struct arena *arena)
{
    buffer_init(&printer->buffer, arena, SIZE_MAX);
    json_writer_init(&printer->writer, &printer->buffer);
    return &printer->writer;
}

struct text json_print_end(const struct json_printer *printer)
{
    return printer->buffer.failed ? (struct text){NULL, 0} : buffer_text(&printer->buffer);
}
