/* libFuzzer: JSON text that parses prints to text that parses to an equal value, of equal hash. */
#include "rego/value/json_value.h"

#include <stdlib.h>

static void check(struct arena *arena, struct text text)
{
    struct value first, second;
    struct error error = {0};
    struct buffer out;
    if (!value_parse_json(arena, text, NULL, &first, &error))
        return;
    buffer_init(&out, arena, 16 << 20);
    value_print_json(&out, &first);
    if (out.failed)
        return;
    if (!value_parse_json(arena, buffer_text(&out), NULL, &second, &error)) {
        if (!arena_failed(arena))
            abort();
        return;
    }
    if (!value_equal(&first, &second) || value_hash(&first) != value_hash(&second) ||
        value_compare(&first, &second) != 0 || value_weight(&first) == 0)
        abort();
    value_print_rego(&out, &first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(32 << 20);
    if (arena)
        check(arena, (struct text){(const char *)data, size});
    arena_free(arena);
    return 0;
}
