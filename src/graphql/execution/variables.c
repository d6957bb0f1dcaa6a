/*
 * JSON to coerced values. Errors read as the reference implementation's: which variable, at which
 * path inside it, what it got and what was expected.
 */
#include "graphql/execution/variables.h"

#include "graphql/language/lexer.h"

#include <math.h>

enum { SHOWN_MAX = 200 };

struct reader {
    struct arena *arena;
    struct text source;
    const struct ast_variable *variable;
    const struct json *whole; /* what was sent for it */
    bool hide_values;
    struct graphql_errors *errors;
};

static bool read(struct reader *reader, struct graphql_type_ref type, const struct json *sent,
                 const struct graphql_path *path, struct graphql_value *out);

/* Values are shown in messages, long ones cut. */
static struct text show(struct reader *reader, const struct json *value)
{
    struct buffer out;
    struct json_writer writer;
    if (reader->hide_values)
        return GRAPHQL_HIDDEN_VALUE;
    buffer_init(&out, reader->arena, 1 << 16);
    json_writer_init(&writer, &out);
    json_value(&writer, value);
    struct text text = out.failed ? TEXT("a value") : buffer_text(&out);
    if (text.len <= SHOWN_MAX)
        return text;
    size_t end = SHOWN_MAX;
    while (end > 0 && ((unsigned char)text.at[end] & 0xC0) == 0x80)
        end--;
    return text_format(reader->arena, "%.*s...", (int)end, text.at);
}

static void add_path(struct buffer *out, const struct graphql_path *path)
{
    if (!path)
        return;
    add_path(out, path->up);
    if (path->key.at)
        buffer_add_format(out, ".%.*s", TEXT_ARG(path->key));
    else
        buffer_add_format(out, "[%zu]", path->index);
}

static bool refuse(struct reader *reader, const struct json *sent, const struct graphql_path *path,
                   struct text why)
{
    struct text name = reader->variable->name;
    struct buffer place;
    buffer_init(&place, reader->arena, 1 << 12);
    add_path(&place, path);
    struct text at = path ? text_format(reader->arena, " at \"%.*s%.*s\"", TEXT_ARG(name),
                                        TEXT_ARG(buffer_text(&place)))
                          : TEXT("");
    struct text message =
        text_format(reader->arena, "Variable \"$%.*s\" got invalid value %.*s%.*s; %.*s",
                    TEXT_ARG(name), TEXT_ARG(show(reader, sent)), TEXT_ARG(at), TEXT_ARG(why));
    graphql_error_place(graphql_errors_add(reader->errors, error_code(ERR_INVALID), message),
                        reader->source, reader->variable->at);
    return false;
}

static bool refuse_scalar(struct reader *reader, const struct json *sent,
                          const struct graphql_path *path, const char *what)
{
    return refuse(reader, sent, path,
                  text_format(reader->arena, "%s: %.*s", what, TEXT_ARG(show(reader, sent))));
}

static bool read_int(struct reader *reader, const struct json *sent,
                     const struct graphql_path *path, struct graphql_value *out)
{
    int64_t value;
    if (!json_is(sent, JSON_NUMBER))
        return refuse_scalar(reader, sent, path, "Int cannot represent non-integer value");
    double number;
    bool is_whole = json_to_int64(sent, &value);
    if (!is_whole && (!json_to_double(sent, &number) || number != floor(number)))
        return refuse_scalar(reader, sent, path, "Int cannot represent non-integer value");
    if (!is_whole || value < INT32_MIN || value > INT32_MAX)
        return refuse_scalar(reader, sent, path,
                             "Int cannot represent non 32-bit signed integer value");
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_INT, .integer = value};
    return true;
}

static bool read_float(struct reader *reader, const struct json *sent,
                       const struct graphql_path *path, struct graphql_value *out)
{
    double number;
    if (!json_is(sent, JSON_NUMBER) || !json_to_double(sent, &number) || !isfinite(number))
        return refuse_scalar(reader, sent, path, "Float cannot represent non numeric value");
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_FLOAT, .number = number};
    return true;
}

