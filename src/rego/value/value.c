/* Values: arrays, the total order, hashing, copying. */
#include "rego/value/value.h"

#include "rego/value/collection.h"
#include "rego/value/number.h"

#include <string.h>

const char *value_kind_name(enum value_kind kind)
{
    static const char *const names[VALUE_KIND_COUNT] = {
        [VALUE_UNDEFINED] = "undefined", [VALUE_NULL] = "null",     [VALUE_BOOLEAN] = "boolean",
        [VALUE_NUMBER] = "number",       [VALUE_STRING] = "string", [VALUE_ARRAY] = "array",
        [VALUE_OBJECT] = "object",       [VALUE_SET] = "set",
    };
    return names[kind];
}

uint64_t value_weight_slow(const struct value *value)
{
    switch (value->kind) {
    case VALUE_NUMBER: return value->form == VALUE_PLAIN ? 1 : 2 + value->as.number->text.len / 32;
    case VALUE_ARRAY: return (uint64_t)value->as.items[-1].as.integer;
    case VALUE_OBJECT:
    case VALUE_SET: return value->as.collection->weight;
    default: return 1;
    }
}

/* Arrays. */

struct value *value_array_items(struct arena *arena, size_t len)
{
    if (len >= UINT32_MAX)
        return NULL;
    struct value *slots = arena_alloc_raw(arena, (len + 1) * sizeof(struct value));
    return slots ? slots + 1 : NULL;
}

struct value value_array(struct value *items, size_t len)
{
    uint16_t depth = 0;
    uint64_t weight = 1;
    for (size_t i = 0; i < len; i++) {
        if (items[i].depth > depth)
            depth = items[i].depth;
        weight = weight_add(weight, value_weight(&items[i]));
    }
    if (depth >= VALUE_MAX_DEPTH)
        return VALUE_NONE;
    items[-1] = VALUE_INT((int64_t)weight);
    return (struct value){.kind = VALUE_ARRAY,
                          .depth = (uint16_t)(depth + 1),
                          .len = (uint32_t)len,
                          .as.items = items};
}

struct value value_empty_array(void)
{
    static const struct value header[2] = {
        {.kind = VALUE_NUMBER, .as.integer = 1},
        {.kind = VALUE_NULL},
    };
    return (struct value){.kind = VALUE_ARRAY, .depth = 1, .as.items = header + 1};
}

void value_list_init(struct value_list *list, struct arena *arena)
{
    *list = (struct value_list){.arena = arena, .weight = 1};
}

static bool grow(struct value_list *list, size_t size)
{
    if (size >= UINT32_MAX)
        return false;
    struct value *old = list->items ? list->items - 1 : NULL;
    size_t old_size = list->items ? (list->size + (size_t)1) * sizeof(struct value) : 0;
    struct value *slots = arena_grow(list->arena, old, old_size, (size + 1) * sizeof(struct value));
    if (!slots)
        return false;
    list->items = slots + 1;
    list->size = (uint32_t)size;
    return true;
}

bool value_list_add(struct value_list *list, struct value item)
{
    if (item.depth >= VALUE_MAX_DEPTH)
        return false;
    if (list->len == list->size && !grow(list, list->size ? list->size * (size_t)2 : 4))
        return false;
    if (item.depth > list->depth)
        list->depth = item.depth;
    list->weight = weight_add(list->weight, value_weight(&item));
    list->items[list->len++] = item;
    return true;
}

struct value value_list_array(const struct value_list *list)
{
    if (!list->items)
        return value_empty_array();
    list->items[-1] = VALUE_INT((int64_t)list->weight);
    return (struct value){.kind = VALUE_ARRAY,
                          .depth = (uint16_t)(list->depth + 1),
                          .len = list->len,
                          .as.items = list->items};
}

