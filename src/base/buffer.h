/*
 * A growing run of bytes in an arena, with a maximum. Appending past the maximum, or without
 * memory, marks the buffer failed and drops the bytes: write everything, then ask once.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/arena.h"
#include "base/text.h"

struct buffer {
    struct arena *arena;
    char *at;
    size_t len;
    size_t size; /* bytes allocated */
    size_t max;  /* bytes allowed */
    bool failed;
};

void buffer_init(struct buffer *buffer, struct arena *arena, size_t max);
void buffer_add(struct buffer *buffer, struct text text);
void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_add_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_add_int64(struct buffer *buffer, int64_t value);
/* Room for `size` more bytes to be written in place, then buffer_advance; NULL when failed. */
char *buffer_reserve(struct buffer *buffer, size_t size);
void buffer_advance(struct buffer *buffer, size_t size);
/* Keeps the first `len` bytes. */
void buffer_truncate(struct buffer *buffer, size_t len);
/* What was written so far; borrowed, and valid until the next append. */
struct text buffer_text(const struct buffer *buffer);

#endif
