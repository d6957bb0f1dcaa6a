/*
 * Which lines of policies were evaluated: made from the accounts that rego_explain gives. Lines
 * that count are those where a rule's head or an expression starts. A failed expression was
 * evaluated; what stands behind it in its body was not.
 */
#ifndef REGO_TOOLS_COVERAGE_H
#define REGO_TOOLS_COVERAGE_H

#include "rego/language/ast.h"
#include "rego/value/value.h"

struct coverage_file {
    const struct module *module; /* borrowed */
    uint8_t *lines;              /* of line 1 + index: LINE_IDLE ... */
    uint32_t line_count;
};

struct coverage {
    struct arena *arena;
    struct coverage_file *files;
    size_t file_count;
};

/* The modules must outlive it. False without memory. */
MUST_CHECK bool coverage_init(struct coverage *coverage, struct arena *arena,
                              struct module *const *modules, size_t count);
void coverage_add(struct coverage *coverage, const struct value *account);
/* Covered lines in percent of those that count; 100 when there are none. */
double coverage_percent(const struct coverage *coverage);
/* {"files": {NAME: {"covered": [ranges], "not_covered": [ranges], "covered_lines",
 * "not_covered_lines", "coverage"}}, "covered_lines", "not_covered_lines", "coverage"}. False
 * without memory. */
MUST_CHECK bool coverage_report(const struct coverage *coverage, struct value *out);

#endif
