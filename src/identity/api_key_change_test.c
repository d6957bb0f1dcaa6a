/* Changing keys: their names, their secrets with a grace, who may, and the warning of their end. */
#include "identity/identity_test_support.h"

#include "base/clock.h"
#include "identity/api_key_change.h"
#include "identity/api_key_expiry.h"
#include "identity/api_key_right.h"
#include "identity/secret.h"
#include "identity/session.h"

static struct api_key *new_key(struct kernel_test *test)
{
    struct api_key *key;
    const struct api_key_input input = {.name = TEXT("key")};
    assert_kept(test, api_key_create(ctx, &input, &key));
    return key;
}

static struct text exchange(struct kernel_test *test, struct text id, struct text secret)
{
    struct token *token;
    assert_kept(test, token_exchange(ctx, id, secret, &token));
    return token ? token->jwt : TEXT("");
}

static bool is_in(struct kernel_test *test, struct text jwt)
{
    const struct actor *actor;
    return UNIT(test, DB_READ, token_authenticate(ctx, jwt, &actor));
}

static void two_secrets_are_good_for_the_grace_and_no_longer(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test), *reset;
    struct text first = key->secret;
    struct text early = exchange(test, key->id, first);
    assert_kept(test, api_key_reset(ctx, key->id, 600, &reset));
    assert_false(text_equal(first, reset->secret));
    assert_true(secret_is_well_formed(reset->secret));
    assert_true(exchange(test, key->id, first).len > 0);
    assert_true(exchange(test, key->id, reset->secret).len > 0);
    assert_true(is_in(test, early));
    test->now += 600 * CLOCK_SECOND;
    assert_int_equal(exchange(test, key->id, first).len, 0);
    assert_true(exchange(test, key->id, reset->secret).len > 0);
    /* Neither is stored, nor in the trail. */
    assert_false(test_database_holds(test, first) || test_database_holds(test, reset->secret));
}

static void a_secret_that_leaked_ends_at_once_with_its_tokens(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test), *reset;
    struct text token = exchange(test, key->id, key->secret);
    assert_kept(test, api_key_reset(ctx, key->id, 0, &reset));
    assert_int_equal(exchange(test, key->id, key->secret).len, 0);
    assert_false(is_in(test, token));
    assert_int_equal(reset->previous_secret_until, 0);
}

static void a_third_secret_ends_the_first(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test), *second, *third;
    assert_kept(test, api_key_reset(ctx, key->id, 600, &second));
    struct text second_secret = second->secret;
    assert_kept(test, api_key_reset(ctx, key->id, 600, &third));
    assert_int_equal(exchange(test, key->id, key->secret).len, 0);
    assert_true(exchange(test, key->id, second_secret).len > 0);
    assert_true(exchange(test, key->id, third->secret).len > 0);
    assert_kept(test, api_key_revoke_previous(ctx, key->id, &third));
    assert_int_equal(exchange(test, key->id, second_secret).len, 0);
    assert_refused(test, ERR_CONFLICT, "no secret but its newest",
                   api_key_revoke_previous(ctx, key->id, &third));
}

static void rule_by_policies(struct kernel_test *test)
{
    test_sql(test, "INSERT INTO setting (name, value) VALUES ('management_strategy', "
                   "'LOGIN_POLICIES')");
    test_sql(test, "INSERT INTO policy (id, name, type, engine, body, space_id, created_at, "
                   "created_by, updated_at) VALUES ('admins', 'Admins', 'LOGIN', 'REGO_V0', "
                   "'package spacelift allow { true } admin { input.session.teams[_] == "
                   "\"admins\" }', 'root', 0, 'x', 0)");
}

/* What policies gave for a group was given for as long as the key is in it. */
static void what_policies_decided_by_ends_the_sessions_when_it_changes(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key, *out;
    static const struct text admins = TEXT_INIT("admins");
    const struct api_key_input input = {.name = TEXT("key"), .teams = {&admins, 1}};
    const struct api_key_update describes = {.description = TEXT("x")};
    const struct api_key_update same = {.has_teams = true, .teams = {&admins, 1}};
    const struct api_key_update leaves = {.has_teams = true};
    const struct api_key_update renames = {.name = TEXT("other")};
    assert_kept(test, api_key_create(ctx, &input, &key));
    rule_by_policies(test);
    struct text token = exchange(test, key->id, key->secret);
    assert_kept(test, api_key_update(ctx, key->id, &describes, &out));
    assert_kept(test, api_key_update(ctx, key->id, &same, &out));
    assert_true(is_in(test, token));
    assert_kept(test, api_key_update(ctx, key->id, &leaves, &out));
    assert_false(is_in(test, token));
    token = exchange(test, key->id, key->secret);
    assert_kept(test, api_key_update(ctx, key->id, &renames, &out));
    assert_false(is_in(test, token));
}

