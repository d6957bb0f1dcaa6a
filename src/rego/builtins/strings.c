/* Strings: searching, cutting, joining, replacing. Positions count code points. */
#include "rego/builtins/operand.h"
#include "rego/value/quote.h"

#include <string.h>
#include <utf8proc.h>

static bool strings(struct builtin_call *call, const struct value *operands, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!operand_is(call, operands, i, VALUE_STRING))
            return false;
    }
    return true;
}

static bool charge_text(struct builtin_call *call, const struct value *operands, unsigned count)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < count; i++)
        bytes += operands[i].kind == VALUE_STRING ? operands[i].len : 0;
    return charge_bytes(call, bytes);
}

/* The byte where code point number `points` starts, or the length. */
static size_t offset_of(struct text text, int64_t points)
{
    size_t at = 0;
    for (; points > 0 && at < text.len; points--)
        utf8_next(text, &at);
    return at;
}

typedef bool (*text_test_fn)(struct text text, struct text part);

static enum builtin_outcome test(struct builtin_call *call, const struct value *operands,
                                 text_test_fn holds, struct value *result)
{
    if (!strings(call, operands, 2))
        return BUILTIN_TYPE_ERROR;
    if (!charge_text(call, operands, 2))
        return BUILTIN_STOPPED;
    return give_bool(result, holds(value_text(&operands[0]), value_text(&operands[1])));
}

/* memmem: in linear time whatever the texts are. */
static bool has_part(struct text text, struct text part)
{
    return part.len == 0 || (text.len > 0 && memmem(text.at, text.len, part.at, part.len) != NULL);
}

static size_t find_part(struct text text, struct text part, size_t from)
{
    if (from > text.len)
        return text.len;
    const char *found =
        text.len > from ? memmem(text.at + from, text.len - from, part.at, part.len) : NULL;
    return found ? (size_t)(found - text.at) : text.len;
}

enum builtin_outcome builtin_contains(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    return test(call, operands, has_part, result);
}

enum builtin_outcome builtin_startswith(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    return test(call, operands, text_starts_with, result);
}

enum builtin_outcome builtin_endswith(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    return test(call, operands, text_ends_with, result);
}

enum builtin_outcome builtin_indexof(struct builtin_call *call, const struct value *operands,
                                     struct value *result)
{
    if (!strings(call, operands, 2))
        return BUILTIN_TYPE_ERROR;
    struct text text = value_text(&operands[0]), part = value_text(&operands[1]);
    if (part.len == 0)
        return fail_builtin(call, "empty search character");
    if (!charge_text(call, operands, 2))
        return BUILTIN_STOPPED;
    size_t at = find_part(text, part, 0);
    *result = VALUE_INT(at == text.len ? -1 : (int64_t)utf8_count(text_slice(text, 0, at)));
    return BUILTIN_OK;
}

enum builtin_outcome builtin_indexof_n(struct builtin_call *call, const struct value *operands,
                                       struct value *result)
{
    if (!strings(call, operands, 2))
        return BUILTIN_TYPE_ERROR;
    struct text text = value_text(&operands[0]), part = value_text(&operands[1]);
    if (part.len == 0)
        return fail_builtin(call, "empty search character");
    if (!charge_text(call, operands, 2) || !charge(call, text.len / part.len))
        return BUILTIN_STOPPED;
    struct value_list list;
    value_list_init(&list, call->arena);
    int64_t points = 0;
    size_t counted = 0;
    for (size_t at = find_part(text, part, 0); at < text.len;) {
        points += (int64_t)utf8_count(text_slice(text, counted, at));
        counted = at;
        if (!value_list_add(&list, VALUE_INT(points)))
            return stop_memory(call);
        at = find_part(text, part, at + part.len);
    }
    return give_list(call, &list, result);
}

enum builtin_outcome builtin_strings_count(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    if (!strings(call, operands, 2))
        return BUILTIN_TYPE_ERROR;
    struct text text = value_text(&operands[0]), part = value_text(&operands[1]);
    if (!charge_text(call, operands, 2))
        return BUILTIN_STOPPED;
    int64_t count = 0;
    if (part.len == 0)
        count = (int64_t)utf8_count(text) + 1;
    else
        for (size_t at = find_part(text, part, 0); at < text.len; count++)
            at = find_part(text, part, at + part.len);
    *result = VALUE_INT(count);
    return BUILTIN_OK;
}

