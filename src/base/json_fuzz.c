/* Fuzz target: any bytes are refused cleanly or read; what was read prints and reads back the same.
 */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct text print(struct arena *arena, const struct json *value)
{
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, arena, 1 << 22);
    json_writer_init(&writer, &out);
    json_value(&writer, value);
    if (out.failed)
        abort();
    return buffer_text(&out);
}

static void convert(const struct json *value)
{
    int64_t whole;
    double number;
    if (json_to_int64(value, &whole) && !json_to_double(value, &number))
        abort();
    for (uint32_t i = 0; json_is(value, JSON_ARRAY) && i < value->len; i++)
        convert(&value->items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(1 << 24);
    struct json_limits limits = {.max_bytes = 1 << 16, .max_depth = 32};
    struct error error = {0};
    const struct json *value;
    struct text source = {(const char *)data, size};
    limits.duplicates = size % 2 ? JSON_DUPLICATES_LAST : JSON_DUPLICATES_REFUSED;
    if (json_parse(arena, source, &limits, &value, &error)) {
        convert(value);
        struct text printed = print(arena, value);
        limits.max_bytes = SIZE_MAX;
        if (!json_parse(arena, printed, &limits, &value, &error))
            abort();
        if (!text_equal(print(arena, value), printed))
            abort();
    } else if (!error_is_set(&error)) {
        abort();
    }
    arena_free(arena);
    return 0;
}
