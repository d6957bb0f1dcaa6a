/*
 * References. Below `input`, variables and base documents a reference is a chain of GETs, with a
 * loop for each unbound variable. Below `data` it first walks the tree of nodes as far as its parts
 * are constant, to the procedure of a rule. A variable part among packages means: any of the nodes
 * there, or a base document; each of them is tried and the solutions are collected.
 */
#include "rego/compile/generate.h"

#include <string.h>

/* ---- Chains of parts. ---- */

static bool opens_loop(const struct generator *generator, const struct term *part)
{
    return is_open_pattern(part, &generator->bound);
}

static uint32_t generate_get(struct generator *generator, uint32_t operand, const struct term *part)
{
    uint32_t key = generate_value(generator, part);
    uint32_t to = register_new(generator, 1);
    bool is_text = part->kind == TERM_STRING;
    emit(generator, is_text ? OP_GET_TEXT : OP_GET, to, operand, key, generator->fail);
    return to;
}

/* A loop over all members; what follows is generated inside. */
static uint32_t generate_scan(struct generator *generator, uint32_t operand,
                              const struct term *part)
{
    uint32_t position = register_new(generator, 3);
    uint32_t next = label_new(generator);
    if (operand & OPERAND_CONSTANT) {
        uint32_t copy = register_new(generator, 1);
        emit(generator, OP_MOVE, copy, operand, 0, 0);
        operand = copy;
    }
    emit(generator, OP_SCAN, position, operand, 0, generator->fail);
    label_here(generator, next);
    emit(generator, OP_NEXT, position, operand, position + 1, generator->fail);
    generator->fail = next;
    generate_match(generator, part, position + 1);
    return position + 2;
}

/* The value below `operand` along parts, opening loops as needed. */
static uint32_t generate_parts(struct generator *generator, uint32_t operand,
                               struct term *const *parts, uint32_t len)
{
    for (uint32_t i = 0; i < len && !generator->failed; i++)
        operand = opens_loop(generator, parts[i]) ? generate_scan(generator, operand, parts[i])
                                                  : generate_get(generator, operand, parts[i]);
    return operand;
}

/* ---- Documents. ---- */

const struct node *node_owner(const struct node *node)
{
    const struct node *owner = NULL;
    for (; node; node = node->parent)
        if (node->kind == NODE_OBJECT)
            owner = node;
    return owner;
}

/* The base document at the path of a node. */
uint32_t generate_base(struct generator *generator, const struct node *node)
{
    uint32_t to = register_new(generator, 1);
    if (!node->parent) {
        emit(generator, OP_DATA, to, 0, 0, generator->fail);
        return to;
    }
    uint32_t above = generate_base(generator, node->parent);
    emit(generator, OP_GET_TEXT, to, above, constant_text(generator, node->key), generator->fail);
    return to;
}

/* Goes to `otherwise` unless `with` replaced the node or one above it. */
static void generate_shadow_check(struct generator *generator, const struct node *node,
                                  uint32_t shadowed, uint32_t otherwise)
{
    for (; node; node = node->parent) {
        if (node->shadow == 0)
            continue;
        uint32_t next = label_new(generator);
        emit(generator, OP_SHADOWED, 0, node->shadow, 0, next);
        emit_jump(generator, shadowed);
        label_here(generator, next);
    }
    emit_jump(generator, otherwise);
}

static bool may_be_shadowed(const struct node *node)
{
    for (; node; node = node->parent)
        if (node->shadow != 0)
            return true;
    return false;
}

uint32_t generate_document(struct generator *generator, const struct node *node, struct place at)
{
    uint32_t to = register_new(generator, 1);
    add_edge(generator, node->procedure, at);
    if (!may_be_shadowed(node)) {
        emit(generator, OP_RULE, to, node->procedure, 0, generator->fail);
        return to;
    }
    uint32_t base = label_new(generator), virtual = label_new(generator),
             end = label_new(generator);
    generate_shadow_check(generator, node, base, virtual);
    label_here(generator, base);
    emit(generator, OP_MOVE, to, generate_base(generator, node), 0, 0);
    emit_jump(generator, end);
    label_here(generator, virtual);
    emit(generator, OP_RULE, to, node->procedure, 0, generator->fail);
    label_here(generator, end);
    return to;
}

/* ---- Walking the tree. ---- */

static uint32_t generate_from(struct generator *generator, const struct node *node,
                              const struct term *term, uint32_t index);

static bool is_constant_key(const struct term *part, struct text key)
{
    return part->kind == TERM_STRING && text_equal(part->text, key);
}

