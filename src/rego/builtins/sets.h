/* Set algebra shared by operators and functions. For the files of this folder only. */
#ifndef REGO_BUILTINS_SETS_H
#define REGO_BUILTINS_SETS_H

#include "rego/builtins/builtin.h"

enum builtin_outcome set_difference(struct builtin_call *call, const struct value *a,
                                    const struct value *b, struct value *result);

#endif
