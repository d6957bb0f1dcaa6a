/* Key files. */
#include "cli/key_output.h"

#include "cli/format.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void print_key_file(FILE *out, const struct json *key)
{
    fputs("# API key: ", out);
    terminal_write(out, format_text(json_get_z(key, "name")));
    fputs("\n\n[credentials]\napi_key_id     = ", out);
    terminal_write(out, format_text(json_get_z(key, "id")));
    /* The secret of a key that trusts an identity provider is the provider's token. */
    if (!json_is(json_get_z(key, "secret"), JSON_STRING)) {
        fputc('\n', out);
        return;
    }
    fputs("\napi_key_secret = ", out);
    terminal_write(out, format_text(json_get_z(key, "secret")));
    fputc('\n', out);
}

/* Before the key is made, so that none is made in vain. A file that is there is not overwritten: it
 * may hold another key. */
static bool open_key_file(const char *path, FILE **out, struct error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    *out = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (*out)
        return true;
    int cause = errno;
    if (descriptor >= 0)
        close(descriptor);
    return error_set(error, ERR_INVALID, "cannot write %s: %s", path, strerror(cause));
}

static int save_key_file(struct command_line *line, FILE *file, const char *path,
                         const struct json *key)
{
    struct error error = {0};
    print_key_file(file, key);
    bool failed = fflush(file) != 0 || fsync(fileno(file)) != 0;
    if (fclose(file) == 0 && !failed) {
        terminal_write(line->cli->out, format_text(json_get_z(key, "id")));
        fputc('\n', line->cli->out);
        return EXIT_CODE_OK;
    }
    error_set(&error, ERR_INVALID, "the key was made, but %s could not be written", path);
    print_key_file(line->cli->out, key);
    return cli_fail(line, &error);
}

/* What lets in more than may have been meant; for people, who see it when they can still mend it.
 */
static void print_warnings(struct command_line *line, const struct json *key)
{
    const struct json *warnings = json_get_z(json_get_z(key, "oidcSettings"), "warnings");
    for (uint32_t i = 0; json_is(warnings, JSON_ARRAY) && i < warnings->len; i++) {
        fputs("gatehouse: warning: ", line->cli->err);
        terminal_write(line->cli->err, format_text(&warnings->items[i]));
        fputc('\n', line->cli->err);
    }
}

static bool ask(struct command_line *line, const char *mutation, const char *member,
                const struct api_variable *variables, size_t count, const struct json **out,
                struct error *error)
{
    struct api api;
    const struct json *data;
    if (!api_open(line, &api, error) || !api_query(&api, mutation, variables, count, &data, error))
        return false;
    *out = json_get_z(data, member);
    return true;
}

int key_output_run(struct command_line *line, const char *mutation, const char *member,
                   const struct api_variable *variables, size_t count)
{
    struct error error = {0};
    const struct json *key;
    const char *path = command_line_value(line, "output");
    FILE *file = NULL;
    if (path && !open_key_file(path, &file, &error))
        return cli_fail(line, &error);
    if (!ask(line, mutation, member, variables, count, &key, &error)) {
        if (file) {
            fclose(file);
            unlink(path);
        }
        return cli_fail(line, &error);
    }
    print_warnings(line, key);
    if (file)
        return save_key_file(line, file, path, key);
    if (cli_wants_json(line))
        return cli_print_json(line, key);
    print_key_file(line->cli->out, key);
    if (json_is(json_get_z(key, "secret"), JSON_STRING))
        cli_hint(line, "This is the only time the secret is shown.");
    return EXIT_CODE_OK;
}