static bool read_text(struct reader *reader, const struct json *sent,
                      const struct graphql_path *path, struct graphql_value *out)
{
    if (!json_is(sent, JSON_STRING))
        return refuse_scalar(reader, sent, path, "String cannot represent a non string value");
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_STRING, .text = sent->text};
    if (!out->text.at)
        out->text.at = "";
    return true;
}

static bool read_id(struct reader *reader, const struct json *sent, const struct graphql_path *path,
                    struct graphql_value *out)
{
    int64_t value;
    if (json_is(sent, JSON_STRING))
        return read_text(reader, sent, path, out);
    if (!json_is(sent, JSON_NUMBER) || !json_to_int64(sent, &value))
        return refuse_scalar(reader, sent, path, "ID cannot represent value");
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_STRING,
                                  .text = text_format(reader->arena, "%lld", (long long)value)};
    return true;
}

static bool read_boolean(struct reader *reader, const struct json *sent,
                         const struct graphql_path *path, struct graphql_value *out)
{
    if (sent->kind != JSON_TRUE && sent->kind != JSON_FALSE)
        return refuse_scalar(reader, sent, path, "Boolean cannot represent a non boolean value");
    *out =
        (struct graphql_value){.kind = GRAPHQL_VALUE_BOOLEAN, .boolean = sent->kind == JSON_TRUE};
    return true;
}

static bool no_memory(struct reader *reader)
{
    graphql_errors_add(reader->errors, error_code(ERR_NO_MEMORY),
                       text_z(error_sentence(ERR_NO_MEMORY)));
    return false;
}

static bool read_untyped_items(struct reader *reader, const struct json *sent,
                               struct graphql_value *out);

/* A scalar of one's own takes any JSON value as it is. */
static bool read_untyped(struct reader *reader, const struct json *sent, struct graphql_value *out)
{
    double number;
    switch (sent->kind) {
    case JSON_NULL: *out = (struct graphql_value){.kind = GRAPHQL_VALUE_NULL}; return true;
    case JSON_TRUE:
    case JSON_FALSE: return read_boolean(reader, sent, NULL, out);
    case JSON_STRING: return read_text(reader, sent, NULL, out);
    case JSON_NUMBER:
        out->kind = GRAPHQL_VALUE_INT;
        if (json_to_int64(sent, &out->integer))
            return true;
        number = json_to_double(sent, &number) ? number : 0;
        *out = (struct graphql_value){.kind = GRAPHQL_VALUE_FLOAT, .number = number};
        return true;
    default: return read_untyped_items(reader, sent, out);
    }
}

static bool read_untyped_items(struct reader *reader, const struct json *sent,
                               struct graphql_value *out)
{
    bool is_list = sent->kind == JSON_ARRAY;
    size_t size = is_list ? sizeof(struct graphql_value) : sizeof(struct graphql_value_field);
    void *memory = arena_alloc_array(reader->arena, sent->len, size);
    if (!memory)
        return no_memory(reader);
    struct graphql_value *items = memory;
    struct graphql_value_field *fields = memory;
    for (uint32_t i = 0; i < sent->len; i++) {
        if (is_list && !read_untyped(reader, &sent->items[i], &items[i]))
            return false;
        if (is_list)
            continue;
        fields[i].name = sent->members[i].key;
        if (!read_untyped(reader, &sent->members[i].value, &fields[i].value))
            return false;
    }
    *out = (struct graphql_value){.kind = is_list ? GRAPHQL_VALUE_LIST : GRAPHQL_VALUE_OBJECT,
                                  .len = sent->len,
                                  .items = is_list ? items : NULL};
    if (!is_list)
        out->fields = fields;
    return true;
}

static bool read_scalar(struct reader *reader, const struct graphql_type *type,
                        const struct json *sent, const struct graphql_path *path,
                        struct graphql_value *out)
{
    if (type == &graphql_string)
        return read_text(reader, sent, path, out);
    if (type == &graphql_id)
        return read_id(reader, sent, path, out);
    if (type == &graphql_int)
        return read_int(reader, sent, path, out);
    if (type == &graphql_float)
        return read_float(reader, sent, path, out);
    if (type == &graphql_boolean)
        return read_boolean(reader, sent, path, out);
    return read_untyped(reader, sent, out);
}

