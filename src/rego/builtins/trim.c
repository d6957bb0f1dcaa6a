/* trim and its kin. Cut-sets are sets of code points. */
#include "rego/builtins/operand.h"
#include "rego/value/quote.h"

static bool two_strings(struct builtin_call *call, const struct value *operands)
{
    return operand_is(call, operands, 0, VALUE_STRING) &&
           operand_is(call, operands, 1, VALUE_STRING);
}

static bool in_set(struct text set, int32_t point)
{
    for (size_t at = 0; at < set.len;) {
        if (utf8_next(set, &at) == point)
            return true;
    }
    return false;
}

static struct text cut_left(struct text text, struct text set)
{
    for (size_t at = 0; text.len > 0; at = 0) {
        if (!in_set(set, utf8_next(text, &at)))
            break;
        text = text_slice(text, at, text.len);
    }
    return text;
}

static struct text cut_right(struct text text, struct text set)
{
    while (text.len > 0) {
        size_t at = text.len - 1;
        while (at > 0 && ((unsigned char)text.at[at] & 0xc0) == 0x80)
            at--;
        size_t from = at;
        if (!in_set(set, utf8_next(text, &at)))
            break;
        text = text_slice(text, 0, from);
    }
    return text;
}

static enum builtin_outcome trim(struct builtin_call *call, const struct value *operands, bool left,
                                 bool right, struct value *result)
{
    if (!two_strings(call, operands))
        return BUILTIN_TYPE_ERROR;
    struct text text = value_text(&operands[0]), set = value_text(&operands[1]);
    if (!charge(call, 1 + text.len * (set.len + (uint64_t)1) / 32))
        return BUILTIN_STOPPED;
    if (left)
        text = cut_left(text, set);
    if (right)
        text = cut_right(text, set);
    return give_text(call, text, result);
}

enum builtin_outcome builtin_trim(struct builtin_call *call, const struct value *operands,
                                  struct value *result)
{
    return trim(call, operands, true, true, result);
}

enum builtin_outcome builtin_trim_left(struct builtin_call *call, const struct value *operands,
                                       struct value *result)
{
    return trim(call, operands, true, false, result);
}

enum builtin_outcome builtin_trim_right(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    return trim(call, operands, false, true, result);
}

enum builtin_outcome builtin_trim_space(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    /* Unicode's White_Space. */
    static const char blanks[] = "\t\n\v\f\r \xc2\x85\xc2\xa0\xe1\x9a\x80\xe2\x80\x80\xe2\x80\x81"
                                 "\xe2\x80\x82\xe2\x80\x83\xe2\x80\x84\xe2\x80\x85\xe2\x80\x86"
                                 "\xe2\x80\x87\xe2\x80\x88\xe2\x80\x89\xe2\x80\x8a\xe2\x80\xa8"
                                 "\xe2\x80\xa9\xe2\x80\xaf\xe2\x81\x9f\xe3\x80\x80";
    const struct value with_blanks[] = {operands[0], value_string(text_z(blanks))};
    return trim(call, with_blanks, true, true, result);
}

enum builtin_outcome builtin_trim_prefix(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    if (!two_strings(call, operands))
        return BUILTIN_TYPE_ERROR;
    struct text text = value_text(&operands[0]), prefix = value_text(&operands[1]);
    if (!charge_bytes(call, prefix.len))
        return BUILTIN_STOPPED;
    if (text_starts_with(text, prefix))
        text = text_slice(text, prefix.len, text.len);
    return give_text(call, text, result);
}

enum builtin_outcome builtin_trim_suffix(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    if (!two_strings(call, operands))
        return BUILTIN_TYPE_ERROR;
    struct text text = value_text(&operands[0]), suffix = value_text(&operands[1]);
    if (!charge_bytes(call, suffix.len))
        return BUILTIN_STOPPED;
    if (text_ends_with(text, suffix))
        text = text_slice(text, 0, text.len - suffix.len);
    return give_text(call, text, result);
}