/* Whether parts index.. could lead to something at or below the node. */
static bool could_match(const struct node *node, const struct term *term, uint32_t index)
{
    if (node->kind == NODE_FUNCTION)
        return false;
    if (index == term->len || node->kind != NODE_INNER)
        return true;
    const struct term *part = term->items[index];
    if (term_is_scalar(part) && part->kind != TERM_STRING)
        return false;
    for (size_t i = 0; i < node->children.len; i++) {
        const struct node *child = node->children.entries[i].value;
        if (part->kind == TERM_STRING && !is_constant_key(part, child->key))
            continue;
        if (could_match(child, term, index + 1))
            return true;
    }
    return false;
}

/* The variables that the rest of a reference binds, each once. */
struct outputs {
    const struct bound *bound;
    struct bound seen;
    struct list terms; /* of const struct term * */
};

static void add_output(void *data, const struct term *variable)
{
    struct outputs *outputs = data;
    if (bound_has(&outputs->seen, variable))
        return;
    bits_add(outputs->seen.bits, variable->id);
    const struct term **slot = list_push(&outputs->terms);
    if (slot)
        *slot = variable;
}

static void find_outputs(struct generator *generator, const struct term *term, uint32_t index,
                         struct outputs *outputs)
{
    bound_copy(&outputs->seen, &generator->bound);
    list_init(&outputs->terms, generator->unit->scratch, sizeof(const struct term *));
    for (uint32_t i = index; i < term->len; i++)
        term_variables(term->items[i], false, add_output, outputs);
}

/* One solution: the variables and the value, as an array in the list `to`. */
static void collect(struct generator *generator, const struct outputs *outputs, uint32_t value,
                    uint32_t to)
{
    uint32_t len = (uint32_t)outputs->terms.len;
    uint32_t first = register_new(generator, len + 1);
    for (uint32_t i = 0; i < len; i++) {
        const struct term *variable = LIST_ITEMS(&outputs->terms, const struct term *)[i];
        emit(generator, OP_MOVE, first + i, generator->operands[variable->id], 0, 0);
    }
    emit(generator, OP_MOVE, first + len, value, 0, 0);
    uint32_t array = register_new(generator, 1);
    emit(generator, OP_ARRAY, array, first, len + 1, 0);
    emit(generator, OP_LIST_ADD, to, array, 0, 0);
}

/* Binds the variables from each collected solution in turn; the value is what is returned. */
static uint32_t each_solution(struct generator *generator, const struct outputs *outputs,
                              uint32_t list)
{
    uint32_t position = register_new(generator, 3);
    uint32_t next = label_new(generator);
    emit(generator, OP_SCAN, position, list, 0, generator->fail);
    label_here(generator, next);
    emit(generator, OP_NEXT, position, list, position + 1, generator->fail);
    generator->fail = next;
    uint32_t len = (uint32_t)outputs->terms.len;
    uint32_t first = register_new(generator, len + 1);
    for (uint32_t i = 0; i <= len; i++)
        emit(generator, OP_GET, first + i, position + 2, constant(generator, VALUE_INT(i)),
             generator->fail);
    for (uint32_t i = 0; i < len; i++)
        generate_bind(generator, LIST_ITEMS(&outputs->terms, const struct term *)[i], first + i);
    return first + len;
}

struct alternatives {
    const struct node *node;
    const struct term *term;
    uint32_t index; /* of the part that is no constant */
    struct outputs outputs;
    struct bound bound; /* before the reference */
    uint32_t list;
};

/* What lies below one child. */
static void generate_child(struct generator *generator, struct alternatives *all,
                           const struct node *child)
{
    uint32_t end = label_new(generator);
    generator->fail = end;
    bound_copy(&generator->bound, &all->bound);
    const struct term *part = all->term->items[all->index];
    generate_match(generator, part, constant_text(generator, child->key));
    uint32_t value = generate_from(generator, child, all->term, all->index + 1);
    collect(generator, &all->outputs, value, all->list);
    emit_jump(generator, generator->fail);
    label_here(generator, end);
}

/* What lies in the base documents. Keys that nodes define are skipped unless `whole`. */
static void generate_base_parts(struct generator *generator, struct alternatives *all, bool whole)
{
    uint32_t end = label_new(generator);
    generator->fail = end;
    bound_copy(&generator->bound, &all->bound);
    uint32_t base = generate_base(generator, all->node);
    const struct term *part = all->term->items[all->index];
    uint32_t key = register_new(generator, 1);
    if (opens_loop(generator, part)) {
        uint32_t position = register_new(generator, 3), next = label_new(generator);
        emit(generator, OP_SCAN, position, base, 0, generator->fail);
        label_here(generator, next);
        emit(generator, OP_NEXT, position, base, position + 1, generator->fail);
        generator->fail = next;
        emit(generator, OP_MOVE, key, position + 1, 0, 0);
    } else {
        generate_value_into(generator, part, key);
    }
    for (size_t i = 0; !whole && i < all->node->children.len; i++) {
        const struct node *child = all->node->children.entries[i].value;
        emit(generator, OP_NOT_EQUAL, 0, key, constant_text(generator, child->key),
             generator->fail);
    }
    uint32_t value = register_new(generator, 1);
    emit(generator, OP_GET_BASE, value, base, key, generator->fail);
    generate_match(generator, part, key);
    value = generate_parts(generator, value, all->term->items + all->index + 1,
                           all->term->len - all->index - 1);
    collect(generator, &all->outputs, value, all->list);
    emit_jump(generator, generator->fail);
    label_here(generator, end);
}

