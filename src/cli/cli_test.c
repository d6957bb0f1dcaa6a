/* Commands from argv to output, against a server that answers from a list. */
#include "cli/test_support.h"

#include <fcntl.h>
#include <sys/stat.h>

#define DATA(body) "{\"data\":{" body "}}"

static void usage(void **state)
{
    struct fake *fake = *state;
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "--key-file", "k", "stack", "list");
    assert_contains(fake->err, "gatehouse: options such as --key-file stand after the command");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "stackx");
    assert_contains(fake->err,
                    "gatehouse: there is no command \"stackx\"; did you mean \"stack\"?");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "run", "xtrigger", "x");
    assert_contains(fake->err, "did you mean \"run trigger\"?");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "run");
    assert_contains(fake->err, "run trigger");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "run", "trigger");
    assert_contains(fake->err, "gatehouse: run trigger needs STACK\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "completion", "csh");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "stack", "create", "Hello");
    assert_contains(fake->err, "needs --repository");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "key", "create", "ci", "--expires", "yesterday");
    assert_contains(fake->err, "no expiry");
}

static void explains_itself(void **state)
{
    struct fake *fake = *state;
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "--version");
    assert_string_equal(fake->out, "gatehouse " GATEHOUSE_VERSION "\n");
    for (size_t i = 0; command_table[i]; i++) {
        char name[32], *second;
        snprintf(name, sizeof name, "%s", command_table[i]->name);
        second = strchr(name, ' ');
        if (second)
            *second++ = 0;
        fake_forget(fake);
        if (second)
            FAKE_RUN_ALONE(fake, EXIT_CODE_OK, name, second, "--help");
        else
            FAKE_RUN_ALONE(fake, EXIT_CODE_OK, name, "--help");
        assert_contains(fake->out, command_table[i]->summary);
        assert_contains(fake->out, "--help");
    }
    static const char *const scripts[][2] = {
        {"completion", "bash"}, {"completion", "zsh"}, {"completion", "fish"}, {"help", "--man"}};
    for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
        fake_forget(fake);
        FAKE_RUN_ALONE(fake, EXIT_CODE_OK, scripts[i][0], scripts[i][1]);
        assert_contains(fake->out, "trigger");
        assert_contains(fake->out, i < 3 ? "" : "only plans");
    }
}

static void token(void **state)
{
    static const struct exchange good[] = {{"\"variables\":{\"id\":\"ID\",\"secret\":\"SECRET\"}",
                                            200, DATA("\"apiKeyUser\":{\"jwt\":\"a.b.c\"}")}};
    static const struct exchange unknown[] = {{NULL, 200, DATA("\"apiKeyUser\":null")}};
    static const struct exchange refused[] = {
        {NULL, 200, "{\"errors\":[{\"message\":\"unauthorized\"}],\"data\":null}"}};
    static const struct exchange status[] = {{NULL, 401, "unauthorized"}};
    static const struct exchange away[] = {{NULL, 0, NULL}};
    static const struct exchange foreign[] = {{NULL, 502, "<html>"}};
    struct fake *fake = *state;
    FAKE_RUN(fake, good, EXIT_CODE_OK, "token");
    assert_string_equal(fake->out, "a.b.c\n");
    assert_string_equal(fake->last_token, "");
    fake_forget(fake);
    FAKE_RUN(fake, good, EXIT_CODE_OK, "token", "--json");
    assert_string_equal(fake->out, "{\"jwt\":\"a.b.c\"}\n");
    fake_forget(fake);
    FAKE_RUN(fake, unknown, EXIT_CODE_UNAUTHORIZED, "token");
    fake_forget(fake);
    FAKE_RUN(fake, refused, EXIT_CODE_UNAUTHORIZED, "token");
    assert_string_equal(fake->err, "gatehouse: unauthorized\n");
    fake_forget(fake);
    FAKE_RUN(fake, status, EXIT_CODE_UNAUTHORIZED, "token");
    fake_forget(fake);
    FAKE_RUN(fake, away, EXIT_CODE_UNREACHABLE, "token");
    assert_string_equal(fake->err, "gatehouse: could not connect to the server\n");
    fake_forget(fake);
    FAKE_RUN(fake, foreign, EXIT_CODE_UNREACHABLE, "token");
    assert_contains(fake->err, "status 502");
}

