/* Hooks from and to JSON, one row of tables/hooks.def at a time. */
#include "stack/hooks.h"

static void print_list(struct json_writer *writer, const char *name, struct text_list commands)
{
    if (commands.len == 0)
        return;
    json_key_z(writer, name);
    json_begin_array(writer);
    for (size_t i = 0; i < commands.len; i++)
        json_string(writer, commands.items[i]);
    json_end_array(writer);
}

void hooks_print(const struct hooks *hooks, struct json_writer *writer)
{
    json_begin_object(writer);
#define HOOK(name, wire) print_list(writer, #name, hooks->name);
#include "tables/hooks.def"
#undef HOOK
    json_end_object(writer);
}

static struct text_list parse_list(struct ctx *ctx, const struct json *value)
{
    static const struct text_list none = {NULL, 0};
    if (!json_is(value, JSON_ARRAY))
        return none;
    struct text *items = ARENA_ARRAY(ctx->arena, struct text, value->len);
    if (!items)
        return none;
    for (uint32_t i = 0; i < value->len; i++)
        items[i] = json_text_or(&value->items[i], TEXT(""));
    return (struct text_list){items, value->len};
}

struct hooks hooks_parse(struct ctx *ctx, const struct json *value)
{
    struct hooks hooks = {{0}};
#define HOOK(name, wire) hooks.name = parse_list(ctx, json_get_z(value, #name));
#include "tables/hooks.def"
#undef HOOK
    return hooks;
}
