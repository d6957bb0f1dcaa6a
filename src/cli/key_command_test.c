/* The commands about API keys and sessions, against a server that answers from a list. */
#include "cli/test_support.h"

#define DATA(body) "{\"data\":{" body "}}"

static void a_key_that_trusts_an_issuer_is_created(void **state)
{
    static const struct exchange create[] = {
        EXCHANGE_TOKEN,
        {"\"accessRules\":[{\"space\":\"web\",\"spaceAccessLevel\":\"WRITE\"}],\"oidc\":{"
         "\"issuer\":"
         "\"https://issuer.example\",\"clientId\":\"me\",\"subjectExpression\":\"repo:a/b:.*\","
         "\"claimMappings\":{\"entries\":[{\"name\":\"groups_direct\",\"value\":\"groups\"}]},"
         "\"conditions\":[{\"claim\":\"environment\",\"equals\":\"production\"},{\"claim\":"
         "\"event\",\"oneOf\":[\"push\",\"web\"]},{\"claim\":\"ref\",\"expression\":\"a=.*\"}]}",
         200,
         DATA("\"apiKeyCreate\":{\"id\":\"K\",\"name\":\"n\",\"secret\":null,\"oidcSettings\":{"
              "\"warnings\":[\"too loose\"]}}")}};
    struct fake *fake = *state;
    FAKE_RUN(fake, create, EXIT_CODE_OK, "key", "create", "n", "--oidc-issuer",
             "https://issuer.example", "--oidc-audience", "me", "--oidc-subject", "repo:a/b:.*",
             "--condition", "environment=production", "--condition", "event=push|web",
             "--condition", "ref~a=.*", "--groups-claim", "groups_direct", "--access", "web:write");
    assert_string_equal(fake->out, "# API key: n\n\n[credentials]\napi_key_id     = K\n");
    assert_string_equal(fake->err, "gatehouse: warning: too loose\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "key", "create", "n", "--oidc-issuer", "https://a");
    assert_contains(fake->err, "go together");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "key", "create", "n", "--oidc-issuer", "https://a",
                   "--oidc-audience", "a", "--oidc-subject", "b", "--condition", "odd");
    assert_contains(fake->err, "--condition odd: expected NAME=VALUE");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "key", "create", "n", "--access", "web");
    assert_contains(fake->err, "--access web: expected SPACE:LEVEL");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "key", "create", "n", "--access", "web:rw");
    assert_contains(fake->err, "--access web:rw: expected SPACE:LEVEL, with read, write or admin");
}

static void a_secret_is_replaced(void **state)
{
    static const struct exchange reset[] = {
        EXCHANGE_TOKEN,
        {"\"variables\":{\"id\":\"K\",\"grace\":86400}", 200,
         DATA("\"apiKeyReset\":{\"id\":\"K\",\"name\":\"n\",\"secret\":\"S\"}")}};
    static const struct exchange revoke[] = {
        EXCHANGE_TOKEN,
        {"apiKeyRevokePreviousSecret", 200, DATA("\"apiKeyRevokePreviousSecret\":{\"id\":\"K\"}")}};
    struct fake *fake = *state;
    FAKE_RUN(fake, reset, EXIT_CODE_OK, "key", "reset", "K", "--grace", "24h");
    assert_contains(fake->out, "api_key_secret = S\n");
    fake_forget(fake);
    FAKE_RUN(fake, revoke, EXIT_CODE_OK, "key", "reset", "K", "--revoke-previous");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "key", "reset", "K", "--grace", "soon");
    assert_contains(fake->err, "--grace soon");
}

