/* Objects and sets: insertion, lookup, the sorted view. */
#include "rego/value/collection.h"

#include <string.h>

static struct collection *collection_new(struct arena *arena, uint8_t kind, uint8_t width,
                                         size_t size)
{
    struct collection *collection = ARENA_NEW(arena, struct collection);
    if (!collection || size >= UINT32_MAX / 4)
        return NULL;
    *collection = (struct collection){
        .arena = arena, .kind = kind, .width = width, .sorted = true, .weight = 1};
    if (size > 0) {
        collection->entries = arena_alloc_raw(arena, size * width * sizeof(struct value));
        collection->size = (uint32_t)size;
        if (!collection->entries)
            return NULL;
    }
    return collection;
}

struct collection *object_new(struct arena *arena, size_t size)
{
    return collection_new(arena, VALUE_OBJECT, 2, size);
}

struct collection *set_new(struct arena *arena, size_t size)
{
    return collection_new(arena, VALUE_SET, 1, size);
}

static uint32_t find_small(const struct collection *collection, const struct value *key)
{
    for (uint32_t i = 0; i < collection->len; i++) {
        if (value_equal(collection_raw_key(collection, i), key))
            return i;
    }
    return collection->len;
}

static uint32_t find_hashed(const struct collection *collection, const struct value *key,
                            uint64_t hash)
{
    uint32_t mask = collection->slot_count - 1;
    uint32_t upper = (uint32_t)(hash >> 32);
    for (uint32_t at = (uint32_t)hash & mask; collection->slots[at].entry; at = (at + 1) & mask) {
        if (collection->slots[at].hash != upper)
            continue;
        uint32_t position = collection->slots[at].entry - 1;
        if (value_equal(collection_raw_key(collection, position), key))
            return position;
    }
    return collection->len;
}

static uint32_t find(const struct collection *collection, const struct value *key)
{
    return collection->slot_count ? find_hashed(collection, key, value_hash(key))
                                  : find_small(collection, key);
}

const struct value *collection_get(const struct collection *collection, const struct value *key)
{
    uint32_t position = find(collection, key);
    return position < collection->len ? collection_raw_item(collection, position) : NULL;
}

const struct value *collection_get_hashed(const struct collection *collection,
                                          const struct value *key, uint64_t hash)
{
    uint32_t position =
        collection->slot_count ? find_hashed(collection, key, hash) : find_small(collection, key);
    return position < collection->len ? collection_raw_item(collection, position) : NULL;
}

const struct value *object_get_text(const struct collection *object, struct text key)
{
    struct value name = value_string(key);
    return collection_get(object, &name);
}

static void place(struct collection *collection, uint32_t position, uint64_t hash)
{
    uint32_t mask = collection->slot_count - 1;
    uint32_t at = (uint32_t)hash & mask;
    while (collection->slots[at].entry)
        at = (at + 1) & mask;
    collection->slots[at] =
        (struct collection_slot){.hash = (uint32_t)(hash >> 32), .entry = position + 1};
}

/* A new index with room for twice the entries; at most half full, so that probing stays short. */
static bool reindex(struct collection *collection)
{
    uint32_t count = COLLECTION_SMALL * 4;
    while (count < collection->size * 2)
        count *= 2;
    struct collection_slot *slots = ARENA_ARRAY(collection->arena, struct collection_slot, count);
    if (!slots)
        return false;
    collection->slots = slots;
    collection->slot_count = count;
    for (uint32_t i = 0; i < collection->len; i++)
        place(collection, i, value_hash(collection_raw_key(collection, i)));
    return true;
}

static bool grow(struct collection *collection)
{
    uint32_t size = collection->size ? collection->size * 2 : 4;
    if (size >= UINT32_MAX / 4)
        return false;
    size_t entry_size = collection->width * sizeof(struct value);
    struct value *entries = arena_grow(collection->arena, collection->entries,
                                       collection->len * entry_size, size * entry_size);
    if (!entries)
        return false;
    collection->entries = entries;
    collection->size = size;
    return true;
}

/* The key is known to be new. */
static bool append(struct collection *collection, const struct value *key,
                   const struct value *value)
{
    uint16_t depth = key->depth > value->depth ? key->depth : value->depth;
    if (depth >= VALUE_MAX_DEPTH || (collection->len == collection->size && !grow(collection)))
        return false;
    uint32_t position = collection->len;
    collection->sorted = position == 0;
    collection->order = NULL;
    collection->entries[(size_t)position * collection->width] = *key;
    collection->weight = weight_add(collection->weight, value_weight(key));
    if (collection->width == 2) {
        collection->entries[(size_t)position * 2 + 1] = *value;
        collection->weight = weight_add(collection->weight, value_weight(value));
    }
    if (depth > collection->depth)
        collection->depth = depth;
    collection->len++;
    if (collection->slot_count && collection->len * 2 <= collection->slot_count) {
        place(collection, position, value_hash(key));
        return true;
    }
    return collection->len <= COLLECTION_SMALL || reindex(collection);
}

/* The position of the key, found or appended; UINT32_MAX on failure. *added says which. */
static uint32_t find_or_append(struct collection *collection, const struct value *key,
                               const struct value *value, bool *added)
{
    uint32_t position = find(collection, key);
    *added = position == collection->len;
    if (!*added)
        return position;
    return append(collection, key, value) ? position : UINT32_MAX;
}

