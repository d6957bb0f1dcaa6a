/* Hexadecimal and base64: RFC 4648 vectors, round trips, strictness. */
#include "base/encoding.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
    UNUSED(state);
    arena = arena_new(16 << 20);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static void published_vectors(void **state)
{
    UNUSED(state);
    static const char *const vectors[][3] = {
        {"", "", ""},
        {"f", "Zg==", "66"},
        {"fo", "Zm8=", "666f"},
        {"foo", "Zm9v", "666f6f"},
        {"foob", "Zm9vYg==", "666f6f62"},
        {"fooba", "Zm9vYmE=", "666f6f6261"},
        {"foobar", "Zm9vYmFy", "666f6f626172"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(vectors); i++) {
        struct text plain = text_z(vectors[i][0]);
        struct text out;
        struct error error = {0};
        assert_true(text_equal_z(base64_encode(arena, plain), vectors[i][1]));
        assert_true(text_equal_z(hex_encode(arena, plain), vectors[i][2]));
        assert_true(base64_decode(arena, text_z(vectors[i][1]), &out, &error));
        assert_true(text_equal(out, plain));
        assert_true(hex_decode(arena, text_z(vectors[i][2]), &out, &error));
        assert_true(text_equal(out, plain));
    }
    assert_true(text_equal(base64url_encode(arena, TEXT("\xfb\xff\xfe")), TEXT("-__-")));
    assert_true(text_equal(base64_encode(arena, TEXT("\xfb\xff\xfe")), TEXT("+//+")));
    assert_true(text_equal(base64url_encode(arena, TEXT("f")), TEXT("Zg")));
}

static void random_bytes_go_there_and_back(void **state)
{
    UNUSED(state);
    char bytes[100];
    for (size_t size = 0; size < sizeof(bytes); size++) {
        struct error error = {0};
        struct text out;
        struct text plain = {bytes, size};
        random_bytes(bytes, size);
        assert_true(base64_decode(arena, base64_encode(arena, plain), &out, &error));
        assert_true(text_equal(out, plain));
        assert_true(base64url_decode(arena, base64url_encode(arena, plain), &out, &error));
        assert_true(text_equal(out, plain));
        assert_true(hex_decode(arena, hex_encode(arena, plain), &out, &error));
        assert_true(text_equal(out, plain));
    }
}

typedef bool (*decode_fn)(struct arena *arena, struct text source, struct text *out,
                          struct error *error);

static void assert_refused(decode_fn decode, const char *source)
{
    struct error error = {0};
    struct text out;
    if (decode(arena, text_z(source), &out, &error))
        fail_msg("%s was decoded", source);
    assert_int_equal(error.kind, ERR_INVALID);
}

static void other_texts_are_refused(void **state)
{
    UNUSED(state);
    static const char *const not_base64[] = {"Zg",   "Zg=",  "Zg===",    "Zh==",   "Zm9=",
                                             "=",    "====", "Z===",     "Zm9v\n", "Zm 9",
                                             "Zm9-", "Zm=v", "Zg==Zg==", "Zm9vZ"};
    for (size_t i = 0; i < ARRAY_LENGTH(not_base64); i++)
        assert_refused(base64_decode, not_base64[i]);
    static const char *const not_url[] = {"Zg==", "Zh", "Zm9", "Z", "+/+/", "Zm9v=", "Zm\xc3\xbc"};
    for (size_t i = 0; i < ARRAY_LENGTH(not_url); i++)
        assert_refused(base64url_decode, not_url[i]);
    static const char *const not_hex[] = {"6", "6g", "g6", " 66", "0x66", "6\xef"};
    for (size_t i = 0; i < ARRAY_LENGTH(not_hex); i++)
        assert_refused(hex_decode, not_hex[i]);
}

static void a_digit_is_one_of_twenty_two_bytes(void **state)
{
    UNUSED(state);
    static const char digits[] = "0123456789abcdef";
    for (int byte = -128; byte < 256; byte++) {
        const char *lower = memchr(digits, byte, 16);
        const char *upper = byte >= 'A' && byte <= 'F' ? digits + 10 + (byte - 'A') : NULL;
        const char *digit = lower ? lower : upper;
        assert_int_equal(hex_digit((char)byte), digit ? digit - digits : -1);
    }
}

static void a_full_arena_is_reported(void **state)
{
    UNUSED(state);
    struct arena *small = arena_new(16);
    struct error error = {0};
    struct text out;
    assert_false(
        hex_decode(small, TEXT("0123456789abcdef0123456789abcdef0123456789abcdef"), &out, &error));
    assert_int_equal(error.kind, ERR_NO_MEMORY);
    assert_null(base64_encode(small, TEXT("a text of more than sixteen bytes")).at);
    arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(random_bytes_go_there_and_back),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(a_digit_is_one_of_twenty_two_bytes),
        cmocka_unit_test(a_full_arena_is_reported),
    };
    return cmocka_run_group_tests_name("encoding", tests, set_up, tear_down);
}