static void write_text(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static void where_keys_come_from(void **state)
{
    static const struct exchange file[] = {
        {"\"id\":\"FILE\",\"secret\":\"a=b\"", 200, DATA("\"apiKeyUser\":{\"jwt\":\"t\"}")}};
    static const struct exchange spacelift[] = {
        {"\"id\":\"S\"", 200, DATA("\"apiKeyUser\":{\"jwt\":\"t\"}")}};
    struct fake *fake = *state;
    write_text("key", "# c\n[other]\napi_key_id = NO\n[credentials]\r\napi_key_id     = FILE\r\n"
                      "api_key_secret = a=b\n\ncredentials \"x\" {\n  token = \"z\"\n}\n");
    FAKE_RUN(fake, file, EXIT_CODE_OK, "token", "--key-file", "key");
    unsetenv("GATEHOUSE_API_KEY_SECRET");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "token");
    assert_contains(fake->err, "must be set together");
    unsetenv("GATEHOUSE_API_KEY_ID");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_UNAUTHORIZED, "token");
    assert_contains(fake->err, "there is no API key");
    assert_int_equal(mkdir("data", 0700), 0);
    assert_int_equal(rename("key", "data/admin.apikey"), 0);
    fake_forget(fake);
    FAKE_RUN(fake, file, EXIT_CODE_OK, "token");
    setenv("SPACELIFT_API_KEY_ID", "S", 1);
    setenv("SPACELIFT_API_KEY_SECRET", "T", 1);
    fake_forget(fake);
    FAKE_RUN(fake, spacelift, EXIT_CODE_OK, "token");
    unlink("data/admin.apikey");
    rmdir("data");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "token", "-k", "absent");
    assert_contains(fake->err, "absent cannot be opened");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "token", "-s", "ftp://x");
    assert_contains(fake->err, "no http or https URL");
}

static void ends_the_session_it_has_begun(void **state)
{
    static const struct exchange good[] = {EXCHANGE_TOKEN, {"stacks", 200, DATA("\"stacks\":[]")}};
    static const struct exchange refused[] = {
        EXCHANGE_TOKEN, {"stacks", 200, "{\"errors\":[{\"message\":\"unauthorized\"}]}"}};
    static const struct exchange gone[] = {EXCHANGE_TOKEN, {"stacks", 0, NULL}};
    static const struct exchange token[] = {EXCHANGE_TOKEN};
    struct fake *fake = *state;
    FAKE_RUN(fake, good, EXIT_CODE_OK, "stack", "list");
    assert_int_equal(fake->ended_sessions, 1);
    fake_forget(fake);
    FAKE_RUN(fake, refused, EXIT_CODE_UNAUTHORIZED, "stack", "list");
    assert_int_equal(fake->ended_sessions, 1);
    fake_forget(fake);
    FAKE_RUN(fake, gone, EXIT_CODE_UNREACHABLE, "stack", "list");
    assert_int_equal(fake->ended_sessions, 0);
    fake_forget(fake);
    FAKE_RUN(fake, token, EXIT_CODE_OK, "token");
    assert_int_equal(fake->ended_sessions, 0);
}

static void stacks(void **state)
{
    static const struct exchange list[] = {
        EXCHANGE_TOKEN,
        {"stacks", 200,
         DATA("\"stacks\":[{\"id\":\"hello\",\"name\":\"Na\\u001bme\",\"state\":\"FINISHED\","
              "\"branch\":\"main\",\"repository\":\"r\",\"space\":\"root\","
              "\"createdAt\":1800000000},"
              "{\"id\":\"b\",\"name\":\"B\",\"state\":null}]")}};
    static const struct exchange create[] = {
        EXCHANGE_TOKEN,
        {"\"input\":{\"name\":\"Hello\",\"provider\":\"RAW_GIT\",\"repository\":\"infra\","
         "\"repositoryURL\":\"https://example.com/a/infra.git\",\"branch\":\"main\","
         "\"administrative\":false,\"autodeploy\":true,\"projectRoot\":\"x\",\"labels\":[\"l\"],"
         "\"vendorConfig\":{\"ansible\":{\"playbook\":\"site.yml\"}}},"
         "\"manageState\":false,\"slug\":null",
         200, DATA("\"stackCreate\":{\"id\":\"hello\"}")}};
    static const struct exchange custom[] = {
        EXCHANGE_TOKEN,
        {"\"vendorConfig\":{\"custom\":{\"planCommand\":\"make plan\",\"applyCommand\":\"make\"}}}",
         200, DATA("\"stackCreate\":{\"id\":\"own\"}")}};
    struct fake *fake = *state;
    FAKE_RUN(fake, list, EXIT_CODE_OK, "stack", "list");
    assert_string_equal(fake->out, "hello\tNa?me\tFINISHED\tr\tmain\troot\t2027-01-15 08:00\n"
                                   "b\tB\t-\t-\t-\t-\t-\n");
    assert_string_equal(fake->last_token, "a.b.c");
    fake_forget(fake);
    FAKE_RUN(fake, list, EXIT_CODE_OK, "stack", "list", "--json");
    assert_contains(fake->out, "[{\"id\":\"hello\"");
    fake_forget(fake);
    FAKE_RUN(fake, create, EXIT_CODE_OK, "stack", "create", "Hello", "-r",
             "https://example.com/a/infra.git", "-v", "ansible", "--playbook", "site.yml", "-a",
             "-p", "x", "-l", "l");
    assert_string_equal(fake->out, "hello\n");
    fake_forget(fake);
    FAKE_RUN(fake, custom, EXIT_CODE_OK, "stack", "create", "Own", "-r", "/srv/git/own", "-v",
             "custom", "--plan-command", "make plan", "--apply-command", "make");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_USAGE, "stack", "create", "Own", "-r", "x", "-v", "custom");
    assert_contains(fake->err, "--plan-command");
}

