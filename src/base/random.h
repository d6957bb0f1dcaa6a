/*
 * The one random source of the process: the kernel's, fit for secrets, unless a simulation has
 * seeded it. It never fails: a process that cannot draw random bytes cannot keep any promise, so it
 * ends. Safe from any thread.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/macros.h"

void random_bytes(void *to, size_t size);
uint64_t random_uint64(void);
/* Evenly from 0 to bound - 1. bound > 0. */
uint64_t random_below(uint64_t bound);

/* Simulations and tests only: from here on every draw follows from the seed. */
void random_seed(uint64_t seed);
/* Back to the kernel's source. */
void random_unseed(void);

#endif
