/* object.* */
#include "rego/builtins/operand.h"

enum builtin_outcome builtin_object_get(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_OBJECT))
        return BUILTIN_TYPE_ERROR;
    const struct value *at = &operands[0];
    if (operands[1].kind == VALUE_ARRAY) {
        for (uint32_t i = 0; i < operands[1].len && at; i++)
            at = value_get(at, &operands[1].as.items[i]);
    } else {
        at = value_get(at, &operands[1]);
    }
    if (!charge(call, value_weight(&operands[1])))
        return BUILTIN_STOPPED;
    *result = at ? *at : operands[2];
    return BUILTIN_OK;
}

enum builtin_outcome builtin_object_keys(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_OBJECT))
        return BUILTIN_TYPE_ERROR;
    const struct collection *object = operands[0].as.collection;
    if (!charge(call, object->len))
        return BUILTIN_STOPPED;
    struct collection *keys = set_new(call->arena, object->len);
    if (!keys)
        return stop_memory(call);
    for (uint32_t i = 0; i < object->len; i++) {
        if (!set_add(keys, *collection_raw_key(object, i)))
            return stop_memory(call);
    }
    return give_collection(keys, result);
}

/* Union. */

static bool merge(struct arena *arena, const struct collection *a, const struct collection *b,
                  struct value *out);

/* Objects under the same key are merged; of anything else, the right one stays. */
static bool put_merged(struct arena *arena, struct collection *into, const struct value *key,
                       const struct value *right)
{
    const struct value *left = collection_get(into, key);
    struct value merged = *right;
    if (left && left->kind == VALUE_OBJECT && right->kind == VALUE_OBJECT &&
        !merge(arena, left->as.collection, right->as.collection, &merged))
        return false;
    return object_put(into, *key, merged);
}

static bool merge(struct arena *arena, const struct collection *a, const struct collection *b,
                  struct value *out)
{
    struct collection *into = object_new(arena, a->len);
    if (!into)
        return false;
    for (uint32_t i = 0; i < a->len; i++) {
        if (!object_put(into, *collection_raw_key(a, i), *collection_raw_item(a, i)))
            return false;
    }
    for (uint32_t i = 0; i < b->len; i++) {
        if (!put_merged(arena, into, collection_raw_key(b, i), collection_raw_item(b, i)))
            return false;
    }
    *out = collection_value(into);
    return true;
}

static enum builtin_outcome merge_charged(struct builtin_call *call, const struct value *a,
                                          const struct value *b, struct value *result)
{
    if (!charge(call, value_weight(a)) || !charge(call, value_weight(b)))
        return BUILTIN_STOPPED;
    return merge(call->arena, a->as.collection, b->as.collection, result) ? BUILTIN_OK
                                                                          : stop_memory(call);
}

enum builtin_outcome builtin_object_union(struct builtin_call *call, const struct value *operands,
                                          struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_OBJECT) ||
        !operand_is(call, operands, 1, VALUE_OBJECT))
        return BUILTIN_TYPE_ERROR;
    return merge_charged(call, &operands[0], &operands[1], result);
}

enum builtin_outcome builtin_object_union_n(struct builtin_call *call, const struct value *operands,
                                            struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_ARRAY) ||
        !operand_elements_are(call, operands, 0, VALUE_OBJECT))
        return BUILTIN_TYPE_ERROR;
    struct collection *none = object_new(call->arena, 0);
    if (!none)
        return stop_memory(call);
    *result = collection_value(none);
    for (uint32_t i = 0; i < operands[0].len; i++) {
        struct value so_far = *result;
        enum builtin_outcome outcome =
            merge_charged(call, &so_far, &operands[0].as.items[i], result);
        if (outcome != BUILTIN_OK)
            return outcome;
    }
    return BUILTIN_OK;
}

/* Remove and filter. */

static bool has_key(const struct value *keys, const struct value *key)
{
    if (keys->kind != VALUE_ARRAY)
        return value_get(keys, key) != NULL;
    for (uint32_t i = 0; i < keys->len; i++) {
        if (value_equal(&keys->as.items[i], key))
            return true;
    }
    return false;
}

static enum builtin_outcome select_keys(struct builtin_call *call, const struct value *operands,
                                        bool wanted, struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_OBJECT) ||
        !operand_among(call, operands, 1, KIND(OBJECT) | KIND(SET) | KIND(ARRAY),
                       "one of {object, set, array}"))
        return BUILTIN_TYPE_ERROR;
    const struct collection *from = operands[0].as.collection;
    uint64_t keys = operands[1].kind == VALUE_ARRAY ? value_weight(&operands[1]) : 1;
    if (!charge(call, value_weight(&operands[0]) + from->len * keys))
        return BUILTIN_STOPPED;
    struct collection *object = object_new(call->arena, 0);
    if (!object)
        return stop_memory(call);
    for (uint32_t i = 0; i < from->len; i++) {
        const struct value *key = collection_raw_key(from, i);
        if (has_key(&operands[1], key) == wanted &&
            !object_put(object, *key, *collection_raw_item(from, i)))
            return stop_memory(call);
    }
    return give_collection(object, result);
}

enum builtin_outcome builtin_object_remove(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    return select_keys(call, operands, false, result);
}

enum builtin_outcome builtin_object_filter(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    return select_keys(call, operands, true, result);
}

/* Subset. */

static bool contains(const struct value *super, const struct value *sub);

static bool contains_run(const struct value *super, const struct value *sub, uint32_t from)
{
    for (uint32_t i = 0; i < sub->len; i++) {
        if (!value_equal(&super->as.items[from + i], &sub->as.items[i]))
            return false;
    }
    return true;
}

static bool array_contains(const struct value *super, const struct value *sub)
{
    for (uint32_t from = 0; from + sub->len <= super->len; from++) {
        if (contains_run(super, sub, from))
            return true;
    }
    return false;
}

static bool object_contains(const struct value *super, const struct collection *sub)
{
    for (uint32_t i = 0; i < sub->len; i++) {
        const struct value *left = value_get(super, collection_raw_key(sub, i));
        if (!left || !contains(left, collection_raw_item(sub, i)))
            return false;
    }
    return true;
}

static bool members_are_in(const struct value *super, const struct collection *sub)
{
    for (uint32_t i = 0; i < sub->len; i++) {
        if (!has_key(super, collection_raw_key(sub, i)))
            return false;
    }
    return true;
}

static bool contains(const struct value *super, const struct value *sub)
{
    if (super->kind == VALUE_ARRAY && sub->kind == VALUE_ARRAY)
        return array_contains(super, sub);
    if ((super->kind == VALUE_ARRAY || super->kind == VALUE_SET) && sub->kind == VALUE_SET)
        return members_are_in(super, sub->as.collection);
    if (super->kind == VALUE_OBJECT && sub->kind == VALUE_OBJECT)
        return object_contains(super, sub->as.collection);
    return value_equal(super, sub);
}

enum builtin_outcome builtin_object_subset(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    const struct value *super = &operands[0], *sub = &operands[1];
    if (super->kind < VALUE_ARRAY || sub->kind < VALUE_ARRAY ||
        (super->kind != sub->kind && !(super->kind == VALUE_ARRAY && sub->kind == VALUE_SET)))
        return fail_builtin(
            call, "both arguments object.subset must be of the same type or array and set");
    /* Arrays may be compared at each position. */
    uint64_t a = value_weight(super), b = value_weight(sub);
    if (!charge(call, a + (a < UINT32_MAX && b < UINT32_MAX ? a * b / 8 : UINT64_MAX / 4)))
        return BUILTIN_STOPPED;
    return give_bool(result, contains(super, sub));
}
