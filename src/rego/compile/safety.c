/*
 * Safety: every variable must get its value from somewhere before it is used. The expressions of
 * each body are put in an order in which that holds; where there is none, the variables that are
 * left without a value are errors.
 */
#include "rego/compile/ready.h"

#include <string.h>

struct checker {
    struct unit *unit;
    const struct module *module;
    const struct variables *variables;
    const struct rule *rule;
    bool ok;
};

static bool order_body(struct checker *checker, struct body *body, struct bound *bound);

/* ---- Complaints. ---- */

struct complaint {
    struct checker *checker;
    struct bound seen; /* bound, or already complained about */
    size_t count;
};

static bool is_in_head_name(const struct rule *rule, const struct term *variable)
{
    for (uint32_t i = 1; rule->name->kind == TERM_REFERENCE && i < rule->name->len; i++)
        if (rule->name->items[i] == variable)
            return true;
    return false;
}

static void complain(void *data, const struct term *variable)
{
    struct complaint *complaint = data;
    struct checker *checker = complaint->checker;
    if (bound_has(&complaint->seen, variable))
        return;
    bits_add(complaint->seen.bits, variable->id);
    complaint->count++;
    struct text name = variable->text;
    struct diagnostics *diagnostics = &checker->unit->diagnostics;
    diagnostic_add(diagnostics, REGO_UNSAFE_VARIABLE_ERROR, checker->module->source, variable->at,
                   "var %.*s is unsafe", TEXT_ARG(name));
    if (is_in_head_name(checker->rule, variable) || variable == checker->rule->key)
        diagnostic_hint(diagnostics,
                        "nothing gives `%.*s` a value: write a constant such as \"%.*s-name\" in "
                        "its place, or bind it in the body: %.*s := ...",
                        TEXT_ARG(name), TEXT_ARG(name), TEXT_ARG(name));
    else if (!text_equal_z(name, "_"))
        diagnostic_hint(diagnostics,
                        "nothing gives `%.*s` a value: bind it in a positive expression of the "
                        "same body, or quote it if it is meant as text",
                        TEXT_ARG(name));
}

/* What references would bind, were their heads bound: not to be blamed first. */
static void add_reference_parts(const struct term *term, struct bound *bound);

static void add_expression_parts(const struct expression *expression, struct bound *bound)
{
    if (expression->term && !expression->negated)
        add_reference_parts(expression->term, bound);
    if (expression->domain)
        add_reference_parts(expression->domain, bound);
}

static void add_reference_parts(const struct term *term, struct bound *bound)
{
    uint32_t from = term->kind == TERM_CALL ? 1 : 0;
    if (term->kind == TERM_REFERENCE && term->items[0]->kind == TERM_VARIABLE &&
        bound_has(bound, term->items[0]))
        for (uint32_t i = 1; i < term->len; i++)
            if (term->items[i]->kind == TERM_VARIABLE)
                bits_add(bound->bits, term->items[i]->id);
    for (uint32_t i = from; term->kind != TERM_TEMPLATE && i < term->len; i++)
        add_reference_parts(term->items[i], bound);
}

static void complain_about_expression(struct checker *checker, const struct expression *expression,
                                      const struct bound *bound)
{
    struct complaint complaint = {.checker = checker};
    checker->ok = false;
    bound_copy(&complaint.seen, bound);
    add_expression_parts(expression, &complaint.seen);
    expression_variables(expression, false, complain, &complaint);
    if (complaint.count > 0)
        return;
    bound_copy(&complaint.seen, bound);
    expression_variables(expression, true, complain, &complaint);
}

static void complain_about_term(struct checker *checker, const struct term *term,
                                const struct bound *bound)
{
    struct complaint complaint = {.checker = checker};
    checker->ok = false;
    bound_copy(&complaint.seen, bound);
    add_reference_parts(term, &complaint.seen);
    term_variables(term, false, complain, &complaint);
    if (complaint.count > 0)
        return;
    bound_copy(&complaint.seen, bound);
    term_variables(term, true, complain, &complaint);
}

/* ---- What closures wait for: their variables that the body around them mentions as well. ---- */

