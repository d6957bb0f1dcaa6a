/* Type tests, names, and the casts of v0. */
#include "rego/builtins/operand.h"

#define TYPE_TEST(symbol, KIND_NAME)                                                               \
    enum builtin_outcome builtin_##symbol(struct builtin_call *call, const struct value *operands, \
                                          struct value *result)                                    \
    {                                                                                              \
        UNUSED(call);                                                                              \
        return give_bool(result, operands[0].kind == VALUE_##KIND_NAME);                           \
    }

TYPE_TEST(is_null, NULL)
TYPE_TEST(is_boolean, BOOLEAN)
TYPE_TEST(is_number, NUMBER)
TYPE_TEST(is_string, STRING)
TYPE_TEST(is_array, ARRAY)
TYPE_TEST(is_object, OBJECT)
TYPE_TEST(is_set, SET)

enum builtin_outcome builtin_type_name(struct builtin_call *call, const struct value *operands,
                                       struct value *result)
{
    return give_text(call, text_z(value_kind_name((enum value_kind)operands[0].kind)), result);
}

#define CAST(symbol, KIND_NAME)                                                                    \
    enum builtin_outcome builtin_##symbol(struct builtin_call *call, const struct value *operands, \
                                          struct value *result)                                    \
    {                                                                                              \
        if (!operand_is(call, operands, 0, VALUE_##KIND_NAME))                                     \
            return BUILTIN_TYPE_ERROR;                                                             \
        *result = operands[0];                                                                     \
        return BUILTIN_OK;                                                                         \
    }

CAST(cast_null, NULL)
CAST(cast_boolean, BOOLEAN)
CAST(cast_string, STRING)
CAST(cast_object, OBJECT)

enum builtin_outcome builtin_cast_array(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    if (!operand_among(call, operands, 0, KIND(ARRAY) | KIND(SET), "one of {array, set}"))
        return BUILTIN_TYPE_ERROR;
    size_t len = value_count(&operands[0]);
    if (!charge(call, len) || !sort_operand(call, &operands[0]))
        return BUILTIN_STOPPED;
    struct value *items = value_array_items(call->arena, len);
    if (!items)
        return stop_memory(call);
    for (uint32_t i = 0; i < len; i++)
        items[i] = *element(&operands[0], i);
    return give_array(call, items, len, result);
}

enum builtin_outcome builtin_cast_set(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    if (!operand_among(call, operands, 0, KIND(ARRAY) | KIND(SET), "one of {array, set}"))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, value_weight(&operands[0])) || !sort_operand(call, &operands[0]))
        return BUILTIN_STOPPED;
    struct collection *set = set_new(call->arena, value_count(&operands[0]));
    if (!set)
        return stop_memory(call);
    for (uint32_t i = 0; i < value_count(&operands[0]); i++) {
        if (!set_add(set, *element(&operands[0], i)))
            return stop_memory(call);
    }
    return give_collection(set, result);
}
