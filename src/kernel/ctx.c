/* Shorthands of a unit of work. */
#include "kernel/ctx.h"

#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>

bool fail(struct ctx *ctx, enum error_kind kind, const char *format, ...)
{
    char message[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    return error_set(ctx->error, kind, "%s", message);
}

bool fail_no_memory(struct ctx *ctx)
{
    return error_set_no_memory(ctx->error);
}

bool ctx_execute(struct ctx *ctx, const struct db_statement *statement,
                 const struct db_value *values, size_t count)
{
    return db_execute(ctx->session, statement, values, count, NULL, ctx->error);
}

bool ctx_change(struct ctx *ctx, const struct db_statement *statement,
                const struct db_value *values, size_t count, int64_t *changed)
{
    return db_execute(ctx->session, statement, values, count, changed, ctx->error);
}

bool ctx_query(struct ctx *ctx, const struct db_statement *statement, const struct db_value *values,
               size_t count, struct db_rows *rows)
{
    return db_query(ctx->session, statement, values, count, rows, ctx->error);
}

bool ctx_query_one(struct ctx *ctx, const struct db_statement *statement,
                   const struct db_value *values, size_t count, struct db_rows *rows)
{
    if (!ctx_query(ctx, statement, values, count, rows))
        return false;
    if (db_next(rows))
        return true;
    /* No row is no error; a failure while reading is in the unit's error already. */
    bool ended = db_end(rows);
    UNUSED(ended);
    return false;
}

bool ctx_ping(struct ctx *ctx)
{
    static const struct db_statement select_one = DB_STATEMENT("ready", "SELECT 1");
    struct db_rows rows;
    return ctx_query(ctx, &select_one, DB_NO_VALUES, &rows) && ctx_end(ctx, &rows);
}

bool ctx_end(struct ctx *ctx, struct db_rows *rows)
{
    return db_end(rows) && (!arena_failed(ctx->arena) || fail_no_memory(ctx));
}

struct text ctx_optional_text(struct ctx *ctx, const struct db_rows *rows, int column)
{
    struct text text = db_column_peek_or_null(rows, column);
    return text.at ? text_copy(ctx->arena, text) : text;
}

struct db_value ctx_text_or_null(struct text text)
{
    return text.at ? db_text(text) : db_null();
}

struct db_value ctx_time_or_null(int64_t time)
{
    return time ? db_int(time) : db_null();
}

struct text_list ctx_parse_texts(struct ctx *ctx, struct text json)
{
    return json_texts_or_none(ctx->arena, json);
}

struct text ctx_print_texts(struct ctx *ctx, struct text_list list)
{
    struct json_printer printer;
    json_strings(json_print_begin(&printer, ctx->arena), list);
    return json_print_end(&printer);
}
