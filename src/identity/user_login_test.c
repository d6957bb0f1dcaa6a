/* People coming in: by password, by provider, and what is on the record of those who do not. */
#include "base/clock.h"
#include "identity/command_line_login.h"
#include "identity/identity_test_support.h"
#include "identity/session_admin.h"
#include "identity/user_login.h"

#define PASSWORD "correct horse battery"

static struct user *make_user(struct kernel_test *test, const char *name, bool is_owner)
{
    struct user_invitation invitation = {.username = text_z(name), .is_owner = is_owner};
    struct user *user = NULL;
    assert_kept(test, user_invite(ctx, &invitation, &user) &&
                          user_set_password(ctx, user->id, TEXT(PASSWORD), &user));
    return user;
}

static struct user_login try_password(struct kernel_test *test, const char *name,
                                      const char *password)
{
    struct user_login login;
    const struct actor *before = test->actor;
    test->actor = &actor_anonymous;
    assert_kept(test, user_login_by_password(ctx, text_z(name), text_z(password),
                                             TEXT("Mozilla/5.0 Firefox/140.0"), &login));
    test->actor = before;
    return login;
}

static struct user_login try_provider(struct kernel_test *test,
                                      const struct provider_person *person)
{
    struct user_login login;
    const struct actor *before = test->actor;
    test->actor = &actor_anonymous;
    assert_kept(test, user_login_by_provider(ctx, person, TEXT(""), &login));
    test->actor = before;
    return login;
}

static const struct actor *actor_of(struct kernel_test *test, const struct user_login *login)
{
    const struct actor *actor;
    assert_non_null(login->token);
    assert_read(test, token_authenticate(ctx, login->token->jwt, &actor));
    return actor;
}

static int64_t count_audit(struct kernel_test *test, const char *action, const char *part)
{
    return test_sql_int(
        test, "SELECT count(*) FROM audit_entry WHERE action = '%s' AND body LIKE '%%%s%%'", action,
        part);
}

static void a_password_makes_an_actor(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = make_user(test, "jane", false);
    struct user_login login = try_password(test, " jane ", PASSWORD);
    const struct actor *actor = actor_of(test, &login);
    assert_int_equal(actor->kind, ACTOR_USER);
    assert_text_is(actor->username, "user::jane");
    assert_int_equal(actor->grant_count, 0);
    assert_read(test, user_get_any(ctx, user->id, &user));
    assert_text_is(user->login_method, "PASSWORD");
    assert_int_equal(user->last_login_at, test->now);
    assert_int_equal(count_audit(test, "login.success", ""), 1);
}

static void an_owner_may_do_everything(void **state)
{
    struct kernel_test *test = *state;
    make_user(test, "jane", true);
    struct user_login login = try_password(test, "jane", PASSWORD);
    test->actor = actor_of(test, &login);
    assert_read(test, access_require(ctx, ACTION_SPACE_ADMIN, TEXT("root"), NULL));
}

static void what_is_wrong_is_not_told(void **state)
{
    struct kernel_test *test = *state;
    struct user_invitation pending = {.username = TEXT("joe")};
    struct user_update off = {.sets_disabled = true, .is_disabled = true};
    struct user *user = make_user(test, "jane", false);
    struct text said = try_password(test, "jane", "wrong").problem;
    assert_kept(test, user_invite(ctx, &pending, &user));
    user = make_user(test, "idle", false);
    assert_kept(test, user_update(ctx, user->id, &off, &user));
    assert_true(text_equal(try_password(test, "nobody", PASSWORD).problem, said));
    assert_true(text_equal(try_password(test, "joe", PASSWORD).problem, said));
    assert_true(text_equal(try_password(test, "idle", PASSWORD).problem, said));
    assert_int_equal(count_audit(test, "login.failure", "password is wrong"), 1);
    assert_int_equal(count_audit(test, "login.failure", "no such user"), 1);
    assert_int_equal(count_audit(test, "login.failure", "has no password"), 1);
    assert_int_equal(count_audit(test, "login.failure", "switched off"), 1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM session"), 0);
}

/* Somebody who types a password into the field for the name. */
static void what_was_typed_is_not_kept(void **state)
{
    struct kernel_test *test = *state;
    make_user(test, "jane", false);
    assert_null(try_password(test, "my-secret-password", "x").token);
    assert_false(test_database_holds(test, TEXT("my-secret-password")));
}

static const struct provider_person alice = {
    .method = SESSION_OIDC,
    .lifetime = CLOCK_HOUR,
    .subject = TEXT_INIT("https://id.example.com 42"),
    .username = TEXT_INIT("alice"),
    .name = TEXT_INIT("Alice Admin"),
    .email = TEXT_INIT("alice@example.com"),
    .claims = TEXT_INIT("{\"sub\":\"42\"}"),
};

static void a_person_of_the_provider_becomes_a_user(void **state)
{
    struct kernel_test *test = *state;
    static const struct text groups[] = {TEXT_INIT("platform")};
    struct provider_person person = alice;
    person.groups = (struct text_list){groups, 1};
    struct user_login login = try_provider(test, &person);
    const struct actor *actor = actor_of(test, &login);
    assert_text_is(actor->name, "Alice Admin");
    assert_int_equal(actor->groups.len, 1);
    assert_text_is(actor->claims, "{\"sub\":\"42\"}");
    person.name = TEXT("Alice Other");
    try_provider(test, &person);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM account_user"), 1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM account_user WHERE name = "
                                        "'Alice Other'"),
                     1);
}

