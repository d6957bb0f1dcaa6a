/* Masking: examples, and random streams against a naive reference. */
#include "worker/masking.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct masking masking;

static int set_up(void **state)
{
    UNUSED(state);
    arena = arena_new(64 << 20);
    masking_init(&masking, arena);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static void assert_masked(struct text source, const char *expected)
{
    struct text masked = masking_apply(&masking, arena, source);
    if (!text_equal_z(masked, expected))
        fail_msg("%.*s became %.*s", TEXT_ARG(source), TEXT_ARG(masked));
}

static void values_are_replaced(void **state)
{
    UNUSED(state);
    assert_true(masking_add(&masking, TEXT("hunter2")));
    assert_true(masking_add(&masking, TEXT("hunter2-long")));
    assert_true(masking_add(&masking, TEXT("abc")));
    assert_masked(TEXT("password hunter2!"), "password ****!");
    assert_masked(TEXT("hunter2-long hunter2-lon"), "**** ****-lon");
    assert_masked(TEXT("abc hunter"), "abc hunter");
    assert_masked(TEXT("hunter2hunter2"), "********");
    assert_masked(TEXT(""), "");
}

static void overlapping_secrets_hide_all_their_bytes(void **state)
{
    UNUSED(state);
    assert_true(masking_add(&masking, TEXT("abcdef")));
    assert_true(masking_add(&masking, TEXT("defghi")));
    assert_masked(TEXT("-abcdefghi-"), "-****-");
    assert_masked(TEXT("-abcdefgh-"), "-****gh-");
}

static void lines_of_a_secret_are_hidden_alone(void **state)
{
    UNUSED(state);
    assert_true(masking_add(&masking, TEXT("-----BEGIN-----\r\nMIIEow\nab\n  Ag8s0\n")));
    assert_masked(TEXT("    MIIEow\n    ab\n    Ag8s0\n"), "    ****\n    ab\n    ****\n");
    assert_masked(TEXT("-----BEGIN-----\r\nMIIEow\nab\n  Ag8s0"), "****");
}

static void pieces_hide_nothing_from_the_masks(void **state)
{
    UNUSED(state);
    struct masking_stream stream;
    struct buffer out;
    buffer_init(&out, arena, 1 << 16);
    assert_true(masking_add(&masking, TEXT("hunter2")));
    masking_stream_init(&stream, &masking, arena);
    masking_feed(&stream, TEXT("is hunt"), &out);
    assert_true(text_equal(buffer_text(&out), TEXT("is ")));
    masking_feed(&stream, TEXT("er2, or hun"), &out);
    assert_true(text_equal(buffer_text(&out), TEXT("is ****, or ")));
    masking_flush(&stream, &out);
    assert_true(text_equal(buffer_text(&out), TEXT("is ****, or hun")));
}

/* Small alphabet and short secrets, so that occurrences meet and overlap all the time. */
static struct text random_text(size_t most)
{
    size_t len = random_below(most + 1);
    char *at = arena_alloc(arena, len + 1);
    assert_non_null(at);
    for (size_t i = 0; at && i < len; i++)
        at[i] = "ab\n"[random_below(16) == 0 ? 2 : random_below(2)];
    return (struct text){at, len};
}

static struct text reference(struct text source)
{
    struct buffer out;
    bool covered[300] = {false};
    bool starts[300] = {false};
    buffer_init(&out, arena, 4096);
    for (size_t s = 0; s < masking.secrets.len; s++) {
        struct text secret = LIST_ITEMS(&masking.secrets, struct text)[s];
        for (size_t at = 0; at + secret.len <= source.len; at++) {
            if (memcmp(source.at + at, secret.at, secret.len) != 0)
                continue;
            starts[at] = true;
            memset(covered + at, true, secret.len);
        }
    }
    /* A new group begins where an occurrence starts and none that began earlier reaches. */
    size_t reach = 0;
    for (size_t at = 0; at < source.len; at++) {
        if (starts[at] && at >= reach)
            buffer_add(&out, TEXT("****"));
        for (size_t s = 0; starts[at] && s < masking.secrets.len; s++) {
            struct text secret = LIST_ITEMS(&masking.secrets, struct text)[s];
            if (text_starts_with(text_slice(source, at, source.len), secret) &&
                at + secret.len > reach)
                reach = at + secret.len;
        }
        if (!covered[at])
            buffer_add_byte(&out, source.at[at]);
    }
    return buffer_text(&out);
}

static struct text in_random_pieces(struct text source)
{
    struct masking_stream stream;
    static struct buffer out;
    buffer_init(&out, arena, 4096);
    masking_stream_init(&stream, &masking, arena);
    for (size_t at = 0; at < source.len;) {
        size_t len = random_below(10);
        masking_feed(&stream, text_slice(source, at, at + len), &out);
        assert_true(stream.held.len < masking.longest || masking.longest == 0);
        at += len;
    }
    masking_flush(&stream, &out);
    assert_false(out.failed);
    return buffer_text(&out);
}

static void random_streams_agree_with_the_reference(void **state)
{
    UNUSED(state);
    random_seed(7);
    for (int round = 0; round < 3000; round++) {
        arena_reset(arena);
        masking_init(&masking, arena);
        for (size_t i = random_below(4); i > 0; i--)
            assert_true(masking_add(&masking, random_text(9)));
        struct text source = random_text(250);
        struct text expected = reference(source);
        assert_true(text_equal(masking_apply(&masking, arena, source), expected));
        assert_true(text_equal(in_random_pieces(source), expected));
    }
    random_unseed();
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(values_are_replaced),
        CASE(overlapping_secrets_hide_all_their_bytes),
        CASE(lines_of_a_secret_are_hidden_alone),
        CASE(pieces_hide_nothing_from_the_masks),
        CASE(random_streams_agree_with_the_reference),
    };
    return cmocka_run_group_tests_name("masking", tests, NULL, NULL);
}
