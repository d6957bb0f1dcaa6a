/* json.marshal, json.unmarshal and their kin. */
#include "rego/value/json_value.h"

#include "rego/builtins/operand.h"

enum builtin_outcome builtin_json_marshal(struct builtin_call *call, const struct value *operands,
                                          struct value *result)
{
    if (!charge(call, value_weight(&operands[0]) * 2))
        return BUILTIN_STOPPED;
    const struct value_json_style style = {.for_html = true};
    struct buffer json;
    text_buffer(call, &json);
    value_print_json_styled(&json, &operands[0], &style);
    return give_buffer(call, &json, result);
}

struct marshal_options {
    struct value_json_style style;
    bool pretty_given;
};

static enum builtin_outcome read_option(struct builtin_call *call, const struct value *key,
                                        const struct value *value, struct marshal_options *options)
{
    struct text name = key->kind == VALUE_STRING ? value_text(key) : TEXT("");
    bool pretty = text_equal_z(name, "pretty");
    if (pretty && value->kind == VALUE_BOOLEAN) {
        options->style.pretty = value->as.integer != 0;
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
        options->style.prefix = value_text(value);
    else
        options->style.indent = value_text(value);
    options->style.pretty |= !options->pretty_given;
    return BUILTIN_OK;
}

enum builtin_outcome builtin_json_marshal_with_options(struct builtin_call *call,
                                                       const struct value *operands,
                                                       struct value *result)
{
    struct marshal_options options = {.style = {.for_html = true, .indent = TEXT_INIT("\t")}};
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
    if (options.style.pretty)
        buffer_add(&json, options.style.prefix);
    value_print_json_styled(&json, &operands[0], &options.style);
    return give_buffer(call, &json, result);
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
