/*
 * Names. Every variable of a rule gets an id of its own, so that later passes never compare names;
 * names of rules and imports become references from `data` or `input`; calls find their builtin or
 * their function.
 *
 * A name is looked up in the scopes of the rule from inside out, then among the rules of the
 * package and the imports; what is left is a variable of the rule, declared nowhere.
 */
#include "rego/compile/globals.h"
#include "rego/compile/nearest.h"
#include "rego/compile/ready.h"

#include <string.h>

enum name_origin { NAME_ARGUMENT, NAME_DECLARED, NAME_ASSIGNED };

struct scoped_name {
    struct text name;
    uint32_t id;
    enum name_origin origin;
    bool unused; /* declared by `some`, and not seen since */
    struct place at;
};

struct resolver {
    struct unit *unit;
    const struct module *module;
    struct map globals; /* name to struct term *, what it stands for */
    struct variables *variables;
    struct list names;     /* of struct scoped_name: the scopes, innermost last */
    size_t scope;          /* index of the first name of the innermost scope */
    uint32_t depth;        /* closures around */
    struct map implicit;   /* name to id: variables declared nowhere */
    struct map referenced; /* those of them that occur outside closures */
    bool in_query;
};

/* The sentence is what stands before the name, the name, and what stands after it. */
static bool report(struct resolver *resolver, enum rego_code code, struct place at,
                   const char *before, struct text name, const char *after)
{
    return diagnostic_add(&resolver->unit->diagnostics, code, resolver->module->source, at,
                          "%s%.*s%s", before, TEXT_ARG(name), after);
}

/* ---- Variables. ---- */

static uint32_t variable_new(struct resolver *resolver, struct text name, struct place at)
{
    struct list *items = &resolver->variables->items;
    if (items->len >= VARIABLES_MAX) {
        report(resolver, REGO_COMPILE_ERROR, at, "too many variables in one rule", TEXT(""), "");
        return 0;
    }
    struct variable *variable = list_push(items);
    if (!variable)
        return 0;
    *variable = (struct variable){name, at};
    return (uint32_t)items->len;
}

static struct scoped_name *find_declared(struct resolver *resolver, struct text name, size_t from)
{
    struct scoped_name *names = resolver->names.items;
    for (size_t i = resolver->names.len; i > from; i--)
        if (text_equal(names[i - 1].name, name))
            return &names[i - 1];
    return NULL;
}

static bool check_redeclared(struct resolver *resolver, const struct term *term,
                             enum name_origin origin)
{
    struct text name = term->text;
    const struct scoped_name *before = find_declared(resolver, name, resolver->scope);
    if (before && origin == NAME_ARGUMENT && before->origin == NAME_ARGUMENT)
        return true; /* f(x, x): both must be equal */
    if (before)
        return report(resolver, REGO_COMPILE_ERROR, term->at,
                      before->origin == NAME_ARGUMENT ? "arg " : "var ", name,
                      before->origin == NAME_ARGUMENT   ? " redeclared"
                      : before->origin == NAME_ASSIGNED ? " assigned above"
                                                        : " declared above");
    if (resolver->depth == 0 && map_find(&resolver->referenced, name))
        return report(resolver, REGO_COMPILE_ERROR, term->at, "var ", name, " referenced above");
    if (resolver->module->strict && (text_equal_z(name, "input") || text_equal_z(name, "data")))
        return report(resolver, REGO_COMPILE_ERROR, term->at, "variables must not shadow ", name,
                      " (use a different variable name)");
    return true;
}

static bool declare(struct resolver *resolver, struct term *term, enum name_origin origin)
{
    if (term_is_wildcard(term)) {
        term->id = variable_new(resolver, term->text, term->at);
        return term->id != 0;
    }
    if (!check_redeclared(resolver, term, origin))
        return false;
    const struct scoped_name *before = find_declared(resolver, term->text, resolver->scope);
    if (before) {
        term->id = before->id;
        return true;
    }
    term->id = variable_new(resolver, term->text, term->at);
    struct scoped_name *name = term->id ? list_push(&resolver->names) : NULL;
    if (!name)
        return false;
    *name = (struct scoped_name){term->text, term->id, origin, false, term->at};
    return true;
}

