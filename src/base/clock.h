/*
 * The one clock of the process. All code asks here what time it is, so that a simulation or a test
 * can put another clock in its place. Times are int64 microseconds: wall time since 1970 UTC,
 * without leap seconds; monotonic time since an arbitrary moment, for durations and deadlines.
 *
 * Replacing the clock is for the start of the program and for tests; asking is safe from any
 * thread.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/macros.h"

#define CLOCK_MILLISECOND INT64_C(1000)
#define CLOCK_SECOND      INT64_C(1000000)
#define CLOCK_MINUTE      (60 * CLOCK_SECOND)
#define CLOCK_HOUR        (60 * CLOCK_MINUTE)
#define CLOCK_DAY         (24 * CLOCK_HOUR)

struct clock_source {
    int64_t (*wall)(void *data);
    int64_t (*monotonic)(void *data);
    void *data;
};

int64_t clock_wall(void);
int64_t clock_monotonic(void);

/* Borrowed until the next replacement; NULL puts the clock of the system back. */
void clock_replace(const struct clock_source *source);

/* Tests: a clock that stands still at `wall` (monotonic: 0) until it is moved on. */
void clock_hold(int64_t wall);
void clock_advance(int64_t microseconds);

#endif
