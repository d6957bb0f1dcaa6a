/* Terms: collections, matching, calls, closures, templates. */
#include "rego/compile/generate.h"

#include <string.h>

static void generate_unify(struct generator *generator, const struct term *a, const struct term *b);

static bool is_ready(const struct generator *generator, const struct term *term)
{
    struct bound trial;
    bound_copy(&trial, &generator->bound);
    return ready_value(generator->unit, term, &trial);
}

void generate_bind(struct generator *generator, const struct term *variable, uint32_t operand)
{
    generator->operands[variable->id] = operand;
    bits_add(generator->bound.bits, variable->id);
}

void generate_value_into(struct generator *generator, const struct term *term, uint32_t to)
{
    uint32_t operand = generate_value(generator, term);
    if (operand != to)
        emit(generator, OP_MOVE, to, operand, 0, 0);
}

void generate_values(struct generator *generator, struct term *const *terms, uint32_t len,
                     uint32_t to)
{
    uint8_t small[64] = {0};
    uint8_t *done =
        len <= sizeof(small) ? small : ARENA_ARRAY(generator->unit->scratch, uint8_t, len);
    uint32_t left = len;
    for (uint32_t before = len + 1; done && left > 0 && left < before && !generator->failed;) {
        before = left;
        for (uint32_t i = 0; i < len; i++) {
            if (done[i] || !is_ready(generator, terms[i]))
                continue;
            generate_value_into(generator, terms[i], to + i);
            done[i] = 1;
            left--;
        }
    }
    if (left > 0 && !generator->failed)
        generate_error(generator, REGO_UNSAFE_VARIABLE_ERROR, terms[0]->at,
                       "variables of this expression are unsafe");
}

static uint32_t generate_collection(struct generator *generator, const struct term *term)
{
    uint32_t first = register_new(generator, term->len);
    generate_values(generator, term->items, term->len, first);
    uint32_t to = register_new(generator, 1);
    enum opcode op = term->kind == TERM_ARRAY ? OP_ARRAY
                     : term->kind == TERM_SET ? OP_SET
                                              : OP_OBJECT;
    emit(generator, op, to, first, term->kind == TERM_OBJECT ? term->len / 2 : term->len, 0);
    return to;
}

/* ---- Closures: a loop of its own whose results are collected. ---- */

static void add_result(struct generator *generator, const struct term *term, uint32_t to)
{
    uint32_t values = register_new(generator, term->len);
    generate_values(generator, term->items, term->len, values);
    if (term->kind == TERM_OBJECT_COMPREHENSION)
        emit(generator, OP_OBJECT_ADD, to, values, values + 1, 0);
    else
        emit(generator, term->kind == TERM_SET_COMPREHENSION ? OP_SET_ADD : OP_LIST_ADD, to, values,
             0, 0);
}

struct captured {
    const struct bound *bound;
    const struct term *variable;
    uint32_t count; /* of different ones */
};

static void count_captured(void *data, const struct term *variable)
{
    struct captured *captured = data;
    if (!bound_has(captured->bound, variable) ||
        (captured->variable && captured->variable->id == variable->id))
        return;
    captured->variable = variable;
    captured->count++;
}

/* The one operand that the result depends on beside the environment; OPERAND_NONE when there are
 * more. */
static uint32_t closure_key(struct generator *generator, const struct term *term)
{
    struct captured captured = {.bound = &generator->bound};
    term_variables(term, true, count_captured, &captured);
    if (captured.count > 1)
        return OPERAND_NONE;
    return captured.count == 1 ? generator->operands[captured.variable->id]
                               : constant(generator, VALUE_OF_NULL);
}

