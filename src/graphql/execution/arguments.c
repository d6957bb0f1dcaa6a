/* Coercion of a field's arguments, and their binding to generated structs. */
#include "graphql/execution/arguments.h"

#include "graphql/language/lexer.h"

#include <string.h>

static bool fail_at(struct error *error, struct text source, uint32_t at, struct text message)
{
    int line;
    int column;
    graphql_place(source, at, &line, &column);
    return error_set_at(error, ERR_INVALID, line, column, "%.*s", TEXT_ARG(message));
}

static bool missing(struct arena *arena, struct text source, const struct graphql_input *input,
                    const struct ast_argument *sent, uint32_t node_at, struct error *error)
{
    struct text type = graphql_type_ref_print(arena, input->type);
    struct text message =
        sent ? text_format(arena,
                           "Argument \"%.*s\" of required type \"%.*s\" was provided the variable "
                           "\"$%.*s\" which was not provided a runtime value.",
                           TEXT_ARG(input->name), TEXT_ARG(type), TEXT_ARG(sent->value->text))
             : text_format(arena, "Argument \"%.*s\" of required type \"%.*s\" was not provided.",
                           TEXT_ARG(input->name), TEXT_ARG(type));
    return fail_at(error, source, sent ? sent->value->at : node_at, message);
}

static bool is_null(const struct ast_value *value, const struct graphql_variables *variables)
{
    if (value->kind != AST_VARIABLE)
        return value->kind == AST_NULL;
    const struct graphql_value *found = graphql_variables_find(variables, value->text);
    return found && found->kind == GRAPHQL_VALUE_NULL;
}

static bool unfit(struct arena *arena, struct text source, const struct graphql_input *input,
                  const struct ast_argument *sent, const struct graphql_variables *variables,
                  struct error *error)
{
    struct text message;
    if (graphql_is_non_null(input->type.wrappers) && is_null(sent->value, variables))
        message = text_format(
            arena, "Argument \"%.*s\" of non-null type \"%.*s\" must not be null.",
            TEXT_ARG(input->name), TEXT_ARG(graphql_type_ref_print(arena, input->type)));
    else
        message =
            text_format(arena, "Argument \"%.*s\" has an invalid value.", TEXT_ARG(input->name));
    return fail_at(error, source, sent->value->at, message);
}

/* *given: whether *out holds a value afterwards. */
static bool coerce_one(struct arena *arena, struct text source, const struct graphql_input *input,
                       const struct ast_argument *sent, uint32_t node_at,
                       const struct graphql_variables *variables, struct graphql_value *out,
                       bool *given, struct error *error)
{
    enum graphql_coerced result = GRAPHQL_COERCED_ABSENT;
    if (sent)
        result = graphql_coerce_literal(arena, input->type, sent->value, variables, out);
    *given = true;
    if (result == GRAPHQL_COERCED)
        return true;
    if (result == GRAPHQL_COERCED_NO_MEMORY)
        return error_set_no_memory(error);
    if (result == GRAPHQL_COERCED_INVALID)
        return unfit(arena, source, input, sent, variables, error);
    if (input->default_value) {
        *out = *input->default_value;
        return true;
    }
    *given = false;
    return !graphql_is_non_null(input->type.wrappers) ||
           missing(arena, source, input, sent, node_at, error);
}

bool graphql_arguments_coerce(struct arena *arena, struct text source,
                              const struct graphql_input *inputs, size_t count,
                              const struct ast_argument *sent, uint32_t node_at,
                              const struct graphql_variables *variables, struct graphql_value *out,
                              struct error *error)
{
    struct graphql_value_field *fields = ARENA_ARRAY(arena, struct graphql_value_field, count);
    if (!fields)
        return error_set_no_memory(error);
    uint32_t given_count = 0;
    for (size_t i = 0; i < count; i++) {
        bool given;
        fields[given_count].name = inputs[i].name;
        if (!coerce_one(arena, source, &inputs[i], ast_argument_find(sent, inputs[i].name), node_at,
                        variables, &fields[given_count].value, &given, error))
            return false;
        given_count += given;
    }
    *out =
        (struct graphql_value){.kind = GRAPHQL_VALUE_OBJECT, .len = given_count, .fields = fields};
    return true;
}

static bool bind_inputs(struct arena *arena, const struct graphql_input *inputs, size_t count,
                        const struct graphql_value *object, char *out);

