/* Lookups over the type tables, and how a type reads as text. */
#include "graphql/types/schema.h"

#include "base/buffer.h"
#include "graphql/types/introspection.h"

#include <string.h>

int graphql_name_compare(struct text a, struct text b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len ? memcmp(a.at, b.at, a.len) : 0;
}

const struct graphql_type *graphql_schema_type(const struct graphql_schema *schema,
                                               struct text name)
{
    size_t low = 0;
    size_t high = schema->type_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = graphql_name_compare(name, schema->types[middle]->name);
        if (order == 0)
            return schema->types[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return graphql_introspection_type(name);
}

const struct graphql_directive *graphql_schema_directive(const struct graphql_schema *schema,
                                                         struct text name)
{
    for (uint32_t i = 0; i < schema->directive_count; i++)
        if (text_equal(schema->directives[i]->name, name))
            return schema->directives[i];
    return NULL;
}

const struct graphql_field *graphql_type_field(const struct graphql_type *type, struct text name)
{
    size_t low = 0;
    size_t high = type->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct graphql_field *field = &type->fields[type->fields_by_name[middle]];
        int order = graphql_name_compare(name, field->name);
        if (order == 0)
            return field;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct graphql_input *graphql_inputs_find(const struct graphql_input *inputs, size_t count,
                                                struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(inputs[i].name, name))
            return &inputs[i];
    return NULL;
}

const struct graphql_input *graphql_field_argument(const struct graphql_field *field,
                                                   struct text name)
{
    return graphql_inputs_find(field->arguments, field->argument_count, name);
}

const struct graphql_input *graphql_type_input(const struct graphql_type *type, struct text name)
{
    return graphql_inputs_find(type->inputs, type->input_count, name);
}

const struct graphql_enum_value *graphql_enum_by_name(const struct graphql_type *type,
                                                      struct text name)
{
    for (uint32_t i = 0; i < type->value_count; i++)
        if (text_equal(type->values[i].name, name))
            return &type->values[i];
    return NULL;
}

const struct graphql_enum_value *graphql_enum_by_value(const struct graphql_type *type,
                                                       int64_t value)
{
    if (value < 0 || value >= type->value_limit || type->value_positions[value] == 0)
        return NULL;
    return &type->values[type->value_positions[value] - 1];
}

bool graphql_type_is_input(const struct graphql_type *type)
{
    return graphql_type_is_leaf(type) || type->kind == GRAPHQL_INPUT_OBJECT;
}

bool graphql_type_is_leaf(const struct graphql_type *type)
{
    return type->kind == GRAPHQL_SCALAR || type->kind == GRAPHQL_ENUM;
}

bool graphql_type_is_composite(const struct graphql_type *type)
{
    return type->kind == GRAPHQL_OBJECT || graphql_type_is_abstract(type);
}

bool graphql_type_is_abstract(const struct graphql_type *type)
{
    return type->kind == GRAPHQL_INTERFACE || type->kind == GRAPHQL_UNION;
}

bool graphql_type_is_possible(const struct graphql_type *abstract,
                              const struct graphql_type *object)
{
    if (abstract == object)
        return true;
    for (uint32_t i = 0; i < abstract->possible_count; i++)
        if (abstract->possible[i] == object)
            return true;
    return false;
}

const struct graphql_type *graphql_type_by_tag(const struct graphql_type *type, const void *object)
{
    int32_t tag;
    memcpy(&tag, (const char *)object + type->tag_offset, sizeof(tag));
    for (uint32_t i = 0; i < type->possible_count; i++)
        if (type->possible[i]->tag == tag)
            return type->possible[i];
    return NULL;
}

bool graphql_wrappers_fit(uint64_t given, uint64_t wanted)
{
    while (given != wanted) {
        if (graphql_is_non_null(wanted) && !graphql_is_non_null(given))
            return false;
        given = graphql_nullable(given);
        wanted = graphql_nullable(wanted);
        if (graphql_is_list(given) != graphql_is_list(wanted))
            return false;
        given >>= 2;
        wanted >>= 2;
    }
    return true;
}

struct text graphql_type_ref_print(struct arena *arena, struct graphql_type_ref ref)
{
    size_t lists = 0;
    for (uint64_t rest = ref.wrappers; rest; rest >>= 2)
        lists += (rest & 3) == GRAPHQL_WRAP_LIST;
    struct buffer out;
    buffer_init(&out, arena, ref.type->name.len + 2 * GRAPHQL_WRAP_MAX + 2);
    for (size_t i = 0; i < lists; i++)
        buffer_add_byte(&out, '[');
    buffer_add(&out, ref.type->name);
    int top = 2 * GRAPHQL_WRAP_MAX + 2;
    for (int shift = top; shift >= 0; shift -= 2) {
        uint64_t wrapper = shift < 64 ? ref.wrappers >> shift & 3 : 0;
        if (wrapper)
            buffer_add_byte(&out, wrapper == GRAPHQL_WRAP_LIST ? ']' : '!');
    }
    return buffer_text(&out);
}
