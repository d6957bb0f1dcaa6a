/* Numbers: reading, comparing, printing. Arithmetic is in number_arithmetic.c. */
#include "rego/value/number.h"

#include "rego/value/decimal.h"

#include <math.h>
#include <string.h>

enum { INT64_DIGITS = 19 };

/* Reading. */

/* What the JSON grammar found: `whole` digits before the point, `fraction` behind it. */
struct scan {
    struct text whole, fraction;
    int64_t exponent;
    bool negative;
};

static struct text take_digits(struct text *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->at[len] >= '0' && rest->at[len] <= '9')
        len++;
    struct text digits = {rest->at, len};
    *rest = (struct text){rest->at + len, rest->len - len};
    return digits;
}

static bool take_byte(struct text *rest, char byte)
{
    if (rest->len == 0 || rest->at[0] != byte)
        return false;
    *rest = (struct text){rest->at + 1, rest->len - 1};
    return true;
}

static bool take_exponent(struct text *rest, int64_t *out)
{
    bool negative = take_byte(rest, '-');
    if (!negative)
        take_byte(rest, '+');
    struct text digits = take_digits(rest);
    int64_t exponent = 0;
    for (size_t i = 0; i < digits.len && exponent <= NUMBER_MAX_EXPONENT; i++)
        exponent = exponent * 10 + (digits.at[i] - '0');
    *out = negative ? -exponent : exponent;
    return digits.len > 0;
}

static bool scan_number(struct text text, struct scan *scan)
{
    *scan = (struct scan){.negative = take_byte(&text, '-')};
    scan->whole = take_digits(&text);
    if (scan->whole.len == 0 || (scan->whole.len > 1 && scan->whole.at[0] == '0'))
        return false;
    if (take_byte(&text, '.')) {
        scan->fraction = take_digits(&text);
        if (scan->fraction.len == 0)
            return false;
    }
    if ((take_byte(&text, 'e') || take_byte(&text, 'E')) && !take_exponent(&text, &scan->exponent))
        return false;
    return text.len == 0;
}

