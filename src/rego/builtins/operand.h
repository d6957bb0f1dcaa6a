/*
 * What builtins share: checks of operands with the messages of the language, results, charging. For
 * the files of this folder only.
 */
#ifndef REGO_BUILTINS_OPERAND_H
#define REGO_BUILTINS_OPERAND_H

#include "base/buffer.h"
#include "rego/builtins/builtin.h"
#include "rego/value/collection.h"
#include "rego/value/number.h"

/* Prototypes of every function in the table. */
#define BUILTIN(name, symbol, arity, signature, tier, flags)                                       \
    enum builtin_outcome builtin_##symbol(struct builtin_call *call, const struct value *operands, \
                                          struct value *result);
#define RELATION(name, symbol, arity, signature, tier)                                             \
    enum builtin_outcome builtin_##symbol##_open(struct builtin_call *call,                        \
                                                 const struct value *operands,                     \
                                                 struct builtin_iterator *iterator);               \
    enum builtin_outcome builtin_##symbol##_next(                                                  \
        struct builtin_call *call, struct builtin_iterator *iterator, struct value *result);
#define REFUSED(name, arity, signature, tier, flags)
#include "rego/builtins/builtins.def"
#undef BUILTIN
#undef RELATION
#undef REFUSED

/* Operands count from 0 here and from 1 in messages. False with call->message set: return
 * BUILTIN_TYPE_ERROR. */
MUST_CHECK bool operand_is(struct builtin_call *call, const struct value *operands, unsigned index,
                           enum value_kind kind);
/* expected: "one of {array, set}". mask: of 1 << kind. */
MUST_CHECK bool operand_among(struct builtin_call *call, const struct value *operands,
                              unsigned index, unsigned mask, const char *expected);
/* An int64 or a whole number beyond. */
MUST_CHECK bool operand_is_integer(struct builtin_call *call, const struct value *operands,
                                   unsigned index);
/* Each element of an array or a set must be of one kind. */
MUST_CHECK bool operand_elements_are(struct builtin_call *call, const struct value *operands,
                                     unsigned index, enum value_kind kind);

#define KIND(kind) (1u << VALUE_##kind)

/* Elements of an array, or of a set in order; the set must have been sorted. */
const struct value *element(const struct value *collection, uint32_t index);
/* Sorts a set or an object, charged; does nothing for the rest. */
MUST_CHECK bool sort_operand(struct builtin_call *call, const struct value *operand);

/* Takes units from the budget; false: return BUILTIN_STOPPED. */
MUST_CHECK static inline bool charge(struct builtin_call *call, uint64_t units)
{
    return budget_charge(call->budget, units);
}
/* The same for bytes, 32 to the unit. */
MUST_CHECK static inline bool charge_bytes(struct builtin_call *call, uint64_t bytes)
{
    return budget_charge(call->budget, 1 + bytes / 32);
}

/* Ways to end. A failure in a full arena is reported as stop_memory: it may come from text that is
 * missing. */
enum builtin_outcome fail_type(struct builtin_call *call, const char *format, ...)
    PRINTF_LIKE(2, 3);
enum builtin_outcome fail_builtin(struct builtin_call *call, const char *format, ...)
    PRINTF_LIKE(2, 3);
/* The arena is full, or a value got too deep. */
enum builtin_outcome stop_memory(struct builtin_call *call);
enum builtin_outcome give_bool(struct value *result, bool bit);
enum builtin_outcome give_text(struct builtin_call *call, struct text text, struct value *result);
enum builtin_outcome give_buffer(struct builtin_call *call, const struct buffer *buffer,
                                 struct value *result);
enum builtin_outcome give_list(struct builtin_call *call, const struct value_list *list,
                               struct value *result);
/* items: from value_array_items. */
enum builtin_outcome give_array(struct builtin_call *call, struct value *items, size_t len,
                                struct value *result);
enum builtin_outcome give_collection(struct collection *collection, struct value *result);
/* From arithmetic. */
enum builtin_outcome give_number(struct builtin_call *call, enum number_outcome outcome);

/* A buffer in the call's arena, as large as the arena allows. */
void text_buffer(struct builtin_call *call, struct buffer *buffer);

#endif
