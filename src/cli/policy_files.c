/* Reading and compiling policies for the `policy` commands. */
#include "cli/policy_files.h"

#include "cli/cli.h"
#include "rego/language/parser.h"
#include "rego/value/collection.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MAX_FILE = 64 << 20,
    MAX_FILES = 4096,
    MAX_FOLDERS = 32, /* inside one another */
};

const char *const policy_dialects[] = {"v0", "v1", NULL};

static atomic_bool interrupted;

static void note_interrupt(int number)
{
    UNUSED(number);
    atomic_store(&interrupted, true);
}

const atomic_bool *policy_interrupt(void)
{
    /* A second Ctrl-C ends the program at once. */
    struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    return &interrupted;
}

/* Reading. */

static bool read_stream(FILE *stream, struct arena *arena, struct text *out)
{
    struct buffer buffer;
    buffer_init(&buffer, arena, MAX_FILE);
    for (size_t len = 1; len > 0;) {
        char *at = buffer_reserve(&buffer, 1 << 14);
        len = at ? fread(at, 1, 1 << 14, stream) : 0;
        buffer_advance(&buffer, len);
    }
    *out = buffer_text(&buffer);
    return !buffer.failed && !ferror(stream);
}

bool policy_read_file(struct arena *arena, const char *path, struct text *out, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *stream = standard ? stdin : fopen(path, "rbe");
    if (!stream)
        return error_set(error, ERR_INVALID, "%s: %s", path, strerror(errno));
    bool read = read_stream(stream, arena, out);
    if (!standard)
        fclose(stream);
    return read ||
           error_set(error, ERR_INVALID, "%s cannot be read, or is larger than 64 MiB", path);
}

static bool read_json(struct arena *arena, const char *path, struct value *out, struct error *error)
{
    struct text text;
    struct error mistake = {0};
    if (!policy_read_file(arena, path, &text, error))
        return false;
    if (value_parse_json(arena, text, NULL, out, &mistake))
        return true;
    return error_set(error, ERR_INVALID, "%s:%d:%d: %s", path, mistake.line, mistake.column,
                     mistake.message);
}

/* Members of a later file stand beside those of earlier ones, or replace them. */
static bool add_data(struct policy_files *files, const char *path, struct error *error)
{
    struct value value;
    if (!read_json(files->arena, path, &value, error))
        return false;
    if (value.kind != VALUE_OBJECT)
        return error_set(error, ERR_INVALID, "%s: base documents must be a JSON object", path);
    const struct collection *object = value.as.collection;
    for (uint32_t i = 0; i < object->len; i++) {
        if (!object_put(files->data.as.collection, *collection_raw_key(object, i),
                        *collection_raw_item(object, i)))
            return error_set_no_memory(error);
    }
    files->data = collection_value(files->data.as.collection);
    return true;
}

static bool add_policy(struct policy_files *files, const char *path, struct error *error)
{
    struct source *source = list_push(&files->sources);
    if (!source || files->sources.len > MAX_FILES)
        return error_set(error, ERR_TOO_LARGE, "there are too many policies");
    source->name = text_copy(files->arena, strcmp(path, "-") == 0 ? TEXT("stdin") : text_z(path));
    return policy_read_file(files->arena, path, &source->text, error);
}

static bool has_ending(const char *name, const char *ending)
{
    return text_ends_with(text_z(name), text_z(ending));
}

static bool add_path(struct policy_files *files, const char *path, bool named, unsigned depth,
                     struct error *error);

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_folder(struct policy_files *files, const char *path, unsigned depth,
                       struct error *error)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, by_name);
    bool fine = count >= 0 || error_set(error, ERR_INVALID, "%s: %s", path, strerror(errno));
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        struct text below = text_format(files->arena, "%s/%s", path, name);
        if (fine && name[0] != '.' && depth < MAX_FOLDERS)
            fine = add_path(files, below.at, false, depth + 1, error);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return fine;
}

