/* What the names of a module stand for outside of its rules: imports, and the rules of its package
 * in whatever module they stand. */
#ifndef REGO_COMPILE_GLOBALS_H
#define REGO_COMPILE_GLOBALS_H

#include "rego/compile/unit.h"

/* From a name to the struct term * of its path. False after a diagnostic. */
bool globals_fill(struct unit *unit, const struct module *module, struct map *names);

/* input and data. */
static inline bool name_is_root(struct text name)
{
    return text_equal_z(name, "input") || text_equal_z(name, "data");
}

#endif
