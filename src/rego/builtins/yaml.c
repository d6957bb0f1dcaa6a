/*
 * yaml.*: reading with libyaml's events, writing by hand in block style. What YAML has beyond JSON
 * is kept small: no anchors, aliases or merge keys, depth capped, one document. libyaml allocates
 * outside of the arena; its memory is bounded by the text, which is charged first, and released at
 * the end of the call.
 */
#include "rego/builtins/operand.h"
#include "rego/value/json_value.h"

#include <string.h>
#include <yaml.h>

enum { MAX_DEPTH = 128, MAX_BYTES = 1 << 20 };

struct reader {
    struct builtin_call *call;
    yaml_parser_t parser;
    enum builtin_outcome outcome;
};

/* Scalars. */

static bool is_one_of(struct text text, const char *const *words)
{
    for (; *words; words++) {
        if (text_equal_z(text, *words))
            return true;
    }
    return false;
}

/* "0x1F", "0o17" and "0b1" are whole numbers too. */
static bool based_integer(struct text text, struct value *out)
{
    bool negative = text.len > 0 && text.at[0] == '-';
    struct text digits = text_slice(text, negative ? 1 : 0, text.len);
    if (digits.len < 3 || digits.at[0] != '0' || !strchr("xob", digits.at[1]) || digits.len > 17)
        return false;
    int base = digits.at[1] == 'x' ? 16 : digits.at[1] == 'o' ? 8 : 2;
    int64_t number = 0;
    for (size_t i = 2; i < digits.len; i++) {
        const char *hex = "0123456789abcdef";
        const char *found = strchr(hex, digits.at[i] | (digits.at[i] > '9' ? 0x20 : 0));
        if (!found || !*found || found - hex >= base)
            return false;
        number = number * base + (found - hex);
    }
    *out = VALUE_INT(negative ? -number : number);
    return true;
}

static bool plain_number(struct arena *arena, struct text text, struct value *out)
{
    if (text.len > 1 && text.at[0] == '+')
        text = text_slice(text, 1, text.len);
    return number_parse(arena, text, out) || based_integer(text, out);
}

/* What an unquoted scalar means (YAML 1.1, as Go's readers have it). */
static struct value resolve(struct arena *arena, struct text text)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", "yes", "Yes",
                                        "YES",  "on",   "On",   "ON",  NULL};
    static const char *const falses[] = {"false", "False", "FALSE", "no",  "No",
                                         "NO",    "off",   "Off",   "OFF", NULL};
    struct value number;
    if (is_one_of(text, nulls))
        return VALUE_OF_NULL;
    if (is_one_of(text, trues) || is_one_of(text, falses))
        return VALUE_BOOL(is_one_of(text, trues));
    return plain_number(arena, text, &number) ? number : value_string(text);
}

static bool fail(struct reader *reader, enum builtin_outcome outcome)
{
    reader->outcome = outcome;
    return false;
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
    if (!charge(reader->call, 2))
        return fail(reader, BUILTIN_STOPPED);
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    if (reader->parser.error == YAML_MEMORY_ERROR)
        return fail(reader, stop_memory(reader->call));
    /* An end that comes too early is marked on the line behind the last. */
    size_t line = reader->parser.problem_mark.line;
    line += line == 0 || reader->parser.error == YAML_SCANNER_ERROR;
    const char *problem = reader->parser.problem ? reader->parser.problem : "malformed";
    return fail(reader, fail_builtin(reader->call, "yaml: line %zu: %s", line, problem));
}

static bool read_node(struct reader *reader, const yaml_event_t *event, int depth,
                      struct value *out);

static bool read_scalar(struct reader *reader, const yaml_event_t *event, struct value *out)
{
    struct arena *arena = reader->call->arena;
    struct text text = text_copy(
        arena, (struct text){(const char *)event->data.scalar.value, event->data.scalar.length});
    if (arena_failed(arena))
        return fail(reader, stop_memory(reader->call));
    *out = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? resolve(arena, text)
                                                               : value_string(text);
    return true;
}

