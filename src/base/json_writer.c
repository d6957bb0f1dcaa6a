/* The JSON writer: appends to a buffer, keeps commas, colons and nesting right. */
#include "base/json.h"

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

/* 0 for a byte that stands for itself, the letter of its short escape, 'u' for the long form, 'x'
 * for a byte beyond ASCII. */
static const char escapes[256] = {
    [0 ... 7] = 'u', ['\b'] = 'b',  ['\t'] = 't',          ['\n'] = 'n',
    [0x0B] = 'u',    ['\f'] = 'f',  ['\r'] = 'r',          [0x0E ... 0x1F] = 'u',
    ['"'] = '"',     ['\\'] = '\\', [0x80 ... 0xFF] = 'x',
};

static void add_escape(struct buffer *out, unsigned char byte)
{
    if (escapes[byte] == 'u') {
        buffer_add_format(out, "\\u%04x", byte);
        return;
    }
    char pair[2] = {'\\', escapes[byte]};
    buffer_add(out, (struct text){pair, sizeof(pair)});
}

/* Length of the run from `at` that can be copied as it is. */
static size_t plain_run(struct text value, size_t at)
{
    size_t start = at;
    while (at < value.len) {
        char escape = escapes[(unsigned char)value.at[at]];
        if (escape == '\0') {
            at++;
            continue;
        }
        size_t length = escape == 'x' ? text_utf8_length(value, at) : 0;
        if (length == 0)
            break;
        at += length;
    }
    return at - start;
}

static void add_quoted(struct buffer *out, struct text value)
{
    buffer_add_byte(out, '"');
    for (size_t at = 0; at < value.len;) {
        size_t run = plain_run(value, at);
        buffer_add(out, text_slice(value, at, at + run));
        at += run;
        if (at == value.len)
            break;
        unsigned char byte = (unsigned char)value.at[at];
        if (escapes[byte] == 'x')
            buffer_add(out, TEXT("\xEF\xBF\xBD"));
        else
            add_escape(out, byte);
        at++;
    }
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

void json_member_string(struct json_writer *writer, const char *key, struct text value)
{
    json_key_z(writer, key);
    json_string(writer, value);
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
