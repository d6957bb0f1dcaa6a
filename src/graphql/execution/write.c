/*
 * The second half of a run: the response, straight into the buffer. A null where none may be cuts
 * the buffer back to the nearest place that may be null.
 */
#include "graphql/execution/state.h"
#include "graphql/execution/write_text.h"

#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TICKS_PER_CLOCK = 1024 };

enum outcome {
    WROTE_VALUE,
    IS_NULL, /* nothing written */
    FAILED,  /* an error is recorded; whatever was written is to be cut off */
};

/* One field of one object, on its way down through lists. */
struct place {
    struct run_state *state;
    struct buffer *out;
    const struct plan_set *set; /* the parent's */
    const struct graphql_plan_field *field;
    uint32_t next_child; /* the number of the next object among the field's children */
};

static enum outcome complete(struct place *place, uint64_t wrappers,
                             const struct graphql_result *result, const struct graphql_path *path);

static void put(struct buffer *out, const char *bytes, size_t len)
{
    if (out->size - out->len < len && !buffer_reserve(out, len))
        return;
    memcpy(out->at + out->len, bytes, len);
    out->len += len;
}

static struct graphql_error *add_error(struct place *place, const char *code, struct text message,
                                       const struct graphql_path *path)
{
    struct run_state *state = place->state;
    struct graphql_error *error = graphql_errors_add(&state->errors, code, message);
    if (!error)
        return NULL;
    for (uint32_t i = 0; i < place->field->node_count; i++)
        graphql_error_place(error, state->document->text, place->field->nodes[i]->at);
    graphql_error_path(error, state->arena, path);
    return error;
}

static enum outcome fail(struct place *place, const struct graphql_path *path, const char *format,
                         ...) PRINTF_LIKE(3, 4);

