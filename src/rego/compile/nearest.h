/* "Did you mean": the name of a list that is written most like a wrong one. */
#ifndef REGO_COMPILE_NEAREST_H
#define REGO_COMPILE_NEAREST_H

#include "rego/builtins/builtin.h"

/* The builtin at most two changed, missing or surplus letters away; NULL when there is none. */
const struct builtin *nearest_builtin(struct text name);

#endif