static void a_name_that_is_taken_stays_its_owners(void **state)
{
    struct kernel_test *test = *state;
    make_user(test, "alice", true);
    struct user_login login = try_provider(test, &alice);
    assert_null(login.token);
    assert_true(text_contains(login.problem, TEXT("another user \"alice\"")));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM account_user"), 1);
    assert_int_equal(count_audit(test, "login.failure", "is taken"), 1);
}

static void an_address_that_was_invited(void **state)
{
    struct kernel_test *test = *state;
    struct user_invitation invitation = {
        .username = TEXT("boss"), .email = TEXT("Alice@Example.com"), .is_owner = true};
    struct user *user;
    assert_kept(test, user_invite(ctx, &invitation, &user));
    struct user_login login = try_provider(test, &alice);
    assert_text_is(actor_of(test, &login)->id, text_terminated(test->arena, user->id));
    assert_int_equal(count_audit(test, "user.accept", ""), 1);
}

static void an_invitation_to_an_address_ends_too(void **state)
{
    struct kernel_test *test = *state;
    struct user_invitation invitation = {
        .username = TEXT("boss"), .email = TEXT("alice@example.com"), .is_owner = true};
    struct user *user;
    assert_kept(test, user_invite(ctx, &invitation, &user));
    test->now += CLOCK_DAY;
    assert_kept(test, signing_keys_refresh(ctx));
    struct user_login login = try_provider(test, &alice);
    assert_int_equal(actor_of(test, &login)->grant_count, 0);
}

static void a_link_is_taken_up_with_the_provider(void **state)
{
    struct kernel_test *test = *state;
    struct user_invitation invitation = {.username = TEXT("boss")};
    struct provider_person person = alice;
    struct user *user;
    assert_kept(test, user_invite(ctx, &invitation, &user));
    person.invited_user = user->id;
    size_t at = text_find(user->invitation_url, TEXT("gth_"), 0);
    person.invitation = text_slice(user->invitation_url, at, user->invitation_url.len);
    struct user_login login = try_provider(test, &person);
    assert_text_is(actor_of(test, &login)->username, "user::boss");
    /* Used up: somebody else with the same link is somebody new. */
    person.subject = TEXT("https://id.example.com 43");
    person.username = TEXT("mallory");
    login = try_provider(test, &person);
    assert_text_is(actor_of(test, &login)->username, "user::mallory");
}

static void deny_everybody(struct kernel_test *test)
{
    test_sql(test, "INSERT INTO setting (name, value) VALUES ('management_strategy', "
                   "'LOGIN_POLICIES')");
    test_sql(test, "INSERT INTO policy (id, name, type, engine, body, space_id, created_at, "
                   "created_by, updated_at) VALUES ('nobody', 'Nobody', 'LOGIN', 'REGO_V0', "
                   "'package spacelift deny { true }', 'root', 0, 'x', 0)");
}

/* Else everybody with an account at the provider could fill the list of users. */
static void whom_a_policy_refuses_becomes_no_user(void **state)
{
    struct kernel_test *test = *state;
    struct user_invitation invitation = {.username = TEXT("boss"),
                                         .email = TEXT("alice@example.com")};
    struct user *user;
    deny_everybody(test);
    struct user_login login = try_provider(test, &alice);
    assert_null(login.token);
    assert_true(text_contains(login.problem, TEXT("login policy")));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM account_user"), 0);
    assert_kept(test, user_invite(ctx, &invitation, &user));
    assert_null(try_provider(test, &alice).token);
    assert_read(test, user_find(ctx, user->id, &user));
    assert_int_equal(user->status, USER_PENDING);
    assert_int_equal(count_audit(test, "login.failure", "nobody"), 2);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM session"), 0);
}

