/* Growing byte runs with a maximum. */
#include "base/buffer.h"

#include <stdio.h>
#include <string.h>

void buffer_init(struct buffer *buffer, struct arena *arena, size_t max)
{
    *buffer = (struct buffer){.arena = arena, .max = max};
}

static bool make_room(struct buffer *buffer, size_t more)
{
    if (buffer->failed)
        return false;
    if (more <= buffer->size - buffer->len)
        return true;
    if (more > buffer->max - buffer->len) {
        buffer->failed = true;
        return false;
    }
    size_t size = buffer->size ? buffer->size * 2 : 256;
    if (size < buffer->len + more)
        size = buffer->len + more;
    if (size > buffer->max)
        size = buffer->max;
    char *at = arena_grow(buffer->arena, buffer->at, buffer->len, size);
    if (!at) {
        buffer->failed = true;
        return false;
    }
    buffer->at = at;
    buffer->size = size;
    return true;
}

void buffer_add(struct buffer *buffer, struct text text)
{
    if (text.len == 0 || !make_room(buffer, text.len))
        return;
    memcpy(buffer->at + buffer->len, text.at, text.len);
    buffer->len += text.len;
}

void buffer_add_byte(struct buffer *buffer, char byte)
{
    if (!make_room(buffer, 1))
        return;
    buffer->at[buffer->len++] = byte;
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    char small[256];
    va_start(arguments, format);
    int length = vsnprintf(small, sizeof(small), format, arguments);
    va_end(arguments);
    if (length < 0) {
        buffer->failed = true;
        return;
    }
    if ((size_t)length < sizeof(small)) {
        buffer_add(buffer, (struct text){small, (size_t)length});
        return;
    }
    /* One byte more than the text: vsnprintf always writes its terminator. */
    if (!make_room(buffer, (size_t)length + 1))
        return;
    va_start(arguments, format);
    vsnprintf(buffer->at + buffer->len, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->len += (size_t)length;
}

void buffer_add_int64(struct buffer *buffer, int64_t value)
{
    char digits[24];
    size_t at = sizeof(digits);
    bool negative = value < 0;
    uint64_t left = negative ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (negative)
        digits[--at] = '-';
    buffer_add(buffer, (struct text){digits + at, sizeof(digits) - at});
}

char *buffer_reserve(struct buffer *buffer, size_t size)
{
    return make_room(buffer, size) ? buffer->at + buffer->len : NULL;
}

void buffer_advance(struct buffer *buffer, size_t size)
{
    buffer->len += size;
}

void buffer_truncate(struct buffer *buffer, size_t len)
{
    if (len < buffer->len)
        buffer->len = len;
}

struct text buffer_text(const struct buffer *buffer)
{
    return (struct text){buffer->at, buffer->len};
}
