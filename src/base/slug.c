/* Lower case, digits, and single dashes between them. */
#include "base/slug.h"

#include "base/buffer.h"

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

struct text slug_make(struct arena *arena, struct text name, const char *otherwise)
{
    struct buffer buffer;
    buffer_init(&buffer, arena, SLUG_MAX_BYTES);
    bool dash = false;
    for (size_t i = 0; i < name.len && buffer.len < SLUG_MAX_BYTES - 2; i++) {
        char byte = lower(name.at[i]);
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
        if (plain) {
            if (dash && buffer.len)
                buffer_add_byte(&buffer, '-');
            buffer_add_byte(&buffer, byte);
        }
        dash = !plain;
    }
    return buffer.len ? buffer_text(&buffer) : text_z(otherwise);
}
