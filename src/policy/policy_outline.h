/*
 * What stands where in the text of a policy: its rules with their lines, and the same rules once
 * more under names of their own, so that the engine can be asked which of several bodies gave
 * something. Called by compiled_policy.c alone.
 */
#ifndef POLICY_POLICY_OUTLINE_H
#define POLICY_POLICY_OUTLINE_H

#include "base/list.h"
#include "policy/policy_type.h"
#include "rego/language/ast.h"

/* One body of a rule that is asked for. */
struct policy_body {
    struct text rule; /* "roles" */
    int32_t line;
    /* Constants of the head: the space of roles and space_*, the role of roles; at == NULL where
     * the head computes it. */
    struct text space;
    struct text role;
    struct text alone; /* path of its twin: "data.spacelift.gatehouse_body_3" */
    const struct rule *source;
    const struct rule *head; /* the rule whose head a chained body shares; else the same */
};

struct policy_outline {
    struct module *module;
    struct list bodies; /* of struct policy_body, in the order of the text */
};

/* source: borrowed, as is the tree that is read from it, which lives in the arena. False after a
 * diagnostic, or without memory. */
MUST_CHECK bool policy_outline_read(struct arena *arena, const struct source *source,
                                    enum dialect dialect, enum policy_type type,
                                    struct diagnostics *diagnostics, struct policy_outline *out);
/* The rule that stands in a line; empty when there is none. */
struct text policy_outline_rule_at(const struct policy_outline *outline, uint32_t line);
/* Whether there is a rule of that name; with_default: with a default of its own. */
bool policy_outline_has(const struct policy_outline *outline, struct text name, bool with_default);
/* A module with each body as a rule of its own, of the name in `alone`. at == NULL without memory.
 */
struct text policy_outline_twins(const struct policy_outline *outline, struct arena *arena);

#endif
