/* Arithmetic: int64 where it fits, big integers where both operands are whole, floats otherwise. */
#include "rego/value/decimal.h"
#include "rego/value/integer.h"
#include "rego/value/number.h"

#include <string.h>

/* Floats with 64 bits of mantissa. */

static bool to_binary(struct arena *arena, const struct value *number, struct binary *out)
{
    char digits[NUMBER_INT64_TEXT];
    struct decimal decimal;
    number_to_decimal(number, digits, &decimal);
    return decimal_to_binary(arena, &decimal, out);
}

bool number_to_double(struct arena *arena, const struct value *number, double *out)
{
    struct binary binary;
    if (!to_binary(arena, number, &binary))
        return false;
    *out = binary_to_double(&binary);
    return true;
}

/* Moves the top bit to the top. */
static struct binary normalized(unsigned __int128 mantissa, int32_t exponent, bool negative,
                                bool sticky)
{
    uint64_t upper = (uint64_t)(mantissa >> 64);
    int zeros = 0;
    if (upper)
        zeros = __builtin_clzll(upper);
    else if (mantissa)
        zeros = 64 + __builtin_clzll((uint64_t)mantissa);
    return (struct binary){.mantissa = mantissa << zeros,
                           .exponent = exponent - zeros,
                           .negative = negative,
                           .sticky = sticky};
}

/* The larger operand stands in bits 126 to 63, which leaves a bit for the carry and 63 for what the
 * smaller one loses; what goes further is remembered in `sticky` only. */
static struct binary float_add(struct float64m a, struct float64m b)
{
    if (a.mantissa == 0 || (b.mantissa != 0 && b.exponent > a.exponent)) {
        struct float64m swap = a;
        a = b;
        b = swap;
    }
    unsigned __int128 large = (unsigned __int128)a.mantissa << 63;
    unsigned __int128 small = (unsigned __int128)b.mantissa << 63;
    int32_t distance = b.mantissa ? a.exponent - b.exponent : 0;
    bool sticky = false;
    if (distance >= 127) {
        sticky = small != 0;
        small = 0;
    } else if (distance > 0) {
        sticky = (small & (((unsigned __int128)1 << distance) - 1)) != 0;
        small >>= distance;
    }
    int32_t exponent = a.exponent - 63;
    if (a.negative == b.negative)
        return normalized(large + small, exponent, a.negative, sticky);
    /* What was cut off makes the subtrahend larger: borrow one unit, the rest stays sticky. */
    if (sticky)
        small++;
    if (large >= small)
        return normalized(large - small, exponent, a.negative, sticky);
    return normalized(small - large, exponent, b.negative, sticky);
}

static struct binary float_multiply(struct float64m a, struct float64m b)
{
    return normalized((unsigned __int128)a.mantissa * b.mantissa, a.exponent + b.exponent,
                      a.negative != b.negative, false);
}

/* 127 bits of quotient, in two steps of long division. */
static struct binary float_divide(struct float64m a, struct float64m b)
{
    unsigned __int128 upper = (unsigned __int128)a.mantissa << 63;
    unsigned __int128 first = upper / b.mantissa;
    unsigned __int128 rest = (upper % b.mantissa) << 63;
    unsigned __int128 second = rest / b.mantissa;
    return normalized((first << 63) + second, a.exponent - b.exponent - 126,
                      a.negative != b.negative, rest % b.mantissa != 0);
}

enum { FLOAT_MAX_DIGITS = 24 };

static enum number_outcome shortest_digits(struct arena *arena, const struct binary *binary,
                                           char digits[FLOAT_MAX_DIGITS], struct decimal *out)
{
    struct float64m rounded = binary_to_float64m(binary);
    struct decimal exact;
    if (rounded.exponent > NUMBER_MAX_EXPONENT * 4 || rounded.exponent < -NUMBER_MAX_EXPONENT * 4)
        return NUMBER_TOO_LARGE;
    if (!decimal_from_float64m(arena, &rounded, &exact) ||
        !decimal_shortest(arena, &exact, false, out))
        return NUMBER_NO_MEMORY;
    /* Zero has no digits. */
    if (out->digits.len > 0)
        memcpy(digits, out->digits.at, out->digits.len);
    out->digits.at = digits;
    return NUMBER_OK;
}

typedef struct binary (*float_operation_fn)(struct float64m a, struct float64m b);

