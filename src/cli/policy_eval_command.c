/* gatehouse policy eval */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/policy_files.h"

/* "data.example.allow" asks for one value; anything else is a query with solutions. */
static const struct rego_entry *entry_of(const struct rego_policy *policy, struct text query)
{
    const struct rego_entry *entry = rego_entry_find(policy, query);
    return entry ? entry : rego_query(policy);
}

static void print_lines(const struct command_line *line, const struct rego_result *result)
{
    for (size_t i = 0; i < result->printed_count; i++)
        fprintf(line->cli->err, "%.*s\n", TEXT_ARG(result->printed[i]));
    for (size_t i = 0; i < result->swallowed_count; i++) {
        const struct rego_error *mistake = &result->swallowed[i];
        fprintf(line->cli->err, "%.*s:%u:%u: made undefined by %.*s: %.*s\n",
                TEXT_ARG(mistake->file), mistake->line, mistake->column, TEXT_ARG(mistake->code),
                TEXT_ARG(mistake->message));
    }
}

static int evaluate(struct command_line *line, const struct policy_files *files,
                    const struct rego_entry *entry, const struct value *input)
{
    struct rego_context *context = rego_context_new((size_t)1 << 30);
    struct rego_result result;
    struct rego_call call = {
        .input = input->kind == VALUE_UNDEFINED ? NULL : input,
        .data = &files->data,
        .limits = {.cancel = policy_interrupt()},
        .strict_errors = command_line_has(line, "strict"),
        .keep_errors = true,
    };
    int64_t fuel;
    const char *given = command_line_value(line, "fuel");
    if (given && text_to_int64(text_z(given), &fuel) && fuel > 0)
        call.limits.fuel = fuel;
    if (!context)
        return EXIT_CODE_FAILED;
    rego_evaluate(context, entry, &call, &result);
    print_lines(line, &result);
    int code = EXIT_CODE_FAILED;
    if (result.outcome == REGO_DEFINED)
        code = policy_print(line, &result.value);
    else if (result.outcome == REGO_UNDEFINED)
        fputs("undefined\n", line->cli->err);
    else
        code = policy_fail(line, &result);
    rego_context_free(context);
    return code;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct policy_files files;
    struct value input;
    struct text query = text_z(command_line_operand(line, 0));
    if (!policy_files_read(line, 1, &files, &error) || !policy_read_input(line, &input, &error))
        return cli_fail(line, &error);
    struct rego_policy *policy = policy_files_compile(line, &files, query);
    if (!policy)
        return EXIT_CODE_FAILED;
    int code = evaluate(line, &files, entry_of(policy, query), &input);
    rego_free(policy);
    return code;
}

static const struct option options[] = {
    POLICY_OPTION_INPUT,
    POLICY_OPTION_DATA,
    POLICY_OPTION_DIALECT,
    {"strict", 0, NULL, "stop at the first error of a builtin", NULL},
    {"fuel", 0, "UNITS", "work allowed (default 10000000)", NULL},
};

const struct command policy_eval_command = {
    .name = "policy eval",
    .summary = "evaluate a query on policies",
    .usage = "QUERY PATH...",
    .description = "A QUERY such as data.example.allow prints the value of that rule; any other "
                   "gives an array "
                   "with one object of variables for each solution. Errors of builtins that made "
                   "an expression "
                   "undefined are listed on the error stream.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = -1,
    .run = run,
};