enum builtin_outcome builtin_substring(struct builtin_call *call, const struct value *operands,
                                       struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING) || !operand_is_integer(call, operands, 1) ||
        !operand_is_integer(call, operands, 2))
        return BUILTIN_TYPE_ERROR;
    if (number_is_negative(&operands[1]))
        return fail_builtin(call, "negative offset");
    if (!charge_text(call, operands, 1))
        return BUILTIN_STOPPED;
    struct text text = value_text(&operands[0]);
    int64_t from = value_is_int64(&operands[1]) ? operands[1].as.integer : INT64_MAX;
    int64_t len = value_is_int64(&operands[2]) ? operands[2].as.integer : INT64_MAX;
    text = text_slice(text, offset_of(text, from), text.len);
    if (len >= 0)
        text = text_slice(text, 0, offset_of(text, len));
    return give_text(call, text, result);
}

enum builtin_outcome builtin_concat(struct builtin_call *call, const struct value *operands,
                                    struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING) ||
        !operand_among(call, operands, 1, KIND(ARRAY) | KIND(SET), "one of {set, array}") ||
        !operand_elements_are(call, operands, 1, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    struct text separator = value_text(&operands[0]);
    size_t count = value_count(&operands[1]);
    if (!charge(call, value_weight(&operands[1]) + count * (separator.len / 32)) ||
        !sort_operand(call, &operands[1]))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add(&out, separator);
        buffer_add(&out, value_text(element(&operands[1], i)));
    }
    return give_buffer(call, &out, result);
}

/* The text up to the next separator; of an empty separator, the next code point. */
static struct text next_part(struct text text, struct text separator, size_t *at)
{
    size_t from = *at;
    if (separator.len == 0) {
        utf8_next(text, at);
        return text_slice(text, from, *at);
    }
    size_t end = find_part(text, separator, from);
    *at = end == text.len ? text.len + 1 : end + separator.len;
    return text_slice(text, from, end);
}

enum builtin_outcome builtin_split(struct builtin_call *call, const struct value *operands,
                                   struct value *result)
{
    if (!strings(call, operands, 2))
        return BUILTIN_TYPE_ERROR;
    struct text text = value_text(&operands[0]), separator = value_text(&operands[1]);
    if (!charge(call, 1 + text.len / (separator.len ? 8 : 1)))
        return BUILTIN_STOPPED;
    struct value_list list;
    value_list_init(&list, call->arena);
    size_t past = text.len + (separator.len ? 1 : 0);
    for (size_t at = 0; at < past;) {
        if (!value_list_add(&list, value_string(next_part(text, separator, &at))))
            return stop_memory(call);
    }
    return give_list(call, &list, result);
}

enum builtin_outcome builtin_replace(struct builtin_call *call, const struct value *operands,
                                     struct value *result)
{
    if (!strings(call, operands, 3))
        return BUILTIN_TYPE_ERROR;
    struct text text = value_text(&operands[0]), old = value_text(&operands[1]);
    struct text new = value_text(&operands[2]);
    if (!charge_text(call, operands, 3))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    for (size_t at = 0; at < text.len && !out.failed;) {
        size_t end = old.len ? find_part(text, old, at) : at;
        if (end == text.len) {
            buffer_add(&out, text_slice(text, at, end));
            break;
        }
        if (old.len == 0)
            utf8_next(text, &end);
        if (!charge_bytes(call, new.len))
            return BUILTIN_STOPPED;
        if (old.len == 0)
            buffer_add(&out, new);
        buffer_add(&out, text_slice(text, at, end));
        if (old.len > 0)
            buffer_add(&out, new);
        at = end + old.len;
    }
    if (old.len == 0)
        buffer_add(&out, new);
    return give_buffer(call, &out, result);
}

/* replace_n: at each position the first key, in the order of keys, that stands there. An empty key
 * stands everywhere, but not twice at one place. */
static uint32_t key_at(const struct collection *patterns, struct text text, bool skip_empty)
{
    for (uint32_t i = 0; i < patterns->len; i++) {
        struct text key = value_text(collection_key(patterns, i));
        if ((key.len > 0 || !skip_empty) && text_starts_with(text, key))
            return i;
    }
    return patterns->len;
}

static enum builtin_outcome check_patterns(struct builtin_call *call,
                                           const struct collection *patterns)
{
    for (uint32_t i = 0; i < patterns->len; i++) {
        if (collection_raw_key(patterns, i)->kind != VALUE_STRING)
            return fail_type(call, "operand 1 non-string key found in pattern object");
        if (collection_raw_item(patterns, i)->kind != VALUE_STRING)
            return fail_type(call, "operand 1 non-string value found in pattern object");
    }
    return BUILTIN_OK;
}

