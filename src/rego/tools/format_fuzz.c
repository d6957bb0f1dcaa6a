/* libFuzzer: whatever parses is formatted to a text that parses to the same tree, and stays so. */
#include "rego/language/parser.h"
#include "rego/tools/format.h"
#include "rego/tools/tree_equal.h"

#include <stdlib.h>

static struct module *parse(struct arena *arena, struct source *source, enum dialect dialect)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, arena);
    return parse_module(arena, source, dialect, &diagnostics);
}

static void check(struct text text, enum dialect dialect)
{
    struct arena *arena = arena_new(64 << 20);
    struct source first = {TEXT("a"), text}, second = {TEXT("b"), {NULL, 0}};
    struct module *before = arena ? parse(arena, &first, dialect) : NULL;
    if (before) {
        struct buffer once, twice;
        buffer_init(&once, arena, 16 << 20);
        buffer_init(&twice, arena, 16 << 20);
        format_module(&once, before);
        second.text = buffer_text(&once);
        struct module *after = once.failed ? NULL : parse(arena, &second, dialect);
        if (!arena_failed(arena) && (!after || !modules_equal(before, after)))
            abort();
        if (after) {
            format_module(&twice, after);
            if (!twice.failed && !text_equal(second.text, buffer_text(&twice)))
                abort();
        }
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    check(text, DIALECT_V1);
    check(text, DIALECT_V0);
    return 0;
}
