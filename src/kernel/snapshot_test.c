/* Snapshots: who keeps them alive, which one stays in the slot, many threads at once. */
#include "kernel/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int set_up(void **state)
{
    static struct snapshot_slot slot;
    snapshot_slot_init(&slot);
    *state = &slot;
    return 0;
}

#define WITH_SLOT(test) cmocka_unit_test_setup(test, set_up)

static void count_end(void *data)
{
    atomic_fetch_add((atomic_int *)data, 1);
}

/* A snapshot whose data is its own version; *ended grows when its memory goes. */
static struct snapshot *make(uint64_t version, atomic_int *ended)
{
    struct arena *arena = arena_new(4096);
    uint64_t *data = ARENA_NEW(arena, uint64_t);
    assert_non_null(data);
    *data = version;
    assert_true(arena_defer(arena, count_end, ended));
    struct snapshot *snapshot = snapshot_new(arena, data, version);
    assert_non_null(snapshot);
    return snapshot;
}

static void publish(struct snapshot_slot *slot, uint64_t version, atomic_int *ended)
{
    struct snapshot *snapshot = make(version, ended);
    snapshot_publish(slot, snapshot);
    snapshot_drop(snapshot);
}

static uint64_t version_in(struct snapshot_slot *slot)
{
    struct snapshot *snapshot = snapshot_take(slot);
    uint64_t version = snapshot ? snapshot->version : 0;
    snapshot_drop(snapshot);
    return version;
}

static void an_empty_slot_gives_nothing(void **state)
{
    assert_null(snapshot_take(*state));
    snapshot_drop(NULL);
    snapshot_slot_release(*state);
}

static void a_holder_keeps_a_replaced_snapshot_alive(void **state)
{
    atomic_int ended = 0;
    publish(*state, 1, &ended);
    struct snapshot *held = snapshot_take(*state);
    publish(*state, 2, &ended);
    assert_int_equal(ended, 0);
    assert_int_equal(*(const uint64_t *)held->data, 1);
    snapshot_drop(held);
    assert_int_equal(ended, 1);
    assert_int_equal(version_in(*state), 2);
    snapshot_slot_release(*state);
    assert_int_equal(ended, 2);
}

static void an_older_snapshot_does_not_replace_a_newer_one(void **state)
{
    atomic_int ended = 0;
    publish(*state, 5, &ended);
    publish(*state, 4, &ended);
    assert_int_equal(ended, 1);
    assert_int_equal(version_in(*state), 5);
    publish(*state, 5, &ended);
    assert_int_equal(ended, 2);
    snapshot_slot_release(*state);
}

static void a_hold_ends_with_the_arena_it_was_left_to(void **state)
{
    atomic_int ended = 0;
    struct arena *request = arena_new(4096);
    publish(*state, 1, &ended);
    assert_true(snapshot_keep(request, snapshot_take(*state)));
    snapshot_slot_release(*state);
    assert_int_equal(ended, 0);
    arena_free(request);
    assert_int_equal(ended, 1);
}

static void a_hold_that_cannot_be_left_is_dropped(void **state)
{
    atomic_int ended = 0;
    struct arena *request = arena_new(4096);
    publish(*state, 1, &ended);
    struct snapshot *held = snapshot_take(*state);
    snapshot_slot_release(*state);
    arena_fail_after(request, 0);
    assert_false(snapshot_keep(request, held));
    assert_int_equal(ended, 1);
    arena_free(request);
}

static void no_memory_for_a_snapshot_gives_its_arena_back(void **state)
{
    atomic_int ended = 0;
    struct arena *arena = arena_new(4096);
    assert_true(arena_defer(arena, count_end, &ended));
    arena_fail_after(arena, 0);
    assert_null(snapshot_new(arena, NULL, 1));
    assert_int_equal(ended, 1);
    snapshot_slot_release(*state);
}

enum { THREADS = 4, ROUNDS = 2000 };

struct crowd {
    struct snapshot_slot *slot;
    atomic_int ended;
    atomic_uint_fast64_t next;
    atomic_int wrong;
};

static void *crowd_main(void *data)
{
    struct crowd *crowd = data;
    uint64_t seen = 0;
    for (int i = 0; i < ROUNDS; i++) {
        publish(crowd->slot, atomic_fetch_add(&crowd->next, 1), &crowd->ended);
        struct snapshot *held = snapshot_take(crowd->slot);
        if (*(const uint64_t *)held->data != held->version || held->version < seen)
            atomic_fetch_add(&crowd->wrong, 1);
        seen = held->version;
        snapshot_drop(held);
    }
    return NULL;
}

static void many_threads_see_versions_only_grow(void **state)
{
    struct crowd crowd = {.slot = *state, .next = 1};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, crowd_main, &crowd), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd.wrong, 0);
    snapshot_slot_release(*state);
    assert_int_equal(crowd.ended, THREADS * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SLOT(an_empty_slot_gives_nothing),
        WITH_SLOT(a_holder_keeps_a_replaced_snapshot_alive),
        WITH_SLOT(an_older_snapshot_does_not_replace_a_newer_one),
        WITH_SLOT(a_hold_ends_with_the_arena_it_was_left_to),
        WITH_SLOT(a_hold_that_cannot_be_left_is_dropped),
        WITH_SLOT(no_memory_for_a_snapshot_gives_its_arena_back),
        WITH_SLOT(many_threads_see_versions_only_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
