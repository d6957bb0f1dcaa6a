/* The commands about rights, spaces and roles, against a server that answers from a list. */
#include "cli/test_support.h"

#define DATA(body) "{\"data\":{" body "}}"

static void explain_says_why(void **state)
{
    static const struct exchange allowed[] = {
        EXCHANGE_TOKEN,
        {"{\"input\":{\"action\":\"RUN_TRIGGER\",\"object\":\"web\",\"objectType\":\"STACK\","
         "\"actor\":\"jane\"}}",
         200,
         DATA("\"explain\":{\"allowed\":true,\"reason\":\"allowed: it has it\",\"nearest\":[]}")}};
    static const struct exchange refused[] = {
        EXCHANGE_TOKEN,
        {"\"objectType\":\"SPACE\"}}", 200,
         DATA("\"explain\":{\"allowed\":false,\"reason\":\"not allowed\",\"nearest\":["
              "{\"sentence\":\"a role would do\"}]}")}};
    static const struct exchange request[] = {
        EXCHANGE_TOKEN,
        {"{\"input\":{\"requestId\":\"R\"}}", 200, DATA("\"explain\":{\"allowed\":false}")}};
    struct fake *fake = *state;
    FAKE_RUN(fake, allowed, EXIT_CODE_OK, "access", "explain", "run:trigger", "web", "--type",
             "stack", "--actor", "jane");
    assert_string_equal(fake->out, "allowed: it has it\n");
    fake_forget(fake);
    FAKE_RUN(fake, refused, EXIT_CODE_FAILED, "access", "explain", "RUN_TRIGGER", "team");
    assert_string_equal(fake->out, "not allowed\n  - a role would do\n");
    fake_forget(fake);
    FAKE_RUN(fake, request, EXIT_CODE_FAILED, "access", "explain", "--request", "R", "--json");
    assert_string_equal(fake->out, "{\"allowed\":false}\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "access", "explain", "run:fly", "team");
    assert_contains(fake->err, "there is no action \"run:fly\"");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "access", "explain", "run:trigger");
    assert_contains(fake->err, "name an action and a thing, or --request");
}

static void roles_are_bound_to_each_type_of_subject(void **state)
{
    static const struct {
        const char *type;
        struct exchange exchanges[2];
    } subjects[] = {
#define SUBJECT(type, kind, id)                                                                    \
    {                                                                                              \
        type,                                                                                      \
        {                                                                                          \
            EXCHANGE_TOKEN,                                                                        \
            {                                                                                      \
                kind "RoleBindingCreate(input: $input) { id } }\",\"variables\":{\"input\":{\"" id \
                     "\":\"it\",\"roleID\":\"space-writer\",\"spaceID\":\"team\"}}",               \
                    200, DATA("\"binding\":{\"id\":\"B\"}")                                        \
            }                                                                                      \
        }                                                                                          \
    }
        SUBJECT("key", "apiKey", "apiKeyID"),
        SUBJECT("group", "userGroup", "userGroupID"),
        SUBJECT("stack", "stack", "stackID"),
#undef SUBJECT
    };
    struct fake *fake = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(subjects); i++) {
        FAKE_RUN(fake, subjects[i].exchanges, EXIT_CODE_OK, "role", "bind", "it", "space-writer",
                 "--space", "team", "--type", subjects[i].type);
        assert_string_equal(fake->out, "B\n");
        fake_forget(fake);
    }
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "role", "bind", "it", "space-writer", "--type", "robot");
}

#define USERS                                                                                      \
    {                                                                                              \
        "managedUsers", 200,                                                                       \
            DATA("\"managedUsers\":[{\"id\":\"01M81VTWC660PN2ZHX8NK72WXM\",\"username\":\"jane\"}" \
                 "]")                                                                              \
    }

/* By name; who may not list users still has the id. */
static void a_user_is_bound_by_name_or_id(void **state)
{
    static const struct exchange bound = {"{\"input\":{\"userID\":\"01M81VTWC660PN2ZHX8NK72WXM\",",
                                          200, DATA("\"binding\":{\"id\":\"B\"}")};
    const struct exchange by_name[] = {EXCHANGE_TOKEN, USERS, bound};
    const struct exchange by_id[] = {EXCHANGE_TOKEN, bound};
    const struct exchange nobody[] = {EXCHANGE_TOKEN, USERS};
    struct fake *fake = *state;
    FAKE_RUN(fake, by_name, EXIT_CODE_OK, "role", "bind", "jane", "crew", "--type", "user");
    assert_string_equal(fake->out, "B\n");
    fake_forget(fake);
    FAKE_RUN(fake, by_id, EXIT_CODE_OK, "role", "bind", "01M81VTWC660PN2ZHX8NK72WXM", "crew",
             "--type", "user");
    fake_forget(fake);
    FAKE_RUN(fake, nobody, EXIT_CODE_MISSING, "role", "bind", "joe", "crew", "--type", "user");
    assert_string_equal(fake->err, "gatehouse: user \"joe\" not found\n");
}