/* All scratch is given back before the result is made. */
static enum number_outcome in_floats(struct arena *arena, float_operation_fn operation,
                                     const struct value *a, const struct value *b,
                                     struct value *out)
{
    struct arena_mark mark = arena_mark(arena);
    struct binary left, right;
    if (!to_binary(arena, a, &left) || !to_binary(arena, b, &right))
        return NUMBER_NO_MEMORY;
    struct binary result = operation(binary_to_float64m(&left), binary_to_float64m(&right));
    char digits[FLOAT_MAX_DIGITS];
    struct decimal decimal;
    enum number_outcome outcome = shortest_digits(arena, &result, digits, &decimal);
    arena_rewind(arena, mark);
    if (outcome != NUMBER_OK)
        return outcome;
    decimal.digits = text_copy(arena, decimal.digits);
    return decimal.digits.at ? number_from_decimal(arena, &decimal, out) : NUMBER_NO_MEMORY;
}

/* Operations. */

static bool both_plain(const struct value *a, const struct value *b)
{
    return a->form == VALUE_PLAIN && b->form == VALUE_PLAIN;
}

static bool both_integers(const struct value *a, const struct value *b)
{
    return number_is_integer(a) && number_is_integer(b);
}

static bool load(struct arena *arena, const struct value *a, const struct value *b,
                 struct integer *left, struct integer *right)
{
    return integer_from_number(arena, a, left) && integer_from_number(arena, b, right);
}

enum number_outcome number_add(struct arena *arena, const struct value *a, const struct value *b,
                               struct value *out)
{
    int64_t sum;
    if (both_plain(a, b) && !__builtin_add_overflow(a->as.integer, b->as.integer, &sum)) {
        *out = VALUE_INT(sum);
        return NUMBER_OK;
    }
    if (!both_integers(a, b))
        return in_floats(arena, float_add, a, b, out);
    struct integer left, right;
    if (!load(arena, a, b, &left, &right) || !integer_add(arena, &left, &right, &left))
        return NUMBER_NO_MEMORY;
    return integer_to_number(arena, &left, out);
}

static struct binary float_subtract(struct float64m a, struct float64m b)
{
    b.negative = !b.negative;
    return float_add(a, b);
}

enum number_outcome number_subtract(struct arena *arena, const struct value *a,
                                    const struct value *b, struct value *out)
{
    int64_t difference;
    if (both_plain(a, b) && !__builtin_sub_overflow(a->as.integer, b->as.integer, &difference)) {
        *out = VALUE_INT(difference);
        return NUMBER_OK;
    }
    if (!both_integers(a, b))
        return in_floats(arena, float_subtract, a, b, out);
    struct integer left, right;
    if (!load(arena, a, b, &left, &right))
        return NUMBER_NO_MEMORY;
    right.negative = !right.negative;
    if (!integer_add(arena, &left, &right, &left))
        return NUMBER_NO_MEMORY;
    return integer_to_number(arena, &left, out);
}

enum number_outcome number_multiply(struct arena *arena, const struct value *a,
                                    const struct value *b, struct value *out)
{
    int64_t product;
    if (both_plain(a, b) && !__builtin_mul_overflow(a->as.integer, b->as.integer, &product)) {
        *out = VALUE_INT(product);
        return NUMBER_OK;
    }
    if (!both_integers(a, b))
        return in_floats(arena, float_multiply, a, b, out);
    struct integer left, right;
    if (!load(arena, a, b, &left, &right) || !integer_multiply(arena, &left, &right, &left))
        return NUMBER_NO_MEMORY;
    return integer_to_number(arena, &left, out);
}

enum number_outcome number_divide(struct arena *arena, const struct value *a, const struct value *b,
                                  struct value *out)
{
    if (number_is_zero(b))
        return NUMBER_UNDEFINED;
    if (!both_integers(a, b))
        return in_floats(arena, float_divide, a, b, out);
    struct integer left, right, quotient, remainder;
    if (!load(arena, a, b, &left, &right) ||
        !integer_divide(arena, &left, &right, &quotient, &remainder))
        return NUMBER_NO_MEMORY;
    if (remainder.len > 0)
        return in_floats(arena, float_divide, a, b, out);
    return integer_to_number(arena, &quotient, out);
}

