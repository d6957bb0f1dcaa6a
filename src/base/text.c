/* Borrowed byte runs: comparison, search, conversion, and copies into arenas. */
#include "base/text.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const struct text empty = {NULL, 0};

struct text text_z(const char *terminated)
{
    return terminated ? (struct text){terminated, strlen(terminated)} : empty;
}

bool text_is_empty(struct text text)
{
    return text.len == 0;
}

bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool text_equal_z(struct text a, const char *b)
{
    return text_equal(a, text_z(b));
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

bool text_equal_ignoring_case(struct text a, struct text b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    }
    return true;
}

int text_compare(struct text a, struct text b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.at, b.at, shared) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool text_equal_secret(struct text a, struct text b)
{
    if (a.len != b.len)
        return false;
    volatile unsigned char difference = 0;
    for (size_t i = 0; i < a.len; i++)
        difference = (unsigned char)(difference | (a.at[i] ^ b.at[i]));
    return difference == 0;
}

bool text_starts_with(struct text text, struct text prefix)
{
    return text.len >= prefix.len && text_equal(text_slice(text, 0, prefix.len), prefix);
}

bool text_ends_with(struct text text, struct text suffix)
{
    return text.len >= suffix.len &&
           text_equal(text_slice(text, text.len - suffix.len, text.len), suffix);
}

size_t text_find(struct text text, struct text needle, size_t from)
{
    if (from > text.len)
        return text.len;
    if (needle.len == 0)
        return from;
    const char *found = text.len - from < needle.len
                            ? NULL
                            : memmem(text.at + from, text.len - from, needle.at, needle.len);
    return found ? (size_t)(found - text.at) : text.len;
}

size_t text_find_byte(struct text text, char byte, size_t from)
{
    if (from >= text.len)
        return text.len;
    const char *found = memchr(text.at + from, byte, text.len - from);
    return found ? (size_t)(found - text.at) : text.len;
}

bool text_contains(struct text text, struct text needle)
{
    return needle.len == 0 || text_find(text, needle, 0) < text.len;
}

struct text text_slice(struct text text, size_t from, size_t to)
{
    if (to > text.len)
        to = text.len;
    if (from > to)
        from = to;
    return (struct text){text.at ? text.at + from : NULL, to - from};
}

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct text text_trim(struct text text)
{
    size_t from = 0;
    size_t to = text.len;
    while (from < to && is_blank(text.at[from]))
        from++;
    while (to > from && is_blank(text.at[to - 1]))
        to--;
    return text_slice(text, from, to);
}

bool text_next_part(struct text *rest, char separator, struct text *part)
{
    if (!rest->at || rest->len == 0)
        return false;
    size_t end = text_find_byte(*rest, separator, 0);
    *part = text_slice(*rest, 0, end);
    *rest = text_slice(*rest, end + 1, rest->len);
    return true;
}

bool text_to_int64(struct text text, int64_t *out)
{
    bool negative = text.len > 0 && text.at[0] == '-';
    size_t i = negative ? 1 : 0;
    int64_t value = 0;
    if (i == text.len)
        return false;
    for (; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        int digit = text.at[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    /* Counted downwards so that INT64_MIN fits. */
    if (!negative && value == INT64_MIN)
        return false;
    *out = negative ? value : -value;
    return true;
}

/* Bytes of the sequence that starts at `at`, 0 when it is not well-formed (RFC 3629: no surrogates,
 * no overlong forms, nothing above U+10FFFF). */
static size_t utf8_sequence(const unsigned char *at, size_t left)
{
    unsigned char first = at[0];
    if (first < 0x80)
        return 1;
    size_t need = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || left < need)
        return 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F;
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    }
    return need;
}

bool text_is_name(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.at[i];
        bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_';
        if (!letter && !(i > 0 && byte >= '0' && byte <= '9'))
            return false;
    }
    return text.len > 0;
}

bool text_is_utf8(struct text text)
{
    const unsigned char *at = (const unsigned char *)text.at;
    for (size_t i = 0; i < text.len;) {
        uint64_t eight;
        if (text.len - i >= sizeof(eight)) {
            memcpy(&eight, at + i, sizeof(eight));
            if ((eight & 0x8080808080808080u) == 0) {
                i += sizeof(eight);
                continue;
            }
        }
        size_t length = utf8_sequence(at + i, text.len - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

size_t text_utf8_length(struct text text, size_t index)
{
    return utf8_sequence((const unsigned char *)text.at + index, text.len - index);
}

struct text text_cut(struct text text, size_t max)
{
    size_t end = max < text.len ? max : text.len;
    /* Bytes 10xxxxxx go on with what began before them. */
    while (end < text.len && end > 0 && ((unsigned char)text.at[end] & 0xC0) == 0x80)
        end--;
    return text_slice(text, 0, end);
}

struct text text_copy(struct arena *arena, struct text text)
{
    char *copy = arena_alloc_raw(arena, text.len);
    if (!copy)
        return empty;
    if (text.len)
        memcpy(copy, text.at, text.len);
    return (struct text){copy, text.len};
}

char *text_terminated(struct arena *arena, struct text text)
{
    if (text.len && memchr(text.at, '\0', text.len))
        return NULL;
    char *copy = arena_alloc_raw(arena, text.len + 1);
    if (!copy)
        return NULL;
    if (text.len)
        memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    return copy;
}

struct text text_format_list(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return empty;
    char *at = arena_alloc_raw(arena, (size_t)length + 1);
    if (!at)
        return empty;
    vsnprintf(at, (size_t)length + 1, format, arguments);
    return (struct text){at, (size_t)length};
}

struct text text_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct text text = text_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

struct text text_join(struct arena *arena, struct text separator, const struct text *parts,
                      size_t count)
{
    size_t length = count > 1 ? separator.len * (count - 1) : 0;
    for (size_t i = 0; i < count; i++)
        length += parts[i].len;
    char *at = arena_alloc_raw(arena, length);
    if (!at)
        return empty;
    char *end = at;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && separator.len)
            end = (char *)memcpy(end, separator.at, separator.len) + separator.len;
        if (parts[i].len)
            end = (char *)memcpy(end, parts[i].at, parts[i].len) + parts[i].len;
    }
    return (struct text){at, length};
}

struct text text_lower_ascii(struct arena *arena, struct text text)
{
    char *copy = arena_alloc_raw(arena, text.len);
    if (!copy)
        return empty;
    for (size_t i = 0; i < text.len; i++)
        copy[i] = lower(text.at[i]);
    return (struct text){copy, text.len};
}

static uint64_t hash_key[2];
static pthread_once_t hash_key_once = PTHREAD_ONCE_INIT;

static void draw_hash_key(void)
{
    /* Without randomness hash flooding would be possible; such a system cannot make keys either. */
    if (getrandom(hash_key, sizeof(hash_key), 0) != (ssize_t)sizeof(hash_key))
        abort();
}

static uint64_t rotate(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

uint64_t text_hash(struct text text)
{
    pthread_once(&hash_key_once, draw_hash_key);
    uint64_t v[4] = {hash_key[0] ^ 0x736f6d6570736575u, hash_key[1] ^ 0x646f72616e646f6du,
                     hash_key[0] ^ 0x6c7967656e657261u, hash_key[1] ^ 0x7465646279746573u};
    size_t i = 0;
    for (; text.len - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, text.at + i, sizeof(word));
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    uint64_t last = (uint64_t)text.len << 56;
    for (size_t left = 0; i + left < text.len; left++)
        last |= (uint64_t)(unsigned char)text.at[i + left] << (8 * left);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
