/* array.* */
#include "rego/builtins/operand.h"

#include <string.h>

enum builtin_outcome builtin_array_concat(struct builtin_call *call, const struct value *operands,
                                          struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_ARRAY) || !operand_is(call, operands, 1, VALUE_ARRAY))
        return BUILTIN_TYPE_ERROR;
    size_t first = operands[0].len, second = operands[1].len;
    if (!charge(call, first + second))
        return BUILTIN_STOPPED;
    struct value *items = value_array_items(call->arena, first + second);
    if (!items)
        return stop_memory(call);
    if (first)
        memcpy(items, operands[0].as.items, first * sizeof *items);
    if (second)
        memcpy(items + first, operands[1].as.items, second * sizeof *items);
    return give_array(call, items, first + second, result);
}

static size_t clamp_index(const struct value *index, size_t len)
{
    if (number_is_negative(index))
        return 0;
    return value_is_int64(index) && (uint64_t)index->as.integer < len ? (size_t)index->as.integer
                                                                      : len;
}

enum builtin_outcome builtin_array_slice(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_ARRAY) || !operand_is_integer(call, operands, 1) ||
        !operand_is_integer(call, operands, 2))
        return BUILTIN_TYPE_ERROR;
    size_t from = clamp_index(&operands[1], operands[0].len);
    size_t to = clamp_index(&operands[2], operands[0].len);
    size_t len = from < to ? to - from : 0;
    if (!charge(call, len))
        return BUILTIN_STOPPED;
    struct value *items = value_array_items(call->arena, len);
    if (!items)
        return stop_memory(call);
    if (len)
        memcpy(items, operands[0].as.items + from, len * sizeof *items);
    return give_array(call, items, len, result);
}

enum builtin_outcome builtin_array_reverse(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_ARRAY))
        return BUILTIN_TYPE_ERROR;
    size_t len = operands[0].len;
    if (!charge(call, len))
        return BUILTIN_STOPPED;
    struct value *items = value_array_items(call->arena, len);
    if (!items)
        return stop_memory(call);
    for (size_t i = 0; i < len; i++)
        items[i] = operands[0].as.items[len - 1 - i];
    return give_array(call, items, len, result);
}

/* One level: the items of items that are arrays, and the other items as they are. */
static bool flatten_into(struct value_list *list, const struct value *array)
{
    for (uint32_t i = 0; i < array->len; i++) {
        const struct value *item = &array->as.items[i];
        size_t len = item->kind == VALUE_ARRAY ? item->len : 1;
        const struct value *from = item->kind == VALUE_ARRAY ? item->as.items : item;
        for (size_t k = 0; k < len; k++) {
            if (!value_list_add(list, from[k]))
                return false;
        }
    }
    return true;
}

enum builtin_outcome builtin_array_flatten(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_ARRAY))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, value_weight(&operands[0])))
        return BUILTIN_STOPPED;
    struct value_list list;
    value_list_init(&list, call->arena);
    if (!flatten_into(&list, &operands[0]))
        return stop_memory(call);
    return give_list(call, &list, result);
}
