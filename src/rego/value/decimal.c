/* Exact conversion between decimal and binary by way of big integers, and printing. */
#include "rego/value/decimal.h"

#include "rego/value/integer.h"

#include <math.h>
#include <string.h>

enum {
    BINARY_BITS = 128,
    DOUBLE_BITS = 53,
    DOUBLE_MIN_EXPONENT = -1022, /* of the top bit of a normal double */
    DOUBLE_DIGITS = 17,          /* always enough to read back */
    FLOAT64M_DIGITS = 21,
};

/* Decimal to binary. */

/* The top 128 bits of a big integer times 2^exponent. */
static bool binary_from_integer(struct arena *arena, const struct integer *integer,
                                int32_t exponent, struct binary *out)
{
    size_t bits = integer_bit_length(integer);
    struct integer top;
    if (bits > BINARY_BITS) {
        uint64_t cut = bits - BINARY_BITS;
        struct integer back;
        if (!integer_shift_right(arena, integer, cut, &top) ||
            !integer_shift_left(arena, &top, cut, &back))
            return false;
        out->sticky |= mpn_cmp(back.limbs, integer->limbs, integer->len) != 0;
        exponent += (int32_t)cut;
    } else {
        if (!integer_shift_left(arena, integer, BINARY_BITS - bits, &top))
            return false;
        exponent -= (int32_t)(BINARY_BITS - bits);
    }
    out->mantissa = (unsigned __int128)top.limbs[1] << 64 | top.limbs[0];
    out->exponent = exponent;
    return true;
}

/* digits / 10^power, with enough bits in the quotient that cutting is safe. */
static bool binary_from_fraction(struct arena *arena, const struct integer *digits, uint32_t power,
                                 struct binary *out)
{
    struct integer divisor, scaled, quotient, remainder;
    if (!integer_power_of_ten(arena, power, &divisor))
        return false;
    int64_t shift = (int64_t)integer_bit_length(&divisor) - (int64_t)integer_bit_length(digits) +
                    BINARY_BITS + 2;
    if (shift < 0)
        shift = 0;
    if (!integer_shift_left(arena, digits, (uint64_t)shift, &scaled) ||
        !integer_divide(arena, &scaled, &divisor, &quotient, &remainder))
        return false;
    out->sticky = remainder.len > 0;
    return binary_from_integer(arena, &quotient, (int32_t)-shift, out);
}

bool decimal_to_binary(struct arena *arena, const struct decimal *decimal, struct binary *out)
{
    *out = (struct binary){.negative = decimal->negative};
    if (decimal->digits.len == 0)
        return true;
    struct integer digits, power;
    if (!integer_from_digits(arena, decimal->digits, &digits))
        return false;
    int32_t scale = decimal->exponent - (int32_t)decimal->digits.len;
    if (scale < 0)
        return binary_from_fraction(arena, &digits, (uint32_t)-scale, out);
    return integer_power_of_ten(arena, (uint32_t)scale, &power) &&
           integer_multiply(arena, &digits, &power, &digits) &&
           binary_from_integer(arena, &digits, 0, out);
}

/* The upper `bits` bits, rounded to nearest and ties to even; may come out as 2^bits. */
static uint64_t round_bits(const struct binary *binary, int bits, int32_t *exponent)
{
    int cut = BINARY_BITS - bits;
    *exponent = binary->exponent + cut;
    unsigned __int128 kept = cut < BINARY_BITS ? binary->mantissa >> cut : 0;
    unsigned __int128 half = (unsigned __int128)1 << (cut - 1);
    unsigned __int128 rest =
        cut < BINARY_BITS ? binary->mantissa & (half * 2 - 1) : binary->mantissa;
    bool above = rest > half || (rest == half && (binary->sticky || (kept & 1)));
    if (kept == UINT64_MAX && above) {
        *exponent += 1;
        return UINT64_C(1) << 63;
    }
    return (uint64_t)kept + above;
}

