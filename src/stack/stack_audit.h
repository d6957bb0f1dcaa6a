/* What the audit trail says about a stack. For the mutations of this room. */
#ifndef STACK_STACK_AUDIT_H
#define STACK_STACK_AUDIT_H

#include "audit/change.h"
#include "stack/stack.h"

/* All that a person may set. Its environment and files are told by stack_config.c, without values.
 */
void stack_describe(struct change_side *side, const struct stack *stack);

#endif
