/* Expressions one after the other, negation, every, some and `with`. */
#include "rego/compile/generate.h"

#include <string.h>

static void generate_holds(struct generator *generator, const struct term *term)
{
    if (term->kind == TERM_CALL) {
        generate_call_holds(generator, term);
        return;
    }
    uint32_t operand = generate_value(generator, term);
    if (!generator->failed)
        emit(generator, OP_HOLDS, 0, operand, 0, generator->fail);
}

/* Failing inside is success, and the other way round; nothing that was bound escapes. */
static void generate_negated(struct generator *generator, const struct term *term)
{
    uint32_t holds = label_new(generator), fail = generator->fail;
    struct bound bound;
    bound_copy(&bound, &generator->bound);
    generator->fail = holds;
    generate_holds(generator, term);
    emit_jump(generator, fail);
    label_here(generator, holds);
    generator->fail = fail;
    bound_copy(&generator->bound, &bound);
}

static uint32_t generate_loop(struct generator *generator, uint32_t domain, uint32_t end,
                              uint32_t *next)
{
    uint32_t position = register_new(generator, 3);
    if (domain & OPERAND_CONSTANT) {
        uint32_t copy = register_new(generator, 1);
        emit(generator, OP_MOVE, copy, domain, 0, 0);
        domain = copy;
    }
    *next = label_new(generator);
    emit(generator, OP_SCAN, position, domain, 0, generator->fail);
    label_here(generator, *next);
    emit(generator, OP_NEXT, position, domain, position + 1, end);
    return position + 1;
}

/* ---- Loops with a filter; see eval/join.c. ---- */

struct filter {
    const struct term *path;   /* a reference from the loop's variable */
    const struct term *wanted; /* has its value before the loop */
};

static bool is_path_of(const struct term *term, const struct term *variable)
{
    if (term->kind != TERM_REFERENCE || term->items[0]->kind != TERM_VARIABLE ||
        term->items[0]->id != variable->id)
        return false;
    for (uint32_t i = 1; i < term->len; i++)
        if (term->items[i]->kind != TERM_STRING)
            return false;
    return true;
}

static bool is_known(const struct generator *generator, const struct term *term)
{
    return term_is_scalar(term) ||
           (term->kind == TERM_VARIABLE && term->id != 0 && bound_has(&generator->bound, term));
}

/* `variable.path == wanted`, whichever way round, among the expressions behind the loop. */
static bool find_filter(const struct generator *generator, const struct body *body, uint32_t from,
                        const struct term *variable, struct filter *out)
{
    for (uint32_t i = from; i < body->len; i++) {
        const struct expression *expression = body->items[i];
        const struct term *call = expression->term;
        if (expression->kind != EXPRESSION_TERM || expression->negated ||
            expression->with_count > 0 || call->kind != TERM_CALL || call->len != 3 ||
            (call->sign != OPERATOR_EQUAL && call->sign != OPERATOR_UNIFY))
            continue;
        for (int side = 1; side <= 2; side++) {
            *out = (struct filter){call->items[side], call->items[3 - side]};
            if (is_path_of(out->path, variable) && is_known(generator, out->wanted))
                return true;
        }
    }
    return false;
}

/* some value in domain, and the same as variable := domain[_]. */
static bool loop_of(const struct generator *generator, const struct expression *expression,
                    const struct term **variable, const struct term **last)
{
    if (expression->with_count > 0 || expression->negated)
        return false;
    if (expression->kind == EXPRESSION_SOME_IN) {
        *variable = expression->value;
        *last = expression->key;
    } else {
        const struct term *call = expression->term;
        if (expression->kind != EXPRESSION_TERM || call->kind != TERM_CALL || call->len != 3 ||
            (call->sign != OPERATOR_ASSIGN && call->sign != OPERATOR_UNIFY))
            return false;
        const struct term *reference = call->items[2];
        if (reference->kind != TERM_REFERENCE || reference->items[0]->kind != TERM_VARIABLE ||
            (reference->items[0]->id == 0 && !term_is_variable(reference->items[0], "input")))
            return false;
        *variable = call->items[1];
        *last = reference->items[reference->len - 1];
        if ((*last)->kind != TERM_VARIABLE || bound_has(&generator->bound, *last))
            return false;
    }
    return (*variable)->kind == TERM_VARIABLE && (*variable)->id != 0 &&
           !bound_has(&generator->bound, *variable);
}