static uint32_t generate_closure(struct generator *generator, const struct term *term)
{
    static const enum opcode opening[] = {OP_LIST_NEW, OP_SET_NEW, OP_OBJECT_NEW};
    bool is_array = term->kind == TERM_ARRAY_COMPREHENSION;
    uint32_t to = register_new(generator, 1);
    uint32_t end = label_new(generator);
    uint32_t fail = generator->fail;
    struct bound bound;
    uint32_t key = closure_key(generator, term), known = label_new(generator);
    uint32_t index = key == OPERAND_NONE ? 0 : generator->closures++;
    bound_copy(&bound, &generator->bound);
    if (key != OPERAND_NONE)
        emit(generator, OP_CLOSURE_FIND, to, key, index, known);
    emit(generator, opening[term->kind - TERM_ARRAY_COMPREHENSION], to, 0, 0, 0);
    generator->fail = end;
    generate_body(generator, term->body);
    add_result(generator, term, to);
    emit_jump(generator, generator->fail);
    label_here(generator, end);
    emit(generator, is_array ? OP_LIST_END : OP_COLLECTION_END, to, 0, 0, 0);
    if (key != OPERAND_NONE)
        emit(generator, OP_CLOSURE_KEEP, to, key, index, 0);
    label_here(generator, known);
    generator->fail = fail;
    bound_copy(&generator->bound, &bound);
    return to;
}

/* ---- Templates and print: operands that may be undefined. ---- */

/* The value, or undefined, in `to`: nothing fails. */
static void generate_optional(struct generator *generator, const struct expression *expression,
                              uint32_t to)
{
    uint32_t undefined = label_new(generator), end = label_new(generator);
    uint32_t fail = generator->fail;
    struct bound bound;
    bound_copy(&bound, &generator->bound);
    generator->fail = undefined;
    generate_with_value(generator, expression, to);
    emit_jump(generator, end);
    label_here(generator, undefined);
    emit(generator, OP_UNDEFINED, to, 0, 0, 0);
    label_here(generator, end);
    generator->fail = fail;
    bound_copy(&generator->bound, &bound);
}

static uint32_t generate_template(struct generator *generator, const struct term *term)
{
    uint32_t first = register_new(generator, term->len);
    for (uint32_t i = 0; i < term->len; i++) {
        const struct template_part *part = &term->parts[i];
        if (part->expression)
            generate_optional(generator, part->expression, first + i);
        else
            emit(generator, OP_MOVE, first + i, constant_text(generator, part->literal), 0, 0);
    }
    uint32_t to = register_new(generator, 1);
    emit(generator, OP_TEMPLATE, to, first, term->len, 0);
    return to;
}

static void generate_print(struct generator *generator, const struct term *call)
{
    if (generator->unit->drop_prints)
        return;
    uint32_t first = register_new(generator, call->len - 1);
    for (uint32_t i = 1; i < call->len; i++) {
        struct expression operand = {.term = call->items[i], .at = call->items[i]->at};
        generate_optional(generator, &operand, first + i - 1);
    }
    emit(generator, OP_PRINT, 0, first, call->len - 1, 0);
}

/* ---- Calls. ---- */

static bool check_arity(struct generator *generator, const struct term *call, uint32_t arity)
{
    uint32_t given = call->len - 1;
    if (given == arity || given == arity + 1)
        return true;
    struct text name = source_text(generator, call->items[0]);
    return generate_error(generator, REGO_TYPE_ERROR, call->at,
                          "function %.*s has arity %u, got %u argument%s", TEXT_ARG(name), arity,
                          given, given == 1 ? "" : "s");
}

static bool is_mocked(const struct generator *generator, struct text name)
{
    return map_find(&generator->unit->mocked, name) != NULL;
}

/* Constant patterns are compiled now, once for all evaluations. An invalid one stays an error of
 * the evaluation. */
static void prepare_patterns(struct generator *generator, const struct term *call)
{
    struct value operands[BUILTIN_MAX_ARITY];
    struct text ignored;
    for (uint32_t i = 0; i < call->builtin->arity; i++)
        if (!constant_term(generator, call->items[i + 1], &operands[i]))
            operands[i] = VALUE_NONE;
    builtin_prepare(generator->unit->patterns, call->builtin, operands, &ignored);
}

static uint32_t generate_builtin(struct generator *generator, const struct term *call)
{
    const struct builtin *builtin = call->builtin;
    uint32_t first = register_new(generator, builtin->arity);
    generate_values(generator, call->items + 1, builtin->arity, first);
    prepare_patterns(generator, call);
    uint32_t to = register_new(generator, 1);
    bool mocked = is_mocked(generator, text_z(builtin->name));
    emit(generator, mocked ? OP_BUILTIN_MOCKED : OP_BUILTIN, to, builtin_index(generator, builtin),
         first, generator->fail);
    return to;
}

