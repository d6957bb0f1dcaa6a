/* Tokens: the exchange, what is in a token, and who a token is on each later request. */
#include "base/clock.h"
#include "base/encoding.h"
#include "identity/api_key.h"
#include "identity/identity_test_support.h"
#include "identity/secret.h"
#include "identity/session.h"
#include "identity/token.h"
#include "jose/jwt.h"

#include <string.h>
#include <unistd.h>

static struct api_key *new_key(struct kernel_test *test, enum api_key_kind kind)
{
    struct api_key *key;
    struct api_key_input input = {.kind = kind, .name = TEXT("key")};
    assert_kept(test, api_key_create(ctx, &input, &key));
    return key;
}

static struct token *exchange(struct kernel_test *test, struct text id, struct text secret)
{
    struct token *token = NULL;
    assert_kept(test, token_exchange(ctx, id, secret, &token));
    return token;
}

static struct token *token_of(struct kernel_test *test, const struct api_key *key)
{
    struct token *token = exchange(test, key->id, key->secret);
    assert_non_null(token);
    return token;
}

static const struct actor *actor_behind(struct kernel_test *test, struct text jwt)
{
    const struct actor *actor = NULL;
    assert_read(test, token_authenticate(ctx, jwt, &actor));
    return actor;
}

static const struct json *claims_of(struct kernel_test *test, struct text jwt)
{
    struct text part, payload;
    const struct json *claims;
    assert_true(text_next_part(&jwt, '.', &part) && text_next_part(&jwt, '.', &part));
    assert_true(base64url_decode(test->arena, part, &payload, &test->error));
    assert_true(json_parse(test->arena, payload, NULL, &claims, &test->error));
    return claims;
}

static void a_key_becomes_a_token(void **state)
{
    struct kernel_test *test = *state;
    test->actor = &actor_system;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    test->actor = &actor_anonymous;
    struct token *token = token_of(test, key);
    assert_true(text_equal(token->id, key->id));
    assert_text_is(token->login, "key");
    assert_int_equal(token->valid_until, test->now + 10 * CLOCK_HOUR);
    const struct actor *actor = actor_behind(test, token->jwt);
    assert_int_equal(actor->kind, ACTOR_API_KEY);
    assert_true(text_equal(actor->id, key->id));
    assert_text_is(actor->username, text_format(test->arena, "api::%.*s", TEXT_ARG(key->id)).at);
    assert_int_equal(actor->session_id.len, 26);
    assert_int_equal(actor->grant_count, 0);
}

static void claims_are_what_clients_read(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    struct token *token = token_of(test, key);
    const struct json *claims = claims_of(test, token->jwt);
    const struct json *audience = json_get_z(claims, "aud");
    assert_true(json_is(audience, JSON_ARRAY));
    assert_int_equal(audience->len, 1);
    assert_text_is(audience->items[0].text, "https://gatehouse.example");
    assert_text_is(json_get_text(claims, "iss"), "api-key");
    assert_text_is(json_get_text(claims, "sub"),
                   text_format(test->arena, "api::%.*s", TEXT_ARG(key->id)).at);
    assert_int_equal(json_int64_or(json_get_z(claims, "exp"), 0),
                     token->valid_until / CLOCK_SECOND);
    assert_int_equal(json_int64_or(json_get_z(claims, "iat"), 0), test->now / CLOCK_SECOND);
    /* Who, and nothing of what one may do. */
    assert_int_equal(claims->len, 7);
}

static void assert_nothing_came_in(struct kernel_test *test)
{
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM session"), 0);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM api_key WHERE last_used_at IS NOT NULL"), 0);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'login.success'"), 0);
}