/* The variables of a pattern: arrays and the values of objects. */
static bool declare_pattern(struct resolver *resolver, struct term *term, enum name_origin origin)
{
    if (term->kind == TERM_VARIABLE)
        return declare(resolver, term, origin);
    if (term->kind == TERM_ARRAY) {
        for (uint32_t i = 0; i < term->len; i++)
            if (!declare_pattern(resolver, term->items[i], origin))
                return false;
    } else if (term->kind == TERM_OBJECT) {
        for (uint32_t i = 1; i < term->len; i += 2)
            if (!declare_pattern(resolver, term->items[i], origin))
                return false;
    }
    return true;
}

struct scope_mark {
    size_t scope, names;
};

static struct scope_mark open_scope(struct resolver *resolver)
{
    struct scope_mark mark = {resolver->scope, resolver->names.len};
    resolver->scope = resolver->names.len;
    resolver->depth++;
    return mark;
}

static bool check_unused(struct resolver *resolver, size_t from)
{
    const struct scoped_name *names = resolver->names.items;
    bool ok = true;
    for (size_t i = from; i < resolver->names.len; i++)
        if (names[i].unused)
            ok = report(resolver, REGO_COMPILE_ERROR, names[i].at, "declared var ", names[i].name,
                        " unused");
    return ok;
}

static void close_scope(struct resolver *resolver, struct scope_mark mark)
{
    resolver->scope = mark.scope;
    resolver->names.len = mark.names;
    resolver->depth--;
}

/* ---- Terms. ---- */

static bool resolve_term(struct resolver *resolver, struct term *term);
static bool resolve_body(struct resolver *resolver, struct body *body);
static bool resolve_expression(struct resolver *resolver, struct expression *expression);

static bool resolve_items(struct resolver *resolver, struct term *term, uint32_t from)
{
    for (uint32_t i = from; i < term->len; i++)
        if (!resolve_term(resolver, term->items[i]))
            return false;
    return true;
}

/* Puts what a global name stands for in place of the head of a reference. */
static bool splice(struct resolver *resolver, struct term *term, const struct term *path)
{
    uint32_t tail = term->kind == TERM_REFERENCE ? term->len - 1 : 0;
    uint32_t head = path->kind == TERM_REFERENCE ? path->len : 1;
    if (head + tail == 1) {
        term->text = path->text; /* input or data itself */
        return true;
    }
    struct term **items = ARENA_ARRAY(resolver->unit->scratch, struct term *, head + tail);
    if (!items)
        return unit_no_memory(resolver->unit);
    for (uint32_t i = 0; i < head; i++) {
        const struct term *part = path->kind == TERM_REFERENCE ? path->items[i] : path;
        items[i] = term_copy(resolver->unit->scratch, part);
        if (!items[i])
            return unit_no_memory(resolver->unit);
        items[i]->at = term->at;
    }
    if (tail > 0)
        memcpy(items + head, term->items + 1, tail * sizeof(*items));
    term->kind = TERM_REFERENCE;
    term->items = items;
    term->len = head + tail;
    return true;
}

/* A variable that is declared nowhere is one of the whole rule. */
static bool resolve_implicit(struct resolver *resolver, struct term *head)
{
    struct text name = head->text;
    const struct map_entry *seen = map_find(&resolver->implicit, name);
    head->id = seen ? (uint32_t)(uintptr_t)seen->value : variable_new(resolver, name, head->at);
    if (head->id == 0)
        return false;
    if (!seen && !map_set(&resolver->implicit, name, (void *)(uintptr_t)head->id))
        return unit_no_memory(resolver->unit);
    return resolver->depth > 0 || map_set(&resolver->referenced, name, NULL) ||
           unit_no_memory(resolver->unit);
}

/* `term` is a variable, or a reference whose head is one: `head`. */
static bool resolve_name(struct resolver *resolver, struct term *term, struct term *head)
{
    struct text name = head->text;
    if (term_is_wildcard(head)) {
        head->id = variable_new(resolver, name, head->at);
        return head->id != 0;
    }
    struct scoped_name *declared = find_declared(resolver, name, 0);
    if (declared) {
        declared->unused = false;
        head->id = declared->id;
        return true;
    }
    if (name_is_root(name) && head->id == 0)
        return true;
    const struct term *global = map_get(&resolver->globals, name);
    if (global)
        return splice(resolver, term, global);
    return resolve_implicit(resolver, head);
}