static bool read_sequence(struct reader *reader, int depth, struct value *out)
{
    struct value_list list;
    value_list_init(&list, reader->call->arena);
    for (;;) {
        yaml_event_t event;
        struct value item;
        if (!next_event(reader, &event))
            return false;
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        bool fine = end || read_node(reader, &event, depth, &item);
        yaml_event_delete(&event);
        if (!fine)
            return false;
        if (end)
            break;
        if (!value_list_add(&list, item))
            return fail(reader, stop_memory(reader->call));
    }
    *out = value_list_array(&list);
    return true;
}

static bool next_node(struct reader *reader, int depth, struct value *out)
{
    yaml_event_t event;
    if (!next_event(reader, &event))
        return false;
    bool fine = read_node(reader, &event, depth, out);
    yaml_event_delete(&event);
    return fine;
}

/* Keys are strings in the end: scalars as JSON writes them. */
static bool key_of(struct reader *reader, struct value *key)
{
    struct buffer text;
    if (key->kind == VALUE_STRING)
        return true;
    if (key->kind >= VALUE_ARRAY)
        return fail(reader, fail_builtin(reader->call, "yaml: a key must be a scalar"));
    text_buffer(reader->call, &text);
    value_print_json(&text, key);
    *key = value_string(buffer_text(&text));
    return !text.failed || fail(reader, stop_memory(reader->call));
}

static bool read_mapping(struct reader *reader, int depth, struct value *out)
{
    struct collection *object = object_new(reader->call->arena, 0);
    while (object) {
        yaml_event_t event;
        struct value key, value;
        if (!next_event(reader, &event))
            return false;
        bool end = event.type == YAML_MAPPING_END_EVENT;
        bool fine = end || read_node(reader, &event, depth, &key);
        yaml_event_delete(&event);
        if (end)
            break;
        if (!fine || !key_of(reader, &key) || !next_node(reader, depth, &value))
            return false;
        if (!object_put(object, key, value))
            return fail(reader, stop_memory(reader->call));
    }
    if (!object)
        return fail(reader, stop_memory(reader->call));
    *out = collection_value(object);
    return true;
}

static bool has_anchor(const yaml_event_t *event)
{
    return event->type == YAML_ALIAS_EVENT ||
           (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
           (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
}

static bool read_node(struct reader *reader, const yaml_event_t *event, int depth,
                      struct value *out)
{
    if (depth == 0)
        return fail(reader, fail_builtin(reader->call, "yaml: nested too deeply"));
    if (has_anchor(event))
        return fail(reader, fail_builtin(reader->call, "yaml: anchors are not supported"));
    switch (event->type) {
    case YAML_SCALAR_EVENT: return read_scalar(reader, event, out);
    case YAML_SEQUENCE_START_EVENT: return read_sequence(reader, depth - 1, out);
    case YAML_MAPPING_START_EVENT: return read_mapping(reader, depth - 1, out);
    default: return fail(reader, fail_builtin(reader->call, "yaml: malformed"));
    }
}

/* The first document; an empty stream is null. */
static bool read_stream(struct reader *reader, struct value *out)
{
    *out = VALUE_OF_NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return false;
        yaml_event_type_t type = event.type;
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return true;
        if (type == YAML_DOCUMENT_START_EVENT && !next_node(reader, MAX_DEPTH, out))
            return false;
        if (type == YAML_DOCUMENT_END_EVENT)
            return true;
    }
}

static enum builtin_outcome parse(struct builtin_call *call, struct text text, struct value *result)
{
    struct reader reader = {.call = call, .outcome = BUILTIN_OK};
    if (!charge(call, 16 + text.len / 2))
        return BUILTIN_STOPPED;
    if (text.len > MAX_BYTES)
        return fail_builtin(call, "yaml: the text is too large");
    if (!yaml_parser_initialize(&reader.parser))
        return stop_memory(call);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)(text.len ? text.at : ""),
                                 text.len);
    bool read = read_stream(&reader, result);
    yaml_parser_delete(&reader.parser);
    return read ? BUILTIN_OK : reader.outcome;
}

