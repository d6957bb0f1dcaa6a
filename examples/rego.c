/* Asks a policy a question with the policy engine alone: rego POLICY.rego data.path INPUT.json */
#include "rego/rego.h"

#include <stdio.h>

static struct text read_file(struct arena *arena, const char *name)
{
    struct buffer text;
    buffer_init(&text, arena, 64 << 20);
    FILE *file = fopen(name, "rb");
    for (char *at; file && !feof(file) && (at = buffer_reserve(&text, 4096));)
        buffer_advance(&text, fread(at, 1, 4096, file));
    if (file)
        fclose(file);
    return buffer_text(&text);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return fprintf(stderr, "usage: %s POLICY.rego data.path INPUT.json\n", argv[0]), 2;
    struct rego_context *context = rego_context_new(256 << 20);
    struct arena *arena = rego_context_arena(context);
    struct rego_source source = {text_z(argv[1]), read_file(arena, argv[1]), REGO_DETECT};
    struct rego_diagnostics wrong;
    struct buffer out;
    buffer_init(&out, arena, 64 << 20);
    struct rego_policy *policy = rego_compile(&source, 1, NULL, arena, &wrong);
    for (size_t i = 0; i < wrong.len; i++)
        rego_diagnostic_print(&wrong.items[i], &out);
    const struct rego_entry *entry = policy ? rego_entry_find(policy, text_z(argv[2])) : NULL;
    struct value input;
    struct error error = {.kind = ERR_NONE};
    if (entry &&
        value_parse_json(arena, read_file(arena, argv[3]), rego_interner(policy), &input, &error)) {
        struct rego_call call = {.input = &input, .limits = {.microseconds = 1000000}};
        struct rego_result result;
        rego_evaluate(context, entry, &call, &result);
        if (result.outcome == REGO_DEFINED)
            value_print_json(&out, &result.value);
        else
            buffer_add_format(&out, "undefined %.*s", TEXT_ARG(result.error.message));
    }
    printf("%.*s%s\n", TEXT_ARG(buffer_text(&out)), error.message);
    rego_free(policy);
    rego_context_free(context);
    return entry ? 0 : 1;
}
