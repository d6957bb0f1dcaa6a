/*
 * The engine behind JSON lines, so that a script can compare it with another implementation. Each
 * line of input is an object; each gets one line of output:
 *
 *     {"schema": SDL, "document": TEXT, "variables": {...}, "operationName": TEXT, "data": {...}}
 *     {"schema": null, "parse": null, "validation": [{"rule", "message", "locations"}],
 *      "response": {...}}
 *
 * With "next", another SDL, it lists what changes instead: {"changes": [{"type", "description"}]}.
 * "schema" and "parse" hold the error that ended it, if any. `data` is the root value: fields are
 * read by name, {"$error": TEXT} fails, "__typename" names the type of an object.
 */
#include "base/json.h"
#include "graphql/execution/engine.h"
#include "graphql/language/parser.h"
#include "graphql/types/changes.h"
#include "graphql/types/schema_build.h"
#include "graphql/validation/validate.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_MAX = 256 << 20, OUTPUT_MAX = 64 << 20 };

static const struct json_limits input_limits = {
    .max_bytes = 64 << 20, .max_depth = 512, .duplicates = JSON_DUPLICATES_LAST};

static const struct graphql_options options = {.cache_documents = 0, .no_suggestions = true};

static struct graphql_result to_result(struct graphql_call *call, const struct json *value);

static struct graphql_result list_result(struct graphql_call *call, const struct json *list)
{
    struct graphql_result *items = ARENA_ARRAY(call->arena, struct graphql_result, list->len);
    for (uint32_t i = 0; items && i < list->len; i++)
        items[i] = to_result(call, &list->items[i]);
    return (struct graphql_result){
        .kind = GRAPHQL_RESULT_LIST, .len = items ? list->len : 0, .items = items};
}

static struct graphql_result object_result(struct graphql_call *call, const struct json *object)
{
    const struct json *message = json_get_z(object, "$error");
    if (!message)
        return (struct graphql_result){.kind = GRAPHQL_RESULT_OBJECT, .object = object};
    struct error *error = ARENA_NEW(call->arena, struct error);
    if (error)
        error_set(error, ERR_INTERNAL, "%.*s", TEXT_ARG(json_text_or(message, TEXT(""))));
    return (struct graphql_result){.kind = GRAPHQL_RESULT_ERROR, .error = error};
}

static struct graphql_result number_result(const struct json *number)
{
    int64_t integer;
    double real;
    if (json_to_int64(number, &integer))
        return (struct graphql_result){.kind = GRAPHQL_RESULT_INT, .integer = integer};
    if (!json_to_double(number, &real))
        real = 0;
    return (struct graphql_result){.kind = GRAPHQL_RESULT_DOUBLE, .number = real};
}

static struct graphql_result to_result(struct graphql_call *call, const struct json *value)
{
    switch (value->kind) {
    case JSON_TRUE:
    case JSON_FALSE:
        return (struct graphql_result){.kind = GRAPHQL_RESULT_BOOL,
                                       .boolean = value->kind == JSON_TRUE};
    case JSON_NUMBER: return number_result(value);
    case JSON_STRING:
        return (struct graphql_result){.kind = GRAPHQL_RESULT_TEXT,
                                       .len = value->text.len,
                                       .text = value->text.at ? value->text.at : ""};
    case JSON_ARRAY: return list_result(call, value);
    case JSON_OBJECT: return object_result(call, value);
    default: return (struct graphql_result){.kind = GRAPHQL_RESULT_NULL};
    }
}

/* Resolves every field: the member of the JSON object that is the parent. */
static bool resolve(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct json *value = json_get(call->parents[i], call->field->name);
        if (value)
            call->results[i] = to_result(call, value);
    }
    return true;
}

static const struct graphql_type *type_of(const struct graphql_type *type, const void *object)
{
    struct text name = json_text_or(json_get_z(object, "__typename"), TEXT(""));
    for (uint32_t i = 0; i < type->possible_count; i++)
        if (text_equal(type->possible[i]->name, name))
            return type->possible[i];
    return NULL;
}

static void write_error(struct json_writer *writer, const char *key, const struct error *error)
{
    json_key_z(writer, key);
    json_begin_object(writer);
    json_member_string(writer, "message", text_z(error->message));
    json_member_int64(writer, "line", error->line);
    json_member_int64(writer, "column", error->column);
    json_end_object(writer);
}