static enum outcome fail(struct place *place, const struct graphql_path *path, const char *format,
                         ...)
{
    char message[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    add_error(place, error_code(ERR_INTERNAL), text_z(message), path);
    return FAILED;
}

static enum outcome fail_null(struct place *place, const struct graphql_path *path)
{
    return fail(place, path, "Cannot return null for non-nullable field %.*s.%.*s.",
                TEXT_ARG(place->set->type->name), TEXT_ARG(place->field->field->name));
}

static enum outcome fail_result(struct place *place, const struct error *error,
                                const struct graphql_path *path)
{
    if (!error) {
        error_set_no_memory(&place->state->error);
        return FAILED;
    }
    struct graphql_error *added =
        add_error(place, error_code(error->kind), text_z(error->message), path);
    /* An argument that does not fit is a place of its own. */
    if (added && error->line > 0) {
        added->places[0] = (struct graphql_place){error->line, error->column};
        added->place_count = 1;
    }
    return FAILED;
}

static enum outcome write_name(struct buffer *out, struct text name)
{
    write_text(out, name);
    return WROTE_VALUE;
}

static enum outcome write_enum(struct place *place, const struct graphql_result *result,
                               const struct graphql_path *path)
{
    const struct graphql_type *type = place->field->field->type.type;
    const struct graphql_enum_value *value = NULL;
    if (result->kind == GRAPHQL_RESULT_INT)
        value = graphql_enum_by_value(type, result->integer);
    else if (result->kind == GRAPHQL_RESULT_TEXT)
        value = graphql_enum_by_name(type, (struct text){result->text, result->len});
    if (!value)
        return fail(place, path, "Enum \"%.*s\" cannot represent the value.", TEXT_ARG(type->name));
    return write_name(place->out, value->name);
}

static enum outcome write_integer(struct place *place, int64_t value,
                                  const struct graphql_path *path)
{
    const struct graphql_type *type = place->field->field->type.type;
    bool is_number = type == &graphql_int || type == &graphql_float;
    if (type == &graphql_int && (value < INT32_MIN || value > INT32_MAX))
        return fail(place, path, "Int cannot represent non 32-bit signed integer value: %" PRId64,
                    value);
    if (type == &graphql_boolean)
        return fail(place, path, "Boolean cannot represent a non boolean value: %" PRId64, value);
    if (type == &graphql_string || type == &graphql_id)
        buffer_add_byte(place->out, '"');
    buffer_add_int64(place->out, value);
    if (!is_number && (type == &graphql_string || type == &graphql_id))
        buffer_add_byte(place->out, '"');
    return WROTE_VALUE;
}

static enum outcome write_double(struct place *place, double value, const struct graphql_path *path)
{
    const struct graphql_type *type = place->field->field->type.type;
    if (!isfinite(value))
        return fail(place, path, "Float cannot represent non numeric value.");
    if (value == floor(value) && fabs(value) < 9e15)
        return write_integer(place, (int64_t)value, path);
    if (type == &graphql_int)
        return fail(place, path, "Int cannot represent non-integer value: %g", value);
    if (type == &graphql_boolean || type == &graphql_id)
        return fail(place, path, "%.*s cannot represent value: %g", TEXT_ARG(type->name), value);
    struct json_writer writer;
    json_writer_init(&writer, place->out);
    if (type == &graphql_string)
        buffer_add_byte(place->out, '"');
    json_double(&writer, value);
    if (type == &graphql_string)
        buffer_add_byte(place->out, '"');
    return WROTE_VALUE;
}

static enum outcome write_boolean(struct place *place, bool value, const struct graphql_path *path)
{
    const struct graphql_type *type = place->field->field->type.type;
    if (type == &graphql_int || type == &graphql_float)
        return write_integer(place, value, path);
    if (type == &graphql_id)
        return fail(place, path, "ID cannot represent value: %s", value ? "true" : "false");
    if (type == &graphql_string)
        return write_name(place->out, value ? TEXT("true") : TEXT("false"));
    buffer_add(place->out, value ? TEXT("true") : TEXT("false"));
    return WROTE_VALUE;
}

static enum outcome write_string(struct place *place, const struct graphql_result *result,
                                 const struct graphql_path *path)
{
    const struct graphql_type *type = place->field->field->type.type;
    if (type == &graphql_int || type == &graphql_float || type == &graphql_boolean)
        return fail(place, path, "%.*s cannot represent the value \"%.*s\"", TEXT_ARG(type->name),
                    (int)(result->len < 100 ? result->len : 100), result->text);
    write_text(place->out, (struct text){result->text, result->len});
    return WROTE_VALUE;
}

static enum outcome write_leaf(struct place *place, const struct graphql_result *result,
                               const struct graphql_path *path)
{
    if (place->field->field->type.type->kind == GRAPHQL_ENUM)
        return write_enum(place, result, path);
    switch (result->kind) {
    case GRAPHQL_RESULT_TEXT: return write_string(place, result, path);
    case GRAPHQL_RESULT_INT: return write_integer(place, result->integer, path);
    case GRAPHQL_RESULT_DOUBLE: return write_double(place, result->number, path);
    case GRAPHQL_RESULT_BOOL: return write_boolean(place, result->boolean, path);
    case GRAPHQL_RESULT_RAW:
        buffer_add(place->out, (struct text){result->text, result->len});
        return WROTE_VALUE;
    default:
        return fail(place, path, "%.*s cannot represent the value.",
                    TEXT_ARG(place->field->field->type.type->name));
    }
}

static enum outcome write_composite(struct place *place, const struct graphql_result *result,
                                    const struct graphql_path *path)
{
    if (result->kind != GRAPHQL_RESULT_OBJECT)
        return fail(place, path, "Expected an object for field \"%.*s.%.*s\".",
                    TEXT_ARG(place->set->type->name), TEXT_ARG(place->field->field->name));
    const struct plan_set *set = set_for(place->field, result->object);
    uint32_t index = place->next_child++;
    if (!set)
        return fail(place, path,
                    "Abstract type \"%.*s\" must resolve to an Object type at runtime for field "
                    "\"%.*s.%.*s\".",
                    TEXT_ARG(place->field->field->type.type->name),
                    TEXT_ARG(place->set->type->name), TEXT_ARG(place->field->field->name));
    const struct list *positions = &place->state->fields[place->field->id].positions;
    if (place->field->has_work_below && positions->len > 0)
        index = LIST_ITEMS(positions, uint32_t)[index];
    return write_object(place->state, place->out, set, result->object, index, path) ? WROTE_VALUE
                                                                                    : FAILED;
}

/* The item of a list as a result of its own. */
static struct graphql_result item_of(const struct graphql_result *list, size_t index)
{
    struct graphql_result item = {.kind = GRAPHQL_RESULT_OBJECT};
    int32_t small;
    switch (list->kind) {
    case GRAPHQL_RESULT_TEXTS:
        item.kind = list->texts[index].at ? GRAPHQL_RESULT_TEXT : GRAPHQL_RESULT_NULL;
        item.len = list->texts[index].len;
        item.text = list->texts[index].at;
        return item;
    case GRAPHQL_RESULT_POINTERS:
        item.object = list->pointers[index];
        item.kind = item.object ? GRAPHQL_RESULT_OBJECT : GRAPHQL_RESULT_NULL;
        return item;
    case GRAPHQL_RESULT_STRUCTS:
        item.object = (const char *)list->object + index * list->stride;
        return item;
    case GRAPHQL_RESULT_INTS:
        item.kind = GRAPHQL_RESULT_INT;
        item.integer = list->integers[index];
        return item;
    case GRAPHQL_RESULT_INT32S:
        item.kind = GRAPHQL_RESULT_INT;
        memcpy(&small, (const char *)list->object + index * sizeof(small), sizeof(small));
        item.integer = small;
        return item;
    default: return list->items[index];
    }
}

static bool is_list_result(const struct graphql_result *result)
{
    return result->kind == GRAPHQL_RESULT_TEXTS || result->kind >= GRAPHQL_RESULT_POINTERS;
}

static uint32_t count_objects(const struct graphql_result *result)
{
    uint32_t count = 0;
    if (result->kind == GRAPHQL_RESULT_OBJECT)
        return 1;
    if (result->kind != GRAPHQL_RESULT_LIST && result->kind != GRAPHQL_RESULT_POINTERS &&
        result->kind != GRAPHQL_RESULT_STRUCTS)
        return 0;
    for (size_t i = 0; i < result->len; i++) {
        struct graphql_result item = item_of(result, i);
        count += count_objects(&item);
    }
    return count;
}

/* The objects of a list that is given up have their places in the columns all the same. */
static void skip_items(struct place *place, const struct graphql_result *list, size_t from)
{
    for (size_t i = from; place->field->has_work_below && i < list->len; i++) {
        struct graphql_result item = item_of(list, i);
        place->next_child += count_objects(&item);
    }
}

static enum outcome write_list(struct place *place, uint64_t wrappers,
                               const struct graphql_result *result, const struct graphql_path *path)
{
    if (!is_list_result(result))
        return fail(place, path, "Expected Iterable, but did not find one for field \"%.*s.%.*s\".",
                    TEXT_ARG(place->set->type->name), TEXT_ARG(place->field->field->name));
    put(place->out, "[", 1);
    for (size_t i = 0; i < result->len; i++) {
        struct graphql_path step = {.up = path, .index = i};
        struct graphql_result item = item_of(result, i);
        if (i > 0)
            put(place->out, ",", 1);
        if (complete(place, wrappers, &item, &step) == FAILED) {
            skip_items(place, result, i + 1);
            return FAILED;
        }
    }
    put(place->out, "]", 1);
    return WROTE_VALUE;
}

static enum outcome write_nullable(struct place *place, uint64_t wrappers,
                                   const struct graphql_result *result,
                                   const struct graphql_path *path)
{
    if (result->kind == GRAPHQL_RESULT_NULL)
        return IS_NULL;
    if (result->kind == GRAPHQL_RESULT_ERROR)
        return fail_result(place, result->error, path);
    if (graphql_is_list(wrappers))
        return write_list(place, wrappers >> 2, result, path);
    if (place->field->set_count > 0)
        return write_composite(place, result, path);
    return write_leaf(place, result, path);
}

/* A value with the null it may become; FAILED only where null is not allowed. */
static enum outcome complete(struct place *place, uint64_t wrappers,
                             const struct graphql_result *result, const struct graphql_path *path)
{
    size_t start = place->out->len;
    enum outcome outcome = write_nullable(place, graphql_nullable(wrappers), result, path);
    if (outcome == WROTE_VALUE)
        return outcome;
    if (graphql_is_non_null(wrappers))
        return outcome == IS_NULL ? fail_null(place, path) : FAILED;
    buffer_truncate(place->out, start);
    put(place->out, "null", 4);
    return WROTE_VALUE;
}

/* The short ways; false, with nothing written, when the general one is needed. */
static bool write_plain(struct buffer *out, const struct plan_set *set,
                        const struct graphql_plan_field *plan, const void *object)
{
    const struct graphql_field *field = plan->field;
    const char *at = (const char *)object + field->member.offset;
    const struct graphql_enum_value *constant;
    struct text text;
    struct text_list texts;
    int64_t time;
    int32_t value;
    bool flag;
    switch (plan->leaf) {
    case PLAN_LEAF_TYPENAME: write_text(out, set->type->name); return true;
    case PLAN_LEAF_TEXT:
        memcpy(&text, at, sizeof(text));
        if (!text.at)
            return false;
        write_text(out, text);
        return true;
    case PLAN_LEAF_TEXTS:
        memcpy(&texts, at, sizeof(texts));
        return texts.items && write_texts(out, texts);
    case PLAN_LEAF_BOOL:
        if (field->member.null != GRAPHQL_NULL_NEVER)
            return false;
        memcpy(&flag, at, sizeof(flag));
        put(out, flag ? "true" : "false", flag ? 4 : 5);
        return true;
    case PLAN_LEAF_TIME:
        memcpy(&time, at, sizeof(time));
        time = graphql_seconds(time);
        if (time < INT32_MIN || time > INT32_MAX)
            return false;
        buffer_add_int64(out, time);
        return true;
    case PLAN_LEAF_ENUM:
        memcpy(&value, at, sizeof(value));
        constant = graphql_enum_by_value(field->type.type, value);
        if (constant)
            write_text(out, constant->name);
        return constant != NULL;
    default: return false;
    }
}

static bool write_any(struct run_state *state, struct buffer *out, const struct plan_set *set,
                      const struct graphql_plan_field *field, const void *object, uint32_t index,
                      const struct graphql_path *path)
{
    struct place place = {.state = state, .out = out, .set = set, .field = field};
    struct graphql_path step = {.up = path, .key = field->key};
    const struct field_state *column = &state->fields[field->id];
    struct graphql_result result = {.kind = GRAPHQL_RESULT_MEMBER};
    if (column->results)
        result = column->results[index];
    if (result.kind == GRAPHQL_RESULT_MEMBER)
        result = read_member(field->field, object);
    if (column->first)
        place.next_child = column->first[index];
    return complete(&place, field->field->type.wrappers, &result, &step) != FAILED;
}

bool write_field(struct run_state *state, struct buffer *out, const struct plan_set *set,
                 const struct graphql_plan_field *field, const void *object, uint32_t index,
                 bool is_first, const struct graphql_path *path)
{
    put(out, field->label.at + is_first, field->label.len - is_first);
    return (field->leaf != PLAN_NO_LEAF && write_plain(out, set, field, object)) ||
           write_any(state, out, set, field, object, index, path);
}

bool write_object(struct run_state *state, struct buffer *out, const struct plan_set *set,
                  const void *object, uint32_t index, const struct graphql_path *path)
{
    if (++state->ticks % TICKS_PER_CLOCK == 0 && !run_in_time(state))
        return false;
    put(out, "{", 1);
    for (uint32_t i = 0; i < set->field_count; i++)
        if (!write_field(state, out, set, &set->fields[i], object, index, i == 0, path))
            return false;
    put(out, "}", 1);
    return true;
}