const struct value *value_get(const struct value *value, const struct value *key)
{
    switch (value->kind) {
    case VALUE_OBJECT:
    case VALUE_SET: return collection_get(value->as.collection, key);
    case VALUE_ARRAY:
        if (!value_is_int64(key) || key->as.integer < 0 || key->as.integer >= value->len)
            return NULL;
        return &value->as.items[key->as.integer];
    default: return NULL;
    }
}

size_t value_count(const struct value *value)
{
    switch (value->kind) {
    case VALUE_ARRAY: return value->len;
    case VALUE_OBJECT:
    case VALUE_SET: return value->as.collection->len;
    default: return 0;
    }
}

/* The total order. */

static int compare_int64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_arrays(const struct value *a, const struct value *b)
{
    uint32_t shared = a->len < b->len ? a->len : b->len;
    for (uint32_t i = 0; i < shared && a->as.items != b->as.items; i++) {
        int order = value_compare(&a->as.items[i], &b->as.items[i]);
        if (order != 0)
            return order;
    }
    return compare_int64(a->len, b->len);
}

/* Keys side by side first; where all shared ranks agree, the shorter one is less. Values matter
 * only once the keys are equal. Without memory for a sorted view the arena is failed, and the
 * evaluation ends whatever is returned here. */
static int compare_collections(struct collection *a, struct collection *b)
{
    if (a == b || !collection_sort(a) || !collection_sort(b))
        return 0;
    uint32_t shared = a->len < b->len ? a->len : b->len;
    for (uint32_t i = 0; i < shared; i++) {
        int order = value_compare(collection_key(a, i), collection_key(b, i));
        if (order != 0)
            return order;
    }
    if (a->len != b->len || a->kind == VALUE_SET)
        return compare_int64(a->len, b->len);
    for (uint32_t i = 0; i < a->len; i++) {
        int order = value_compare(collection_item(a, i), collection_item(b, i));
        if (order != 0)
            return order;
    }
    return 0;
}

int value_compare(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return (int)a->kind - (int)b->kind;
    switch (a->kind) {
    case VALUE_BOOLEAN: return compare_int64(a->as.integer, b->as.integer);
    case VALUE_NUMBER: return number_compare(a, b);
    case VALUE_STRING:
        return a->as.bytes == b->as.bytes && a->len == b->len
                   ? 0
                   : text_compare(value_text(a), value_text(b));
    case VALUE_ARRAY: return compare_arrays(a, b);
    case VALUE_OBJECT:
    case VALUE_SET: return compare_collections(a->as.collection, b->as.collection);
    default: return 0;
    }
}

static bool equal_arrays(const struct value *a, const struct value *b)
{
    if (a->len != b->len)
        return false;
    for (uint32_t i = 0; i < a->len && a->as.items != b->as.items; i++) {
        if (!value_equal(&a->as.items[i], &b->as.items[i]))
            return false;
    }
    return true;
}

static bool equal_collections(const struct collection *a, const struct collection *b)
{
    if (a == b)
        return true;
    if (a->len != b->len)
        return false;
    for (uint32_t i = 0; i < a->len; i++) {
        const struct value *other = collection_get(b, collection_raw_key(a, i));
        if (!other || (a->kind == VALUE_OBJECT && !value_equal(collection_raw_item(a, i), other)))
            return false;
    }
    return true;
}

bool value_equal_slow(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_STRING: return a->len == b->len && memcmp(a->as.bytes, b->as.bytes, a->len) == 0;
    case VALUE_NUMBER: return number_compare(a, b) == 0;
    case VALUE_ARRAY: return equal_arrays(a, b);
    case VALUE_OBJECT:
    case VALUE_SET: return equal_collections(a->as.collection, b->as.collection);
    default: return a->as.integer == b->as.integer;
    }
}

/* Hashes. */

static uint64_t mix(uint64_t hash)
{
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ (hash >> 33);
}

static uint64_t hash_int64(int64_t number)
{
    return text_hash((struct text){(const char *)&number, sizeof number});
}

