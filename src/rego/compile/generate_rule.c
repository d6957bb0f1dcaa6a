/*
 * Procedures: one for each node of the document tree and one for the query.
 *
 * A node of rules tries all their bodies in a row. A node that owns what is below it (NODE_OBJECT)
 * builds one object out of its own rules and of the documents of the nodes below. A package is the
 * base documents at its path with the documents of its children over them.
 */
#include "rego/compile/index.h"

#include <string.h>

/* ---- The frame of a procedure. ---- */

static void begin_procedure(struct generator *generator, const struct node *node)
{
    generator->procedure = node ? node->procedure : generator->unit->query_procedure;
    generator->labels.len = 0;
    generator->next_register = 0;
    generator->max_registers = 1;
    generator->module = NULL;
    generator->rule = NULL;
    generator->site = 0;
    generator->bound.words = 0;
}

static const struct rule *first_rule(const struct node *node)
{
    if (!node)
        return NULL;
    return node->rules.len > 0 ? LIST_ITEMS(&node->rules, struct rule *)[0] : node->fallback;
}

static void end_procedure(struct generator *generator, const struct node *node, uint32_t entry)
{
    struct instruction *code = generator->code.items;
    const uint32_t *labels = generator->labels.items;
    for (size_t i = entry; !generator->failed && i < generator->code.len; i++)
        if (code[i].target < generator->labels.len)
            code[i].target = labels[code[i].target];
    struct procedure *procedure = list_at(&generator->procedures, generator->procedure);
    if (!procedure)
        return;
    const struct rule *rule = first_rule(node);
    struct text path = node ? node_path(generator->unit, node) : TEXT("query");
    *procedure = (struct procedure){.entry = entry,
                                    .end = (uint32_t)generator->code.len,
                                    .registers = generator->max_registers,
                                    .arguments = node ? node->arity : 0,
                                    .path = text_copy(generator->unit->arena, path)};
    if (rule) {
        procedure->source = rule->module->source;
        procedure->at = rule->at;
    }
}

static void begin_branch(struct generator *generator, const struct rule *rule)
{
    generator->module = rule->module;
    generator->rule = rule;
    bound_init(&generator->bound, rule->variables);
    generator->operands =
        ARENA_ARRAY(generator->unit->scratch, uint32_t, rule->variables->items.len + 1);
    struct attempt *attempt = list_push(&generator->attempts);
    if (!generator->operands || !attempt) {
        generator->failed = true;
        return;
    }
    *attempt = (struct attempt){
        .source = rule->module->source, .at = rule->at, .procedure = generator->procedure};
    if (rule->node)
        attempt->rule = text_copy(generator->unit->arena, node_path(generator->unit, rule->node));
    set_site(generator, rule->at, (uint32_t)generator->attempts.len, UINT32_MAX);
}

/* ---- Complete rules and functions. ---- */

static uint32_t head_value(struct generator *generator, const struct rule *rule)
{
    return rule->value ? generate_value(generator, rule->value)
                       : constant(generator, VALUE_BOOL(true));
}

static bool is_constant_value(struct generator *generator, const struct rule *rule,
                              struct value *out)
{
    *out = VALUE_BOOL(true);
    return !rule->value || constant_term(generator, rule->value, out);
}

/* All branches of all rules give the same constant: the first that holds decides. */
static bool has_one_value(struct generator *generator, const struct node *node)
{
    struct value first = VALUE_NONE, value;
    for (size_t i = 0; i < node->rules.len; i++) {
        const struct rule *rule = LIST_ITEMS(&node->rules, struct rule *)[i];
        for (; rule; rule = rule->otherwise) {
            if (!is_constant_value(generator, rule, &value))
                return false;
            if (first.kind != VALUE_UNDEFINED && !value_equal(&first, &value))
                return false;
            first = value;
        }
    }
    return true;
}