static void an_owner_comes_in_whatever_policies_say(void **state)
{
    struct kernel_test *test = *state;
    make_user(test, "jane", true);
    deny_everybody(test);
    assert_non_null(try_password(test, "jane", PASSWORD).token);
}

static void who_is_switched_off_stays_out(void **state)
{
    struct kernel_test *test = *state;
    struct user_update off = {.sets_disabled = true, .is_disabled = true};
    struct user_login login = try_provider(test, &alice);
    struct user *user;
    assert_kept(test, user_update(ctx, login.token->id, &off, &user));
    login = try_provider(test, &alice);
    assert_null(login.token);
    assert_true(text_contains(login.problem, TEXT("switched off")));
}

/* A session that goes on beside the login that took it away. */
static void ownership_that_github_takes_away_ends_in_every_session(void **state)
{
    struct kernel_test *test = *state;
    struct provider_person person = alice;
    person.method = SESSION_GITHUB;
    person.is_administrator = true;
    struct user_login first = try_provider(test, &person);
    assert_int_equal(actor_of(test, &first)->grant_count, 1);
    person.is_administrator = false;
    try_provider(test, &person);
    assert_int_equal(actor_of(test, &first)->grant_count, 0);
}

static void sessions_are_listed_and_ended_by_their_own(void **state)
{
    struct kernel_test *test = *state;
    struct list sessions;
    struct session *ended;
    make_user(test, "jane", false);
    make_user(test, "joe", false);
    struct user_login jane = try_password(test, "jane", PASSWORD);
    struct user_login again = try_password(test, "jane", PASSWORD);
    struct user_login joe = try_password(test, "joe", PASSWORD);
    const struct actor *actor = actor_of(test, &jane);
    struct text joes = actor_of(test, &joe)->session_id;
    struct text second = actor_of(test, &again)->session_id;
    test->actor = actor;
    assert_read(test, session_list_own(ctx, &sessions));
    assert_int_equal(sessions.len, 2);
    assert_kept(test, session_end(ctx, joes, &ended));
    assert_kept(test, session_end(ctx, second, &ended));
    assert_read(test, session_list_own(ctx, &sessions));
    assert_int_equal(sessions.len, 1);
    actor_of(test, &joe);
    assert_refused(test, ERR_UNAUTHENTICATED, "unauthorized",
                   token_authenticate(ctx, again.token->jwt, &actor));
}

static void a_program_gets_a_session_of_its_own(void **state)
{
    struct kernel_test *test = *state;
    struct envelope envelope;
    struct list sessions;
    const struct jose_key *key;
    struct text pem;
    make_user(test, "jane", false);
    struct user_login login = try_password(test, "jane", PASSWORD);
    assert_true(jose_key_generate(test->arena, JOSE_RS256, &key, &test->error));
    assert_true(jose_key_print_public_pem(key, test->arena, &pem, &test->error));
    test->actor = actor_of(test, &login);
    assert_kept(test, command_line_login(ctx, pem, &envelope));
    assert_read(test, session_list_own(ctx, &sessions));
    assert_int_equal(sessions.len, 2);
    assert_int_equal(LIST_ITEMS(&sessions, struct session)[0].expires_at,
                     LIST_ITEMS(&sessions, struct session)[1].expires_at);
    assert_int_equal(count_audit(test, "login.command_line", ""), 1);
    assert_refused(test, ERR_INVALID, "RSA public key",
                   command_line_login(ctx, TEXT("x"), &envelope));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM session"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(a_password_makes_an_actor),
        WITH_ACCOUNT(an_owner_may_do_everything),
        WITH_ACCOUNT(what_is_wrong_is_not_told),
        WITH_ACCOUNT(what_was_typed_is_not_kept),
        WITH_ACCOUNT(a_person_of_the_provider_becomes_a_user),
        WITH_ACCOUNT(a_name_that_is_taken_stays_its_owners),
        WITH_ACCOUNT(an_address_that_was_invited),
        WITH_ACCOUNT(an_invitation_to_an_address_ends_too),
        WITH_ACCOUNT(a_link_is_taken_up_with_the_provider),
        WITH_ACCOUNT(whom_a_policy_refuses_becomes_no_user),
        WITH_ACCOUNT(an_owner_comes_in_whatever_policies_say),
        WITH_ACCOUNT(who_is_switched_off_stays_out),
        WITH_ACCOUNT(ownership_that_github_takes_away_ends_in_every_session),
        WITH_ACCOUNT(sessions_are_listed_and_ended_by_their_own),
        WITH_ACCOUNT(a_program_gets_a_session_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