static bool resolve_closure(struct resolver *resolver, struct term *term)
{
    struct scope_mark mark = open_scope(resolver);
    bool ok = resolve_body(resolver, term->body) && resolve_items(resolver, term, 0) &&
              check_unused(resolver, mark.names);
    close_scope(resolver, mark);
    return ok;
}

static const struct builtin *find_builtin(const struct resolver *resolver, struct text name)
{
    for (size_t i = 0; i < resolver->unit->function_count; i++)
        if (text_equal_z(name, resolver->unit->functions[i].name))
            return &resolver->unit->functions[i];
    return text_equal_z(name, print_builtin.name) ? &print_builtin : builtin_find(name);
}

/* a.b.c of a reference of constant strings; empty when it is none. */
static struct text dotted_name(struct resolver *resolver, const struct term *term)
{
    if (term->kind == TERM_VARIABLE)
        return term->text;
    if (!term_is_ground_path(term))
        return (struct text){0};
    struct buffer out;
    buffer_init(&out, resolver->unit->scratch, 4096);
    buffer_add(&out, term->items[0]->text);
    for (uint32_t i = 1; i < term->len; i++) {
        buffer_add_byte(&out, '.');
        buffer_add(&out, term->items[i]->text);
    }
    return buffer_text(&out);
}

static bool is_allowed(const struct unit *unit, const char *name)
{
    for (size_t i = 0; i < unit->allowed_count; i++)
        if (text_equal_z(text_z(name), unit->allowed[i]))
            return true;
    return false;
}

static bool check_builtin(struct resolver *resolver, const struct builtin *builtin, struct place at)
{
    struct text name = text_z(builtin->name);
    if (is_allowed(resolver->unit, builtin->name))
        return true;
    if (builtin->flags & BUILTIN_FORBIDDEN) {
        report(resolver, REGO_TYPE_ERROR, at, "builtin function ", name, " is not allowed");
        return diagnostic_hint(&resolver->unit->diagnostics,
                               "a decision depends on input and data alone: pass what %s would "
                               "give in the input",
                               builtin->name);
    }
    if ((builtin->flags & BUILTIN_DEPRECATED) && resolver->module->strict)
        return report(resolver, REGO_TYPE_ERROR, at,
                      "deprecated built-in function calls in expression: ", name, "");
    return true;
}

static bool undefined_function(struct resolver *resolver, const struct term *function,
                               struct text name)
{
    report(resolver, REGO_TYPE_ERROR, function->at, "undefined function ", name, "");
    const struct builtin *nearest = nearest_builtin(name);
    return nearest &&
           diagnostic_hint(&resolver->unit->diagnostics, "did you mean %s?", nearest->name);
}

/* The function of a call or of a `with`: a builtin, or a reference into data. */
static bool resolve_function(struct resolver *resolver, struct term *function,
                             const struct builtin **builtin)
{
    struct term *head = function->kind == TERM_REFERENCE ? function->items[0] : function;
    if (head->kind != TERM_VARIABLE)
        return report(resolver, REGO_TYPE_ERROR, function->at, "cannot call a value", TEXT(""), "");
    const struct term *global = map_get(&resolver->globals, head->text);
    if (global)
        return splice(resolver, function, global);
    if (name_is_root(head->text))
        return true;
    struct text name = dotted_name(resolver, function);
    *builtin = text_is_empty(name) ? NULL : find_builtin(resolver, name);
    if (!*builtin)
        return undefined_function(resolver, function, text_is_empty(name) ? head->text : name);
    return check_builtin(resolver, *builtin, function->at);
}

static bool resolve_call(struct resolver *resolver, struct term *term)
{
    struct term *function = term->items[0];
    bool is_equation = term->sign == OPERATOR_ASSIGN || term->sign == OPERATOR_UNIFY;
    if (is_equation && (term->infix || !map_get(&resolver->globals, function->text)))
        return resolve_items(resolver, term, 1);
    if (term->infix) {
        term->builtin = find_builtin(resolver, function->text);
        if (!term->builtin)
            return report(resolver, REGO_TYPE_ERROR, term->at, "undefined function ",
                          function->text, "");
    } else if (!resolve_function(resolver, function, &term->builtin)) {
        return false;
    }
    return resolve_items(resolver, term, 1);
}