bool object_put(struct collection *object, struct value key, struct value value)
{
    bool added;
    uint32_t position = find_or_append(object, &key, &value, &added);
    if (position == UINT32_MAX)
        return false;
    if (added)
        return true;
    if (value.depth >= VALUE_MAX_DEPTH)
        return false;
    object->entries[(size_t)position * 2 + 1] = value;
    object->weight = weight_add(object->weight, value_weight(&value));
    if (value.depth > object->depth)
        object->depth = value.depth;
    return true;
}

static bool has_twins(const struct value *pairs, size_t len)
{
    for (size_t i = 2; i < len * 2; i += 2) {
        for (size_t k = 0; k < i; k += 2) {
            if (value_equal(&pairs[i], &pairs[k]))
                return true;
        }
    }
    return false;
}

/* Few entries without twins are copied as they are. */
static bool copy_pairs(struct collection *object, const struct value *pairs, size_t len)
{
    if (len)
        memcpy(object->entries, pairs, len * 2 * sizeof *pairs);
    for (size_t i = 0; i < len * 2; i++) {
        object->weight = weight_add(object->weight, value_weight(&pairs[i]));
        if (pairs[i].depth > object->depth)
            object->depth = pairs[i].depth;
    }
    object->len = (uint32_t)len;
    object->sorted = len < 2;
    return object->depth < VALUE_MAX_DEPTH;
}

struct collection *object_from_pairs(struct arena *arena, const struct value *pairs, size_t len)
{
    struct collection *object = object_new(arena, len);
    if (!object)
        return NULL;
    if (len <= COLLECTION_SMALL && !has_twins(pairs, len))
        return copy_pairs(object, pairs, len) ? object : NULL;
    for (size_t i = 0; i < len * 2; i += 2) {
        if (!object_put(object, pairs[i], pairs[i + 1]))
            return NULL;
    }
    return object;
}

bool object_insert(struct collection *object, struct value key, struct value value,
                   const struct value **present)
{
    bool added;
    uint32_t position = find_or_append(object, &key, &value, &added);
    *present = NULL;
    if (position == UINT32_MAX)
        return false;
    if (!added)
        *present = collection_raw_item(object, position);
    return true;
}

bool set_add(struct collection *set, struct value member)
{
    bool added;
    return find_or_append(set, &member, &member, &added) != UINT32_MAX;
}

/* The sorted view: a merge sort of positions, stable, with all its memory in the arena. */

uint64_t collection_sort_cost(const struct collection *collection)
{
    if (collection->sorted || collection->order)
        return 0;
    uint64_t levels = 1;
    while (collection->len >> levels)
        levels++;
    return collection->weight * levels / 4;
}

static void merge(const struct collection *collection, const uint32_t *from, uint32_t *to,
                  uint32_t middle, uint32_t len)
{
    uint32_t left = 0, right = middle;
    for (uint32_t i = 0; i < len; i++) {
        bool take_left =
            right >= len ||
            (left < middle && value_compare(collection_raw_key(collection, from[left]),
                                            collection_raw_key(collection, from[right])) <= 0);
        to[i] = take_left ? from[left++] : from[right++];
    }
}

static void insertion_sort(const struct collection *collection, uint32_t *order, uint32_t len)
{
    for (uint32_t i = 1; i < len; i++) {
        uint32_t position = order[i], at = i;
        const struct value *key = collection_raw_key(collection, position);
        for (; at > 0; at--) {
            if (value_compare(collection_raw_key(collection, order[at - 1]), key) <= 0)
                break;
            order[at] = order[at - 1];
        }
        order[at] = position;
    }
}

static void sort(const struct collection *collection, uint32_t *order, uint32_t *scratch,
                 uint32_t len)
{
    if (len <= COLLECTION_SMALL) {
        insertion_sort(collection, order, len);
        return;
    }
    uint32_t middle = len / 2;
    sort(collection, order, scratch, middle);
    sort(collection, order + middle, scratch, len - middle);
    memcpy(scratch, order, len * sizeof *order);
    merge(collection, scratch, order, middle, len);
}

static bool is_in_order(const struct collection *collection)
{
    for (uint32_t i = 1; i < collection->len; i++) {
        if (value_compare(collection_raw_key(collection, i - 1),
                          collection_raw_key(collection, i)) > 0)
            return false;
    }
    return true;
}

bool collection_sort(struct collection *collection)
{
    if (collection->sorted || collection->order)
        return true;
    collection->sorted = is_in_order(collection);
    if (collection->sorted)
        return true;
    uint32_t *order = ARENA_ARRAY(collection->arena, uint32_t, collection->len);
    if (!order)
        return false;
    for (uint32_t i = 0; i < collection->len; i++)
        order[i] = i;
    uint32_t *scratch = order;
    struct arena_mark mark = arena_mark(collection->arena);
    if (collection->len > COLLECTION_SMALL)
        scratch = ARENA_ARRAY(collection->arena, uint32_t, collection->len);
    if (!scratch)
        return false;
    /* Comparing keys may sort collections inside them, whose views must stay: no rewinding then. */
    sort(collection, order, scratch, collection->len);
    if (collection->depth == 0)
        arena_rewind(collection->arena, mark);
    collection->order = order;
    return true;
}
