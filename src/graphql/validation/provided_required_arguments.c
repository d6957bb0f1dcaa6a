/* Required arguments: non-null and without a default, so they must be given. */
#include "graphql/validation/rules.h"

void graphql_rule_provided_required_arguments(struct validation *validation)
{
    for (const struct fact_arguments *each = FACTS(validation->arguments, fact_arguments);
         each < FACTS_END(validation->arguments, fact_arguments); each++)
        for (uint32_t i = 0; i < each->input_count; i++) {
            const struct graphql_input *input = &each->inputs[i];
            if (!graphql_is_non_null(input->type.wrappers) || input->default_value ||
                ast_argument_find(each->first, input->name))
                continue;
            struct text type = graphql_type_ref_print(validation->arena, input->type);
            graphql_report(
                validation, each->at,
                "%s \"%s%.*s\" argument \"%.*s\" of type \"%.*s\" is required, but it was "
                "not provided.",
                each->parent ? "Field" : "Directive", each->parent ? "" : "@",
                TEXT_ARG(each->owner), TEXT_ARG(input->name), TEXT_ARG(type));
        }
}
