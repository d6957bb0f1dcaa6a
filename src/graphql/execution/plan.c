/*
 * Planning: collects the fields of each selection set as the specification's CollectFields does,
 * once for every object type that can come, and goes down.
 */
#include "graphql/execution/plan.h"

#include "graphql/execution/arguments.h"
#include "graphql/types/introspection.h"

#include <string.h>

enum { PLAN_BYTES_MAX = 64 << 20, VISITS_PER_FIELD = 16 };

/* The document's fields that share a response key. */
struct field_group {
    struct text key;
    struct list nodes; /* of const struct ast_selection * */
    struct field_group *next;
};

/* Groups of one set, in the order of first appearance. */
struct field_groups {
    struct field_group *first;
    struct field_group **tail;
    struct map by_key;
};

struct planner {
    struct arena *arena; /* the plan's */
    struct arena *scratch;
    const struct graphql_document *document;
    const struct graphql_schema *schema;
    const struct graphql_variables *variables;
    struct graphql_plan *plan;
    uint32_t *visited; /* by fragment: the number of the set that spread it last */
    uint32_t set_number;
    uint32_t max_fields;
    uint64_t visits;
    struct error *error;
    const struct ast_selection *about;
};

static bool too_much(struct planner *planner)
{
    return error_set(planner->error, ERR_LIMIT,
                     "The operation selects more than %u fields once its fragments are expanded.",
                     planner->max_fields);
}

static bool condition_of(const struct planner *planner, const struct ast_directive *directive)
{
    const struct ast_argument *argument = ast_argument_find(directive->arguments, TEXT("if"));
    if (!argument)
        return false;
    if (argument->value->kind != AST_VARIABLE)
        return argument->value->is_true;
    const struct graphql_value *value =
        graphql_variables_find(planner->variables, argument->value->text);
    return value && value->kind == GRAPHQL_VALUE_BOOLEAN && value->boolean;
}

static bool is_included(const struct planner *planner, const struct ast_selection *selection)
{
    for (const struct ast_directive *each = selection->directives; each; each = each->next) {
        if (text_equal(each->name, TEXT("skip")) && condition_of(planner, each))
            return false;
        if (text_equal(each->name, TEXT("include")) && !condition_of(planner, each))
            return false;
    }
    return true;
}

static bool add_node(struct planner *planner, struct field_groups *groups,
                     const struct ast_selection *node)
{
    struct text key = ast_response_key(node);
    struct field_group *group = map_get(&groups->by_key, key);
    if (!group) {
        group = ARENA_NEW(planner->scratch, struct field_group);
        if (!group || !map_set(&groups->by_key, key, group))
            return error_set_no_memory(planner->error);
        group->key = key;
        list_init(&group->nodes, planner->scratch, sizeof(node));
        *groups->tail = group;
        groups->tail = &group->next;
    }
    const struct ast_selection **slot = list_push(&group->nodes);
    if (!slot)
        return error_set_no_memory(planner->error);
    *slot = node;
    return true;
}

static bool collect(struct planner *planner, const struct graphql_type *type,
                    const struct ast_selection *selections, struct field_groups *groups);

static bool collect_spread(struct planner *planner, const struct graphql_type *type,
                           const struct ast_selection *spread, struct field_groups *groups)
{
    const struct document_fragment *fragment = map_get(&planner->document->fragments, spread->name);
    if (!fragment || planner->visited[fragment->index] == planner->set_number)
        return true;
    planner->visited[fragment->index] = planner->set_number;
    if (!graphql_type_is_possible(fragment->type, type))
        return true;
    return collect(planner, type, fragment->definition->selections, groups);
}

static bool collect_inline(struct planner *planner, const struct graphql_type *type,
                           const struct ast_selection *selection, struct field_groups *groups)
{
    if (selection->condition.name.at) {
        const struct graphql_type *condition =
            graphql_schema_type(planner->schema, selection->condition.name);
        if (!condition || !graphql_type_is_possible(condition, type))
            return true;
    }
    return collect(planner, type, selection->selections, groups);
}

static bool collect(struct planner *planner, const struct graphql_type *type,
                    const struct ast_selection *selections, struct field_groups *groups)
{
    for (const struct ast_selection *each = selections; each; each = each->next) {
        bool ok = true;
        planner->visits++;
        if (planner->max_fields &&
            planner->visits > (uint64_t)planner->max_fields * VISITS_PER_FIELD)
            return too_much(planner);
        if (!is_included(planner, each))
            continue;
        switch (each->kind) {
        case AST_FIELD: ok = add_node(planner, groups, each); break;
        case AST_SPREAD: ok = collect_spread(planner, type, each, groups); break;
        case AST_INLINE: ok = collect_inline(planner, type, each, groups); break;
        }
        if (!ok)
            return false;
    }
    return true;
}

