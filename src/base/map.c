/* Open addressing over an insertion-ordered array of entries. */
#include "base/map.h"

#include <string.h>

void map_init(struct map *map, struct arena *arena)
{
    *map = (struct map){.arena = arena};
}

struct map_entry *map_find(const struct map *map, struct text key)
{
    if (map->len == 0)
        return NULL;
    uint64_t hash = text_hash(key);
    for (size_t i = hash & (map->slot_count - 1);; i = (i + 1) & (map->slot_count - 1)) {
        uint32_t slot = map->slots[i];
        if (slot == 0)
            return NULL;
        struct map_entry *entry = &map->entries[slot - 1];
        if (entry->hash == hash && text_equal(entry->key, key))
            return entry;
    }
}

void *map_get(const struct map *map, struct text key)
{
    struct map_entry *entry = map_find(map, key);
    return entry ? entry->value : NULL;
}

static void insert_slot(struct map *map, uint64_t hash, size_t index)
{
    size_t i = hash & (map->slot_count - 1);
    while (map->slots[i])
        i = (i + 1) & (map->slot_count - 1);
    map->slots[i] = (uint32_t)index + 1;
}

static bool grow(struct map *map)
{
    size_t size = map->size ? map->size * 2 : 8;
    if (size > UINT32_MAX / 2)
        return false;
    struct map_entry *entries =
        arena_grow(map->arena, map->entries, map->len * sizeof(*entries), size * sizeof(*entries));
    uint32_t *slots = ARENA_ARRAY(map->arena, uint32_t, size * 2);
    if (!entries || !slots)
        return false;
    map->entries = entries;
    map->slots = slots;
    map->size = size;
    map->slot_count = size * 2;
    for (size_t i = 0; i < map->len; i++)
        insert_slot(map, entries[i].hash, i);
    return true;
}

bool map_set(struct map *map, struct text key, void *value)
{
    struct map_entry *entry = map_find(map, key);
    if (entry) {
        entry->value = value;
        return true;
    }
    if (map->len == map->size && !grow(map))
        return false;
    uint64_t hash = text_hash(key);
    map->entries[map->len] = (struct map_entry){.key = key, .value = value, .hash = hash};
    insert_slot(map, hash, map->len);
    map->len++;
    return true;
}
