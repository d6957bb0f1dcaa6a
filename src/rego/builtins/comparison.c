/* Comparison operators and membership. */
#include "rego/builtins/operand.h"

static bool charge_both(struct builtin_call *call, const struct value *operands)
{
    uint64_t a = value_weight(&operands[0]), b = value_weight(&operands[1]);
    return charge(call, a < b ? a : b) &&
           (operands[0].kind < VALUE_ARRAY || operands[0].kind != operands[1].kind ||
            (sort_operand(call, &operands[0]) && sort_operand(call, &operands[1])));
}

#define COMPARISON(symbol, test)                                                                   \
    enum builtin_outcome builtin_##symbol(struct builtin_call *call, const struct value *operands, \
                                          struct value *result)                                    \
    {                                                                                              \
        if (!charge_both(call, operands))                                                          \
            return BUILTIN_STOPPED;                                                                \
        return give_bool(result, value_compare(&operands[0], &operands[1]) test 0);                \
    }

COMPARISON(equal, ==)
COMPARISON(neq, !=)
COMPARISON(lt, <)
COMPARISON(lte, <=)
COMPARISON(gt, >)
COMPARISON(gte, >=)

/* What an array, object or set holds; whatever has no members has none. */
enum builtin_outcome builtin_member_2(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    const struct value *in = &operands[1];
    if (in->kind == VALUE_SET) {
        if (!charge(call, value_weight(&operands[0])))
            return BUILTIN_STOPPED;
        return give_bool(result, value_get(in, &operands[0]) != NULL);
    }
    if (!charge(call, value_weight(in)))
        return BUILTIN_STOPPED;
    bool found = false;
    for (uint32_t i = 0; i < value_count(in) && !found; i++)
        found = value_equal(&operands[0], in->kind == VALUE_ARRAY
                                              ? &in->as.items[i]
                                              : collection_raw_item(in->as.collection, i));
    return give_bool(result, found);
}

enum builtin_outcome builtin_member_3(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    if (!charge(call, value_weight(&operands[0])) || !charge(call, value_weight(&operands[1])))
        return BUILTIN_STOPPED;
    const struct value *found = value_get(&operands[2], &operands[0]);
    return give_bool(result, found && value_equal(found, &operands[1]));
}
