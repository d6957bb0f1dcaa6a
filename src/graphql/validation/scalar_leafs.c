/* Leaf field selections: a scalar or enum has none, everything else has one. */
#include "graphql/validation/rules.h"

void graphql_rule_scalar_leafs(struct validation *validation)
{
    for (const struct fact_field *each = FACTS(validation->fields, fact_field);
         each < FACTS_END(validation->fields, fact_field); each++) {
        if (!each->field)
            continue;
        bool is_leaf = graphql_type_is_leaf(each->field->type.type);
        if (is_leaf != each->node->has_set)
            continue;
        struct text type = graphql_type_ref_print(validation->arena, each->field->type);
        if (is_leaf)
            graphql_report(
                validation, each->node->set_at,
                "Field \"%.*s\" must not have a selection since type \"%.*s\" has no subfields.",
                TEXT_ARG(each->node->name), TEXT_ARG(type));
        else
            graphql_report(validation, each->node->at,
                           "Field \"%.*s\" of type \"%.*s\" must have a selection of subfields. "
                           "Did you mean \"%.*s { ... }\"?",
                           TEXT_ARG(each->node->name), TEXT_ARG(type), TEXT_ARG(each->node->name));
    }
}
