/* Escaping. */
#include "doors/login/html.h"

#include <assert.h>

static const struct text replacement = TEXT_INIT("\xef\xbf\xbd");

/* How an ASCII byte is written; empty for itself. */
static struct text escape_of(unsigned char byte)
{
    switch (byte) {
    case '&': return TEXT("&amp;");
    case '<': return TEXT("&lt;");
    case '>': return TEXT("&gt;");
    case '"': return TEXT("&quot;");
    case '\'': return TEXT("&#39;");
    case '\t':
    case '\n': return TEXT("");
    default: return byte < 0x20 || byte == 0x7f ? replacement : TEXT("");
    }
}

/* U+0080 to U+009F are control characters too. */
static bool is_control(struct text text, size_t at)
{
    return (unsigned char)text.at[at] == 0xc2 && (unsigned char)text.at[at + 1] < 0xa0;
}

static void add_character(struct buffer *html, struct text text, size_t at, size_t len)
{
    struct text escape = len == 1 ? escape_of((unsigned char)text.at[at]) : TEXT("");
    if (len == 0 || (len == 2 && is_control(text, at)))
        escape = replacement;
    buffer_add(html, escape.len ? escape : text_slice(text, at, at + len));
}

void html_text(struct buffer *html, struct text text)
{
    for (size_t i = 0; i < text.len;) {
        size_t len = text_utf8_length(text, i);
        add_character(html, text, i, len);
        i += len ? len : 1;
    }
}

void html_add(struct buffer *html, struct text template, const struct text *values, size_t count)
{
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        size_t place = text_find(template, TEXT("{}"), from);
        assert(place < template.len);
        buffer_add(html, text_slice(template, from, place));
        html_text(html, values[i]);
        from = place + 2;
    }
    assert(text_find(template, TEXT("{}"), from) == template.len);
    buffer_add(html, text_slice(template, from, template.len));
}