static uint32_t generate_domain(struct generator *generator, const struct expression *expression)
{
    if (expression->kind == EXPRESSION_SOME_IN)
        return generate_value(generator, expression->domain);
    struct term prefix = *expression->term->items[2];
    prefix.len--;
    return generate_value(generator, prefix.len == 1 ? prefix.items[0] : &prefix);
}

/* True when the expression was such a loop and has been generated. */
static bool generate_filtered_loop(struct generator *generator, const struct body *body,
                                   uint32_t index)
{
    const struct expression *expression = body->items[index];
    const struct term *variable = NULL, *key = NULL;
    struct filter filter;
    if (!loop_of(generator, expression, &variable, &key) ||
        !find_filter(generator, body, index + 1, variable, &filter))
        return false;
    uint32_t domain = register_new(generator, 1), position = register_new(generator, 5);
    uint32_t next = label_new(generator);
    emit(generator, OP_MOVE, domain, generate_domain(generator, expression), 0, 0);
    emit(generator, OP_MOVE, position + 4, generate_value(generator, filter.wanted), 0, 0);
    emit(generator, OP_SCAN_WHERE, position, domain, path_index(generator, filter.path),
         generator->fail);
    label_here(generator, next);
    emit(generator, OP_NEXT_WHERE, position, domain, position + 1, generator->fail);
    generator->fail = next;
    if (key)
        generate_match(generator, key, position + 1);
    generate_match(generator, variable, position + 2);
    return true;
}

static void generate_some_in(struct generator *generator, const struct expression *some)
{
    uint32_t next;
    uint32_t domain = generate_value(generator, some->domain);
    uint32_t key = generate_loop(generator, domain, generator->fail, &next);
    generator->fail = next;
    if (some->key)
        generate_match(generator, some->key, key);
    generate_match(generator, some->value, key + 1);
}

/* One member for which the body fails makes the whole fail. */
static void generate_every(struct generator *generator, const struct expression *every)
{
    struct bound bound;
    uint32_t next, end = label_new(generator);
    uint32_t domain = generate_value(generator, every->domain);
    uint32_t fail = generator->fail;
    bound_copy(&bound, &generator->bound);
    uint32_t key = generate_loop(generator, domain, end, &next);
    if (every->key)
        generate_bind(generator, every->key, key);
    generate_bind(generator, every->value, key + 1);
    generate_body(generator, every->body);
    emit_jump(generator, next);
    label_here(generator, end);
    generator->fail = fail;
    bound_copy(&generator->bound, &bound);
}

static void generate_kind(struct generator *generator, const struct expression *expression)
{
    switch (expression->kind) {
    case EXPRESSION_SOME: return;
    case EXPRESSION_SOME_IN: generate_some_in(generator, expression); return;
    case EXPRESSION_EVERY: generate_every(generator, expression); return;
    case EXPRESSION_TERM: break;
    }
    if (expression->negated)
        generate_negated(generator, expression->term);
    else
        generate_holds(generator, expression->term);
}

/* ---- with ---- */

static bool set_keys(struct generator *generator, const struct term *target,
                     struct replacement *replacement)
{
    uint32_t len = target->kind == TERM_REFERENCE ? target->len - 1 : 0;
    struct value *keys = ARENA_ARRAY(generator->unit->arena, struct value, len);
    for (uint32_t i = 0; keys && i < len; i++)
        if (!constant_term(generator, target->items[i + 1], &keys[i]))
            return false;
    replacement->keys = keys;
    replacement->key_count = len;
    return keys != NULL;
}

static uint32_t function_arity(const struct generator *generator, const struct with *with)
{
    if (with->target->builtin)
        return with->target->builtin->arity;
    uint32_t used;
    return unit_find_node(generator->unit, with->target, &used)->arity;
}

