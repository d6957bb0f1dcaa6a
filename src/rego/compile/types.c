/*
 * Types, as far as they can be seen without an input: each variable and term has a set of kinds it
 * may have. An operand that can never be what a builtin takes, and an equation of two sides that
 * can never be equal, are errors now instead of silence later.
 */
#include "rego/compile/ready.h"

#define KIND(name) (1u << VALUE_##name)

struct types {
    struct unit *unit;
    const struct module *module;
    uint16_t *kinds; /* of the rule's variables, by id */
    bool ok;
};

static void check_body(struct types *types, const struct body *body);
static void check_term(struct types *types, const struct term *term);
static void check_expression(struct types *types, const struct expression *expression);

static uint16_t document_kinds(const struct types *types, const struct term *term)
{
    uint32_t used;
    if (!term_is_ground_path(term) || !term_is_variable(term->items[0], "data"))
        return BUILTIN_ANY_KIND;
    const struct node *node = unit_find_node(types->unit, term, &used);
    if (used < term->len || node->shadow != 0)
        return BUILTIN_ANY_KIND;
    return node->kind == NODE_SET ? KIND(SET) : BUILTIN_ANY_KIND;
}

static uint16_t kinds_of(const struct types *types, const struct term *term)
{
    switch (term->kind) {
    case TERM_NULL: return KIND(NULL);
    case TERM_FALSE:
    case TERM_TRUE: return KIND(BOOLEAN);
    case TERM_NUMBER: return KIND(NUMBER);
    case TERM_STRING:
    case TERM_TEMPLATE: return KIND(STRING);
    case TERM_ARRAY:
    case TERM_ARRAY_COMPREHENSION: return KIND(ARRAY);
    case TERM_SET:
    case TERM_SET_COMPREHENSION: return KIND(SET);
    case TERM_OBJECT:
    case TERM_OBJECT_COMPREHENSION: return KIND(OBJECT);
    case TERM_VARIABLE: return term->id == 0 ? BUILTIN_ANY_KIND : types->kinds[term->id];
    case TERM_REFERENCE: return document_kinds(types, term);
    case TERM_CALL:
        if (!term->builtin || term->builtin == &print_builtin ||
            term->len - 1 != term->builtin->arity ||
            map_find(&types->unit->mocked, text_z(term->builtin->name)))
            return BUILTIN_ANY_KIND;
        return builtin_kinds(term->builtin, term->builtin->arity);
    default: return BUILTIN_ANY_KIND;
    }
}

/* "number", "array or set"; for messages. */
static struct text kinds_text(const struct types *types, uint16_t kinds)
{
    struct buffer out;
    buffer_init(&out, types->unit->scratch, 256);
    for (int kind = VALUE_NULL; kind < VALUE_KIND_COUNT; kind++) {
        if (!(kinds >> kind & 1))
            continue;
        if (out.len > 0)
            buffer_add(&out, TEXT(" or "));
        buffer_add(&out, text_z(value_kind_name((enum value_kind)kind)));
    }
    return buffer_text(&out);
}

static void narrow(struct types *types, const struct term *term, uint16_t kinds)
{
    if (term->kind == TERM_VARIABLE && term->id != 0 && (types->kinds[term->id] & kinds))
        types->kinds[term->id] &= kinds;
}

static void check_equation(struct types *types, const struct term *call)
{
    const struct term *a = call->items[1], *b = call->items[2];
    uint16_t left = kinds_of(types, a), right = kinds_of(types, b);
    if (left & right) {
        if (call->sign != OPERATOR_EQUAL) {
            narrow(types, a, right);
            narrow(types, b, left);
        }
        return;
    }
    struct text left_text = kinds_text(types, left), right_text = kinds_text(types, right);
    types->ok = diagnostic_add(&types->unit->diagnostics, REGO_TYPE_ERROR, types->module->source,
                               call->at, "match error: left is %.*s, right is %.*s",
                               TEXT_ARG(left_text), TEXT_ARG(right_text));
    diagnostic_hint(&types->unit->diagnostics, "the two sides can never be equal");
}

