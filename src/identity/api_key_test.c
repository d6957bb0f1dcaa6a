/* API keys: the first one, who may make, see and delete them, and the file they come in. */
#include "base/ulid.h"
#include "identity/api_key_change.h"
#include "identity/identity_test_support.h"
#include "identity/secret.h"

static const struct api_key_input deployer = {
    .kind = API_KEY_SECRET, .name = TEXT_INIT("  deployer "), .description = TEXT_INIT("deploys")};

static const struct actor *admin_of(struct kernel_test *test, const char *space)
{
    return test_actor(test, text_format(test->arena, "admin-of-%s", space).at, ACTION_SPACE_ADMIN,
                      space);
}

static struct api_key *create(struct kernel_test *test, const struct api_key_input *input)
{
    struct api_key *key = NULL;
    assert_kept(test, api_key_create(ctx, input, &key));
    return key;
}

static const struct actor *actor_with(struct kernel_test *test, const struct api_key *key)
{
    struct token *token;
    const struct actor *actor;
    assert_kept(test, token_exchange(ctx, key->id, key->secret, &token));
    assert_non_null(token);
    assert_read(test, token_authenticate(ctx, token->jwt, &actor));
    return actor;
}

static void the_first_key_administers_the_account(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key;
    bool exists = true;
    assert_read(test, api_key_any_exists(ctx, &exists));
    assert_false(exists);
    assert_kept(test, api_key_bootstrap(ctx, &key));
    assert_read(test, api_key_any_exists(ctx, &exists));
    assert_true(exists);
    test->actor = actor_with(test, key);
    assert_read(test, access_require(ctx, ACTION_SPACE_ADMIN, TEXT("root"), NULL));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'api_key.bootstrap'"),
                     1);
}

static void a_description_has_a_greatest_length(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key;
    char *long_one = arena_alloc(test->arena, 10001);
    memset(long_one, 'x', 10001);
    struct api_key_input input = deployer;
    input.description = (struct text){long_one, 10001};
    assert_refused(test, ERR_INVALID, "description of an API key may have 10000 bytes at most",
                   api_key_create(ctx, &input, &key));
    input.description.len--;
    key = create(test, &input);
    struct api_key_update update = {.description = {long_one, 10001}};
    assert_refused(test, ERR_INVALID, "description of an API key may have 10000 bytes at most",
                   api_key_update(ctx, key->id, &update, &key));
}

static void there_is_only_one_first_key(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key;
    assert_kept(test, api_key_bootstrap(ctx, &key));
    assert_refused(test, ERR_CONFLICT, "has API keys already", api_key_bootstrap(ctx, &key));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM api_key"), 1);
}

/* A deleted key still counts: whoever deletes the last one has not made the account new. */
static void a_deleted_key_does_not_make_the_account_new(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key;
    assert_kept(test, api_key_bootstrap(ctx, &key));
    assert_kept(test, api_key_delete(ctx, key->id, &key));
    assert_refused(test, ERR_CONFLICT, "already", api_key_bootstrap(ctx, &key));
}

/* The server may make its own worker's key before anybody asked for the first key of the account.
 */
static void a_key_of_a_worker_is_no_first_key(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key;
    struct api_key_input worker = {.kind = API_KEY_WORKER, .name = TEXT("local")};
    create(test, &worker);
    assert_kept(test, api_key_bootstrap(ctx, &key));
}

static void a_binding_without_its_role_is_an_error(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key;
    test_sql(test, "UPDATE role SET slug = 'renamed' WHERE slug = 'space-admin'");
    assert_refused(test, ERR_NOT_FOUND, "role \"space-admin\" not found",
                   api_key_bootstrap(ctx, &key));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM api_key"), 0);
}

static void a_new_key_has_what_was_asked_for(void **state)
{
    struct kernel_test *test = *state;
    static const struct text teams[] = {TEXT_INIT("ops"), TEXT_INIT("dev team")};
    struct api_key_input input = deployer;
    input.teams = (struct text_list){teams, 2};
    input.expires_at = test->now + 1000000;
    test->actor = admin_of(test, "root");
    struct api_key *key = create(test, &input);
    struct api_key *found;
    assert_read(test, api_key_find(ctx, key->id, &found));
    assert_true(ulid_is_valid(found->id));
    assert_text_is(found->name, "deployer");
    assert_text_is(found->description, "deploys");
    assert_text_is(found->creator, "api::admin-of-root");
    assert_int_equal(found->teams.len, 2);
    assert_text_is(found->teams.items[1], "dev team");
    assert_int_equal(found->created_at, test->now);
    assert_int_equal(found->expires_at, input.expires_at);
    assert_int_equal(found->last_used_at, 0);
    assert_false(found->deleted);
}