/* The results of a relation, one after the other. */
static uint32_t generate_relation(struct generator *generator, const struct term *call,
                                  bool without_paths)
{
    const struct builtin *builtin = call->builtin;
    uint32_t first = register_new(generator, builtin->arity);
    generate_values(generator, call->items + 1, builtin->arity, first);
    uint32_t iterator = register_new(generator, 2);
    uint32_t next = label_new(generator);
    emit(generator, without_paths ? OP_OPEN_VALUES : OP_OPEN, iterator,
         builtin_index(generator, builtin), first, generator->fail);
    label_here(generator, next);
    emit(generator, OP_STEP, iterator, iterator + 1, 0, generator->fail);
    generator->fail = next;
    return iterator + 1;
}

/* How the operators with instructions of their own translate. */
static enum opcode arithmetic_of(enum operator sign)
{
    switch (sign) {
    case OPERATOR_PLUS: return OP_ADD;
    case OPERATOR_MINUS: return OP_SUBTRACT;
    case OPERATOR_MULTIPLY: return OP_MULTIPLY;
    default: return OP_COUNT;
    }
}

static enum opcode comparison_of(enum operator sign)
{
    switch (sign) {
    case OPERATOR_EQUAL: return OP_EQUAL;
    case OPERATOR_NOT_EQUAL: return OP_NOT_EQUAL;
    case OPERATOR_LESS: return OP_LESS;
    case OPERATOR_LESS_EQUAL: return OP_LESS_EQUAL;
    case OPERATOR_GREATER: return OP_GREATER;
    case OPERATOR_GREATER_EQUAL: return OP_GREATER_EQUAL;
    default: return OP_COUNT;
    }
}

/* Both operands without moving them, in an order that works. */
static void generate_pair(struct generator *generator, struct term *const *terms, uint32_t out[2])
{
    uint32_t first = is_ready(generator, terms[0]) ? 0 : 1;
    out[first] = generate_value(generator, terms[first]);
    out[1 - first] = generate_value(generator, terms[1 - first]);
}

static uint32_t generate_arithmetic(struct generator *generator, const struct term *call,
                                    enum opcode op)
{
    uint32_t operands[2];
    generate_pair(generator, call->items + 1, operands);
    uint32_t to = register_new(generator, 1);
    builtin_index(generator, call->builtin);
    emit(generator, op, to, operands[0], operands[1], generator->fail);
    return to;
}

static const struct node *function_node(struct generator *generator, const struct term *function)
{
    uint32_t used = 0;
    const struct node *node = function->kind == TERM_REFERENCE && term_is_ground_path(function) &&
                                      term_is_variable(function->items[0], "data")
                                  ? unit_find_node(generator->unit, function, &used)
                                  : NULL;
    if (node && used == function->len && node->kind == NODE_FUNCTION)
        return node;
    struct text name = source_text(generator, function);
    generate_error(generator, REGO_TYPE_ERROR, function->at, "undefined function %.*s",
                   TEXT_ARG(name));
    return NULL;
}

static uint32_t generate_function_call(struct generator *generator, const struct term *call)
{
    const struct node *node = function_node(generator, call->items[0]);
    if (!node)
        return OPERAND_NONE;
    uint32_t first = register_new(generator, node->arity);
    generate_values(generator, call->items + 1, node->arity, first);
    uint32_t to = register_new(generator, 1);
    bool mocked = is_mocked(generator, node_path(generator->unit, node));
    add_edge(generator, node->procedure, call->at);
    emit(generator, mocked ? OP_CALL_MOCKED : OP_CALL, to, node->procedure, first, generator->fail);
    return to;
}

static uint32_t call_result(struct generator *generator, const struct term *call,
                            bool without_paths)
{
    if (!call->builtin)
        return generate_function_call(generator, call);
    if (call->builtin->flags & BUILTIN_RELATION)
        return generate_relation(generator, call, without_paths);
    enum opcode op = arithmetic_of(call->sign);
    bool mocked = is_mocked(generator, text_z(call->builtin->name));
    if (op != OP_COUNT && !mocked)
        return generate_arithmetic(generator, call, op);
    return generate_builtin(generator, call);
}

