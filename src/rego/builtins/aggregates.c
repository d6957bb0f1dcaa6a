/* Counting, adding up, extremes, sorting; any and all of v0. */
#include "rego/builtins/operand.h"
#include "rego/value/quote.h"

enum builtin_outcome builtin_count(struct builtin_call *call, const struct value *operands,
                                   struct value *result)
{
    if (!operand_among(call, operands, 0, KIND(ARRAY) | KIND(OBJECT) | KIND(SET) | KIND(STRING),
                       "one of {array, object, set, string}"))
        return BUILTIN_TYPE_ERROR;
    if (operands[0].kind != VALUE_STRING) {
        *result = VALUE_INT((int64_t)value_count(&operands[0]));
        return BUILTIN_OK;
    }
    struct text text = value_text(&operands[0]);
    if (!charge_bytes(call, text.len))
        return BUILTIN_STOPPED;
    *result = VALUE_INT((int64_t)utf8_count(text));
    return BUILTIN_OK;
}

typedef enum number_outcome (*fold_fn)(struct arena *arena, const struct value *a,
                                       const struct value *b, struct value *out);

/* Sets are folded in order, so that fractions always round alike. */
static enum builtin_outcome fold(struct builtin_call *call, const struct value *operands,
                                 fold_fn step, struct value *result)
{
    if (!operand_among(call, operands, 0, KIND(ARRAY) | KIND(SET), "one of {set, array}") ||
        !operand_elements_are(call, operands, 0, VALUE_NUMBER))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, value_weight(&operands[0])) || !sort_operand(call, &operands[0]))
        return BUILTIN_STOPPED;
    for (uint32_t i = 0; i < value_count(&operands[0]); i++) {
        struct value total = *result;
        if (!charge(call, value_weight(&total)))
            return BUILTIN_STOPPED;
        enum number_outcome outcome = step(call->arena, &total, element(&operands[0], i), result);
        if (outcome != NUMBER_OK)
            return give_number(call, outcome);
    }
    return BUILTIN_OK;
}

enum builtin_outcome builtin_sum(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    *result = VALUE_INT(0);
    return fold(call, operands, number_add, result);
}

enum builtin_outcome builtin_product(struct builtin_call *call, const struct value *operands,
                                     struct value *result)
{
    *result = VALUE_INT(1);
    return fold(call, operands, number_multiply, result);
}

/* sign: 1 for the largest element, -1 for the smallest. */
static enum builtin_outcome extreme(struct builtin_call *call, const struct value *operands,
                                    int sign, struct value *result)
{
    if (!operand_among(call, operands, 0, KIND(ARRAY) | KIND(SET), "one of {set, array}"))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, value_weight(&operands[0])) || !sort_operand(call, &operands[0]))
        return BUILTIN_STOPPED;
    const struct value *best = NULL;
    for (uint32_t i = 0; i < value_count(&operands[0]); i++) {
        const struct value *item = element(&operands[0], i);
        int order = best ? value_compare(item, best) : sign;
        if (order * sign >= (best ? 1 : 0))
            best = item;
    }
    if (!best)
        return BUILTIN_UNDEFINED;
    *result = *best;
    return BUILTIN_OK;
}

enum builtin_outcome builtin_max(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    return extreme(call, operands, 1, result);
}

enum builtin_outcome builtin_min(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    return extreme(call, operands, -1, result);
}

static void merge(const struct value *from, struct value *to, size_t middle, size_t len)
{
    size_t left = 0, right = middle;
    for (size_t i = 0; i < len; i++) {
        bool take_left =
            right >= len || (left < middle && value_compare(&from[left], &from[right]) <= 0);
        to[i] = take_left ? from[left++] : from[right++];
    }
}

/* Merge sort from the bottom up; gives whichever of the two storages holds the result. */
static struct value *sort_items(struct value *items, struct value *scratch, size_t len)
{
    for (size_t width = 1; width < len; width *= 2) {
        for (size_t at = 0; at < len; at += width * 2) {
            size_t rest = len - at;
            merge(items + at, scratch + at, width < rest ? width : rest,
                  width * 2 < rest ? width * 2 : rest);
        }
        struct value *swap = items;
        items = scratch;
        scratch = swap;
    }
    return items;
}

static uint64_t sort_cost(const struct value *array)
{
    uint64_t levels = 1;
    while (array->len >> levels)
        levels++;
    return value_weight(array) * levels / 2;
}

enum builtin_outcome builtin_sort(struct builtin_call *call, const struct value *operands,
                                  struct value *result)
{
    if (!operand_among(call, operands, 0, KIND(ARRAY) | KIND(SET), "one of {set, array}"))
        return BUILTIN_TYPE_ERROR;
    size_t len = value_count(&operands[0]);
    if (!charge(call, operands[0].kind == VALUE_ARRAY ? sort_cost(&operands[0]) : len) ||
        !sort_operand(call, &operands[0]))
        return BUILTIN_STOPPED;
    struct value *items = value_array_items(call->arena, len);
    struct value *scratch = value_array_items(call->arena, len);
    if (!items || !scratch)
        return stop_memory(call);
    for (uint32_t i = 0; i < len; i++)
        items[i] = *element(&operands[0], i);
    if (operands[0].kind == VALUE_ARRAY)
        items = sort_items(items, scratch, len);
    return give_array(call, items, len, result);
}

/* True when some element's being `true` equals `wanted`. */
static enum builtin_outcome some_element(struct builtin_call *call, const struct value *operands,
                                         bool wanted, bool *found)
{
    if (!operand_among(call, operands, 0, KIND(ARRAY) | KIND(SET), "one of {array, set}"))
        return BUILTIN_TYPE_ERROR;
    size_t len = value_count(&operands[0]);
    if (!charge(call, len) || !sort_operand(call, &operands[0]))
        return BUILTIN_STOPPED;
    *found = false;
    for (uint32_t i = 0; i < len && !*found; i++) {
        const struct value *item = element(&operands[0], i);
        *found = (item->kind == VALUE_BOOLEAN && item->as.integer) == wanted;
    }
    return BUILTIN_OK;
}

enum builtin_outcome builtin_any(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    bool found;
    enum builtin_outcome outcome = some_element(call, operands, true, &found);
    return outcome == BUILTIN_OK ? give_bool(result, found) : outcome;
}

enum builtin_outcome builtin_all(struct builtin_call *call, const struct value *operands,
                                 struct value *result)
{
    bool found;
    enum builtin_outcome outcome = some_element(call, operands, false, &found);
    return outcome == BUILTIN_OK ? give_bool(result, !found) : outcome;
}
