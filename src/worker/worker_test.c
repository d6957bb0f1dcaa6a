/* The worker against a server in the same process: whole jobs with real programs. */
#include "worker/worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "worker/testing.h"
#include "worker/testing_server.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct testing testing;
static struct testing_server server;
static struct transport transport;
static struct worker_options options;

static int set_up(void **state)
{
    UNUSED(state);
    testing_open(&testing, SANDBOX_PLAIN);
    testing_server_open(&server);
    transport = testing_server_transport(&server);
    options = (struct worker_options){.server = "test",
                                      .name = "tester",
                                      .folder = testing_path(&testing, "jobs"),
                                      .grace = 2 * CLOCK_SECOND,
                                      .transport = &transport};
    return 0;
}

static int tear_down(void **state)
{
    UNUSED(state);
    testing_server_close(&server);
    testing_close(&testing);
    return 0;
}

static void add_job(const char *repository, const char *members, int seconds)
{
    struct text run =
        text_format(testing.arena, "\"repository_url\":\"%s\",\"local_repositories\":true,%s",
                    repository, members);
    testing_server_add_job(&server, text_terminated(testing.arena, run), seconds);
}

/* Until so many results have come, or what the server misbehaves in has stopped the worker. */
static void work(unsigned results)
{
    server.stop_after_results = results;
    if (!worker_run(&options, &testing.error))
        fail_msg("%s", testing.error.message);
    DIR *folder = opendir(options.folder);
    size_t left = 0;
    while (folder && readdir(folder))
        left++;
    if (folder)
        closedir(folder);
    /* The folder's own two entries: no workspace stays behind. */
    assert_true(left == 0 || left == 2);
}

static const struct json *result(size_t index)
{
    struct text rest = buffer_text(&server.results);
    struct text line = TEXT("");
    const struct json *parsed = NULL;
    for (size_t i = 0; i <= index; i++) {
        if (!text_next_part(&rest, '\n', &line))
            fail_msg("there are only %zu results", i);
    }
    assert_true(json_parse(testing.arena, line, NULL, &parsed, &testing.error));
    return parsed;
}

static void assert_outcome(size_t index, const char *outcome)
{
    struct text given = json_get_text(result(index), "outcome");
    struct text error = json_get_text(result(index), "error");
    if (!text_equal_z(given, outcome))
        fail_msg("%.*s (%.*s)\n%.*s", TEXT_ARG(given), TEXT_ARG(error),
                 TEXT_ARG(text_slice(buffer_text(&server.log), 0, 600)));
}

static bool log_has(const char *part)
{
    return text_contains(buffer_text(&server.log), text_z(part));
}

static int64_t delta(size_t index, const char *name)
{
    return json_int64_or(json_get_z(json_get_z(result(index), "delta"), name), -1);
}

