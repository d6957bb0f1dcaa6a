/* Argument uniqueness, of fields and directives. */
#include "graphql/validation/rules.h"

static void check(struct validation *validation, const struct ast_argument *first)
{
    size_t count = 0;
    for (const struct ast_argument *each = first; each; each = each->next)
        count++;
    struct fact_name *names = graphql_facts_alloc(validation, count, sizeof(*names));
    if (!names)
        return;
    size_t at = 0;
    for (const struct ast_argument *each = first; each; each = each->next)
        names[at++] = (struct fact_name){each->name, each->at};
    graphql_report_repeated(validation, names, count, "argument named \"");
}

void graphql_rule_unique_argument_names(struct validation *validation)
{
    for (const struct fact_arguments *each = FACTS(validation->arguments, fact_arguments);
         each < FACTS_END(validation->arguments, fact_arguments); each++)
        if (each->first && each->first->next)
            check(validation, each->first);
}
