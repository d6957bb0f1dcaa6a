/* Literals to coerced values, type by type. */
#include "graphql/types/coerce_literal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Literals nest as deep as the parser lets them; defaults of input fields can nest for ever. */
enum { DEPTH_MAX = 256 };

struct coercion {
    struct arena *arena;
    const struct graphql_variables *variables;
    int depth;
};

static enum graphql_coerced coerce(struct coercion *coercion, struct graphql_type_ref type,
                                   const struct ast_value *literal, struct graphql_value *out);

const struct graphql_value *graphql_variables_find(const struct graphql_variables *variables,
                                                   struct text name)
{
    for (size_t i = 0; variables && i < variables->len; i++)
        if (text_equal(variables->items[i].name, name))
            return variables->items[i].is_given ? &variables->items[i].value : NULL;
    return NULL;
}

static bool fits_int(int64_t value)
{
    return value >= INT32_MIN && value <= INT32_MAX;
}

static enum graphql_coerced coerce_int(const struct ast_value *literal, struct graphql_value *out)
{
    int64_t value;
    if (literal->kind != AST_INT || !text_to_int64(literal->text, &value) || !fits_int(value))
        return GRAPHQL_COERCED_INVALID;
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_INT, .integer = value};
    return GRAPHQL_COERCED;
}

static enum graphql_coerced coerce_float(struct coercion *coercion, const struct ast_value *literal,
                                         struct graphql_value *out)
{
    if (literal->kind != AST_INT && literal->kind != AST_FLOAT)
        return GRAPHQL_COERCED_INVALID;
    const char *digits = text_terminated(coercion->arena, literal->text);
    if (!digits)
        return GRAPHQL_COERCED_NO_MEMORY;
    double number = strtod(digits, NULL);
    if (!isfinite(number))
        return GRAPHQL_COERCED_INVALID;
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_FLOAT, .number = number};
    return GRAPHQL_COERCED;
}

static enum graphql_coerced coerce_text(bool fits, const struct ast_value *literal,
                                        struct graphql_value *out)
{
    if (!fits)
        return GRAPHQL_COERCED_INVALID;
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_STRING, .text = literal->text};
    return GRAPHQL_COERCED;
}

static enum graphql_coerced coerce_items(struct coercion *coercion, const struct ast_value *literal,
                                         struct graphql_type_ref item, bool is_typed,
                                         struct graphql_value *out);

static enum graphql_coerced coerce_untyped(struct coercion *coercion,
                                           const struct ast_value *literal,
                                           struct graphql_value *out);

static enum graphql_coerced coerce_untyped_fields(struct coercion *coercion,
                                                  const struct ast_value *literal,
                                                  struct graphql_value *out)
{
    uint32_t count = 0;
    for (const struct ast_argument *field = literal->fields; field; field = field->next)
        count++;
    struct graphql_value_field *fields =
        ARENA_ARRAY(coercion->arena, struct graphql_value_field, count);
    if (!fields)
        return GRAPHQL_COERCED_NO_MEMORY;
    uint32_t at = 0;
    for (const struct ast_argument *field = literal->fields; field; field = field->next, at++) {
        fields[at].name = field->name;
        enum graphql_coerced result = coerce_untyped(coercion, field->value, &fields[at].value);
        if (result != GRAPHQL_COERCED)
            return result;
    }
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_OBJECT, .len = count, .fields = fields};
    return GRAPHQL_COERCED;
}

/* Scalars of one's own take any literal as it is. */
static enum graphql_coerced coerce_untyped(struct coercion *coercion,
                                           const struct ast_value *literal,
                                           struct graphql_value *out)
{
    const struct graphql_value *variable;
    int64_t integer;
    switch (literal->kind) {
    case AST_VARIABLE:
        variable = graphql_variables_find(coercion->variables, literal->text);
        *out = variable ? *variable : (struct graphql_value){.kind = GRAPHQL_VALUE_NULL};
        return GRAPHQL_COERCED;
    case AST_INT:
        if (text_to_int64(literal->text, &integer)) {
            *out = (struct graphql_value){.kind = GRAPHQL_VALUE_INT, .integer = integer};
            return GRAPHQL_COERCED;
        }
        return coerce_float(coercion, literal, out);
    case AST_FLOAT: return coerce_float(coercion, literal, out);
    case AST_STRING:
    case AST_ENUM: return coerce_text(true, literal, out);
    case AST_BOOLEAN:
        *out = (struct graphql_value){.kind = GRAPHQL_VALUE_BOOLEAN, .boolean = literal->is_true};
        return GRAPHQL_COERCED;
    case AST_NULL:
        *out = (struct graphql_value){.kind = GRAPHQL_VALUE_NULL};
        return GRAPHQL_COERCED;
    case AST_LIST:
        return coerce_items(coercion, literal, (struct graphql_type_ref){NULL, 0}, false, out);
    case AST_OBJECT: return coerce_untyped_fields(coercion, literal, out);
    }
    return GRAPHQL_COERCED_INVALID;
}

