/* Fuzz target: what a decoder accepts is exactly what the encoder prints. */
#include "base/encoding.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(1 << 20);
    struct text source = {(const char *)data, size};
    struct error error = {0};
    struct text out;
    if (base64_decode(arena, source, &out, &error) &&
        !text_equal(base64_encode(arena, out), source))
        abort();
    if (base64url_decode(arena, source, &out, &error) &&
        !text_equal(base64url_encode(arena, out), source))
        abort();
    if (hex_decode(arena, source, &out, &error) &&
        !text_equal_ignoring_case(hex_encode(arena, out), source))
        abort();
    arena_free(arena);
    return 0;
}