static bool plan_arguments(struct planner *planner, struct graphql_plan_field *out)
{
    const struct ast_selection *node = out->nodes[0];
    const struct graphql_field *field = out->field;
    if (field->argument_count == 0)
        return true;
    out->has_variables = graphql_arguments_have_variables(node->arguments);
    if (out->has_variables)
        return true;
    struct graphql_value *values = ARENA_NEW(planner->arena, struct graphql_value);
    planner->about = node;
    if (!values)
        return error_set_no_memory(planner->error);
    if (!graphql_arguments_coerce(planner->arena, planner->document->text, field->arguments,
                                  field->argument_count, node->arguments, node->at, NULL, values,
                                  planner->error))
        return false;
    out->values = values;
    if (field->args_size == 0)
        return true;
    out->args = graphql_arguments_bind(planner->arena, field->arguments, field->argument_count,
                                       field->args_size, values);
    return out->args || error_set_no_memory(planner->error);
}

static bool is_numeric_member(const struct graphql_member *member)
{
    return member->form == GRAPHQL_FORM_INT64 && member->null == GRAPHQL_NULL_NEVER;
}

static bool is_list_of_texts(const struct graphql_field *field, uint64_t wrappers)
{
    return field->member.form == GRAPHQL_FORM_TEXTS && field->type.type->kind == GRAPHQL_SCALAR &&
           !graphql_is_list(graphql_nullable(wrappers >> 2));
}

/* Only what the writer has a short way for; everything else takes the general one. */
static enum plan_leaf leaf_of(const struct graphql_field *field)
{
    const struct graphql_type *type = field->type.type;
    const struct graphql_member *member = &field->member;
    if (field == &graphql_typename_field)
        return PLAN_LEAF_TYPENAME;
    uint64_t wrappers = graphql_nullable(field->type.wrappers);
    if (member->form == GRAPHQL_FORM_NONE || !graphql_type_is_leaf(type))
        return PLAN_NO_LEAF;
    if (graphql_is_list(wrappers))
        return is_list_of_texts(field, wrappers) ? PLAN_LEAF_TEXTS : PLAN_NO_LEAF;
    if (member->form == GRAPHQL_FORM_TEXT && type->kind == GRAPHQL_SCALAR)
        return PLAN_LEAF_TEXT;
    if (member->form == GRAPHQL_FORM_BOOL)
        return PLAN_LEAF_BOOL;
    if (member->form == GRAPHQL_FORM_INT32 && type->kind == GRAPHQL_ENUM &&
        member->null == GRAPHQL_NULL_NEVER)
        return PLAN_LEAF_ENUM;
    if (member->is_time && is_numeric_member(member))
        return PLAN_LEAF_TIME;
    return PLAN_NO_LEAF;
}

static struct text make_label(struct planner *planner, struct text key)
{
    return text_format(planner->arena, ",\"%.*s\":", TEXT_ARG(key));
}

static bool copy_nodes(struct planner *planner, const struct field_group *group,
                       struct graphql_plan_field *out)
{
    const struct ast_selection **nodes =
        ARENA_ARRAY(planner->arena, const struct ast_selection *, group->nodes.len);
    if (!nodes)
        return error_set_no_memory(planner->error);
    memcpy(nodes, group->nodes.items, group->nodes.len * sizeof(*nodes));
    out->nodes = nodes;
    out->node_count = (uint32_t)group->nodes.len;
    return true;
}

static bool plan_set(struct planner *planner, const struct graphql_type *type,
                     const struct ast_selection *const *nodes, uint32_t node_count,
                     const struct ast_selection *root, struct plan_set *out);

static bool plan_children(struct planner *planner, struct graphql_plan_field *out)
{
    const struct graphql_type *type = out->field->type.type;
    if (!graphql_type_is_composite(type))
        return true;
    bool is_abstract = graphql_type_is_abstract(type);
    uint32_t count = is_abstract ? type->possible_count : 1;
    struct plan_set *sets = ARENA_ARRAY(planner->arena, struct plan_set, count);
    if (!sets)
        return error_set_no_memory(planner->error);
    for (uint32_t i = 0; i < count; i++) {
        const struct graphql_type *object = is_abstract ? type->possible[i] : type;
        if (!plan_set(planner, object, out->nodes, out->node_count, NULL, &sets[i]))
            return false;
        out->has_work_below |= sets[i].has_work;
    }
    out->sets = sets;
    out->set_count = count;
    return true;
}

static bool plan_field(struct planner *planner, const struct graphql_type *type,
                       const struct field_group *group, struct graphql_plan_field *out)
{
    const struct ast_selection *node = LIST_ITEMS(&group->nodes, const struct ast_selection *)[0];
    struct graphql_plan *plan = planner->plan;
    out->field = graphql_any_field(planner->schema, type, node->name);
    if (!out->field)
        return error_set(planner->error, ERR_INTERNAL, "A field is missing after validation.");
    out->id = plan->field_count++;
    if (planner->max_fields && plan->field_count > planner->max_fields)
        return too_much(planner);
    out->key = group->key;
    out->label = make_label(planner, group->key);
    out->is_resolved = out->field->resolve || out->field->access.kind == GRAPHQL_ACCESS_REQUIRES;
    if (!out->is_resolved)
        out->leaf = leaf_of(out->field);
    return (out->label.at || error_set_no_memory(planner->error)) &&
           copy_nodes(planner, group, out) && plan_arguments(planner, out) &&
           plan_children(planner, out);
}

