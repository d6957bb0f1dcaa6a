/* walk: the value itself and everything below, each with its path. */
#include "rego/builtins/operand.h"

#include <string.h>

struct step {
    struct value at;
    uint32_t next; /* the child to visit */
};

struct walk {
    struct step *steps; /* one per level */
    struct value *path; /* keys that led to each level; one fewer */
    uint32_t depth;     /* levels in use; 0 when done */
    bool fresh;         /* the top level has not been shown yet */
};

enum builtin_outcome builtin_walk_open(struct builtin_call *call, const struct value *operands,
                                       struct builtin_iterator *iterator)
{
    struct value start = operands[0];
    uint32_t skip = 0;
    for (; skip < iterator->prefix_len; skip++) {
        const struct value *below = value_get(&start, &iterator->prefix[skip]);
        if (!below)
            break;
        start = *below;
    }
    struct walk *walk = ARENA_NEW(call->arena, struct walk);
    if (!walk)
        return stop_memory(call);
    iterator->state = walk;
    if (skip < iterator->prefix_len)
        return BUILTIN_OK;
    walk->steps = ARENA_ARRAY(call->arena, struct step, (size_t)start.depth + 1);
    walk->path = ARENA_ARRAY(call->arena, struct value, (size_t)start.depth + skip + 1);
    if (!walk->steps || !walk->path)
        return stop_memory(call);
    for (uint32_t i = 0; i < skip; i++)
        walk->path[i] = iterator->prefix[i];
    walk->steps[0].at = start;
    walk->depth = 1;
    walk->fresh = true;
    return BUILTIN_OK;
}

/* Goes to the next value in the order of the walk; depth 0 at the end. False to stop. */
static bool advance(struct builtin_call *call, const struct builtin_iterator *iterator,
                    struct walk *walk)
{
    while (walk->depth > 0) {
        struct step *top = &walk->steps[walk->depth - 1];
        if (top->next >= value_count(&top->at)) {
            walk->depth--;
            continue;
        }
        if (top->next == 0 && !sort_operand(call, &top->at))
            return false;
        uint32_t child = top->next++;
        bool array = top->at.kind == VALUE_ARRAY;
        const struct collection *collection = top->at.as.collection;
        walk->path[iterator->prefix_len + walk->depth - 1] =
            array ? VALUE_INT(child) : *collection_key(collection, child);
        walk->steps[walk->depth++] = (struct step){
            .at = array ? top->at.as.items[child] : *collection_item(collection, child)};
        break;
    }
    return true;
}

static bool path_value(struct builtin_call *call, const struct builtin_iterator *iterator,
                       const struct walk *walk, struct value *out)
{
    uint32_t len = iterator->prefix_len + walk->depth - 1;
    *out = VALUE_OF_NULL;
    if (iterator->no_path)
        return true;
    struct value *items = value_array_items(call->arena, len);
    if (!items)
        return false;
    if (len)
        memcpy(items, walk->path, len * sizeof *items);
    *out = value_array(items, len);
    return out->kind == VALUE_ARRAY;
}

enum builtin_outcome builtin_walk_next(struct builtin_call *call, struct builtin_iterator *iterator,
                                       struct value *result)
{
    struct walk *walk = iterator->state;
    if (!charge(call, iterator->no_path ? 1 : 1 + walk->depth / 2))
        return BUILTIN_STOPPED;
    if (!walk->fresh && walk->depth > 0 && !advance(call, iterator, walk))
        return BUILTIN_STOPPED;
    walk->fresh = false;
    if (walk->depth == 0)
        return BUILTIN_UNDEFINED;
    struct value *items = value_array_items(call->arena, 2);
    if (!items || !path_value(call, iterator, walk, &items[0]))
        return stop_memory(call);
    items[1] = walk->steps[walk->depth - 1].at;
    return give_array(call, items, 2, result);
}