static enum graphql_coerced coerce_scalar(struct coercion *coercion,
                                          const struct graphql_type *type,
                                          const struct ast_value *literal,
                                          struct graphql_value *out)
{
    if (type == &graphql_int)
        return coerce_int(literal, out);
    if (type == &graphql_float)
        return coerce_float(coercion, literal, out);
    if (type == &graphql_string)
        return coerce_text(literal->kind == AST_STRING, literal, out);
    if (type == &graphql_id)
        return coerce_text(literal->kind == AST_STRING || literal->kind == AST_INT, literal, out);
    if (type == &graphql_boolean && literal->kind != AST_BOOLEAN)
        return GRAPHQL_COERCED_INVALID;
    return coerce_untyped(coercion, literal, out);
}

static enum graphql_coerced coerce_enum(const struct graphql_type *type,
                                        const struct ast_value *literal, struct graphql_value *out)
{
    const struct graphql_enum_value *constant =
        literal->kind == AST_ENUM ? graphql_enum_by_name(type, literal->text) : NULL;
    if (!constant)
        return GRAPHQL_COERCED_INVALID;
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_ENUM, .constant = constant};
    return GRAPHQL_COERCED;
}

static enum graphql_coerced coerce_item(struct coercion *coercion, const struct ast_value *literal,
                                        struct graphql_type_ref item, bool is_typed,
                                        struct graphql_value *out)
{
    if (!is_typed)
        return coerce_untyped(coercion, literal, out);
    enum graphql_coerced result = coerce(coercion, item, literal, out);
    if (result != GRAPHQL_COERCED_ABSENT)
        return result;
    /* A variable that was not given is a null in a list. */
    return graphql_is_non_null(item.wrappers) ? GRAPHQL_COERCED_INVALID : GRAPHQL_COERCED;
}

static enum graphql_coerced coerce_items(struct coercion *coercion, const struct ast_value *literal,
                                         struct graphql_type_ref item, bool is_typed,
                                         struct graphql_value *out)
{
    uint32_t count = 0;
    for (const struct ast_value *value = literal->items; value; value = value->next)
        count++;
    struct graphql_value *items = ARENA_ARRAY(coercion->arena, struct graphql_value, count);
    if (!items)
        return GRAPHQL_COERCED_NO_MEMORY;
    uint32_t at = 0;
    for (const struct ast_value *value = literal->items; value; value = value->next, at++) {
        enum graphql_coerced result = coerce_item(coercion, value, item, is_typed, &items[at]);
        if (result != GRAPHQL_COERCED)
            return result;
    }
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_LIST, .len = count, .items = items};
    return GRAPHQL_COERCED;
}

static enum graphql_coerced coerce_list(struct coercion *coercion, struct graphql_type_ref item,
                                        const struct ast_value *literal, struct graphql_value *out)
{
    if (literal->kind == AST_LIST)
        return coerce_items(coercion, literal, item, true, out);
    struct graphql_value *single = ARENA_NEW(coercion->arena, struct graphql_value);
    if (!single)
        return GRAPHQL_COERCED_NO_MEMORY;
    enum graphql_coerced result = coerce(coercion, item, literal, single);
    if (result != GRAPHQL_COERCED)
        return result;
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_LIST, .len = 1, .items = single};
    return GRAPHQL_COERCED;
}

/* One field of an input object; ABSENT when it is to be left out. */
static enum graphql_coerced coerce_field(struct coercion *coercion,
                                         const struct graphql_input *input,
                                         const struct ast_argument *sent, struct graphql_value *out)
{
    enum graphql_coerced result =
        sent ? coerce(coercion, input->type, sent->value, out) : GRAPHQL_COERCED_ABSENT;
    if (result != GRAPHQL_COERCED_ABSENT)
        return result;
    if (input->default_value) {
        *out = *input->default_value;
        return GRAPHQL_COERCED;
    }
    if (input->default_literal)
        return coerce(coercion, input->type, input->default_literal, out);
    return graphql_is_non_null(input->type.wrappers) ? GRAPHQL_COERCED_INVALID
                                                     : GRAPHQL_COERCED_ABSENT;
}

