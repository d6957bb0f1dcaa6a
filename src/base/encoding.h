/*
 * Bytes as text: hexadecimal, base64 with padding (RFC 4648 section 4) and base64url without
 * (section 5, as JOSE wants it). Results lie in the arena; encoding gives the empty text when it is
 * full.
 *
 * Decoding is strict, so that every byte string has exactly one accepted text: no blanks, no other
 * alphabet, no missing or extra padding, no stray bits in the last character.
 */
#ifndef BASE_ENCODING_H
#define BASE_ENCODING_H

#include "base/error.h"
#include "base/text.h"

/* What a hexadecimal digit of either case stands for; -1 for any other byte. Inline for the readers
 * of JSON. */
static inline int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Lower case. */
struct text hex_encode(struct arena *arena, struct text bytes);
/* Either case. Decoders fail with INVALID or NO_MEMORY. */
MUST_CHECK bool hex_decode(struct arena *arena, struct text source, struct text *out,
                           struct error *error);

struct text base64_encode(struct arena *arena, struct text bytes);
MUST_CHECK bool base64_decode(struct arena *arena, struct text source, struct text *out,
                              struct error *error);

struct text base64url_encode(struct arena *arena, struct text bytes);
MUST_CHECK bool base64url_decode(struct arena *arena, struct text source, struct text *out,
                                 struct error *error);

#endif
