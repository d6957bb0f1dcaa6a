/*
 * One argument of sprintf under one verb, as Go's fmt prints it: whole numbers are ints, other
 * numbers doubles (their text when no double holds them), strings strings, and everything else is
 * its text in the language. A verb that does not fit prints %!verb(type=value). For this folder
 * only.
 */
#ifndef REGO_BUILTINS_SPRINTF_VALUE_H
#define REGO_BUILTINS_SPRINTF_VALUE_H

#include "base/buffer.h"
#include "rego/builtins/builtin.h"

enum { SPRINTF_NOT_GIVEN = -1 };

struct sprintf_spec {
    bool plus, minus, sharp, space, zero;
    int width, precision; /* SPRINTF_NOT_GIVEN, or at least 0 */
    int32_t verb;
};

/* Without memory or fuel the buffer is marked failed. */
void sprintf_print(struct builtin_call *call, struct buffer *out, const struct sprintf_spec *spec,
                   const struct value *value);
/* "int", "big.Int", "float64" or "string". */
const char *sprintf_type(struct builtin_call *call, const struct value *value);

#endif
