/* json.marshal, json.unmarshal and their kin. */
#include "rego/value/json_value.h"

#include "rego/builtins/operand.h"

/* Go's encoder writes these so that JSON may stand inside HTML; they occur in strings only. */
static void add_for_html(struct buffer *out, struct text json)
{
    for (size_t at = 0; at < json.len && !out->failed;) {
        size_t from = at;
        while (at < json.len && json.at[at] != '<' && json.at[at] != '>' && json.at[at] != '&' &&
               !text_starts_with(text_slice(json, at, at + 3), TEXT("\xe2\x80\xa8")) &&
               !text_starts_with(text_slice(json, at, at + 3), TEXT("\xe2\x80\xa9")))
            at++;
        buffer_add(out, text_slice(json, from, at));
        if (at == json.len)
            break;
        if ((unsigned char)json.at[at] == 0xe2) {
            buffer_add_format(out, "\\u202%c", (unsigned char)json.at[at + 2] == 0xa8 ? '8' : '9');
            at += 3;
        } else {
            buffer_add_format(out, "\\u%04x", json.at[at]);
            at++;
        }
    }
}

static enum builtin_outcome give_json(struct builtin_call *call, const struct buffer *json,
                                      struct value *result)
{
    struct buffer out;
    text_buffer(call, &out);
    add_for_html(&out, buffer_text(json));
    out.failed |= json->failed;
    return give_buffer(call, &out, result);
}

enum builtin_outcome builtin_json_marshal(struct builtin_call *call, const struct value *operands,
                                          struct value *result)
{
    if (!charge(call, value_weight(&operands[0]) * 2))
        return BUILTIN_STOPPED;
    struct buffer json;
    text_buffer(call, &json);
    value_print_json(&json, &operands[0]);
    return give_json(call, &json, result);
}

struct marshal_options {
    bool pretty, pretty_given;
    struct text prefix, indent;
};

static enum builtin_outcome read_option(struct builtin_call *call, const struct value *key,
                                        const struct value *value, struct marshal_options *options)
{
    struct text name = key->kind == VALUE_STRING ? value_text(key) : TEXT("");
    bool pretty = text_equal_z(name, "pretty");
    if (pretty && value->kind == VALUE_BOOLEAN) {
        options->pretty = value->as.integer != 0;
        options->pretty_given = true;
        return BUILTIN_OK;
    }
    bool prefix = text_equal_z(name, "prefix");
    if (!pretty && !prefix && !text_equal_z(name, "indent"))
        return fail_type(call, "object contained unknown key \"%.*s\"", TEXT_ARG(name));
    if (pretty || value->kind != VALUE_STRING)
        return fail_type(call, "key %.*s failed cast to %s", TEXT_ARG(name),
                         pretty ? "bool" : "string");
    if (prefix)
        options->prefix = value_text(value);
    else
        options->indent = value_text(value);
    options->pretty |= !options->pretty_given;
    return BUILTIN_OK;
}

enum builtin_outcome builtin_json_marshal_with_options(struct builtin_call *call,
                                                       const struct value *operands,
                                                       struct value *result)
{
    struct marshal_options options = {.indent = TEXT_INIT("\t")};
    if (!operand_is(call, operands, 1, VALUE_OBJECT))
        return BUILTIN_TYPE_ERROR;
    struct collection *given = operands[1].as.collection;
    if (!charge(call, value_weight(&operands[0]) * 2) || !sort_operand(call, &operands[1]))
        return BUILTIN_STOPPED;
    for (uint32_t i = 0; i < given->len; i++) {
        enum builtin_outcome outcome =
            read_option(call, collection_key(given, i), collection_item(given, i), &options);
        if (outcome != BUILTIN_OK)
            return outcome;
    }
    struct buffer json;
    text_buffer(call, &json);
    if (options.pretty)
        value_print_json_indented(&json, &operands[0], options.prefix, options.indent);
    else
        value_print_json(&json, &operands[0]);
    return give_json(call, &json, result);
}

enum builtin_outcome builtin_json_unmarshal(struct builtin_call *call, const struct value *operands,
                                            struct value *result)
{
    struct error error = {0};
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, 1 + operands[0].len / 4))
        return BUILTIN_STOPPED;
    if (value_parse_json(call->arena, value_text(&operands[0]), NULL, result, &error))
        return BUILTIN_OK;
    if (arena_failed(call->arena))
        return stop_memory(call);
    return fail_builtin(call, "%s at line %d, column %d", error.message, error.line, error.column);
}

enum builtin_outcome builtin_json_is_valid(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    struct error error = {0};
    struct value value;
    if (operands[0].kind != VALUE_STRING)
        return give_bool(result, false);
    if (!charge(call, 1 + operands[0].len / 4))
        return BUILTIN_STOPPED;
    bool valid = value_parse_json(call->arena, value_text(&operands[0]), NULL, &value, &error);
    return arena_failed(call->arena) ? stop_memory(call) : give_bool(result, valid);
}