struct complete {
    const struct node *node;
    uint32_t result; /* register */
    uint32_t done;   /* label: nothing more to try */
    uint32_t base;   /* first register that a branch may use */
    bool one_value;
};

/* The rules of a node as items of an index, one each. */
static const struct index_item *rule_items(struct generator *generator, const struct node *node)
{
    struct rule *const *rules = node->rules.items;
    struct index_item *items =
        ARENA_ARRAY(generator->unit->scratch, struct index_item, node->rules.len);
    for (size_t i = 0; items && i < node->rules.len; i++)
        items[i] = (struct index_item){&rules[i], 1, false};
    if (!items)
        generator->failed = true;
    return items;
}

/* One branch. Goes to `next` after success, falls through to the else branch otherwise. */
static void generate_branch(struct generator *generator, const struct rule *rule,
                            const struct complete *complete, uint32_t next)
{
    uint32_t otherwise = label_new(generator);
    struct value ignored;
    generator->fail = otherwise;
    begin_branch(generator, rule);
    uint32_t flag = register_new(generator, 1); /* the branch has given a value */
    if (rule->otherwise)
        emit(generator, OP_MOVE, flag, constant(generator, VALUE_BOOL(false)), 0, 0);
    for (uint32_t i = 0; i < rule->argument_count; i++)
        generate_match(generator, rule->arguments[i], i);
    if (rule->body && !generator->failed)
        generate_body(generator, rule->body);
    uint32_t value = head_value(generator, rule);
    emit(generator, OP_RESULT, complete->result, value, 0, 0);
    bool once = generator->fail == otherwise || is_constant_value(generator, rule, &ignored);
    if (once) {
        emit_jump(generator, complete->one_value ? complete->done : next);
        label_here(generator, otherwise);
        return;
    }
    if (rule->otherwise)
        emit(generator, OP_MOVE, flag, constant(generator, VALUE_BOOL(true)), 0, 0);
    emit_jump(generator, generator->fail);
    label_here(generator, otherwise);
    if (rule->otherwise)
        emit(generator, OP_JUMP_TRUE, flag, 0, 0, next);
}

static void generate_default(struct generator *generator, const struct rule *rule)
{
    uint32_t fail = label_new(generator), to = register_new(generator, 1);
    begin_branch(generator, rule);
    generator->fail = fail;
    generate_value_into(generator, rule->value, to);
    emit(generator, OP_RETURN, to, 0, 0, 0);
    label_here(generator, fail);
}

/* One rule with its else branches. */
static void generate_chain(struct generator *generator, size_t index, void *data)
{
    const struct complete *complete = data;
    const struct rule *rule = LIST_ITEMS(&complete->node->rules, struct rule *)[index];
    uint32_t next = label_new(generator);
    for (; rule && !generator->failed; rule = rule->otherwise) {
        generator->next_register = complete->base;
        generate_branch(generator, rule, complete, next);
    }
    label_here(generator, next);
}

static void generate_complete(struct generator *generator, const struct node *node)
{
    struct complete complete = {.node = node, .one_value = has_one_value(generator, node)};
    register_new(generator, node->arity);
    complete.result = register_new(generator, 1);
    complete.done = label_new(generator);
    emit(generator, OP_UNDEFINED, complete.result, 0, 0, 0);
    complete.base = generator->next_register;
    const struct index_item *items = rule_items(generator, node);
    if (items)
        generate_indexed(generator, items, node->rules.len, generate_chain, &complete);
    generator->next_register = complete.base;
    label_here(generator, complete.done);
    if (node->fallback) {
        emit(generator, OP_RETURN_DEFINED, complete.result, 0, 0, 0);
        generate_default(generator, node->fallback);
    }
    emit(generator, OP_RETURN, complete.result, 0, 0, 0);
}

/* ---- Partial sets. ---- */

struct path {
    struct text keys[POLICY_DEPTH_MAX];
    uint32_t len;
};