static void what_is_not_a_key_with_its_secret_gets_nothing(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    struct api_key *worker = new_key(test, API_KEY_WORKER);
    struct text other = secret_new(test->arena);
    char *slip = text_terminated(test->arena, key->secret);
    slip[10] = slip[10] == 'a' ? 'b' : 'a';
    const struct {
        struct text id, secret;
    } cases[] = {
        {TEXT("01ARZ3NDEKTSV4RRFFQ69G5FAV"), key->secret},
        {key->id, other},
        {key->id, text_z(slip)},
        {key->id, TEXT("")},
        {TEXT(""), key->secret},
        {TEXT(""), TEXT("")},
        {key->id, key->id},
        {key->id, text_slice(key->secret, 0, key->secret.len - 1)},
        {key->id, worker->secret},
        {worker->id, worker->secret},
        {text_lower_ascii(test->arena, key->id), key->secret},
        {TEXT("' OR '1'='1"), key->secret},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_null(exchange(test, cases[i].id, cases[i].secret));
    assert_nothing_came_in(test);
}

static void a_deleted_key_gets_nothing(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET), *deleted;
    assert_kept(test, api_key_delete(ctx, key->id, &deleted));
    assert_null(exchange(test, key->id, key->secret));
    assert_nothing_came_in(test);
}

static void a_key_works_until_it_expires(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key;
    struct api_key_input input = {.name = TEXT("key"), .expires_at = test->now + CLOCK_HOUR};
    assert_kept(test, api_key_create(ctx, &input, &key));
    struct token *token = token_of(test, key);
    assert_int_equal(token->valid_until, input.expires_at);
    actor_behind(test, token->jwt);
    test->now = input.expires_at;
    assert_null(exchange(test, key->id, key->secret));
    const struct actor *actor;
    assert_refused(test, ERR_UNAUTHENTICATED, "", token_authenticate(ctx, token->jwt, &actor));
}

static void use_is_remembered_and_recorded(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET), *found;
    test->now += CLOCK_MINUTE;
    token_of(test, key);
    assert_read(test, api_key_find(ctx, key->id, &found));
    assert_int_equal(found->last_used_at, test->now);
    assert_text_is(found->last_used_from, "192.0.2.7");
    assert_int_equal(test_sql_int(test,
                                  "SELECT count(*) FROM audit_entry WHERE action = 'login.success' "
                                  "AND actor = 'api::%.*s' AND credential = '%.*s' AND "
                                  "resource_type = 'LOGIN' AND address = '192.0.2.7'",
                                  TEXT_ARG(key->id), TEXT_ARG(key->id)),
                     1);
}

static void each_exchange_is_a_session_of_its_own(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    struct text first = actor_behind(test, token_of(test, key)->jwt)->session_id;
    struct text second = actor_behind(test, token_of(test, key)->jwt)->session_id;
    assert_false(text_equal(first, second));
}

static void no_token_is_the_anonymous_actor(void **state)
{
    struct kernel_test *test = *state;
    assert_ptr_equal(actor_behind(test, TEXT("")), &actor_anonymous);
    const struct actor *actor = NULL;
    assert_true(
        token_authenticate_cached(&test->account, test->arena, TEXT(""), test->now, &actor));
    assert_ptr_equal(actor, &actor_anonymous);
}

static bool is_cached(struct kernel_test *test, struct text jwt)
{
    const struct actor *actor;
    return token_authenticate_cached(&test->account, test->arena, jwt, test->now, &actor);
}

static void ignore_message(void *data, struct text channel, struct text payload)
{
    UNUSED(data);
    UNUSED(channel);
    UNUSED(payload);
}

/* Nothing is remembered on a database that might keep the changes of other servers back, and for a
 * moment that is so after each pause of the machine. */
enum { TRIES = 20 };

static void hear(struct kernel_test *test)
{
    assert_true(db_listen(test->account.db, ignore_message, NULL, &test->error));
    for (int i = 0; i < 60000 && !db_hears(test->account.db); i++)
        usleep(1000);
    assert_true(db_hears(test->account.db));
}

static bool is_read_from_memory(struct kernel_test *test, struct text jwt)
{
    const struct actor *first = actor_behind(test, jwt);
    if (!is_cached(test, jwt))
        return false;
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    const struct actor *second;
    assert_true(token_authenticate(ctx, jwt, &second));
    bool needed_nothing = db_statement_count(ctx->session) == 0;
    assert_true(unit_end(test, true));
    return needed_nothing && first == second;
}

static void a_token_that_was_seen_needs_no_database(void **state)
{
    struct kernel_test *test = *state;
    struct token *token = token_of(test, new_key(test, API_KEY_SECRET));
    hear(test);
    assert_false(is_cached(test, token->jwt));
    bool is_remembered = false;
    for (int i = 0; i < TRIES && !is_remembered; i++)
        is_remembered = is_read_from_memory(test, token->jwt);
    assert_true(is_remembered);
}