/* What stands behind `as` when it is a function. */
static bool set_function(struct generator *generator, const struct with *with,
                         struct replacement *replacement)
{
    const struct term *value = with->value;
    uint32_t arity;
    if (with_builtin(with)) {
        replacement->by = BY_BUILTIN;
        replacement->with = builtin_index(generator, value->builtin);
        arity = value->builtin->arity;
    } else {
        uint32_t used = 0;
        bool is_path = value->kind == TERM_REFERENCE && term_is_ground_path(value) &&
                       value->items[0]->id == 0 && term_is_variable(value->items[0], "data");
        const struct node *node = is_path ? unit_find_node(generator->unit, value, &used) : NULL;
        if (!node || used != value->len || node->kind != NODE_FUNCTION)
            return true;
        replacement->by = BY_FUNCTION;
        replacement->with = node->procedure;
        add_edge(generator, node->procedure, value->at);
        arity = node->arity;
    }
    if (replacement->kind != REPLACE_BUILTIN && replacement->kind != REPLACE_FUNCTION)
        return generate_error(generator, REGO_TYPE_ERROR, with->at,
                              "a function can replace a function only");
    return arity == function_arity(generator, with) ||
           generate_error(generator, REGO_TYPE_ERROR, with->at,
                          "the replacement has another number of arguments");
}

static bool set_data_target(struct generator *generator, const struct with *with,
                            struct replacement *replacement)
{
    uint32_t used = 1;
    const struct node *node = generator->unit->root;
    if (with->target->kind == TERM_REFERENCE)
        node = unit_find_node(generator->unit, with->target, &used);
    uint32_t len = with->target->kind == TERM_REFERENCE ? with->target->len : 1;
    const struct node *owner = node_owner(node);
    if (used == len && node->kind == NODE_FUNCTION) {
        replacement->kind = REPLACE_FUNCTION;
        replacement->target = node->procedure;
        return true;
    }
    if ((used < len && node->kind != NODE_INNER) || (owner && owner != node))
        return generate_error(generator, REGO_TYPE_ERROR, with->target->at,
                              "with keyword cannot partially replace virtual document(s)");
    replacement->kind = REPLACE_DATA;
    replacement->shadow = used == len ? node->shadow : 0;
    return set_keys(generator, with->target, replacement);
}

static bool set_target(struct generator *generator, const struct with *with,
                       struct replacement *replacement)
{
    const struct term *target = with->target;
    if (target->builtin) {
        replacement->kind = REPLACE_BUILTIN;
        replacement->target = builtin_index(generator, target->builtin);
        return true;
    }
    const struct term *head = target->kind == TERM_REFERENCE ? target->items[0] : target;
    if (term_is_variable(head, "data"))
        return set_data_target(generator, with, replacement);
    replacement->kind = REPLACE_INPUT;
    return set_keys(generator, target, replacement);
}

/* Values first, all in the environment outside; then one WITH_BEGIN each. */
static void open_withs(struct generator *generator, const struct expression *expression)
{
    uint32_t count = expression->with_count;
    uint32_t values = register_new(generator, count);
    struct replacement *all = ARENA_ARRAY(generator->unit->scratch, struct replacement, count);
    for (uint32_t i = 0; all && i < count; i++) {
        const struct with *with = &expression->withs[i];
        if (!set_target(generator, with, &all[i]) || !set_function(generator, with, &all[i]))
            return;
        if (all[i].by == BY_VALUE)
            generate_value_into(generator, with->value, values + i);
    }
    for (uint32_t i = 0; all && i < count; i++) {
        struct replacement *slot = list_push(&generator->replacements);
        if (!slot) {
            generator->failed = true;
            return;
        }
        *slot = all[i];
        emit(generator, OP_WITH_BEGIN, 0, (uint32_t)generator->replacements.len - 1, values + i, 0);
    }
}

static void close_withs(struct generator *generator, const struct expression *expression)
{
    for (uint32_t i = 0; i < expression->with_count; i++)
        emit(generator, OP_WITH_END, 0, 0, 0, 0);
}