static bool ignores_path(const struct term *pattern)
{
    return pattern->kind == TERM_ARRAY && pattern->len == 2 && term_is_wildcard(pattern->items[0]);
}

/* A call in a term: f(x) or, with one operand more, true after unifying. */
static uint32_t generate_call(struct generator *generator, const struct term *call)
{
    if (call->sign == OPERATOR_UNIFY || call->sign == OPERATOR_ASSIGN) {
        generate_unify(generator, call->items[1], call->items[2]);
        return constant(generator, VALUE_BOOL(true));
    }
    if (call->builtin == &print_builtin) {
        generate_print(generator, call);
        return constant(generator, VALUE_BOOL(true));
    }
    uint32_t arity = call->builtin || call->items[0]->kind == TERM_REFERENCE
                         ? call_arity(generator->unit, call)
                         : call->len - 1;
    if (!check_arity(generator, call, arity))
        return OPERAND_NONE;
    if (call->len - 1 == arity)
        return call_result(generator, call, false);
    const struct term *pattern = call->items[call->len - 1];
    uint32_t result = call_result(generator, call, ignores_path(pattern));
    generate_match(generator, pattern, result);
    return constant(generator, VALUE_BOOL(true));
}

void generate_call_holds(struct generator *generator, const struct term *call)
{
    enum opcode op = comparison_of(call->sign);
    if (op != OP_COUNT && call->len == 3 && call->builtin &&
        !is_mocked(generator, text_z(call->builtin->name))) {
        uint32_t operands[2];
        generate_pair(generator, call->items + 1, operands);
        emit(generator, op, 0, operands[0], operands[1], generator->fail);
        return;
    }
    uint32_t result = generate_call(generator, call);
    if (result != OPERAND_NONE && !(result & OPERAND_CONSTANT))
        emit(generator, OP_HOLDS, 0, result, 0, generator->fail);
}

/* ---- Matching. ---- */

static void match_array(struct generator *generator, const struct term *pattern, uint32_t operand)
{
    emit(generator, OP_LENGTH, 0, operand, pattern->len, generator->fail);
    for (uint32_t i = 0; i < pattern->len; i++) {
        if (term_is_wildcard(pattern->items[i]))
            continue;
        uint32_t item = register_new(generator, 1);
        emit(generator, OP_GET, item, operand, constant(generator, VALUE_INT(i)), generator->fail);
        generate_match(generator, pattern->items[i], item);
    }
}

static void match_object(struct generator *generator, const struct term *pattern, uint32_t operand)
{
    emit(generator, OP_MEMBERS, 0, operand, pattern->len / 2, generator->fail);
    for (uint32_t i = 0; i < pattern->len; i += 2) {
        uint32_t key = generate_value(generator, pattern->items[i]);
        uint32_t item = register_new(generator, 1);
        emit(generator, OP_GET, item, operand, key, generator->fail);
        generate_match(generator, pattern->items[i + 1], item);
    }
}

void generate_match(struct generator *generator, const struct term *pattern, uint32_t operand)
{
    if (generator->failed)
        return;
    if (pattern->kind == TERM_VARIABLE && !bound_has(&generator->bound, pattern)) {
        generate_bind(generator, pattern, operand);
        return;
    }
    if (pattern->kind == TERM_ARRAY && is_open_pattern(pattern, &generator->bound)) {
        match_array(generator, pattern, operand);
        return;
    }
    if (pattern->kind == TERM_OBJECT && is_open_pattern(pattern, &generator->bound)) {
        match_object(generator, pattern, operand);
        return;
    }
    uint32_t value = generate_value(generator, pattern);
    emit(generator, OP_EQUAL, 0, operand, value, generator->fail);
}

static bool unify_arrays(struct generator *generator, const struct term *a, const struct term *b)
{
    uint8_t small[64] = {0};
    uint8_t *done =
        a->len <= sizeof(small) ? small : ARENA_ARRAY(generator->unit->scratch, uint8_t, a->len);
    uint32_t left = a->len;
    for (uint32_t before = left + 1; done && left > 0 && left < before && !generator->failed;) {
        before = left;
        for (uint32_t i = 0; i < a->len; i++) {
            struct bound trial;
            bound_copy(&trial, &generator->bound);
            if (done[i] || !ready_unify(generator->unit, a->items[i], b->items[i], &trial))
                continue;
            generate_unify(generator, a->items[i], b->items[i]);
            done[i] = 1;
            left--;
        }
    }
    return left == 0;
}

