/* Errors as values; the table in tables/errors.def gives the rest. */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const struct {
    int status;
    const char *code;
    const char *sentence;
} kinds[] = {
#define ERROR(name, status, code, sentence) {status, code, sentence},
#include "tables/errors.def"
#undef ERROR
};

static_assert(ARRAY_LENGTH(kinds) == ERR_KIND_COUNT, "one row per kind");

/* vsnprintf may have cut a sequence in half; drop what is left of it. */
static void cut_at_character(char *message)
{
    size_t length = strlen(message);
    while (length && !text_is_utf8((struct text){message, length}) &&
           length > ERROR_MESSAGE_SIZE - 5)
        message[--length] = '\0';
}

PRINTF_LIKE(5, 0)
static void set(struct error *error, enum error_kind kind, int line, int column, const char *format,
                va_list arguments)
{
    if (error->kind != ERR_NONE)
        return;
    error->kind = kind;
    error->line = line;
    error->column = column;
    error->field[0] = '\0';
    vsnprintf(error->message, sizeof(error->message), format, arguments);
    cut_at_character(error->message);
}

bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set(error, kind, 0, 0, format, arguments);
    va_end(arguments);
    return false;
}

bool error_set_at(struct error *error, enum error_kind kind, int line, int column,
                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set(error, kind, line, column, format, arguments);
    va_end(arguments);
    return false;
}

bool error_set_no_memory(struct error *error)
{
    return error_set(error, ERR_NO_MEMORY, "the request needs more memory than it may use");
}

void error_set_field(struct error *error, const char *field)
{
    snprintf(error->field, sizeof(error->field), "%s", field);
}

void error_clear(struct error *error)
{
    error->kind = ERR_NONE;
    error->line = 0;
    error->column = 0;
    error->field[0] = '\0';
    error->message[0] = '\0';
}

bool error_is_set(const struct error *error)
{
    return error->kind != ERR_NONE;
}

int error_http_status(enum error_kind kind)
{
    return kinds[kind].status;
}

const char *error_code(enum error_kind kind)
{
    return kinds[kind].code;
}

const char *error_sentence(enum error_kind kind)
{
    return kinds[kind].sentence;
}