struct float64m binary_to_float64m(const struct binary *binary)
{
    struct float64m result = {.negative = binary->negative};
    if (binary->mantissa)
        result.mantissa = round_bits(binary, 64, &result.exponent);
    return result;
}

double binary_to_double(const struct binary *binary)
{
    if (!binary->mantissa)
        return binary->negative ? -0.0 : 0.0;
    int32_t top = binary->exponent + BINARY_BITS - 1;
    int bits = DOUBLE_BITS;
    if (top < DOUBLE_MIN_EXPONENT)
        bits -= DOUBLE_MIN_EXPONENT - top;
    if (bits < 0)
        return binary->negative ? -0.0 : 0.0;
    int32_t exponent;
    uint64_t mantissa = round_bits(binary, bits, &exponent);
    double magnitude = ldexp((double)mantissa, exponent);
    return binary->negative ? -magnitude : magnitude;
}

/* Binary to decimal. */

static bool power_of_five(struct arena *arena, uint32_t power, struct integer *out)
{
    struct integer ten;
    return integer_power_of_ten(arena, power, &ten) && integer_shift_right(arena, &ten, power, out);
}

static struct text strip_zeros(struct text digits)
{
    while (digits.len > 0 && digits.at[digits.len - 1] == '0')
        digits.len--;
    return digits;
}

/* mantissa * 2^exponent; for negative exponents this is mantissa * 5^n / 10^n. */
static bool decimal_from_parts(struct arena *arena, uint64_t mantissa, int32_t exponent,
                               struct decimal *out)
{
    mp_limb_t limbs[2] = {mantissa, 0};
    struct integer value = {.limbs = limbs, .len = mantissa ? 1 : 0};
    struct integer five;
    if (mantissa == 0)
        return true;
    if (exponent >= 0) {
        if (!integer_shift_left(arena, &value, (uint64_t)exponent, &value))
            return false;
    } else if (!power_of_five(arena, (uint32_t)-exponent, &five) ||
               !integer_multiply(arena, &value, &five, &value)) {
        return false;
    }
    struct text digits = integer_digits(arena, &value);
    if (!digits.at)
        return false;
    out->exponent = (int32_t)digits.len + (exponent < 0 ? exponent : 0);
    out->digits = strip_zeros(digits);
    return true;
}

bool decimal_from_float64m(struct arena *arena, const struct float64m *number, struct decimal *out)
{
    *out = (struct decimal){.negative = number->negative};
    int zeros = number->mantissa ? __builtin_ctzll(number->mantissa) : 0;
    return decimal_from_parts(arena, number->mantissa >> zeros, number->exponent + zeros, out);
}

bool decimal_from_double(struct arena *arena, double number, struct decimal *out)
{
    int exponent;
    *out = (struct decimal){.negative = signbit(number) != 0};
    uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(number), &exponent), DOUBLE_BITS);
    int zeros = mantissa ? __builtin_ctzll(mantissa) : 0;
    return decimal_from_parts(arena, mantissa >> zeros, exponent - DOUBLE_BITS + zeros, out);
}

static bool rounds_up(struct text digits, size_t keep)
{
    if (digits.at[keep] != '5' || digits.len > keep + 1)
        return digits.at[keep] >= '5';
    return keep > 0 && (digits.at[keep - 1] - '0') % 2 == 1;
}

bool decimal_round(struct arena *arena, const struct decimal *decimal, int64_t digits,
                   struct decimal *out)
{
    *out = *decimal;
    if (digits >= (int64_t)decimal->digits.len)
        return true;
    size_t keep = digits > 0 ? (size_t)digits : 0;
    bool up = digits >= 0 && rounds_up(decimal->digits, keep);
    char *copy = arena_alloc_raw(arena, keep + 1);
    if (!copy)
        return false;
    memcpy(copy, decimal->digits.at, keep);
    size_t at = keep;
    while (up && at > 0 && copy[at - 1] == '9')
        at--;
    if (up && at > 0) {
        copy[at - 1]++;
    } else if (up) {
        copy[0] = '1';
        at = 1;
        out->exponent++;
    }
    out->digits = strip_zeros((struct text){copy, at});
    return true;
}

