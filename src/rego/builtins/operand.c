/* Operand checks, results and failures shared by all builtins. */
#include "rego/builtins/operand.h"

enum { MAX_TEXT = 1 << 28 };

bool operand_among(struct builtin_call *call, const struct value *operands, unsigned index,
                   unsigned mask, const char *expected)
{
    if (mask & (1u << operands[index].kind))
        return true;
    fail_type(call, "operand %u must be %s but got %s", index + 1, expected,
              value_kind_name(operands[index].kind));
    return false;
}

bool operand_is(struct builtin_call *call, const struct value *operands, unsigned index,
                enum value_kind kind)
{
    return operand_among(call, operands, index, 1u << kind, value_kind_name(kind));
}

bool operand_is_integer(struct builtin_call *call, const struct value *operands, unsigned index)
{
    if (!operand_is(call, operands, index, VALUE_NUMBER))
        return false;
    if (number_is_integer(&operands[index]))
        return true;
    fail_type(call, "operand %u must be integer number but got floating-point number", index + 1);
    return false;
}

bool operand_elements_are(struct builtin_call *call, const struct value *operands, unsigned index,
                          enum value_kind kind)
{
    const struct value *operand = &operands[index];
    for (uint32_t i = 0; i < value_count(operand); i++) {
        const struct value *item = operand->kind == VALUE_ARRAY
                                       ? &operand->as.items[i]
                                       : collection_raw_key(operand->as.collection, i);
        if (item->kind == kind)
            continue;
        const char *kind_name = value_kind_name((enum value_kind)operand->kind);
        fail_type(call, "operand %u must be %s of %ss but got %s containing %s", index + 1,
                  kind_name, value_kind_name(kind), kind_name, value_kind_name(item->kind));
        return false;
    }
    return true;
}

const struct value *element(const struct value *collection, uint32_t index)
{
    return collection->kind == VALUE_ARRAY ? &collection->as.items[index]
                                           : collection_key(collection->as.collection, index);
}

bool sort_operand(struct builtin_call *call, const struct value *operand)
{
    if (operand->kind != VALUE_OBJECT && operand->kind != VALUE_SET)
        return true;
    if (!charge(call, collection_sort_cost(operand->as.collection)))
        return false;
    if (collection_sort(operand->as.collection))
        return true;
    stop_memory(call);
    return false;
}

enum builtin_outcome fail_type(struct builtin_call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    call->message = text_format_list(call->arena, format, arguments);
    va_end(arguments);
    return arena_failed(call->arena) ? stop_memory(call) : BUILTIN_TYPE_ERROR;
}

enum builtin_outcome fail_builtin(struct builtin_call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    call->message = text_format_list(call->arena, format, arguments);
    va_end(arguments);
    return arena_failed(call->arena) ? stop_memory(call) : BUILTIN_ERROR;
}

enum builtin_outcome stop_memory(struct builtin_call *call)
{
    if (call->budget->stop == BUDGET_RUNNING)
        call->budget->stop = arena_failed(call->arena) ? BUDGET_MEMORY : BUDGET_DEPTH;
    return BUILTIN_STOPPED;
}

enum builtin_outcome give_bool(struct value *result, bool bit)
{
    *result = VALUE_BOOL(bit);
    return BUILTIN_OK;
}

enum builtin_outcome give_text(struct builtin_call *call, struct text text, struct value *result)
{
    if (arena_failed(call->arena))
        return stop_memory(call);
    *result = value_string(text);
    return BUILTIN_OK;
}

enum builtin_outcome give_buffer(struct builtin_call *call, const struct buffer *buffer,
                                 struct value *result)
{
    if (buffer->failed) {
        call->budget->stop = BUDGET_MEMORY;
        return BUILTIN_STOPPED;
    }
    return give_text(call, buffer_text(buffer), result);
}

enum builtin_outcome give_list(struct builtin_call *call, const struct value_list *list,
                               struct value *result)
{
    if (arena_failed(call->arena))
        return stop_memory(call);
    *result = value_list_array(list);
    return BUILTIN_OK;
}

enum builtin_outcome give_array(struct builtin_call *call, struct value *items, size_t len,
                                struct value *result)
{
    *result = value_array(items, len);
    return result->kind == VALUE_ARRAY ? BUILTIN_OK : stop_memory(call);
}

enum builtin_outcome give_collection(struct collection *collection, struct value *result)
{
    *result = collection_value(collection);
    return BUILTIN_OK;
}

enum builtin_outcome give_number(struct builtin_call *call, enum number_outcome outcome)
{
    switch (outcome) {
    case NUMBER_OK: return BUILTIN_OK;
    case NUMBER_NO_MEMORY: return stop_memory(call);
    case NUMBER_TOO_LARGE: return fail_builtin(call, "the number is too large");
    default: return fail_builtin(call, "divide by zero");
    }
}

void text_buffer(struct builtin_call *call, struct buffer *buffer)
{
    buffer_init(buffer, call->arena, MAX_TEXT);
}
