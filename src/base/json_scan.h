/* The inner loop that the JSON reader and writer share: how far a string needs no attention.
 * Private to base/json_*.c. */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include "base/macros.h"

#include <endian.h>
#include <string.h>

#define JSON_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (unsigned char)(byte))
#define JSON_HIGH_BITS       JSON_EACH_BYTE(0x80)

/* The high bit is set in the first byte of `word` that is zero; bytes above that one may be wrong.
 */
static inline uint64_t json_zero_bytes(uint64_t word)
{
    return (word - JSON_EACH_BYTE(1)) & ~word & JSON_HIGH_BITS;
}

/* The first quote, backslash or control character, or end. *high collects whether a byte beyond
 * ASCII may have been passed. Eight bytes at a time. */
static inline const char *json_scan_plain(const char *at, const char *end, bool *high)
{
    uint64_t seen = 0;
    for (; end - at >= (ptrdiff_t)sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        word = le64toh(word);
        seen |= word;
        uint64_t special = json_zero_bytes(word ^ JSON_EACH_BYTE('"')) |
                           json_zero_bytes(word ^ JSON_EACH_BYTE('\\')) |
                           ((word - JSON_EACH_BYTE(' ')) & ~word & JSON_HIGH_BITS);
        if (special) {
            at += __builtin_ctzll(special) / 8;
            *high |= (seen & JSON_HIGH_BITS) != 0;
            return at;
        }
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ') {
        seen |= (unsigned char)*at;
        at++;
    }
    *high |= (seen & JSON_HIGH_BITS) != 0;
    return at;
}

#endif
