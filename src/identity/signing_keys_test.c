/* Signing keys: made when needed, rotated with an overlap, sealed at rest, shared by servers. */
#include "base/clock.h"
#include "identity/api_key.h"
#include "identity/identity_test_support.h"
#include "identity/signing_keys.h"
#include "jose/jwt.h"

static struct text signing_id(struct kernel_test *test)
{
    const struct signing_key_set *set = signing_keys_get(test->account.signing_keys, test->arena);
    return set && set->signing ? text_copy(test->arena, jose_key_id(set->signing)) : TEXT("none");
}

static size_t verifying(struct kernel_test *test)
{
    return signing_keys_get(test->account.signing_keys, test->arena)->verifying.len;
}

static void refresh_at(struct kernel_test *test, int64_t now)
{
    test->now = now;
    assert_kept(test, signing_keys_refresh(ctx));
}

static void before_the_first_refresh_there_is_no_key(void **state)
{
    struct kernel_test *test = *state;
    struct signing_keys *keys = signing_keys_new();
    assert_null(signing_keys_get(keys, test->arena));
    signing_keys_free(keys);
    signing_keys_free(NULL);
}

static void one_key_is_made_and_kept(void **state)
{
    struct kernel_test *test = *state;
    struct text first = signing_id(test);
    assert_int_equal(first.len, 43);
    refresh_at(test, test->now + CLOCK_HOUR);
    assert_true(text_equal(signing_id(test), first));
    assert_int_equal(verifying(test), 1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM signing_key"), 1);
}

/* The old key verifies until the last token that it signed has expired, also on a server that was
 * an hour late to notice, and not a moment longer: with the default settings, people stay longest.
 */
static void the_next_key_takes_over_with_an_overlap(void **state)
{
    struct kernel_test *test = *state;
    struct text first = signing_id(test);
    int64_t end = TEST_NOW + test->settings.signing_key_lifetime;
    int64_t gone = end + CLOCK_HOUR + test->settings.user_session_lifetime;
    refresh_at(test, end - 1);
    assert_true(text_equal(signing_id(test), first));
    refresh_at(test, end);
    struct text second = signing_id(test);
    assert_false(text_equal(second, first));
    assert_int_equal(verifying(test), 2);
    refresh_at(test, gone - 1);
    assert_int_equal(verifying(test), 2);
    refresh_at(test, gone);
    assert_true(text_equal(signing_id(test), second));
    assert_int_equal(verifying(test), 1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM signing_key"), 1);
}

static void only_public_parts_are_published(void **state)
{
    struct kernel_test *test = *state;
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, test->arena, SIZE_MAX);
    json_writer_init(&writer, &buffer);
    jose_key_set_print(&signing_keys_get(test->account.signing_keys, test->arena)->verifying,
                       &writer);
    struct text printed = buffer_text(&buffer);
    const struct json *set;
    assert_true(json_parse(test->arena, printed, NULL, &set, &test->error));
    const struct json *keys = json_get_z(set, "keys");
    assert_int_equal(keys->len, 1);
    assert_true(text_equal(json_get_text(&keys->items[0], "kid"), signing_id(test)));
    assert_text_is(json_get_text(&keys->items[0], "alg"), "ES256");
    assert_null(json_get_z(&keys->items[0], "d"));
}

/* PKCS#8 of a P-256 key begins with these bytes. */
static void private_keys_lie_sealed(void **state)
{
    struct kernel_test *test = *state;
    static const char opening[] = "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
    assert_false(test_database_holds(test, (struct text){opening, sizeof(opening) - 1}));
}

static void a_key_that_was_moved_to_another_row_does_not_open(void **state)
{
    struct kernel_test *test = *state;
    test_sql(test, "UPDATE signing_key SET id = 'another'");
    assert_refused(test, ERR_INTERNAL, "", signing_keys_refresh(ctx));
}

static void a_key_that_was_rolled_back_signs_nothing(void **state)
{
    struct kernel_test *test = *state;
    struct text first = signing_id(test);
    test->now = TEST_NOW + test->settings.signing_key_lifetime;
    assert_refused(test, ERR_UNAVAILABLE, "no disk",
                   signing_keys_refresh(ctx) && fail(ctx, ERR_UNAVAILABLE, "no disk"));
    assert_true(text_equal(signing_id(test), first));
    assert_kept(test, signing_keys_refresh(ctx));
    assert_false(text_equal(signing_id(test), first));
}

static void a_failing_database_leaves_the_keys_that_are_known(void **state)
{
    struct kernel_test *test = *state;
    struct text first = signing_id(test);
    test->now = TEST_NOW + test->settings.signing_key_lifetime;
    for (int i = 0;; i++) {
        db_fail_after(test->database->db, i);
        bool kept = UNIT(test, DB_WRITE, signing_keys_refresh(ctx));
        db_fail_after(test->database->db, -1);
        if (kept)
            break;
        assert_int_equal(test->error.kind, ERR_UNAVAILABLE);
        assert_true(text_equal(signing_id(test), first));
        assert_int_equal(test_sql_int(test, "SELECT count(*) FROM signing_key"), 1);
    }
    assert_false(text_equal(signing_id(test), first));
}

/* A second server: an account of its own on the same database. */
struct second_server {
    struct account account;
    struct signing_keys *keys;
};

static void open_second_server(struct kernel_test *test, struct second_server *server)
{
    server->account = test->account;
    server->keys = signing_keys_new();
    server->account.signing_keys = server->keys;
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    ctx->account = &server->account;
    assert_true(signing_keys_reload(ctx));
    assert_true(unit_end(test, true));
}

static struct text new_token(struct kernel_test *test)
{
    struct api_key *key;
    struct token *token;
    struct api_key_input input = {.name = TEXT("key")};
    assert_kept(test, api_key_create(ctx, &input, &key));
    assert_kept(test, token_exchange(ctx, key->id, key->secret, &token));
    return token->jwt;
}

static bool second_server_accepts(struct kernel_test *test, struct second_server *server,
                                  struct text jwt, uint64_t *statements)
{
    const struct actor *actor;
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    ctx->account = &server->account;
    bool accepted = token_authenticate(ctx, jwt, &actor);
    *statements = db_statement_count(ctx->session);
    (void)unit_end(test, accepted);
    return accepted;
}

static void another_server_learns_of_a_new_key_when_it_meets_one(void **state)
{
    struct kernel_test *test = *state;
    struct second_server second;
    uint64_t statements;
    open_second_server(test, &second);
    refresh_at(test, TEST_NOW + test->settings.signing_key_lifetime);
    assert_true(second_server_accepts(test, &second, new_token(test), &statements));
    signing_keys_free(second.keys);
}

/* Tokens with made-up keys cost a look at the database once a second, not each time. */
static void made_up_keys_do_not_keep_the_database_busy(void **state)
{
    struct kernel_test *test = *state;
    struct second_server second;
    const struct jose_key *key;
    struct text jwt;
    uint64_t statements;
    open_second_server(test, &second);
    assert_true(jose_key_generate(test->arena, JOSE_ES256, &key, &test->error));
    assert_true(jwt_sign(test->arena, key, TEXT("JWT"), TEXT("{\"exp\":1}"), &jwt, &test->error));
    assert_false(second_server_accepts(test, &second, jwt, &statements));
    assert_int_equal(statements, 1);
    assert_false(second_server_accepts(test, &second, jwt, &statements));
    assert_int_equal(statements, 0);
    test->now += CLOCK_SECOND;
    assert_false(second_server_accepts(test, &second, jwt, &statements));
    assert_int_equal(statements, 1);
    signing_keys_free(second.keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(before_the_first_refresh_there_is_no_key),
        WITH_ACCOUNT(one_key_is_made_and_kept),
        WITH_ACCOUNT(the_next_key_takes_over_with_an_overlap),
        WITH_ACCOUNT(only_public_parts_are_published),
        WITH_ACCOUNT(private_keys_lie_sealed),
        WITH_ACCOUNT(a_key_that_was_moved_to_another_row_does_not_open),
        WITH_ACCOUNT(a_key_that_was_rolled_back_signs_nothing),
        WITH_ACCOUNT(a_failing_database_leaves_the_keys_that_are_known),
        WITH_ACCOUNT(another_server_learns_of_a_new_key_when_it_meets_one),
        WITH_ACCOUNT(made_up_keys_do_not_keep_the_database_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