static size_t item_size(const struct graphql_input *input)
{
    switch (input->form) {
    case GRAPHQL_FORM_TEXTS: return sizeof(struct text);
    case GRAPHQL_FORM_INT64S: return sizeof(int64_t);
    case GRAPHQL_FORM_INT32S: return sizeof(int32_t);
    case GRAPHQL_FORM_DOUBLES: return sizeof(double);
    case GRAPHQL_FORM_BOOLS: return sizeof(bool);
    default: return input->type.type->input_size;
    }
}

/* One number, bool, text or enum constant, at its place. */
static void bind_leaf(const struct graphql_value *value, char *out)
{
    double number;
    switch (value->kind) {
    case GRAPHQL_VALUE_BOOLEAN: memcpy(out, &value->boolean, sizeof(value->boolean)); break;
    case GRAPHQL_VALUE_INT: memcpy(out, &value->integer, sizeof(value->integer)); break;
    case GRAPHQL_VALUE_FLOAT:
        number = value->number;
        memcpy(out, &number, sizeof(number));
        break;
    case GRAPHQL_VALUE_STRING: memcpy(out, &value->text, sizeof(value->text)); break;
    case GRAPHQL_VALUE_ENUM:
        memcpy(out, &value->constant->value, sizeof(value->constant->value));
        break;
    default: break;
    }
}

static bool bind_list(struct arena *arena, const struct graphql_input *input,
                      const struct graphql_value *list, char *out)
{
    size_t size = item_size(input);
    char *items = arena_alloc_array(arena, list->len, size);
    if (!items)
        return false;
    for (uint32_t i = 0; i < list->len; i++) {
        const struct graphql_value *item = &list->items[i];
        if (item->kind != GRAPHQL_VALUE_OBJECT)
            bind_leaf(item, items + i * size);
        else if (!bind_inputs(arena, input->type.type->inputs, input->type.type->input_count, item,
                              items + i * size))
            return false;
    }
    struct text_list bound = {(const struct text *)(const void *)items, list->len};
    memcpy(out, &bound, sizeof(bound));
    return true;
}

static bool bind_object(struct arena *arena, const struct graphql_type *type,
                        const struct graphql_value *object, char *out)
{
    const void *bound =
        graphql_arguments_bind(arena, type->inputs, type->input_count, type->input_size, object);
    memcpy(out, &bound, sizeof(bound));
    return bound != NULL;
}

static bool bind_value(struct arena *arena, const struct graphql_input *input,
                       const struct graphql_value *value, char *out)
{
    if (input->form == GRAPHQL_FORM_VALUE) {
        memcpy(out, &value, sizeof(value));
        return true;
    }
    switch (value->kind) {
    case GRAPHQL_VALUE_NULL: return true;
    case GRAPHQL_VALUE_LIST: return bind_list(arena, input, value, out);
    case GRAPHQL_VALUE_OBJECT: return bind_object(arena, input->type.type, value, out);
    default: bind_leaf(value, out); return true;
    }
}

static bool bind_inputs(struct arena *arena, const struct graphql_input *inputs, size_t count,
                        const struct graphql_value *object, char *out)
{
    uint32_t at = 0;
    /* Both are in the order of the type, so one pass is enough. */
    for (size_t i = 0; i < count && at < object->len; i++) {
        const struct graphql_input *input = &inputs[i];
        if (!text_equal(object->fields[at].name, input->name))
            continue;
        const struct graphql_value *value = &object->fields[at++].value;
        if (input->given_offset != UINT32_MAX) {
            enum graphql_given given =
                value->kind == GRAPHQL_VALUE_NULL ? GRAPHQL_NULL : GRAPHQL_GIVEN;
            memcpy(out + input->given_offset, &given, sizeof(given));
        }
        if (input->form != GRAPHQL_FORM_NONE &&
            !bind_value(arena, input, value, out + input->offset))
            return false;
    }
    return true;
}

const void *graphql_arguments_bind(struct arena *arena, const struct graphql_input *inputs,
                                   size_t count, size_t size, const struct graphql_value *object)
{
    char *out = arena_alloc(arena, size);
    return out && bind_inputs(arena, inputs, count, object, out) ? out : NULL;
}

static bool has_variables(const struct ast_value *value)
{
    if (value->kind == AST_VARIABLE)
        return true;
    for (const struct ast_value *item = value->items; item; item = item->next)
        if (has_variables(item))
            return true;
    return graphql_arguments_have_variables(value->fields);
}

bool graphql_arguments_have_variables(const struct ast_argument *arguments)
{
    for (; arguments; arguments = arguments->next)
        if (has_variables(arguments->value))
            return true;
    return false;
}
