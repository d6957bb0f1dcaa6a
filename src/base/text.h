/*
 * Text is a borrowed run of bytes with a length: no terminator, no ownership. A text is valid as
 * long as what it points into. Functions that take an arena return copies in that arena; all others
 * borrow. When the arena is full they return an empty text with a NULL pointer.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"

#include <stdarg.h>

struct text {
    const char *at; /* may be NULL when len is 0 */
    size_t len;     /* bytes */
};

/* Borrowed array of texts. */
struct text_list {
    const struct text *items;
    size_t len;
};

#define TEXT(literal) ((struct text){("" literal ""), sizeof(literal) - 1})
/* The same where a constant initialiser is required. */
#define TEXT_INIT(literal)                                                                         \
    {                                                                                              \
        ("" literal ""), sizeof(literal) - 1                                                       \
    }
/* For printf-like functions: "%.*s", TEXT_ARG(name). */
#define TEXT_ARG(text) (int)(text).len, (text).at ? (text).at : ""

struct text text_z(const char *terminated); /* NULL gives the empty text */
bool text_is_empty(struct text text);
bool text_equal(struct text a, struct text b);
bool text_equal_z(struct text a, const char *b);
/* ASCII letters only; for header names and the like. */
bool text_equal_ignoring_case(struct text a, struct text b);
/* Bytewise; shorter first. Negative, zero or positive. */
int text_compare(struct text a, struct text b);
/* Takes the same time for equal lengths whatever the contents are: for secrets. */
bool text_equal_secret(struct text a, struct text b);

bool text_starts_with(struct text text, struct text prefix);
bool text_ends_with(struct text text, struct text suffix);
/* Index of the first occurrence at or after `from`; text.len when absent. */
size_t text_find(struct text text, struct text needle, size_t from);
size_t text_find_byte(struct text text, char byte, size_t from);
bool text_contains(struct text text, struct text needle);
/* Bounds are clamped, so any pair is safe. */
struct text text_slice(struct text text, size_t from, size_t to);
struct text text_trim(struct text text); /* ASCII blanks at both ends */
/* Cuts `rest` at the next separator: *part is what stood before it. False when rest is used up: a
 * text without separators gives itself once, the empty text nothing, a separator at the end adds no
 * part. */
bool text_next_part(struct text *rest, char separator, struct text *part);

/* Decimal with optional minus, whole text, no blanks. False on overflow or anything else. */
MUST_CHECK bool text_to_int64(struct text text, int64_t *out);
/* [A-Za-z_][A-Za-z0-9_]*: a name as environment variables and most languages have it. */
bool text_is_name(struct text text);
bool text_is_utf8(struct text text);
/* Bytes of the well-formed UTF-8 sequence at the index, which lies inside; 0 when there is none. */
size_t text_utf8_length(struct text text, size_t index);

/* The beginning that has at most so many bytes, and no half of a UTF-8 sequence at its end. */
struct text text_cut(struct text text, size_t max);

struct text text_copy(struct arena *arena, struct text text);
/* A NUL-terminated copy for C libraries; NULL when the arena is full or the text holds a NUL. */
char *text_terminated(struct arena *arena, struct text text);
struct text text_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
struct text text_format_list(struct arena *arena, const char *format, va_list arguments)
    PRINTF_LIKE(2, 0);
struct text text_join(struct arena *arena, struct text separator, const struct text *parts,
                      size_t count);
struct text text_lower_ascii(struct arena *arena, struct text text);

/* Keyed hash (SipHash-1-3) with a key drawn once per process: safe against chosen keys, different
 * in each process. */
uint64_t text_hash(struct text text);

#endif
