/*
 * The tree of documents that the rules define under `data`. A rule stands at the node of its
 * package and the constant strings of its name; what follows in the name (variables, numbers) are
 * keys below that node. A node with such keys owns everything below it: its rules may define any
 * key there, so the nodes below are parts of one object.
 */
#include "rego/compile/unit.h"

bool unit_no_memory(struct unit *unit)
{
    return diagnostic_add(&unit->diagnostics, REGO_COMPILE_ERROR, NULL, (struct place){0},
                          "the policy is too large: no memory left to compile it");
}

static struct node *node_new(struct unit *unit, struct node *parent, struct text key)
{
    struct node *node = ARENA_NEW(unit->arena, struct node);
    if (!node)
        return NULL;
    node->key = key;
    node->parent = parent;
    map_init(&node->children, unit->arena);
    list_init(&node->rules, unit->scratch, sizeof(struct rule *));
    if (parent && !map_set(&parent->children, key, node))
        return NULL;
    return node;
}

static struct node *descend(struct unit *unit, struct node *node, struct text key)
{
    struct node *child = map_get(&node->children, key);
    return child ? child : node_new(unit, node, key);
}

struct text node_path(const struct unit *unit, const struct node *node)
{
    const struct node *nodes[2 * POLICY_DEPTH_MAX + 2];
    size_t depth = 0;
    for (; node && depth < ARRAY_LENGTH(nodes); node = node->parent)
        nodes[depth++] = node;
    struct buffer out;
    buffer_init(&out, unit->scratch, 65536);
    while (depth > 0) {
        buffer_add(&out, nodes[--depth]->key);
        if (depth > 0)
            buffer_add_byte(&out, '.');
    }
    return buffer_text(&out);
}

struct node *unit_find_node(const struct unit *unit, const struct term *path, uint32_t *used)
{
    struct node *node = unit->root;
    uint32_t i = 1;
    for (; i < path->len && path->items[i]->kind == TERM_STRING; i++) {
        struct node *child = map_get(&node->children, path->items[i]->text);
        if (!child)
            break;
        node = child;
    }
    *used = i;
    return node;
}

/* The sentence is what stands before the path of the node, the path, and what stands after it. */
static bool complain(struct unit *unit, const struct rule *rule, const char *before,
                     const struct node *node, const char *after)
{
    struct text path = node_path(unit, node);
    return diagnostic_add(&unit->diagnostics, REGO_TYPE_ERROR, rule->module->source, rule->at,
                          "%s%.*s%s", before, TEXT_ARG(path), after);
}

static struct node *package_node(struct unit *unit, struct module *module)
{
    struct node *node = unit->root;
    for (uint32_t i = 1; node && i < module->package->len; i++)
        node = descend(unit, node, module->package->items[i]->text);
    if (node && !node->package)
        node->package = module;
    return node;
}

/* The index in the name of the first part that is no constant string. */
static uint32_t first_key(const struct rule *rule)
{
    if (rule->name->kind != TERM_REFERENCE)
        return 1;
    uint32_t i = 1;
    while (i < rule->name->len && rule->name->items[i]->kind == TERM_STRING)
        i++;
    return i;
}

static uint32_t name_len(const struct rule *rule)
{
    return rule->name->kind == TERM_REFERENCE ? rule->name->len : 1;
}

static enum node_kind kind_of(const struct rule *rule)
{
    if (rule->kind == RULE_FUNCTION)
        return NODE_FUNCTION;
    if (rule->rest < name_len(rule))
        return NODE_OBJECT;
    return rule->kind == RULE_MEMBER ? NODE_SET : NODE_VALUE;
}

static bool check_function(struct unit *unit, struct node *node, const struct rule *rule)
{
    if (rule->rest < name_len(rule))
        return complain(unit, rule, "rule ", node, ": a function's name cannot hold variables");
    if (node->rules.len + (node->fallback != NULL) == 0)
        node->arity = rule->argument_count;
    if (node->arity != rule->argument_count || rule->argument_count > UINT16_MAX)
        return complain(unit, rule, "conflicting rules ", node, " found: arities differ");
    return true;
}