static void the_secret_is_shown_once_and_stored_nowhere(void **state)
{
    struct kernel_test *test = *state;
    struct list keys;
    struct api_key *found;
    struct api_key *key = create(test, &deployer);
    assert_true(secret_is_well_formed(key->secret));
    assert_read(test, api_key_find(ctx, key->id, &found));
    assert_int_equal(found->secret.len, 0);
    assert_read(test, api_key_list(ctx, &keys));
    assert_int_equal(LIST_ITEMS(&keys, struct api_key)[0].secret.len, 0);
    actor_with(test, key);
    assert_false(test_database_holds(test, key->secret));
    assert_false(test_database_holds(test, text_slice(key->secret, 4, 36)));
    assert_int_equal(test_sql_int(test,
                                  "SELECT count(*) FROM audit_entry WHERE body LIKE '%%%.*s%%'",
                                  TEXT_ARG(key->secret)),
                     0);
}

static void assert_input_refused(struct kernel_test *test, struct api_key_input input,
                                 const char *part)
{
    struct api_key *key;
    assert_refused(test, ERR_INVALID, part, api_key_create(ctx, &input, &key));
}

static void unusable_input_is_refused(void **state)
{
    struct kernel_test *test = *state;
    static struct text many[101];
    char long_name[202];
    memset(long_name, 'x', sizeof(long_name));
    struct api_key_input input = deployer;
    input.name = TEXT(" \t");
    assert_input_refused(test, input, "an API key needs a name");
    input.name = (struct text){long_name, 201};
    assert_input_refused(test, input, "200 bytes at most");
    input = deployer;
    input.expires_at = test->now;
    assert_input_refused(test, input, "cannot expire in the past");
    input = deployer;
    for (size_t i = 0; i < ARRAY_LENGTH(many); i++)
        many[i] = TEXT("team");
    input.teams = (struct text_list){many, ARRAY_LENGTH(many)};
    assert_input_refused(test, input, "100 groups at most");
    many[0] = (struct text){long_name, 201};
    input.teams.len = 1;
    assert_input_refused(test, input, "200 bytes at most");
    many[0] = TEXT("");
    assert_input_refused(test, input, "group needs a name");
    input = deployer;
    input.description = TEXT("a\0b");
    assert_input_refused(test, input, "NUL");
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM api_key"), 0);
}

static void only_administrators_of_root_make_and_delete_keys(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key, *made = create(test, &deployer);
    test_add_space(test, "team", "root");
    const struct actor *others[] = {&actor_anonymous, admin_of(test, "team"),
                                    test_actor(test, "w", ACTION_SPACE_WRITE, "root")};
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        test->actor = others[i];
        assert_refused(test, ERR_DENIED, "unauthorized", api_key_create(ctx, &deployer, &key));
        assert_refused(test, ERR_DENIED, "unauthorized", api_key_delete(ctx, made->id, &key));
    }
    test->actor = admin_of(test, "root");
    assert_non_null(create(test, &deployer));
    assert_kept(test, api_key_delete(ctx, made->id, &key));
}

static void administrators_of_any_space_see_keys_and_others_their_own(void **state)
{
    struct kernel_test *test = *state;
    struct list keys;
    struct api_key *found;
    struct api_key_input second = {.name = TEXT("another")};
    struct api_key *first = create(test, &deployer);
    create(test, &second);
    test_add_space(test, "team", "root");
    test->actor = admin_of(test, "team");
    assert_read(test, api_key_list(ctx, &keys));
    assert_int_equal(keys.len, 2);
    assert_text_is(LIST_ITEMS(&keys, struct api_key)[0].name, "another");
    assert_text_is(LIST_ITEMS(&keys, struct api_key)[1].name, "deployer");
    test->actor = test_actor(test, "w", ACTION_SPACE_WRITE, "root");
    assert_read(test, api_key_list(ctx, &keys));
    assert_int_equal(keys.len, 0);
    assert_read(test, api_key_find(ctx, first->id, &found));
    assert_null(found);
    test->actor = actor_with(test, first);
    assert_read(test, api_key_find(ctx, first->id, &found));
    assert_text_is(found->name, "deployer");
    assert_int_equal(found->last_used_at, test->now);
    assert_text_is(found->last_used_from, "192.0.2.7");
    test->actor = &actor_anonymous;
    assert_read(test, api_key_find(ctx, TEXT(""), &found));
    assert_null(found);
}

