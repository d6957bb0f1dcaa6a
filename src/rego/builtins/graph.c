/* graph.*: reachability over objects from nodes to their neighbours. */
#include "rego/builtins/operand.h"

static enum builtin_outcome check(struct builtin_call *call, const struct value *operands)
{
    if (!operand_is(call, operands, 0, VALUE_OBJECT) ||
        !operand_among(call, operands, 1, KIND(ARRAY) | KIND(SET), "one of {array, set}"))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, value_weight(&operands[0])) || !charge(call, value_weight(&operands[1])) ||
        !sort_operand(call, &operands[1]))
        return BUILTIN_STOPPED;
    return BUILTIN_OK;
}

/* Whatever is neither array nor set has no neighbours. */
static uint32_t edge_count(const struct value *edges)
{
    return edges->kind == VALUE_ARRAY || edges->kind == VALUE_SET ? (uint32_t)value_count(edges)
                                                                  : 0;
}

static bool push_all(struct builtin_call *call, struct value_list *queue, const struct value *edges)
{
    if (edge_count(edges) > 0 && !sort_operand(call, edges))
        return false;
    for (uint32_t i = 0; i < edge_count(edges); i++) {
        if (!value_list_add(queue, *element(edges, i))) {
            stop_memory(call);
            return false;
        }
    }
    return true;
}

enum builtin_outcome builtin_graph_reachable(struct builtin_call *call,
                                             const struct value *operands, struct value *result)
{
    enum builtin_outcome outcome = check(call, operands);
    if (outcome != BUILTIN_OK)
        return outcome;
    struct collection *reached = set_new(call->arena, 0);
    struct value_list queue;
    value_list_init(&queue, call->arena);
    if (!reached)
        return stop_memory(call);
    if (!push_all(call, &queue, &operands[1]))
        return BUILTIN_STOPPED;
    for (uint32_t i = 0; i < queue.len; i++) {
        const struct value node = queue.items[i];
        const struct value *edges = value_get(&operands[0], &node);
        if (!charge(call, value_weight(&node)))
            return BUILTIN_STOPPED;
        if (!edges || collection_get(reached, &node))
            continue;
        if (!set_add(reached, node))
            return stop_memory(call);
        if (!push_all(call, &queue, edges))
            return BUILTIN_STOPPED;
    }
    return give_collection(reached, result);
}

/* Paths: depth first; what was reached on the way from one neighbour of the start is not entered
 * again, but ends a path. */

struct paths {
    struct builtin_call *call;
    const struct value *graph;
    struct collection *found;
    struct collection *reached;
    struct value_list path; /* as a stack */
};

static bool add_path(struct paths *paths)
{
    if (!charge(paths->call, paths->path.weight))
        return false;
    struct value *items = value_array_items(paths->call->arena, paths->path.len);
    for (uint32_t i = 0; items && i < paths->path.len; i++)
        items[i] = paths->path.items[i];
    if (items && set_add(paths->found, value_array(items, paths->path.len)))
        return true;
    stop_memory(paths->call);
    return false;
}

static bool push(struct paths *paths, const struct value *node)
{
    if (paths->path.len < VALUE_MAX_DEPTH && value_list_add(&paths->path, *node))
        return true;
    stop_memory(paths->call);
    return false;
}

static bool visit(struct paths *paths, const struct value *node)
{
    const struct value *edges = value_get(paths->graph, node);
    if (!edges)
        return add_path(paths);
    if (!push(paths, node) || !sort_operand(paths->call, edges))
        return false;
    uint32_t depth = paths->path.len;
    if (edge_count(edges) == 0 && !add_path(paths))
        return false;
    if (!set_add(paths->reached, *node)) {
        stop_memory(paths->call);
        return false;
    }
    for (uint32_t i = 0; i < edge_count(edges); i++) {
        const struct value *next = element(edges, i);
        paths->path.len = depth;
        bool again = collection_get(paths->reached, next) != NULL;
        if (!charge(paths->call, value_weight(next)) ||
            (again ? !add_path(paths) : !visit(paths, next)))
            return false;
    }
    paths->path.len = depth;
    return true;
}

static bool visit_start(struct paths *paths, const struct value *node)
{
    const struct value *edges = value_get(paths->graph, node);
    if (!edges)
        return true;
    paths->path.len = 0;
    if (!push(paths, node) || !sort_operand(paths->call, edges))
        return false;
    if (edge_count(edges) == 0)
        return add_path(paths);
    for (uint32_t i = 0; i < edge_count(edges); i++) {
        paths->path.len = 1;
        paths->reached = set_new(paths->call->arena, 0);
        if (!paths->reached || !set_add(paths->reached, *node)) {
            stop_memory(paths->call);
            return false;
        }
        const struct value *next = element(edges, i);
        bool again = collection_get(paths->reached, next) != NULL;
        if (again ? !add_path(paths) : !visit(paths, next))
            return false;
    }
    return true;
}

enum builtin_outcome builtin_graph_reachable_paths(struct builtin_call *call,
                                                   const struct value *operands,
                                                   struct value *result)
{
    enum builtin_outcome outcome = check(call, operands);
    if (outcome != BUILTIN_OK)
        return outcome;
    struct paths paths = {.call = call, .graph = &operands[0], .found = set_new(call->arena, 0)};
    value_list_init(&paths.path, call->arena);
    if (!paths.found)
        return stop_memory(call);
    for (uint32_t i = 0; i < value_count(&operands[1]); i++) {
        if (!visit_start(&paths, element(&operands[1], i)))
            return BUILTIN_STOPPED;
    }
    return give_collection(paths.found, result);
}
