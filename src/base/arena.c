/* Bump allocation in a chain of blocks that grow geometrically. See arena.h for the contract. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif

#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#define POISON(at, size)   __asan_poison_memory_region((at), (size))
#define UNPOISON(at, size) __asan_unpoison_memory_region((at), (size))
#else
#define POISON(at, size)   ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#endif

enum {
    ALIGNMENT = 16,
    FIRST_BLOCK = 4096,
    LARGEST_BLOCK = 1 << 20, /* growth stops doubling here; larger single requests get their own */
};

struct block {
    struct block *previous;
    size_t size; /* usable bytes after the header */
    size_t used;
    size_t padding; /* keeps `bytes` aligned */
    unsigned char bytes[];
};

struct deferred {
    struct deferred *previous;
    void (*fn)(void *data);
    void *data;
};

struct arena {
    struct block *block; /* the newest, allocated from */
    struct deferred *deferred;
    size_t cap;
    size_t total; /* bytes handed out, alignment included */
    int64_t fail_after;
    bool failed;
};

static_assert(offsetof(struct block, bytes) % ALIGNMENT == 0, "block bytes must be aligned");

static size_t round_up(size_t size)
{
    return (size + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
}

static struct block *block_new(struct block *previous, size_t size)
{
    struct block *block = malloc(sizeof(struct block) + size);
    if (!block)
        return NULL;
    block->previous = previous;
    block->size = size;
    block->used = 0;
    block->padding = 0;
    POISON(block->bytes, size);
    return block;
}

static void block_free(struct block *block)
{
    UNPOISON(block->bytes, block->size);
    free(block);
}

struct arena *arena_new(size_t cap)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    if (!arena)
        return NULL;
    arena->cap = cap;
    arena->fail_after = -1;
    arena->block = block_new(NULL, FIRST_BLOCK);
    if (!arena->block) {
        free(arena);
        return NULL;
    }
    return arena;
}

static void run_deferred(struct arena *arena, const struct deferred *until)
{
    while (arena->deferred != until) {
        struct deferred *last = arena->deferred;
        arena->deferred = last->previous;
        last->fn(last->data);
    }
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    run_deferred(arena, NULL);
    for (struct block *block = arena->block; block;) {
        struct block *previous = block->previous;
        block_free(block);
        block = previous;
    }
    free(arena);
}

/* The newest block of a usual size; the oldest always is one. */
static struct block *block_to_keep(struct block *newest)
{
    while (newest->previous && newest->size > LARGEST_BLOCK)
        newest = newest->previous;
    return newest;
}

void arena_reset(struct arena *arena)
{
    run_deferred(arena, NULL);
    struct block *kept = block_to_keep(arena->block);
    for (struct block *block = arena->block; block;) {
        struct block *previous = block->previous;
        if (block != kept)
            block_free(block);
        block = previous;
    }
    kept->previous = NULL;
    arena->block = kept;
    POISON(arena->block->bytes, arena->block->size);
    arena->block->used = 0;
    arena->total = 0;
    arena->fail_after = -1;
    arena->failed = false;
}

static void *refuse(struct arena *arena)
{
    arena->failed = true;
    return NULL;
}

static bool add_block(struct arena *arena, size_t size)
{
    size_t next = arena->block->size * 2;
    if (next > LARGEST_BLOCK)
        next = LARGEST_BLOCK;
    if (next < size)
        next = size;
    struct block *block = block_new(arena->block, next);
    if (!block)
        return false;
    arena->block = block;
    return true;
}

void *arena_alloc_raw(struct arena *arena, size_t size)
{
    if (size > arena->cap)
        return refuse(arena);
    size_t rounded = round_up(size ? size : 1);
    if (rounded > arena->cap - arena->total)
        return refuse(arena);
    if (arena->fail_after >= 0 && arena->fail_after-- == 0) {
        arena->fail_after = 0;
        return refuse(arena);
    }
    if (rounded > arena->block->size - arena->block->used && !add_block(arena, rounded))
        return refuse(arena);
    void *at = arena->block->bytes + arena->block->used;
    arena->block->used += rounded;
    arena->total += rounded;
    UNPOISON(at, size ? size : 1);
    return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *at = arena_alloc_raw(arena, size);
    if (at)
        memset(at, 0, size);
    return at;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return refuse(arena);
    return arena_alloc(arena, bytes);
}

/* True when `at` is the last allocation of the newest block and can simply be made longer. */
static bool grow_in_place(struct arena *arena, const unsigned char *at, size_t old_size,
                          size_t new_size)
{
    struct block *block = arena->block;
    size_t old_rounded = round_up(old_size ? old_size : 1);
    if (arena->fail_after >= 0 || at < block->bytes || at >= block->bytes + block->size)
        return false;
    size_t start = (size_t)(at - block->bytes);
    if (start + old_rounded != block->used || new_size > block->size - start)
        return false;
    size_t more = round_up(new_size) - old_rounded;
    if (start + old_rounded + more > block->size || more > arena->cap - arena->total)
        return false;
    UNPOISON(block->bytes + start, new_size);
    block->used += more;
    arena->total += more;
    return true;
}

void *arena_grow(struct arena *arena, void *at, size_t old_size, size_t new_size)
{
    if (at && new_size <= old_size)
        return at;
    if (at && grow_in_place(arena, at, old_size, new_size))
        return at;
    void *copy = arena_alloc_raw(arena, new_size);
    if (copy && old_size)
        memcpy(copy, at, old_size);
    return copy;
}

bool arena_defer(struct arena *arena, void (*fn)(void *data), void *data)
{
    struct deferred *entry = ARENA_NEW(arena, struct deferred);
    if (!entry) {
        fn(data);
        return false;
    }
    entry->previous = arena->deferred;
    entry->fn = fn;
    entry->data = data;
    arena->deferred = entry;
    return true;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){.block = arena->block,
                               .used = arena->block->used,
                               .total = arena->total,
                               .deferred = arena->deferred};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    run_deferred(arena, mark.deferred);
    while (arena->block != mark.block) {
        struct block *previous = arena->block->previous;
        block_free(arena->block);
        arena->block = previous;
    }
    arena->block->used = mark.used;
    arena->total = mark.total;
    POISON(arena->block->bytes + mark.used, arena->block->size - mark.used);
}

size_t arena_used(const struct arena *arena)
{
    return arena->total;
}

size_t arena_cap(const struct arena *arena)
{
    return arena->cap;
}

bool arena_failed(const struct arena *arena)
{
    return arena->failed;
}

void arena_fail_after(struct arena *arena, int64_t allocations)
{
    arena->fail_after = allocations;
}