static void add_variable(void *data, const struct term *variable)
{
    bits_add(data, variable->id);
}

static uint64_t *new_bits(struct checker *checker)
{
    uint64_t *bits =
        ARENA_ARRAY(checker->unit->scratch, uint64_t, bits_words(checker->variables->items.len));
    if (!bits)
        checker->ok = unit_no_memory(checker->unit);
    return bits;
}

static void keep_common(uint64_t *needs, const uint64_t *around, size_t words)
{
    for (size_t i = 0; i < words; i++)
        needs[i] &= around[i];
}

typedef void (*closure_fn)(struct checker *checker, struct term *closure, void *data);

/* Comprehensions that stand directly in a term. */
static void each_closure(struct checker *checker, struct term *term, closure_fn visit, void *data)
{
    if (term->kind >= TERM_ARRAY_COMPREHENSION && term->kind <= TERM_OBJECT_COMPREHENSION) {
        visit(checker, term, data);
        return;
    }
    if (term->kind != TERM_TEMPLATE) {
        for (uint32_t i = 0; i < term->len; i++)
            each_closure(checker, term->items[i], visit, data);
        return;
    }
    for (uint32_t i = 0; i < term->len; i++) {
        const struct expression *part = term->parts[i].expression;
        if (!part)
            continue;
        each_closure(checker, part->term, visit, data);
        for (uint32_t j = 0; j < part->with_count; j++)
            each_closure(checker, part->withs[j].value, visit, data);
    }
}

static void each_closure_of(struct checker *checker, struct expression *expression,
                            closure_fn visit, void *data)
{
    struct term *terms[] = {expression->term, expression->domain,
                            expression->kind == EXPRESSION_SOME_IN ? expression->key : NULL,
                            expression->kind == EXPRESSION_SOME_IN ? expression->value : NULL};
    for (size_t i = 0; i < ARRAY_LENGTH(terms); i++)
        if (terms[i])
            each_closure(checker, terms[i], visit, data);
    for (uint32_t i = 0; i < expression->with_count; i++)
        each_closure(checker, expression->withs[i].value, visit, data);
}

static void set_needs(struct checker *checker, struct term *closure, void *around)
{
    uint64_t *needs = new_bits(checker);
    if (!needs)
        return;
    term_variables(closure, true, add_variable, needs);
    keep_common(needs, around, bits_words(checker->variables->items.len));
    closure->needs = needs;
}

static void set_every_needs(struct checker *checker, struct expression *every,
                            const uint64_t *around)
{
    uint64_t *needs = new_bits(checker);
    if (!needs)
        return;
    for (uint32_t i = 0; i < every->body->len; i++)
        expression_variables(every->body->items[i], true, add_variable, needs);
    keep_common(needs, around, bits_words(checker->variables->items.len));
    every->needs = needs;
}

/* ---- Order. ---- */

static void check_closure(struct checker *checker, struct term *closure, void *data)
{
    struct bound bound;
    bound_copy(&bound, data);
    if (!order_body(checker, closure->body, &bound))
        return;
    uint64_t *around = new_bits(checker);
    if (!around)
        return;
    for (uint32_t i = 0; i < closure->len; i++)
        term_variables(closure->items[i], false, add_variable, around);
    for (uint32_t i = 0; i < closure->len; i++)
        each_closure(checker, closure->items[i], set_needs, around);
    if (!ready_values(checker->unit, closure->items, closure->len, &bound))
        for (uint32_t i = 0; i < closure->len; i++)
            complain_about_term(checker, closure->items[i], &bound);
    for (uint32_t i = 0; i < closure->len; i++)
        each_closure(checker, closure->items[i], check_closure, &bound);
}

/* Expressions in the worst order take quadratic time. */
static bool complain_about_effort(struct checker *checker, const struct body *body)
{
    if (checker->ok)
        diagnostic_add(&checker->unit->diagnostics, REGO_COMPILE_ERROR, checker->module->source,
                       body->at,
                       "the policy is too complex: its expressions cannot be put in order "
                       "within the limit");
    checker->ok = false;
    return false;
}