static void a_custom_run_from_plan_to_apply(void **state)
{
    UNUSED(state);
    const char *repository = testing_repository(&testing, "repository", "deep/file", "content");
    static const char members[] =
        "\"vendor\":\"custom\",\"type\":\"TRACKED\",\"branch\":\"main\",\"project_root\":\"deep\","
        "\"environment\":[{\"name\":\"KEY\",\"value\":\"hunter2\"},"
        "{\"name\":\"OPEN\",\"value\":\"shown\",\"secret\":false}],"
        "\"files\":[{\"path\":\"source/deep/mounted\",\"content\":\"bW91bnRlZCBmaWxl\"}],"
        "\"hooks\":{\"before_init\":[\"echo before $GATEHOUSE_RUN_ID\"],"
        "\"after_run\":[\"echo farewell\"]},"
        "\"vendor_config\":{\"commands\":{\"plan\":\"echo $KEY $OPEN; cat file mounted; "
        "echo planned > $GATEHOUSE_PLAN_FILE; exit 2\","
        "\"apply\":\"cat $GATEHOUSE_PLAN_FILE; echo '{\\\"url\\\":\\\"x\\\"}' > "
        "$GATEHOUSE_OUTPUTS_FILE\"}}";
    struct text plan = text_format(testing.arena, "%s,\"phase\":\"plan\"", members);
    struct text apply =
        text_format(testing.arena, "%s,\"phase\":\"apply\",\"has_artifact\":true", members);
    add_job(repository, text_terminated(testing.arena, plan), 60);
    add_job(repository, text_terminated(testing.arena, apply), 60);
    work(2);
    assert_outcome(0, "finished");
    assert_outcome(1, "finished");
    assert_true(json_bool_or(json_get_z(result(0), "has_changes"), false));
    assert_null(json_get_z(result(0), "outputs"));
    assert_int_equal(json_get_z(result(1), "outputs")->len, 1);
    assert_true(text_equal(buffer_text(&server.states),
                           TEXT("PREPARING INITIALIZING PLANNING PREPARING_APPLY APPLYING ")));
    assert_true(text_equal(server.artifact, TEXT("planned\n")));
    assert_true(text_contains(server.commit, TEXT("\"message\":\"First commit\"")));
    assert_true(log_has("**** shown"));
    assert_true(log_has("content\n****"));
    assert_true(log_has("before run1"));
    assert_true(log_has("farewell"));
    assert_false(log_has("hunter2"));
    assert_false(log_has("mounted file"));
}

static void terraform_from_a_repository(void **state)
{
    UNUSED(state);
    if (!process_find(testing.arena, "terraform", getenv("PATH")))
        skip();
    const char *repository = testing_repository(
        &testing, "repository", "main.tf",
        "variable \"word\" {}\n"
        "resource \"terraform_data\" \"one\" {\n  input = var.word\n}\n"
        "output \"word\" {\n  value = terraform_data.one.output\n}\n"
        "terraform {\n  backend \"local\" {\n    path = \"/nowhere/state\"\n  }\n}");
    /* The project's own backend cannot work here: the hook replaces it for both phases. */
    static const char members[] =
        "\"vendor\":\"terraform\",\"type\":\"TRACKED\","
        "\"environment\":[{\"name\":\"TF_VAR_word\",\"value\":\"hello\",\"secret\":false}],"
        "\"hooks\":{\"before_init\":[\"sed -i /nowhere/d main.tf\"]}";
    struct text plan = text_format(testing.arena, "%s,\"phase\":\"plan\"", members);
    struct text apply =
        text_format(testing.arena, "%s,\"phase\":\"apply\",\"has_artifact\":true", members);
    add_job(repository, text_terminated(testing.arena, plan), 60);
    add_job(repository, text_terminated(testing.arena, apply), 60);
    server.fail_every = 7;
    work(2);
    assert_outcome(0, "finished");
    assert_outcome(1, "finished");
    assert_int_equal(delta(0, "add"), 1);
    assert_int_equal(delta(1, "resources"), 1);
    assert_int_equal(json_get_z(result(1), "entities")->len, 1);
    assert_true(log_has("Plan: 1 to add, 0 to change, 0 to destroy."));
    assert_true(log_has("Apply complete! Resources: 1 added"));
}

static void failures_say_why(void **state)
{
    UNUSED(state);
    const char *repository = testing_repository(&testing, "repository", "file", "x");
    add_job(repository, "\"vendor\":\"abacus\",\"phase\":\"plan\"", 60);
    add_job(repository, "\"vendor\":\"custom\",\"phase\":\"plan\",\"branch\":\"absent\"", 60);
    add_job(repository, "\"vendor\":\"custom\",\"phase\":\"plan\",\"project_root\":\"none\"", 60);
    add_job(repository,
            "\"vendor\":\"custom\",\"phase\":\"plan\",\"hooks\":{\"before_plan\":[\"exit 9\"]}",
            60);
    add_job(repository,
            "\"vendor\":\"custom\",\"phase\":\"perform\",\"skip_init\":true,"
            "\"task_command\":\"ls; exit 4\"",
            60);
    add_job(repository, "\"vendor\":\"custom\",\"phase\":\"sing\"", 60);
    work(6);
    static const char *const reasons[] = {
        "this worker does not know the engine abacus", "git failed with exit status 128",
        "the project root \"none\" is not a folder of the repository",
        "the before_plan command failed with exit status 9",
        "the task command failed with exit status 4"};
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
        assert_outcome(i, "failed");
        assert_true(text_equal_z(json_get_text(result(i), "error"), reasons[i]));
        assert_true(log_has(reasons[i]));
    }
    assert_outcome(5, "failed");
}

