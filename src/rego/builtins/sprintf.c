/*
 * sprintf after Go's fmt: flags, width, precision, `*` and `[n]`; mismatches never fail but print
 * %!verb(...). What an argument looks like is in sprintf_value.c.
 */
#include "rego/builtins/sprintf_value.h"

#include "rego/builtins/operand.h"
#include "rego/value/json_value.h"
#include "rego/value/quote.h"

enum { MAX_WIDTH = 1000000 }; /* Go refuses larger ones too */

struct printer {
    struct builtin_call *call;
    struct buffer out;
    struct text format;
    size_t at;
    const struct value *arguments;
    uint32_t count, next;
    bool reordered, bad_index;
};

/* The format. */

static bool read_number(struct printer *printer, int *out)
{
    size_t from = printer->at;
    int64_t number = 0;
    while (printer->at < printer->format.len && printer->format.at[printer->at] >= '0' &&
           printer->format.at[printer->at] <= '9') {
        number = number * 10 + (printer->format.at[printer->at++] - '0');
        if (number > MAX_WIDTH)
            return false;
    }
    *out = (int)number;
    return printer->at > from;
}

/* "[n]": the next argument is the n-th. */
static void read_index(struct printer *printer)
{
    if (printer->at == printer->format.len || printer->format.at[printer->at] != '[')
        return;
    int index;
    size_t end = text_find_byte(printer->format, ']', printer->at);
    printer->reordered = true;
    printer->at++;
    bool fine = end < printer->format.len && read_number(printer, &index) && printer->at == end &&
                index >= 1 && (uint32_t)index <= printer->count;
    printer->at = end < printer->format.len ? end + 1 : printer->at;
    if (fine)
        printer->next = (uint32_t)index - 1;
    else
        printer->bad_index = true;
}

/* A `*`: the value comes from an int argument. */
static bool read_star(struct printer *printer, int *out)
{
    if (printer->next >= printer->count)
        return false;
    const struct value *value = &printer->arguments[printer->next++];
    if (!value_is_int64(value) || value->as.integer > MAX_WIDTH || value->as.integer < -MAX_WIDTH)
        return false;
    *out = (int)value->as.integer;
    return true;
}

static bool at_byte(const struct printer *printer, char byte)
{
    return printer->at < printer->format.len && printer->format.at[printer->at] == byte;
}

static void read_flags(struct printer *printer, struct sprintf_spec *spec)
{
    for (; printer->at < printer->format.len; printer->at++) {
        switch (printer->format.at[printer->at]) {
        case '+': spec->plus = true; break;
        case '-': spec->minus = true; break;
        case '#': spec->sharp = true; break;
        case ' ': spec->space = true; break;
        case '0': spec->zero = true; break;
        default: return;
        }
    }
}

static void read_width(struct printer *printer, struct sprintf_spec *spec)
{
    read_index(printer);
    if (!at_byte(printer, '*')) {
        read_number(printer, &spec->width);
        return;
    }
    printer->at++;
    if (!read_star(printer, &spec->width))
        buffer_add(&printer->out, TEXT("%!(BADWIDTH)"));
    if (spec->width < SPRINTF_NOT_GIVEN || (spec->width < 0 && spec->width != SPRINTF_NOT_GIVEN)) {
        spec->width = -spec->width;
        spec->minus = true;
    }
}

static void read_precision(struct printer *printer, struct sprintf_spec *spec)
{
    if (!at_byte(printer, '.'))
        return;
    printer->at++;
    read_index(printer);
    if (!at_byte(printer, '*')) {
        spec->precision = 0;
        read_number(printer, &spec->precision);
        return;
    }
    printer->at++;
    if (!read_star(printer, &spec->precision) || spec->precision < 0) {
        spec->precision = SPRINTF_NOT_GIVEN;
        buffer_add(&printer->out, TEXT("%!(BADPREC)"));
    }
}

