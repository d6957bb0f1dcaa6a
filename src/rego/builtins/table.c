/* The table of builtins, and its signatures read. */
#include "rego/builtins/operand.h"

#include <stdlib.h>
#include <string.h>

#define BUILTIN(name_, symbol, arity_, signature_, tier_, flags_)                                  \
    {.name = name_,                                                                                \
     .signature = signature_,                                                                      \
     .call = builtin_##symbol,                                                                     \
     .arity = arity_,                                                                              \
     .tier = tier_,                                                                                \
     .flags = flags_},
#define RELATION(name_, symbol, arity_, signature_, tier_)                                         \
    {.name = name_,                                                                                \
     .signature = signature_,                                                                      \
     .open = builtin_##symbol##_open,                                                              \
     .next = builtin_##symbol##_next,                                                              \
     .arity = arity_,                                                                              \
     .tier = tier_,                                                                                \
     .flags = BUILTIN_RELATION},
#define REFUSED(name_, arity_, signature_, tier_, flags_)                                          \
    {.name = name_, .signature = signature_, .arity = arity_, .tier = tier_, .flags = flags_},

static const struct builtin builtins[] = {
#include "rego/builtins/builtins.def"
};

const struct builtin *builtin_table(size_t *count)
{
    *count = ARRAY_LENGTH(builtins);
    return builtins;
}

static int compare_name(const void *key, const void *entry)
{
    const struct text *name = key;
    const struct builtin *builtin = entry;
    return text_compare(*name, text_z(builtin->name));
}

const struct builtin *builtin_find(struct text name)
{
    return bsearch(&name, builtins, ARRAY_LENGTH(builtins), sizeof builtins[0], compare_name);
}

/* Signatures: "string, array[string]|set[string] -> string". Commas inside brackets do not part. */

static struct text type_list_item(struct text list, unsigned index)
{
    size_t start = 0;
    unsigned depth = 0;
    for (size_t i = 0; i <= list.len; i++) {
        if (i < list.len && list.at[i] == '[')
            depth++;
        if (i < list.len && list.at[i] == ']')
            depth--;
        if (i < list.len && (list.at[i] != ',' || depth > 0))
            continue;
        if (index-- == 0)
            return text_trim(text_slice(list, start, i));
        start = i + 1;
    }
    return (struct text){"", 0};
}

struct text builtin_type_text(const struct builtin *builtin, unsigned index)
{
    struct text signature = text_z(builtin->signature);
    size_t arrow = text_find(signature, TEXT("->"), 0);
    if (index == builtin->arity)
        return text_trim(text_slice(signature, arrow + 2, signature.len));
    return type_list_item(text_slice(signature, 0, arrow), index);
}

static uint16_t kind_named(struct text name)
{
    for (int kind = VALUE_NULL; kind < VALUE_KIND_COUNT; kind++) {
        if (text_equal_z(name, value_kind_name((enum value_kind)kind)))
            return (uint16_t)(1u << kind);
    }
    return BUILTIN_ANY_KIND;
}

/* The alternatives of a type; `inner` collects what stands in brackets. */
static uint16_t read_type(struct text type, uint16_t *inner)
{
    uint16_t kinds = 0;
    while (type.len > 0) {
        size_t end = 0;
        unsigned depth = 0;
        for (; end < type.len && (type.at[end] != '|' || depth > 0); end++) {
            depth += type.at[end] == '[';
            depth -= type.at[end] == ']';
        }
        struct text one = text_trim(text_slice(type, 0, end));
        size_t bracket = text_find_byte(one, '[', 0);
        kinds |= kind_named(text_slice(one, 0, bracket));
        if (inner && bracket < one.len)
            *inner |= read_type(text_slice(one, bracket + 1, one.len - 1), NULL);
        type = text_slice(type, end + 1, type.len);
    }
    return kinds;
}

uint16_t builtin_kinds(const struct builtin *builtin, unsigned index)
{
    return read_type(builtin_type_text(builtin, index), NULL);
}

uint16_t builtin_element_kinds(const struct builtin *builtin, unsigned index)
{
    uint16_t inner = 0;
    read_type(builtin_type_text(builtin, index), &inner);
    return inner ? inner : BUILTIN_ANY_KIND;
}
