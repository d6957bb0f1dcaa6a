/* Hooks from and to JSON, one row of tables/hooks.def at a time. */
#include "stack/hooks.h"

static void print_list(struct json_writer *writer, const char *name, struct text_list commands)
{
    if (commands.len)
        json_member_strings(writer, name, commands);
}

void hooks_print(const struct hooks *hooks, struct json_writer *writer)
{
    json_begin_object(writer);
#define HOOK(name, wire) print_list(writer, #name, hooks->name);
#include "tables/hooks.def"
#undef HOOK
    json_end_object(writer);
}

struct hooks hooks_parse(struct ctx *ctx, const struct json *value)
{
    struct hooks hooks = {{0}};
#define HOOK(name, wire) hooks.name = json_to_texts(ctx->arena, json_get_z(value, #name));
#include "tables/hooks.def"
#undef HOOK
    return hooks;
}
