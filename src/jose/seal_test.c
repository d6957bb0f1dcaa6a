/* Sealing and keyed hashes: round trips, places, rotation, and every changed byte. */
#include "base/random.h"
#include "jose/seal.h"
#include "jose/secret_hash.h"
#include "jose/test_support.h"

static const struct seal_place place = {TEXT_INIT("secret"), TEXT_INIT("01HX")};

static struct key_ring *new_ring(struct arena *arena, size_t len)
{
    struct key_ring *ring = ARENA_NEW(arena, struct key_ring);
    assert_non_null(ring);
    random_bytes(ring->entries, len * sizeof ring->entries[0]);
    ring->len = len;
    return ring;
}

static struct text seal_text(struct arena *arena, const struct key_ring *ring, struct text plain)
{
    struct error error = {0};
    struct text sealed;
    if (!seal(ring, place, plain, arena, &sealed, &error))
        fail_msg("%s", error.message);
    return sealed;
}

static void assert_opens(struct arena *arena, const struct key_ring *ring, struct text sealed,
                         const char *expected)
{
    struct error error = {0};
    struct text plain;
    if (!unseal(ring, place, sealed, arena, &plain, &error))
        fail_msg("%s", error.message);
    assert_text(plain, expected);
}

static void assert_does_not_open(struct arena *arena, const struct key_ring *ring,
                                 struct seal_place elsewhere, struct text sealed)
{
    struct error error = {0};
    struct text plain;
    assert_false(unseal(ring, elsewhere, sealed, arena, &plain, &error));
    assert_error(&error, ERR_INTERNAL, "cannot be decrypted");
}

static void round_trip(void **state)
{
    const struct key_ring *ring = new_ring(*state, 1);
    struct text sealed = seal_text(*state, ring, TEXT("hunter2"));
    assert_int_equal(sealed.len, 7 + SEAL_OVERHEAD);
    assert_false(text_contains(sealed, TEXT("hunter2")));
    assert_opens(*state, ring, sealed, "hunter2");
    assert_false(text_equal(sealed, seal_text(*state, ring, TEXT("hunter2")))); /* a new nonce */
    sealed = seal_text(*state, ring, TEXT(""));
    assert_opens(*state, ring, sealed, "");
}

static void every_byte_counts(void **state)
{
    const struct key_ring *ring = new_ring(*state, 1);
    struct text sealed = seal_text(*state, ring, TEXT("value"));
    for (size_t i = 0; i < sealed.len; i++) {
        char *bytes = arena_alloc(*state, sealed.len);
        memcpy(bytes, sealed.at, sealed.len);
        bytes[i] ^= 1;
        assert_does_not_open(*state, ring, place, (struct text){bytes, sealed.len});
        assert_does_not_open(*state, ring, place, text_slice(sealed, 0, i));
    }
}

static void bound_to_its_place(void **state)
{
    const struct key_ring *ring = new_ring(*state, 1);
    struct text sealed = seal_text(*state, ring, TEXT("value"));
    assert_does_not_open(*state, ring, (struct seal_place){place.table, TEXT("01HY")}, sealed);
    assert_does_not_open(*state, ring, (struct seal_place){TEXT("other"), place.row}, sealed);
    /* The same letters, cut elsewhere. */
    assert_does_not_open(*state, ring, (struct seal_place){TEXT("secret0"), TEXT("1HX")}, sealed);
}

static void rotation(void **state)
{
    struct key_ring *ring = new_ring(*state, 2), old = *ring;
    old.len = 1;
    struct text before = seal_text(*state, &old, TEXT("value"));
    struct text after = seal_text(*state, ring, TEXT("value"));
    assert_opens(*state, ring, before, "value");
    assert_opens(*state, ring, after, "value");
    assert_true(seal_is_outdated(ring, before));
    assert_false(seal_is_outdated(ring, after));
    assert_does_not_open(*state, &old, place, after);
}

static struct text hash_text(const struct secret_hash *hash)
{
    return (struct text){(const char *)hash->bytes, sizeof hash->bytes};
}

static void secret_hashes(void **state)
{
    struct key_ring *ring = new_ring(*state, 2), old = *ring, *foreign = new_ring(*state, 1);
    struct error error = {0};
    struct secret_hash hash, before;
    old.len = 1;
    assert_true(secret_hash(ring, TEXT("secret"), &hash, &error));
    assert_true(secret_hash(&old, TEXT("secret"), &before, &error));
    assert_true(secret_hash_matches(ring, TEXT("secret"), hash_text(&hash)));
    assert_true(secret_hash_matches(ring, TEXT("secret"), hash_text(&before)));
    assert_false(secret_hash_matches(ring, TEXT("secreT"), hash_text(&hash)));
    assert_false(secret_hash_matches(foreign, TEXT("secret"), hash_text(&hash)));
    assert_false(secret_hash_matches(ring, TEXT("secret"), (struct text){NULL, 0}));
    assert_false(secret_hash_matches(ring, TEXT("secret"), text_slice(hash_text(&hash), 0, 39)));
    hash.bytes[39] ^= 1;
    assert_false(secret_hash_matches(ring, TEXT("secret"), hash_text(&hash)));
}

/* Both hashes of one key of the ring, or of two; one or both absent. */
static void one_of_two_secret_hashes(void **state)
{
    static const struct text none = {NULL, 0};
    struct key_ring *ring = new_ring(*state, 2), old = *ring;
    struct error error = {0};
    struct secret_hash mine, before, other;
    old.len = 1;
    assert_true(secret_hash(ring, TEXT("secret"), &mine, &error));
    assert_true(secret_hash(&old, TEXT("secret"), &before, &error));
    assert_true(secret_hash(&old, TEXT("other"), &other, &error));
    struct text newest = hash_text(&mine), right = hash_text(&before), wrong = hash_text(&other);
    const struct key_ring *rings[] = {ring, &old};
    for (size_t i = 0; i < ARRAY_LENGTH(rings); i++) {
        assert_true(secret_hash_matches_either(rings[i], TEXT("secret"), right, none));
        assert_true(secret_hash_matches_either(rings[i], TEXT("secret"), none, right));
        assert_true(secret_hash_matches_either(rings[i], TEXT("secret"), right, wrong));
        assert_true(secret_hash_matches_either(rings[i], TEXT("secret"), wrong, right));
        assert_false(secret_hash_matches_either(rings[i], TEXT("secret"), wrong, none));
        assert_false(secret_hash_matches_either(rings[i], TEXT("secret"), wrong, wrong));
        assert_false(secret_hash_matches_either(rings[i], TEXT("secret"), none, none));
    }
    assert_true(secret_hash_matches_either(ring, TEXT("secret"), newest, wrong));
    assert_true(secret_hash_matches_either(ring, TEXT("secret"), wrong, newest));
    assert_false(secret_hash_matches_either(&old, TEXT("secret"), newest, none));
}

static void without_memory(void **state)
{
    const struct key_ring *ring = new_ring(*state, 1);
    struct text sealed = seal_text(*state, ring, TEXT("value")), plain;
    for (int64_t allocations = 0; allocations < 3; allocations++) {
        struct arena *arena = arena_new(4096);
        struct error error = {0};
        arena_fail_after(arena, allocations);
        if (!unseal(ring, place, sealed, arena, &plain, &error))
            assert_int_equal(error.kind, ERR_NO_MEMORY);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(round_trip),         WITH_ARENA(every_byte_counts),
        WITH_ARENA(bound_to_its_place), WITH_ARENA(rotation),
        WITH_ARENA(secret_hashes),      WITH_ARENA(one_of_two_secret_hashes),
        WITH_ARENA(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
