/* What `with` changes: input, base documents, functions; and the documents that shadow rules. */
#include "rego/eval/machine.h"
#include "rego/value/number.h"

/* `base` with `value` in place of what stands at the path; objects on the way are copied. */
static bool replace_at(struct machine *machine, const struct value *base, const struct value *keys,
                       uint32_t len, const struct value *value, struct value *out)
{
    if (len == 0) {
        *out = *value;
        return true;
    }
    size_t members = base && base->kind == VALUE_OBJECT ? value_count(base) : 0;
    if (!budget_charge(&machine->budget, members + 1))
        return false;
    struct collection *copy = object_new(machine->arena, members + 1);
    for (size_t i = 0; copy && i < members; i++)
        if (!object_put(copy, *collection_raw_key(base->as.collection, (uint32_t)i),
                        *collection_raw_item(base->as.collection, (uint32_t)i)))
            return false;
    const struct value *below = members > 0 ? collection_get(base->as.collection, &keys[0]) : NULL;
    struct value replaced;
    if (!copy || !replace_at(machine, below, keys + 1, len - 1, value, &replaced) ||
        !object_put(copy, keys[0], replaced))
        return false;
    *out = collection_value(copy);
    return true;
}

static bool add_mock(struct machine *machine, struct environment *environment,
                     const struct replacement *replacement, const struct value *value)
{
    struct mock *mock = ARENA_NEW(machine->arena, struct mock);
    if (!mock)
        return false;
    *mock = (struct mock){replacement, VALUE_NONE, environment->mocks};
    if (replacement->by == BY_VALUE)
        mock->value = *value;
    environment->mocks = mock;
    return true;
}

static bool replace_data(struct machine *machine, struct environment *environment,
                         const struct replacement *replacement, const struct value *value)
{
    struct value data;
    if (!replace_at(machine, &environment->data, replacement->keys, replacement->key_count, value,
                    &data))
        return false;
    environment->data = data;
    if (replacement->shadow == 0)
        return true;
    struct shadow *shadow = ARENA_NEW(machine->arena, struct shadow);
    if (!shadow)
        return false;
    *shadow = (struct shadow){replacement->shadow, environment->shadows};
    environment->shadows = shadow;
    return true;
}

bool machine_with_begin(struct machine *machine, const struct replacement *replacement,
                        const struct value *value)
{
    struct environment *environment = ARENA_NEW(machine->arena, struct environment);
    if (!environment)
        return false;
    *environment = *machine->environment;
    environment->memo = NULL;
    environment->outer = machine->environment;
    machine->environment = environment;
    switch (replacement->kind) {
    case REPLACE_INPUT: {
        struct value input = environment->input;
        return replace_at(machine, &input, replacement->keys, replacement->key_count, value,
                          &environment->input);
    }
    case REPLACE_DATA: return replace_data(machine, environment, replacement, value);
    default: return add_mock(machine, environment, replacement, value);
    }
}

const struct value *machine_base_member(struct machine *machine, const struct value *document,
                                        const struct value *key)
{
    const struct value *found = value_get(document, key);
    if (found || document->kind != VALUE_OBJECT || key->kind != VALUE_NUMBER)
        return found;
    struct buffer text;
    buffer_init(&text, machine->arena, 65536);
    number_print(&text, key);
    struct value name = value_string(buffer_text(&text));
    return value_get(document, &name);
}

bool machine_without_mocks(struct machine *machine)
{
    struct environment *environment = ARENA_NEW(machine->arena, struct environment);
    if (!environment)
        return false;
    *environment = *machine->environment;
    environment->mocks = NULL;
    environment->memo = NULL;
    environment->outer = machine->environment;
    machine->environment = environment;
    return true;
}

const struct mock *machine_find_mock(const struct machine *machine, enum replacement_kind kind,
                                     uint32_t target)
{
    const struct mock *mock = machine->environment->mocks;
    while (mock && (mock->replacement->kind != kind || mock->replacement->target != target))
        mock = mock->next;
    return mock;
}

bool machine_is_shadowed(const struct machine *machine, uint32_t document)
{
    const struct shadow *shadow = machine->environment->shadows;
    while (shadow && shadow->document != document)
        shadow = shadow->next;
    return shadow != NULL;
}
