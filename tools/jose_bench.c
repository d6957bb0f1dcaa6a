/*
 * Measures src/jose on one thread: microseconds to issue and to verify a token, to find a verified
 * one, to hash a secret, to seal and open a value. `jose_bench [SECONDS]`, a quarter second a line
 * by default.
 */
#include "base/clock.h"
#include "base/random.h"
#include "jose/jwt.h"
#include "jose/seal.h"
#include "jose/secret_hash.h"
#include "jose/token_cache.h"

#include <stdio.h>
#include <stdlib.h>

struct bench {
    struct arena *arena; /* reset after each call */
    const struct jose_key *key;
    struct jose_key_set keys;
    struct text claims, token, sealed;
    struct token_cache *cache;
    struct key_ring *ring;
    struct secret_hash hash;
};

static struct error cause;
static const struct seal_place place = {TEXT_INIT("secret"), TEXT_INIT("01HX")};
static int64_t budget = CLOCK_SECOND / 4; /* microseconds a line */

static void check(bool done)
{
    if (!done) {
        fprintf(stderr, "jose_bench: %s\n", cause.message);
        exit(1);
    }
}

static void measure(const char *name, void (*call)(struct bench *), struct bench *bench)
{
    int64_t calls = 0, start = clock_monotonic(), end = start;
    while (end - start < budget) {
        for (int i = 0; i < 16; i++) {
            call(bench);
            arena_reset(bench->arena);
        }
        calls += 16;
        end = clock_monotonic();
    }
    printf("%-24s %8.2f us\n", name, (double)(end - start) / (double)calls);
}

static void issue(struct bench *bench)
{
    struct text token;
    check(jwt_sign(bench->arena, bench->key, TEXT(""), bench->claims, &token, &cause));
}

static void verify(struct bench *bench)
{
    struct jwt_claims claims;
    const struct jwt_expectation expectation = {.any_audience = true, .now = 1800000000};
    check(jwt_verify(bench->arena, &bench->keys, bench->token, &expectation, &claims, &cause));
}

static void find_cached(struct bench *bench)
{
    check(token_cache_find(bench->cache, bench->arena, bench->token, 1800000000) != NULL);
}

static void hash_secret(struct bench *bench)
{
    struct text stored = {(const char *)bench->hash.bytes, sizeof bench->hash.bytes};
    check(secret_hash_matches(bench->ring, TEXT("a secret of forty characters or so, random"),
                              stored));
}

static void seal_value(struct bench *bench)
{
    check(seal(bench->ring, place, bench->claims, bench->arena, &bench->sealed, &cause));
}

static void unseal_value(struct bench *bench)
{
    struct text plain;
    check(unseal(bench->ring, place, bench->sealed, bench->arena, &plain, &cause));
}

static void measure_algorithm(enum jose_algorithm algorithm, struct bench *bench)
{
    char name[32];
    struct arena *arena = arena_new(1 << 20);
    check(arena && jose_key_generate(arena, algorithm, &bench->key, &cause));
    bench->keys = (struct jose_key_set){&bench->key, 1};
    check(jwt_sign(arena, bench->key, TEXT(""), bench->claims, &bench->token, &cause));
    snprintf(name, sizeof name, "%s issue", jose_algorithm_name(algorithm));
    measure(name, issue, bench);
    snprintf(name, sizeof name, "%s verify", jose_algorithm_name(algorithm));
    measure(name, verify, bench);
    if (algorithm == JOSE_ES256) {
        int *value = malloc(sizeof *value);
        check(value && token_cache_add(bench->cache, arena, bench->token, 1900000000, 0, value));
        measure("token cache hit", find_cached, bench);
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    static const enum jose_algorithm algorithms[] = {JOSE_ES256, JOSE_EDDSA, JOSE_RS256};
    struct key_ring ring = {.len = 1};
    struct bench bench = {
        .arena = arena_new(1 << 20),
        .claims = TEXT("{\"iss\":\"https://gate.example\",\"aud\":\"https://gate.example\","
                       "\"sub\":\"api::01HXVDT2GQ0000000000000000\",\"exp\":1900000000,"
                       "\"iat\":1800000000,\"jti\":\"01HXVDT2GQ0000000000000001\"}"),
        .cache = token_cache_new(1024, free),
        .ring = &ring,
    };
    if (argc > 1)
        budget = (int64_t)(strtod(argv[1], NULL) * (double)CLOCK_SECOND);
    random_bytes(ring.entries, sizeof ring.entries[0]);
    check(bench.arena && bench.cache);
    for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++)
        measure_algorithm(algorithms[i], &bench);
    check(secret_hash(&ring, TEXT("a secret of forty characters or so, random"), &bench.hash,
                      &cause));
    measure("secret hash compared", hash_secret, &bench);
    measure("seal 200 bytes", seal_value, &bench);
    check(seal(&ring, place, bench.claims, bench.arena, &bench.sealed, &cause));
    struct arena *keep = arena_new(1 << 16);
    bench.sealed = keep ? text_copy(keep, bench.sealed) : bench.sealed;
    measure("unseal 200 bytes", unseal_value, &bench);
    arena_free(keep);
    token_cache_free(bench.cache);
    arena_free(bench.arena);
    return 0;
}