static void keys(void **state)
{
    static const struct exchange create[] = {
        EXCHANGE_TOKEN,
        {"\"input\":{\"name\":\"ci\",\"teams\":[\"a\",\"b\"]}", 200,
         DATA("\"apiKeyCreate\":{\"id\":\"I\",\"name\":\"ci\",\"secret\":\"S\"}")}};
    static const struct exchange create_worker[] = {
        EXCHANGE_TOKEN,
        {"\"worker\":true", 200,
         DATA("\"apiKeyCreate\":{\"id\":\"I\",\"name\":\"ci\",\"secret\":\"S\"}")}};
    static const struct exchange list[] = {
        EXCHANGE_TOKEN,
        {"apiKeys", 200,
         DATA("\"apiKeys\":[{\"id\":\"I\",\"name\":\"ci\",\"type\":\"SECRET\","
              "\"admin\":true,\"createdAt\":1800000000,\"lastUsedAt\":null}]")}};
    static const struct exchange missing[] = {
        EXCHANGE_TOKEN,
        {"\"id\":\"I\"", 200, DATA("\"apiKeyDelete\":{\"id\":\"I\"}")},
        {"\"id\":\"J\"", 200, DATA("\"apiKeyDelete\":null")}};
    static const char key_file[] =
        "# API key: ci\n\n[credentials]\napi_key_id     = I\napi_key_secret = S\n";
    struct fake *fake = *state;
    FAKE_RUN(fake, create, EXIT_CODE_OK, "key", "create", "ci", "-g", "a", "-g", "b");
    assert_string_equal(fake->out, key_file);
    fake_forget(fake);
    FAKE_RUN(fake, create, EXIT_CODE_OK, "key", "create", "ci", "-g", "a", "-g", "b", "-o", "f");
    assert_string_equal(fake->out, "I\n");
    struct stat status;
    assert_int_equal(stat("f", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(status.st_size, sizeof key_file - 1);
    /* A file that is there may hold an older key: no new one is even asked for. */
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "key", "create", "ci", "-ga", "-gb", "-of");
    assert_string_equal(fake->out, "");
    assert_contains(fake->err, "cannot write f");
    unlink("f");
    fake_forget(fake);
    FAKE_RUN(fake, create_worker, EXIT_CODE_OK, "key", "create", "ci", "--worker");
    assert_string_equal(fake->out, key_file);
    fake_forget(fake);
    FAKE_RUN(fake, list, EXIT_CODE_OK, "key", "list");
    assert_string_equal(fake->out, "I\tci\tSECRET\t"
                                   "yes\t2027-01-15 08:00\t-\t-\n");
    fake_forget(fake);
    FAKE_RUN(fake, missing, EXIT_CODE_MISSING, "key", "delete", "I", "J");
    assert_string_equal(fake->err, "gatehouse: API key J not found\n");
}

static void run_decisions(void **state)
{
    static const struct exchange newest[] = {
        EXCHANGE_TOKEN,
        {"\"stack\":\"hello\"", 200,
         DATA("\"stack\":{\"runs\":[{\"id\":\"R2\"},{\"id\":\"R1\"}]}")},
        {"runConfirm(stack: $stack, run: $run, note: $note)", 200,
         DATA("\"runConfirm\":{\"id\":\"R2\",\"state\":\"CONFIRMED\"}")}};
    static const struct exchange no_stack[] = {EXCHANGE_TOKEN, {NULL, 200, DATA("\"stack\":null")}};
    static const struct exchange no_run[] = {EXCHANGE_TOKEN,
                                             {NULL, 200, DATA("\"stack\":{\"runs\":[]}")}};
    static const struct exchange stop[] = {
        EXCHANGE_TOKEN,
        {"\"run\":\"R1\",\"note\":\"enough\"", 200,
         "{\"errors\":[{\"message\":\"the run cannot be stopped\"}]}"}};
    struct fake *fake = *state;
    FAKE_RUN(fake, newest, EXIT_CODE_OK, "run", "confirm", "hello");
    assert_string_equal(fake->out, "run R2 of hello: CONFIRMED\n");
    fake_forget(fake);
    FAKE_RUN(fake, no_stack, EXIT_CODE_MISSING, "run", "discard", "hello");
    assert_string_equal(fake->err, "gatehouse: stack hello not found\n");
    fake_forget(fake);
    FAKE_RUN(fake, no_run, EXIT_CODE_MISSING, "run", "cancel", "hello");
    assert_string_equal(fake->err, "gatehouse: stack hello has no run yet\n");
    fake_forget(fake);
    FAKE_RUN(fake, stop, EXIT_CODE_FAILED, "run", "stop", "hello", "R1", "--note", "enough");
    assert_string_equal(fake->err, "gatehouse: the run cannot be stopped\n");
}

#define ENTRY(state, version, logs, terminal)                                                      \
    "{\"state\":\"" state "\",\"stateVersion\":" version                                           \
    ",\"timestamp\":1800000000,\"hasLogs\":" logs ",\"terminal\":" terminal                        \
    ",\"note\":null,\"username\":null}"
#define QUEUED   ENTRY("QUEUED", "1", "false", "false")
#define PLANNING ENTRY("PLANNING", "2", "true", "false")
#define WAITING  ENTRY("UNCONFIRMED", "3", "false", "false")
#define FINISHED ENTRY("FINISHED", "4", "false", "true")
#define FAILED   ENTRY("FAILED", "4", "false", "true")
#define RUN(more, history)                                                                         \
    DATA(                                                                                          \
        "\"stack\":{\"run\":{\"delta\":{\"addCount\":1,\"changeCount\":0,\"deleteCount\":2}," more \
        "\"history\":[" history "]}}")
#define LOGS(text, token, more, finished)                                                          \
    "\"logs\":{\"messages\":[{\"message\":\"" text "\"}],\"nextToken\":\"" token                   \
    "\",\"hasMore\":" more ",\"finished\":" finished "},"

static void follows_to_the_end(void **state)
{
    static const struct exchange exchanges[] = {
        EXCHANGE_TOKEN,
        {"\"logs\":false", 200, RUN("", QUEUED)},
        {"\"logs\":false", 200, RUN("", PLANNING "," QUEUED)},
        {"\"logs\":true,\"state\":\"PLANNING\",\"version\":2,\"token\":null", 200,
         RUN(LOGS("one\\n", "t1", "true", "false"), PLANNING "," QUEUED)},
        {"\"token\":\"t1\"", 200, RUN(LOGS("two", "t2", "false", "false"), PLANNING "," QUEUED)},
        {NULL, 0, NULL}, /* the server restarts */
        {"\"token\":\"t2\"", 200,
         RUN(LOGS(" three", "t3", "false", "false"), WAITING "," PLANNING "," QUEUED)},
        {"runConfirm", 200, DATA("\"runConfirm\":{\"state\":\"CONFIRMED\"}")},
        {"\"logs\":false", 200, RUN("", FINISHED "," WAITING "," PLANNING "," QUEUED)}};
    struct fake *fake = *state;
    fake->waits_left = 100;
    FAKE_RUN(fake, exchanges, EXIT_CODE_OK, "run", "follow", "hello", "R", "--auto-confirm");
    assert_string_equal(fake->out, "QUEUED            2027-01-15 08:00\n"
                                   "PLANNING          2027-01-15 08:00\n"
                                   "one\ntwo three\n"
                                   "UNCONFIRMED       2027-01-15 08:00\n"
                                   "  1 to add, 0 to change, 2 to delete\n"
                                   "run R of hello: CONFIRMED\n"
                                   "FINISHED          2027-01-15 08:00\n");
}

static void follows_from_confirmation(void **state)
{
    static const struct exchange exchanges[] = {
        EXCHANGE_TOKEN,
        {"runConfirm", 200, DATA("\"runConfirm\":{\"state\":\"CONFIRMED\"}")},
        {NULL, 200, RUN("", WAITING "," PLANNING "," QUEUED)},
        {"\"logs\":false", 200, RUN("", FINISHED "," WAITING "," PLANNING "," QUEUED)}};
    struct fake *fake = *state;
    fake->waits_left = 10;
    FAKE_RUN(fake, exchanges, EXIT_CODE_OK, "run", "confirm", "hello", "R", "--follow");
    assert_string_equal(fake->out,
                        "run R of hello: CONFIRMED\nFINISHED          2027-01-15 08:00\n");
}

static void follow_ends_otherwise(void **state)
{
    static const struct exchange failed[] = {EXCHANGE_TOKEN, {NULL, 200, RUN("", FAILED)}};
    static const struct exchange until[] = {EXCHANGE_TOKEN,
                                            {NULL, 200, RUN("", FINISHED "," WAITING "," QUEUED)}};
    static const struct exchange waiting[] = {
        EXCHANGE_TOKEN, {NULL, 200, RUN("", QUEUED)}, {NULL, 200, RUN("", QUEUED)}};
    static const struct exchange missing[] = {EXCHANGE_TOKEN,
                                              {NULL, 200, DATA("\"stack\":{\"run\":null}")}};
    static const struct exchange expired[] = {EXCHANGE_TOKEN,
                                              {NULL, 401, "unauthorized"},
                                              EXCHANGE_TOKEN,
                                              {NULL, 200, RUN("", FINISHED)}};
    struct fake *fake = *state;
    FAKE_RUN(fake, failed, EXIT_CODE_FAILED, "run", "follow", "hello", "R");
    fake_forget(fake);
    FAKE_RUN(fake, until, EXIT_CODE_OK, "run", "follow", "hello", "R", "-u", "UNCONFIRMED");
    assert_null(strstr(fake->out, "FINISHED"));
    fake_forget(fake);
    FAKE_RUN(fake, waiting, EXIT_CODE_INTERRUPTED, "run", "follow", "hello", "R");
    assert_string_equal(fake->err, "");
    fake_forget(fake);
    FAKE_RUN(fake, missing, EXIT_CODE_MISSING, "run", "follow", "hello", "R");
    assert_string_equal(fake->err, "gatehouse: run R of stack hello not found\n");
    fake_forget(fake);
    fake->waits_left = 10;
    FAKE_RUN(fake, expired, EXIT_CODE_OK, "run", "follow", "hello", "R");
}

static void triggers_and_logs(void **state)
{
    static const struct exchange trigger[] = {
        EXCHANGE_TOKEN,
        {"\"stack\":\"hello\",\"commitSha\":\"abc\",\"runType\":\"PROPOSED\"", 200,
         DATA("\"runTrigger\":{\"id\":\"R\",\"state\":\"QUEUED\"}")},
        {"\"run\":\"R\"", 200, RUN("", FINISHED "," QUEUED)}};
    static const struct exchange logs[] = {
        EXCHANGE_TOKEN,
        {"RunHistory", 200, RUN("", FINISHED "," WAITING "," PLANNING "," QUEUED)},
        {"\"token\":null", 200, RUN(LOGS("one\\n", "t1", "true", "false"), "")},
        {"\"token\":\"t1\"", 200,
         RUN(LOGS("\\u001b[1mtwo\\u001b[0m\\n", "t2", "false", "true"), "")}};
    struct fake *fake = *state;
    FAKE_RUN(fake, trigger, EXIT_CODE_OK, "run", "trigger", "hello", "-c", "abc", "-t", "proposed",
             "-f", "--json");
    assert_contains(fake->out,
                    "{\"id\":\"R\",\"state\":\"QUEUED\"}\n{\"state\":\"QUEUED\",\"entry\"");
    fake_forget(fake);
    FAKE_RUN(fake, logs, EXIT_CODE_OK, "run", "logs", "hello", "R");
    assert_string_equal(fake->out, "one\ntwo\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FAKE(ends_the_session_it_has_begun),
        WITH_FAKE(usage),
        WITH_FAKE(explains_itself),
        WITH_FAKE(token),
        WITH_FAKE(where_keys_come_from),
        WITH_FAKE(stacks),
        WITH_FAKE(keys),
        WITH_FAKE(run_decisions),
        WITH_FAKE(follows_to_the_end),
        WITH_FAKE(follows_from_confirmation),
        WITH_FAKE(follow_ends_otherwise),
        WITH_FAKE(triggers_and_logs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
