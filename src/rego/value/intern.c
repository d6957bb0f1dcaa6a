/* Interning: open addressing with a hash of a few machine words, because every key of the input is
 * looked up here. */
#include "rego/value/intern.h"

#include <string.h>

void interner_init(struct interner *interner, struct arena *arena)
{
    *interner = (struct interner){.arena = arena};
}

static uint64_t load(const char *at, size_t len)
{
    uint64_t word = 0;
    memcpy(&word, at, len < 8 ? len : 8);
    return word;
}

/* Looks at the first and the last eight bytes only; names differ there. */
static uint32_t hash(struct text text)
{
    uint64_t first = text.len ? load(text.at, text.len) : 0;
    uint64_t last = text.len > 8 ? load(text.at + text.len - 8, 8) : 0;
    uint64_t mixed = (first ^ (last << 29 | last >> 35) ^ text.len * 0x9e3779b97f4a7c15U) *
                     UINT64_C(0xff51afd7ed558ccd);
    return (uint32_t)(mixed >> 32);
}

static uint32_t slot_of(const struct interner *interner, struct text text)
{
    uint32_t mask = interner->slot_count - 1;
    uint32_t at = hash(text) & mask;
    while (interner->slots[at].at && !text_equal(interner->slots[at], text))
        at = (at + 1) & mask;
    return at;
}

static bool grow(struct interner *interner)
{
    struct interner larger = *interner;
    larger.slot_count = interner->slot_count ? interner->slot_count * 2 : 32;
    larger.slots = ARENA_ARRAY(interner->arena, struct text, larger.slot_count);
    if (!larger.slots)
        return false;
    for (uint32_t i = 0; i < interner->slot_count; i++) {
        if (interner->slots[i].at)
            larger.slots[slot_of(&larger, interner->slots[i])] = interner->slots[i];
    }
    *interner = larger;
    return true;
}

static struct value interned(struct text text)
{
    struct value value = value_string(text);
    value.form = VALUE_INTERNED;
    return value;
}

bool interner_add(struct interner *interner, struct text text, struct value *out)
{
    if (interner->len * 2 >= interner->slot_count && !grow(interner))
        return false;
    struct text *slot = &interner->slots[slot_of(interner, text)];
    if (!slot->at) {
        struct text copy = {text.len ? text_copy(interner->arena, text).at : "", text.len};
        if (!copy.at)
            return false;
        *slot = copy;
        interner->len++;
    }
    *out = interned(*slot);
    return true;
}

struct value interner_find(const struct interner *interner, struct text text)
{
    if (interner->slot_count > 0) {
        const struct text *slot = &interner->slots[slot_of(interner, text)];
        if (slot->at)
            return interned(*slot);
    }
    return value_string(text);
}
