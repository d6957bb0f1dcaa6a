/* gatehouse policy fmt */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/policy_files.h"
#include "rego/tools/format.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Written beside the file and moved over it, so that no interrupt leaves half a policy. */
static bool overwrite(struct arena *arena, struct text path, struct text text, struct error *error)
{
    const char *target = text_terminated(arena, path);
    struct text beside = text_format(arena, "%.*s.formatted", TEXT_ARG(path));
    const char *draft = text_terminated(arena, beside);
    if (!target || !draft)
        return error_set_no_memory(error);
    FILE *file = fopen(draft, "wbe");
    bool written = file && fwrite(text.at, 1, text.len, file) == text.len;
    written = file && fclose(file) == 0 && written;
    if (written && rename(draft, target) == 0)
        return true;
    unlink(draft);
    return error_set(error, ERR_INVALID, "%s: %s", target, strerror(errno));
}

static bool format_file(struct command_line *line, const struct module *module, bool *differs,
                        struct error *error)
{
    struct text before = module->source->text, name = module->source->name;
    struct buffer out;
    buffer_init(&out, line->arena, before.len * 4 + (1 << 20));
    format_module(&out, module);
    if (out.failed)
        return error_set_no_memory(error);
    bool changed = !text_equal(before, buffer_text(&out));
    *differs |= changed;
    if (command_line_has(line, "write") && !text_equal_z(name, "stdin"))
        return !changed || overwrite(line->arena, name, buffer_text(&out), error);
    if (!command_line_has(line, "list"))
        fwrite(out.at, 1, out.len, line->cli->out);
    else if (changed)
        fprintf(line->cli->out, "%.*s\n", TEXT_ARG(name));
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct policy_files files;
    bool differs = false;
    if (!policy_files_read(line, 0, &files, &error))
        return cli_fail(line, &error);
    if (!policy_files_parse(line, &files))
        return EXIT_CODE_FAILED;
    for (size_t i = 0; i < files.sources.len; i++) {
        if (!format_file(line, files.modules[i], &differs, &error))
            return cli_fail(line, &error);
    }
    return command_line_has(line, "list") && differs ? EXIT_CODE_FAILED : EXIT_CODE_OK;
}

static const struct option options[] = {
    {"write", 'w', NULL, "write the result back to the files", NULL},
    {"list", 'l', NULL, "only list files that are not formatted, and fail if there are any", NULL},
    POLICY_OPTION_DIALECT,
};

const struct command policy_fmt_command = {
    .name = "policy fmt",
    .summary = "format policies",
    .usage = "[PATH...]",
    .description = "Without a PATH, formats standard input. Comments stay, and the formatted text "
                   "parses to the same rules.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .max_operands = -1,
    .run = run,
};