static void a_deleted_key_is_gone_with_its_sessions_and_grants(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key, *found;
    struct list keys;
    assert_kept(test, api_key_bootstrap(ctx, &key));
    actor_with(test, key);
    assert_kept(test, api_key_delete(ctx, key->id, &found));
    assert_text_is(found->name, "bootstrap");
    assert_true(found->deleted);
    assert_read(test, api_key_find(ctx, key->id, &found));
    assert_null(found);
    assert_read(test, api_key_list(ctx, &keys));
    assert_int_equal(keys.len, 0);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding"), 0);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM session WHERE revoked_at IS NULL"),
                     0);
}

static void deleting_what_is_not_there_changes_nothing(void **state)
{
    struct kernel_test *test = *state;
    struct api_key *key = create(test, &deployer), *found = key;
    assert_kept(test, api_key_delete(ctx, TEXT("01ARZ3NDEKTSV4RRFFQ69G5FAV"), &found));
    assert_null(found);
    assert_kept(test, api_key_delete(ctx, key->id, &found));
    assert_kept(test, api_key_delete(ctx, key->id, &found));
    assert_null(found);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'api_key.delete'"), 1);
}

/* As the documentation of the API shows it, but for the host that the modules are on. */
static void the_file_is_the_documented_one(void **state)
{
    struct kernel_test *test = *state;
    struct api_key key = {.id = TEXT("01ARZ3NDEKTSV4RRFFQ69G5FAV"), .secret = TEXT("gth_secret")};
    test->account.url = TEXT("https://gatehouse.example:8443");
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_text_is(api_key_file(ctx, &key),
                   "# Spacelift API Key Configuration\n"
                   "\n"
                   "[credentials]\n"
                   "api_key_id     = 01ARZ3NDEKTSV4RRFFQ69G5FAV\n"
                   "api_key_secret = gth_secret\n"
                   "\n"
                   "# Usage Options:\n"
                   "#\n"
                   "# - Programmatic Access:\n"
                   "#   Use the api_key_secret above in your API calls\n"
                   "#\n"
                   "# - UI Login:\n"
                   "#   Visit /apikeytoken and enter the credentials above\n"
                   "\n"
                   "# Terraform Module Access:\n"
                   "# Add this snippet to your .terraformrc file to access\n"
                   "# Terraform modules hosted by gatehouse.example:8443:\n"
                   "\n"
                   "credentials \"gatehouse.example:8443\" {\n"
                   "  token = \"MDFBUlozTkRFS1RTVjRSUkZGUTY5RzVGQVY6Z3RoX3NlY3JldA==\"\n"
                   "}\n");
    assert_true(unit_end(test, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(the_first_key_administers_the_account),
        WITH_ACCOUNT(a_description_has_a_greatest_length),
        WITH_ACCOUNT(there_is_only_one_first_key),
        WITH_ACCOUNT(a_deleted_key_does_not_make_the_account_new),
        WITH_ACCOUNT(a_key_of_a_worker_is_no_first_key),
        WITH_ACCOUNT(a_binding_without_its_role_is_an_error),
        WITH_ACCOUNT(a_new_key_has_what_was_asked_for),
        WITH_ACCOUNT(the_secret_is_shown_once_and_stored_nowhere),
        WITH_ACCOUNT(unusable_input_is_refused),
        WITH_ACCOUNT(only_administrators_of_root_make_and_delete_keys),
        WITH_ACCOUNT(administrators_of_any_space_see_keys_and_others_their_own),
        WITH_ACCOUNT(a_deleted_key_is_gone_with_its_sessions_and_grants),
        WITH_ACCOUNT(deleting_what_is_not_there_changes_nothing),
        WITH_ACCOUNT(the_file_is_the_documented_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
