/* Jobs: what is read from a lease's answer, and what is refused. */
#include "worker/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct error error;
static struct job job;

static int set_up(void **state)
{
    UNUSED(state);
    arena = arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static bool parse(const char *source)
{
    const struct json *answer = NULL;
    error_clear(&error);
    assert_true(json_parse(arena, text_z(source), NULL, &answer, &error));
    return job_parse(arena, answer, &job, &error);
}

#define RUN_START                                                                                  \
    "{\"lease\":\"L\",\"expires_in\":60,\"run\":{\"id\":\"R\",\"stack\":\"s\",\"vendor\":"         \
    "\"custom\","
#define REPOSITORY "\"repository_url\":\"https://example.com/x.git\""

static void everything_is_read(void **state)
{
    UNUSED(state);
    assert_true(parse(
        RUN_START REPOSITORY
        ",\"phase\":\"apply\",\"type\":\"TRACKED\",\"branch\":\"main\",\"commit\":null,"
        "\"repository_credential\":{\"username\":\"u\",\"password\":\"p\"},"
        "\"local_repositories\":true,\"project_root\":\"a/b\","
        "\"vendor_config\":{\"version\":\"1\"},"
        "\"environment\":[{\"name\":\"A\",\"value\":\"1\",\"secret\":false},{\"name\":\"B\"}],"
        "\"files\":[{\"path\":\"x\",\"content\":\"aGk=\"}],"
        "\"hooks\":{\"before_init\":[\"one\",\"two\"],\"after_run\":[\"three\"]},"
        "\"targets\":[\"t\"],\"replace\":[],\"state\":{\"address\":\"https://s\"},"
        "\"skip_init\":true,\"has_artifact\":true}}"));
    assert_true(job.expires_in == 60000000);
    assert_int_equal(job.phase, JOB_APPLY);
    assert_true(text_equal(job.repository_password, TEXT("p")));
    assert_int_equal(job.commit.len, 0);
    assert_true(job.local_repositories && job.skip_init && job.has_artifact);
    assert_int_equal(job.variable_count, 2);
    assert_false(job.variables[0].secret);
    assert_true(job.variables[1].secret);
    assert_true(text_equal(job.files[0].content, TEXT("hi")));
    assert_int_equal(job.hooks[HOOK_BEFORE_INIT].len, 2);
    assert_true(text_equal(job.hooks[HOOK_AFTER_RUN].items[0], TEXT("three")));
    assert_int_equal(job.hooks[HOOK_AFTER_PLAN].len, 0);
    assert_int_equal(job.targets.len, 1);
    assert_true(text_equal(job.state.address, TEXT("https://s")));
}

static void little_is_needed(void **state)
{
    UNUSED(state);
    assert_true(parse(RUN_START REPOSITORY ",\"phase\":\"plan\"}}"));
    assert_int_equal(job.variable_count + job.file_count + job.targets.len, 0);
    assert_null(job.vendor_config);
    assert_int_equal(job.state.address.len, 0);
}

static void what_is_wrong_is_named(void **state)
{
    UNUSED(state);
    static const char *const cases[][2] = {
        {"{}", "run"},
        {"{\"run\":{}}", "expires_in"},
        {"{\"run\":{},\"expires_in\":90000}", "expires_in"},
        {"{\"run\":{},\"expires_in\":60}", "lease"},
        {RUN_START "\"phase\":\"plan\"}}", "repository_url"},
        {RUN_START REPOSITORY ",\"phase\":\"sing\"}}", "phase"},
        {RUN_START REPOSITORY ",\"phase\":\"plan\",\"branch\":7}}", "branch"},
        {RUN_START REPOSITORY ",\"phase\":\"plan\",\"environment\":{}}}", "environment"},
        {RUN_START REPOSITORY ",\"phase\":\"plan\",\"environment\":[{}]}}", "name"},
        {RUN_START REPOSITORY ",\"phase\":\"plan\",\"hooks\":{\"after_run\":[1]}}}", "after_run"},
        {RUN_START REPOSITORY
         ",\"phase\":\"plan\",\"files\":[{\"path\":\"x\",\"content\":\"?\"}]}}",
         "base64"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_false(parse(cases[i][0]));
        assert_int_equal(error.kind, ERR_INVALID);
        if (!strstr(error.message, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], error.message);
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(everything_is_read), CASE(little_is_needed),
                                       CASE(what_is_wrong_is_named)};
    return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
