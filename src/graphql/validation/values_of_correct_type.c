/* Values of correct type; input object field names; input object required fields; oneOf. */
#include "graphql/validation/rules.h"

#include "graphql/language/print.h"
#include "graphql/types/coerce_literal.h"

#include <string.h>

enum { SHOWN_MAX = 200 };

static void check(struct validation *validation, const struct ast_value *value,
                  struct graphql_type_ref type);

static struct text show(struct validation *validation, const struct ast_value *value)
{
    if (validation->options->hide_values)
        return GRAPHQL_HIDDEN_VALUE;
    struct text shown = graphql_print_value(validation->arena, value);
    if (shown.len <= SHOWN_MAX)
        return shown;
    size_t end = SHOWN_MAX;
    while (end > 0 && ((unsigned char)shown.at[end] & 0xC0) == 0x80)
        end--;
    return text_format(validation->arena, "%.*s...", (int)end, shown.at);
}

static void report_type(struct validation *validation, const struct ast_value *value,
                        struct graphql_type_ref type)
{
    struct text wanted = graphql_type_ref_print(validation->arena, type);
    graphql_report(validation, value->at, "Expected value of type \"%.*s\", found %.*s.",
                   TEXT_ARG(wanted), TEXT_ARG(show(validation, value)));
}

static void report_enum(struct validation *validation, const struct ast_value *value,
                        const struct graphql_type *type)
{
    struct text shown = show(validation, value);
    struct text hint = graphql_suggest(validation, value->text, type->values, type->value_count,
                                       sizeof(*type->values));
    if (value->kind == AST_ENUM)
        graphql_report(validation, value->at, "Value \"%.*s\" does not exist in \"%.*s\" enum.%.*s",
                       TEXT_ARG(shown), TEXT_ARG(type->name), TEXT_ARG(hint));
    else
        graphql_report(validation, value->at,
                       "Enum \"%.*s\" cannot represent non-enum value: %.*s.%.*s",
                       TEXT_ARG(type->name), TEXT_ARG(shown), TEXT_ARG(hint));
}

static void report_scalar(struct validation *validation, const struct ast_value *value,
                          struct graphql_type_ref type)
{
    struct text shown = show(validation, value);
    const char *what = "a non string value";
    if (type.type == &graphql_int)
        what = value->kind == AST_INT ? "non 32-bit signed integer value" : "non-integer value";
    else if (type.type == &graphql_float)
        what = "non numeric value";
    else if (type.type == &graphql_boolean)
        what = "a non boolean value";
    else if (type.type == &graphql_id)
        what = "a non-string and non-integer value";
    graphql_report(validation, value->at, "%.*s cannot represent %s: %.*s",
                   TEXT_ARG(type.type->name), what, TEXT_ARG(shown));
}

/* A literal where a leaf is wanted; the wrappers matter for the message only. */
static void check_leaf(struct validation *validation, const struct ast_value *value,
                       struct graphql_type_ref type)
{
    struct graphql_value ignored;
    if (!type.type)
        return;
    if (!graphql_type_is_leaf(type.type)) {
        report_type(validation, value, type);
        return;
    }
    struct graphql_type_ref bare = {type.type, 0};
    if (value->kind == AST_LIST || value->kind == AST_OBJECT) {
        /* A scalar of one's own takes them, its variables looked at elsewhere. */
        bool is_free = type.type->kind == GRAPHQL_SCALAR && type.type != &graphql_int &&
                       type.type != &graphql_float && type.type != &graphql_string &&
                       type.type != &graphql_boolean && type.type != &graphql_id;
        if (is_free)
            return;
    } else if (graphql_coerce_literal(validation->arena, bare, value, NULL, &ignored) ==
               GRAPHQL_COERCED) {
        return;
    }
    if (type.type->kind == GRAPHQL_ENUM)
        report_enum(validation, value, type.type);
    else
        report_scalar(validation, value, type);
}

static void check_list(struct validation *validation, const struct ast_value *value,
                       struct graphql_type_ref type)
{
    uint64_t wrappers = graphql_nullable(type.wrappers);
    if (!graphql_is_list(wrappers)) {
        check_leaf(validation, value, (struct graphql_type_ref){type.type, wrappers});
        return;
    }
    for (const struct ast_value *item = value->items; item; item = item->next)
        check(validation, item, (struct graphql_type_ref){type.type, wrappers >> 2});
}

static void report_unknown_field(struct validation *validation, const struct graphql_type *type,
                                 const struct ast_argument *field)
{
    struct text hint = graphql_suggest(validation, field->name, type->inputs, type->input_count,
                                       sizeof(*type->inputs));
    graphql_report(validation, field->at, "Field \"%.*s\" is not defined by type \"%.*s\".%.*s",
                   TEXT_ARG(field->name), TEXT_ARG(type->name), TEXT_ARG(hint));
}

static void check_one_of(struct validation *validation, const struct ast_value *value,
                         const struct graphql_type *type)
{
    const struct ast_argument *first = value->fields;
    bool is_single = first != NULL;
    for (const struct ast_argument *each = first; each; each = each->next)
        is_single &= text_equal(each->name, first->name);
    if (!is_single) {
        graphql_report(validation, value->at,
                       "OneOf Input Object \"%.*s\" must specify exactly one key.",
                       TEXT_ARG(type->name));
        return;
    }
    const struct ast_argument *last = first;
    while (last->next)
        last = last->next;
    if (last->value->kind == AST_NULL)
        graphql_report(validation, value->at, "Field \"%.*s.%.*s\" must be non-null.",
                       TEXT_ARG(type->name), TEXT_ARG(first->name));
}

static void check_object(struct validation *validation, const struct ast_value *value,
                         struct graphql_type_ref type)
{
    if (!type.type)
        return;
    if (type.type->kind != GRAPHQL_INPUT_OBJECT) {
        check_leaf(validation, value, type);
        return;
    }
    for (uint32_t i = 0; i < type.type->input_count; i++) {
        const struct graphql_input *input = &type.type->inputs[i];
        bool is_required = graphql_is_non_null(input->type.wrappers) && !input->default_value;
        if (!is_required || ast_argument_find(value->fields, input->name))
            continue;
        struct text wanted = graphql_type_ref_print(validation->arena, input->type);
        graphql_report(validation, value->at,
                       "Field \"%.*s.%.*s\" of required type \"%.*s\" was not provided.",
                       TEXT_ARG(type.type->name), TEXT_ARG(input->name), TEXT_ARG(wanted));
    }
    if (type.type->is_one_of)
        check_one_of(validation, value, type.type);
    for (const struct ast_argument *field = value->fields; field; field = field->next) {
        const struct graphql_input *input = graphql_type_input(type.type, field->name);
        if (input)
            check(validation, field->value, input->type);
        else
            report_unknown_field(validation, type.type, field);
    }
}

static void check(struct validation *validation, const struct ast_value *value,
                  struct graphql_type_ref type)
{
    switch (value->kind) {
    case AST_VARIABLE: break;
    case AST_LIST: check_list(validation, value, type); break;
    case AST_OBJECT: check_object(validation, value, type); break;
    case AST_NULL:
        if (type.type && graphql_is_non_null(type.wrappers))
            report_type(validation, value, type);
        break;
    default: check_leaf(validation, value, type); break;
    }
}

void graphql_rule_values_of_correct_type(struct validation *validation)
{
    for (const struct fact_value *each = FACTS(validation->values, fact_value);
         each < FACTS_END(validation->values, fact_value); each++)
        if (each->type.type)
            check(validation, each->value, each->type);
}
