/* Coerced values: lookup and text. */
#include "graphql/types/value_print.h"

#include "graphql/types/schema.h"

#include <inttypes.h>
#include <math.h>

const struct graphql_value *graphql_value_field(const struct graphql_value *value, struct text name)
{
    if (!value || value->kind != GRAPHQL_VALUE_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < value->len; i++)
        if (text_equal(value->fields[i].name, name))
            return &value->fields[i].value;
    return NULL;
}

static void print_float(struct buffer *out, double number)
{
    if (number == floor(number) && fabs(number) < 1e15) {
        buffer_add_int64(out, (int64_t)number);
        return;
    }
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_double(&writer, number);
}

/* An ID that reads as a number is printed as one, as the reference implementation does. */
static bool is_plain_integer(struct text text)
{
    int64_t value;
    if (!text_to_int64(text, &value))
        return false;
    return text.at[0] != '0' || text.len == 1;
}

static void print_list(struct buffer *out, const struct graphql_type *type,
                       const struct graphql_value *value)
{
    buffer_add_byte(out, '[');
    for (uint32_t i = 0; i < value->len; i++) {
        if (i > 0)
            buffer_add(out, TEXT(", "));
        graphql_value_print(out, type, &value->items[i]);
    }
    buffer_add_byte(out, ']');
}

static void print_object(struct buffer *out, const struct graphql_type *type,
                         const struct graphql_value *value)
{
    buffer_add_byte(out, '{');
    for (uint32_t i = 0; i < value->len; i++) {
        const struct graphql_value_field *field = &value->fields[i];
        const struct graphql_input *input = type ? graphql_type_input(type, field->name) : NULL;
        if (i > 0)
            buffer_add(out, TEXT(", "));
        buffer_add(out, field->name);
        buffer_add(out, TEXT(": "));
        graphql_value_print(out, input ? input->type.type : NULL, &field->value);
    }
    buffer_add_byte(out, '}');
}

void graphql_value_print(struct buffer *out, const struct graphql_type *type,
                         const struct graphql_value *value)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    switch (value->kind) {
    case GRAPHQL_VALUE_NULL: buffer_add(out, TEXT("null")); break;
    case GRAPHQL_VALUE_BOOLEAN:
        buffer_add(out, value->boolean ? TEXT("true") : TEXT("false"));
        break;
    case GRAPHQL_VALUE_INT: buffer_add_int64(out, value->integer); break;
    case GRAPHQL_VALUE_FLOAT: print_float(out, value->number); break;
    case GRAPHQL_VALUE_STRING:
        if (type == &graphql_id && is_plain_integer(value->text))
            buffer_add(out, value->text);
        else
            json_string(&writer, value->text);
        break;
    case GRAPHQL_VALUE_ENUM: buffer_add(out, value->constant->name); break;
    case GRAPHQL_VALUE_LIST: print_list(out, type, value); break;
    case GRAPHQL_VALUE_OBJECT: print_object(out, type, value); break;
    }
}
