/* Gathers the facts, then runs every rule over them. */
#include "graphql/validation/rules.h"

static const struct {
    const char *name;
    void (*check)(struct validation *validation);
} rules[] = {
#define LIST_RULE(name, function) {#name, graphql_rule_##function},
    VALIDATION_RULES(LIST_RULE)
#undef LIST_RULE
};

bool graphql_validate(struct arena *arena, const struct graphql_schema *schema,
                      const struct ast_document *document, const struct graphql_options *options,
                      struct graphql_errors *errors)
{
    struct validation validation = {.arena = arena,
                                    .schema = schema,
                                    .document = document,
                                    .options = options,
                                    .errors = errors};
    graphql_facts_gather(&validation);
    for (size_t i = 0; i < ARRAY_LENGTH(rules) && !validation.failed; i++) {
        validation.rule = rules[i].name;
        rules[i].check(&validation);
    }
    /* An error that found no memory counts all the same. */
    return !validation.failed && errors->items.len == 0 && errors->dropped == 0;
}
