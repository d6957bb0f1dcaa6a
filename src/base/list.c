/* Growing arrays in an arena. */
#include "base/list.h"

#include <string.h>

void list_init(struct list *list, struct arena *arena, size_t item_size)
{
    *list = (struct list){.arena = arena, .item_size = item_size};
}

void *list_push(struct list *list)
{
    if (list->len == list->size) {
        size_t size = list->size ? list->size * 2 : 8;
        size_t bytes;
        if (__builtin_mul_overflow(size, list->item_size, &bytes))
            return NULL;
        void *items = arena_grow(list->arena, list->items, list->len * list->item_size, bytes);
        if (!items)
            return NULL;
        list->items = items;
        list->size = size;
    }
    void *item = (char *)list->items + list->len * list->item_size;
    memset(item, 0, list->item_size);
    list->len++;
    return item;
}

void *list_at(const struct list *list, size_t index)
{
    return index < list->len ? (char *)list->items + index * list->item_size : NULL;
}

void list_pop(struct list *list)
{
    if (list->len)
        list->len--;
}
