/* Input object field uniqueness. */
#include "graphql/validation/rules.h"

static void check(struct validation *validation, const struct ast_value *value)
{
    struct map known;
    for (const struct ast_value *item = value->items; item; item = item->next)
        check(validation, item);
    map_init(&known, validation->arena);
    for (const struct ast_argument *field = value->fields; field; field = field->next) {
        check(validation, field->value);
        const struct ast_argument *other = map_get(&known, field->name);
        if (!other) {
            graphql_facts_set(validation, &known, field->name, field);
            continue;
        }
        struct graphql_error *error = graphql_report(
            validation, other->at, "There can be only one input field named \"%.*s\".",
            TEXT_ARG(field->name));
        graphql_report_also(validation, error, field->at);
    }
}

void graphql_rule_unique_input_field_names(struct validation *validation)
{
    for (const struct fact_value *each = FACTS(validation->values, fact_value);
         each < FACTS_END(validation->values, fact_value); each++)
        check(validation, each->value);
}