/* A collection that several rules build. */
struct partial {
    const struct node *node;
    uint32_t to;       /* register of the collection */
    uint32_t base;     /* first register that a rule may use */
    struct path *path; /* of the node in the object */
};

static void generate_member(struct generator *generator, size_t index, void *data)
{
    const struct partial *partial = data;
    const struct rule *rule = LIST_ITEMS(&partial->node->rules, struct rule *)[index];
    uint32_t next = label_new(generator);
    generator->next_register = partial->base;
    generator->fail = next;
    begin_branch(generator, rule);
    if (rule->body && !generator->failed)
        generate_body(generator, rule->body);
    uint32_t member = generate_value(generator, rule->key);
    emit(generator, OP_SET_ADD, partial->to, member, 0, 0);
    emit_jump(generator, generator->fail);
    label_here(generator, next);
}

static void generate_set(struct generator *generator, const struct node *node)
{
    uint32_t set = register_new(generator, 1);
    emit(generator, OP_SET_NEW, set, 0, 0, 0);
    struct partial partial = {.node = node, .to = set, .base = generator->next_register};
    const struct index_item *items = rule_items(generator, node);
    if (items)
        generate_indexed(generator, items, node->rules.len, generate_member, &partial);
    emit(generator, OP_COLLECTION_END, set, 0, 0, 0);
    emit(generator, OP_RETURN, set, 0, 0, 0);
}

/* ---- Objects with variable keys. ---- */

static void move_path(struct generator *generator, const struct path *path, uint32_t to)
{
    for (uint32_t i = 0; i < path->len; i++)
        emit(generator, OP_MOVE, to + i, constant_text(generator, path->keys[i]), 0, 0);
}

/* One rule: its keys behind the path, then its value or member. */
static void generate_keyed(struct generator *generator, size_t index, void *data)
{
    const struct partial *partial = data;
    const struct rule *rule = LIST_ITEMS(&partial->node->rules, struct rule *)[index];
    const struct path *path = partial->path;
    uint32_t next = label_new(generator);
    generator->next_register = partial->base;
    generator->fail = next;
    begin_branch(generator, rule);
    if (rule->body && !generator->failed)
        generate_body(generator, rule->body);
    bool has_parts = rule->name->kind == TERM_REFERENCE;
    uint32_t parts = has_parts ? rule->name->len - rule->rest : 0;
    uint32_t keys = path->len + parts;
    uint32_t first = register_new(generator, keys + 1);
    if (parts > 0)
        generate_values(generator, rule->name->items + rule->rest, parts, first + path->len);
    move_path(generator, path, first);
    bool is_member = rule->kind == RULE_MEMBER;
    uint32_t value = is_member ? generate_value(generator, rule->key) : head_value(generator, rule);
    emit(generator, OP_MOVE, first + keys, value, 0, 0);
    emit(generator, is_member ? OP_PATH_MEMBER : OP_PATH_ADD, partial->to, first, keys, 0);
    emit_jump(generator, generator->fail);
    label_here(generator, next);
}

static void generate_below(struct generator *generator, const struct node *node, uint32_t object,
                           struct path *path);

static void generate_part(struct generator *generator, const struct node *child, uint32_t object,
                          struct path *path)
{
    uint32_t base = generator->next_register;
    if (child->kind == NODE_VALUE) {
        uint32_t end = label_new(generator);
        generator->fail = end;
        uint32_t first = register_new(generator, path->len + 1);
        move_path(generator, path, first);
        uint32_t value = generate_document(generator, child, first_rule(child)->at);
        emit(generator, OP_MOVE, first + path->len, value, 0, 0);
        emit(generator, OP_PATH_ADD, object, first, path->len, 0);
        label_here(generator, end);
    } else if (child->kind == NODE_SET) {
        generate_below(generator, child, object, path);
    } else if (child->kind != NODE_FUNCTION) {
        uint32_t first = register_new(generator, path->len);
        move_path(generator, path, first);
        emit(generator, OP_PATH_OBJECT, object, first, path->len, 0);
        generate_below(generator, child, object, path);
    }
    generator->next_register = base;
}