/* A part that is no constant, among packages. */
static uint32_t generate_alternatives(struct generator *generator, const struct node *node,
                                      const struct term *term, uint32_t index)
{
    struct alternatives all = {.node = node, .term = term, .index = index};
    uint32_t fail = generator->fail;
    bound_copy(&all.bound, &generator->bound);
    find_outputs(generator, term, index, &all.outputs);
    all.list = register_new(generator, 1);
    emit(generator, OP_LIST_NEW, all.list, 0, 0, 0);
    uint32_t end = label_new(generator);
    if (may_be_shadowed(node)) {
        uint32_t base = label_new(generator), virtual = label_new(generator);
        generate_shadow_check(generator, node, base, virtual);
        label_here(generator, base);
        generate_base_parts(generator, &all, true);
        emit_jump(generator, end);
        label_here(generator, virtual);
    }
    for (size_t i = 0; i < node->children.len; i++) {
        const struct node *child = node->children.entries[i].value;
        if (could_match(child, term, index + 1))
            generate_child(generator, &all, child);
    }
    generate_base_parts(generator, &all, false);
    label_here(generator, end);
    emit(generator, OP_LIST_END, all.list, 0, 0, 0);
    generator->fail = fail;
    bound_copy(&generator->bound, &all.bound);
    return each_solution(generator, &all.outputs, all.list);
}

/* Parts index.. of base documents alone. */
static uint32_t generate_base_chain(struct generator *generator, uint32_t operand,
                                    const struct term *term, uint32_t index)
{
    for (; index < term->len && !generator->failed; index++) {
        struct term *part = term->items[index];
        if (part->kind == TERM_STRING || opens_loop(generator, part)) {
            operand = generate_parts(generator, operand, &term->items[index], 1);
            continue;
        }
        uint32_t key = generate_value(generator, part), to = register_new(generator, 1);
        emit(generator, OP_GET_BASE, to, operand, key, generator->fail);
        operand = to;
    }
    return operand;
}

/* The value of parts index.. below a node. */
static uint32_t generate_from(struct generator *generator, const struct node *node,
                              const struct term *term, uint32_t index)
{
    while (index < term->len && node->kind == NODE_INNER) {
        const struct term *part = term->items[index];
        if (!term_is_scalar(part)) {
            bool any = false;
            for (size_t i = 0; i < node->children.len && !any; i++)
                any = could_match(node->children.entries[i].value, term, index + 1);
            if (any)
                return generate_alternatives(generator, node, term, index);
            break;
        }
        const struct node *child =
            part->kind == TERM_STRING ? map_get(&node->children, part->text) : NULL;
        if (!child)
            break;
        node = child;
        index++;
    }
    uint32_t operand;
    if (node->kind == NODE_FUNCTION) {
        operand = register_new(generator, 1);
        emit(generator, OP_UNDEFINED, operand, 0, 0, 0);
        emit_jump(generator, generator->fail);
    } else if (index < term->len && node->kind == NODE_INNER) {
        operand = generate_base(generator, node);
        return generate_base_chain(generator, operand, term, index);
    } else {
        operand = generate_document(generator, node, term->at);
    }
    return generate_parts(generator, operand, term->items + index, term->len - index);
}

uint32_t generate_reference(struct generator *generator, const struct term *term)
{
    const struct term *head = term->kind == TERM_REFERENCE ? term->items[0] : term;
    struct term whole = {.kind = TERM_REFERENCE, .at = term->at, .len = 1};
    struct term *items[1] = {&whole};
    if (head->kind == TERM_VARIABLE && head->id == 0 && text_equal_z(head->text, "data")) {
        whole.items = items;
        const struct term *path = term->kind == TERM_REFERENCE ? term : &whole;
        return generate_from(generator, generator->unit->root, path, 1);
    }
    uint32_t operand;
    if (head->kind == TERM_VARIABLE && head->id == 0) {
        operand = register_new(generator, 1);
        emit(generator, OP_INPUT, operand, 0, 0, generator->fail);
    } else {
        operand = generate_value(generator, head);
    }
    if (term->kind != TERM_REFERENCE)
        return operand;
    return generate_parts(generator, operand, term->items + 1, term->len - 1);
}
