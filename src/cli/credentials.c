/* Finding the API key and the server. */
#include "cli/credentials.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_FILE_MAX = 65536 };

static const char default_server[] = "http://127.0.0.1:8088";
static const char default_key_file[] = "data/admin.apikey";

/* Empty when not set. */
static struct text variable(const char *name)
{
    return text_z(getenv(name));
}

/* `name = value`, blanks around both. */
static bool split_setting(struct text line, struct text *name, struct text *value)
{
    size_t equals = text_find_byte(line, '=', 0);
    if (equals == line.len)
        return false;
    *name = text_trim(text_slice(line, 0, equals));
    *value = text_trim(text_slice(line, equals + 1, line.len));
    return true;
}

/* The documented key file; comments and other sections are skipped. Borrowed from the source. */
static bool parse_key_file(struct text source, struct credentials *out, struct error *error)
{
    struct text line, name, value;
    bool in_section = false;
    *out = (struct credentials){0};
    while (text_next_part(&source, '\n', &line)) {
        line = text_trim(line);
        if (text_is_empty(line) || line.at[0] == '#')
            continue;
        if (line.at[0] == '[')
            in_section = text_equal_z(line, "[credentials]");
        else if (in_section && split_setting(line, &name, &value)) {
            if (text_equal_z(name, "api_key_id"))
                out->id = value;
            else if (text_equal_z(name, "api_key_secret"))
                out->secret = value;
        }
    }
    if (text_is_empty(out->id) || text_is_empty(out->secret))
        return error_set(error, ERR_INVALID,
                         "a key file has [credentials] with api_key_id and api_key_secret");
    return true;
}

static bool read_key_file(struct arena *arena, FILE *file, struct text *out, struct error *error)
{
    char *bytes = arena_alloc_raw(arena, KEY_FILE_MAX);
    if (!bytes)
        return error_set_no_memory(error);
    *out = (struct text){bytes, fread(bytes, 1, KEY_FILE_MAX, file)};
    if (ferror(file))
        return error_set(error, ERR_INVALID, "the key file cannot be read");
    return true;
}

/* Sets *absent instead of failing when there is no such file and it may be missing. */
static bool load_key_file(const struct command_line *line, const char *path, bool *absent,
                          struct credentials *out, struct error *error)
{
    struct text source;
    FILE *file = fopen(path, "rbe");
    if (!file && absent && errno == ENOENT) {
        *absent = true;
        return true;
    }
    if (!file)
        return error_set(error, ERR_INVALID, "the key file %s cannot be opened: %s", path,
                         strerror(errno));
    bool done =
        read_key_file(line->arena, file, &source, error) && parse_key_file(source, out, error);
    fclose(file);
    return done;
}

/* True with an empty id when neither variable is set. */
static bool from_environment(const char *id_name, const char *secret_name, struct credentials *out,
                             struct error *error)
{
    *out = (struct credentials){variable(id_name), variable(secret_name)};
    if (text_is_empty(out->id) != text_is_empty(out->secret))
        return error_set(error, ERR_INVALID, "%s and %s must be set together", id_name,
                         secret_name);
    return true;
}

bool credentials_find(const struct command_line *line, struct credentials *out, struct error *error)
{
    const char *path = command_line_value(line, "key-file");
    bool absent = false;
    if (path)
        return load_key_file(line, path, NULL, out, error);
    if (!from_environment("GATEHOUSE_API_KEY_ID", "GATEHOUSE_API_KEY_SECRET", out, error))
        return false;
    if (text_is_empty(out->id) &&
        !from_environment("SPACELIFT_API_KEY_ID", "SPACELIFT_API_KEY_SECRET", out, error))
        return false;
    if (!text_is_empty(out->id))
        return true;
    if (!load_key_file(line, default_key_file, &absent, out, error))
        return false;
    if (absent)
        return error_set(error, ERR_UNAUTHENTICATED,
                         "there is no API key: use --key-file, set GATEHOUSE_API_KEY_ID and "
                         "GATEHOUSE_API_KEY_SECRET, or call this where the server's %s is",
                         default_key_file);
    return true;
}

static struct text without_suffix(struct text text, struct text suffix)
{
    return text_ends_with(text, suffix) ? text_slice(text, 0, text.len - suffix.len) : text;
}

bool server_url_find(const struct command_line *line, struct text *out, struct error *error)
{
    struct text url = text_z(command_line_value(line, "server"));
    if (text_is_empty(url))
        url = variable("GATEHOUSE_URL");
    if (text_is_empty(url))
        url = variable("SPACELIFT_API_KEY_ENDPOINT");
    if (text_is_empty(url))
        url = text_z(default_server);
    if (!text_starts_with(url, TEXT("http://")) && !text_starts_with(url, TEXT("https://")))
        return error_set(error, ERR_INVALID, "the server \"%.*s\" is no http or https URL",
                         TEXT_ARG(url));
    url =
        without_suffix(without_suffix(without_suffix(url, TEXT("/")), TEXT("/graphql")), TEXT("/"));
    *out = text_format(line->arena, "%.*s/graphql", TEXT_ARG(url));
    return out->at ? true : error_set_no_memory(error);
}