enum builtin_outcome builtin_yaml_unmarshal(struct builtin_call *call, const struct value *operands,
                                            struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    return parse(call, value_text(&operands[0]), result);
}

enum builtin_outcome builtin_yaml_is_valid(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    struct value ignored;
    if (operands[0].kind != VALUE_STRING)
        return give_bool(result, false);
    enum builtin_outcome outcome = parse(call, value_text(&operands[0]), &ignored);
    return outcome == BUILTIN_STOPPED ? outcome : give_bool(result, outcome == BUILTIN_OK);
}

/* Writing. */

/* Letters, digits and a few signs, starting with a letter, and meaning nothing else unquoted. */
static bool is_plain(struct arena *arena, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.at[i];
        bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
        if (!letter && (i == 0 || !byte || !strchr("0123456789-./ ", byte)))
            return false;
    }
    static const char *const single[] = {"y", "Y", "n", "N", NULL};
    return text.len > 0 && text.at[text.len - 1] != ' ' && !is_one_of(text, single) &&
           resolve(arena, text).kind == VALUE_STRING;
}

static void write_node(struct buffer *out, const struct value *value, unsigned indent);

static void write_scalar(struct buffer *out, const struct value *value)
{
    if (value->kind == VALUE_STRING && is_plain(out->arena, value_text(value)))
        buffer_add(out, value_text(value));
    else
        value_print_json(out, value);
}

static void write_indent(struct buffer *out, unsigned indent)
{
    for (unsigned i = 0; i < indent; i++)
        buffer_add_byte(out, ' ');
}

static void write_object(struct buffer *out, struct collection *object, unsigned indent)
{
    for (uint32_t i = 0; i < object->len && !out->failed; i++) {
        const struct value *key = collection_key(object, i), *item = collection_item(object, i);
        struct buffer text;
        struct value name = *key;
        if (i > 0)
            write_indent(out, indent);
        if (key->kind != VALUE_STRING) {
            buffer_init(&text, out->arena, out->max);
            value_print_json(&text, key);
            name = value_string(buffer_text(&text));
        }
        write_scalar(out, &name);
        buffer_add_byte(out, ':');
        bool nested = value_count(item) > 0;
        /* A list stands as deep as its key. */
        bool list = nested && item->kind != VALUE_OBJECT;
        if (nested) {
            buffer_add_byte(out, '\n');
            write_indent(out, indent + (list ? 0 : 2));
        } else {
            buffer_add_byte(out, ' ');
        }
        write_node(out, item, indent + (list ? 0 : 2));
    }
}

static void write_list(struct buffer *out, const struct value *list, unsigned indent)
{
    for (uint32_t i = 0; i < value_count(list) && !out->failed; i++) {
        if (i > 0)
            write_indent(out, indent);
        buffer_add(out, TEXT("- "));
        write_node(out, element(list, i), indent + 2);
    }
}

/* At the place where the node starts; ends its last line. */
static void write_node(struct buffer *out, const struct value *value, unsigned indent)
{
    if (value->kind >= VALUE_OBJECT && !collection_sort(value->as.collection)) {
        out->failed = true;
    } else if (value_count(value) == 0) {
        write_scalar(out, value);
        buffer_add_byte(out, '\n');
    } else if (value->kind == VALUE_OBJECT) {
        write_object(out, value->as.collection, indent);
    } else {
        write_list(out, value, indent);
    }
}

enum builtin_outcome builtin_yaml_marshal(struct builtin_call *call, const struct value *operands,
                                          struct value *result)
{
    uint64_t weight = value_weight(&operands[0]);
    if (!charge(call, weight * (2 + operands[0].depth / 8u)))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    write_node(&out, &operands[0], 0);
    return give_buffer(call, &out, result);
}