/* True when the digits with `zeros` zeros behind them are an int64. */
static bool small_integer(struct text digits, int64_t zeros, bool negative, int64_t *out)
{
    if ((int64_t)digits.len + zeros > INT64_DIGITS)
        return false;
    uint64_t magnitude = 0;
    for (size_t i = 0; i < digits.len; i++)
        magnitude = magnitude * 10 + (uint64_t)(digits.at[i] - '0');
    for (int64_t i = 0; i < zeros; i++)
        magnitude *= 10;
    if (magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *out = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

static struct text join_digits(struct arena *arena, const struct scan *scan)
{
    if (scan->fraction.len == 0)
        return scan->whole;
    char *digits = arena_alloc_raw(arena, scan->whole.len + scan->fraction.len);
    if (!digits)
        return (struct text){NULL, 0};
    memcpy(digits, scan->whole.at, scan->whole.len);
    memcpy(digits + scan->whole.len, scan->fraction.at, scan->fraction.len);
    return (struct text){digits, scan->whole.len + scan->fraction.len};
}

static void strip_zeros(struct text *digits, int64_t *exponent)
{
    while (digits->len > 0 && digits->at[0] == '0') {
        *digits = text_slice(*digits, 1, digits->len);
        --*exponent;
    }
    while (digits->len > 0 && digits->at[digits->len - 1] == '0')
        digits->len--;
}

static bool number_new(struct arena *arena, const struct decimal *decimal, struct text text,
                       struct value *out)
{
    struct number *number = ARENA_NEW(arena, struct number);
    if (!number)
        return false;
    *number = (struct number){.text = text,
                              .digits = decimal->digits,
                              .exponent = decimal->exponent,
                              .negative = decimal->negative};
    *out = (struct value){.kind = VALUE_NUMBER, .form = VALUE_DECIMAL, .as.number = number};
    return true;
}

bool number_parse(struct arena *arena, struct text text, struct value *out)
{
    struct scan scan;
    int64_t small;
    if (!scan_number(text, &scan))
        return false;
    if (scan.fraction.len == 0 && scan.exponent == 0 &&
        small_integer(scan.whole, 0, scan.negative, &small)) {
        *out = VALUE_INT(small);
        return true;
    }
    struct text digits = join_digits(arena, &scan);
    if (!digits.at)
        return false;
    int64_t exponent = (int64_t)scan.whole.len + scan.exponent;
    strip_zeros(&digits, &exponent);
    if (digits.len > NUMBER_MAX_DIGITS ||
        (digits.len > 0 && (exponent > NUMBER_MAX_EXPONENT || exponent < -NUMBER_MAX_EXPONENT)))
        return false;
    int64_t zeros = exponent - (int64_t)digits.len;
    if (digits.len == 0 || (zeros >= 0 && small_integer(digits, zeros, scan.negative, &small))) {
        *out = VALUE_INT(digits.len == 0 ? 0 : small);
        return true;
    }
    struct decimal decimal = {digits, (int32_t)exponent, scan.negative};
    return number_new(arena, &decimal, text, out);
}

enum number_outcome number_from_decimal(struct arena *arena, const struct decimal *decimal,
                                        struct value *out)
{
    int64_t zeros = decimal->exponent - (int64_t)decimal->digits.len;
    int64_t small = 0;
    if (decimal->digits.len == 0 ||
        (zeros >= 0 && small_integer(decimal->digits, zeros, decimal->negative, &small))) {
        *out = VALUE_INT(small);
        return NUMBER_OK;
    }
    if (decimal->exponent > NUMBER_MAX_EXPONENT || decimal->exponent < -NUMBER_MAX_EXPONENT)
        return NUMBER_TOO_LARGE;
    struct buffer text;
    buffer_init(&text, arena, NUMBER_MAX_EXPONENT + (size_t)NUMBER_MAX_DIGITS);
    if (zeros >= 0)
        decimal_print_plain(&text, decimal, -1);
    else
        decimal_print_general(&text, decimal, FLOAT_EXPONENT_THRESHOLD);
    if (text.failed || !number_new(arena, decimal, buffer_text(&text), out))
        return NUMBER_NO_MEMORY;
    return NUMBER_OK;
}

bool number_from_double(struct arena *arena, double number, struct value *out)
{
    struct decimal exact, shortest;
    if (!isfinite(number))
        return false;
    return decimal_from_double(arena, number, &exact) &&
           decimal_shortest(arena, &exact, true, &shortest) &&
           number_from_decimal(arena, &shortest, out) == NUMBER_OK;
}

/* Asking. */

void number_to_decimal(const struct value *value, char digits[NUMBER_INT64_TEXT],
                       struct decimal *out)
{
    if (value->form == VALUE_DECIMAL) {
        const struct number *number = value->as.number;
        *out = (struct decimal){number->digits, number->exponent, number->negative};
        return;
    }
    int64_t integer = value->as.integer;
    uint64_t magnitude = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    char *at = digits + NUMBER_INT64_TEXT;
    for (; magnitude > 0; magnitude /= 10)
        *--at = (char)('0' + magnitude % 10);
    size_t len = (size_t)(digits + NUMBER_INT64_TEXT - at);
    *out = (struct decimal){.exponent = (int32_t)len, .negative = integer < 0};
    while (len > 0 && at[len - 1] == '0')
        len--;
    out->digits = (struct text){at, len};
}

bool number_is_integer(const struct value *number)
{
    return number->form == VALUE_PLAIN ||
           number->as.number->exponent >= (int64_t)number->as.number->digits.len;
}

bool number_is_negative(const struct value *number)
{
    return number->form == VALUE_PLAIN ? number->as.integer < 0 : number->as.number->negative;
}

bool number_is_zero(const struct value *number)
{
    return number->form == VALUE_PLAIN && number->as.integer == 0;
}

static int compare_magnitudes(const struct decimal *a, const struct decimal *b)
{
    if (a->digits.len == 0 || b->digits.len == 0)
        return (a->digits.len > 0) - (b->digits.len > 0);
    if (a->exponent != b->exponent)
        return a->exponent < b->exponent ? -1 : 1;
    return text_compare(a->digits, b->digits);
}

int number_compare(const struct value *a, const struct value *b)
{
    if (a->form == VALUE_PLAIN && b->form == VALUE_PLAIN)
        return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
    bool a_negative = number_is_negative(a), b_negative = number_is_negative(b);
    if (a_negative != b_negative)
        return a_negative ? -1 : 1;
    char a_digits[NUMBER_INT64_TEXT], b_digits[NUMBER_INT64_TEXT];
    struct decimal left, right;
    number_to_decimal(a, a_digits, &left);
    number_to_decimal(b, b_digits, &right);
    int order = compare_magnitudes(&left, &right);
    return a_negative ? -order : order;
}

uint64_t number_hash(const struct value *value)
{
    const struct number *number = value->as.number;
    return text_hash(number->digits) + (uint64_t)number->exponent * 2 + number->negative;
}

void number_print(struct buffer *out, const struct value *number)
{
    if (number->form == VALUE_PLAIN)
        buffer_add_int64(out, number->as.integer);
    else
        buffer_add(out, number->as.number->text);
}
