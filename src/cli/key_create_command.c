/* gatehouse key create */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char mutation[] = "mutation ApiKeyCreate($input: ApiKeyInput!) "
                               "{ apiKeyCreate(input: $input) { id name secret } }";

static void write_groups(const struct command_line *line, struct json_writer *writer)
{
    const char *group;
    json_key_z(writer, "teams");
    json_begin_array(writer);
    for (size_t i = 0; (group = command_line_value_at(line, "group", i)); i++)
        json_string_z(writer, group);
    json_end_array(writer);
}

static bool write_input(const struct command_line *line, struct text *out, struct error *error)
{
    struct buffer buffer;
    struct json_writer writer;
    const char *expires = command_line_value(line, "expires");
    const char *description = command_line_value(line, "description");
    int64_t expires_at = 0;
    if (expires && !format_parse_expiry(text_z(expires), &expires_at, error))
        return false;
    buffer_init(&buffer, line->arena, 65536);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "name", text_z(command_line_operand(line, 0)));
    write_groups(line, &writer);
    if (description)
        json_member_string(&writer, "description", text_z(description));
    if (expires)
        json_member_int64(&writer, "expiresAt", expires_at);
    if (command_line_has(line, "administrator"))
        json_member_bool(&writer, "admin", true);
    if (command_line_has(line, "worker"))
        json_member_bool(&writer, "worker", true);
    json_end_object(&writer);
    *out = buffer_text(&buffer);
    return buffer.failed ? error_set_no_memory(error) : true;
}

static void print_key_file(FILE *out, const struct json *key)
{
    fputs("# API key: ", out);
    terminal_write(out, format_text(json_get_z(key, "name")));
    fputs("\n\n[credentials]\napi_key_id     = ", out);
    terminal_write(out, format_text(json_get_z(key, "id")));
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
    if (fclose(file) == 0 && !failed)
        return EXIT_CODE_OK;
    error_set(&error, ERR_INVALID, "the key was made, but %s could not be written", path);
    print_key_file(line->cli->out, key);
    return cli_fail(line, &error);
}

static bool create_key(struct command_line *line, const struct api_variable *input,
                       const struct json **out, struct error *error)
{
    struct api api;
    const struct json *data;
    if (!api_open(line, &api, error) || !api_query(&api, mutation, input, 1, &data, error))
        return false;
    *out = json_get_z(data, "apiKeyCreate");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api_variable input = {.name = "input", .kind = API_JSON};
    const struct json *key;
    const char *path = command_line_value(line, "output");
    FILE *file = NULL;
    if (!write_input(line, &input.text, &error)) {
        cli_fail(line, &error);
        return EXIT_CODE_USAGE;
    }
    if (path && !open_key_file(path, &file, &error))
        return cli_fail(line, &error);
    if (!create_key(line, &input, &key, &error)) {
        if (file) {
            fclose(file);
            unlink(path);
        }
        return cli_fail(line, &error);
    }
    if (file)
        return save_key_file(line, file, path, key);
    if (cli_wants_json(line))
        return cli_print_json(line, key);
    print_key_file(line->cli->out, key);
    cli_hint(line, "This is the only time the secret is shown.");
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"description", 'd', "TEXT", "what the key is for", NULL},
    {"group", 'g', "NAME", "a group the key is in; may be repeated", NULL},
    {"administrator", 'a', NULL, "let it do everything: the role Space Admin on the root space",
     NULL},
    {"worker", 0, NULL, "make it the key of a worker, which executes runs and nothing else", NULL},
    {"expires", 'e', "WHEN", "90d, 12h, or a time such as 2027-01-31T00:00:00Z", NULL},
    {"output", 'o', "FILE", "write the key to a new file that only you can read", NULL},
};

const struct command key_create_command = {
    .name = "key create",
    .summary = "create an API key, and print it once",
    .usage = "NAME",
    .description = "The output is a key file, as --key-file and other clients read it.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