/* A unit that writes sees rows that may still be rolled back. */
static void what_a_writing_unit_saw_is_not_remembered(void **state)
{
    struct kernel_test *test = *state;
    struct token *token = token_of(test, new_key(test, API_KEY_SECRET));
    const struct actor *actor;
    assert_kept(test, token_authenticate(ctx, token->jwt, &actor));
    assert_int_equal(actor->kind, ACTOR_API_KEY);
    assert_false(is_cached(test, token->jwt));
}

static void assert_turned_away(struct kernel_test *test, struct text jwt, const char *part)
{
    const struct actor *actor;
    assert_refused(test, ERR_UNAUTHENTICATED, part, token_authenticate(ctx, jwt, &actor));
}

static void a_deleted_key_stops_its_tokens_on_the_next_request(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET), *deleted;
    struct token *token = token_of(test, key);
    actor_behind(test, token->jwt);
    assert_kept(test, api_key_delete(ctx, key->id, &deleted));
    assert_false(is_cached(test, token->jwt));
    assert_turned_away(test, token->jwt, "unauthorized: the token's session has ended");
}

static void a_revoked_session_ends_one_token(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    struct token *first = token_of(test, key), *second = token_of(test, key);
    test_sql(test, "UPDATE session SET revoked_at = 1 WHERE id = '%.*s'",
             TEXT_ARG(actor_behind(test, first->jwt)->session_id));
    account_access_changed(&test->account);
    assert_turned_away(test, first->jwt, "session has ended");
    actor_behind(test, second->jwt);
}

static void a_session_that_was_removed_ends_its_token(void **state)
{
    struct kernel_test *test = *state;
    struct token *token = token_of(test, new_key(test, API_KEY_SECRET));
    test_sql(test, "DELETE FROM session");
    assert_turned_away(test, token->jwt, "session has ended");
}

static void sessions_that_are_over_are_cleared_away(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    token_of(test, key);
    test->now += CLOCK_HOUR;
    struct token *later = token_of(test, key);
    test->now += 9 * CLOCK_HOUR + 1;
    assert_kept(test, session_delete_expired(ctx));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM session"), 1);
    actor_behind(test, later->jwt);
}

static void a_token_expires_on_time_cached_or_not(void **state)
{
    struct kernel_test *test = *state;
    struct token *token = token_of(test, new_key(test, API_KEY_SECRET));
    test->now = token->valid_until - 1;
    actor_behind(test, token->jwt);
    test->now = token->valid_until;
    assert_false(is_cached(test, token->jwt));
    assert_turned_away(test, token->jwt, "");
    account_access_changed(&test->account);
    assert_turned_away(test, token->jwt, "");
    test->now += CLOCK_DAY;
    assert_turned_away(test, token->jwt, "");
}

static void what_is_no_token_is_turned_away(void **state)
{
    struct kernel_test *test = *state;
    struct token *token = token_of(test, new_key(test, API_KEY_SECRET));
    char *altered = text_terminated(test->arena, token->jwt);
    altered[token->jwt.len / 2] ^= 1;
    assert_turned_away(test, text_z(altered), "");
    assert_turned_away(test, text_slice(token->jwt, 0, token->jwt.len - 1), "");
    assert_turned_away(test, TEXT("a.b.c"), "");
    assert_turned_away(test, TEXT("x"), "");
    assert_turned_away(test, TEXT(" "), "");
}

/* The same claims as a good token but for one. */
static struct text signed_with(struct kernel_test *test, const struct jose_key *key,
                               const char *issuer, const char *audience, struct text session)
{
    struct text jwt;
    struct text claims =
        text_format(test->arena, "{\"iss\":\"%s\",\"aud\":%s,\"jti\":\"%.*s\",\"exp\":%" PRId64 "}",
                    issuer, audience, TEXT_ARG(session), test->now / CLOCK_SECOND + 60);
    if (!jwt_sign(test->arena, key, TEXT("JWT"), claims, &jwt, &test->error))
        fail_msg("%s", test->error.message);
    return jwt;
}