static bool reads_back(struct arena *arena, const struct decimal *decimal,
                       const struct binary *exact, bool as_double, bool *same)
{
    struct binary binary;
    if (!decimal_to_binary(arena, decimal, &binary))
        return false;
    if (as_double) {
        *same = binary_to_double(&binary) == binary_to_double(exact);
        return true;
    }
    struct float64m a = binary_to_float64m(&binary), b = binary_to_float64m(exact);
    *same = a.mantissa == b.mantissa && a.exponent == b.exponent;
    return true;
}

bool decimal_shortest(struct arena *arena, const struct decimal *exact, bool as_double,
                      struct decimal *out)
{
    struct binary binary;
    if (!decimal_to_binary(arena, exact, &binary))
        return false;
    /* If n digits read back, so do n + 1: halve the range. */
    int low = 1, high = as_double ? DOUBLE_DIGITS : FLOAT64M_DIGITS;
    while (low < high) {
        int middle = (low + high) / 2;
        struct decimal rounded;
        bool same;
        if (!decimal_round(arena, exact, middle, &rounded) ||
            !reads_back(arena, &rounded, &binary, as_double, &same))
            return false;
        if (same)
            high = middle;
        else
            low = middle + 1;
    }
    return decimal_round(arena, exact, low, out);
}

/* Printing. */

static void add_zeros(struct buffer *out, int64_t count)
{
    for (int64_t i = 0; i < count && !out->failed; i++)
        buffer_add_byte(out, '0');
}

/* Digits from `from` on, `count` of them, with zeros where there are none. */
static void add_digits(struct buffer *out, const struct decimal *decimal, int64_t from,
                       int64_t count)
{
    int64_t len = (int64_t)decimal->digits.len;
    if (from < 0) {
        int64_t zeros = -from < count ? -from : count;
        add_zeros(out, zeros);
        count -= zeros;
        from = 0;
    }
    int64_t have = from < len ? len - from : 0;
    if (have > count)
        have = count;
    buffer_add(out, text_slice(decimal->digits, (size_t)from, (size_t)(from + have)));
    add_zeros(out, count - have);
}

void decimal_print_scientific(struct buffer *out, const struct decimal *decimal, int precision)
{
    int64_t len = (int64_t)decimal->digits.len;
    int64_t behind = precision >= 0 ? precision : (len > 1 ? len - 1 : 0);
    int32_t exponent = len > 0 ? decimal->exponent - 1 : 0;
    if (decimal->negative)
        buffer_add_byte(out, '-');
    add_digits(out, decimal, 0, 1);
    if (behind > 0) {
        buffer_add_byte(out, '.');
        add_digits(out, decimal, 1, behind);
    }
    buffer_add_format(out, "e%c%02d", exponent < 0 ? '-' : '+',
                      exponent < 0 ? -exponent : exponent);
}

void decimal_print_plain(struct buffer *out, const struct decimal *decimal, int precision)
{
    int64_t len = (int64_t)decimal->digits.len;
    int64_t before = len > 0 ? decimal->exponent : 0;
    int64_t behind = precision >= 0 ? precision : (len > before ? len - before : 0);
    if (decimal->negative)
        buffer_add_byte(out, '-');
    if (before > 0)
        add_digits(out, decimal, 0, before);
    else
        buffer_add_byte(out, '0');
    if (behind > 0) {
        buffer_add_byte(out, '.');
        add_digits(out, decimal, before, behind);
    }
}

void decimal_print_general(struct buffer *out, const struct decimal *decimal, int threshold)
{
    int32_t exponent = decimal->digits.len > 0 ? decimal->exponent - 1 : 0;
    if (exponent < -4 || exponent >= threshold)
        decimal_print_scientific(out, decimal, -1);
    else
        decimal_print_plain(out, decimal, -1);
}