/* named: by the command line itself, so that it must exist and its ending does not matter. */
static bool add_path(struct policy_files *files, const char *path, bool named, unsigned depth,
                     struct error *error)
{
    struct stat status;
    if (!path)
        return error_set_no_memory(error);
    if (strcmp(path, "-") == 0)
        return add_policy(files, path, error);
    if (stat(path, &status) != 0)
        return !named || error_set(error, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return add_folder(files, path, depth, error);
    if (has_ending(path, ".json"))
        return add_data(files, path, error);
    return (!named && !has_ending(path, ".rego")) || add_policy(files, path, error);
}

static enum rego_dialect dialect_of(const struct command_line *line)
{
    const char *dialect = command_line_value(line, "dialect");
    if (!dialect)
        return REGO_DETECT;
    return strcmp(dialect, "v0") == 0 ? REGO_V0 : REGO_V1;
}

bool policy_files_read(const struct command_line *line, int first, struct policy_files *out,
                       struct error *error)
{
    struct collection *data = object_new(line->arena, 0);
    *out = (struct policy_files){.arena = line->arena, .dialect = dialect_of(line)};
    list_init(&out->sources, line->arena, sizeof(struct source));
    if (!data)
        return error_set_no_memory(error);
    out->data = collection_value(data);
    const char *path;
    for (size_t i = 0; (path = command_line_value_at(line, "data", i)); i++) {
        if (!add_data(out, path, error))
            return false;
    }
    for (int i = first; i < line->operand_count; i++) {
        if (!add_path(out, line->operands[i], true, 0, error))
            return false;
    }
    return line->operand_count > first || add_path(out, "-", true, 0, error);
}

/* Compiling. */

static void print_diagnostic(const struct command_line *line,
                             const struct rego_diagnostic *diagnostic)
{
    struct buffer text;
    buffer_init(&text, line->arena, 1 << 16);
    rego_diagnostic_print(diagnostic, &text);
    terminal_write_log(line->cli->err, &line->cli->terminal, buffer_text(&text));
}

static enum dialect dialect_for(const struct policy_files *files, const struct source *source)
{
    if (files->dialect == REGO_DETECT)
        return parse_detect(files->arena, source);
    return files->dialect == REGO_V0 ? DIALECT_V0 : DIALECT_V1;
}

bool policy_files_parse(const struct command_line *line, struct policy_files *files)
{
    bool fine = true;
    files->modules = ARENA_ARRAY(files->arena, struct module *, files->sources.len);
    for (size_t i = 0; files->modules && i < files->sources.len; i++) {
        const struct source *source = list_at(&files->sources, i);
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics, files->arena);
        files->modules[i] =
            parse_module(files->arena, source, dialect_for(files, source), &diagnostics);
        for (size_t k = 0; k < diagnostics.items.len; k++)
            print_diagnostic(line, list_at(&diagnostics.items, k));
        fine &= files->modules[i] != NULL;
    }
    return fine && files->modules;
}

struct rego_policy *policy_files_compile(const struct command_line *line,
                                         struct policy_files *files, struct text query)
{
    size_t count = files->sources.len;
    struct rego_source *sources = ARENA_ARRAY(files->arena, struct rego_source, count);
    struct rego_diagnostics diagnostics = {0};
    struct rego_options options = {.query = query};
    for (size_t i = 0; sources && i < count; i++) {
        const struct source *source = list_at(&files->sources, i);
        sources[i] = (struct rego_source){source->name, source->text, files->dialect};
    }
    struct rego_policy *policy =
        sources ? rego_compile(sources, count, &options, files->arena, &diagnostics) : NULL;
    for (size_t i = 0; !policy && i < diagnostics.len; i++)
        print_diagnostic(line, &diagnostics.items[i]);
    return policy;
}

/* Values in and out. */

bool policy_read_input(const struct command_line *line, struct value *out, struct error *error)
{
    const char *path = command_line_value(line, "input");
    *out = VALUE_NONE;
    return !path || read_json(line->arena, path, out, error);
}

int policy_print(const struct command_line *line, const struct value *value)
{
    const struct value_json_style style = {.pretty = line->cli->terminal.is_tty,
                                           .indent = TEXT_INIT("  ")};
    struct buffer out;
    buffer_init(&out, line->arena, MAX_FILE);
    value_print_json_styled(&out, value, &style);
    buffer_add_byte(&out, '\n');
    fwrite(out.at, 1, out.len, line->cli->out);
    return out.failed ? EXIT_CODE_FAILED : EXIT_CODE_OK;
}

int policy_fail(const struct command_line *line, const struct rego_result *result)
{
    const struct rego_error *mistake = &result->error;
    if (atomic_load(&interrupted))
        return EXIT_CODE_INTERRUPTED;
    fprintf(line->cli->err, "gatehouse: %.*s:%u:%u: %.*s: %.*s\n", TEXT_ARG(mistake->file),
            mistake->line, mistake->column, TEXT_ARG(mistake->code), TEXT_ARG(mistake->message));
    return EXIT_CODE_FAILED;
}