static bool plan_groups(struct planner *planner, const struct graphql_type *type,
                        const struct field_groups *groups, struct plan_set *out)
{
    size_t count = groups->by_key.len;
    struct graphql_plan_field *fields =
        ARENA_ARRAY(planner->arena, struct graphql_plan_field, count);
    if (!fields)
        return error_set_no_memory(planner->error);
    out->fields = fields;
    out->field_count = (uint32_t)count;
    for (const struct field_group *group = groups->first; group; group = group->next, fields++) {
        if (!plan_field(planner, type, group, fields))
            return false;
        out->has_work |= fields->is_resolved || fields->has_work_below;
    }
    return true;
}

/* The set below the given fields, or the root set of the operation. */
static bool plan_set(struct planner *planner, const struct graphql_type *type,
                     const struct ast_selection *const *nodes, uint32_t node_count,
                     const struct ast_selection *root, struct plan_set *out)
{
    struct field_groups groups = {.tail = &groups.first};
    map_init(&groups.by_key, planner->scratch);
    out->type = type;
    out->id = planner->plan->set_count++;
    planner->set_number++;
    if (root && !collect(planner, type, root, &groups))
        return false;
    for (uint32_t i = 0; i < node_count; i++)
        if (!collect(planner, type, nodes[i]->selections, &groups))
            return false;
    return plan_groups(planner, type, &groups, out);
}

void graphql_plan_free(struct graphql_plan *plan)
{
    if (plan)
        arena_free(plan->arena);
}

bool graphql_plan_build(struct arena *scratch, const struct graphql_document *document,
                        const struct document_operation *operation,
                        const struct graphql_schema *schema,
                        const struct graphql_variables *variables, uint32_t max_fields,
                        struct graphql_plan **out, struct error *error,
                        const struct ast_selection **about)
{
    struct arena *arena = arena_new(PLAN_BYTES_MAX);
    struct graphql_plan *plan = arena ? ARENA_NEW(arena, struct graphql_plan) : NULL;
    struct planner planner = {.arena = arena,
                              .scratch = scratch,
                              .document = document,
                              .schema = schema,
                              .variables = variables,
                              .plan = plan,
                              .max_fields = max_fields,
                              .error = error};
    planner.visited = ARENA_ARRAY(scratch, uint32_t, document->fragment_count);
    if (plan)
        plan->arena = arena;
    if (plan && planner.visited &&
        plan_set(&planner, operation->type, NULL, 0, operation->definition->selections,
                 &plan->root)) {
        *out = plan;
        return true;
    }
    *about = planner.about;
    arena_free(arena);
    return error_is_set(error) ? false : error_set_no_memory(error);
}

static uint64_t add(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint64_t multiply(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* The number a list may hold: the argument that bounds it, else what the schema expects. */
static uint64_t expected_size(const struct graphql_plan_field *field,
                              const struct graphql_variables *variables)
{
    const struct graphql_field *definition = field->field;
    if (!graphql_is_list(graphql_nullable(definition->type.wrappers)) &&
        !definition->size_argument.at)
        return 1;
    uint64_t size = definition->list_size ? definition->list_size : 1;
    if (!definition->size_argument.at)
        return size;
    const struct ast_argument *sent =
        ast_argument_find(field->nodes[0]->arguments, definition->size_argument);
    const struct graphql_value *value =
        graphql_value_field(field->values, definition->size_argument);
    if (!value && sent && sent->value->kind == AST_VARIABLE)
        value = graphql_variables_find(variables, sent->value->text);
    int64_t literal;
    if (value && value->kind == GRAPHQL_VALUE_INT)
        return value->integer < 0 ? 0 : (uint64_t)value->integer;
    if (sent && sent->value->kind == AST_INT && text_to_int64(sent->value->text, &literal))
        return literal < 0 ? 0 : (uint64_t)literal;
    return size;
}

static uint64_t set_cost(const struct plan_set *set, const struct graphql_variables *variables);

static uint64_t field_cost(const struct graphql_plan_field *field,
                           const struct graphql_variables *variables)
{
    uint64_t below = 0;
    for (uint32_t i = 0; i < field->set_count; i++) {
        uint64_t cost = set_cost(&field->sets[i], variables);
        if (cost > below)
            below = cost;
    }
    return add(field->field->cost, multiply(expected_size(field, variables), below));
}

static uint64_t set_cost(const struct plan_set *set, const struct graphql_variables *variables)
{
    uint64_t cost = 0;
    for (uint32_t i = 0; i < set->field_count; i++)
        cost = add(cost, field_cost(&set->fields[i], variables));
    return cost;
}

uint64_t graphql_plan_cost(const struct graphql_plan *plan,
                           const struct graphql_variables *variables)
{
    return set_cost(&plan->root, variables);
}