static void without_policies_a_key_stays_in_when_its_groups_change(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test), *out;
    const struct api_key_update renames = {.name = TEXT("other"), .has_teams = true};
    struct text token = exchange(test, key->id, key->secret);
    assert_kept(test, api_key_update(ctx, key->id, &renames, &out));
    assert_true(is_in(test, token));
}

/* The groups of a session were read from the claims that were mapped when it began. */
static void other_mappings_end_the_sessions(void **state)
{
    struct kernel_test *test = *state;
    static const struct oidc_mapping before = {TEXT_INIT("groups"), TEXT_INIT("groups")};
    static const struct oidc_mapping after = {TEXT_INIT("teams"), TEXT_INIT("groups")};
    const struct oidc_trust trust = {.issuer = TEXT("https://issuer.example"),
                                     .client_id = TEXT("a"),
                                     .subject_expression = TEXT("b"),
                                     .mappings = &before,
                                     .mappings_count = 1};
    const struct api_key_input input = {.kind = API_KEY_OIDC, .name = TEXT("key"), .oidc = &trust};
    const struct api_key_update same = {
        .has_mappings = true, .mappings = &before, .mappings_count = 1};
    const struct api_key_update other = {
        .has_mappings = true, .mappings = &after, .mappings_count = 1};
    struct api_key *key, *out;
    assert_kept(test, api_key_create(ctx, &input, &key));
    struct session session = {.actor_kind = ACTOR_API_KEY,
                              .actor_id = key->id,
                              .method = SESSION_OIDC,
                              .expires_at = test->now + CLOCK_HOUR};
    struct text token;
    assert_kept(test, session_start(ctx, &session, session_issuer(ACTOR_API_KEY), TEXT("api::key"),
                                    &token));
    assert_kept(test, api_key_update(ctx, key->id, &same, &out));
    assert_true(is_in(test, token));
    assert_kept(test, api_key_update(ctx, key->id, &other, &out));
    assert_false(is_in(test, token));
}

static void only_administrators_of_root_change_keys(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test), *out;
    const struct api_key_update update = {.name = TEXT("other")};
    test_add_space(test, "team", "root");
    test->actor = test_actor(test, "boss", ACTION_SPACE_ADMIN, "team");
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_update(ctx, key->id, &update, &out));
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_reset(ctx, key->id, 0, &out));
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_revoke_previous(ctx, key->id, &out));
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_enable_non_root_managers(ctx, true));
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_delete(ctx, key->id, &out));
    test->actor = &actor_system;
    assert_refused(test, ERR_NOT_FOUND, "API key not found",
                   api_key_update(ctx, TEXT("nobody"), &update, &out));
    assert_true(exchange(test, key->id, key->secret).len > 0);
}

/* What a space's administrator may make while the switch is on. */
static void other_managers_make_keys_below_themselves(void **state)
{
    struct kernel_test *test = *state;
    static const struct text root_team = TEXT_INIT("root-admins");
    static const struct oidc_mapping mapping = {TEXT_INIT("g"), TEXT_INIT("groups")};
    const struct oidc_trust trust = {.issuer = TEXT("https://issuer.example"),
                                     .client_id = TEXT("a"),
                                     .subject_expression = TEXT("b"),
                                     .mappings = &mapping,
                                     .mappings_count = 1};
    const struct access_rule here = {.space_id = TEXT("team"), .level = ACCESS_LEVEL_ADMIN};
    const struct access_rule above = {.space_id = TEXT("root"), .level = ACCESS_LEVEL_READ};
    struct api_key_input input = {.name = TEXT("mine"), .rules = &here, .rules_count = 1};
    struct api_key *key, *others;
    test_add_space(test, "team", "root");
    others = new_key(test);
    const struct actor *boss = test_actor(test, "boss", ACTION_SPACE_ADMIN, "team");
    test->actor = boss;
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_create(ctx, &input, &key));
    test->actor = &actor_system;
    assert_kept(test, api_key_enable_non_root_managers(ctx, true));
    test->actor = boss;
    assert_kept(test, api_key_create(ctx, &input, &key));
    input.rules = &above;
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_create(ctx, &input, &others));
    input.rules_count = 0;
    input.teams = (struct text_list){&root_team, 1};
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_create(ctx, &input, &others));
    input.teams.len = 0;
    input.admin = true;
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_create(ctx, &input, &others));
    input.admin = false;
    input.kind = API_KEY_OIDC;
    input.oidc = &trust;
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_create(ctx, &input, &others));
    struct api_key *deleted;
    assert_kept(test, api_key_delete(ctx, key->id, &deleted));
    test->actor = test_actor(test, "reader", ACTION_SPACE_READ, "team");
    input = (struct api_key_input){.name = TEXT("mine")};
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_create(ctx, &input, &others));
}

