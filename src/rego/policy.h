/* What a compiled policy is made of; between rego/compile and rego/eval. */
#ifndef REGO_POLICY_H
#define REGO_POLICY_H

#include "base/map.h"
#include "rego/eval/program.h"
#include "rego/rego.h"
#include "rego/value/intern.h"

struct rego_entry {
    const struct rego_policy *policy;
    uint32_t procedure;
};

struct rego_policy {
    struct arena *arena;
    struct interner interner;
    const struct program *program;
    struct map entries; /* path to struct rego_entry */
    const struct rego_entry *query;
    const enum rego_dialect *dialects;
    size_t source_count;
};

#endif
