/* Operators and functions on numbers; minus also takes the difference of sets. */
#include "rego/builtins/operand.h"

#include "rego/builtins/sets.h"

enum { RANGE_MAX_ITEMS = 1 << 24 };

/* Cheap for small numbers, quadratic in the digits of large ones. */
static bool charge_numbers(struct builtin_call *call, const struct value *operands, unsigned count)
{
    uint64_t digits = 0;
    for (unsigned i = 0; i < count; i++) {
        if (operands[i].form == VALUE_DECIMAL)
            digits += operands[i].as.number->text.len + 40;
    }
    return digits == 0 || charge(call, 8 + digits / 8 + digits * digits / 4096);
}

static bool two_numbers(struct builtin_call *call, const struct value *operands)
{
    return operand_is(call, operands, 0, VALUE_NUMBER) &&
           operand_is(call, operands, 1, VALUE_NUMBER);
}

typedef enum number_outcome (*binary_fn)(struct arena *arena, const struct value *a,
                                         const struct value *b, struct value *out);

static enum builtin_outcome calculate(struct builtin_call *call, const struct value *operands,
                                      binary_fn operation, struct value *result)
{
    if (!two_numbers(call, operands))
        return BUILTIN_TYPE_ERROR;
    if (!charge_numbers(call, operands, 2))
        return BUILTIN_STOPPED;
    return give_number(call, operation(call->arena, &operands[0], &operands[1], result));
}

enum builtin_outcome builtin_plus(struct builtin_call *call, const struct value *operands,
                                  struct value *result)
{
    return calculate(call, operands, number_add, result);
}

enum builtin_outcome builtin_minus(struct builtin_call *call, const struct value *operands,
                                   struct value *result)
{
    if (operands[0].kind == VALUE_SET && operands[1].kind == VALUE_SET)
        return set_difference(call, &operands[0], &operands[1], result);
    if (operands[0].kind == VALUE_SET && operands[1].kind == VALUE_NUMBER)
        return fail_type(call, "operand 2 must be set but got number");
    return calculate(call, operands, number_subtract, result);
}

enum builtin_outcome builtin_mul(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    return calculate(call, operands, number_multiply, result);
}

enum builtin_outcome builtin_div(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    return calculate(call, operands, number_divide, result);
}

enum builtin_outcome builtin_rem(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    if (!two_numbers(call, operands))
        return BUILTIN_TYPE_ERROR;
    if (!number_is_integer(&operands[0]) || !number_is_integer(&operands[1]))
        return fail_builtin(call, "modulo on floating-point number");
    if (number_is_zero(&operands[1]))
        return fail_builtin(call, "modulo by zero");
    return calculate(call, operands, number_remainder, result);
}

enum builtin_outcome builtin_abs(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_NUMBER))
        return BUILTIN_TYPE_ERROR;
    if (!charge_numbers(call, operands, 1))
        return BUILTIN_STOPPED;
    return give_number(call, number_absolute(call->arena, &operands[0], result));
}

static enum builtin_outcome round_to(struct builtin_call *call, const struct value *operands,
                                     enum number_rounding rounding, struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_NUMBER))
        return BUILTIN_TYPE_ERROR;
    if (!charge_numbers(call, operands, 1))
        return BUILTIN_STOPPED;
    return give_number(call, number_round(call->arena, &operands[0], rounding, result));
}

enum builtin_outcome builtin_round(struct builtin_call *call, const struct value *operands,
                                   struct value *result)
{
    return round_to(call, operands, NUMBER_ROUND, result);
}

enum builtin_outcome builtin_ceil(struct builtin_call *call, const struct value *operands,
                                  struct value *result)
{
    return round_to(call, operands, NUMBER_CEIL, result);
}

enum builtin_outcome builtin_floor(struct builtin_call *call, const struct value *operands,
                                   struct value *result)
{
    return round_to(call, operands, NUMBER_FLOOR, result);
}

/* Ranges. */

