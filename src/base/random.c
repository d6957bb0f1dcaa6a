/* getrandom, or a seeded SplitMix64 in its place. */
#include "base/random.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static atomic_bool seeded;
static pthread_mutex_t seeded_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t seeded_state;

static uint64_t next_seeded(void)
{
    seeded_state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = seeded_state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static void draw_seeded(unsigned char *to, size_t size)
{
    pthread_mutex_lock(&seeded_lock);
    while (size > 0) {
        uint64_t word = next_seeded();
        size_t part = size < sizeof(word) ? size : sizeof(word);
        memcpy(to, &word, part);
        to += part;
        size -= part;
    }
    pthread_mutex_unlock(&seeded_lock);
}

static void draw_from_kernel(unsigned char *to, size_t size)
{
    while (size > 0) {
        ssize_t drawn = getrandom(to, size, 0);
        if (drawn < 0 && errno != EINTR)
            abort();
        if (drawn > 0) {
            to += drawn;
            size -= (size_t)drawn;
        }
    }
}

void random_bytes(void *to, size_t size)
{
    if (seeded)
        draw_seeded(to, size);
    else
        draw_from_kernel(to, size);
}

uint64_t random_uint64(void)
{
    uint64_t word;
    random_bytes(&word, sizeof(word));
    return word;
}

uint64_t random_below(uint64_t bound)
{
    assert(bound > 0);
    /* Draws from the uneven rest at the low end are thrown away. */
    uint64_t uneven = (0 - bound) % bound;
    uint64_t word;
    do {
        word = random_uint64();
    } while (word < uneven);
    return word % bound;
}

void random_seed(uint64_t seed)
{
    pthread_mutex_lock(&seeded_lock);
    seeded_state = seed;
    seeded = true;
    pthread_mutex_unlock(&seeded_lock);
}

void random_unseed(void)
{
    seeded = false;
}