static bool resolve_template(struct resolver *resolver, struct term *term)
{
    for (uint32_t i = 0; i < term->len; i++)
        if (term->parts[i].expression && !resolve_expression(resolver, term->parts[i].expression))
            return false;
    return true;
}

static bool resolve_term(struct resolver *resolver, struct term *term)
{
    switch (term->kind) {
    case TERM_VARIABLE: return resolve_name(resolver, term, term);
    case TERM_REFERENCE:
        if (!resolve_items(resolver, term, 1))
            return false;
        if (term->items[0]->kind == TERM_VARIABLE)
            return resolve_name(resolver, term, term->items[0]);
        return resolve_term(resolver, term->items[0]);
    case TERM_ARRAY:
    case TERM_SET:
    case TERM_OBJECT: return resolve_items(resolver, term, 0);
    case TERM_ARRAY_COMPREHENSION:
    case TERM_SET_COMPREHENSION:
    case TERM_OBJECT_COMPREHENSION: return resolve_closure(resolver, term);
    case TERM_CALL: return resolve_call(resolver, term);
    case TERM_TEMPLATE: return resolve_template(resolver, term);
    default: return true;
    }
}

/* ---- Expressions. ---- */

static bool check_assignable(struct resolver *resolver, const struct term *term)
{
    static const char *const kinds[TERM_KIND_COUNT] = {
        [TERM_REFERENCE] = "ref",
        [TERM_CALL] = "call",
        [TERM_NULL] = "null",
        [TERM_FALSE] = "boolean",
        [TERM_TRUE] = "boolean",
        [TERM_NUMBER] = "number",
        [TERM_STRING] = "string",
        [TERM_SET] = "set",
        [TERM_ARRAY_COMPREHENSION] = "arraycomprehension",
        [TERM_SET_COMPREHENSION] = "setcomprehension",
        [TERM_OBJECT_COMPREHENSION] = "objectcomprehension",
        [TERM_TEMPLATE] = "template-string",
    };
    if (kinds[term->kind])
        return report(resolver, REGO_COMPILE_ERROR, term->at, "cannot assign to ",
                      text_z(kinds[term->kind]), "");
    return true;
}

/* x := y declares after y was looked at, so that y may mean an outer x. */
static bool resolve_assignment(struct resolver *resolver, struct term *call)
{
    return resolve_term(resolver, call->items[2]) && check_assignable(resolver, call->items[1]) &&
           declare_pattern(resolver, call->items[1], NAME_ASSIGNED) &&
           (call->items[1]->kind == TERM_VARIABLE || resolve_term(resolver, call->items[1]));
}

static bool resolve_with(struct resolver *resolver, struct with *with)
{
    struct unit *unit = resolver->unit;
    struct term *target = with->target;
    struct term *head = target->kind == TERM_REFERENCE ? target->items[0] : target;
    const struct builtin *builtin = NULL;
    if (!resolve_term(resolver, with->value) && !text_is_empty(head->text))
        return false;
    if (!name_is_root(head->text) && !resolve_function(resolver, target, &builtin))
        return false;
    target->builtin = builtin;
    if (builtin && (builtin == &print_builtin || (builtin->flags & BUILTIN_RELATION)))
        return report(resolver, REGO_TYPE_ERROR, target->at, "", text_z(builtin->name),
                      " cannot be replaced");
    if (builtin)
        return map_set(&unit->mocked, text_z(builtin->name), with) || unit_no_memory(unit);
    if (target->kind == TERM_REFERENCE && !term_is_ground_path(target))
        return report(resolver, REGO_TYPE_ERROR, target->at, "with keyword target must be constant",
                      TEXT(""), "");
    head = target->kind == TERM_REFERENCE ? target->items[0] : target;
    if (!term_is_variable(head, "data"))
        return true;
    struct term **slot = list_push(&unit->with_targets);
    if (slot)
        *slot = target;
    return slot != NULL;
}

