/* Big whole numbers over GMP's mpn layer, which works on limbs that the caller provides. */
#include "rego/value/integer.h"

#include <string.h>

enum { LIMB_BITS = 64 };
static_assert(sizeof(mp_limb_t) == 8, "limbs are 64 bits on every system we build for");

static mp_limb_t *limbs_new(struct arena *arena, mp_size_t len)
{
    return ARENA_ARRAY(arena, mp_limb_t, (size_t)len + 1);
}

static void normalize(struct integer *integer)
{
    while (integer->len > 0 && integer->limbs[integer->len - 1] == 0)
        integer->len--;
    if (integer->len == 0)
        integer->negative = false;
}

bool integer_from_digits(struct arena *arena, struct text digits, struct integer *out)
{
    *out = (struct integer){0};
    unsigned char *raw = arena_alloc_raw(arena, digits.len + 1);
    out->limbs = limbs_new(arena, (mp_size_t)(digits.len / 19 + 1));
    if (!raw || !out->limbs)
        return false;
    for (size_t i = 0; i < digits.len; i++)
        raw[i] = (unsigned char)(digits.at[i] - '0');
    if (digits.len > 0)
        out->len = mpn_set_str(out->limbs, raw, digits.len, 10);
    normalize(out);
    return true;
}

static bool from_int64(struct arena *arena, int64_t number, struct integer *out)
{
    out->limbs = limbs_new(arena, 1);
    if (!out->limbs)
        return false;
    out->negative = number < 0;
    out->limbs[0] = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    out->len = 1;
    normalize(out);
    return true;
}

bool integer_from_number(struct arena *arena, const struct value *number, struct integer *out)
{
    *out = (struct integer){0};
    if (number->form == VALUE_PLAIN)
        return from_int64(arena, number->as.integer, out);
    const struct number *decimal = number->as.number;
    char *digits = arena_alloc_raw(arena, (size_t)decimal->exponent);
    if (!digits)
        return false;
    memcpy(digits, decimal->digits.at, decimal->digits.len);
    memset(digits + decimal->digits.len, '0', (size_t)decimal->exponent - decimal->digits.len);
    if (!integer_from_digits(arena, (struct text){digits, (size_t)decimal->exponent}, out))
        return false;
    out->negative = decimal->negative;
    return true;
}

struct text integer_digits(struct arena *arena, const struct integer *integer)
{
    if (integer->len == 0)
        return (struct text){"", 0};
    unsigned char *digits = arena_alloc_raw(arena, (size_t)integer->len * 20 + 2);
    mp_limb_t *scratch = limbs_new(arena, integer->len); /* mpn_get_str destroys its operand */
    if (!digits || !scratch)
        return (struct text){NULL, 0};
    memcpy(scratch, integer->limbs, (size_t)integer->len * sizeof(mp_limb_t));
    size_t len = mpn_get_str(digits, 10, scratch, integer->len);
    size_t zeros = 0;
    while (zeros < len && digits[zeros] == 0)
        zeros++;
    for (size_t i = zeros; i < len; i++)
        digits[i] = (unsigned char)(digits[i] + '0');
    return (struct text){(const char *)digits + zeros, len - zeros};
}

