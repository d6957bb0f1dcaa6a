/*
 * A growing array of fixed-size items in an arena. `items` may move when the list grows, so keep
 * indexes, not pointers, across a push.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/arena.h"

struct list {
    struct arena *arena;
    void *items;
    size_t len;
    size_t size; /* items allocated */
    size_t item_size;
};

void list_init(struct list *list, struct arena *arena, size_t item_size);
/* A new zeroed item at the end; NULL without memory (the arena is then failed). */
void *list_push(struct list *list);
/* Borrowed, NULL past the end. */
void *list_at(const struct list *list, size_t index);
void list_pop(struct list *list);

/* The items as an array of their type: LIST_ITEMS(&list, struct run)[i].name */
#define LIST_ITEMS(list, type) ((type *)(list)->items)

#endif
