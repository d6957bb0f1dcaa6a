/* Numbers from text and back: to_number, format_int. */
#include "rego/builtins/operand.h"

#include <math.h>

static bool is_infinity_or_nan(struct text text)
{
    if (text.len > 0 && (text.at[0] == '-' || text.at[0] == '+'))
        text = text_slice(text, 1, text.len);
    return text_equal_ignoring_case(text, TEXT("inf")) ||
           text_equal_ignoring_case(text, TEXT("infinity")) ||
           text_equal_ignoring_case(text, TEXT("nan"));
}

/* JSON's grammar asks for a digit on both sides of a point, no plus and no zeros in front; Go's
 * ParseFloat does not. */
static struct text to_json_number(struct arena *arena, struct text text)
{
    struct buffer out;
    buffer_init(&out, arena, text.len + 4);
    if (text.len > 0 && (text.at[0] == '-' || text.at[0] == '+')) {
        if (text.at[0] == '-')
            buffer_add_byte(&out, '-');
        text = text_slice(text, 1, text.len);
    }
    size_t digits = 0;
    while (digits < text.len && text.at[digits] >= '0' && text.at[digits] <= '9')
        digits++;
    bool has_digits = digits > 0;
    while (digits > 1 && text.at[0] == '0') {
        text = text_slice(text, 1, text.len);
        digits--;
    }
    buffer_add(&out, digits ? text_slice(text, 0, digits) : TEXT("0"));
    text = text_slice(text, digits, text.len);
    if (text.len > 0 && text.at[0] == '.') {
        bool fraction = text.len > 1 && text.at[1] >= '0' && text.at[1] <= '9';
        has_digits |= fraction;
        if (fraction)
            buffer_add_byte(&out, '.');
        text = text_slice(text, 1, text.len);
    }
    buffer_add(&out, text);
    return has_digits ? buffer_text(&out) : (struct text){"", 0};
}

static enum builtin_outcome number_from_text(struct builtin_call *call, struct text text,
                                             struct value *result)
{
    if (is_infinity_or_nan(text))
        return fail_type(call, "operand 1 must be valid number string but got \"%.*s\"",
                         TEXT_ARG(text));
    if (!charge_bytes(call, text.len))
        return BUILTIN_STOPPED;
    double nearest;
    struct text number = to_json_number(call->arena, text);
    if (!number_parse(call->arena, number, result)) {
        if (arena_failed(call->arena))
            return stop_memory(call);
        return fail_builtin(call, "parsing \"%.*s\": invalid syntax", TEXT_ARG(text));
    }
    if (!number_to_double(call->arena, result, &nearest))
        return stop_memory(call);
    if (isinf(nearest))
        return fail_builtin(call, "parsing \"%.*s\": value out of range", TEXT_ARG(text));
    return BUILTIN_OK;
}

enum builtin_outcome builtin_to_number(struct builtin_call *call, const struct value *operands,
                                       struct value *result)
{
    switch (operands[0].kind) {
    case VALUE_NULL: *result = VALUE_INT(0); return BUILTIN_OK;
    case VALUE_BOOLEAN: *result = VALUE_INT(operands[0].as.integer); return BUILTIN_OK;
    case VALUE_NUMBER: *result = operands[0]; return BUILTIN_OK;
    case VALUE_STRING: return number_from_text(call, value_text(&operands[0]), result);
    default:
        (void)!operand_among(call, operands, 0, 0, "one of {null, boolean, number, string}");
        return BUILTIN_TYPE_ERROR;
    }
}

enum builtin_outcome builtin_format_int(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_NUMBER) ||
        !operand_is(call, operands, 1, VALUE_NUMBER))
        return BUILTIN_TYPE_ERROR;
    int64_t base = value_is_int64(&operands[1]) ? operands[1].as.integer : 0;
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return fail_type(call, "operand 2 must be one of {2, 8, 10, 16}");
    uint64_t digits = value_weight(&operands[0]) * 32;
    if (!charge(call, 1 + digits / 8 + digits * digits / 4096))
        return BUILTIN_STOPPED;
    struct value whole;
    enum number_rounding towards_zero =
        number_is_negative(&operands[0]) ? NUMBER_CEIL : NUMBER_FLOOR;
    enum number_outcome outcome = number_round(call->arena, &operands[0], towards_zero, &whole);
    if (outcome != NUMBER_OK)
        return give_number(call, outcome);
    struct buffer out;
    text_buffer(call, &out);
    if (number_is_negative(&whole))
        buffer_add_byte(&out, '-');
    if (!number_print_base(&out, &whole, (unsigned)base, false))
        return stop_memory(call);
    return give_buffer(call, &out, result);
}
