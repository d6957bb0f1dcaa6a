/*
 * A hash map from text to pointer, in an arena, in insertion order. Keys are borrowed: they must
 * live as long as the map. Lookups in a map that nobody changes are safe from many threads.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"
#include "base/text.h"

struct map_entry {
    struct text key;
    void *value;
    uint64_t hash;
};

struct map {
    struct arena *arena;
    struct map_entry *entries; /* in insertion order */
    size_t len;
    size_t size;     /* entries allocated */
    uint32_t *slots; /* index + 1 into entries, 0 when free; a power of two of them */
    size_t slot_count;
};

void map_init(struct map *map, struct arena *arena);
/* Adds or replaces. False without memory. */
MUST_CHECK bool map_set(struct map *map, struct text key, void *value);
/* NULL when absent. */
void *map_get(const struct map *map, struct text key);
/* Distinguishes "absent" from a NULL value. */
struct map_entry *map_find(const struct map *map, struct text key);

#endif
