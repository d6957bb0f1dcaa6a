/* units.parse and units.parse_bytes: a decimal with a unit, computed exactly. */
#include "rego/builtins/operand.h"
#include "rego/value/decimal.h"
#include "rego/value/integer.h"

enum { FRACTION_DIGITS = 10 }; /* kept when the result is not whole */

/* 10^ten or 2^two. */
struct unit {
    int ten, two;
};

static bool find_unit(struct text name, bool bytes, struct unit *out)
{
    static const char letters[] = "kmgtpe";
    *out = (struct unit){0, 0};
    if (name.len == 0)
        return true;
    if (!bytes && name.len == 1 && name.at[0] == 'm') {
        out->ten = -3;
        return true;
    }
    char letter = (char)(name.at[0] | 0x20);
    int step = 0;
    for (int i = 0; letters[i]; i++) {
        if (letter == letters[i])
            step = i + 1;
    }
    struct text rest = text_slice(name, 1, name.len);
    bool binary = rest.len > 0 && (rest.at[0] == 'i' || rest.at[0] == 'I');
    rest = text_slice(rest, binary ? 1 : 0, rest.len);
    if (bytes && rest.len == 1 && (rest.at[0] == 'b' || rest.at[0] == 'B'))
        rest.len = 0;
    *out = (struct unit){.ten = binary ? 0 : step * 3, .two = binary ? step * 10 : 0};
    return step > 0 && rest.len == 0;
}

static bool is_digit(struct text text, size_t at)
{
    return at < text.len && text.at[at] >= '0' && text.at[at] <= '9';
}

/* Where the amount ends: an `e` belongs to it only when an exponent follows. */
static size_t amount_length(struct text text)
{
    size_t at = 0;
    if (text.len > 0 && (text.at[0] == '-' || text.at[0] == '+'))
        at++;
    while (is_digit(text, at) || (at < text.len && text.at[at] == '.'))
        at++;
    bool exponent = at > 0 && at < text.len && (text.at[at] == 'e' || text.at[at] == 'E');
    size_t digits = at + 1;
    if (exponent && digits < text.len && (text.at[digits] == '-' || text.at[digits] == '+'))
        digits++;
    if (exponent && is_digit(text, digits)) {
        at = digits;
        while (is_digit(text, at))
            at++;
    }
    return at;
}

/* ".5" and "5." are fine here, unlike in JSON. */
static bool parse_amount(struct arena *arena, struct text text, struct value *out)
{
    bool negative = text.at[0] == '-';
    if (negative || text.at[0] == '+')
        text = text_slice(text, 1, text.len);
    size_t point = text_find_byte(text, '.', 0);
    size_t behind = point + 1;
    struct buffer json;
    buffer_init(&json, arena, text.len + 4);
    if (negative)
        buffer_add_byte(&json, '-');
    size_t zeros = 0;
    while (zeros + 1 < point && text.at[zeros] == '0')
        zeros++;
    buffer_add(&json, point == 0 ? TEXT("0") : text_slice(text, zeros, point));
    if (is_digit(text, behind))
        buffer_add_byte(&json, '.');
    buffer_add(&json, text_slice(text, behind, text.len));
    return (point > 0 || is_digit(text, behind)) && number_parse(arena, buffer_text(&json), out);
}

/* amount * 10^ten * 2^two, times 10^places, with what is behind the point cut off or rounded. */
static enum number_outcome scale(struct arena *arena, const struct decimal *amount,
                                 const struct unit *unit, int places, bool *exact,
                                 struct integer *out)
{
    struct integer digits, ten, remainder;
    int64_t power = amount->exponent - (int64_t)amount->digits.len + unit->ten + places;
    if (!integer_from_digits(arena, amount->digits, &digits) ||
        !integer_shift_left(arena, &digits, (uint64_t)unit->two, &digits) ||
        !integer_power_of_ten(arena, (uint32_t)(power < 0 ? -power : power), &ten))
        return NUMBER_NO_MEMORY;
    *exact = true;
    if (power >= 0)
        return integer_multiply(arena, &digits, &ten, out) ? NUMBER_OK : NUMBER_NO_MEMORY;
    if (!integer_divide(arena, &digits, &ten, out, &remainder))
        return NUMBER_NO_MEMORY;
    *exact = remainder.len == 0;
    return NUMBER_OK;
}