static bool fits_int64(const struct integer *integer, int64_t *out)
{
    if (integer->len > 1)
        return false;
    uint64_t magnitude = integer->len ? integer->limbs[0] : 0;
    if (magnitude > (uint64_t)INT64_MAX + (integer->negative ? 1 : 0))
        return false;
    *out = integer->negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

enum number_outcome integer_to_number(struct arena *arena, const struct integer *integer,
                                      struct value *out)
{
    int64_t small;
    if (fits_int64(integer, &small)) {
        *out = VALUE_INT(small);
        return NUMBER_OK;
    }
    if (integer_bit_length(integer) > (size_t)NUMBER_MAX_DIGITS * 10 / 3)
        return NUMBER_TOO_LARGE;
    struct text digits = integer_digits(arena, integer);
    struct number *number = ARENA_NEW(arena, struct number);
    char *text = arena_alloc_raw(arena, digits.len + 1);
    if (!digits.at || !number || !text)
        return NUMBER_NO_MEMORY;
    if (digits.len > NUMBER_MAX_DIGITS)
        return NUMBER_TOO_LARGE;
    text[0] = '-';
    memcpy(text + 1, digits.at, digits.len);
    number->negative = integer->negative;
    number->text = (struct text){text + !integer->negative, digits.len + integer->negative};
    number->exponent = (int32_t)digits.len;
    while (digits.at[digits.len - 1] == '0')
        digits.len--;
    number->digits = digits;
    *out = (struct value){.kind = VALUE_NUMBER, .form = VALUE_DECIMAL, .as.number = number};
    return NUMBER_OK;
}

bool integer_power_of_ten(struct arena *arena, uint32_t power, struct integer *out)
{
    char *digits = arena_alloc_raw(arena, (size_t)power + 1);
    if (!digits)
        return false;
    memset(digits, '0', (size_t)power + 1);
    digits[0] = '1';
    return integer_from_digits(arena, (struct text){digits, (size_t)power + 1}, out);
}

size_t integer_bit_length(const struct integer *integer)
{
    if (integer->len == 0)
        return 0;
    mp_limb_t top = integer->limbs[integer->len - 1];
    return (size_t)integer->len * LIMB_BITS - (size_t)__builtin_clzll(top);
}

bool integer_shift_left(struct arena *arena, const struct integer *integer, uint64_t bits,
                        struct integer *out)
{
    mp_size_t whole = (mp_size_t)(bits / LIMB_BITS);
    struct integer result = {.limbs = limbs_new(arena, integer->len + whole + 1),
                             .negative = integer->negative};
    if (!result.limbs)
        return false;
    if (integer->len == 0) {
        *out = result;
        return true;
    }
    result.len = integer->len + whole + 1;
    if (bits % LIMB_BITS)
        result.limbs[result.len - 1] =
            mpn_lshift(result.limbs + whole, integer->limbs, integer->len, bits % LIMB_BITS);
    else
        mpn_copyi(result.limbs + whole, integer->limbs, integer->len);
    normalize(&result);
    *out = result;
    return true;
}

static int compare_magnitude(const struct integer *a, const struct integer *b)
{
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return a->len ? mpn_cmp(a->limbs, b->limbs, a->len) : 0;
}

static void add_magnitudes(const struct integer *a, const struct integer *b, struct integer *out)
{
    const struct integer *longer = a->len >= b->len ? a : b;
    const struct integer *shorter = longer == a ? b : a;
    out->limbs[longer->len] =
        shorter->len ? mpn_add(out->limbs, longer->limbs, longer->len, shorter->limbs, shorter->len)
                     : (mpn_copyi(out->limbs, longer->limbs, longer->len), 0);
    out->len = longer->len + 1;
}

bool integer_add(struct arena *arena, const struct integer *a, const struct integer *b,
                 struct integer *out)
{
    mp_size_t len = a->len > b->len ? a->len : b->len;
    struct integer result = {.limbs = limbs_new(arena, len + 1)};
    if (!result.limbs)
        return false;
    if (a->negative == b->negative) {
        add_magnitudes(a, b, &result);
        result.negative = a->negative;
    } else {
        const struct integer *larger = compare_magnitude(a, b) >= 0 ? a : b;
        const struct integer *smaller = larger == a ? b : a;
        if (smaller->len > 0)
            mpn_sub(result.limbs, larger->limbs, larger->len, smaller->limbs, smaller->len);
        else
            mpn_copyi(result.limbs, larger->limbs, larger->len);
        result.len = larger->len;
        result.negative = larger->negative;
    }
    normalize(&result);
    *out = result;
    return true;
}

bool integer_multiply(struct arena *arena, const struct integer *a, const struct integer *b,
                      struct integer *out)
{
    const struct integer *longer = a->len >= b->len ? a : b;
    const struct integer *shorter = longer == a ? b : a;
    struct integer result = {.limbs = limbs_new(arena, a->len + b->len)};
    if (!result.limbs)
        return false;
    if (shorter->len == 0) {
        *out = result;
        return true;
    }
    mpn_mul(result.limbs, longer->limbs, longer->len, shorter->limbs, shorter->len);
    result.len = a->len + b->len;
    result.negative = a->negative != b->negative;
    normalize(&result);
    *out = result;
    return true;
}

bool integer_divide(struct arena *arena, const struct integer *a, const struct integer *b,
                    struct integer *quotient, struct integer *remainder)
{
    mp_size_t quotient_len = a->len >= b->len ? a->len - b->len + 1 : 0;
    struct integer q = {.limbs = limbs_new(arena, quotient_len), .len = quotient_len};
    struct integer r = {.limbs = limbs_new(arena, b->len > a->len ? b->len : a->len)};
    if (!q.limbs || !r.limbs)
        return false;
    if (quotient_len > 0) {
        mpn_tdiv_qr(q.limbs, r.limbs, 0, a->limbs, a->len, b->limbs, b->len);
        r.len = b->len;
    } else {
        mpn_copyi(r.limbs, a->limbs, a->len);
        r.len = a->len;
    }
    q.negative = a->negative != b->negative;
    r.negative = a->negative;
    normalize(&q);
    normalize(&r);
    if (quotient)
        *quotient = q;
    if (remainder)
        *remainder = r;
    return true;
}

/* Two's complement in `len` limbs, which is more than the magnitude needs. */
static mp_limb_t *twos_complement(struct arena *arena, const struct integer *integer, mp_size_t len)
{
    mp_limb_t *limbs = limbs_new(arena, len);
    if (!limbs)
        return NULL;
    mpn_copyi(limbs, integer->limbs, integer->len);
    if (integer->negative)
        mpn_neg(limbs, limbs, len);
    return limbs;
}

bool integer_bitwise(struct arena *arena, enum number_bits operation, const struct integer *a,
                     const struct integer *b, struct integer *out)
{
    mp_size_t len = (a->len > b->len ? a->len : b->len) + 1;
    mp_limb_t *left = twos_complement(arena, a, len);
    mp_limb_t *right = twos_complement(arena, b, len);
    if (!left || !right)
        return false;
    for (mp_size_t i = 0; i < len; i++) {
        left[i] = operation == NUMBER_AND  ? left[i] & right[i]
                  : operation == NUMBER_OR ? left[i] | right[i]
                                           : left[i] ^ right[i];
    }
    *out = (struct integer){.limbs = left, .len = len, .negative = left[len - 1] >> 63};
    if (out->negative)
        mpn_neg(left, left, len);
    normalize(out);
    return true;
}

bool integer_shift_right(struct arena *arena, const struct integer *integer, uint64_t bits,
                         struct integer *out)
{
    mp_size_t whole = (mp_size_t)(bits / LIMB_BITS);
    mp_size_t len = integer->len > whole ? integer->len - whole : 0;
    struct integer result = {.limbs = limbs_new(arena, len + 1), .len = len};
    if (!result.limbs)
        return false;
    bool lost = whole > 0 && integer->len > 0 && (len == 0 || !mpn_zero_p(integer->limbs, whole));
    if (len > 0 && bits % LIMB_BITS)
        lost |= mpn_rshift(result.limbs, integer->limbs + whole, len, bits % LIMB_BITS) != 0;
    else if (len > 0)
        mpn_copyi(result.limbs, integer->limbs + whole, len);
    result.negative = integer->negative;
    if (lost && integer->negative) {
        mp_size_t rounded = len ? len : 1;
        result.limbs[rounded] = mpn_add_1(result.limbs, result.limbs, rounded, 1);
        result.len = rounded + 1;
    }
    normalize(&result);
    *out = result;
    return true;
}