static void write_validation(struct json_writer *writer, const struct graphql_errors *errors)
{
    json_key_z(writer, "validation");
    json_begin_array(writer);
    for (size_t i = 0; i < errors->items.len; i++) {
        const struct graphql_error *error = &LIST_ITEMS(&errors->items, struct graphql_error)[i];
        json_begin_object(writer);
        json_key_z(writer, "rule");
        json_string_z(writer, error->rule);
        json_member_string(writer, "message", error->message);
        json_key_z(writer, "locations");
        json_begin_array(writer);
        for (uint32_t j = 0; j < error->place_count; j++) {
            json_begin_object(writer);
            json_member_int64(writer, "line", error->places[j].line);
            json_member_int64(writer, "column", error->places[j].column);
            json_end_object(writer);
        }
        json_end_array(writer);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static bool execute(struct arena *arena, const struct graphql_schema *schema,
                    const struct json *input, struct json_writer *writer, struct error *error)
{
    struct graphql_engine *engine = graphql_engine_new(schema, &options);
    struct graphql_request request = {
        .query = json_text_or(json_get_z(input, "document"), TEXT("")),
        .operation_name = json_text_or(json_get_z(input, "operationName"), (struct text){NULL, 0}),
        .variables = json_get_z(input, "variables")};
    struct graphql_run run = {.root = json_get_z(input, "data")};
    struct graphql_operation *operation;
    struct buffer out;
    buffer_init(&out, arena, OUTPUT_MAX);
    /* The engine must outlive the operation, whose document the arena releases. */
    bool ok = engine && graphql_prepare(engine, arena, &request, &operation, error) &&
              graphql_run(operation, &run, &out, error);
    graphql_engine_free(engine);
    if (!ok)
        return false;
    json_key_z(writer, "response");
    json_raw(writer, buffer_text(&out));
    return true;
}

/* {"schema": SDL, "next": SDL}: what changes from one to the other. */
static void compare(struct arena *arena, const struct graphql_schema *before, struct text source,
                    struct json_writer *writer)
{
    struct ast_document *sdl;
    const struct graphql_schema *after;
    struct error error = {0};
    struct list changes;
    list_init(&changes, arena, sizeof(struct graphql_change));
    if (!graphql_parse(arena, source, NULL, &sdl, &error) ||
        !graphql_schema_build(arena, sdl, NULL, &after, &error) ||
        !graphql_changes_find(arena, before, after, &changes)) {
        write_error(writer, "schema", &error);
        return;
    }
    json_key_z(writer, "changes");
    json_begin_array(writer);
    for (size_t i = 0; i < changes.len; i++) {
        const struct graphql_change *change = &LIST_ITEMS(&changes, struct graphql_change)[i];
        json_begin_object(writer);
        json_member_string(writer, "type", text_z(graphql_change_name(change->kind)));
        json_member_string(writer, "description", change->description);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void answer(struct arena *arena, const struct json *input, struct json_writer *writer)
{
    static const struct graphql_resolvers resolvers = {resolve, type_of};
    struct graphql_parse_options parse_options = {.empty_parentheses = true};
    struct error error = {0};
    struct ast_document *sdl;
    struct ast_document *document;
    const struct graphql_schema *schema;
    struct graphql_errors errors;
    if (!graphql_parse(arena, json_text_or(json_get_z(input, "schema"), TEXT("")), NULL, &sdl,
                       &error) ||
        !graphql_schema_build(arena, sdl, &resolvers, &schema, &error)) {
        write_error(writer, "schema", &error);
        return;
    }
    if (json_get_z(input, "next")) {
        compare(arena, schema, json_text_or(json_get_z(input, "next"), TEXT("")), writer);
        return;
    }
    if (!graphql_parse(arena, json_text_or(json_get_z(input, "document"), TEXT("")), &parse_options,
                       &document, &error)) {
        write_error(writer, "parse", &error);
        return;
    }
    graphql_errors_init(&errors, arena, 0);
    if (!graphql_validate(arena, schema, document, &options, &errors)) {
        write_validation(writer, &errors);
        return;
    }
    if (!execute(arena, schema, input, writer, &error))
        write_error(writer, "failure", &error);
}

static void handle(struct text line)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct error error = {0};
    const struct json *input;
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, arena, OUTPUT_MAX);
    json_writer_init(&writer, &out);
    json_begin_object(&writer);
    if (json_parse(arena, line, &input_limits, &input, &error))
        answer(arena, input, &writer);
    else
        write_error(&writer, "input", &error);
    json_end_object(&writer);
    printf("%.*s\n", TEXT_ARG(buffer_text(&out)));
    fflush(stdout);
    arena_free(arena);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    while ((len = getline(&line, &size, stdin)) > 0)
        handle((struct text){line, (size_t)len});
    free(line);
    return 0;
}