static void generate_below(struct generator *generator, const struct node *node, uint32_t object,
                           struct path *path)
{
    uint32_t base = generator->next_register;
    struct partial partial = {.node = node, .to = object, .base = base, .path = path};
    bool keyed = node->kind == NODE_OBJECT || node->kind == NODE_SET;
    const struct index_item *items = keyed ? rule_items(generator, node) : NULL;
    if (items)
        generate_indexed(generator, items, node->rules.len, generate_keyed, &partial);
    generator->next_register = base;
    generator->module = NULL;
    generator->rule = NULL;
    generator->bound.words = 0;
    for (size_t i = 0; i < node->children.len && !generator->failed; i++) {
        path->keys[path->len++] = node->children.entries[i].key;
        generate_part(generator, node->children.entries[i].value, object, path);
        path->len--;
    }
}

static void generate_object(struct generator *generator, const struct node *node)
{
    struct path path = {.len = 0};
    uint32_t object = register_new(generator, 1);
    emit(generator, OP_OBJECT_NEW, object, 0, 0, 0);
    generate_below(generator, node, object, &path);
    emit(generator, OP_COLLECTION_END, object, 0, 0, 0);
    emit(generator, OP_RETURN, object, 0, 0, 0);
}

/* ---- Packages. ---- */

static void generate_child(struct generator *generator, size_t index, void *data)
{
    const struct partial *partial = data;
    const struct node *child = partial->node->children.entries[index].value;
    const struct rule *rule = first_rule(child);
    if (child->kind == NODE_FUNCTION)
        return;
    uint32_t end = label_new(generator);
    generator->next_register = partial->base;
    generator->fail = end;
    generator->module = rule ? rule->module : NULL;
    generator->site = 0;
    uint32_t value = generate_document(generator, child, rule ? rule->at : (struct place){0});
    emit(generator, child->kind == NODE_INNER ? OP_OBJECT_PUT : OP_OBJECT_KEEP, partial->to,
         constant_text(generator, child->key), value, 0);
    label_here(generator, end);
}

/* Complete rules without a default give nothing when none of them holds; all else does. */
static const struct index_item *child_items(struct generator *generator, const struct node *node)
{
    struct index_item *items =
        ARENA_ARRAY(generator->unit->scratch, struct index_item, node->children.len);
    for (size_t i = 0; items && i < node->children.len; i++) {
        const struct node *child = node->children.entries[i].value;
        bool plain = child->kind == NODE_VALUE && !child->fallback && child->shadow == 0;
        items[i] = (struct index_item){child->rules.items, child->rules.len, !plain};
    }
    if (!items)
        generator->failed = true;
    return items;
}

static void generate_package(struct generator *generator, const struct node *node)
{
    uint32_t object = register_new(generator, 1);
    emit(generator, OP_OBJECT_NEW, object, 0, 0, 0);
    struct partial partial = {.node = node, .to = object, .base = generator->next_register};
    uint32_t none = label_new(generator);
    generator->fail = none;
    emit(generator, OP_OBJECT_MERGE, object, generate_base(generator, node), 0, 0);
    label_here(generator, none);
    generator->next_register = partial.base;
    const struct index_item *items = child_items(generator, node);
    if (items)
        generate_indexed(generator, items, node->children.len, generate_child, &partial);
    emit(generator, OP_COLLECTION_END, object, 0, 0, 0);
    emit(generator, OP_RETURN, object, 0, 0, 0);
}

/* ---- The query. ---- */

