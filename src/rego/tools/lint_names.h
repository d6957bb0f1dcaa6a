/* Questions about syntax trees that the linter asks: names, mentions, loops. */
#ifndef REGO_TOOLS_LINT_NAMES_H
#define REGO_TOOLS_LINT_NAMES_H

#include "rego/language/ast.h"

/* "time.clock" of a call; empty for anything else. */
struct text lint_call_name(struct arena *arena, const struct term *term);
/* The first part of a rule's name. */
struct text lint_rule_name(const struct rule *rule);
const struct rule *lint_rule_named(const struct module *module, struct text name);

/* By their names: allow, allow_..., admin; deny, deny_..., reject, violation. */
bool lint_allows(const struct rule *rule);
bool lint_denies(const struct rule *rule);

/* Whether the variable occurs in the term. */
bool lint_mentions(const struct term *term, const char *variable);
/* How often a name occurs as a variable in the rule, its head and else branches left out. */
uint32_t lint_count_in_rule(const struct rule *rule, struct text name);
/* A reference with a wildcard in brackets. */
bool lint_iterates(const struct term *term);
bool lint_is_membership(const struct term *term);
/* False when the body has constants only, or is absent. */
bool lint_body_looks_at_something(const struct body *body);

#endif
