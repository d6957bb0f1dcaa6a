/* The last eight hexadecimal digits of the SHA-256. */
#include "policy/sanitized.h"

#include "base/digest.h"

enum { KEPT_DIGITS = 8 };

static enum builtin_outcome sanitized(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    struct digest digest;
    if (!value_is(&operands[0], VALUE_STRING)) {
        call->message = TEXT("operand 1 must be string");
        return BUILTIN_TYPE_ERROR;
    }
    if (!budget_charge(call->budget, value_weight(&operands[0])))
        return BUILTIN_STOPPED;
    if (!digest_sha256(value_text(&operands[0]), &digest)) {
        call->message = TEXT("there is no memory for a digest");
        return BUILTIN_ERROR;
    }
    struct text hex = digest_hex(call->arena, &digest);
    *result = value_string(text_slice(hex, hex.len - KEPT_DIGITS, hex.len));
    return BUILTIN_OK;
}

const struct builtin policy_functions[] = {
    {.name = "sanitized", .signature = "string -> string", .call = sanitized, .arity = 1},
};
const size_t policy_function_count = ARRAY_LENGTH(policy_functions);