static void add_solution(struct generator *generator, const struct rule *query, uint32_t list)
{
    uint32_t count = (uint32_t)query->variables->items.len;
    uint32_t first = register_new(generator, 2 * count), pairs = 0;
    for (uint32_t id = 1; id <= count; id++) {
        const struct variable *variable = list_at(&query->variables->items, id - 1);
        bool shown = bits_has(generator->bound.bits, id) && variable->name.len > 0 &&
                     !text_equal_z(variable->name, "_");
        if (!shown)
            continue;
        emit(generator, OP_MOVE, first + 2 * pairs, constant_text(generator, variable->name), 0, 0);
        emit(generator, OP_MOVE, first + 2 * pairs + 1, generator->operands[id], 0, 0);
        pairs++;
    }
    uint32_t object = register_new(generator, 1);
    emit(generator, OP_OBJECT, object, first, pairs, 0);
    emit(generator, OP_LIST_ADD, list, object, 0, 0);
}

static void generate_query(struct generator *generator, const struct rule *query)
{
    begin_procedure(generator, NULL);
    uint32_t entry = address_here(generator), end = label_new(generator);
    uint32_t list = register_new(generator, 1);
    emit(generator, OP_LIST_NEW, list, 0, 0, 0);
    generator->fail = end;
    begin_branch(generator, query);
    if (!generator->failed)
        generate_body(generator, query->body);
    if (!generator->failed)
        add_solution(generator, query, list);
    emit_jump(generator, generator->fail);
    label_here(generator, end);
    emit(generator, OP_LIST_END, list, 0, 0, 0);
    emit(generator, OP_RETURN, list, 0, 0, 0);
    end_procedure(generator, NULL, entry);
}

/* ---- All of them. ---- */

static bool has_procedure(const struct node *node)
{
    const struct node *owner = node_owner(node);
    return !owner || owner == node || node->kind == NODE_VALUE || node->kind == NODE_FUNCTION;
}

static bool number_procedures(struct generator *generator, struct node *node)
{
    if (has_procedure(node)) {
        if (!list_push(&generator->procedures))
            return false;
        node->procedure = (uint32_t)generator->procedures.len - 1;
    }
    for (size_t i = 0; i < node->children.len; i++)
        if (!number_procedures(generator, node->children.entries[i].value))
            return false;
    return true;
}

static void generate_node(struct generator *generator, const struct node *node)
{
    if (has_procedure(node)) {
        begin_procedure(generator, node);
        uint32_t entry = address_here(generator);
        switch (node->kind) {
        case NODE_INNER: generate_package(generator, node); break;
        case NODE_SET: generate_set(generator, node); break;
        case NODE_OBJECT: generate_object(generator, node); break;
        case NODE_VALUE:
        case NODE_FUNCTION: generate_complete(generator, node); break;
        }
        end_procedure(generator, node, entry);
    }
    for (size_t i = 0; i < node->children.len && !generator->failed; i++)
        generate_node(generator, node->children.entries[i].value);
}

/* Documents and functions that some `with` replaces are looked up at run time; all others are not.
 */
static bool mark_replaced(struct unit *unit)
{
    uint32_t shadows = 0;
    for (size_t i = 0; i < unit->with_targets.len; i++) {
        const struct term *target = LIST_ITEMS(&unit->with_targets, struct term *)[i];
        uint32_t used = 1;
        struct node *node =
            target->kind == TERM_REFERENCE ? unit_find_node(unit, target, &used) : unit->root;
        if (target->kind == TERM_REFERENCE && used < target->len)
            continue;
        if (node->kind == NODE_FUNCTION) {
            if (!map_set(&unit->mocked, node_path(unit, node), node))
                return false;
        } else if (node->shadow == 0) {
            node->shadow = ++shadows;
        }
    }
    return true;
}

bool generate_procedures(struct generator *generator)
{
    struct unit *unit = generator->unit;
    if (!mark_replaced(unit) || !number_procedures(generator, unit->root))
        return false;
    if (unit->query_rule) {
        if (!list_push(&generator->procedures))
            return false;
        unit->query_procedure = (uint32_t)generator->procedures.len - 1;
    }
    generate_node(generator, unit->root);
    if (unit->query_rule && !generator->failed)
        generate_query(generator, unit->query_rule);
    return !generator->failed;
}
