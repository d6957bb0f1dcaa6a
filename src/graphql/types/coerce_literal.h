/*
 * A literal of the document, with the variables in it, as a coerced value. The document has been
 * validated, so a literal that does not fit is found only where a variable is null or absent, or
 * in a schema's default values, which nobody validated before.
 */
#ifndef GRAPHQL_TYPES_COERCE_LITERAL_H
#define GRAPHQL_TYPES_COERCE_LITERAL_H

#include "graphql/language/ast.h"

/* The coerced variables of one request, in the order of their definitions. */
struct graphql_variable {
    struct text name;
    bool is_given; /* by the request or by a default */
    struct graphql_value value;
};

struct graphql_variables {
    const struct graphql_variable *items;
    size_t len;
};

/* NULL when the variable is not defined or not given. */
const struct graphql_value *graphql_variables_find(const struct graphql_variables *variables,
                                                   struct text name);

enum graphql_coerced {
    GRAPHQL_COERCED,
    GRAPHQL_COERCED_ABSENT,    /* the literal is a variable that was not given */
    GRAPHQL_COERCED_INVALID,   /* it does not fit the type */
    GRAPHQL_COERCED_NO_MEMORY, /* the arena is full */
};

/* variables NULL: none. `out` is zeroed unless the result is GRAPHQL_COERCED. */
enum graphql_coerced graphql_coerce_literal(struct arena *arena, struct graphql_type_ref type,
                                            const struct ast_value *literal,
                                            const struct graphql_variables *variables,
                                            struct graphql_value *out);

#endif
