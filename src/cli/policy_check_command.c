/* gatehouse policy check */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/policy_files.h"

static int run(struct command_line *line)
{
    struct error error = {0};
    struct policy_files files;
    if (!policy_files_read(line, 0, &files, &error))
        return cli_fail(line, &error);
    struct rego_policy *policy = policy_files_compile(line, &files, (struct text){"", 0});
    bool fine = policy != NULL;
    rego_free(policy);
    return fine ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static const struct option options[] = {POLICY_OPTION_DIALECT};

const struct command policy_check_command = {
    .name = "policy check",
    .summary = "compile policies and say what is wrong with them",
    .usage = "PATH...",
    .description =
        "A PATH is a .rego file, a folder of them, or - for standard input. Silence means "
        "that they compile.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .max_operands = -1,
    .run = run,
};