static bool read_enum(struct reader *reader, const struct graphql_type *type,
                      const struct json *sent, const struct graphql_path *path,
                      struct graphql_value *out)
{
    if (!json_is(sent, JSON_STRING))
        return refuse(reader, sent, path,
                      text_format(reader->arena,
                                  "Enum \"%.*s\" cannot represent non-string value: %.*s.",
                                  TEXT_ARG(type->name), TEXT_ARG(show(reader, sent))));
    const struct graphql_enum_value *constant = graphql_enum_by_name(type, sent->text);
    if (!constant)
        return refuse(reader, sent, path,
                      text_format(reader->arena, "Value %.*s does not exist in \"%.*s\" enum.",
                                  TEXT_ARG(show(reader, sent)), TEXT_ARG(type->name)));
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_ENUM, .constant = constant};
    return true;
}

static bool read_list(struct reader *reader, struct graphql_type_ref item, const struct json *sent,
                      const struct graphql_path *path, struct graphql_value *out)
{
    bool is_list = sent->kind == JSON_ARRAY;
    uint32_t count = is_list ? sent->len : 1;
    struct graphql_value *items = ARENA_ARRAY(reader->arena, struct graphql_value, count);
    if (!items)
        return no_memory(reader);
    bool ok = true;
    /* A single value stands for a list of it. */
    if (!is_list)
        ok = read(reader, item, sent, path, &items[0]);
    for (uint32_t i = 0; is_list && i < count; i++) {
        struct graphql_path step = {.up = path, .index = i};
        ok &= read(reader, item, &sent->items[i], &step, &items[i]);
    }
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_LIST, .len = count, .items = items};
    return ok;
}

static bool read_fields(struct reader *reader, const struct graphql_type *type,
                        const struct json *sent, const struct graphql_path *path,
                        struct graphql_value_field *fields, uint32_t *count)
{
    bool ok = true;
    for (uint32_t i = 0; i < type->input_count; i++) {
        const struct graphql_input *input = &type->inputs[i];
        const struct json *member = json_get(sent, input->name);
        struct graphql_value_field *field = &fields[*count];
        if (member) {
            struct graphql_path step = {.up = path, .key = input->name};
            ok &= read(reader, input->type, member, &step, &field->value);
        } else if (input->default_value) {
            field->value = *input->default_value;
        } else {
            if (graphql_is_non_null(input->type.wrappers))
                ok = refuse(
                    reader, sent, path,
                    text_format(reader->arena,
                                "Field \"%.*s\" of required type \"%.*s\" was not provided.",
                                TEXT_ARG(input->name),
                                TEXT_ARG(graphql_type_ref_print(reader->arena, input->type))));
            continue;
        }
        field->name = input->name;
        ++*count;
    }
    return ok;
}

static bool check_members(struct reader *reader, const struct graphql_type *type,
                          const struct json *sent, const struct graphql_path *path)
{
    bool ok = true;
    for (uint32_t i = 0; i < sent->len; i++)
        if (!graphql_type_input(type, sent->members[i].key))
            ok =
                refuse(reader, sent, path,
                       text_format(reader->arena, "Field \"%.*s\" is not defined by type \"%.*s\".",
                                   TEXT_ARG(text_slice(sent->members[i].key, 0, SHOWN_MAX)),
                                   TEXT_ARG(type->name)));
    if (!type->is_one_of)
        return ok;
    if (sent->len != 1)
        return refuse(reader, sent, path,
                      text_format(reader->arena,
                                  "Exactly one key must be specified for OneOf type \"%.*s\".",
                                  TEXT_ARG(type->name)));
    struct graphql_path step = {.up = path, .key = sent->members[0].key};
    if (json_is(&sent->members[0].value, JSON_NULL))
        return refuse(reader, &sent->members[0].value, &step,
                      text_format(reader->arena, "Field \"%.*s\" must be non-null.",
                                  TEXT_ARG(text_slice(sent->members[0].key, 0, SHOWN_MAX))));
    return ok;
}

