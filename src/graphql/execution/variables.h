/* The variables of a request: from JSON to coerced values, with the specification's errors. */
#ifndef GRAPHQL_EXECUTION_VARIABLES_H
#define GRAPHQL_EXECUTION_VARIABLES_H

#include "base/json.h"
#include "graphql/execution/errors.h"
#include "graphql/types/coerce_literal.h"

/* sent: NULL, null or an object; `hide_values` as in struct graphql_options. Every variable that
 * does not fit adds an error; the result says whether there was none. The values borrow from `sent`
 * and from the document. */
MUST_CHECK bool graphql_variables_coerce(struct arena *arena, const struct graphql_schema *schema,
                                         struct text source, const struct ast_variable *definitions,
                                         const struct json *sent, bool hide_values,
                                         struct graphql_variables *out,
                                         struct graphql_errors *errors);

#endif
