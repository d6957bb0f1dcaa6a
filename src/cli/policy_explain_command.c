/* gatehouse policy explain */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/policy_files.h"

static int print_account(const struct command_line *line, const struct rego_result *result,
                         const struct value *account)
{
    struct buffer out;
    if (command_line_has(line, "json"))
        return policy_print(line, account);
    buffer_init(&out, line->arena, 64 << 20);
    rego_explain_print(account, &out);
    if (result->outcome == REGO_DEFINED) {
        buffer_add(&out, TEXT("= "));
        value_print_rego(&out, &result->value);
        buffer_add_byte(&out, '\n');
    } else {
        buffer_add(&out, TEXT("= undefined\n"));
    }
    terminal_write_log(line->cli->out, &line->cli->terminal, buffer_text(&out));
    return EXIT_CODE_OK;
}

static int explain(struct command_line *line, const struct policy_files *files,
                   const struct rego_entry *entry, const struct value *input)
{
    struct rego_context *context = rego_context_new((size_t)1 << 30);
    struct rego_result result;
    struct value account;
    struct rego_call call = {
        .input = input->kind == VALUE_UNDEFINED ? NULL : input,
        .data = &files->data,
        .limits = {.cancel = policy_interrupt()},
    };
    if (!context)
        return EXIT_CODE_FAILED;
    rego_explain(context, entry, &call, &result, &account);
    int code = result.outcome == REGO_DEFINED || result.outcome == REGO_UNDEFINED
                   ? print_account(line, &result, &account)
                   : policy_fail(line, &result);
    rego_context_free(context);
    return code;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct policy_files files;
    struct value input;
    struct text path = text_z(command_line_operand(line, 0));
    if (!policy_files_read(line, 1, &files, &error) || !policy_read_input(line, &input, &error))
        return cli_fail(line, &error);
    struct rego_policy *policy = policy_files_compile(line, &files, (struct text){"", 0});
    if (!policy)
        return EXIT_CODE_FAILED;
    const struct rego_entry *entry = rego_entry_find(policy, path);
    int code;
    if (entry) {
        code = explain(line, &files, entry, &input);
    } else {
        error_set(&error, ERR_NOT_FOUND, "the policies define nothing at %.*s", TEXT_ARG(path));
        code = cli_fail(line, &error);
    }
    rego_free(policy);
    return code;
}

static const struct option options[] = {
    POLICY_OPTION_INPUT,
    POLICY_OPTION_DATA,
    POLICY_OPTION_DIALECT,
    POLICY_OPTION_JSON,
};

const struct command policy_explain_command = {
    .name = "policy explain",
    .summary = "show which rules were tried and why they held or failed",
    .usage = "RULE PATH...",
    .description =
        "RULE is a path such as data.example.allow. Each rule body that was tried is one "
        "line: + held, with its value; - failed, with the first expression that did and "
        "the values in it.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = -1,
    .run = run,
};