static bool read_object(struct reader *reader, const struct graphql_type *type,
                        const struct json *sent, const struct graphql_path *path,
                        struct graphql_value *out)
{
    if (sent->kind != JSON_OBJECT)
        return refuse(reader, sent, path,
                      text_format(reader->arena, "Expected type \"%.*s\" to be an object.",
                                  TEXT_ARG(type->name)));
    struct graphql_value_field *fields =
        ARENA_ARRAY(reader->arena, struct graphql_value_field, type->input_count);
    if (!fields)
        return no_memory(reader);
    uint32_t count = 0;
    bool ok = read_fields(reader, type, sent, path, fields, &count);
    ok &= check_members(reader, type, sent, path);
    *out = (struct graphql_value){.kind = GRAPHQL_VALUE_OBJECT, .len = count, .fields = fields};
    return ok;
}

static bool read(struct reader *reader, struct graphql_type_ref type, const struct json *sent,
                 const struct graphql_path *path, struct graphql_value *out)
{
    if (sent->kind == JSON_NULL) {
        *out = (struct graphql_value){.kind = GRAPHQL_VALUE_NULL};
        if (!graphql_is_non_null(type.wrappers))
            return true;
        struct text name = graphql_type_ref_print(reader->arena, type);
        return refuse(reader, sent, path,
                      text_format(reader->arena,
                                  "Expected non-nullable type \"%.*s\" not to be null.",
                                  TEXT_ARG(name)));
    }
    uint64_t wrappers = graphql_nullable(type.wrappers);
    if (graphql_is_list(wrappers))
        return read_list(reader, (struct graphql_type_ref){type.type, wrappers >> 2}, sent, path,
                         out);
    switch (type.type->kind) {
    case GRAPHQL_ENUM: return read_enum(reader, type.type, sent, path, out);
    case GRAPHQL_INPUT_OBJECT: return read_object(reader, type.type, sent, path, out);
    default: return read_scalar(reader, type.type, sent, path, out);
    }
}

static bool refuse_missing(struct reader *reader, struct graphql_type_ref type, bool is_null)
{
    struct text name = graphql_type_ref_print(reader->arena, type);
    struct text message =
        text_format(reader->arena,
                    is_null ? "Variable \"$%.*s\" of non-null type \"%.*s\" must not be null."
                            : "Variable \"$%.*s\" of required type \"%.*s\" was not provided.",
                    TEXT_ARG(reader->variable->name), TEXT_ARG(name));
    graphql_error_place(graphql_errors_add(reader->errors, error_code(ERR_INVALID), message),
                        reader->source, reader->variable->at);
    return false;
}

static bool read_variable(struct reader *reader, const struct graphql_schema *schema,
                          const struct json *sent, struct graphql_variable *out)
{
    const struct ast_variable *definition = reader->variable;
    struct graphql_type_ref type = {graphql_schema_type(schema, definition->type.name),
                                    definition->type.wrappers};
    out->name = definition->name;
    if (!sent && definition->default_value) {
        out->is_given = true;
        return graphql_coerce_literal(reader->arena, type, definition->default_value, NULL,
                                      &out->value) == GRAPHQL_COERCED ||
               no_memory(reader);
    }
    bool is_null = json_is(sent, JSON_NULL);
    if ((!sent || is_null) && graphql_is_non_null(type.wrappers))
        return refuse_missing(reader, type, is_null);
    out->is_given = sent != NULL;
    return !sent || read(reader, type, sent, NULL, &out->value);
}

bool graphql_variables_coerce(struct arena *arena, const struct graphql_schema *schema,
                              struct text source, const struct ast_variable *definitions,
                              const struct json *sent, bool hide_values,
                              struct graphql_variables *out, struct graphql_errors *errors)
{
    size_t count = 0;
    for (const struct ast_variable *each = definitions; each; each = each->next)
        count++;
    struct graphql_variable *items = ARENA_ARRAY(arena, struct graphql_variable, count);
    struct reader reader = {
        .arena = arena, .source = source, .hide_values = hide_values, .errors = errors};
    if (!items)
        return no_memory(&reader);
    bool ok = true;
    size_t at = 0;
    for (const struct ast_variable *each = definitions; each; each = each->next, at++) {
        reader.variable = each;
        ok &= read_variable(&reader, schema, json_get(sent, each->name), &items[at]);
    }
    *out = (struct graphql_variables){items, count};
    return ok;
}
