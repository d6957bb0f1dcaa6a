/* Any text, in both dialects and as a query: parsing ends, with a tree or with a diagnostic. */
#include "rego/language/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_answer(bool parsed, const struct diagnostics *diagnostics)
{
    if (parsed == diagnostics_any(diagnostics))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(256 << 20);
    struct source source = {TEXT("fuzz.rego"), {(const char *)data, size}};
    for (int mode = 0; arena && mode < 3; mode++) {
        struct diagnostics diagnostics;
        arena_reset(arena);
        diagnostics_init(&diagnostics, arena);
        bool parsed = mode == 2 ? parse_query(arena, &source, &diagnostics) != NULL
                                : parse_module(arena, &source, mode ? DIALECT_V1 : DIALECT_V0,
                                               &diagnostics) != NULL;
        expect_answer(parsed, &diagnostics);
        struct buffer out;
        buffer_init(&out, arena, 1 << 20);
        for (size_t i = 0; i < diagnostics.items.len; i++)
            rego_diagnostic_print(list_at(&diagnostics.items, i), &out);
    }
    arena_free(arena);
    return 0;
}
