/* For tests: whether two syntax trees mean the same, whatever their places and layout are. */
#ifndef REGO_TOOLS_TREE_EQUAL_H
#define REGO_TOOLS_TREE_EQUAL_H

#include "rego/language/ast.h"

bool modules_equal(const struct module *a, const struct module *b);

#endif
