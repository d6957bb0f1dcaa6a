/* Hexadecimal, base64, base64url. */
#include "base/encoding.h"

#include <string.h>

struct text hex_encode(struct arena *arena, struct text bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *to = arena_alloc_raw(arena, bytes.len * 2);
    if (!to)
        return (struct text){NULL, 0};
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.at[i];
        to[2 * i] = digits[byte >> 4];
        to[2 * i + 1] = digits[byte & 15];
    }
    return (struct text){to, bytes.len * 2};
}

bool hex_decode(struct arena *arena, struct text source, struct text *out, struct error *error)
{
    if (source.len % 2 != 0)
        return error_set(error, ERR_INVALID, "hexadecimal digits must come in pairs");
    char *to = arena_alloc_raw(arena, source.len / 2);
    if (!to)
        return error_set_no_memory(error);
    for (size_t i = 0; i < source.len; i += 2) {
        int high = hex_digit(source.at[i]);
        int low = hex_digit(source.at[i + 1]);
        if (high < 0 || low < 0)
            return error_set(error, ERR_INVALID, "expected hexadecimal digits only");
        to[i / 2] = (char)(high << 4 | low);
    }
    *out = (struct text){to, source.len / 2};
    return true;
}

/* --- base64: three bytes are four characters --- */

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static uint32_t byte_at(struct text bytes, size_t index)
{
    return index < bytes.len ? (unsigned char)bytes.at[index] : 0;
}

static struct text encode(struct arena *arena, struct text bytes, const char *alphabet, bool padded)
{
    size_t full = (bytes.len + 2) / 3 * 4;
    size_t used = bytes.len / 3 * 4 + (bytes.len % 3 ? bytes.len % 3 + 1 : 0);
    char *to = arena_alloc_raw(arena, full);
    if (!to)
        return (struct text){NULL, 0};
    for (size_t from = 0, at = 0; from < bytes.len; from += 3, at += 4) {
        uint32_t group =
            byte_at(bytes, from) << 16 | byte_at(bytes, from + 1) << 8 | byte_at(bytes, from + 2);
        to[at] = alphabet[group >> 18];
        to[at + 1] = alphabet[group >> 12 & 63];
        to[at + 2] = alphabet[group >> 6 & 63];
        to[at + 3] = alphabet[group & 63];
    }
    if (padded)
        memset(to + used, '=', full - used);
    return (struct text){to, padded ? full : used};
}

struct text base64_encode(struct arena *arena, struct text bytes)
{
    return encode(arena, bytes, standard, true);
}

struct text base64url_encode(struct arena *arena, struct text bytes)
{
    return encode(arena, bytes, url_safe, false);
}

/* 64 for a byte that is not in the alphabet. */
static uint32_t sextet(char byte, const char *last_two)
{
    if (byte >= 'A' && byte <= 'Z')
        return (uint32_t)(byte - 'A');
    if (byte >= 'a' && byte <= 'z')
        return (uint32_t)(byte - 'a' + 26);
    if (byte >= '0' && byte <= '9')
        return (uint32_t)(byte - '0' + 52);
    if (byte == last_two[0])
        return 62;
    return byte == last_two[1] ? 63 : 64;
}

/* The characters without padding; last_two are the digits 62 and 63. */
static bool decode(struct arena *arena, struct text source, const char *last_two, struct text *out,
                   struct error *error)
{
    if (source.len % 4 == 1)
        return error_set(error, ERR_INVALID, "base64 of this length cannot be");
    size_t size = source.len / 4 * 3 + (source.len % 4 ? source.len % 4 - 1 : 0);
    char *to = arena_alloc_raw(arena, size);
    if (!to)
        return error_set_no_memory(error);
    uint32_t bits = 0;
    unsigned count = 0;
    size_t written = 0;
    for (size_t i = 0; i < source.len; i++) {
        uint32_t value = sextet(source.at[i], last_two);
        if (value == 64)
            return error_set(error, ERR_INVALID, "character %zu is not base64", i + 1);
        bits = bits << 6 | value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            to[written++] = (char)(bits >> count);
        }
    }
    if (bits & ((1u << count) - 1))
        return error_set(error, ERR_INVALID, "base64 with stray bits at its end");
    *out = (struct text){to, written};
    return true;
}

bool base64_decode(struct arena *arena, struct text source, struct text *out, struct error *error)
{
    if (source.len % 4 != 0)
        return error_set(error, ERR_INVALID, "base64 must be padded to four characters");
    for (int padding = 0; padding < 2 && text_ends_with(source, TEXT("=")); padding++)
        source.len--;
    return decode(arena, source, "+/", out, error);
}

bool base64url_decode(struct arena *arena, struct text source, struct text *out,
                      struct error *error)
{
    return decode(arena, source, "-_", out, error);
}
