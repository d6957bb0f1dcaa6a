/*
 * The body of an object or a set: entries in the order of insertion, an index of hashes once there
 * are more than a few, and a sorted view that is made when somebody asks for the order. An object's
 * entry is two values side by side, a set's is one, so a set reads as an object from each member to
 * itself; that is also what a reference into a set means in the language.
 *
 * A collection is written only by who builds it, before its value is shared. Removing is done by
 * building another one.
 */
#ifndef REGO_VALUE_COLLECTION_H
#define REGO_VALUE_COLLECTION_H

#include "rego/value/value.h"

enum { COLLECTION_SMALL = 8 }; /* entries searched one by one, without an index */

struct collection_slot {
    uint32_t hash;  /* the upper half of the key's hash */
    uint32_t entry; /* position + 1; 0 when free */
};

struct collection {
    struct arena *arena; /* where it grows, and where the sorted view goes */
    struct value *entries;
    uint32_t len;  /* entries */
    uint32_t size; /* entries allocated */
    uint8_t kind;  /* VALUE_OBJECT or VALUE_SET */
    uint8_t width; /* values per entry: 2 or 1 */
    uint16_t depth;
    bool sorted;         /* entries are known to stand in order */
    uint32_t slot_count; /* a power of two; 0 while small */
    struct collection_slot *slots;
    uint32_t *order; /* sorted view; NULL when not made, or when `sorted` */
    uint64_t weight;
};

/* size: entries expected, a hint. NULL without memory. */
MUST_CHECK struct collection *object_new(struct arena *arena, size_t size);
MUST_CHECK struct collection *set_new(struct arena *arena, size_t size);

/* An object from `len` keys and values side by side, copied; the last of equal keys wins. NULL
 * without memory, or (arena not failed) when it would be too deep. */
MUST_CHECK struct collection *object_from_pairs(struct arena *arena, const struct value *pairs,
                                                size_t len);

/* Adds, or replaces the value of an equal key. False when the arena is full, or (arena not failed)
 * the object would be too deep. */
MUST_CHECK bool object_put(struct collection *object, struct value key, struct value value);
/* Adds unless an equal key is there; then *present is its value, else NULL. False as above. */
MUST_CHECK bool object_insert(struct collection *object, struct value key, struct value value,
                              const struct value **present);
/* Adding a member twice is fine. False as above. */
MUST_CHECK bool set_add(struct collection *set, struct value member);

/* The value that stands for the collection. Take it when building is over: it holds the depth. */
static inline struct value collection_value(struct collection *collection)
{
    return (struct value){.kind = collection->kind,
                          .depth = (uint16_t)(collection->depth + 1),
                          .len = collection->len,
                          .as.collection = collection};
}

/* The value under a key; of a set, the member. NULL when absent. */
const struct value *collection_get(const struct collection *collection, const struct value *key);
/* The same where the caller keeps value_hash(key), as compiled code does for constants. */
const struct value *collection_get_hashed(const struct collection *collection,
                                          const struct value *key, uint64_t hash);
const struct value *object_get_text(const struct collection *object, struct text key);

/* What collection_sort is about to cost, in units of value_weight; 0 when the view is there. */
uint64_t collection_sort_cost(const struct collection *collection);
/* Makes the sorted view. False without memory. Must come before collection_key/_item. */
MUST_CHECK bool collection_sort(struct collection *collection);

static inline uint32_t collection_position(const struct collection *collection, uint32_t rank)
{
    return collection->sorted ? rank : collection->order[rank];
}

/* The rank-th key and value in the total order; of a set, both are the member. */
static inline const struct value *collection_key(const struct collection *collection, uint32_t rank)
{
    return &collection->entries[collection_position(collection, rank) * collection->width];
}

static inline const struct value *collection_item(const struct collection *collection,
                                                  uint32_t rank)
{
    return collection_key(collection, rank) + (collection->width - 1);
}

/* In the order of insertion, for work whose result does not depend on it. */
static inline const struct value *collection_raw_key(const struct collection *collection,
                                                     uint32_t position)
{
    return &collection->entries[(size_t)position * collection->width];
}

static inline const struct value *collection_raw_item(const struct collection *collection,
                                                      uint32_t position)
{
    return collection_raw_key(collection, position) + (collection->width - 1);
}

#endif