/* Before the value is looked at: a bare name of a function is no variable. */
static bool resolve_with_value(struct resolver *resolver, struct with *with)
{
    struct term *value = with->value;
    struct term *head = value->kind == TERM_REFERENCE ? value->items[0] : value;
    bool is_name = head->kind == TERM_VARIABLE && !name_is_root(head->text) &&
                   !find_declared(resolver, head->text, 0) &&
                   !map_get(&resolver->globals, head->text);
    struct text name = is_name ? dotted_name(resolver, value) : (struct text){0};
    const struct builtin *builtin = text_is_empty(name) ? NULL : find_builtin(resolver, name);
    if (!builtin)
        return resolve_with(resolver, with);
    value->builtin = builtin;
    if (!builtin->call && !(builtin->flags & BUILTIN_FORBIDDEN))
        return report(resolver, REGO_TYPE_ERROR, value->at, "", text_z(builtin->name),
                      " cannot replace a function");
    struct term *none = with->value;
    with->value = term_new(resolver->unit->scratch, TERM_NULL, value->at);
    bool ok =
        with->value && check_builtin(resolver, builtin, value->at) && resolve_with(resolver, with);
    with->value = none;
    return ok;
}

static bool resolve_every(struct resolver *resolver, struct expression *every)
{
    if (!resolve_term(resolver, every->domain))
        return false;
    struct scope_mark mark = open_scope(resolver);
    bool ok = (!every->key || declare(resolver, every->key, NAME_DECLARED)) &&
              declare(resolver, every->value, NAME_DECLARED) &&
              resolve_body(resolver, every->body) && check_unused(resolver, mark.names);
    close_scope(resolver, mark);
    return ok;
}

static bool resolve_some_in(struct resolver *resolver, struct expression *some)
{
    return resolve_term(resolver, some->domain) &&
           (!some->key ||
            (declare_pattern(resolver, some->key, NAME_DECLARED) &&
             (some->key->kind == TERM_VARIABLE || resolve_term(resolver, some->key)))) &&
           declare_pattern(resolver, some->value, NAME_DECLARED) &&
           (some->value->kind == TERM_VARIABLE || resolve_term(resolver, some->value));
}

static bool resolve_some(struct resolver *resolver, struct expression *some)
{
    size_t before = resolver->names.len;
    for (uint32_t i = 0; i < some->name_count; i++)
        if (!declare(resolver, some->names[i], NAME_DECLARED))
            return false;
    struct scoped_name *names = resolver->names.items;
    for (size_t i = before; i < resolver->names.len; i++)
        names[i].unused = true;
    return true;
}

static bool resolve_expression(struct resolver *resolver, struct expression *expression)
{
    for (uint32_t i = 0; i < expression->with_count; i++)
        if (!resolve_with_value(resolver, &expression->withs[i]))
            return false;
    switch (expression->kind) {
    case EXPRESSION_SOME: return resolve_some(resolver, expression);
    case EXPRESSION_SOME_IN: return resolve_some_in(resolver, expression);
    case EXPRESSION_EVERY: return resolve_every(resolver, expression);
    case EXPRESSION_TERM: break;
    }
    struct term *term = expression->term;
    if (term->kind == TERM_CALL && term->sign == OPERATOR_ASSIGN && term->infix) {
        if (expression->negated)
            return report(resolver, REGO_COMPILE_ERROR, term->at,
                          "cannot assign vars inside negated expression", TEXT(""), "");
        return resolve_assignment(resolver, term);
    }
    return resolve_term(resolver, term);
}

static bool resolve_body(struct resolver *resolver, struct body *body)
{
    bool ok = true;
    for (uint32_t i = 0; i < body->len && ok; i++)
        ok = resolve_expression(resolver, body->items[i]);
    return ok;
}

/* ---- Rules. ---- */

/* Variables, scalars and collections of them: bound by taking the argument apart. Anything else is
 * compared with the argument in the body. */
static bool is_argument_pattern(const struct term *term)
{
    if (term->kind <= TERM_VARIABLE)
        return true;
    if (term->kind != TERM_ARRAY && term->kind != TERM_OBJECT)
        return false;
    for (uint32_t i = 0; i < term->len; i++)
        if (!is_argument_pattern(term->items[i]) ||
            (term->kind == TERM_OBJECT && i % 2 == 0 && !term_is_scalar(term->items[i])))
            return false;
    return true;
}

