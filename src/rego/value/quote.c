/* Go's quoting of strings and runes. */
#include "rego/value/quote.h"

#include <string.h>
#include <utf8proc.h>

int32_t utf8_next(struct text text, size_t *at)
{
    unsigned char byte = (unsigned char)text.at[*at];
    if (byte < 0x80) {
        ++*at;
        return byte;
    }
    utf8proc_int32_t point;
    utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)text.at + *at,
                                            (utf8proc_ssize_t)(text.len - *at), &point);
    if (len <= 0) {
        ++*at;
        return 0xfffd;
    }
    *at += (size_t)len;
    return point;
}

size_t utf8_count(struct text text)
{
    size_t points = 0;
    for (size_t at = 0; at < text.len; points++)
        utf8_next(text, &at);
    return points;
}

void utf8_add(struct buffer *out, int32_t point)
{
    utf8proc_uint8_t bytes[4];
    if (!utf8proc_codepoint_valid(point))
        point = 0xfffd;
    utf8proc_ssize_t len = utf8proc_encode_char(point, bytes);
    buffer_add(out, (struct text){(const char *)bytes, (size_t)len});
}

static bool is_printable(int32_t point)
{
    if (point < 0x80)
        return point >= ' ' && point < 0x7f;
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO: return false;
    default: return true;
    }
}

static void add_point(struct buffer *out, int32_t point, char quote, bool ascii_only)
{
    static const char letters[] = "abtnvfr"; /* from 0x07 on */
    if (point == quote || point == '\\')
        buffer_add_format(out, "\\%c", (char)point);
    else if (point < 0x80 ? is_printable(point) : !ascii_only && is_printable(point))
        utf8_add(out, point);
    else if (point >= 0x07 && point <= 0x0d)
        buffer_add_format(out, "\\%c", letters[point - 0x07]);
    else if (point < ' ' || point == 0x7f)
        buffer_add_format(out, "\\x%02x", (unsigned)point);
    else if (point < 0x10000)
        buffer_add_format(out, "\\u%04x", (unsigned)point);
    else
        buffer_add_format(out, "\\U%08x", (unsigned)point);
}

static void add_quoted(struct buffer *out, struct text text, bool ascii_only)
{
    buffer_add_byte(out, '"');
    for (size_t at = 0; at < text.len && !out->failed;) {
        size_t before = at;
        int32_t point = utf8_next(text, &at);
        if (point == 0xfffd && at == before + 1)
            buffer_add_format(out, "\\x%02x", (unsigned)(unsigned char)text.at[before]);
        else
            add_point(out, point, '"', ascii_only);
    }
    buffer_add_byte(out, '"');
}

void quote_print(struct buffer *out, struct text text)
{
    add_quoted(out, text, false);
}

void quote_print_ascii(struct buffer *out, struct text text)
{
    add_quoted(out, text, true);
}

void quote_print_rune(struct buffer *out, int32_t point, bool ascii_only)
{
    buffer_add_byte(out, '\'');
    add_point(out, utf8proc_codepoint_valid(point) ? point : 0xfffd, '\'', ascii_only);
    buffer_add_byte(out, '\'');
}