static void grants_are_given_listed_and_taken_away(void **state)
{
    static const struct exchange give[] = {
        EXCHANGE_TOKEN,
        USERS,
        {"\"subject\":\"01M81VTWC660PN2ZHX8NK72WXM\",\"subjectType\":\"USER\",\"role\":\"space-"
         "admin\",\"space\":"
         "\"team\",\"durationSeconds\":",
         200, DATA("\"accessGrant\":{\"id\":\"G\",\"expiresAt\":1800000000}")}};
    static const struct exchange list[] = {
        EXCHANGE_TOKEN,
        {"AccessGrants", 200,
         DATA("\"accessGrants\":[{\"id\":\"G\",\"subject\":\"jane\",\"role\":{\"slug\":"
              "\"space-admin\"},\"spaceID\":\"team\",\"expiresAt\":1800000000,\"createdBy\":"
              "\"boss\",\"reason\":\"fire\"}]")}};
    static const struct exchange take[] = {
        EXCHANGE_TOKEN,
        {"\"id\":\"G\"", 200, DATA("\"accessRevoke\":{\"id\":\"G\"}")},
        {"\"id\":\"H\"", 200, DATA("\"accessRevoke\":null")}};
    struct fake *fake = *state;
    FAKE_RUN(fake, give, EXIT_CODE_OK, "access", "grant", "jane", "space-admin", "--type", "user",
             "--space", "team", "--for", "2h", "--reason", "fire");
    assert_string_equal(fake->out, "G\n");
    fake_forget(fake);
    FAKE_RUN(fake, list, EXIT_CODE_OK, "access", "list");
    assert_string_equal(fake->out, "G\tjane\tspace-admin\tteam\t2027-01-15 08:00\tboss\tfire\n");
    fake_forget(fake);
    FAKE_RUN(fake, take, EXIT_CODE_MISSING, "access", "revoke", "G", "H");
    assert_string_equal(fake->err, "gatehouse: grant H not found\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "access", "grant", "jane", "space-admin", "--for", "2h");
    assert_contains(fake->err, "access grant needs --reason");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "access", "grant", "jane", "space-admin", "-r", "x");
    assert_contains(fake->err, "access grant needs --for");
}

static void roles_and_spaces_are_listed(void **state)
{
    static const struct exchange roles[] = {
        EXCHANGE_TOKEN,
        {"Roles", 200,
         DATA("\"roles\":[{\"slug\":\"crew\",\"name\":\"Crew\",\"isSystem\":false,\"actions\":["
              "\"RUN_TRIGGER\"],\"roleBindingsCount\":3,\"description\":\"\"}]")}};
    static const struct exchange spaces[] = {
        EXCHANGE_TOKEN,
        {"Spaces", 200,
         DATA("\"spaces\":[{\"id\":\"team\",\"name\":\"Team\",\"parentSpace\":\"root\","
              "\"inheritEntities\":true,\"accessLevel\":\"READ\",\"description\":\"ours\"}]")}};
    static const struct exchange made[] = {
        EXCHANGE_TOKEN,
        {"{\"input\":{\"name\":\"Team\",\"parentSpace\":\"root\",\"description\":\"\","
         "\"inheritEntities\":true,\"labels\":[\"a\",\"b\"]}}",
         200, DATA("\"spaceCreate\":{\"id\":\"team-1\"}")}};
    struct fake *fake = *state;
    FAKE_RUN(fake, roles, EXIT_CODE_OK, "role", "list");
    assert_string_equal(fake->out, "crew\tCrew\tno\t1\t3\t-\n");
    fake_forget(fake);
    FAKE_RUN(fake, spaces, EXIT_CODE_OK, "space", "list");
    assert_string_equal(fake->out, "team\tTeam\troot\t"
                                   "yes\t"
                                   "READ\tours\n");
    fake_forget(fake);
    FAKE_RUN(fake, made, EXIT_CODE_OK, "space", "create", "Team", "--inherit", "--label", "a",
             "--label", "b");
    assert_string_equal(fake->out, "team-1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FAKE(explain_says_why),
        WITH_FAKE(roles_are_bound_to_each_type_of_subject),
        WITH_FAKE(a_user_is_bound_by_name_or_id),
        WITH_FAKE(grants_are_given_listed_and_taken_away),
        WITH_FAKE(roles_and_spaces_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