static bool set_kind(struct unit *unit, struct node *node, const struct rule *rule)
{
    enum node_kind kind = kind_of(rule);
    bool first = node->kind == NODE_INNER;
    if (kind == NODE_FUNCTION && !check_function(unit, node, rule))
        return false;
    if (first || node->kind == kind) {
        node->kind = kind;
        return true;
    }
    return complain(unit, rule, "conflicting rules ", node, " found");
}

static bool check_else(struct unit *unit, const struct rule *rule, const struct node *node)
{
    if (rule->otherwise && kind_of(rule) == NODE_OBJECT)
        return complain(unit, rule->otherwise, "else keyword cannot be used on partial rule ", node,
                        "");
    return true;
}

static bool insert(struct unit *unit, struct node *package, struct rule *rule)
{
    struct node *node = package;
    uint32_t rest = first_key(rule);
    if (rest > POLICY_DEPTH_MAX || name_len(rule) > POLICY_DEPTH_MAX)
        return complain(unit, rule, "rule ", node, ": the name has too many parts");
    for (uint32_t i = 0; node && i < rest; i++) {
        const struct term *part =
            rule->name->kind == TERM_REFERENCE ? rule->name->items[i] : rule->name;
        node = descend(unit, node, part->text);
    }
    if (!node)
        return unit_no_memory(unit);
    for (struct rule *branch = rule; branch; branch = branch->otherwise) {
        branch->node = node;
        branch->rest = rest;
    }
    if (!set_kind(unit, node, rule) || !check_else(unit, rule, node))
        return false;
    if (rule->is_default) {
        if (node->fallback)
            return complain(unit, rule, "multiple default rules ", node, " found");
        node->fallback = rule;
        return true;
    }
    struct rule **slot = list_push(&node->rules);
    if (slot)
        *slot = rule;
    return slot != NULL || unit_no_memory(unit);
}

static const struct rule *any_rule(const struct node *node)
{
    return node->rules.len > 0 ? LIST_ITEMS(&node->rules, struct rule *)[0] : node->fallback;
}

/* The first rule at or below a node; NULL when there is none. */
static const struct rule *rule_below(const struct node *node)
{
    const struct rule *rule = any_rule(node);
    for (size_t i = 0; !rule && i < node->children.len; i++)
        rule = rule_below(node->children.entries[i].value);
    return rule;
}

/* Only objects may have something below them. */
static bool check_children(struct unit *unit, const struct node *node)
{
    bool ok = true;
    bool closed = node->kind != NODE_INNER && node->kind != NODE_OBJECT;
    for (size_t i = 0; i < node->children.len; i++) {
        const struct node *child = node->children.entries[i].value;
        const struct rule *below = rule_below(child);
        if (closed && below)
            ok = complain(unit, below, "rule conflicts with the rule ", node, " above it");
        else if (closed && child->package)
            ok =
                complain(unit, any_rule(node), "rule ", node, " conflicts with a package below it");
        ok = check_children(unit, child) && ok;
    }
    if (node->package && node->kind != NODE_INNER && any_rule(node))
        ok = complain(unit, any_rule(node), "package ", node, " conflicts with a rule");
    return ok;
}

bool unit_build_tree(struct unit *unit)
{
    unit->root = node_new(unit, NULL, TEXT("data"));
    if (!unit->root)
        return unit_no_memory(unit);
    bool ok = true;
    for (size_t i = 0; i < unit->module_count; i++) {
        struct module *module = unit->modules[i];
        if (module->package->len > POLICY_DEPTH_MAX)
            return diagnostic_add(&unit->diagnostics, REGO_COMPILE_ERROR, module->source,
                                  module->package->at, "the package name has too many parts");
        struct node *package = package_node(unit, module);
        if (!package)
            return unit_no_memory(unit);
        for (uint32_t j = 0; j < module->rule_count; j++)
            ok = insert(unit, package, module->rules[j]) && ok;
    }
    return ok && check_children(unit, unit->root);
}
