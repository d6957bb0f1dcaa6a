/* gatehouse policy test */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/policy_files.h"
#include "rego/tools/test_run.h"

static bool is_wanted(void *data, const struct policy_test *test)
{
    const struct command_line *line = data;
    const char *part = command_line_value(line, "run");
    struct text name =
        text_format(line->arena, "%.*s.%.*s", TEXT_ARG(test->package), TEXT_ARG(test->name));
    return !part || text_contains(name, text_z(part));
}

/* A dot a test, for the patience of people. */
static void tell(void *data, const struct policy_test *test)
{
    static const char marks[] = {'.', 'F', 'E', 's'};
    const struct command_line *line = data;
    fputc(marks[test->outcome], line->cli->err);
    fflush(line->cli->err);
}

static int report(const struct command_line *line, const struct policy_tests *tests,
                  const struct coverage *coverage)
{
    struct value value;
    struct buffer out;
    bool json = command_line_has(line, "json");
    if (coverage && json)
        return coverage_report(coverage, &value) ? policy_print(line, &value) : EXIT_CODE_FAILED;
    if (json)
        return policy_tests_report(tests, &value) ? policy_print(line, &value) : EXIT_CODE_FAILED;
    buffer_init(&out, line->arena, 64 << 20);
    policy_tests_print(tests, command_line_has(line, "verbose"), &out);
    if (coverage)
        buffer_add_format(&out, "coverage: %.1f%%\n", coverage_percent(coverage));
    terminal_write_log(line->cli->out, &line->cli->terminal, buffer_text(&out));
    return EXIT_CODE_OK;
}

static int run_tests(struct command_line *line, const struct policy_files *files,
                     const struct rego_policy *policy)
{
    struct policy_tests tests;
    struct coverage coverage;
    bool covers = command_line_has(line, "coverage");
    bool watched = line->cli->terminal.is_tty && !command_line_has(line, "json");
    struct policy_test_options options = {
        .data = &files->data,
        .limits = {.cancel = policy_interrupt()},
        .coverage = covers ? &coverage : NULL,
        .is_wanted = is_wanted,
        .tell = watched ? tell : NULL,
        .data_of_callbacks = line,
    };
    if (!policy_tests_find(&tests, line->arena, files->modules, files->sources.len) ||
        !coverage_init(&coverage, line->arena, files->modules, files->sources.len))
        return EXIT_CODE_FAILED;
    bool done = policy_tests_run(&tests, policy, &options);
    if (watched)
        fputc('\n', line->cli->err);
    int code = report(line, &tests, options.coverage);
    if (!done)
        return EXIT_CODE_INTERRUPTED;
    return tests.failed + tests.errors > 0 ? EXIT_CODE_FAILED : code;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct policy_files files;
    if (!policy_files_read(line, 0, &files, &error))
        return cli_fail(line, &error);
    if (!policy_files_parse(line, &files))
        return EXIT_CODE_FAILED;
    struct rego_policy *policy = policy_files_compile(line, &files, (struct text){"", 0});
    if (!policy)
        return EXIT_CODE_FAILED;
    int code = run_tests(line, &files, policy);
    rego_free(policy);
    return code;
}

static const struct option options[] = {
    {"run", 'r', "TEXT", "only tests whose name contains this", NULL},
    {"verbose", 'v', NULL, "list the tests that pass, too", NULL},
    {"coverage", 'c', NULL, "say which lines were evaluated", NULL},
    POLICY_OPTION_DATA,
    POLICY_OPTION_DIALECT,
    POLICY_OPTION_JSON,
};

const struct command policy_test_command = {
    .name = "policy test",
    .summary = "run the tests of policies",
    .usage = "PATH...",
    .description = "A test is a rule whose name starts with test_; it passes when it is true. A "
                   "todo_test_ is skipped. What a failed test tried is shown below it.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .max_operands = -1,
    .run = run,
};
