/* The walls, from inside: each script runs in both kinds, and tells what it can see. */
#include "worker/sandbox.h"

#include "base/clock.h"
#include "worker/testing.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct testing testing;

static int set_up(void **state)
{
    testing_open(&testing, *state ? sandbox_probe() : SANDBOX_PLAIN);
    return 0;
}

static int tear_down(void **state)
{
    UNUSED(state);
    testing_close(&testing);
    return 0;
}

static int run(const char *script)
{
    const char *arguments[] = {"sh", "-c", script, NULL};
    struct command command = {.arguments = arguments, .quiet = true};
    int status = -1;
    if (!command_run(&testing.room, &command, &status, &testing.error))
        fail_msg("%s", testing.error.message);
    return status;
}

static bool has_walls(void)
{
    return testing.room.sandbox.kind == SANDBOX_BUBBLEWRAP;
}

static void the_workspace_can_be_written(void **state)
{
    UNUSED(state);
    assert_int_equal(
        run("pwd && echo x > file && echo x > \"$HOME/file\" && echo x > \"$TMPDIR/f\""), 0);
    assert_true(testing_log_has(&testing, testing.room.workspace.source));
}

static void programs_and_exit_statuses_come_through(void **state)
{
    UNUSED(state);
    assert_int_equal(run("git --version && exit 5"), 5);
    assert_true(testing_log_has(&testing, "git version"));
}

static void the_environment_is_exact(void **state)
{
    UNUSED(state);
    setenv("WORKER_TOKEN", "not to be seen", 1);
    assert_int_equal(run("env"), 0);
    assert_false(testing_log_has(&testing, "not to be seen"));
    unsetenv("WORKER_TOKEN");
}

static void nothing_outside_is_seen(void **state)
{
    UNUSED(state);
    if (!has_walls())
        skip();
    int fd = open(testing_path(&testing, "outside"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    close(fd);
    struct text script =
        text_format(testing.arena,
                    "test ! -e '%s' && ! touch /usr/x 2>/dev/null && ! touch /etc/x 2>/dev/null && "
                    "test -z \"$(ls -A /root /home 2>/dev/null)\" && "
                    "test $(ls -d /proc/[0-9]* | wc -l) -lt 6",
                    testing_path(&testing, "outside"));
    assert_int_equal(run(text_terminated(testing.arena, script)), 0);
}

static void a_stop_reaches_the_program(void **state)
{
    UNUSED(state);
    static atomic_bool cancel;
    atomic_store(&cancel, false);
    const char *arguments[] = {
        "sh", "-c",
        "trap 'echo stopping gently; exit 0' INT; echo up; sleep 1 & while :; do sleep 0.05; done",
        NULL};
    struct command command = {.arguments = arguments, .quiet = true};
    int status;
    testing.room.cancel = &cancel;
    /* Long enough for the program to get as far as its loop. */
    for (int64_t limit = CLOCK_SECOND / 2; !testing_log_has(&testing, "up"); limit *= 4) {
        assert_true(limit < 100 * CLOCK_SECOND);
        error_clear(&testing.error);
        testing.room.deadline = clock_monotonic() + limit;
        assert_false(command_run(&testing.room, &command, &status, &testing.error));
        assert_int_equal(testing.error.kind, ERR_LIMIT);
    }
    assert_true(testing_log_has(&testing, "stopping gently"));
}

static void a_missing_program_is_a_clear_error(void **state)
{
    UNUSED(state);
    const char *arguments[] = {"terraphorm", NULL};
    struct command command = {.arguments = arguments};
    int status;
    assert_false(command_run(&testing.room, &command, &status, &testing.error));
    assert_int_equal(testing.error.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(testing.error.message, "terraphorm is not installed on this worker"));
}

static int walls = 1;

#define BOTH(function)                                                                             \
    cmocka_unit_test_setup_teardown(function, set_up, tear_down),                                  \
        cmocka_unit_test_prestate_setup_teardown(function, set_up, tear_down, &walls)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(the_workspace_can_be_written), BOTH(programs_and_exit_statuses_come_through),
        BOTH(the_environment_is_exact),     BOTH(nothing_outside_is_seen),
        BOTH(a_stop_reaches_the_program),   BOTH(a_missing_program_is_a_clear_error),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