static void check_operands(struct types *types, const struct term *call)
{
    const struct builtin *builtin = call->builtin;
    if (builtin == &print_builtin || call->len - 1 < builtin->arity ||
        call->len - 2 > builtin->arity)
        return; /* the generator counts operands */
    for (uint32_t i = 0; i < builtin->arity && i + 1 < call->len; i++) {
        const struct term *operand = call->items[i + 1];
        uint16_t have = kinds_of(types, operand), want = builtin_kinds(builtin, i);
        if (have & want)
            continue;
        struct text text = builtin_type_text(builtin, i), got = kinds_text(types, have);
        types->ok = diagnostic_add(&types->unit->diagnostics, REGO_TYPE_ERROR,
                                   types->module->source, operand->at,
                                   "%s: invalid argument(s): operand %u must be %.*s but is %.*s",
                                   builtin->name, i + 1, TEXT_ARG(text), TEXT_ARG(got));
    }
    if (call->len - 1 == builtin->arity + 1u)
        narrow(types, call->items[call->len - 1], builtin_kinds(builtin, builtin->arity));
}

/* Known by name only. A test may call it all the same, when some `with` stands in for it. */
static bool is_missing(struct types *types, const struct term *call)
{
    if (!(call->builtin->flags & BUILTIN_MISSING))
        return false;
    types->ok =
        diagnostic_add(&types->unit->diagnostics, REGO_TYPE_ERROR, types->module->source, call->at,
                       "builtin function %s is not available", call->builtin->name);
    return true;
}

static void check_call(struct types *types, const struct term *call)
{
    for (uint32_t i = 1; i < call->len; i++)
        check_term(types, call->items[i]);
    if ((call->sign == OPERATOR_UNIFY || call->sign == OPERATOR_ASSIGN ||
         call->sign == OPERATOR_EQUAL) &&
        call->len == 3)
        check_equation(types, call);
    else if (call->builtin && !map_find(&types->unit->mocked, text_z(call->builtin->name)) &&
             !is_missing(types, call))
        check_operands(types, call);
}

static void check_term(struct types *types, const struct term *term)
{
    if (term->kind == TERM_CALL) {
        check_call(types, term);
        return;
    }
    if (term->kind == TERM_TEMPLATE) {
        for (uint32_t i = 0; i < term->len; i++)
            if (term->parts[i].expression)
                check_expression(types, term->parts[i].expression);
        return;
    }
    if (term->body)
        check_body(types, term->body);
    for (uint32_t i = 0; i < term->len; i++)
        check_term(types, term->items[i]);
}

static void check_expression(struct types *types, const struct expression *expression)
{
    for (uint32_t i = 0; i < expression->with_count; i++)
        if (!with_builtin(&expression->withs[i]))
            check_term(types, expression->withs[i].value);
    if (expression->domain)
        check_term(types, expression->domain);
    if (expression->body)
        check_body(types, expression->body);
    if (expression->term)
        check_term(types, expression->term);
}

static void check_body(struct types *types, const struct body *body)
{
    for (uint32_t i = 0; i < body->len; i++)
        check_expression(types, body->items[i]);
}

static bool check_rule(struct unit *unit, const struct rule *rule)
{
    size_t count = rule->variables->items.len + 1;
    struct types types = {.unit = unit, .module = rule->module, .ok = true};
    types.kinds = ARENA_ARRAY(unit->scratch, uint16_t, count);
    if (!types.kinds)
        return unit_no_memory(unit);
    for (; rule; rule = rule->otherwise) {
        for (size_t i = 0; i < count; i++)
            types.kinds[i] = BUILTIN_ANY_KIND;
        if (rule->body)
            check_body(&types, rule->body);
        if (rule->key)
            check_term(&types, rule->key);
        if (rule->value)
            check_term(&types, rule->value);
    }
    return types.ok;
}

bool unit_check_types(struct unit *unit)
{
    bool ok = true;
    for (size_t i = 0; i < unit->module_count; i++)
        for (uint32_t j = 0; j < unit->modules[i]->rule_count; j++)
            ok = check_rule(unit, unit->modules[i]->rules[j]) && ok;
    if (unit->query_rule)
        ok = check_rule(unit, unit->query_rule) && ok;
    return ok;
}