static void a_key_is_changed_and_shown(void **state)
{
    static const struct exchange update[] = {
        EXCHANGE_TOKEN,
        {"\"input\":{\"name\":\"new\",\"teams\":[\"a\",\"b\"]}", 200,
         DATA("\"apiKeyUpdate\":{\"id\":\"K\"}")}};
    static const struct exchange empty[] = {
        EXCHANGE_TOKEN, {"\"input\":{\"teams\":[]}", 200, DATA("\"apiKeyUpdate\":{\"id\":\"K\"}")}};
    static const struct exchange show[] = {
        EXCHANGE_TOKEN,
        {"ApiKey", 200,
         DATA("\"apiKey\":{\"id\":\"K\",\"name\":\"n\",\"type\":\"OIDC\",\"teams\":[\"a\",\"b\"],"
              "\"createdAt\":1800000000,\"oidcSettings\":{\"issuer\":\"https://i\",\"clientId\":"
              "\"me\",\"subjectExpression\":\".*\",\"conditions\":[{\"claim\":\"ref\",\"rule\":"
              "\"ONE_OF\",\"values\":[\"x\",\"y\"]}],\"claimMapping\":{\"entries\":[{\"name\":"
              "\"teams\",\"value\":\"groups\"}]},\"warnings\":[\"too loose\"]},"
              "\"accessRules\":[{\"space\":\"root\",\"spaceAccessLevel\":\"READ\"}]}")}};
    static const struct exchange none[] = {EXCHANGE_TOKEN, {NULL, 200, DATA("\"apiKey\":null")}};
    struct fake *fake = *state;
    FAKE_RUN(fake, update, EXIT_CODE_OK, "key", "update", "K", "--name", "new", "--group", "a",
             "--group", "b");
    fake_forget(fake);
    FAKE_RUN(fake, empty, EXIT_CODE_OK, "key", "update", "K", "--no-groups");
    fake_forget(fake);
    FAKE_RUN(fake, show, EXIT_CODE_OK, "key", "show", "K");
    assert_contains(fake->out, "Groups            a, b\n");
    assert_contains(fake->out, "Made              2027-01-15 08:00\n");
    assert_contains(fake->out, "Condition         ref one_of x, y\n");
    assert_contains(fake->out, "Claim             teams gives groups\n");
    assert_contains(fake->out, "Access            READ in root\n");
    assert_contains(fake->out, "Warning           too loose\n");
    fake_forget(fake);
    FAKE_RUN(fake, none, EXIT_CODE_MISSING, "key", "show", "K");
    assert_contains(fake->err, "API key K not found");
}

static void sessions_are_listed_and_ended(void **state)
{
    static const struct exchange list[] = {
        EXCHANGE_TOKEN,
        {"Sessions", 200,
         DATA("\"sessions\":[{\"id\":\"S\",\"actorId\":\"K\",\"actorName\":\"n\",\"method\":"
              "\"SECRET\",\"createdAt\":1800000000,\"createdFrom\":\"::1\",\"expiresAt\":"
              "1800000000,\"current\":true}]")}};
    static const struct exchange end[] = {
        EXCHANGE_TOKEN,
        {"\"id\":\"S\"", 200, DATA("\"sessionDelete\":{\"id\":\"S\"}")},
        {"\"id\":\"T\"", 200, DATA("\"sessionDelete\":null")}};
    static const struct exchange all[] = {EXCHANGE_TOKEN,
                                          {"\"actor\":\"K\"", 200, DATA("\"sessionDeleteAll\":3")}};
    struct fake *fake = *state;
    FAKE_RUN(fake, list, EXIT_CODE_OK, "session", "list");
    assert_string_equal(fake->out, "S\tn\tK\tSECRET\t2027-01-15 08:00\t::1\t2027-01-15 08:00\n");
    fake_forget(fake);
    FAKE_RUN(fake, end, EXIT_CODE_MISSING, "session", "end", "S", "T");
    assert_contains(fake->err, "session T not found");
    fake_forget(fake);
    FAKE_RUN(fake, all, EXIT_CODE_OK, "session", "end", "--all-of", "K", "--json");
    assert_string_equal(fake->out, "3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FAKE(a_key_that_trusts_an_issuer_is_created),
        WITH_FAKE(a_secret_is_replaced),
        WITH_FAKE(a_key_is_changed_and_shown),
        WITH_FAKE(sessions_are_listed_and_ended),
    };
    return cmocka_run_group_tests_name("key_command", tests, NULL, NULL);
}