#define ENDLESS                                                                                    \
    "\"vendor\":\"custom\",\"phase\":\"plan\",\"vendor_config\":{\"commands\":{\"plan\":\"echo "   \
    "up; exec sleep 100\"}},"                                                                      \
    "\"hooks\":{\"after_run\":[\"echo farewell\"]}"

static void a_stop_from_the_server(void **state)
{
    UNUSED(state);
    const char *repository = testing_repository(&testing, "repository", "file", "x");
    server.stop_in = "PLANNING";
    add_job(repository, ENDLESS, 2);
    work(1);
    assert_outcome(0, "stopped");
    assert_true(log_has("farewell"));
}

static void a_lost_lease_is_dropped(void **state)
{
    UNUSED(state);
    const char *repository = testing_repository(&testing, "repository", "file", "x");
    server.lose_in = "PLANNING";
    add_job(repository, ENDLESS, 2);
    add_job(repository,
            "\"vendor\":\"custom\",\"phase\":\"perform\",\"task_command\":\"echo next\"", 60);
    work(1);
    assert_outcome(0, "finished");
    assert_true(log_has("next"));
    assert_false(log_has("farewell"));
}

static void a_plan_is_handed_back_at_shutdown(void **state)
{
    UNUSED(state);
    const char *repository = testing_repository(&testing, "repository", "file", "x");
    server.shut_down_in = "PLANNING";
    add_job(repository, ENDLESS, 60);
    work(0);
    assert_int_equal(server.results.len, 0);
    assert_true(text_contains(server.release, TEXT("shutting down")));
}

static void other_phases_fail_at_shutdown(void **state)
{
    UNUSED(state);
    const char *repository = testing_repository(&testing, "repository", "file", "x");
    server.shut_down_in = "PERFORMING";
    add_job(repository,
            "\"vendor\":\"custom\",\"phase\":\"perform\",\"task_command\":\"exec sleep 100\"", 60);
    work(0);
    assert_outcome(0, "failed");
    assert_true(text_contains(json_get_text(result(0), "error"), TEXT("the worker was shut down")));
}

static void several_jobs_at_once(void **state)
{
    UNUSED(state);
    const char *repository = testing_repository(&testing, "repository", "file", "x");
    /* Each waits until the other is there. */
    for (int i = 0; i < 2; i++) {
        struct text job =
            text_format(testing.arena,
                        "\"vendor\":\"custom\",\"phase\":\"perform\",\"task_command\":"
                        "\"touch %s/here%d; until test -e %s/here%d; do sleep 0.05; done\"",
                        testing.folder, i, testing.folder, 1 - i);
        add_job(repository, text_terminated(testing.arena, job), 20);
    }
    options.concurrency = 2;
    options.sandbox = WORKER_SANDBOX_NONE;
    /* The log of this server knows one lease at a time; here only the results matter. */
    work(2);
    assert_outcome(0, "finished");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct log_options quiet = {.level = LOG_LEVEL_ERROR, .fd = STDERR_FILENO};
    log_configure(&quiet);
    const struct CMUnitTest tests[] = {
        CASE(a_custom_run_from_plan_to_apply),
        CASE(terraform_from_a_repository),
        CASE(failures_say_why),
        CASE(a_stop_from_the_server),
        CASE(a_lost_lease_is_dropped),
        CASE(a_plan_is_handed_back_at_shutdown),
        CASE(other_phases_fail_at_shutdown),
        CASE(several_jobs_at_once),
    };
    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
