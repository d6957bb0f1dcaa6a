/* Argument names: the field or directive has one of that name. */
#include "graphql/validation/rules.h"

static void report(struct validation *validation, const struct fact_arguments *owner,
                   const struct ast_argument *argument)
{
    struct text hint = graphql_suggest(validation, argument->name, owner->inputs,
                                       owner->input_count, sizeof(*owner->inputs));
    if (owner->parent)
        graphql_report(validation, argument->at,
                       "Unknown argument \"%.*s\" on field \"%.*s.%.*s\".%.*s",
                       TEXT_ARG(argument->name), TEXT_ARG(owner->parent->name),
                       TEXT_ARG(owner->owner), TEXT_ARG(hint));
    else
        graphql_report(validation, argument->at,
                       "Unknown argument \"%.*s\" on directive \"@%.*s\".%.*s",
                       TEXT_ARG(argument->name), TEXT_ARG(owner->owner), TEXT_ARG(hint));
}

void graphql_rule_known_argument_names(struct validation *validation)
{
    for (const struct fact_arguments *each = FACTS(validation->arguments, fact_arguments);
         each < FACTS_END(validation->arguments, fact_arguments); each++)
        for (const struct ast_argument *argument = each->first; each->is_known && argument;
             argument = argument->next)
            if (!graphql_inputs_find(each->inputs, each->input_count, argument->name))
                report(validation, each, argument);
}