static bool has_unknown_field(const struct graphql_type *type, const struct ast_value *literal)
{
    for (const struct ast_argument *field = literal->fields; field; field = field->next)
        if (!graphql_type_input(type, field->name))
            return true;
    return false;
}

/* Exactly one field, and that not null. */
static bool fits_one_of(const struct graphql_type *type, const struct graphql_value *object)
{
    if (!type->is_one_of)
        return true;
    return object->len == 1 && object->fields[0].value.kind != GRAPHQL_VALUE_NULL;
}

static enum graphql_coerced coerce_object(struct coercion *coercion,
                                          const struct graphql_type *type,
                                          const struct ast_value *literal,
                                          struct graphql_value *out)
{
    if (literal->kind != AST_OBJECT || has_unknown_field(type, literal))
        return GRAPHQL_COERCED_INVALID;
    struct graphql_value_field *fields =
        ARENA_ARRAY(coercion->arena, struct graphql_value_field, type->input_count);
    if (!fields)
        return GRAPHQL_COERCED_NO_MEMORY;
    uint32_t count = 0;
    for (uint32_t i = 0; i < type->input_count; i++) {
        const struct graphql_input *input = &type->inputs[i];
        const struct ast_argument *sent = ast_argument_find(literal->fields, input->name);
        enum graphql_coerced result = coerce_field(coercion, input, sent, &fields[count].value);
        if (result == GRAPHQL_COERCED)
            fields[count++].name = input->name;
        else if (result != GRAPHQL_COERCED_ABSENT)
            return result;
    }
    struct graphql_value object = {.kind = GRAPHQL_VALUE_OBJECT, .len = count, .fields = fields};
    if (!fits_one_of(type, &object))
        return GRAPHQL_COERCED_INVALID;
    *out = object;
    return GRAPHQL_COERCED;
}

static enum graphql_coerced coerce_variable(struct coercion *coercion, struct graphql_type_ref type,
                                            const struct ast_value *literal,
                                            struct graphql_value *out)
{
    const struct graphql_value *value = graphql_variables_find(coercion->variables, literal->text);
    if (!value)
        return GRAPHQL_COERCED_ABSENT;
    if (value->kind == GRAPHQL_VALUE_NULL && graphql_is_non_null(type.wrappers))
        return GRAPHQL_COERCED_INVALID;
    /* A variable of the item type may stand where a list is wanted only as a whole: validation
     * has compared the types, so the value fits as it is. */
    *out = *value;
    return GRAPHQL_COERCED;
}

static enum graphql_coerced coerce_known(struct coercion *coercion, struct graphql_type_ref type,
                                         const struct ast_value *literal, struct graphql_value *out)
{
    if (literal->kind == AST_VARIABLE)
        return coerce_variable(coercion, type, literal, out);
    if (literal->kind == AST_NULL) {
        if (graphql_is_non_null(type.wrappers))
            return GRAPHQL_COERCED_INVALID;
        *out = (struct graphql_value){.kind = GRAPHQL_VALUE_NULL};
        return GRAPHQL_COERCED;
    }
    uint64_t wrappers = graphql_nullable(type.wrappers);
    if (graphql_is_list(wrappers))
        return coerce_list(coercion, (struct graphql_type_ref){type.type, wrappers >> 2}, literal,
                           out);
    switch (type.type->kind) {
    case GRAPHQL_SCALAR: return coerce_scalar(coercion, type.type, literal, out);
    case GRAPHQL_ENUM: return coerce_enum(type.type, literal, out);
    case GRAPHQL_INPUT_OBJECT: return coerce_object(coercion, type.type, literal, out);
    default: return GRAPHQL_COERCED_INVALID;
    }
}

static enum graphql_coerced coerce(struct coercion *coercion, struct graphql_type_ref type,
                                   const struct ast_value *literal, struct graphql_value *out)
{
    if (++coercion->depth > DEPTH_MAX)
        return GRAPHQL_COERCED_INVALID;
    enum graphql_coerced result = coerce_known(coercion, type, literal, out);
    coercion->depth--;
    return result;
}

enum graphql_coerced graphql_coerce_literal(struct arena *arena, struct graphql_type_ref type,
                                            const struct ast_value *literal,
                                            const struct graphql_variables *variables,
                                            struct graphql_value *out)
{
    struct coercion coercion = {.arena = arena, .variables = variables};
    *out = (struct graphql_value){0};
    return coerce(&coercion, type, literal, out);
}
