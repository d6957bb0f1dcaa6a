/* Access rules as the schema shows them, for every type that has them. */
#ifndef DOORS_SPACELIFT_ACCESS_RULE_VIEW_H
#define DOORS_SPACELIFT_ACCESS_RULE_VIEW_H

#include "doors/spacelift/resolver.h"
#include "role/access_rule.h"

struct access_rule_view {
    const struct spacelift_SpaceAccessRule **rules;
    size_t count;
};

/* The rules of each parent: `ids` has the id of each. NULL on failure. */
struct access_rule_view *access_rule_views(struct graphql_call *call, enum subject_kind kind,
                                           const struct text *ids);
/* What was given, as the noun takes it. NULL on failure. */
const struct access_rule *access_rules_given(struct graphql_call *call,
                                             struct spacelift_SpaceAccessRuleInput_list given);

#endif
