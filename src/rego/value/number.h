/*
 * Numbers. An int64 stands in the value itself; every other number is its decimal text, exactly as
 * the language defines it: comparison is exact on decimals, integers are exact at any size, and
 * arithmetic with a fraction in it is binary floating point with a 64-bit mantissa, whose result is
 * the shortest decimal that reads back as the same float.
 *
 * Limits: NUMBER_MAX_DIGITS significant digits and exponents of at most NUMBER_MAX_EXPONENT, so
 * that no operation takes long. Big integers are worked on with GMP's mpn functions on limbs in the
 * arena; nothing here calls malloc, except that mpn may take scratch for operands beyond 64 KiB,
 * which the limit on digits keeps out of reach.
 */
#ifndef REGO_VALUE_NUMBER_H
#define REGO_VALUE_NUMBER_H

#include "base/buffer.h"
#include "rego/value/value.h"

struct decimal;

enum {
    NUMBER_MAX_DIGITS = 20000,
    NUMBER_MAX_EXPONENT = 20000,
    NUMBER_INT64_TEXT = 20,       /* bytes that an int64 takes at most */
    FLOAT_EXPONENT_THRESHOLD = 6, /* computed fractions print as 1.5e+06 from 10^6 on */
};

/* A number that is no int64: 0.DIGITS * 10^exponent. */
struct number {
    struct text text;   /* as it prints */
    struct text digits; /* significant: neither the first nor the last is '0'; not empty */
    int32_t exponent;
    bool negative;
};

enum number_outcome {
    NUMBER_OK,
    NUMBER_TOO_LARGE, /* past the limits above */
    NUMBER_NO_MEMORY,
    NUMBER_UNDEFINED, /* division by zero, or a remainder of fractions */
};

/* JSON's number grammar, whole text. The text is borrowed when it must be kept. False when it is no
 * number, past the limits, or (arena failed) without memory. */
MUST_CHECK bool number_parse(struct arena *arena, struct text text, struct value *out);
MUST_CHECK bool number_from_double(struct arena *arena, double number, struct value *out);
/* TOO_LARGE or NO_MEMORY at worst. Digits are borrowed. */
MUST_CHECK enum number_outcome number_from_decimal(struct arena *arena,
                                                   const struct decimal *decimal,
                                                   struct value *out);
/* Borrows from the number or from `digits`. */
void number_to_decimal(const struct value *number, char digits[NUMBER_INT64_TEXT],
                       struct decimal *out);
bool number_is_integer(const struct value *number);
bool number_is_negative(const struct value *number);
bool number_is_zero(const struct value *number);
/* Nearest double; infinite when out of range. False without memory. */
MUST_CHECK bool number_to_double(struct arena *arena, const struct value *number, double *out);

int number_compare(const struct value *a, const struct value *b);
uint64_t number_hash(const struct value *number);
void number_print(struct buffer *out, const struct value *number);
/* The magnitude of an integer in base 2 to 16. False without memory. */
MUST_CHECK bool number_print_base(struct buffer *out, const struct value *number, unsigned base,
                                  bool upper);

MUST_CHECK enum number_outcome number_add(struct arena *arena, const struct value *a,
                                          const struct value *b, struct value *out);
MUST_CHECK enum number_outcome number_subtract(struct arena *arena, const struct value *a,
                                               const struct value *b, struct value *out);
MUST_CHECK enum number_outcome number_multiply(struct arena *arena, const struct value *a,
                                               const struct value *b, struct value *out);
MUST_CHECK enum number_outcome number_divide(struct arena *arena, const struct value *a,
                                             const struct value *b, struct value *out);
/* Of integers; the sign is the dividend's. */
MUST_CHECK enum number_outcome number_remainder(struct arena *arena, const struct value *a,
                                                const struct value *b, struct value *out);
MUST_CHECK enum number_outcome number_absolute(struct arena *arena, const struct value *a,
                                               struct value *out);

enum number_rounding { NUMBER_ROUND, NUMBER_CEIL, NUMBER_FLOOR };
/* NUMBER_ROUND goes half away from zero. */
MUST_CHECK enum number_outcome number_round(struct arena *arena, const struct value *a,
                                            enum number_rounding rounding, struct value *out);

enum number_bits { NUMBER_AND, NUMBER_OR, NUMBER_XOR };
/* On integers in two's complement of unlimited width. */
MUST_CHECK enum number_outcome number_bitwise(struct arena *arena, enum number_bits operation,
                                              const struct value *a, const struct value *b,
                                              struct value *out);
/* Positive shift to the left, negative to the right (towards minus infinity). */
MUST_CHECK enum number_outcome number_shift(struct arena *arena, const struct value *a,
                                            int64_t shift, struct value *out);

#endif
