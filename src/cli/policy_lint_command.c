/* gatehouse policy lint */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/policy_files.h"
#include "rego/tools/lint.h"
#include "rego/value/collection.h"

static const char *severity_name(enum lint_severity severity)
{
    return severity == LINT_ERROR ? "error" : "warning";
}

static void print_text(const struct command_line *line, const struct lint_finding *finding)
{
    struct text text =
        text_format(line->arena, "%.*s:%u:%u: %s: %.*s (%s)\n", TEXT_ARG(finding->file),
                    finding->at.line, finding->at.column, severity_name(finding->severity),
                    TEXT_ARG(finding->message), finding->rule);
    terminal_write_log(line->cli->out, &line->cli->terminal, text);
}

static bool put(struct collection *object, const char *key, struct value value)
{
    return object_put(object, value_string(text_z(key)), value);
}

static bool add_json(struct value_list *list, const struct lint_finding *finding)
{
    struct collection *object = object_new(list->arena, 0);
    struct collection *location = object_new(list->arena, 0);
    return object && location && put(location, "file", value_string(finding->file)) &&
           put(location, "row", VALUE_INT(finding->at.line)) &&
           put(location, "col", VALUE_INT(finding->at.column)) &&
           put(object, "location", collection_value(location)) &&
           put(object, "rule", value_string(text_z(finding->rule))) &&
           put(object, "severity", value_string(text_z(severity_name(finding->severity)))) &&
           put(object, "message", value_string(finding->message)) &&
           value_list_add(list, collection_value(object));
}

static int print_json(const struct command_line *line, const struct list *findings)
{
    struct value_list list;
    value_list_init(&list, line->arena);
    for (size_t i = 0; i < findings->len; i++) {
        if (!add_json(&list, list_at(findings, i)))
            return EXIT_CODE_FAILED;
    }
    struct value array = value_list_array(&list);
    return policy_print(line, &array);
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct policy_files files;
    struct list findings;
    bool serious = false;
    list_init(&findings, line->arena, sizeof(struct lint_finding));
    if (!policy_files_read(line, 0, &files, &error))
        return cli_fail(line, &error);
    if (!policy_files_parse(line, &files))
        return EXIT_CODE_FAILED;
    for (size_t i = 0; i < files.sources.len; i++) {
        if (!lint_module(line->arena, files.modules[i], &findings))
            return EXIT_CODE_FAILED;
    }
    for (size_t i = 0; i < findings.len; i++) {
        const struct lint_finding *finding = list_at(&findings, i);
        serious |= finding->severity == LINT_ERROR;
        if (!command_line_has(line, "json"))
            print_text(line, finding);
    }
    if (command_line_has(line, "json") && print_json(line, &findings) != EXIT_CODE_OK)
        return EXIT_CODE_FAILED;
    return serious ? EXIT_CODE_FAILED : EXIT_CODE_OK;
}

static const struct option options[] = {POLICY_OPTION_DIALECT, POLICY_OPTION_JSON};

const struct command policy_lint_command = {
    .name = "policy lint",
    .summary = "find what is likely wrong in policies",
    .usage = "PATH...",
    .description = "Errors are ways in which a policy may allow what it should not; warnings are "
                   "other mistakes. Fails when there are errors.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .max_operands = -1,
    .run = run,
};