/* argument = pattern, in front of the body. */
static bool move_argument(struct resolver *resolver, struct rule *rule, uint32_t index)
{
    struct arena *arena = resolver->unit->scratch;
    struct term *pattern = rule->arguments[index];
    struct term *name = term_variable(arena, (struct text){0}, pattern->at);
    uint32_t len = rule->body ? rule->body->len : 0;
    struct expression *equation = ARENA_NEW(arena, struct expression);
    struct expression **items = ARENA_ARRAY(arena, struct expression *, len + 1);
    struct body *body = ARENA_NEW(arena, struct body);
    if (!name || !equation || !items || !body)
        return unit_no_memory(resolver->unit);
    name->id = variable_new(resolver, name->text, pattern->at);
    struct term *sides[2] = {name, pattern};
    *equation = (struct expression){.generated = true, .at = pattern->at};
    equation->term = term_operator(arena, OPERATOR_UNIFY, sides, 2, pattern->at);
    items[0] = equation;
    if (len > 0)
        memcpy(items + 1, rule->body->items, len * sizeof(*items));
    *body = (struct body){.items = items, .len = len + 1, .at = pattern->at};
    rule->body = body;
    rule->arguments[index] = term_copy(arena, name);
    return name->id != 0 && equation->term && rule->arguments[index];
}

static bool resolve_arguments(struct resolver *resolver, struct rule *rule)
{
    for (uint32_t i = 0; i < rule->argument_count; i++) {
        struct term *argument = rule->arguments[i];
        if (is_argument_pattern(argument) ? !declare_pattern(resolver, argument, NAME_ARGUMENT)
                                          : !rule->is_default && !move_argument(resolver, rule, i))
            return false;
    }
    return true;
}

static bool resolve_head(struct resolver *resolver, struct rule *rule)
{
    if (rule->name->kind == TERM_REFERENCE && !rule->is_else &&
        !resolve_items(resolver, rule->name, 1))
        return false;
    return (!rule->key || resolve_term(resolver, rule->key)) &&
           (!rule->value || resolve_term(resolver, rule->value));
}

/* One rule with its else branches, which share the arguments. */
static bool resolve_rule(struct resolver *resolver, struct rule *first)
{
    struct variables *variables = ARENA_NEW(resolver->unit->scratch, struct variables);
    if (!variables)
        return unit_no_memory(resolver->unit);
    list_init(&variables->items, resolver->unit->scratch, sizeof(struct variable));
    resolver->variables = variables;
    resolver->names.len = 0;
    resolver->scope = 0;
    resolver->depth = 0;
    map_init(&resolver->implicit, resolver->unit->scratch);
    map_init(&resolver->referenced, resolver->unit->scratch);
    if (!resolve_arguments(resolver, first))
        return false;
    size_t arguments = resolver->names.len;
    for (struct rule *rule = first; rule; rule = rule->otherwise) {
        rule->variables = variables;
        resolver->names.len = arguments;
        map_init(&resolver->implicit, resolver->unit->scratch);
        map_init(&resolver->referenced, resolver->unit->scratch);
        if ((rule->body && !resolve_body(resolver, rule->body)) || !resolve_head(resolver, rule) ||
            !check_unused(resolver, arguments))
            return false;
    }
    return true;
}

static bool resolve_module(struct resolver *resolver, const struct module *module)
{
    resolver->module = module;
    if (!globals_fill(resolver->unit, module, &resolver->globals))
        return false;
    bool ok = true;
    for (uint32_t i = 0; i < module->rule_count; i++)
        ok = resolve_rule(resolver, module->rules[i]) && ok;
    return ok;
}

bool unit_resolve(struct unit *unit)
{
    struct resolver resolver = {.unit = unit};
    list_init(&resolver.names, unit->scratch, sizeof(struct scoped_name));
    bool ok = true;
    for (size_t i = 0; i < unit->module_count; i++)
        ok = resolve_module(&resolver, unit->modules[i]) && ok;
    if (unit->query_rule) {
        resolver.module = unit->query_rule->module;
        map_init(&resolver.globals, unit->scratch);
        ok = resolve_rule(&resolver, unit->query_rule) && ok;
    }
    return ok;
}
