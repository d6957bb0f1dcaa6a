/* Executable definitions: a document that is sent to be executed defines no types. */
#include "graphql/validation/rules.h"

void graphql_rule_executable_definitions(struct validation *validation)
{
    for (const struct ast_definition *node = validation->document->definitions; node;
         node = node->next) {
        if (node->kind == AST_OPERATION || node->kind == AST_FRAGMENT)
            continue;
        if (node->kind == AST_SCHEMA)
            graphql_report(validation, node->at, "The schema definition is not executable.");
        else
            graphql_report(validation, node->at, "The \"%.*s\" definition is not executable.",
                           TEXT_ARG(node->name));
    }
}
