/* The commands about policies on the server, against a server that answers from a list. */
#include "cli/test_support.h"

#include <unistd.h>

#define DATA(body) "{\"data\":{" body "}}"

/* A policy on disk; the path lives until the next call. */
static char *write_policy(const char *body)
{
    static char path[] = "/tmp/gatehouse-policy-XXXXXX";
    memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, body, strlen(body)) == (ssize_t)strlen(body));
    close(file);
    return path;
}

static void policies_are_created_changed_listed_and_deleted(void **state)
{
    static const struct exchange create[] = {
        EXCHANGE_TOKEN,
        {"{\"input\":{\"name\":\"only ci\",\"body\":\"package spacelift\\nallow { true "
         "}\",\"engineType\":\"REGO_V0\",\"type\":\"LOGIN\",\"labels\":[]}}",
         200, DATA("\"policyCreatev2\":{\"id\":\"only-ci\"}")}};
    static const struct exchange create_plan[] = {
        EXCHANGE_TOKEN,
        {"\"engineType\":\"REGO_V1\",\"type\":\"PLAN\",\"space\":\"prod\",\"description\":\"x\","
         "\"labels\":[\"a\",\"b\"]}}",
         200, DATA("\"policyCreatev2\":{\"id\":\"plan\"}")}};
    static const struct exchange update[] = {
        EXCHANGE_TOKEN,
        {"\"id\":\"only-ci\"", 200,
         DATA("\"policy\":{\"name\":\"Only CI\",\"description\":null,\"labels\":[\"a\"]}")},
        {"\"engineType\":\"REGO_V0\",\"name\":\"Only CI\",\"description\":null,\"labels\":[\"a\"]",
         200, DATA("\"policyUpdatev2\":{\"id\":\"only-ci\",\"type\":\"LOGIN\"}")}};
    static const struct exchange missing[] = {EXCHANGE_TOKEN,
                                              {"\"id\":\"nowhere\"", 200, DATA("\"policy\":null")}};
    static const struct exchange list[] = {
        EXCHANGE_TOKEN,
        {"Policies", 200,
         DATA("\"policies\":[{\"id\":\"only-ci\",\"name\":\"Only CI\",\"type\":\"LOGIN\","
              "\"engineType\":\"REGO_V0\",\"space\":\"root\",\"updatedAt\":1800000000,"
              "\"description\":null}]")}};
    static const struct exchange delete[] = {
        EXCHANGE_TOKEN,
        {"\"id\":\"only-ci\"", 200, DATA("\"policyDelete\":{\"id\":\"only-ci\"}")},
        {"\"id\":\"gone\"", 200, DATA("\"policyDelete\":null")}};
    struct fake *fake = *state;
    char *path = write_policy("package spacelift\nallow { true }");
    FAKE_RUN(fake, create, EXIT_CODE_OK, "policy", "create", "only ci", path);
    assert_string_equal(fake->out, "only-ci\n");
    fake_forget(fake);
    FAKE_RUN(fake, update, EXIT_CODE_OK, "policy", "update", "only-ci", path);
    fake_forget(fake);
    FAKE_RUN(fake, missing, EXIT_CODE_MISSING, "policy", "update", "nowhere", path);
    assert_string_equal(fake->err, "gatehouse: policy nowhere not found\n");
    fake_forget(fake);
    unlink(path);
    path = write_policy("package spacelift\ndeny contains \"x\" if true");
    FAKE_RUN(fake, create_plan, EXIT_CODE_OK, "policy", "create", "plan", path, "--type", "plan",
             "-s", "prod", "-d", "x", "-l", "a", "-l", "b");
    fake_forget(fake);
    unlink(path);
    FAKE_RUN(fake, list, EXIT_CODE_OK, "policy", "list");
    assert_string_equal(fake->out, "only-ci\tOnly CI\tLOGIN\tREGO_V0\troot\t2027-01-15 08:00\t-\n");
    fake_forget(fake);
    FAKE_RUN(fake, delete, EXIT_CODE_MISSING, "policy", "delete", "only-ci", "gone");
    assert_string_equal(fake->err, "gatehouse: policy gone not found\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "policy", "create", "x", "/nowhere/x.rego");
    assert_contains(fake->err, "/nowhere/x.rego: No such file");
}

static void a_rehearsal_is_a_line_for_each_change(void **state)
{
    static const struct exchange rehearse[] = {
        EXCHANGE_TOKEN,
        {"\"engine\":\"REGO_V0\",\"replaces\":\"only-ci\",\"limit\":20}", 200,
         DATA("\"policyRehearse\":{\"replayed\":5,\"unchanged\":2,\"changes\":[{\"login\":\"ci\","
              "\"actorKind\":\"API_KEY\",\"logins\":3,\"allowedBefore\":true,\"allowedAfter\":"
              "false,\"adminBefore\":false,\"adminAfter\":true,\"reasonAfter\":\"policy x, line 2: "
              "deny\",\"gained\":[{\"space\":\"prod\",\"role\":\"deployer\"}],\"lost\":[{"
              "\"space\":\"root\",\"role\":\"space-reader\"}]}]}")}};
    static const struct exchange json[] = {
        EXCHANGE_TOKEN,
        {"\"replaces\":null,\"limit\":500}", 200, DATA("\"policyRehearse\":{\"replayed\":0}")}};
    struct fake *fake = *state;
    char *path = write_policy("package spacelift\ndeny { true }");
    FAKE_RUN(fake, rehearse, EXIT_CODE_OK, "policy", "rehearse", path, "--replaces", "only-ci",
             "-n", "20");
    assert_string_equal(fake->out, "ci\tAPI_KEY\t3\t-login +admin +prod/deployer "
                                   "-root/space-reader\tpolicy x, line 2: deny\n");
    fake_forget(fake);
    FAKE_RUN(fake, json, EXIT_CODE_OK, "policy", "rehearse", path, "--json");
    assert_string_equal(fake->out, "{\"replayed\":0}\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "policy", "rehearse", path, "--limit", "many");
    assert_contains(fake->err, "--limit wants a number, not \"many\"");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FAKE(policies_are_created_changed_listed_and_deleted),
        WITH_FAKE(a_rehearsal_is_a_line_for_each_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
