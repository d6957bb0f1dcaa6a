/* Globs: the translation, and glob.match and glob.quote_meta. */
#include "rego/builtins/glob.h"

#include "rego/builtins/cache.h"
#include "rego/builtins/operand.h"
#include "rego/value/quote.h"

#include <string.h>

enum { MAX_NESTING = 32 };

struct translation {
    struct buffer out;
    struct text pattern;
    size_t at;
    struct text not_delimiter; /* a class that matches one code point that is no delimiter */
    unsigned nesting;
};

static void add_literal(struct buffer *out, int32_t point)
{
    if (point < 0x80 && point > 0 && strchr("\\.+*?()|[]{}^$-&~#", point))
        buffer_add_byte(out, '\\');
    if (point == 0)
        buffer_add(out, TEXT("\\x00"));
    else
        utf8_add(out, point);
}

static bool make_class(struct arena *arena, const struct value *delimiters, struct text *out)
{
    struct buffer class;
    buffer_init(&class, arena, 1 << 16);
    if (delimiters->kind == VALUE_NULL) {
        *out = TEXT("(?s:.)");
        return true;
    }
    if (delimiters->kind != VALUE_ARRAY)
        return false;
    buffer_add(&class, TEXT("[^"));
    if (delimiters->len == 0)
        add_literal(&class, '.');
    for (uint32_t i = 0; i < delimiters->len; i++) {
        const struct value *item = &delimiters->as.items[i];
        size_t at = 0;
        if (item->kind != VALUE_STRING || item->len == 0)
            return false;
        int32_t point = utf8_next(value_text(item), &at);
        if (at != item->len)
            return false;
        add_literal(&class, point);
    }
    buffer_add_byte(&class, ']');
    *out = buffer_text(&class);
    return !class.failed;
}

static bool more(const struct translation *translation)
{
    return translation->at < translation->pattern.len;
}

static int32_t next(struct translation *translation)
{
    return utf8_next(translation->pattern, &translation->at);
}

static bool take(struct translation *translation, char byte)
{
    if (!more(translation) || translation->pattern.at[translation->at] != byte)
        return false;
    translation->at++;
    return true;
}

static void translate_star(struct translation *translation)
{
    if (take(translation, '*')) {
        while (take(translation, '*'))
            ;
        buffer_add(&translation->out, TEXT("(?s:.)*"));
    } else {
        buffer_add(&translation->out, translation->not_delimiter);
        buffer_add_byte(&translation->out, '*');
    }
}

/* Behind the '['. */
static bool translate_class(struct translation *translation)
{
    buffer_add(&translation->out, take(translation, '!') ? TEXT("[^") : TEXT("["));
    for (size_t start = translation->at; more(translation);) {
        size_t before = translation->at;
        int32_t point = next(translation);
        if (point == ']' && before > start) {
            buffer_add_byte(&translation->out, ']');
            return true;
        }
        if (point == ']')
            return false;
        if (point == '-' && before > start && more(translation) &&
            translation->pattern.at[translation->at] != ']') {
            buffer_add_byte(&translation->out, '-');
            continue;
        }
        if (point == '\\' && more(translation))
            point = next(translation);
        add_literal(&translation->out, point);
    }
    return false;
}

static bool translate_one(struct translation *translation)
{
    int32_t point = next(translation);
    struct buffer *out = &translation->out;
    switch (point) {
    case '*': translate_star(translation); return true;
    case '?': buffer_add(out, translation->not_delimiter); return true;
    case '[': return translate_class(translation);
    case '{': buffer_add(out, TEXT("(?:")); return ++translation->nesting <= MAX_NESTING;
    case '}':
        if (translation->nesting == 0)
            break;
        buffer_add_byte(out, ')');
        translation->nesting--;
        return true;
    case ',':
        if (translation->nesting == 0)
            break;
        buffer_add_byte(out, '|');
        return true;
    case '\\':
        if (!more(translation))
            return false;
        point = next(translation);
        break;
    default: break;
    }
    add_literal(out, point);
    return true;
}

bool glob_to_regex(struct arena *arena, struct text pattern, const struct value *delimiters,
                   struct text *out)
{
    struct translation translation = {.pattern = pattern};
    buffer_init(&translation.out, arena, 1 << 20);
    if (!make_class(arena, delimiters, &translation.not_delimiter))
        return false;
    buffer_add(&translation.out, TEXT("\\A(?:"));
    while (more(&translation)) {
        if (!translate_one(&translation))
            return false;
    }
    buffer_add(&translation.out, TEXT(")\\z"));
    *out = buffer_text(&translation.out);
    return translation.nesting == 0 && !translation.out.failed;
}

enum builtin_outcome builtin_glob_match(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING) ||
        !operand_among(call, operands, 1, KIND(ARRAY) | KIND(NULL), "one of {array, null}") ||
        (operands[1].kind == VALUE_ARRAY &&
         !operand_elements_are(call, operands, 1, VALUE_STRING)) ||
        !operand_is(call, operands, 2, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge_bytes(call, operands[0].len * (uint64_t)4))
        return BUILTIN_STOPPED;
    struct text pattern;
    const struct regex *regex;
    if (!glob_to_regex(call->arena, value_text(&operands[0]), &operands[1], &pattern))
        return arena_failed(call->arena)
                   ? stop_memory(call)
                   : fail_builtin(call, "the pattern or a delimiter is malformed");
    enum builtin_outcome outcome = cached_regex(call, pattern, &regex);
    if (outcome != BUILTIN_OK)
        return outcome;
    if (!charge_match(call, regex, operands[2].len, false))
        return BUILTIN_STOPPED;
    return give_bool(result, regex_find(regex, value_text(&operands[2]), 0, NULL, 0));
}

enum builtin_outcome builtin_glob_quote_meta(struct builtin_call *call,
                                             const struct value *operands, struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    struct text text = value_text(&operands[0]);
    struct buffer out;
    text_buffer(call, &out);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] && strchr("*?\\[]{}", text.at[i]))
            buffer_add_byte(&out, '\\');
        buffer_add_byte(&out, text.at[i]);
    }
    return give_buffer(call, &out, result);
}
