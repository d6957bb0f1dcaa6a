/*
 * Decimal digits with a point somewhere, exact conversion between them and binary floats, and their
 * printing in the manner of %e, %f and %g. Used by numbers and by sprintf; independent of the
 * locale, with all memory in the arena.
 */
#ifndef REGO_VALUE_DECIMAL_H
#define REGO_VALUE_DECIMAL_H

#include "base/buffer.h"

/* 0.DIGITS * 10^exponent; no digits for zero, neither first nor last digit '0'. */
struct decimal {
    struct text digits;
    int32_t exponent;
    bool negative;
};

/* mantissa * 2^exponent, its top bit set; not rounded yet, `sticky` when bits were cut off. */
struct binary {
    unsigned __int128 mantissa; /* 0 for zero */
    int32_t exponent;
    bool negative;
    bool sticky;
};

/* A float as the language computes with it: 64 bits of mantissa, top bit set, or zero. */
struct float64m {
    uint64_t mantissa;
    int32_t exponent;
    bool negative;
};

/* All false (or with NULL digits) without memory. */
MUST_CHECK bool decimal_to_binary(struct arena *arena, const struct decimal *decimal,
                                  struct binary *out);
/* To nearest, ties to even. */
struct float64m binary_to_float64m(const struct binary *binary);
double binary_to_double(const struct binary *binary);

/* Exact. */
MUST_CHECK bool decimal_from_float64m(struct arena *arena, const struct float64m *number,
                                      struct decimal *out);
MUST_CHECK bool decimal_from_double(struct arena *arena, double number, struct decimal *out);

/* At most `digits` digits, to nearest, ties to even. */
MUST_CHECK bool decimal_round(struct arena *arena, const struct decimal *decimal, int64_t digits,
                              struct decimal *out);
/* The fewest digits that read back as the same float of 64 bits, or as the same double. */
MUST_CHECK bool decimal_shortest(struct arena *arena, const struct decimal *exact, bool as_double,
                                 struct decimal *out);

/* "-1.25e+06", "-1250000": precision counts digits behind the point; -1 prints what is there. Lower
 * case; no sign but minus. */
void decimal_print_scientific(struct buffer *out, const struct decimal *decimal, int precision);
void decimal_print_plain(struct buffer *out, const struct decimal *decimal, int precision);
/* Scientific below 10^-4 and from 10^threshold on. */
void decimal_print_general(struct buffer *out, const struct decimal *decimal, int threshold);

#endif
