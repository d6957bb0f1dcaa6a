/* Field selections: the parent type has a field of that name. */
#include "graphql/validation/rules.h"

static struct text suggest_types(struct validation *validation, const struct fact_field *fact)
{
    const struct graphql_type *parent = fact->parent;
    if (validation->options->no_suggestions || !graphql_type_is_abstract(parent))
        return TEXT("");
    struct text found[5];
    size_t count = 0;
    for (uint32_t i = 0; i < parent->possible_count && count < ARRAY_LENGTH(found); i++)
        if (graphql_type_field(parent->possible[i], fact->node->name))
            found[count++] =
                text_format(validation->arena, "\"%.*s\"", TEXT_ARG(parent->possible[i]->name));
    if (count == 0)
        return TEXT("");
    struct text names = text_join(validation->arena, TEXT(", "), found, count);
    return text_format(validation->arena, " Did you mean to use an inline fragment on %.*s?",
                       TEXT_ARG(names));
}

static struct text suggest(struct validation *validation, const struct fact_field *fact)
{
    struct text types = suggest_types(validation, fact);
    if (types.len > 0)
        return types;
    return graphql_suggest(validation, fact->node->name, fact->parent->fields,
                           fact->parent->field_count, sizeof(*fact->parent->fields));
}

void graphql_rule_fields_on_correct_type(struct validation *validation)
{
    for (const struct fact_field *each = FACTS(validation->fields, fact_field);
         each < FACTS_END(validation->fields, fact_field); each++) {
        if (!each->parent || each->field)
            continue;
        struct text hint = suggest(validation, each);
        graphql_report(validation, each->node->at,
                       "Cannot query field \"%.*s\" on type \"%.*s\".%.*s",
                       TEXT_ARG(each->node->name), TEXT_ARG(each->parent->name), TEXT_ARG(hint));
    }
}
