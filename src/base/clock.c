/* The clock of the system, and the way to put another in its place. */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static int64_t read_system(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * CLOCK_SECOND + now.tv_nsec / 1000;
}

static int64_t system_wall(void *data)
{
    UNUSED(data);
    return read_system(CLOCK_REALTIME);
}

static int64_t system_monotonic(void *data)
{
    UNUSED(data);
    return read_system(CLOCK_MONOTONIC);
}

static const struct clock_source system_clock = {system_wall, system_monotonic, NULL};
static const struct clock_source *_Atomic current = &system_clock;

int64_t clock_wall(void)
{
    const struct clock_source *source = atomic_load_explicit(&current, memory_order_acquire);
    return source->wall(source->data);
}

int64_t clock_monotonic(void)
{
    const struct clock_source *source = atomic_load_explicit(&current, memory_order_acquire);
    return source->monotonic(source->data);
}

void clock_replace(const struct clock_source *source)
{
    atomic_store_explicit(&current, source ? source : &system_clock, memory_order_release);
}

static _Atomic int64_t held_start;
static _Atomic int64_t held_elapsed;

static int64_t held_wall(void *data)
{
    UNUSED(data);
    return held_start + held_elapsed;
}

static int64_t held_monotonic(void *data)
{
    UNUSED(data);
    return held_elapsed;
}

static const struct clock_source held_clock = {held_wall, held_monotonic, NULL};

void clock_hold(int64_t wall)
{
    held_start = wall;
    held_elapsed = 0;
    clock_replace(&held_clock);
}

void clock_advance(int64_t microseconds)
{
    held_elapsed += microseconds;
}