static void a_token_for_others_or_of_others_is_turned_away(void **state)
{
    struct kernel_test *test = *state;
    const struct jose_key *foreign;
    struct token *token = token_of(test, new_key(test, API_KEY_SECRET));
    struct text session = actor_behind(test, token->jwt)->session_id;
    const struct jose_key *own = signing_keys_get(test->account.signing_keys, test->arena)->signing;
    const char *audience = "[\"https://gatehouse.example\"]";
    assert_true(jose_key_generate(test->arena, JOSE_ES256, &foreign, &test->error));
    actor_behind(test, signed_with(test, own, "api-key", audience, session));
    assert_turned_away(test, signed_with(test, foreign, "api-key", audience, session), "");
    assert_turned_away(test, signed_with(test, own, "spacelift", audience, session), "");
    assert_turned_away(
        test, signed_with(test, own, "api-key", "[\"https://other.example\"]", session), "");
    assert_turned_away(test,
                       signed_with(test, own, "api-key",
                                   "[\"https://gatehouse.example\",\"https://other.example\"]",
                                   session),
                       "");
    assert_turned_away(test, signed_with(test, own, "api-key", audience, TEXT("")), "");
}

static void a_token_outlives_the_rotation_of_its_key(void **state)
{
    struct kernel_test *test = *state;
    test->now = TEST_NOW + test->settings.signing_key_lifetime - CLOCK_SECOND;
    struct token *token = token_of(test, new_key(test, API_KEY_SECRET));
    test->now += CLOCK_SECOND;
    assert_kept(test, signing_keys_refresh(ctx));
    actor_behind(test, token->jwt);
    test->now = token->valid_until - 1;
    assert_kept(test, signing_keys_refresh(ctx));
    account_access_changed(&test->account);
    actor_behind(test, token->jwt);
}

static bool authenticate_and_see(struct ctx *ctx, struct text jwt, const struct space_tree **out)
{
    const struct actor *actor;
    return token_authenticate(ctx, jwt, &actor) && (*out = space_tree_get(ctx)) != NULL;
}

static void a_token_does_not_outlive_a_key_that_is_gone(void **state)
{
    struct kernel_test *test = *state;
    struct token *token = token_of(test, new_key(test, API_KEY_SECRET));
    actor_behind(test, token->jwt);
    account_access_changed(&test->account);
    actor_behind(test, token->jwt); /* its signature was verified before */
    test_sql(test, "DELETE FROM signing_key");
    assert_kept(test, signing_keys_refresh(ctx));
    account_access_changed(&test->account);
    assert_turned_away(test, token->jwt, "");
}

static void the_first_token_after_a_change_reads_the_spaces_for_all(void **state)
{
    struct kernel_test *test = *state;
    struct token *first = token_of(test, new_key(test, API_KEY_SECRET));
    struct token *second = token_of(test, new_key(test, API_KEY_SECRET));
    const struct space_tree *left = NULL, *right = NULL;
    hear(test);
    for (int i = 0; i < TRIES && (!left || left != right); i++) {
        account_access_changed(&test->account);
        assert_read(test, authenticate_and_see(ctx, first->jwt, &left));
        assert_read(test, authenticate_and_see(ctx, second->jwt, &right));
    }
    assert_ptr_equal(left, right);
}

static void bind(struct kernel_test *test, const char *kind, struct text subject, const char *role)
{
    if (strcmp(kind, "GROUP") == 0)
        test_sql(test,
                 "INSERT INTO user_group (id, name, created_at, created_by) "
                 "VALUES ('%.*s', '%.*s', 1, 'test')",
                 TEXT_ARG(subject), TEXT_ARG(subject));
    test_sql(test,
             "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, "
             "created_at, created_by) VALUES ('%s-%.*s', '%s', '%.*s', (SELECT id FROM role "
             "WHERE slug = '%s'), 'root', 1, 'test')",
             role, TEXT_ARG(subject), kind, TEXT_ARG(subject), role);
    account_access_changed(&test->account);
}

static bool allows(const struct actor *actor, enum action action)
{
    for (size_t i = 0; i < actor->grant_count; i++) {
        if (action_set_allows(&actor->grants[i].actions, action))
            return true;
    }
    return false;
}