void generate_with_value(struct generator *generator, const struct expression *expression,
                         uint32_t to)
{
    if (expression->with_count == 0) {
        generate_value_into(generator, expression->term, to);
        return;
    }
    open_withs(generator, expression);
    uint32_t undo = label_new(generator), end = label_new(generator), fail = generator->fail;
    generator->fail = undo;
    generate_value_into(generator, expression->term, to);
    close_withs(generator, expression);
    emit_jump(generator, end);
    label_here(generator, undo);
    close_withs(generator, expression);
    emit_jump(generator, fail);
    label_here(generator, end);
    generator->fail = fail;
}

/* The variables that became bound since `before`, as a list of their ids. */
static uint32_t newly_bound(const struct generator *generator, const struct bound *before,
                            uint32_t *ids)
{
    uint32_t count = 0;
    uint32_t variables = (uint32_t)generator->rule->variables->items.len;
    for (uint32_t id = 1; id <= variables; id++)
        if (bits_has(generator->bound.bits, id) && !bits_has(before->bits, id))
            ids[count++] = id;
    return count;
}

/* The end of a `with` whose expression has opened loops: its solutions are collected inside and
 * gone through outside, so that the environment is never entered again halfway. */
static void collect_solutions(struct generator *generator, const struct expression *expression,
                              const uint32_t *ids, uint32_t count, uint32_t list, uint32_t undo,
                              uint32_t fail)
{
    uint32_t first = register_new(generator, count);
    for (uint32_t i = 0; i < count; i++)
        emit(generator, OP_MOVE, first + i, generator->operands[ids[i]], 0, 0);
    uint32_t array = register_new(generator, 1);
    emit(generator, OP_ARRAY, array, first, count, 0);
    emit(generator, OP_LIST_ADD, list, array, 0, 0);
    emit_jump(generator, generator->fail);
    label_here(generator, undo);
    close_withs(generator, expression);
    emit(generator, OP_LIST_END, list, 0, 0, 0);
    uint32_t next;
    generator->fail = fail;
    uint32_t solution = generate_loop(generator, list, fail, &next) + 1;
    generator->fail = next;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t to = register_new(generator, 1);
        emit(generator, OP_GET, to, solution, constant(generator, VALUE_INT(i)), next);
        generator->operands[ids[i]] = to;
    }
}

static void generate_with(struct generator *generator, const struct expression *expression)
{
    struct bound before;
    open_withs(generator, expression);
    bound_copy(&before, &generator->bound);
    uint32_t *ids =
        ARENA_ARRAY(generator->unit->scratch, uint32_t, generator->rule->variables->items.len);
    uint32_t undo = label_new(generator), fail = generator->fail;
    uint32_t list = register_new(generator, 1);
    emit(generator, OP_LIST_NEW, list, 0, 0, 0);
    generator->fail = undo;
    generate_kind(generator, expression);
    if (generator->failed || !ids) {
        generator->failed = true;
        return;
    }
    uint32_t count = newly_bound(generator, &before, ids);
    if (generator->fail != undo) {
        collect_solutions(generator, expression, ids, count, list, undo, fail);
        return;
    }
    uint32_t end = label_new(generator);
    close_withs(generator, expression);
    emit_jump(generator, end);
    label_here(generator, undo);
    close_withs(generator, expression);
    emit_jump(generator, fail);
    label_here(generator, end);
    generator->fail = fail;
}

static void generate_expression(struct generator *generator, const struct expression *expression)
{
    if (generator->failed)
        return;
    if (expression->with_count > 0)
        generate_with(generator, expression);
    else
        generate_kind(generator, expression);
}

void generate_body(struct generator *generator, const struct body *body)
{
    uint32_t site = generator->site;
    const struct site *around = list_at(&generator->sites, site);
    uint32_t attempt = around ? around->attempt : 0;
    for (uint32_t i = 0; i < body->len && !generator->failed; i++) {
        set_site(generator, body->items[i]->at, attempt, i);
        if (!generate_filtered_loop(generator, body, i))
            generate_expression(generator, body->items[i]);
    }
    generator->site = site;
}