static void check_every(struct checker *checker, struct expression *every,
                        const struct bound *before)
{
    struct bound bound;
    bound_copy(&bound, before);
    if (every->key)
        bits_add(bound.bits, every->key->id);
    bits_add(bound.bits, every->value->id);
    order_body(checker, every->body, &bound);
}

static bool prepare_closures(struct checker *checker, struct body *body)
{
    uint64_t *around = new_bits(checker);
    if (!around)
        return false;
    for (uint32_t i = 0; i < body->len; i++)
        expression_variables(body->items[i], false, add_variable, around);
    for (uint32_t i = 0; i < body->len; i++) {
        each_closure_of(checker, body->items[i], set_needs, around);
        if (body->items[i]->kind == EXPRESSION_EVERY)
            set_every_needs(checker, body->items[i], around);
    }
    return checker->ok;
}

/* Moves what is ready to the front, again and again. Returns how many found a place. */
static uint32_t place_expressions(struct checker *checker, struct expression **items, uint32_t len,
                                  struct bound *bound)
{
    uint32_t placed = 0;
    for (uint32_t before = UINT32_MAX; placed < len && placed != before;) {
        before = placed;
        for (uint32_t i = placed; i < len; i++) {
            struct expression *expression = items[i];
            if (checker->unit->effort > EFFORT_MAX)
                return placed;
            if (!ready_expression(checker->unit, expression, bound))
                continue;
            memmove(items + placed + 1, items + placed, (i - placed) * sizeof(*items));
            items[placed++] = expression;
            each_closure_of(checker, expression, check_closure, bound);
            if (expression->kind == EXPRESSION_EVERY)
                check_every(checker, expression, bound);
        }
    }
    return placed;
}

static bool order_body(struct checker *checker, struct body *body, struct bound *bound)
{
    if (!prepare_closures(checker, body))
        return false;
    uint32_t placed = place_expressions(checker, body->items, body->len, bound);
    if (checker->unit->effort > EFFORT_MAX)
        return complain_about_effort(checker, body);
    for (uint32_t i = placed; i < body->len; i++)
        complain_about_expression(checker, body->items[i], bound);
    return placed == body->len && checker->ok;
}

/* ---- Rules. ---- */

static void check_head_term(struct checker *checker, struct term *term, struct bound *bound)
{
    if (!term)
        return;
    uint64_t *around = new_bits(checker);
    if (!around)
        return;
    term_variables(term, false, add_variable, around);
    each_closure(checker, term, set_needs, around);
    if (!ready_value(checker->unit, term, bound))
        complain_about_term(checker, term, bound);
    else
        each_closure(checker, term, check_closure, bound);
}

static void check_branch(struct checker *checker, struct rule *rule, const struct bound *arguments)
{
    struct bound bound;
    bound_copy(&bound, arguments);
    checker->rule = rule;
    if (rule->body && !order_body(checker, rule->body, &bound))
        return;
    for (uint32_t i = rule->rest; rule->name->kind == TERM_REFERENCE && i < rule->name->len; i++)
        check_head_term(checker, rule->name->items[i], &bound);
    check_head_term(checker, rule->key, &bound);
    check_head_term(checker, rule->value, &bound);
}

static void add_argument(void *data, const struct term *variable)
{
    struct bound *bound = data;
    bits_add(bound->bits, variable->id);
}

static bool check_rule(struct unit *unit, struct rule *first)
{
    struct checker checker = {
        .unit = unit, .module = first->module, .variables = first->variables, .ok = true};
    struct bound arguments;
    bound_init(&arguments, first->variables);
    for (uint32_t i = 0; i < first->argument_count; i++)
        term_variables(first->arguments[i], false, add_argument, &arguments);
    for (struct rule *rule = first; rule; rule = rule->otherwise)
        check_branch(&checker, rule, &arguments);
    return checker.ok;
}

bool unit_check_safety(struct unit *unit)
{
    bool ok = true;
    for (size_t i = 0; i < unit->module_count; i++)
        for (uint32_t j = 0; j < unit->modules[i]->rule_count; j++)
            ok = check_rule(unit, unit->modules[i]->rules[j]) && ok;
    if (unit->query_rule)
        ok = check_rule(unit, unit->query_rule) && ok;
    return ok;
}