enum builtin_outcome builtin_strings_replace_n(struct builtin_call *call,
                                               const struct value *operands, struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_OBJECT) ||
        !operand_is(call, operands, 1, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    struct collection *patterns = operands[0].as.collection;
    struct text text = value_text(&operands[1]);
    enum builtin_outcome outcome = check_patterns(call, patterns);
    if (outcome != BUILTIN_OK)
        return outcome;
    if (!charge(call, (text.len + 1) * (patterns->len + (uint64_t)1) / 8) ||
        !sort_operand(call, &operands[0]))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    bool after_empty = false;
    for (size_t at = 0; at <= text.len && !out.failed;) {
        uint32_t match = key_at(patterns, text_slice(text, at, text.len), after_empty);
        after_empty = false;
        if (match < patterns->len) {
            struct text new = value_text(collection_item(patterns, match));
            size_t len = collection_key(patterns, match)->len;
            if (!charge_bytes(call, new.len))
                return BUILTIN_STOPPED;
            buffer_add(&out, new);
            after_empty = len == 0;
            at += len;
            if (len > 0 || at < text.len)
                continue;
        }
        buffer_add(&out, text_slice(text, at, at + 1));
        at++;
    }
    return give_buffer(call, &out, result);
}

enum builtin_outcome builtin_strings_reverse(struct builtin_call *call,
                                             const struct value *operands, struct value *result)
{
    if (!strings(call, operands, 1))
        return BUILTIN_TYPE_ERROR;
    if (!charge_text(call, operands, 1))
        return BUILTIN_STOPPED;
    struct text text = value_text(&operands[0]);
    char *bytes = arena_alloc_raw(call->arena, text.len);
    if (!bytes)
        return stop_memory(call);
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        utf8_next(text, &at);
        memcpy(bytes + text.len - at, text.at + from, at - from);
    }
    return give_text(call, (struct text){bytes, text.len}, result);
}

static enum builtin_outcome map_points(struct builtin_call *call, const struct value *operands,
                                       int32_t (*map)(int32_t), struct value *result)
{
    if (!strings(call, operands, 1))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, 1 + operands[0].len / 8))
        return BUILTIN_STOPPED;
    struct text text = value_text(&operands[0]);
    struct buffer out;
    text_buffer(call, &out);
    for (size_t at = 0; at < text.len && !out.failed;)
        utf8_add(&out, map(utf8_next(text, &at)));
    return give_buffer(call, &out, result);
}

static int32_t to_upper(int32_t point)
{
    enum { SHARP_S = 0xdf }; /* has no upper case of one code point in Unicode's simple mapping */
    return point == SHARP_S ? point : utf8proc_toupper(point);
}

enum builtin_outcome builtin_upper(struct builtin_call *call, const struct value *operands,
                                   struct value *result)
{
    return map_points(call, operands, to_upper, result);
}

enum builtin_outcome builtin_lower(struct builtin_call *call, const struct value *operands,
                                   struct value *result)
{
    return map_points(call, operands, utf8proc_tolower, result);
}

/* A string, or every string of a collection, against a string or every string of another. */

static bool is_text_list(struct builtin_call *call, const struct value *operands, unsigned index)
{
    return operand_among(call, operands, index, KIND(STRING) | KIND(SET) | KIND(ARRAY),
                         "one of {string, set, array}") &&
           operand_elements_are(call, operands, index, VALUE_STRING);
}

static struct text text_at(const struct value *texts, uint32_t index)
{
    if (texts->kind == VALUE_STRING)
        return value_text(texts);
    return value_text(texts->kind == VALUE_ARRAY ? &texts->as.items[index]
                                                 : collection_raw_key(texts->as.collection, index));
}

static enum builtin_outcome any_match(struct builtin_call *call, const struct value *operands,
                                      text_test_fn holds, struct value *result)
{
    if (!is_text_list(call, operands, 0) || !is_text_list(call, operands, 1))
        return BUILTIN_TYPE_ERROR;
    size_t texts = operands[0].kind == VALUE_STRING ? 1 : value_count(&operands[0]);
    size_t parts = operands[1].kind == VALUE_STRING ? 1 : value_count(&operands[1]);
    bool found = false;
    for (uint32_t i = 0; i < texts && !found; i++) {
        if (!charge(call, value_weight(&operands[1])))
            return BUILTIN_STOPPED;
        for (uint32_t k = 0; k < parts && !found; k++)
            found = holds(text_at(&operands[0], i), text_at(&operands[1], k));
    }
    return give_bool(result, found);
}

enum builtin_outcome builtin_any_prefix_match(struct builtin_call *call,
                                              const struct value *operands, struct value *result)
{
    return any_match(call, operands, text_starts_with, result);
}

enum builtin_outcome builtin_any_suffix_match(struct builtin_call *call,
                                              const struct value *operands, struct value *result)
{
    return any_match(call, operands, text_ends_with, result);
}
