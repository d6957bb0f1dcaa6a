/* One walk over terms that tells what is ready; nothing is generated here. */
#include "rego/compile/ready.h"

#include <string.h>

const struct builtin print_builtin = {.name = "print", .signature = " -> any"};

void bound_init(struct bound *bound, const struct variables *variables)
{
    bound->words = bits_words(variables->items.len);
    memset(bound->bits, 0, bound->words * sizeof(*bound->bits));
}

void bound_copy(struct bound *to, const struct bound *from)
{
    to->words = from->words;
    memcpy(to->bits, from->bits, from->words * sizeof(*from->bits));
}

static bool ready_pattern(struct unit *unit, const struct term *term, struct bound *bound);

static bool has_all(const struct bound *bound, const uint64_t *needs)
{
    for (size_t i = 0; needs && i < bound->words; i++)
        if (needs[i] & ~bound->bits[i])
            return false;
    return true;
}

uint32_t call_arity(struct unit *unit, const struct term *call)
{
    if (call->sign == OPERATOR_UNIFY || call->sign == OPERATOR_ASSIGN)
        return 2;
    if (call->builtin == &print_builtin)
        return call->len - 1;
    if (call->builtin)
        return call->builtin->arity;
    const struct term *function = call->items[0];
    if (function->kind != TERM_REFERENCE)
        return call->len - 1;
    uint32_t used;
    const struct node *node = unit_find_node(unit, function, &used);
    return used == function->len && node->kind == NODE_FUNCTION ? node->arity : call->len - 1;
}

/* ---- Walking. ---- */

static bool is_closure(const struct term *term)
{
    return term->kind >= TERM_ARRAY_COMPREHENSION && term->kind <= TERM_OBJECT_COMPREHENSION;
}

static void body_variables(const struct body *body, variable_fn visit, void *data)
{
    for (uint32_t i = 0; i < body->len; i++)
        expression_variables(body->items[i], true, visit, data);
}

void term_variables(const struct term *term, bool deep, variable_fn visit, void *data)
{
    if (term->kind == TERM_VARIABLE) {
        if (term->id != 0)
            visit(data, term);
        return;
    }
    if (term->kind == TERM_TEMPLATE) {
        for (uint32_t i = 0; i < term->len; i++)
            if (term->parts[i].expression)
                expression_variables(term->parts[i].expression, deep, visit, data);
        return;
    }
    if (is_closure(term)) {
        if (!deep)
            return;
        body_variables(term->body, visit, data);
    }
    for (uint32_t i = term->kind == TERM_CALL ? 1 : 0; i < term->len; i++)
        term_variables(term->items[i], deep, visit, data);
}

void expression_variables(const struct expression *expression, bool deep, variable_fn visit,
                          void *data)
{
    if (expression->term)
        term_variables(expression->term, deep, visit, data);
    if (expression->domain)
        term_variables(expression->domain, deep, visit, data);
    bool own = expression->kind == EXPRESSION_SOME_IN || deep;
    if (own && expression->key)
        term_variables(expression->key, deep, visit, data);
    if (own && expression->value)
        term_variables(expression->value, deep, visit, data);
    if (deep && expression->body)
        body_variables(expression->body, visit, data);
    for (uint32_t i = 0; i < expression->with_count; i++)
        if (!with_builtin(&expression->withs[i]))
            term_variables(expression->withs[i].value, deep, visit, data);
}

/* ---- Terms. ---- */

typedef bool (*ready_fn)(struct unit *unit, const struct term *term, struct bound *bound);

/* Each term once, in the first order that works. */
static bool ready_each(struct unit *unit, struct term *const *terms, uint32_t len, ready_fn ready,
                       struct bound *bound)
{
    struct bound trial;
    bound_copy(&trial, bound);
    uint32_t left = 0;
    for (uint32_t i = 0; i < len; i++)
        left += !ready(unit, terms[i], &trial);
    /* The first round has bound what it could; a term that was ready then is still ready. */
    for (uint32_t before = len; left > 0 && left < before;) {
        before = left;
        left = 0;
        for (uint32_t i = 0; i < len; i++)
            left += !ready(unit, terms[i], &trial);
    }
    if (left > 0)
        return false;
    bound_copy(bound, &trial);
    return true;
}

