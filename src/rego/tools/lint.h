/*
 * What is likely wrong in a policy that compiles. First of all the ways in which policies fail
 * open: the language makes an expression undefined where others would stop with an error, so a
 * missing field or a failed builtin can switch a `not` on or a `deny` off. The syntax tree is all
 * it looks at.
 */
#ifndef REGO_TOOLS_LINT_H
#define REGO_TOOLS_LINT_H

#include "base/list.h"
#include "rego/language/ast.h"

enum lint_severity { LINT_WARNING, LINT_ERROR };

struct lint_finding {
    const char *rule; /* "not-over-undefined" */
    enum lint_severity severity;
    struct text file;
    struct place at;
    struct text message;
};

/* A rule of the linter, for lists and documentation. */
struct lint_rule {
    const char *name;
    enum lint_severity severity;
    const char *summary;
};
extern const struct lint_rule lint_rules[];
extern const size_t lint_rule_count;

/* Appends to findings (of struct lint_finding) in the order of the text. False without memory. */
MUST_CHECK bool lint_module(struct arena *arena, const struct module *module,
                            struct list *findings);

#endif