/* The member of a literal object whose key is written the same way. */
static const struct term *same_key(const struct term *object, const struct term *key)
{
    for (uint32_t i = 0; i < object->len; i += 2) {
        const struct term *other = object->items[i];
        if (other->kind == key->kind && other->id == key->id &&
            text_equal(other->text, key->text) &&
            (term_is_scalar(key) || key->kind == TERM_VARIABLE))
            return object->items[i + 1];
    }
    return NULL;
}

static bool unify_objects(struct generator *generator, const struct term *a, const struct term *b)
{
    if (a->len != b->len)
        return false;
    for (uint32_t i = 0; i < a->len; i += 2)
        if (!same_key(b, a->items[i]))
            return false;
    for (uint32_t i = 0; i < a->len; i += 2)
        generate_unify(generator, a->items[i + 1], same_key(b, a->items[i]));
    return true;
}

static void bind_to_null(void *data, const struct term *variable)
{
    struct generator *generator = data;
    if (!bound_has(&generator->bound, variable))
        generate_bind(generator, variable, constant(generator, VALUE_OF_NULL));
}

/* What follows is never reached, but is compiled all the same. */
static void never_equal(struct generator *generator, const struct term *a, const struct term *b)
{
    emit_jump(generator, generator->fail);
    term_variables(a, false, bind_to_null, generator);
    term_variables(b, false, bind_to_null, generator);
}

static void unify_pattern(struct generator *generator, const struct term *pattern,
                          const struct term *other)
{
    uint32_t operand;
    if (other->kind == TERM_CALL && other->builtin && ignores_path(pattern) &&
        other->len - 1 == other->builtin->arity)
        operand = call_result(generator, other, true);
    else
        operand = generate_value(generator, other);
    generate_match(generator, pattern, operand);
}

static void generate_unify(struct generator *generator, const struct term *a, const struct term *b)
{
    const struct bound *bound = &generator->bound;
    if (generator->failed)
        return;
    bool a_open = is_open_pattern(a, bound), b_open = is_open_pattern(b, bound);
    if (a_open && a->kind == TERM_VARIABLE) {
        generate_bind(generator, a, generate_value(generator, b));
    } else if (b_open && b->kind == TERM_VARIABLE) {
        generate_bind(generator, b, generate_value(generator, a));
    } else if ((a_open || b_open) && a->kind == TERM_ARRAY && b->kind == TERM_ARRAY) {
        if (a->len != b->len || !unify_arrays(generator, a, b))
            never_equal(generator, a, b);
    } else if (a_open && b_open && a->kind == TERM_OBJECT && b->kind == TERM_OBJECT) {
        if (!unify_objects(generator, a, b))
            never_equal(generator, a, b);
    } else if (a_open) {
        unify_pattern(generator, a, b);
    } else if (b_open) {
        unify_pattern(generator, b, a);
    } else {
        struct term *const both[2] = {(struct term *)(uintptr_t)a, (struct term *)(uintptr_t)b};
        uint32_t operands[2];
        generate_pair(generator, both, operands);
        emit(generator, OP_EQUAL, 0, operands[0], operands[1], generator->fail);
    }
}

/* ---- Any term. ---- */

uint32_t generate_value(struct generator *generator, const struct term *term)
{
    struct value value;
    if (generator->failed)
        return OPERAND_NONE;
    if (constant_term(generator, term, &value))
        return constant(generator, value);
    if (generator->failed)
        return OPERAND_NONE;
    switch (term->kind) {
    case TERM_VARIABLE:
        return term->id == 0 ? generate_reference(generator, term) : generator->operands[term->id];
    case TERM_REFERENCE: return generate_reference(generator, term);
    case TERM_CALL: return generate_call(generator, term);
    case TERM_ARRAY_COMPREHENSION:
    case TERM_SET_COMPREHENSION:
    case TERM_OBJECT_COMPREHENSION: return generate_closure(generator, term);
    case TERM_TEMPLATE: return generate_template(generator, term);
    default: return generate_collection(generator, term);
    }
}
