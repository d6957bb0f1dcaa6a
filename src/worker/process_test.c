/* Children: output, exit, limits, stopping, what they inherit, what they leave. */
#include "worker/process.h"

#include "base/clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *arena;
static struct buffer seen;
static size_t pieces;
static const char *const environment[] = {"PATH=/usr/bin:/bin", "ONE=1", NULL};

static int set_up(void **state)
{
    UNUSED(state);
    arena = arena_new(16 << 20);
    buffer_init(&seen, arena, 8 << 20);
    pieces = 0;
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static void keep(void *data, struct text piece)
{
    UNUSED(data);
    pieces++;
    buffer_add(&seen, piece);
}

static struct process_options shell(const char *script)
{
    const char **arguments = ARENA_ARRAY(arena, const char *, 4);
    if (!arguments)
        abort();
    arguments[0] = "sh";
    arguments[1] = "-c";
    arguments[2] = script;
    return (struct process_options){.program = "/bin/sh",
                                    .arguments = arguments,
                                    .environment = environment,
                                    .on_output = keep,
                                    .grace = 5 * CLOCK_SECOND};
}

static struct process_result run(const struct process_options *options)
{
    struct process_result result = {0};
    struct error error = {0};
    if (!process_run(options, &result, &error))
        fail_msg("%s", error.message);
    return result;
}

/* With a time limit long enough for the script to get as far as printing "up", its first output. */
static struct process_result run_until_up(struct process_options *options)
{
    struct process_result result = {0};
    for (options->time_limit = CLOCK_SECOND / 4; seen.len == 0; options->time_limit *= 4) {
        result = run(options);
        assert_true(options->time_limit < 100 * CLOCK_SECOND);
    }
    return result;
}

static void output_comes_line_by_line(void **state)
{
    UNUSED(state);
    struct process_options options =
        shell("echo one; echo two >&2; printf 'th'; sleep 0.1; printf 'ree\\nend'; exit 3");
    struct process_result result = run(&options);
    assert_int_equal(result.end, PROCESS_EXITED);
    assert_int_equal(result.code, 3);
    assert_true(text_equal(buffer_text(&seen), TEXT("one\ntwo\nthree\nend")));
    assert_int_equal(pieces, 4);
}

static void long_lines_come_in_pieces(void **state)
{
    UNUSED(state);
    struct process_options options = shell("head -c 100000 /dev/zero | tr '\\0' x; echo");
    run(&options);
    assert_int_equal(seen.len, 100001);
    assert_int_equal(pieces, 4);
}

static void standard_output_can_be_captured(void **state)
{
    UNUSED(state);
    struct buffer captured;
    buffer_init(&captured, arena, 1 << 20);
    struct process_options options = shell("echo data; echo note >&2");
    options.capture = &captured;
    run(&options);
    assert_true(text_equal(buffer_text(&captured), TEXT("data\n")));
    assert_true(text_equal(buffer_text(&seen), TEXT("note\n")));
}

static void the_environment_and_folder_are_exact(void **state)
{
    UNUSED(state);
    struct process_options options =
        shell("env | grep -v -e ^PWD -e ^_ -e ^SHLVL -e OLDPWD | sort; pwd");
    setenv("WORKER_SECRET", "x", 1);
    options.folder = "/usr";
    run(&options);
    assert_true(text_equal(buffer_text(&seen), TEXT("ONE=1\nPATH=/usr/bin:/bin\n/usr\n")));
}

static void descriptors_stay_here(void **state)
{
    UNUSED(state);
    int open_fd = open("/dev/null", O_RDONLY);
    assert_true(open_fd > 2);
    struct process_options options = shell("ls /proc/self/fd | tr '\\n' ' '; cat");
    run(&options);
    /* 3 is the folder that ls reads. */
    assert_true(text_equal(buffer_text(&seen), TEXT("0 1 2 3 ")));
    close(open_fd);
}

static void missing_programs_are_named(void **state)
{
    UNUSED(state);
    struct process_options options = shell("true");
    struct process_result result;
    struct error error = {0};
    options.program = "/nowhere/sh";
    assert_false(process_run(&options, &result, &error));
    assert_int_equal(error.kind, ERR_NOT_FOUND);
    assert_string_equal(error.message, "cannot start sh: No such file or directory");
    options = shell("true");
    options.folder = "/nowhere";
    error_clear(&error);
    assert_false(process_run(&options, &result, &error));
    assert_int_equal(error.kind, ERR_NOT_FOUND);
    assert_true(process_find(arena, "sh", "/nowhere:/bin") != NULL);
    assert_string_equal(process_find(arena, "sh", "/nowhere:/bin"), "/bin/sh");
    assert_null(process_find(arena, "no-such-program", "/usr/bin:/bin"));
    assert_null(process_find(arena, "/usr", "/bin"));
    assert_null(process_find(arena, "/etc/passwd", "/bin"));
}

static void the_time_limit_stops_gently_first(void **state)
{
    UNUSED(state);
    struct process_options options =
        shell("trap 'echo stopping; exit 7' INT; echo up; while :; do sleep 0.05; done");
    struct process_result result = run_until_up(&options);
    assert_int_equal(result.end, PROCESS_TIMED_OUT);
    assert_int_equal(result.code, 7);
    assert_true(text_equal(buffer_text(&seen), TEXT("up\nstopping\n")));
}

static void who_does_not_listen_is_killed(void **state)
{
    UNUSED(state);
    struct process_options options = shell("trap '' INT; echo up; while :; do sleep 0.05; done");
    options.grace = CLOCK_SECOND / 4;
    struct process_result result = run_until_up(&options);
    assert_int_equal(result.end, PROCESS_TIMED_OUT);
    assert_int_equal(result.code, SIGKILL);
}

static atomic_bool cancel;

static void *raise_flag(void *data)
{
    UNUSED(data);
    usleep(200000);
    atomic_store(&cancel, true);
    return NULL;
}

static void a_raised_flag_stops_the_whole_group(void **state)
{
    UNUSED(state);
    pthread_t thread;
    atomic_store(&cancel, false);
    struct process_options options = shell("sleep 100 & sleep 100; echo not reached");
    options.cancel = &cancel;
    /* The one in the background ignores SIGINT, as the shell has it. */
    options.grace = CLOCK_SECOND / 2;
    assert_int_equal(pthread_create(&thread, NULL, raise_flag, NULL), 0);
    int64_t start = clock_monotonic();
    struct process_result result = run(&options);
    pthread_join(thread, NULL);
    assert_int_equal(result.end, PROCESS_CANCELED);
    assert_int_equal(seen.len, 0);
    assert_true(clock_monotonic() - start < 60 * CLOCK_SECOND);
}

static void a_child_after_the_flag_is_stopped_at_once(void **state)
{
    UNUSED(state);
    atomic_store(&cancel, true);
    struct process_options options = shell("sleep 100");
    options.cancel = &cancel;
    assert_int_equal(run(&options).end, PROCESS_CANCELED);
    atomic_store(&cancel, false);
}

/* The leader of a wrapper's group is spared: here it notes which signal it got, and lives until its
 * follower has ended. */
static void wrappers_are_spared_the_signal(void **state)
{
    UNUSED(state);
    struct process_options options =
        shell("trap 'echo leader signaled' INT;"
              "sh -c 'trap \"echo follower done; exit 0\" INT; echo up; while :; do sleep 0.05; "
              "done'");
    options.wrapper = true;
    struct process_result result = run_until_up(&options);
    assert_int_equal(result.end, PROCESS_TIMED_OUT);
    assert_true(text_equal(buffer_text(&seen), TEXT("up\nfollower done\n")));
}

/* One that nobody has reaped yet has no command line any more. */
static bool is_alive(pid_t process)
{
    char path[64];
    char byte;
    snprintf(path, sizeof(path), "/proc/%d/cmdline", process);
    int fd = open(path, O_RDONLY);
    bool alive = fd >= 0 && read(fd, &byte, 1) > 0;
    if (fd >= 0)
        close(fd);
    return alive;
}

static void what_stays_behind_is_killed(void **state)
{
    UNUSED(state);
    struct process_options options = shell("sleep 100 & echo $!");
    int64_t start = clock_monotonic();
    struct process_result result = run(&options);
    assert_int_equal(result.code, 0);
    assert_true(clock_monotonic() - start < 60 * CLOCK_SECOND);
    pid_t left = (pid_t)strtol(text_terminated(arena, buffer_text(&seen)), NULL, 10);
    assert_true(left > 1);
    /* Whoever adopts it reaps it in its own time. */
    int64_t until = clock_monotonic() + 20 * CLOCK_SECOND;
    while (is_alive(left) && clock_monotonic() < until)
        usleep(1000);
    assert_false(is_alive(left));
    /* And no child of this process is left to wait for. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void limits_hold(void **state)
{
    UNUSED(state);
    struct process_options options =
        shell("ulimit -n; ulimit -c; grep NoNewPrivs /proc/self/status | tr -d '\\t '");
    options.limits =
        (struct process_limits){.open_files = 64, .no_core_dump = true, .no_new_privileges = true};
    run(&options);
    assert_true(text_equal(buffer_text(&seen), TEXT("64\n0\nNoNewPrivs:1\n")));
}

static void signals_are_told_from_exits(void **state)
{
    UNUSED(state);
    struct process_options options = shell("kill -TERM $$");
    struct process_result result = run(&options);
    assert_int_equal(result.end, PROCESS_SIGNALED);
    assert_int_equal(result.code, SIGTERM);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(output_comes_line_by_line),
        CASE(long_lines_come_in_pieces),
        CASE(standard_output_can_be_captured),
        CASE(the_environment_and_folder_are_exact),
        CASE(descriptors_stay_here),
        CASE(missing_programs_are_named),
        CASE(the_time_limit_stops_gently_first),
        CASE(who_does_not_listen_is_killed),
        CASE(a_raised_flag_stops_the_whole_group),
        CASE(a_child_after_the_flag_is_stopped_at_once),
        CASE(wrappers_are_spared_the_signal),
        CASE(what_stays_behind_is_killed),
        CASE(limits_hold),
        CASE(signals_are_told_from_exits),
    };
    return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
