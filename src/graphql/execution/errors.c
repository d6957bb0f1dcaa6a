/* Errors: collecting and printing. */
#include "graphql/execution/errors.h"

#include "base/json.h"
#include "graphql/language/lexer.h"

enum { PATH_MAX_BYTES = 1 << 16 };

void graphql_errors_init(struct graphql_errors *errors, struct arena *arena, uint32_t max)
{
    *errors = (struct graphql_errors){.max = max};
    list_init(&errors->items, arena, sizeof(struct graphql_error));
}

struct graphql_error *graphql_errors_add(struct graphql_errors *errors, const char *code,
                                         struct text message)
{
    if (errors->max && errors->items.len >= errors->max) {
        errors->dropped++;
        return NULL;
    }
    struct text copy = text_copy(errors->items.arena, message);
    struct graphql_error *error = copy.at ? list_push(&errors->items) : NULL;
    if (!error) {
        errors->dropped++;
        return NULL;
    }
    error->message = copy;
    error->code = code;
    return error;
}

struct graphql_error *graphql_errors_add_error(struct graphql_errors *errors,
                                               const struct error *error)
{
    struct graphql_error *added =
        graphql_errors_add(errors, error_code(error->kind), text_z(error->message));
    if (added && error->line > 0) {
        added->places[0] = (struct graphql_place){error->line, error->column};
        added->place_count = 1;
    }
    return added;
}

void graphql_error_place(struct graphql_error *error, struct text source, uint32_t at)
{
    if (!error || error->place_count == GRAPHQL_ERROR_PLACES)
        return;
    struct graphql_place *place = &error->places[error->place_count++];
    graphql_place(source, at, &place->line, &place->column);
}

static void write_path(struct json_writer *writer, const struct graphql_path *path)
{
    if (!path)
        return;
    write_path(writer, path->up);
    if (path->key.at)
        json_string(writer, path->key);
    else
        json_int64(writer, (int64_t)path->index);
}

void graphql_error_path(struct graphql_error *error, struct arena *arena,
                        const struct graphql_path *path)
{
    if (!error)
        return;
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, arena, PATH_MAX_BYTES);
    json_writer_init(&writer, &out);
    json_begin_array(&writer);
    write_path(&writer, path);
    json_end_array(&writer);
    if (!out.failed)
        error->path = buffer_text(&out);
}

static void write_error(struct json_writer *writer, const struct graphql_error *error)
{
    json_begin_object(writer);
    json_member_string(writer, "message", error->message);
    if (error->place_count > 0) {
        json_key_z(writer, "locations");
        json_begin_array(writer);
        for (uint32_t i = 0; i < error->place_count; i++) {
            json_begin_object(writer);
            json_member_int64(writer, "line", error->places[i].line);
            json_member_int64(writer, "column", error->places[i].column);
            json_end_object(writer);
        }
        json_end_array(writer);
    }
    if (error->path.at) {
        json_key_z(writer, "path");
        json_raw(writer, error->path);
    }
    if (error->code) {
        json_key_z(writer, "extensions");
        json_begin_object(writer);
        json_member_string(writer, "code", text_z(error->code));
        json_end_object(writer);
    }
    json_end_object(writer);
}

void graphql_errors_write(const struct graphql_errors *errors, struct buffer *out)
{
    struct json_writer writer;
    buffer_add(out, TEXT("\"errors\":"));
    json_writer_init(&writer, out);
    json_begin_array(&writer);
    for (size_t i = 0; i < errors->items.len; i++)
        write_error(&writer, &LIST_ITEMS(&errors->items, struct graphql_error)[i]);
    json_end_array(&writer);
}
