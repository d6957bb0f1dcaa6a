/* Lists of diagnostics, and how one looks to people. */
#include "rego/language/diagnostic.h"

static const char *const code_names[REGO_CODE_COUNT] = {
    [REGO_PARSE_ERROR] = "rego_parse_error",
    [REGO_COMPILE_ERROR] = "rego_compile_error",
    [REGO_TYPE_ERROR] = "rego_type_error",
    [REGO_UNSAFE_VARIABLE_ERROR] = "rego_unsafe_var_error",
    [REGO_RECURSION_ERROR] = "rego_recursion_error",
};

const char *rego_code_name(enum rego_code code)
{
    return code < REGO_CODE_COUNT ? code_names[code] : "rego_error";
}

void diagnostics_init(struct diagnostics *list, struct arena *arena)
{
    *list = (struct diagnostics){.arena = arena};
    list_init(&list->items, arena, sizeof(struct rego_diagnostic));
}

static struct text line_around(struct text source, size_t offset)
{
    if (offset > source.len)
        return (struct text){0};
    size_t from = offset, to = offset;
    while (from > 0 && source.at[from - 1] != '\n')
        from--;
    while (to < source.len && source.at[to] != '\n' && source.at[to] != '\r')
        to++;
    return text_slice(source, from, to);
}

bool diagnostic_add(struct diagnostics *list, enum rego_code code, const struct source *source,
                    struct place at, const char *format, ...)
{
    if (list->items.len >= DIAGNOSTICS_MAX) {
        list->dropped++;
        return false;
    }
    struct rego_diagnostic *new = list_push(&list->items);
    if (!new)
        return false;
    va_list arguments;
    va_start(arguments, format);
    new->message = text_format_list(list->arena, format, arguments);
    va_end(arguments);
    new->code = code;
    new->line = at.line;
    new->column = at.column;
    if (source) {
        new->file = source->name;
        if (at.line > 0)
            new->source_line = line_around(source->text, at.offset);
    }
    return false;
}

bool diagnostic_hint(struct diagnostics *list, const char *format, ...)
{
    if (list->items.len == 0 || list->dropped > 0)
        return false;
    struct rego_diagnostic *last = list_at(&list->items, list->items.len - 1);
    va_list arguments;
    va_start(arguments, format);
    last->hint = text_format_list(list->arena, format, arguments);
    va_end(arguments);
    return false;
}

void diagnostics_own(struct diagnostics *list)
{
    for (size_t i = 0; i < list->items.len; i++) {
        struct rego_diagnostic *item = list_at(&list->items, i);
        item->file = text_copy(list->arena, item->file);
        item->source_line = text_copy(list->arena, item->source_line);
    }
}

bool diagnostics_any(const struct diagnostics *list)
{
    return list->items.len > 0;
}

/* Tabs stay tabs, so that the caret stands under its column in any terminal. */
static void print_caret(struct text line, uint32_t column, struct buffer *out)
{
    uint32_t at = 1;
    for (size_t i = 0; i < line.len && at < column; i++) {
        if (((unsigned char)line.at[i] & 0xc0) == 0x80)
            continue;
        buffer_add_byte(out, line.at[i] == '\t' ? '\t' : ' ');
        at++;
    }
    buffer_add(out, TEXT("^\n"));
}

void rego_diagnostic_print(const struct rego_diagnostic *diagnostic, struct buffer *out)
{
    if (!text_is_empty(diagnostic->file))
        buffer_add_format(out, "%.*s:", TEXT_ARG(diagnostic->file));
    if (diagnostic->line > 0)
        buffer_add_format(out, "%u:%u: ", diagnostic->line, diagnostic->column);
    buffer_add_format(out, "%s: %.*s\n", rego_code_name(diagnostic->code),
                      TEXT_ARG(diagnostic->message));
    if (!text_is_empty(diagnostic->source_line)) {
        buffer_add_format(out, "\t%.*s\n\t", TEXT_ARG(diagnostic->source_line));
        print_caret(diagnostic->source_line, diagnostic->column, out);
    }
    if (!text_is_empty(diagnostic->hint))
        buffer_add_format(out, "hint: %.*s\n", TEXT_ARG(diagnostic->hint));
}