/* The scaled amount rounded half up to FRACTION_DIGITS places. */
static enum number_outcome with_fraction(struct arena *arena, const struct decimal *amount,
                                         const struct unit *unit, struct value *out)
{
    struct integer scaled;
    bool exact;
    enum number_outcome outcome = scale(arena, amount, unit, FRACTION_DIGITS + 1, &exact, &scaled);
    if (outcome != NUMBER_OK)
        return outcome;
    struct text digits = integer_digits(arena, &scaled);
    if (!digits.at)
        return NUMBER_NO_MEMORY;
    struct decimal decimal = {digits, (int32_t)digits.len - FRACTION_DIGITS - 1, amount->negative};
    struct decimal rounded;
    if (!decimal_round(arena, &decimal, (int64_t)digits.len - 1, &rounded))
        return NUMBER_NO_MEMORY;
    while (rounded.digits.len > 0 && rounded.digits.at[rounded.digits.len - 1] == '0')
        rounded.digits.len--;
    return number_from_decimal(arena, &rounded, out);
}

static enum number_outcome compute(struct arena *arena, const struct value *amount,
                                   const struct unit *unit, bool whole, struct value *out)
{
    char storage[NUMBER_INT64_TEXT];
    struct decimal decimal;
    struct integer scaled;
    bool exact;
    number_to_decimal(amount, storage, &decimal);
    enum number_outcome outcome = scale(arena, &decimal, unit, 0, &exact, &scaled);
    if (outcome != NUMBER_OK)
        return outcome;
    if (!exact && !whole)
        return with_fraction(arena, &decimal, unit, out);
    scaled.negative = scaled.len > 0 && decimal.negative;
    return integer_to_number(arena, &scaled, out);
}

static bool has_blank(struct text text)
{
    return text_find_byte(text, ' ', 0) < text.len;
}

static struct text without_quotes(struct arena *arena, struct text text)
{
    struct buffer out;
    buffer_init(&out, arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '"')
            buffer_add_byte(&out, text.at[i]);
    }
    return buffer_text(&out);
}

static enum builtin_outcome parse(struct builtin_call *call, const struct value *operands,
                                  bool bytes, struct value *result)
{
    const char *amount_name = bytes ? "byte amount" : "amount";
    struct value amount;
    struct unit unit;
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, 8 + operands[0].len))
        return BUILTIN_STOPPED;
    struct text text = without_quotes(call->arena, value_text(&operands[0]));
    if (has_blank(text))
        return fail_builtin(call, "spaces not allowed in resource strings");
    size_t len = amount_length(text);
    if (len == 0)
        return fail_builtin(call, "no %s provided", amount_name);
    if (!find_unit(text_slice(text, len, text.len), bytes, &unit))
        return fail_builtin(call, "%sunit %.*s not recognized", bytes ? "byte " : "",
                            TEXT_ARG(text_slice(text, len, text.len)));
    if (!parse_amount(call->arena, text_slice(text, 0, len), &amount))
        return arena_failed(call->arena)
                   ? stop_memory(call)
                   : fail_builtin(call, "could not parse %s to a number", amount_name);
    uint64_t digits = value_weight(&amount) * 32;
    if (!charge(call, 16 + digits * digits / 1024))
        return BUILTIN_STOPPED;
    return give_number(call, compute(call->arena, &amount, &unit, bytes, result));
}

enum builtin_outcome builtin_units_parse(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    return parse(call, operands, false, result);
}

enum builtin_outcome builtin_units_parse_bytes(struct builtin_call *call,
                                               const struct value *operands, struct value *result)
{
    return parse(call, operands, true, result);
}
