/* Paths into values, as json.filter, json.remove and json.patch write them. For this folder only.
 */
#ifndef REGO_BUILTINS_JSON_PATH_H
#define REGO_BUILTINS_JSON_PATH_H

#include "rego/builtins/builtin.h"

/* "a/b~1c" or "/a/b~1c" to ["a", "b/c"]; an array as it is. False without memory, or (arena not
 * failed) when it is neither. */
MUST_CHECK bool json_path_parse(struct builtin_call *call, const struct value *path,
                                struct value *out);
/* The index that a segment names in an array: a whole number or its plain digits. False: none. */
bool json_path_index(const struct value *segment, uint32_t *out);

#endif
