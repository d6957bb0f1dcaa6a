/* Values as JSON and as text of the language. */
#include "rego/value/collection.h"
#include "rego/value/json_value.h"
#include "rego/value/number.h"
#include "rego/value/quote.h"

struct printer {
    struct buffer *out;
    struct value_json_style style;
    unsigned level;
};

/* Go's encoder escapes these where JSON may stand inside of HTML; and two separators of lines. */
static size_t html_length(struct text text, size_t at)
{
    char byte = text.at[at];
    if (byte == '<' || byte == '>' || byte == '&')
        return 1;
    struct text point = text_slice(text, at, at + 3);
    return text_equal_z(point, "\xe2\x80\xa8") || text_equal_z(point, "\xe2\x80\xa9") ? 3 : 0;
}

/* Bytes up to the next one that needs an escape. */
static size_t plain_length(struct text text, size_t from, bool for_html)
{
    size_t at = from;
    while (at < text.len && (unsigned char)text.at[at] >= ' ' && text.at[at] != '"' &&
           text.at[at] != '\\' && !(for_html && html_length(text, at)))
        at++;
    return at - from;
}

static void add_escape(struct buffer *out, unsigned char byte)
{
    static const char letters[] = "btn?fr"; /* from 0x08 on; 0x0b has none */
    if (byte == '"' || byte == '\\')
        buffer_add_format(out, "\\%c", byte);
    else if (byte >= 0x08 && byte <= 0x0d && byte != 0x0b)
        buffer_add_format(out, "\\%c", letters[byte - 0x08]);
    else
        buffer_add_format(out, "\\u%04x", byte);
}

/* Decoded bytes may be any; JSON takes U+FFFD for what is malformed. */
static struct text well_formed(struct arena *arena, struct text text)
{
    struct buffer out;
    buffer_init(&out, arena, text.len * 3);
    for (size_t at = 0; at < text.len && !out.failed;)
        utf8_add(&out, utf8_next(text, &at));
    return buffer_text(&out);
}

static void print_quoted(struct buffer *out, struct text text, bool for_html)
{
    if (!text_is_utf8(text))
        text = well_formed(out->arena, text);
    buffer_add_byte(out, '"');
    for (size_t at = 0; at < text.len && !out->failed;) {
        size_t len = plain_length(text, at, for_html);
        buffer_add(out, text_slice(text, at, at + len));
        at += len;
        size_t html = for_html && at < text.len ? html_length(text, at) : 0;
        if (html == 3)
            buffer_add_format(out, "\\u202%c", text.at[at + 2] & 1 ? '9' : '8');
        else if (at < text.len)
            add_escape(out, (unsigned char)text.at[at]);
        at += html == 3 ? 3 : at < text.len;
    }
    buffer_add_byte(out, '"');
}

static void print_scalar(struct buffer *out, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL: buffer_add(out, TEXT("null")); break;
    case VALUE_BOOLEAN: buffer_add(out, value->as.integer ? TEXT("true") : TEXT("false")); break;
    case VALUE_NUMBER: number_print(out, value); break;
    default: buffer_add(out, TEXT("undefined")); break;
    }
}

/* JSON. */

static void print_json(struct printer *printer, const struct value *value);

static void new_line(const struct printer *printer)
{
    if (!printer->style.pretty)
        return;
    buffer_add_byte(printer->out, '\n');
    buffer_add(printer->out, printer->style.prefix);
    for (unsigned i = 0; i < printer->level && !printer->out->failed; i++)
        buffer_add(printer->out, printer->style.indent);
}

static void begin(struct printer *printer, char bracket)
{
    buffer_add_byte(printer->out, bracket);
    printer->level++;
}

static void separate(struct printer *printer, uint32_t index)
{
    if (index > 0)
        buffer_add_byte(printer->out, ',');
    new_line(printer);
}

static void end(struct printer *printer, char bracket, size_t len)
{
    printer->level--;
    if (len > 0)
        new_line(printer);
    buffer_add_byte(printer->out, bracket);
}

static void print_json_key(struct printer *printer, const struct value *key)
{
    if (key->kind == VALUE_STRING) {
        print_quoted(printer->out, value_text(key), printer->style.for_html);
    } else {
        struct buffer text;
        buffer_init(&text, printer->out->arena, printer->out->max);
        value_print_json(&text, key);
        print_quoted(printer->out, buffer_text(&text), printer->style.for_html);
        printer->out->failed |= text.failed;
    }
    buffer_add(printer->out, printer->style.pretty ? TEXT(": ") : TEXT(":"));
}

static void print_json_object(struct printer *printer, const struct collection *object)
{
    begin(printer, '{');
    for (uint32_t i = 0; i < object->len && !printer->out->failed; i++) {
        separate(printer, i);
        print_json_key(printer, collection_key(object, i));
        print_json(printer, collection_item(object, i));
    }
    end(printer, '}', object->len);
}

static void print_json(struct printer *printer, const struct value *value)
{
    if (value->kind == VALUE_STRING) {
        print_quoted(printer->out, value_text(value), printer->style.for_html);
        return;
    }
    if (value->kind < VALUE_ARRAY) {
        print_scalar(printer->out, value);
        return;
    }
    struct collection *collection = value->as.collection;
    if (value->kind != VALUE_ARRAY && !collection_sort(collection)) {
        printer->out->failed = true;
        return;
    }
    if (value->kind == VALUE_OBJECT) {
        print_json_object(printer, collection);
        return;
    }
    size_t len = value_count(value);
    begin(printer, '[');
    for (uint32_t i = 0; i < len && !printer->out->failed; i++) {
        separate(printer, i);
        print_json(printer, value->kind == VALUE_ARRAY ? &value->as.items[i]
                                                       : collection_key(collection, i));
    }
    end(printer, ']', len);
}

void value_print_json(struct buffer *out, const struct value *value)
{
    struct printer printer = {.out = out};
    print_json(&printer, value);
}

void value_print_json_styled(struct buffer *out, const struct value *value,
                             const struct value_json_style *style)
{
    struct printer printer = {.out = out, .style = *style};
    print_json(&printer, value);
}

/* The language's own text. */

static void print_rego_collection(struct buffer *out, struct collection *collection)
{
    if (!collection_sort(collection)) {
        out->failed = true;
        return;
    }
    if (collection->kind == VALUE_SET && collection->len == 0) {
        buffer_add(out, TEXT("set()"));
        return;
    }
    buffer_add_byte(out, '{');
    for (uint32_t i = 0; i < collection->len && !out->failed; i++) {
        if (i > 0)
            buffer_add(out, TEXT(", "));
        value_print_rego(out, collection_key(collection, i));
        if (collection->kind == VALUE_OBJECT) {
            buffer_add(out, TEXT(": "));
            value_print_rego(out, collection_item(collection, i));
        }
    }
    buffer_add_byte(out, '}');
}

void value_print_rego(struct buffer *out, const struct value *value)
{
    if (value->kind == VALUE_ARRAY) {
        buffer_add_byte(out, '[');
        for (uint32_t i = 0; i < value->len && !out->failed; i++) {
            if (i > 0)
                buffer_add(out, TEXT(", "));
            value_print_rego(out, &value->as.items[i]);
        }
        buffer_add_byte(out, ']');
    } else if (value->kind == VALUE_OBJECT || value->kind == VALUE_SET) {
        print_rego_collection(out, value->as.collection);
    } else if (value->kind == VALUE_STRING) {
        quote_print(out, value_text(value));
    } else {
        print_scalar(out, value);
    }
}
