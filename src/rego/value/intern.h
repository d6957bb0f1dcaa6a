/*
 * The strings that a compiled policy mentions, each kept once. Values made here carry
 * VALUE_INTERNED: two of them are equal exactly when their pointers are. That is only true within
 * one interner, so one evaluation must never see values of two.
 *
 * The compiler adds; after that the interner is read-only and shared by threads.
 */
#ifndef REGO_VALUE_INTERN_H
#define REGO_VALUE_INTERN_H

#include "rego/value/value.h"

struct interner {
    struct arena *arena;
    struct text *slots; /* NULL text when free; a power of two of them */
    uint32_t slot_count;
    uint32_t len;
};

void interner_init(struct interner *interner, struct arena *arena);
/* Copies the text when it is new. False without memory. */
MUST_CHECK bool interner_add(struct interner *interner, struct text text, struct value *out);
/* The interned value when there is one, else a plain string that borrows the text. */
struct value interner_find(const struct interner *interner, struct text text);

#endif