static void print_verb(struct printer *printer, const struct sprintf_spec *spec)
{
    if (spec->verb == '%') {
        buffer_add_byte(&printer->out, '%');
        return;
    }
    if (!printer->bad_index && printer->next < printer->count) {
        sprintf_print(printer->call, &printer->out, spec, &printer->arguments[printer->next++]);
        return;
    }
    buffer_add(&printer->out, TEXT("%!"));
    utf8_add(&printer->out, spec->verb);
    buffer_add(&printer->out, printer->bad_index ? TEXT("(BADINDEX)") : TEXT("(MISSING)"));
}

/* Behind a '%'. */
static void print_directive(struct printer *printer)
{
    struct sprintf_spec spec = {.width = SPRINTF_NOT_GIVEN, .precision = SPRINTF_NOT_GIVEN};
    printer->bad_index = false;
    read_flags(printer, &spec);
    read_width(printer, &spec);
    read_precision(printer, &spec);
    read_index(printer);
    if (printer->at >= printer->format.len) {
        buffer_add(&printer->out, TEXT("%!(NOVERB)"));
        return;
    }
    spec.verb = utf8_next(printer->format, &printer->at);
    print_verb(printer, &spec);
}

static void print_extra(struct printer *printer)
{
    const struct sprintf_spec plain = {
        .width = SPRINTF_NOT_GIVEN, .precision = SPRINTF_NOT_GIVEN, .verb = 'v'};
    if (printer->reordered || printer->next >= printer->count)
        return;
    buffer_add(&printer->out, TEXT("%!(EXTRA "));
    for (bool first = true; printer->next < printer->count && !printer->out.failed;
         first = false, printer->next++) {
        const struct value *value = &printer->arguments[printer->next];
        buffer_add_format(&printer->out, "%s%s=", first ? "" : ", ",
                          sprintf_type(printer->call, value));
        sprintf_print(printer->call, &printer->out, &plain, value);
    }
    buffer_add_byte(&printer->out, ')');
}

enum builtin_outcome builtin_sprintf(struct builtin_call *call, const struct value *operands,
                                     struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING) || !operand_is(call, operands, 1, VALUE_ARRAY))
        return BUILTIN_TYPE_ERROR;
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    struct printer printer = {.call = call,
                              .format = value_text(&operands[0]),
                              .arguments = operands[1].as.items,
                              .count = operands[1].len};
    text_buffer(call, &printer.out);
    while (printer.at < printer.format.len && !printer.out.failed) {
        size_t percent = text_find_byte(printer.format, '%', printer.at);
        size_t before = printer.out.len;
        buffer_add(&printer.out, text_slice(printer.format, printer.at, percent));
        printer.at = percent + 1;
        if (percent < printer.format.len)
            print_directive(&printer);
        if (!charge_bytes(call, printer.out.len - before))
            return BUILTIN_STOPPED;
    }
    print_extra(&printer);
    return give_buffer(call, &printer.out, result);
}

/* What $"..." compiles to: an array whose items are texts, or sets of at most one value; an empty
 * set stands for an undefined part. */
enum builtin_outcome builtin_template_string(struct builtin_call *call,
                                             const struct value *operands, struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_ARRAY))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, value_weight(&operands[0])))
        return BUILTIN_STOPPED;
    struct buffer out;
    text_buffer(call, &out);
    for (uint32_t i = 0; i < operands[0].len; i++) {
        const struct value *part = &operands[0].as.items[i];
        if (part->kind == VALUE_SET && value_count(part) > 1)
            return fail_builtin(call, "template-strings must not produce multiple outputs");
        if (part->kind == VALUE_SET && value_count(part) == 0) {
            buffer_add(&out, TEXT("<undefined>"));
            continue;
        }
        if (part->kind == VALUE_SET)
            part = collection_raw_key(part->as.collection, 0);
        if (part->kind == VALUE_STRING)
            buffer_add(&out, value_text(part));
        else
            value_print_rego(&out, part);
    }
    return give_buffer(call, &out, result);
}