bool ready_values(struct unit *unit, struct term *const *terms, uint32_t len, struct bound *bound)
{
    return ready_each(unit, terms, len, ready_value, bound);
}

bool is_open_pattern(const struct term *term, const struct bound *bound)
{
    if (term->kind == TERM_VARIABLE)
        return !bound_has(bound, term);
    if (term->kind != TERM_ARRAY && term->kind != TERM_OBJECT)
        return false;
    uint32_t step = term->kind == TERM_OBJECT ? 2 : 1;
    for (uint32_t i = step - 1; i < term->len; i += step)
        if (is_open_pattern(term->items[i], bound))
            return true;
    return false;
}

static bool ready_object_pattern(struct unit *unit, const struct term *term, struct bound *bound)
{
    struct bound trial;
    bound_copy(&trial, bound);
    for (uint32_t i = 0; i < term->len; i += 2)
        if (!ready_value(unit, term->items[i], &trial))
            return false;
    bool ready = true;
    for (uint32_t round = 0; round < 2; round++) {
        ready = true;
        for (uint32_t i = 1; i < term->len; i += 2)
            ready = ready_pattern(unit, term->items[i], &trial) && ready;
    }
    if (ready)
        bound_copy(bound, &trial);
    return ready;
}

/* A term that is matched with a value: its unbound variables get one. */
static bool ready_pattern(struct unit *unit, const struct term *term, struct bound *bound)
{
    switch (term->kind) {
    case TERM_VARIABLE: bits_add(bound->bits, term->id); return true;
    case TERM_ARRAY: return ready_each(unit, term->items, term->len, ready_pattern, bound);
    case TERM_OBJECT: return ready_object_pattern(unit, term, bound);
    default: return ready_value(unit, term, bound);
    }
}

static bool ready_reference(struct unit *unit, const struct term *term, struct bound *bound)
{
    const struct term *head = term->items[0];
    if (head->kind == TERM_VARIABLE && !bound_has(bound, head))
        return false;
    struct bound trial;
    bound_copy(&trial, bound);
    if (head->kind != TERM_VARIABLE && !ready_value(unit, head, &trial))
        return false;
    for (uint32_t i = 1; i < term->len; i++)
        if (!ready_pattern(unit, term->items[i], &trial))
            return false;
    bound_copy(bound, &trial);
    return true;
}

static bool ready_call(struct unit *unit, const struct term *term, struct bound *bound)
{
    if (term->sign == OPERATOR_UNIFY || term->sign == OPERATOR_ASSIGN)
        return ready_unify(unit, term->items[1], term->items[2], bound);
    uint32_t arity = call_arity(unit, term);
    uint32_t inputs = term->len - 1 > arity ? arity : term->len - 1;
    struct bound trial;
    bound_copy(&trial, bound);
    if (!ready_values(unit, term->items + 1, inputs, &trial))
        return false;
    for (uint32_t i = 1 + inputs; i < term->len; i++)
        if (!ready_pattern(unit, term->items[i], &trial))
            return false;
    bound_copy(bound, &trial);
    return true;
}

static bool ready_template(struct unit *unit, const struct term *term, struct bound *bound)
{
    for (uint32_t i = 0; i < term->len; i++) {
        struct bound trial; /* what a part binds is its own */
        bound_copy(&trial, bound);
        if (term->parts[i].expression && !ready_expression(unit, term->parts[i].expression, &trial))
            return false;
    }
    return true;
}

bool ready_value(struct unit *unit, const struct term *term, struct bound *bound)
{
    unit->effort++;
    switch (term->kind) {
    case TERM_VARIABLE: return bound_has(bound, term);
    case TERM_REFERENCE: return ready_reference(unit, term, bound);
    case TERM_CALL: return ready_call(unit, term, bound);
    case TERM_ARRAY:
    case TERM_SET:
    case TERM_OBJECT: return ready_values(unit, term->items, term->len, bound);
    case TERM_ARRAY_COMPREHENSION:
    case TERM_SET_COMPREHENSION:
    case TERM_OBJECT_COMPREHENSION: return has_all(bound, term->needs);
    case TERM_TEMPLATE: return ready_template(unit, term, bound);
    default: return true;
    }
}

static bool is_unbound_variable(const struct term *term, const struct bound *bound)
{
    return term->kind == TERM_VARIABLE && !bound_has(bound, term);
}