/* From a to b inclusive, up or down by `step`. */
static enum builtin_outcome range(struct builtin_call *call, const struct value *operands,
                                  int64_t step, struct value *result)
{
    if (!value_is_int64(&operands[0]) || !value_is_int64(&operands[1]))
        return fail_builtin(call, "the range is too large");
    int64_t from = operands[0].as.integer, to = operands[1].as.integer;
    uint64_t distance = from <= to ? (uint64_t)to - (uint64_t)from : (uint64_t)from - (uint64_t)to;
    uint64_t count = distance / (uint64_t)step + 1;
    /* The budget first: a policy that asks for too much must end, not see an undefined range. */
    if (!charge(call, count))
        return BUILTIN_STOPPED;
    if (count > RANGE_MAX_ITEMS)
        return fail_builtin(call, "the range is too large");
    struct value *items = value_array_items(call->arena, count);
    if (!items)
        return stop_memory(call);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t offset = i * (uint64_t)step;
        items[i] =
            VALUE_INT((int64_t)(from <= to ? (uint64_t)from + offset : (uint64_t)from - offset));
    }
    return give_array(call, items, count, result);
}

enum builtin_outcome builtin_numbers_range(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    if (!operand_is_integer(call, operands, 0) || !operand_is_integer(call, operands, 1))
        return BUILTIN_TYPE_ERROR;
    return range(call, operands, 1, result);
}

enum builtin_outcome builtin_numbers_range_step(struct builtin_call *call,
                                                const struct value *operands, struct value *result)
{
    if (!operand_is_integer(call, operands, 0) || !operand_is_integer(call, operands, 1) ||
        !operand_is_integer(call, operands, 2))
        return BUILTIN_TYPE_ERROR;
    if (number_is_negative(&operands[2]) || number_is_zero(&operands[2]))
        return fail_builtin(call, "step must be a positive integer");
    int64_t step = value_is_int64(&operands[2]) ? operands[2].as.integer : INT64_MAX;
    return range(call, operands, step, result);
}

/* Bits. */

static enum builtin_outcome bitwise(struct builtin_call *call, const struct value *operands,
                                    enum number_bits operation, struct value *result)
{
    if (!operand_is_integer(call, operands, 0) || !operand_is_integer(call, operands, 1))
        return BUILTIN_TYPE_ERROR;
    if (!charge_numbers(call, operands, 2))
        return BUILTIN_STOPPED;
    return give_number(call,
                       number_bitwise(call->arena, operation, &operands[0], &operands[1], result));
}

enum builtin_outcome builtin_bits_and(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    return bitwise(call, operands, NUMBER_AND, result);
}

enum builtin_outcome builtin_bits_or(struct builtin_call *call, const struct value *operands,
                                     struct value *result)
{
    return bitwise(call, operands, NUMBER_OR, result);
}

enum builtin_outcome builtin_bits_xor(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    return bitwise(call, operands, NUMBER_XOR, result);
}

enum builtin_outcome builtin_bits_negate(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    if (!operand_is_integer(call, operands, 0))
        return BUILTIN_TYPE_ERROR;
    const struct value with_ones[] = {operands[0], VALUE_INT(-1)};
    return bitwise(call, with_ones, NUMBER_XOR, result);
}

static enum builtin_outcome shift(struct builtin_call *call, const struct value *operands, int sign,
                                  struct value *result)
{
    if (!operand_is_integer(call, operands, 0) || !operand_is_integer(call, operands, 1))
        return BUILTIN_TYPE_ERROR;
    if (number_is_negative(&operands[1]))
        return fail_type(call,
                         "operand 2 must be an unsigned integer number but got a negative integer");
    int64_t bits = value_is_int64(&operands[1]) ? operands[1].as.integer : INT64_MAX;
    if (!charge_numbers(call, operands, 1) ||
        !charge(call, sign > 0 && bits < NUMBER_MAX_DIGITS * 4 ? (uint64_t)bits / 8 : 1))
        return BUILTIN_STOPPED;
    return give_number(call, number_shift(call->arena, &operands[0], bits * sign, result));
}

enum builtin_outcome builtin_bits_lsh(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    return shift(call, operands, 1, result);
}

enum builtin_outcome builtin_bits_rsh(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    return shift(call, operands, -1, result);
}