enum number_outcome number_remainder(struct arena *arena, const struct value *a,
                                     const struct value *b, struct value *out)
{
    if (number_is_zero(b) || !both_integers(a, b))
        return NUMBER_UNDEFINED;
    if (both_plain(a, b) && b->as.integer != -1) {
        *out = VALUE_INT(a->as.integer % b->as.integer);
        return NUMBER_OK;
    }
    struct integer left, right, remainder;
    if (!load(arena, a, b, &left, &right) ||
        !integer_divide(arena, &left, &right, NULL, &remainder))
        return NUMBER_NO_MEMORY;
    return integer_to_number(arena, &remainder, out);
}

enum number_outcome number_absolute(struct arena *arena, const struct value *a, struct value *out)
{
    *out = *a;
    if (!number_is_negative(a))
        return NUMBER_OK;
    struct value zero = VALUE_INT(0);
    if (number_is_integer(a))
        return number_subtract(arena, &zero, a, out);
    char digits[NUMBER_INT64_TEXT];
    struct decimal decimal;
    number_to_decimal(a, digits, &decimal);
    decimal.negative = false;
    return number_from_decimal(arena, &decimal, out);
}

/* Whether the digits behind the point make the magnitude go up by one. */
static bool rounds_away(const struct decimal *decimal, enum number_rounding rounding)
{
    if (rounding != NUMBER_ROUND)
        return decimal->negative == (rounding == NUMBER_FLOOR);
    return decimal->exponent >= 0 && decimal->digits.at[decimal->exponent] >= '5';
}

enum number_outcome number_round(struct arena *arena, const struct value *a,
                                 enum number_rounding rounding, struct value *out)
{
    *out = *a;
    if (number_is_integer(a))
        return NUMBER_OK;
    char digits[NUMBER_INT64_TEXT];
    struct decimal decimal;
    struct integer whole;
    number_to_decimal(a, digits, &decimal);
    mp_limb_t one_limb[2] = {1, 0};
    struct integer one = {.limbs = one_limb, .len = 1};
    size_t keep = decimal.exponent > 0 ? (size_t)decimal.exponent : 0;
    if (!integer_from_digits(arena, text_slice(decimal.digits, 0, keep), &whole))
        return NUMBER_NO_MEMORY;
    if (rounds_away(&decimal, rounding) && !integer_add(arena, &whole, &one, &whole))
        return NUMBER_NO_MEMORY;
    whole.negative = whole.len > 0 && decimal.negative;
    return integer_to_number(arena, &whole, out);
}

enum number_outcome number_bitwise(struct arena *arena, enum number_bits operation,
                                   const struct value *a, const struct value *b, struct value *out)
{
    struct integer left, right, result;
    if (!load(arena, a, b, &left, &right) ||
        !integer_bitwise(arena, operation, &left, &right, &result))
        return NUMBER_NO_MEMORY;
    return integer_to_number(arena, &result, out);
}

enum number_outcome number_shift(struct arena *arena, const struct value *a, int64_t shift,
                                 struct value *out)
{
    struct integer integer;
    if (shift > NUMBER_MAX_DIGITS * 4)
        return number_is_zero(a) ? (*out = *a, NUMBER_OK) : NUMBER_TOO_LARGE;
    if (!integer_from_number(arena, a, &integer))
        return NUMBER_NO_MEMORY;
    bool done = shift >= 0 ? integer_shift_left(arena, &integer, (uint64_t)shift, &integer)
                           : integer_shift_right(arena, &integer, 0 - (uint64_t)shift, &integer);
    return done ? integer_to_number(arena, &integer, out) : NUMBER_NO_MEMORY;
}

bool number_print_base(struct buffer *out, const struct value *number, unsigned base, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    struct integer integer;
    if (!integer_from_number(out->arena, number, &integer))
        return false;
    unsigned char *raw = arena_alloc_raw(out->arena, (size_t)integer.len * 64 + 2);
    if (!raw)
        return false;
    /* mpn destroys its operand, which is ours. */
    size_t len = integer.len ? mpn_get_str(raw, (int)base, integer.limbs, integer.len) : 0;
    size_t at = 0;
    while (at < len && raw[at] == 0)
        at++;
    if (at == len)
        buffer_add_byte(out, '0');
    for (; at < len; at++)
        buffer_add_byte(out, digits[raw[at]]);
    return !out->failed;
}
