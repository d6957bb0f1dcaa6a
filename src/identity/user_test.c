/* Users: who may invite, see and delete them, invitations and their end, passwords. */
#include "base/clock.h"
#include "identity/identity_test_support.h"
#include "identity/user_login.h"

#define PASSWORD "correct horse battery"

static struct user *invite(struct kernel_test *test, const char *name)
{
    struct user_invitation invitation = {.username = text_z(name)};
    struct user *user = NULL;
    assert_kept(test, user_invite(ctx, &invitation, &user));
    return user;
}

/* The secret in a link. */
static struct text secret_of(const struct user *user)
{
    size_t at = text_find(user->invitation_url, TEXT("?secret="), 0);
    return text_slice(user->invitation_url, at + 8, user->invitation_url.len);
}

static struct user *accept(struct kernel_test *test, const struct user *invited)
{
    struct user *user = NULL;
    assert_kept(test, user_accept_with_password(ctx, invited->id, secret_of(invited),
                                                TEXT(PASSWORD), &user));
    return user;
}

static bool opens(struct kernel_test *test, struct text id, struct text secret)
{
    struct user *user;
    assert_read(test, user_of_invitation(ctx, id, secret, &user));
    return user != NULL;
}

static int64_t count_audit(struct kernel_test *test, const char *action)
{
    return test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = '%s'", action);
}

static void an_invitation_is_a_link(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = invite(test, "  jane ");
    assert_text_is(user->username, "jane");
    assert_int_equal(user->status, USER_PENDING);
    assert_true(text_starts_with(user->invitation_url,
                                 text_format(test->arena, "%.*s/invitation/%.*s?secret=gth_",
                                             TEXT_ARG(test->account.url), TEXT_ARG(user->id))));
    assert_true(opens(test, user->id, secret_of(user)));
    assert_int_equal(count_audit(test, "user.invite"), 1);
    assert_false(test_database_holds(test, secret_of(user)));
}

static void it_is_shown_once(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = invite(test, "jane"), *found;
    assert_read(test, user_find(ctx, user->id, &found));
    assert_null(found->invitation_url.at);
}

static void it_opens_with_its_own_secret_alone(void **state)
{
    struct kernel_test *test = *state;
    struct user *jane = invite(test, "jane"), *joe = invite(test, "joe");
    assert_false(opens(test, jane->id, secret_of(joe)));
    assert_false(opens(test, TEXT("nobody"), secret_of(jane)));
    assert_false(opens(test, jane->id, TEXT("")));
    assert_false(opens(test, jane->id, text_slice(secret_of(jane), 0, 40)));
}

static void it_ends_after_a_day(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = invite(test, "jane"), *found;
    test->now += CLOCK_DAY - 1;
    assert_true(opens(test, user->id, secret_of(user)));
    test->now += 1;
    assert_false(opens(test, user->id, secret_of(user)));
    assert_read(test, user_find(ctx, user->id, &found));
    assert_int_equal(found->status, USER_EXPIRED);
    assert_string_equal(user_status_name(found->status), "EXPIRED");
}

static void a_new_link_ends_the_one_before(void **state)
{
    struct kernel_test *test = *state;
    struct user *first = invite(test, "jane"), *again;
    test->now += 2 * CLOCK_DAY;
    assert_kept(test, user_invite_again(ctx, first->id, &again));
    assert_false(opens(test, first->id, secret_of(first)));
    assert_true(opens(test, first->id, secret_of(again)));
    assert_int_equal(again->status, USER_PENDING);
}

static void it_works_once(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = invite(test, "jane");
    assert_int_equal(accept(test, user)->status, USER_ACTIVE);
    assert_false(opens(test, user->id, secret_of(user)));
    assert_null(accept(test, user));
    assert_refused(test, ERR_CONFLICT, "has accepted", user_invite_again(ctx, user->id, &user));
}

static void assert_not_invited(struct kernel_test *test, struct user_invitation invitation,
                               enum error_kind kind, const char *part)
{
    struct user *user;
    assert_refused(test, kind, part, user_invite(ctx, &invitation, &user));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM account_user WHERE username <> "
                                        "'jane'"),
                     0);
}

static void names_are_checked(void **state)
{
    struct kernel_test *test = *state;
    char long_name[402];
    memset(long_name, 'x', sizeof long_name);
    invite(test, "jane");
    assert_not_invited(test, (struct user_invitation){.username = TEXT("jane")}, ERR_CONFLICT,
                       "\"jane\" already");
    assert_not_invited(test, (struct user_invitation){.username = TEXT(" ")}, ERR_INVALID,
                       "needs a name");
    assert_not_invited(test, (struct user_invitation){.username = {long_name, 201}}, ERR_INVALID,
                       "200 bytes");
    assert_not_invited(test, (struct user_invitation){.username = TEXT("a\nb")}, ERR_INVALID,
                       "no text");
    assert_not_invited(test, (struct user_invitation){.username = TEXT("\xff")}, ERR_INVALID,
                       "no text");
    assert_not_invited(test,
                       (struct user_invitation){.username = TEXT("x"), .email = TEXT("nowhere")},
                       ERR_INVALID, "no @");
}

static void passwords_are_hashed(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = invite(test, "jane");
    accept(test, user);
    assert_false(test_database_holds(test, TEXT(PASSWORD)));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM account_user WHERE password_hash "
                                        "LIKE '$argon2id$%%'"),
                     1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE body LIKE "
                                        "'%%argon2%%'"),
                     0);
}