static void others_delete_only_what_they_made(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test), *deleted;
    test_add_space(test, "team", "root");
    assert_kept(test, api_key_enable_non_root_managers(ctx, true));
    test->actor = test_actor(test, "boss", ACTION_SPACE_ADMIN, "team");
    assert_refused(test, ERR_DENIED, "unauthorized", api_key_delete(ctx, key->id, &deleted));
}

static void the_end_of_a_key_is_warned_of_once(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key, *far;
    struct api_key_input input = {.name = TEXT("brief"), .expires_at = test->now + CLOCK_DAY};
    assert_kept(test, api_key_create(ctx, &input, &key));
    input.name = TEXT("long");
    input.expires_at = test->now + 100 * CLOCK_DAY;
    assert_kept(test, api_key_create(ctx, &input, &far));
    struct text said, silent;
    assert_read(test, (said = api_key_expiry_warning(ctx, key), true));
    assert_read(test, (silent = api_key_expiry_warning(ctx, far), true));
    assert_text_is(said, "The key expires at 2026-11-23T10:00:00Z.");
    assert_null(silent.at);
    for (int i = 0; i < 3; i++)
        assert_kept(test, api_key_watch_expiry(ctx));
    assert_int_equal(
        test_sql_int(test,
                     "SELECT count(*) FROM audit_entry WHERE action = 'api_key.expires_soon'"),
        1);
    assert_int_equal(atomic_load(&test->account.keys_expiring), 1);
    assert_int_equal(atomic_load(&test->account.keys_expired), 0);
    test->now += 2 * CLOCK_DAY;
    assert_kept(test, api_key_watch_expiry(ctx));
    assert_int_equal(atomic_load(&test->account.keys_expiring), 0);
    assert_int_equal(atomic_load(&test->account.keys_expired), 1);
}

static uint64_t statements_of(struct kernel_test *test, struct text id, struct text secret)
{
    struct token *token;
    struct ctx *ctx = unit_begin(test, DB_WRITE, &actor_anonymous);
    bool done = token_exchange(ctx, id, secret, &token);
    uint64_t count = db_statement_count(ctx->session);
    assert_true(unit_end(test, done));
    assert_null(token);
    return count;
}

/* The same statements, so the same work: nobody learns which ids exist. */
static void an_unknown_id_costs_what_a_wrong_secret_does(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = new_key(test), *deleted = new_key(test), *gone;
    struct text wrong = secret_new(test->arena);
    assert_kept(test, api_key_delete(ctx, deleted->id, &gone));
    uint64_t expected = statements_of(test, key->id, wrong);
    assert_true(expected > 0);
    assert_int_equal(statements_of(test, TEXT("01ARZ3NDEKTSV4RRFFQ69G5FAV"), wrong), expected);
    assert_int_equal(statements_of(test, TEXT(""), wrong), expected);
    assert_int_equal(statements_of(test, deleted->id, deleted->secret), expected);
    /* A slip is told before the database is asked. */
    assert_int_equal(statements_of(test, key->id, TEXT("gth_")), 0);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'login.failure'"), 4);
    assert_false(test_database_holds(test, wrong));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(two_secrets_are_good_for_the_grace_and_no_longer),
        WITH_ACCOUNT(a_secret_that_leaked_ends_at_once_with_its_tokens),
        WITH_ACCOUNT(a_third_secret_ends_the_first),
        WITH_ACCOUNT(what_policies_decided_by_ends_the_sessions_when_it_changes),
        WITH_ACCOUNT(without_policies_a_key_stays_in_when_its_groups_change),
        WITH_ACCOUNT(other_mappings_end_the_sessions),
        WITH_ACCOUNT(only_administrators_of_root_change_keys),
        WITH_ACCOUNT(other_managers_make_keys_below_themselves),
        WITH_ACCOUNT(others_delete_only_what_they_made),
        WITH_ACCOUNT(the_end_of_a_key_is_warned_of_once),
        WITH_ACCOUNT(an_unknown_id_costs_what_a_wrong_secret_does),
    };
    return cmocka_run_group_tests_name("api_key_change", tests, NULL, NULL);
}
