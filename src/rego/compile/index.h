/*
 * The rule index: rules that demand `input.some.path == constant` are found by one look into a jump
 * table instead of being tried one by one. What is indexed is a list of items, each of one or more
 * rules: the rules of a name, or the names of a package.
 */
#ifndef REGO_COMPILE_INDEX_H
#define REGO_COMPILE_INDEX_H

#include "rego/compile/generate.h"

/* Fewer items are cheaper to try. */
enum { INDEX_MIN = 4 };

struct index_item {
    struct rule *const *rules;
    size_t count;
    bool always; /* may give something though none of its rules holds: never skipped */
};

/* Generates the code of an item; it must end by falling through. */
typedef void (*index_fn)(struct generator *generator, size_t item, void *data);

/* Calls `generate` for every item, guarded ones behind a SWITCH where that pays. */
void generate_indexed(struct generator *generator, const struct index_item *items, size_t count,
                      index_fn generate, void *data);

#endif
