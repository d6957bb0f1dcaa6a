/* regex.*: searching, splitting, replacing, with Go's treatment of empty matches. */
#include "rego/builtins/cache.h"
#include "rego/builtins/operand.h"
#include "rego/value/quote.h"

enum builtin_outcome builtin_regex_is_valid(struct builtin_call *call, const struct value *operands,
                                            struct value *result)
{
    const struct regex *regex;
    if (operands[0].kind != VALUE_STRING)
        return give_bool(result, false);
    enum builtin_outcome outcome = cached_regex(call, value_text(&operands[0]), &regex);
    return outcome == BUILTIN_STOPPED ? outcome : give_bool(result, outcome == BUILTIN_OK);
}

/* The pattern in operand `at`, compiled, and the work of matching the text charged. */
static enum builtin_outcome prepare(struct builtin_call *call, const struct value *operands,
                                    unsigned pattern, unsigned text, bool groups,
                                    const struct regex **regex)
{
    if (!operand_is(call, operands, 0, VALUE_STRING) ||
        !operand_is(call, operands, 1, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    enum builtin_outcome outcome = cached_regex(call, value_text(&operands[pattern]), regex);
    if (outcome != BUILTIN_OK)
        return outcome;
    return charge_match(call, *regex, operands[text].len, groups) ? BUILTIN_OK : BUILTIN_STOPPED;
}

enum builtin_outcome builtin_regex_match(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    const struct regex *regex;
    enum builtin_outcome outcome = prepare(call, operands, 0, 1, false, &regex);
    if (outcome != BUILTIN_OK)
        return outcome;
    return give_bool(result, regex_find(regex, value_text(&operands[1]), 0, NULL, 0));
}

/* All matches, one after the other. */
struct matches {
    const struct regex *regex;
    struct text text;
    size_t at;           /* where to search next; past the end when done */
    size_t previous_end; /* SIZE_MAX before the first */
    struct text parts[REGEX_MAX_GROUPS];
    size_t groups; /* parts wanted */
};

static void step_over_one(struct matches *matches)
{
    if (matches->at < matches->text.len)
        utf8_next(matches->text, &matches->at);
    else
        matches->at = matches->text.len + 1;
}

/* An empty match right behind the previous match does not count. */
static bool next_match(struct matches *matches, size_t *from, size_t *to)
{
    while (matches->at <= matches->text.len) {
        if (!regex_find(matches->regex, matches->text, matches->at, matches->parts,
                        matches->groups))
            return false;
        *from = (size_t)(matches->parts[0].at - matches->text.at);
        *to = *from + matches->parts[0].len;
        bool again = *to == matches->at && *from == matches->previous_end;
        if (*to == matches->at)
            step_over_one(matches);
        else
            matches->at = *to;
        matches->previous_end = *to;
        if (!again)
            return true;
    }
    return false;
}

static struct matches begin(const struct regex *regex, struct text text, size_t groups)
{
    struct matches matches = {.regex = regex, .text = text, .previous_end = SIZE_MAX};
    if (!text.at)
        matches.text.at = "";
    matches.groups = groups;
    return matches;
}

enum builtin_outcome builtin_regex_split(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    const struct regex *regex;
    enum builtin_outcome outcome = prepare(call, operands, 0, 1, true, &regex);
    if (outcome != BUILTIN_OK)
        return outcome;
    struct matches matches = begin(regex, value_text(&operands[1]), 1);
    struct text text = matches.text;
    struct value_list list;
    value_list_init(&list, call->arena);
    size_t start = 0, end = 0, from, to;
    /* An empty text splits into itself, unless the pattern is empty too. */
    bool fine = true;
    if (text.len == 0)
        fine = operands[0].len == 0 || value_list_add(&list, VALUE_TEXT(""));
    else
        end = SIZE_MAX;
    while (text.len > 0 && fine && next_match(&matches, &from, &to)) {
        end = from;
        if (to != 0)
            fine = value_list_add(&list, value_string(text_slice(text, start, end)));
        start = to;
    }
    if (fine && text.len > 0 && end != text.len)
        fine = value_list_add(&list, value_string(text_slice(text, start, text.len)));
    return fine ? give_list(call, &list, result) : stop_memory(call);
}

static struct value text_or_empty(struct text text)
{
    return text.at ? value_string(text) : VALUE_TEXT("");
}

static struct value groups_of(struct builtin_call *call, const struct matches *matches)
{
    struct value *items = value_array_items(call->arena, matches->groups);
    for (size_t i = 0; items && i < matches->groups; i++)
        items[i] = text_or_empty(matches->parts[i]);
    return items ? value_array(items, matches->groups) : VALUE_NONE;
}

static enum builtin_outcome find(struct builtin_call *call, const struct value *operands,
                                 bool groups, struct value *result)
{
    const struct regex *regex;
    if (!operand_is_integer(call, operands, 2))
        return BUILTIN_TYPE_ERROR;
    enum builtin_outcome outcome = prepare(call, operands, 0, 1, true, &regex);
    if (outcome != BUILTIN_OK)
        return outcome;
    int64_t limit = value_is_int64(&operands[2]) ? operands[2].as.integer : -1;
    struct matches matches =
        begin(regex, value_text(&operands[1]), groups ? regex_groups(regex) + 1 : 1);
    struct value_list list;
    value_list_init(&list, call->arena);
    size_t from, to;
    while ((limit < 0 || list.len < limit) && next_match(&matches, &from, &to)) {
        struct value item = groups ? groups_of(call, &matches) : text_or_empty(matches.parts[0]);
        if (item.kind == VALUE_UNDEFINED || !value_list_add(&list, item))
            return stop_memory(call);
    }
    return give_list(call, &list, result);
}

enum builtin_outcome builtin_regex_find_n(struct builtin_call *call, const struct value *operands,
                                          struct value *result)
{
    return find(call, operands, false, result);
}

enum builtin_outcome builtin_regex_find_all_string_submatch_n(struct builtin_call *call,
                                                              const struct value *operands,
                                                              struct value *result)
{
    return find(call, operands, true, result);
}

/* Replacing. */

static bool is_name_byte(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '_';
}

/* "1", "name" or "{name}" at the start of `rest`, which moves behind it. False when malformed. */
static bool take_name(struct text *rest, struct text *name)
{
    bool braces = rest->len > 0 && rest->at[0] == '{';
    size_t from = braces ? 1 : 0, to = from;
    while (to < rest->len && is_name_byte(rest->at[to]))
        to++;
    if (to == from || (braces && (to == rest->len || rest->at[to] != '}')))
        return false;
    *name = text_slice(*rest, from, to);
    *rest = text_slice(*rest, to + (braces ? 1 : 0), rest->len);
    return true;
}

static void add_group(struct buffer *out, const struct matches *matches, struct text name)
{
    int64_t number;
    if (!text_to_int64(name, &number))
        number = (int64_t)regex_group(matches->regex, name);
    else if (number == 0)
        buffer_add(out, matches->parts[0]);
    if (number > 0 && (uint64_t)number < matches->groups && matches->parts[number].at)
        buffer_add(out, matches->parts[number]);
}

static void expand(struct buffer *out, const struct matches *matches, struct text pattern)
{
    while (pattern.len > 0) {
        size_t dollar = text_find_byte(pattern, '$', 0);
        struct text name;
        buffer_add(out, text_slice(pattern, 0, dollar));
        pattern = text_slice(pattern, dollar + 1, pattern.len);
        if (pattern.len > 0 && pattern.at[0] == '$') {
            buffer_add_byte(out, '$');
            pattern = text_slice(pattern, 1, pattern.len);
        } else if (take_name(&pattern, &name)) {
            add_group(out, matches, name);
        } else if (pattern.len > 0) {
            buffer_add_byte(out, '$');
        }
    }
}

static enum builtin_outcome replace_all(struct builtin_call *call, struct matches *matches,
                                        struct text with, struct buffer *out)
{
    size_t copied = 0, from, to;
    while (next_match(matches, &from, &to)) {
        size_t before = out->len;
        buffer_add(out, text_slice(matches->text, copied, from));
        expand(out, matches, with);
        copied = to;
        if (out->failed || !charge_bytes(call, out->len - before))
            return out->failed ? stop_memory(call) : BUILTIN_STOPPED;
    }
    buffer_add(out, text_slice(matches->text, copied, matches->text.len));
    return BUILTIN_OK;
}

enum builtin_outcome builtin_regex_replace(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    const struct regex *regex;
    if (!operand_is(call, operands, 2, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    enum builtin_outcome outcome = prepare(call, operands, 1, 0, true, &regex);
    if (outcome != BUILTIN_OK)
        return outcome;
    struct matches matches = begin(regex, value_text(&operands[0]), regex_groups(regex) + 1);
    struct buffer out;
    text_buffer(call, &out);
    outcome = replace_all(call, &matches, value_text(&operands[2]), &out);
    return outcome == BUILTIN_OK ? give_buffer(call, &out, result) : outcome;
}

/* A template is literal text with regular expressions between delimiters. */

static struct text find_end(struct text rest, char start, char end)
{
    unsigned depth = 1;
    for (size_t i = 0; i < rest.len; i++) {
        depth += rest.at[i] == start && start != end;
        depth -= rest.at[i] == end;
        if (depth == 0)
            return text_slice(rest, 0, i);
    }
    return (struct text){NULL, 0};
}

static void add_quoted(struct buffer *out, struct text literal)
{
    for (size_t i = 0; i < literal.len; i++) {
        if ((unsigned char)literal.at[i] < 0x80 && !is_name_byte(literal.at[i]))
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, literal.at[i]);
    }
}

enum builtin_outcome builtin_regex_template_match(struct builtin_call *call,
                                                  const struct value *operands,
                                                  struct value *result)
{
    for (unsigned i = 0; i < 4; i++) {
        if (!operand_is(call, operands, i, VALUE_STRING))
            return BUILTIN_TYPE_ERROR;
    }
    if (operands[2].len != 1 || operands[3].len != 1)
        return fail_builtin(call, "a delimiter must be one character");
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    char start = operands[2].as.bytes[0], end = operands[3].as.bytes[0];
    struct text rest = value_text(&operands[0]);
    struct buffer pattern;
    text_buffer(call, &pattern);
    buffer_add_byte(&pattern, '^');
    while (rest.len > 0) {
        size_t open = text_find_byte(rest, start, 0);
        bool opens = open < rest.len;
        add_quoted(&pattern, text_slice(rest, 0, open));
        rest = text_slice(rest, open + 1, rest.len);
        if (!opens)
            break;
        struct text inner = find_end(rest, start, end);
        if (!inner.at)
            return fail_builtin(call, "error parsing template: unbalanced delimiters");
        buffer_add_byte(&pattern, '(');
        buffer_add(&pattern, inner);
        buffer_add_byte(&pattern, ')');
        rest = text_slice(rest, inner.len + 1, rest.len);
    }
    buffer_add_byte(&pattern, '$');
    struct value with_pattern[] = {value_string(buffer_text(&pattern)), operands[1]};
    return pattern.failed ? stop_memory(call) : builtin_regex_match(call, with_pattern, result);
}
