/* Syntax trees as text: the values that messages show and comparisons compare. */
#ifndef GRAPHQL_LANGUAGE_PRINT_H
#define GRAPHQL_LANGUAGE_PRINT_H

#include "base/buffer.h"
#include "graphql/language/ast.h"

/* On one line; the empty text without memory. */
struct text graphql_print_value(struct arena *arena, const struct ast_value *value);

#endif
