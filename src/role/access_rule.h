/*
 * Levels in spaces: the older way to say what a group or a user may do. A rule is nothing of its
 * own: it is the binding of the system role of that level in that space, marked as a rule. What is
 * bound without that mark is no rule, so tools that manage the rules of a subject leave it alone,
 * and want none of it away. Keys have no rules to manage; theirs are all bindings of system roles.
 */
#ifndef ROLE_ACCESS_RULE_H
#define ROLE_ACCESS_RULE_H

#include "role/binding.h"

struct access_rule {
    struct text subject_id; /* whose it is; not read when rules are set */
    struct text space_id;
    enum access_level level;
};

/* Of many subjects, subject by subject; whoever asks: a list of struct access_rule. */
MUST_CHECK bool access_rule_list(struct ctx *ctx, enum subject_kind kind,
                                 const struct text *subject_ids, size_t count, struct list *out);
/* Makes these the subject's rules: binds what is missing, marks what is bound already, and removes
 * the rules that are no more. Other bindings stay. Needs what changing those bindings needs. */
MUST_CHECK bool access_rule_set(struct ctx *ctx, enum subject_kind kind, struct text subject_id,
                                const struct access_rule *rules, size_t count);

#endif