static void weak_passwords_are_refused(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = invite(test, "jane@example.com");
    assert_refused(test, ERR_INVALID, "at least 12",
                   user_set_password(ctx, user->id, TEXT("eleven char"), &user));
    assert_refused(test, ERR_INVALID, "at least 12",
                   user_set_password(ctx, user->id,
                                     TEXT("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"),
                                     &user));
    assert_refused(test, ERR_INVALID, "must not be the name",
                   user_set_password(ctx, user->id, TEXT("Jane@Example.COM"), &user));
    char *long_text = arena_alloc(test->arena, PASSWORD_MAX_BYTES + 1);
    memset(long_text, 'x', PASSWORD_MAX_BYTES + 1);
    assert_refused(
        test, ERR_INVALID, "at most 1024",
        user_set_password(ctx, user->id, (struct text){long_text, PASSWORD_MAX_BYTES + 1}, &user));
}

static void a_new_password_accepts_and_ends_sessions(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = invite(test, "jane");
    struct user_login login;
    const struct actor *actor;
    assert_kept(test, user_set_password(ctx, user->id, TEXT(PASSWORD), &user));
    assert_int_equal(user->status, USER_ACTIVE);
    assert_kept(test, user_login_by_password(ctx, TEXT("jane"), TEXT(PASSWORD), TEXT(""), &login));
    assert_read(test, token_authenticate(ctx, login.token->jwt, &actor));
    assert_kept(test, user_set_password(ctx, user->id, TEXT("another password"), &user));
    assert_refused(test, ERR_UNAUTHENTICATED, "unauthorized",
                   token_authenticate(ctx, login.token->jwt, &actor));
}

static void deleting_ends_everything(void **state)
{
    struct kernel_test *test = *state;
    struct access_rule rule = {.space_id = TEXT("root"), .level = ACCESS_LEVEL_READ};
    struct user_update update = {.sets_rules = true, .rules = &rule, .rules_count = 1};
    struct user *user = accept(test, invite(test, "jane"));
    struct user_login login;
    const struct actor *actor;
    assert_kept(test, user_update(ctx, user->id, &update, &user));
    assert_kept(test, user_login_by_password(ctx, TEXT("jane"), TEXT(PASSWORD), TEXT(""), &login));
    assert_kept(test, user_delete(ctx, user->id, &user));
    assert_text_is(user->username, "jane");
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding"), 0);
    assert_refused(test, ERR_UNAUTHENTICATED, "unauthorized",
                   token_authenticate(ctx, login.token->jwt, &actor));
    assert_kept(test, user_delete(ctx, user->id, &user));
    assert_null(user);
    invite(test, "jane");
}

static void switching_off_ends_sessions(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = accept(test, invite(test, "jane"));
    struct user_login login;
    const struct actor *actor;
    struct user_update off = {.sets_disabled = true, .is_disabled = true};
    struct user_update on = {.sets_disabled = true};
    assert_kept(test, user_login_by_password(ctx, TEXT("jane"), TEXT(PASSWORD), TEXT(""), &login));
    assert_kept(test, user_update(ctx, user->id, &off, &user));
    assert_int_equal(user->status, USER_INACTIVE);
    assert_refused(test, ERR_UNAUTHENTICATED, "unauthorized",
                   token_authenticate(ctx, login.token->jwt, &actor));
    assert_kept(test, user_update(ctx, user->id, &on, &user));
    assert_int_equal(user->status, USER_ACTIVE);
}

static void who_may_do_what(void **state)
{
    struct kernel_test *test = *state;
    struct user *user = invite(test, "jane");
    struct text id = user->id;
    struct user_invitation joe = {.username = TEXT("joe")};
    struct user_update update = {0};
    struct list users;
    test_add_space(test, "team", "root");
    test->actor = test_actor(test, "team-admin", ACTION_SPACE_ADMIN, "team");
    assert_read(test, user_list(ctx, &users));
    assert_int_equal(users.len, 1);
    assert_refused(test, ERR_DENIED, "unauthorized", user_invite(ctx, &joe, &user));
    assert_refused(test, ERR_DENIED, "unauthorized", user_delete(ctx, id, &user));
    assert_refused(test, ERR_DENIED, "unauthorized", user_update(ctx, id, &update, &user));
    assert_refused(test, ERR_DENIED, "unauthorized",
                   user_set_password(ctx, id, TEXT(PASSWORD), &user));
    test->actor = test_actor(test, "reader", ACTION_SPACE_READ, "root");
    assert_read(test, user_list(ctx, &users));
    assert_int_equal(users.len, 0);
    assert_read(test, user_find(ctx, id, &user));
    assert_null(user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(an_invitation_is_a_link),
        WITH_ACCOUNT(it_is_shown_once),
        WITH_ACCOUNT(it_opens_with_its_own_secret_alone),
        WITH_ACCOUNT(it_ends_after_a_day),
        WITH_ACCOUNT(a_new_link_ends_the_one_before),
        WITH_ACCOUNT(it_works_once),
        WITH_ACCOUNT(names_are_checked),
        WITH_ACCOUNT(passwords_are_hashed),
        WITH_ACCOUNT(weak_passwords_are_refused),
        WITH_ACCOUNT(a_new_password_accepts_and_ends_sessions),
        WITH_ACCOUNT(deleting_ends_everything),
        WITH_ACCOUNT(switching_off_ends_sessions),
        WITH_ACCOUNT(who_may_do_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
