/*
 * Whole numbers of any size up to NUMBER_MAX_DIGITS, as sign and magnitude on GMP limbs in an
 * arena. Made from a number value for one operation and turned back right after it.
 */
#ifndef REGO_VALUE_INTEGER_H
#define REGO_VALUE_INTEGER_H

#include "rego/value/number.h"

#include <gmp.h>

struct integer {
    mp_limb_t *limbs; /* least first; the last is not 0 */
    mp_size_t len;    /* 0 for zero */
    bool negative;
};

/* False without memory. The value must be an integer. */
MUST_CHECK bool integer_from_number(struct arena *arena, const struct value *number,
                                    struct integer *out);
/* TOO_LARGE past the limits. */
MUST_CHECK enum number_outcome integer_to_number(struct arena *arena, const struct integer *integer,
                                                 struct value *out);

/* 10^power. False without memory. */
MUST_CHECK bool integer_power_of_ten(struct arena *arena, uint32_t power, struct integer *out);
MUST_CHECK bool integer_shift_left(struct arena *arena, const struct integer *integer,
                                   uint64_t bits, struct integer *out);
size_t integer_bit_length(const struct integer *integer); /* of the magnitude */

MUST_CHECK bool integer_add(struct arena *arena, const struct integer *a, const struct integer *b,
                            struct integer *out);
MUST_CHECK bool integer_multiply(struct arena *arena, const struct integer *a,
                                 const struct integer *b, struct integer *out);
/* Truncates towards zero; the divisor is not zero. Either result may be NULL. */
MUST_CHECK bool integer_divide(struct arena *arena, const struct integer *a,
                               const struct integer *b, struct integer *quotient,
                               struct integer *remainder);
MUST_CHECK bool integer_bitwise(struct arena *arena, enum number_bits operation,
                                const struct integer *a, const struct integer *b,
                                struct integer *out);
/* Towards minus infinity. */
MUST_CHECK bool integer_shift_right(struct arena *arena, const struct integer *integer,
                                    uint64_t bits, struct integer *out);

/* Decimal digits of the magnitude, in the arena; empty for zero, NULL text without memory. */
struct text integer_digits(struct arena *arena, const struct integer *integer);
/* From decimal digits. False without memory. */
MUST_CHECK bool integer_from_digits(struct arena *arena, struct text digits, struct integer *out);

#endif