static uint64_t hash_array(const struct value *array)
{
    uint64_t hash = mix(VALUE_ARRAY + (uint64_t)array->len * 16);
    for (uint32_t i = 0; i < array->len; i++)
        hash = mix(hash + value_hash(&array->as.items[i]));
    return hash;
}

/* Independent of the order of entries, so no sorted view is needed. */
static uint64_t hash_collection(const struct collection *collection)
{
    uint64_t hash = mix(collection->kind + (uint64_t)collection->len * 16);
    for (uint32_t i = 0; i < collection->len; i++) {
        uint64_t entry = mix(value_hash(collection_raw_key(collection, i)));
        if (collection->kind == VALUE_OBJECT)
            entry = mix(entry + value_hash(collection_raw_item(collection, i)));
        hash += entry;
    }
    return mix(hash);
}

uint64_t value_hash(const struct value *value)
{
    switch (value->kind) {
    case VALUE_STRING: return text_hash(value_text(value));
    case VALUE_NUMBER:
        return value->form == VALUE_PLAIN ? hash_int64(value->as.integer) : number_hash(value);
    case VALUE_ARRAY: return hash_array(value);
    case VALUE_OBJECT:
    case VALUE_SET: return hash_collection(value->as.collection);
    default: return mix(((uint64_t)value->kind << 8) + (uint64_t)value->as.integer);
    }
}

/* Copies. */

static bool copy_array(struct arena *arena, const struct value *array, struct value *out)
{
    struct value *items = value_array_items(arena, array->len);
    if (!items)
        return false;
    for (uint32_t i = 0; i < array->len; i++) {
        if (!value_copy(arena, &array->as.items[i], &items[i]))
            return false;
    }
    *out = value_array(items, array->len);
    return true;
}

static bool copy_collection(struct arena *arena, const struct value *value, struct value *out)
{
    const struct collection *from = value->as.collection;
    struct collection *to =
        from->kind == VALUE_SET ? set_new(arena, from->len) : object_new(arena, from->len);
    if (!to)
        return false;
    for (uint32_t i = 0; i < from->len; i++) {
        struct value key, item;
        if (!value_copy(arena, collection_raw_key(from, i), &key))
            return false;
        if (from->kind == VALUE_SET ? !set_add(to, key)
                                    : !value_copy(arena, collection_raw_item(from, i), &item) ||
                                          !object_put(to, key, item))
            return false;
    }
    *out = collection_value(to);
    return true;
}

static bool copy_number(struct arena *arena, const struct number *from, struct value *out)
{
    struct number *to = ARENA_NEW(arena, struct number);
    if (!to)
        return false;
    *to = *from;
    to->text = text_copy(arena, from->text);
    to->digits = text_copy(arena, from->digits);
    out->as.number = to;
    return to->text.at && to->digits.at;
}

bool value_copy(struct arena *arena, const struct value *value, struct value *out)
{
    *out = *value;
    switch (value->kind) {
    case VALUE_NUMBER:
        return value->form == VALUE_PLAIN || copy_number(arena, value->as.number, out);
    case VALUE_STRING:
        out->form = VALUE_PLAIN;
        out->as.bytes = text_copy(arena, value_text(value)).at;
        return value->len == 0 || out->as.bytes;
    case VALUE_ARRAY: return copy_array(arena, value, out);
    case VALUE_OBJECT:
    case VALUE_SET: return copy_collection(arena, value, out);
    default: return true;
    }
}

bool value_freeze(const struct value *value)
{
    if (value->kind == VALUE_ARRAY) {
        for (uint32_t i = 0; i < value->len; i++) {
            if (!value_freeze(&value->as.items[i]))
                return false;
        }
    } else if (value->kind == VALUE_OBJECT || value->kind == VALUE_SET) {
        struct collection *collection = value->as.collection;
        for (uint32_t i = 0; i < collection->len; i++) {
            if (!value_freeze(collection_raw_key(collection, i)) ||
                !value_freeze(collection_raw_item(collection, i)))
                return false;
        }
        return collection_sort(collection);
    }
    return true;
}
