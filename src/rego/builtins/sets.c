/* Union, intersection and difference. */
#include "rego/builtins/sets.h"

#include "rego/builtins/operand.h"

static bool add_all(struct collection *to, const struct collection *from)
{
    for (uint32_t i = 0; i < from->len; i++) {
        if (!set_add(to, *collection_raw_key(from, i)))
            return false;
    }
    return true;
}

/* Those members of `a` whose being in `b` equals `wanted`. */
static enum builtin_outcome select_members(struct builtin_call *call, const struct value *a,
                                           const struct value *b, bool wanted, struct value *result)
{
    const struct collection *from = a->as.collection;
    if (!charge(call, value_weight(a)))
        return BUILTIN_STOPPED;
    struct collection *set = set_new(call->arena, 0);
    if (!set)
        return stop_memory(call);
    for (uint32_t i = 0; i < from->len; i++) {
        const struct value *member = collection_raw_key(from, i);
        if ((collection_get(b->as.collection, member) != NULL) == wanted && !set_add(set, *member))
            return stop_memory(call);
    }
    return give_collection(set, result);
}

enum builtin_outcome set_difference(struct builtin_call *call, const struct value *a,
                                    const struct value *b, struct value *result)
{
    return select_members(call, a, b, false, result);
}

enum builtin_outcome builtin_and(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_SET) || !operand_is(call, operands, 1, VALUE_SET))
        return BUILTIN_TYPE_ERROR;
    const struct value *a = &operands[0], *b = &operands[1];
    return value_count(a) <= value_count(b) ? select_members(call, a, b, true, result)
                                            : select_members(call, b, a, true, result);
}

enum builtin_outcome builtin_or(struct builtin_call *call, const struct value *operands,
                                struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_SET) || !operand_is(call, operands, 1, VALUE_SET))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, value_weight(&operands[0])) || !charge(call, value_weight(&operands[1])))
        return BUILTIN_STOPPED;
    struct collection *set = set_new(call->arena, value_count(&operands[0]));
    if (!set || !add_all(set, operands[0].as.collection) ||
        !add_all(set, operands[1].as.collection))
        return stop_memory(call);
    return give_collection(set, result);
}

enum builtin_outcome builtin_set_diff(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_SET) || !operand_is(call, operands, 1, VALUE_SET))
        return BUILTIN_TYPE_ERROR;
    return set_difference(call, &operands[0], &operands[1], result);
}

enum builtin_outcome builtin_union(struct builtin_call *call, const struct value *operands,
                                   struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_SET) ||
        !operand_elements_are(call, operands, 0, VALUE_SET))
        return BUILTIN_TYPE_ERROR;
    const struct collection *sets = operands[0].as.collection;
    if (!charge(call, value_weight(&operands[0])))
        return BUILTIN_STOPPED;
    struct collection *all = set_new(call->arena, 0);
    if (!all)
        return stop_memory(call);
    for (uint32_t i = 0; i < sets->len; i++) {
        if (!add_all(all, collection_raw_key(sets, i)->as.collection))
            return stop_memory(call);
    }
    return give_collection(all, result);
}

enum builtin_outcome builtin_intersection(struct builtin_call *call, const struct value *operands,
                                          struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_SET) ||
        !operand_elements_are(call, operands, 0, VALUE_SET))
        return BUILTIN_TYPE_ERROR;
    const struct collection *sets = operands[0].as.collection;
    struct collection *none = set_new(call->arena, 0);
    if (!none)
        return stop_memory(call);
    *result = sets->len ? *collection_raw_key(sets, 0) : collection_value(none);
    for (uint32_t i = 1; i < sets->len; i++) {
        struct value so_far = *result;
        enum builtin_outcome outcome =
            select_members(call, &so_far, collection_raw_key(sets, i), true, result);
        if (outcome != BUILTIN_OK)
            return outcome;
    }
    return BUILTIN_OK;
}