static void rights_come_from_the_key_and_its_groups(void **state)
{
    struct kernel_test *test = *state;
    static const struct text teams[] = {TEXT_INIT("ops"), TEXT_INIT("with \"quotes\"")};
    struct api_key *key;
    struct api_key_input input = {.name = TEXT("key"), .teams = {teams, 2}};
    assert_kept(test, api_key_create(ctx, &input, &key));
    struct token *token = token_of(test, key);
    assert_int_equal(actor_behind(test, token->jwt)->grant_count, 0);
    bind(test, "GROUP", TEXT("others"), "space-admin");
    bind(test, "API_KEY", TEXT("ops"), "space-admin");
    assert_int_equal(actor_behind(test, token->jwt)->grant_count, 0);
    bind(test, "GROUP", TEXT("ops"), "space-reader");
    assert_true(allows(actor_behind(test, token->jwt), ACTION_SPACE_READ));
    assert_false(allows(actor_behind(test, token->jwt), ACTION_RUN_TRIGGER));
    bind(test, "API_KEY", key->id, "space-writer");
    assert_true(allows(actor_behind(test, token->jwt), ACTION_RUN_TRIGGER));
    bind(test, "GROUP", TEXT("with \"quotes\""), "space-admin");
    const struct actor *actor = actor_behind(test, token->jwt);
    assert_true(allows(actor, ACTION_STACK_DELETE));
    assert_int_equal(actor->grant_count, 3);
    assert_int_equal(actor->groups.len, 2);
}

static void a_key_may_have_thousands_of_roles(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    test_sql(test,
             "INSERT INTO space (id, name, parent_id, created_at) "
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
             "SELECT 's' || i, 's', 'root', 1 FROM n");
    test_sql(test,
             "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, "
             "created_at, created_by) SELECT 'of-' || s.id, 'API_KEY', '%.*s', r.id, s.id, 1, 'x' "
             "FROM space s, role r WHERE r.slug = 'space-reader' AND s.id <> 'root'",
             TEXT_ARG(key->id));
    const struct actor *actor = actor_behind(test, token_of(test, key)->jwt);
    assert_int_equal(actor->grant_count, 5000);
}

static void a_role_with_actions_nobody_knows_grants_the_others(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    struct token *token = token_of(test, key);
    test_sql(test, "INSERT INTO role (id, slug, name, actions, created_at) VALUES ('r', 'odd', "
                   "'Odd', '[\"SPACE_EVERYTHING\",\"run:confirm\"]', 1)");
    bind(test, "API_KEY", key->id, "odd");
    const struct actor *actor = actor_behind(test, token->jwt);
    assert_true(allows(actor, ACTION_RUN_CONFIRM));
    assert_false(allows(actor, ACTION_SPACE_READ));
}

static struct text pair_of(struct kernel_test *test, struct text id, struct text secret)
{
    return text_format(test->arena, "%.*s:%.*s", TEXT_ARG(id), TEXT_ARG(secret));
}

static void a_worker_shows_its_credential_each_time(void **state)
{
    struct kernel_test *test = *state;
    const struct actor *actor;
    struct api_key *worker = new_key(test, API_KEY_WORKER), *deleted;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    struct text good = pair_of(test, worker->id, worker->secret);
    assert_read(test, worker_authenticate(ctx, good, &actor));
    assert_int_equal(actor->kind, ACTOR_WORKER);
    assert_int_equal(actor->grant_count, 0);
    const struct text bad[] = {TEXT(""),
                               TEXT(":"),
                               worker->id,
                               worker->secret,
                               pair_of(test, key->id, key->secret),
                               pair_of(test, worker->id, key->secret),
                               pair_of(test, key->id, worker->secret)};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_refused(test, ERR_UNAUTHENTICATED, "unauthorized",
                       worker_authenticate(ctx, bad[i], &actor));
    assert_kept(test, api_key_delete(ctx, worker->id, &deleted));
    assert_refused(test, ERR_UNAUTHENTICATED, "unauthorized",
                   worker_authenticate(ctx, good, &actor));
}