static bool ready_arrays(struct unit *unit, const struct term *a, const struct term *b,
                         struct bound *bound)
{
    struct bound trial;
    bound_copy(&trial, bound);
    uint32_t left = a->len;
    for (uint32_t before = left + 1; left > 0 && left < before;) {
        before = left;
        left = 0;
        for (uint32_t i = 0; i < a->len; i++)
            left += !ready_unify(unit, a->items[i], b->items[i], &trial);
    }
    if (left > 0)
        return false;
    bound_copy(bound, &trial);
    return true;
}

bool ready_unify(struct unit *unit, const struct term *a, const struct term *b, struct bound *bound)
{
    if (is_unbound_variable(a, bound) || is_unbound_variable(b, bound)) {
        const struct term *variable = is_unbound_variable(a, bound) ? a : b;
        const struct term *other = variable == a ? b : a;
        struct bound trial;
        bound_copy(&trial, bound);
        if (!ready_value(unit, other, &trial))
            return false;
        bound_copy(bound, &trial);
        bits_add(bound->bits, variable->id);
        return true;
    }
    if (a->kind == TERM_ARRAY && b->kind == TERM_ARRAY && a->len == b->len)
        return ready_arrays(unit, a, b, bound);
    const struct term *pattern = is_open_pattern(a, bound)   ? a
                                 : is_open_pattern(b, bound) ? b
                                                             : NULL;
    const struct term *other = pattern == a ? b : a;
    struct term *const both[2] = {(struct term *)(uintptr_t)a, (struct term *)(uintptr_t)b};
    if (!pattern)
        return ready_values(unit, both, 2, bound);
    struct bound trial;
    bound_copy(&trial, bound);
    if (pattern->kind == TERM_OBJECT && other->kind == TERM_OBJECT && is_open_pattern(other, bound))
        return ready_object_pattern(unit, pattern, bound) &&
               ready_object_pattern(unit, other, bound);
    if (!ready_value(unit, other, &trial) || !ready_pattern(unit, pattern, &trial))
        return false;
    bound_copy(bound, &trial);
    return true;
}

/* ---- Expressions. ---- */

struct bound_check {
    const struct bound *bound;
    bool all;
};

static void check_bound(void *data, const struct term *variable)
{
    struct bound_check *check = data;
    if (!term_is_wildcard(variable) && !bound_has(check->bound, variable))
        check->all = false;
}

/* Nothing escapes from a negation, so nothing may be left for it to bind. */
static bool ready_negated(struct unit *unit, const struct expression *expression,
                          const struct bound *bound)
{
    struct bound_check check = {bound, true};
    term_variables(expression->term, false, check_bound, &check);
    struct bound trial;
    bound_copy(&trial, bound);
    return check.all && ready_value(unit, expression->term, &trial);
}

static bool ready_some_in(struct unit *unit, const struct expression *some, struct bound *bound)
{
    struct bound trial;
    bound_copy(&trial, bound);
    if (!ready_value(unit, some->domain, &trial) ||
        (some->key && !ready_pattern(unit, some->key, &trial)) ||
        !ready_pattern(unit, some->value, &trial))
        return false;
    bound_copy(bound, &trial);
    return true;
}

static bool ready_kind(struct unit *unit, const struct expression *expression, struct bound *bound)
{
    switch (expression->kind) {
    case EXPRESSION_SOME: return true;
    case EXPRESSION_SOME_IN: return ready_some_in(unit, expression, bound);
    case EXPRESSION_EVERY:
        return has_all(bound, expression->needs) && ready_value(unit, expression->domain, bound);
    case EXPRESSION_TERM: break;
    }
    return expression->negated ? ready_negated(unit, expression, bound)
                               : ready_value(unit, expression->term, bound);
}

bool ready_expression(struct unit *unit, const struct expression *expression, struct bound *bound)
{
    struct bound trial;
    bound_copy(&trial, bound);
    for (uint32_t i = 0; i < expression->with_count; i++)
        if (!with_builtin(&expression->withs[i]) &&
            !ready_value(unit, expression->withs[i].value, &trial))
            return false;
    if (!ready_kind(unit, expression, &trial))
        return false;
    bound_copy(bound, &trial);
    return true;
}
