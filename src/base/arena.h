/*
 * An arena owns everything that one unit of work allocates: one request, one job, one compiled
 * policy. Nothing in it is freed alone; the arena is dropped whole.
 *
 * - Every arena has a cap. An allocation that would pass it, or that the system refuses, returns
 *   NULL and marks the arena failed for good, so a caller may check each result or, where NULL is
 *   harmless (buffers, lists), ask arena_failed() once at the end. The process is never aborted.
 * - What is not memory (files, statements, locks) hangs on the arena as a deferred call; deferred
 *   calls run in reverse order when the arena is reset, freed or rewound past them.
 * - An arena belongs to one thread at a time; it has no lock.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/macros.h"

struct arena;

/* A point to come back to: scratch memory inside a loop. */
struct arena_mark {
    void *block;
    size_t used;
    size_t total;
    void *deferred;
};

/* cap: bytes handed out at most. NULL when the system has no memory. */
struct arena *arena_new(size_t cap);
/* Runs the deferred calls and releases everything. NULL is fine. */
void arena_free(struct arena *arena);
/* Runs the deferred calls and keeps the newest block of the usual sizes, so that an arena reused
 * for like work soon allocates nothing. The failed mark is cleared. */
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for any type; NULL past the cap. size 0 gives a valid pointer. */
MUST_CHECK void *arena_alloc(struct arena *arena, size_t size);
/* The same without zeroing, for bytes that are about to be overwritten. */
MUST_CHECK void *arena_alloc_raw(struct arena *arena, size_t size);
/* count * size bytes, zeroed; NULL on overflow of the product too. */
MUST_CHECK void *arena_alloc_array(struct arena *arena, size_t count, size_t size);
/* Grows the newest allocation in place where possible, else copies. `at` may be NULL. */
MUST_CHECK void *arena_grow(struct arena *arena, void *at, size_t old_size, size_t new_size);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* Runs fn(data) when the arena ends. False (and fn(data) is called at once) without memory, so the
 * resource never leaks. */
MUST_CHECK bool arena_defer(struct arena *arena, void (*fn)(void *data), void *data);

struct arena_mark arena_mark(const struct arena *arena);
/* Gives back all that was allocated since the mark, after running the calls deferred since. */
void arena_rewind(struct arena *arena, struct arena_mark mark);

size_t arena_used(const struct arena *arena);
size_t arena_cap(const struct arena *arena);
/* True once any allocation was refused. */
bool arena_failed(const struct arena *arena);

/* Tests only: lets the next `allocations` succeed and refuses those after, until the arena is
 * reset. A negative number switches the fault off. */
void arena_fail_after(struct arena *arena, int64_t allocations);

#endif
