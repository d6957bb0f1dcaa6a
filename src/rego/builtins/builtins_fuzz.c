/*
 * libFuzzer: any builtin on any operands ends within its fuel and memory. The first byte picks the
 * builtin, the rest is a JSON array of operands, in which {"$set": [...]} stands for a set; missing
 * operands are null.
 */
#include "rego/builtins/builtin.h"
#include "rego/value/json_value.h"

#include <stdlib.h>
#include <string.h>

enum { FUEL = 200000, MEMORY = 64 << 20 };

static bool with_sets(struct arena *arena, const struct value *value, struct value *out);

static bool set_of(struct arena *arena, const struct value *members, struct value *out)
{
    struct collection *set = set_new(arena, 0);
    for (uint32_t i = 0; set && i < members->len; i++) {
        struct value member;
        if (!with_sets(arena, &members->as.items[i], &member) || !set_add(set, member))
            return false;
    }
    if (set)
        *out = collection_value(set);
    return set != NULL;
}

static bool with_sets(struct arena *arena, const struct value *value, struct value *out)
{
    *out = *value;
    if (value->kind == VALUE_ARRAY) {
        struct value *items = value_array_items(arena, value->len);
        for (uint32_t i = 0; items && i < value->len; i++) {
            if (!with_sets(arena, &value->as.items[i], &items[i]))
                return false;
        }
        if (items)
            *out = value_array(items, value->len);
        return items && out->kind == VALUE_ARRAY;
    }
    const struct value *members =
        value->kind == VALUE_OBJECT ? object_get_text(value->as.collection, TEXT("$set")) : NULL;
    return !members || members->kind != VALUE_ARRAY || set_of(arena, members, out);
}

static void run(struct builtin_call *call, const struct value *operands)
{
    struct value result = VALUE_NONE;
    struct buffer out;
    enum builtin_outcome outcome;
    if (call->builtin->flags & BUILTIN_RELATION) {
        struct builtin_iterator iterator = {0};
        outcome = call->builtin->open(call, operands, &iterator);
        while (outcome == BUILTIN_OK)
            outcome = call->builtin->next(call, &iterator, &result);
        return;
    }
    outcome = call->builtin->call(call, operands, &result);
    if (outcome == BUILTIN_STOPPED && call->budget->stop == BUDGET_RUNNING)
        abort();
    if (outcome != BUILTIN_OK)
        return;
    buffer_init(&out, call->arena, MEMORY);
    value_print_json(&out, &result);
    value_print_rego(&out, &result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count;
    const struct builtin *table = builtin_table(&count);
    struct value operands[BUILTIN_MAX_ARITY], array, plain;
    struct error error = {0};
    struct budget budget = {.fuel = FUEL, .poll_at = -1};
    struct arena *arena = size > 0 ? arena_new(MEMORY) : NULL;
    struct builtin_call call = {.arena = arena, .budget = &budget};
    if (arena &&
        value_parse_json(arena, (struct text){(const char *)data + 1, size - 1}, NULL, &plain,
                         &error) &&
        plain.kind == VALUE_ARRAY && with_sets(arena, &plain, &array)) {
        call.builtin = &table[data[0] % count];
        for (uint32_t i = 0; i < BUILTIN_MAX_ARITY; i++)
            operands[i] = i < array.len ? array.as.items[i] : VALUE_OF_NULL;
        if (call.builtin->call || call.builtin->open)
            run(&call, operands);
    }
    arena_free(arena);
    return 0;
}
