/*
 * Whether an expression or a term can be evaluated when certain variables have values, and which
 * further variables get theirs by it. Safety uses it to put expressions in order, the generator to
 * put operands in order, so that both always agree.
 *
 * A function that returns true has added what gets bound to `bound`; one that returns false leaves
 * `bound` as it was.
 */
#ifndef REGO_COMPILE_READY_H
#define REGO_COMPILE_READY_H

#include "rego/compile/unit.h"

/* The variables that have a value. */
struct bound {
    size_t words; /* in use */
    uint64_t bits[VARIABLES_MAX / 64 + 1];
};

void bound_init(struct bound *bound, const struct variables *variables);
void bound_copy(struct bound *to, const struct bound *from);

static inline bool bound_has(const struct bound *bound, const struct term *variable)
{
    return variable->id == 0 || bits_has(bound->bits, variable->id);
}

bool ready_expression(struct unit *unit, const struct expression *expression, struct bound *bound);
/* A term whose value is wanted. */
bool ready_value(struct unit *unit, const struct term *term, struct bound *bound);
/* Several, in whatever order works. `skip` steps over items: 1, or 2 for the values of an object.
 */
bool ready_values(struct unit *unit, struct term *const *terms, uint32_t len, struct bound *bound);
bool ready_unify(struct unit *unit, const struct term *a, const struct term *b,
                 struct bound *bound);

/* The builtin that stands bare behind `as`; NULL when a value does. */
static inline const struct builtin *with_builtin(const struct with *with)
{
    return with->value->kind == TERM_CALL ? NULL : with->value->builtin;
}

/* print takes any number of operands, which may be undefined; the generator knows it. */
extern const struct builtin print_builtin;

/* Operands of a call that are inputs; one more operand takes the result. */
uint32_t call_arity(struct unit *unit, const struct term *call);
/* True for a literal array or object that mentions an unbound variable in a place where matching
 * binds it. */
bool is_open_pattern(const struct term *term, const struct bound *bound);

/* ---- Walking. ---- */

/* Calls visit for every variable; closures are entered only when `deep`. */
typedef void (*variable_fn)(void *data, const struct term *variable);
void term_variables(const struct term *term, bool deep, variable_fn visit, void *data);
void expression_variables(const struct expression *expression, bool deep, variable_fn visit,
                          void *data);

#endif