static void a_failing_statement_leaves_no_half_of_an_exchange(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    struct token *token;
    int failures = 0;
    for (;; failures++) {
        db_fail_after(test->database->db, failures);
        bool kept = UNIT(test, DB_WRITE, token_exchange(ctx, key->id, key->secret, &token));
        db_fail_after(test->database->db, -1);
        if (kept)
            break;
        assert_int_equal(test->error.kind, ERR_UNAVAILABLE);
        assert_nothing_came_in(test);
    }
    assert_int_equal(failures, 8);
    actor_behind(test, token->jwt);
}

/* Runs `exchange`, then `authenticate`, with ever more memory until both succeed. */
static void memory_that_runs_out_leaves_no_half_of_an_exchange(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test, API_KEY_SECRET);
    struct token *token = NULL;
    struct text jwt = TEXT("");
    for (int allocations = 0; jwt.len == 0; allocations++) {
        struct arena *arena = arena_new(1 << 20);
        arena_fail_after(arena, allocations);
        test->unit_arena = arena;
        bool kept = UNIT(test, DB_WRITE, token_exchange(ctx, key->id, key->secret, &token));
        test->unit_arena = NULL;
        if (kept)
            jwt = text_copy(test->arena, token->jwt);
        else
            assert_int_equal(test->error.kind, ERR_NO_MEMORY);
        arena_free(arena);
        if (!kept)
            assert_nothing_came_in(test);
        assert_in_range(allocations, 0, 2000);
    }
    actor_behind(test, jwt);
}

static void memory_that_runs_out_turns_nobody_away_for_good(void **state)
{
    struct kernel_test *test = *state;
    struct token *token = token_of(test, new_key(test, API_KEY_SECRET));
    const struct actor *actor;
    bool kept = false;
    for (int allocations = 0; !kept; allocations++) {
        test->unit_arena = arena_new(1 << 20);
        arena_fail_after(test->unit_arena, allocations);
        kept = UNIT(test, DB_READ, token_authenticate(ctx, token->jwt, &actor));
        if (!kept)
            assert_int_equal(test->error.kind, ERR_NO_MEMORY);
        arena_free(test->unit_arena);
        test->unit_arena = NULL;
        assert_in_range(allocations, 0, 2000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(a_key_becomes_a_token),
        WITH_ACCOUNT(claims_are_what_clients_read),
        WITH_ACCOUNT(what_is_not_a_key_with_its_secret_gets_nothing),
        WITH_ACCOUNT(a_deleted_key_gets_nothing),
        WITH_ACCOUNT(a_key_works_until_it_expires),
        WITH_ACCOUNT(use_is_remembered_and_recorded),
        WITH_ACCOUNT(each_exchange_is_a_session_of_its_own),
        WITH_ACCOUNT(no_token_is_the_anonymous_actor),
        WITH_ACCOUNT(a_token_that_was_seen_needs_no_database),
        WITH_ACCOUNT(what_a_writing_unit_saw_is_not_remembered),
        WITH_ACCOUNT(a_deleted_key_stops_its_tokens_on_the_next_request),
        WITH_ACCOUNT(a_revoked_session_ends_one_token),
        WITH_ACCOUNT(a_session_that_was_removed_ends_its_token),
        WITH_ACCOUNT(sessions_that_are_over_are_cleared_away),
        WITH_ACCOUNT(a_token_expires_on_time_cached_or_not),
        WITH_ACCOUNT(what_is_no_token_is_turned_away),
        WITH_ACCOUNT(a_token_for_others_or_of_others_is_turned_away),
        WITH_ACCOUNT(a_token_outlives_the_rotation_of_its_key),
        WITH_ACCOUNT(a_token_does_not_outlive_a_key_that_is_gone),
        WITH_ACCOUNT(the_first_token_after_a_change_reads_the_spaces_for_all),
        WITH_ACCOUNT(rights_come_from_the_key_and_its_groups),
        WITH_ACCOUNT(a_key_may_have_thousands_of_roles),
        WITH_ACCOUNT(a_role_with_actions_nobody_knows_grants_the_others),
        WITH_ACCOUNT(a_worker_shows_its_credential_each_time),
        WITH_ACCOUNT(a_failing_statement_leaves_no_half_of_an_exchange),
        WITH_ACCOUNT(memory_that_runs_out_leaves_no_half_of_an_exchange),
        WITH_ACCOUNT(memory_that_runs_out_turns_nobody_away_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
