/* SHA-256 and HMAC: published vectors, parts, streams, threads. */
#include "base/digest.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
    UNUSED(state);
    arena = arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static void assert_hex(const struct digest *digest, const char *expected)
{
    assert_true(text_equal_z(digest_hex(arena, digest), expected));
}

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC_SHA256   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void sha256_vectors(void **state)
{
    UNUSED(state);
    struct digest digest;
    assert_true(digest_sha256((struct text){NULL, 0}, &digest));
    assert_hex(&digest, EMPTY_SHA256);
    assert_true(digest_sha256(TEXT("abc"), &digest));
    assert_hex(&digest, ABC_SHA256);
    const struct text parts[] = {TEXT_INIT("a"), TEXT_INIT(""), TEXT_INIT("bc")};
    assert_true(digest_sha256_parts(parts, ARRAY_LENGTH(parts), &digest));
    assert_hex(&digest, ABC_SHA256);
}

/* RFC 4231 cases 2 and 6, and an empty key between them. */
static void hmac_vectors(void **state)
{
    UNUSED(state);
    struct digest digest;
    assert_true(digest_hmac_sha256(TEXT("Jefe"), TEXT("what do ya want for nothing?"), &digest));
    assert_hex(&digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_true(digest_hmac_sha256((struct text){NULL, 0}, TEXT(""), &digest));
    assert_hex(&digest, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    char key[131];
    memset(key, 0xaa, sizeof(key));
    const struct text parts[] = {TEXT_INIT("Test Using Larger Than Block-Size Key"),
                                 TEXT_INIT(" - Hash Key First")};
    assert_true(digest_hmac_sha256_parts((struct text){key, sizeof(key)}, parts, 2, &digest));
    assert_hex(&digest, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void streams_begin_anew(void **state)
{
    UNUSED(state);
    struct digest digest;
    struct digest_stream *stream = digest_stream_new(arena);
    assert_true(digest_stream_add(stream, TEXT("ab")));
    assert_true(digest_stream_add(stream, TEXT("c")));
    assert_true(digest_stream_end(stream, &digest));
    assert_hex(&digest, ABC_SHA256);
    assert_true(digest_stream_end(stream, &digest));
    assert_hex(&digest, EMPTY_SHA256);
}

static void comparison(void **state)
{
    UNUSED(state);
    struct digest a;
    struct digest b;
    assert_true(digest_sha256(TEXT("a"), &a));
    b = a;
    assert_true(digest_equal(&a, &b));
    b.bytes[31] ^= 1;
    assert_false(digest_equal(&a, &b));
}

static void *digest_in_a_thread(void *data)
{
    struct digest *digest = data;
    return digest_sha256(TEXT("abc"), digest) ? data : NULL;
}

static void every_thread_has_its_context(void **state)
{
    UNUSED(state);
    pthread_t threads[4];
    struct digest digests[ARRAY_LENGTH(threads)];
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, digest_in_a_thread, &digests[i]), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        assert_non_null(result);
        assert_hex(&digests[i], ABC_SHA256);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(streams_begin_anew),
        cmocka_unit_test(comparison),
        cmocka_unit_test(every_thread_has_its_context),
    };
    return cmocka_run_group_tests_name("digest", tests, set_up, tear_down);
}
