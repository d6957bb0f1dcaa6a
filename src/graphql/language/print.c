/* Values as text. */
#include "graphql/language/print.h"

#include "base/json.h"

enum { PRINT_MAX = 1 << 20 };

static void print_value(struct buffer *out, const struct ast_value *value);

static void print_items(struct buffer *out, const struct ast_value *list)
{
    buffer_add_byte(out, '[');
    for (const struct ast_value *item = list->items; item; item = item->next) {
        print_value(out, item);
        if (item->next)
            buffer_add(out, TEXT(", "));
    }
    buffer_add_byte(out, ']');
}

static void print_fields(struct buffer *out, const struct ast_value *object)
{
    buffer_add_byte(out, '{');
    for (const struct ast_argument *field = object->fields; field; field = field->next) {
        buffer_add(out, field->name);
        buffer_add(out, TEXT(": "));
        print_value(out, field->value);
        if (field->next)
            buffer_add(out, TEXT(", "));
    }
    buffer_add_byte(out, '}');
}

static void print_value(struct buffer *out, const struct ast_value *value)
{
    struct json_writer writer;
    switch (value->kind) {
    case AST_VARIABLE:
        buffer_add_byte(out, '$');
        buffer_add(out, value->text);
        break;
    case AST_STRING:
        json_writer_init(&writer, out);
        json_string(&writer, value->text);
        break;
    case AST_LIST: print_items(out, value); break;
    case AST_OBJECT: print_fields(out, value); break;
    default: buffer_add(out, value->text); break;
    }
}

struct text graphql_print_value(struct arena *arena, const struct ast_value *value)
{
    struct buffer out;
    buffer_init(&out, arena, PRINT_MAX);
    print_value(&out, value);
    return out.failed ? TEXT("") : buffer_text(&out);
}
