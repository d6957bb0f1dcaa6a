/* The verbs of sprintf: strings, whole numbers of any size, doubles. */
#include "rego/builtins/sprintf_value.h"

#include "rego/builtins/operand.h"
#include "rego/value/decimal.h"
#include "rego/value/json_value.h"
#include "rego/value/quote.h"

#include <math.h>
#include <string.h>

enum argument_kind { ARGUMENT_INT, ARGUMENT_BIG, ARGUMENT_FLOAT, ARGUMENT_STRING };

static const char *const type_names[] = {"int", "big.Int", "float64", "string"};

/* One argument as Go would see it. */
struct argument {
    enum argument_kind kind;
    const struct value *value;
    double number;
    struct text text;
};

struct printer {
    struct builtin_call *call;
    struct buffer *out;
};

/* Padding. */

static void add_padding(struct buffer *out, char with, size_t count)
{
    for (size_t i = 0; i < count && !out->failed; i++)
        buffer_add_byte(out, with);
}

/* Zeros go behind the sign of a number. */
static void add_padded(struct buffer *out, const struct sprintf_spec *spec, struct text text,
                       bool number)
{
    size_t points = utf8_count(text);
    size_t padding =
        spec->width > 0 && (size_t)spec->width > points ? (size_t)spec->width - points : 0;
    bool zeros = spec->zero && !spec->minus;
    if (zeros && number && padding > 0 && text.len > 0 &&
        (text.at[0] == '-' || text.at[0] == '+' || text.at[0] == ' ')) {
        buffer_add_byte(out, text.at[0]);
        text = text_slice(text, 1, text.len);
    }
    if (!spec->minus)
        add_padding(out, zeros ? '0' : ' ', padding);
    buffer_add(out, text);
    if (spec->minus)
        add_padding(out, ' ', padding);
}

/* Arguments. */

static bool argument_of(struct printer *printer, const struct value *value,
                        struct argument *argument)
{
    *argument = (struct argument){.kind = ARGUMENT_STRING, .value = value};
    struct buffer text;
    text_buffer(printer->call, &text);
    if (value->kind == VALUE_STRING) {
        argument->text = value_text(value);
        return true;
    }
    if (value->kind != VALUE_NUMBER) {
        if (!charge(printer->call, value_weight(value)))
            return false;
        value_print_rego(&text, value);
        argument->text = buffer_text(&text);
        return !text.failed;
    }
    number_print(&text, value);
    argument->text = buffer_text(&text);
    if (number_is_integer(value)) {
        /* A whole number written with an exponent is none to Go. */
        bool digits_only = value->form == VALUE_PLAIN ||
                           text_find_byte(argument->text, 'e', 0) == argument->text.len;
        argument->kind = value->form == VALUE_PLAIN ? ARGUMENT_INT : ARGUMENT_BIG;
        if (digits_only)
            return !text.failed;
    }
    if (!number_to_double(printer->call->arena, value, &argument->number))
        return false;
    argument->kind = isfinite(argument->number) ? ARGUMENT_FLOAT : ARGUMENT_STRING;
    return !text.failed;
}

static void print_bad_verb(struct printer *printer, const struct sprintf_spec *spec,
                           const struct argument *argument)
{
    struct buffer *out = printer->out;
    buffer_add(out, TEXT("%!"));
    utf8_add(out, spec->verb);
    buffer_add_format(out, "(%s=", type_names[argument->kind]);
    struct decimal exact, shortest;
    if (argument->kind != ARGUMENT_FLOAT)
        buffer_add(out, argument->text);
    else if (decimal_from_double(printer->call->arena, argument->number, &exact) &&
             decimal_shortest(printer->call->arena, &exact, true, &shortest))
        decimal_print_general(out, &shortest, FLOAT_EXPONENT_THRESHOLD);
    buffer_add_byte(out, ')');
}

/* Strings. */

static struct text cut_to_precision(const struct sprintf_spec *spec, struct text text)
{
    size_t at = 0;
    for (int i = 0; spec->precision >= 0 && i < spec->precision && at < text.len; i++)
        utf8_next(text, &at);
    return spec->precision >= 0 ? text_slice(text, 0, at) : text;
}

static void print_hex(struct printer *printer, const struct sprintf_spec *spec, struct text text)
{
    const char *digits = spec->verb == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    struct buffer hex;
    text_buffer(printer->call, &hex);
    size_t len = spec->precision >= 0 && (size_t)spec->precision < text.len
                     ? (size_t)spec->precision
                     : text.len;
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && spec->space)
            buffer_add_byte(&hex, ' ');
        if (spec->sharp && (i == 0 || spec->space))
            buffer_add_format(&hex, "0%c", (char)spec->verb);
        buffer_add_byte(&hex, digits[(unsigned char)text.at[i] >> 4]);
        buffer_add_byte(&hex, digits[(unsigned char)text.at[i] & 15]);
    }
    add_padded(printer->out, spec, buffer_text(&hex), false);
}

static void print_string(struct printer *printer, const struct sprintf_spec *spec,
                         const struct argument *argument)
{
    struct text text = argument->text;
    if (spec->verb == 'x' || spec->verb == 'X') {
        print_hex(printer, spec, text);
        return;
    }
    if (spec->verb != 's' && spec->verb != 'v' && spec->verb != 'q') {
        print_bad_verb(printer, spec, argument);
        return;
    }
    text = cut_to_precision(spec, text);
    if (spec->verb == 'q' || (spec->verb == 'v' && spec->sharp)) {
        struct buffer quoted;
        text_buffer(printer->call, &quoted);
        bool raw = spec->verb == 'q' && spec->sharp && text_find_byte(text, '`', 0) == text.len;
        if (raw) {
            buffer_add_byte(&quoted, '`');
            buffer_add(&quoted, text);
            buffer_add_byte(&quoted, '`');
        } else if (spec->plus) {
            quote_print_ascii(&quoted, text);
        } else {
            quote_print(&quoted, text);
        }
        text = buffer_text(&quoted);
    }
    add_padded(printer->out, spec, text, false);
}

/* Whole numbers. */

static void print_digits(struct printer *printer, struct sprintf_spec spec,
                         const struct argument *argument, unsigned base)
{
    struct buffer digits, text;
    text_buffer(printer->call, &digits);
    text_buffer(printer->call, &text);
    bool negative = number_is_negative(argument->value);
    uint64_t work = argument->text.len;
    if (!charge(printer->call, work + work * work / 4096) ||
        !number_print_base(&digits, argument->value, base, spec.verb == 'X')) {
        printer->out->failed = true;
        return;
    }
    if (negative || spec.plus || spec.space)
        buffer_add_byte(&text, negative ? '-' : spec.plus ? '+' : ' ');
    if (base == 8 && (spec.sharp || spec.verb == 'O'))
        buffer_add(&text, spec.verb == 'O' ? TEXT("0o") : TEXT("0"));
    else if (spec.sharp && base == 2)
        buffer_add(&text, TEXT("0b"));
    else if (spec.sharp && base == 16)
        buffer_add_format(&text, "0%c", (char)spec.verb);
    if (spec.precision >= 0) {
        spec.zero = false;
        add_padding(&text, '0',
                    (size_t)spec.precision > digits.len ? (size_t)spec.precision - digits.len : 0);
    }
    if (spec.precision != 0 || !number_is_zero(argument->value))
        buffer_add(&text, buffer_text(&digits));
    add_padded(printer->out, &spec, buffer_text(&text), true);
}

static void print_rune(struct printer *printer, const struct sprintf_spec *spec,
                       const struct argument *argument)
{
    int64_t number = argument->value->as.integer;
    int32_t point = number < 0 || number > 0x10ffff ? 0xfffd : (int32_t)number;
    struct buffer text;
    text_buffer(printer->call, &text);
    if (spec->verb == 'c')
        utf8_add(&text, point);
    else if (spec->verb == 'q')
        quote_print_rune(&text, point, spec->plus);
    else
        buffer_add_format(&text, "U+%04llX", (unsigned long long)number);
    add_padded(printer->out, spec, buffer_text(&text), false);
}

static void print_integer(struct printer *printer, const struct sprintf_spec *spec,
                          const struct argument *argument)
{
    bool big = argument->kind == ARGUMENT_BIG;
    switch (spec->verb) {
    case 'b': print_digits(printer, *spec, argument, 2); break;
    case 'o':
    case 'O': print_digits(printer, *spec, argument, 8); break;
    case 'x':
    case 'X': print_digits(printer, *spec, argument, 16); break;
    case 'd':
    case 'v': print_digits(printer, *spec, argument, 10); break;
    case 's':
        if (big)
            print_digits(printer, *spec, argument, 10);
        else
            print_bad_verb(printer, spec, argument);
        break;
    case 'c':
    case 'q':
    case 'U':
        if (big)
            print_bad_verb(printer, spec, argument);
        else
            print_rune(printer, spec, argument);
        break;
    default: print_bad_verb(printer, spec, argument);
    }
}

/* Doubles. */

/* %g with a precision rounds to that many digits, and drops zeros at the end. */
static bool general(struct printer *printer, const struct sprintf_spec *spec,
                    const struct decimal *exact, struct buffer *text)
{
    struct arena *arena = printer->call->arena;
    struct decimal rounded;
    int precision = spec->precision == 0 ? 1 : spec->precision;
    if (precision < 0) {
        if (!decimal_shortest(arena, exact, true, &rounded))
            return false;
        decimal_print_general(text, &rounded, FLOAT_EXPONENT_THRESHOLD);
        return true;
    }
    if (!decimal_round(arena, exact, precision, &rounded))
        return false;
    /* Rounding may have left fewer digits: the whole part is printed plainly while it has them. */
    int threshold = precision;
    if (threshold > (int)rounded.digits.len && (int)rounded.digits.len >= rounded.exponent)
        threshold = (int)rounded.digits.len;
    decimal_print_general(text, &rounded, threshold);
    return true;
}

/* The point and zeros that # asks of %g. */
static void add_sharp_zeros(const struct sprintf_spec *spec, struct buffer *text,
                            struct arena *arena)
{
    struct text printed = text_copy(arena, buffer_text(text));
    size_t exponent = text_find_byte(printed, 'e', 0);
    struct text mantissa = text_slice(printed, 0, exponent);
    int digits = spec->precision >= 0 ? spec->precision : 6;
    bool point = false, significant = false;
    for (size_t i = 0; i < mantissa.len; i++) {
        point |= mantissa.at[i] == '.';
        significant |= mantissa.at[i] >= '1' && mantissa.at[i] <= '9';
        if (significant && mantissa.at[i] != '.')
            digits--;
    }
    buffer_truncate(text, 0);
    buffer_add(text, mantissa);
    if (!point)
        buffer_add_byte(text, '.');
    add_padding(text, '0', digits > 0 ? (size_t)digits : 0);
    buffer_add(text, text_slice(printed, exponent, printed.len));
}

static bool float_text(struct printer *printer, const struct sprintf_spec *spec, double number,
                       struct buffer *text)
{
    struct arena *arena = printer->call->arena;
    struct decimal exact, rounded;
    if (!decimal_from_double(arena, number, &exact))
        return false;
    int precision = spec->precision >= 0 ? spec->precision : 6;
    switch (spec->verb) {
    case 'e':
    case 'E':
        if (!decimal_round(arena, &exact, (int64_t)precision + 1, &rounded))
            return false;
        decimal_print_scientific(text, &rounded, precision);
        return true;
    case 'f':
    case 'F':
        if (!decimal_round(arena, &exact, (int64_t)exact.exponent + precision, &rounded))
            return false;
        decimal_print_plain(text, &rounded, precision);
        return true;
    default:
        if (!general(printer, spec, &exact, text))
            return false;
        if (spec->sharp)
            add_sharp_zeros(spec, text, arena);
        return true;
    }
}

static void print_float(struct printer *printer, const struct sprintf_spec *spec,
                        const struct argument *argument)
{
    if (spec->verb != 'v' && !(spec->verb < 0x80 && strchr("eEfFgG", (char)spec->verb))) {
        print_bad_verb(printer, spec, argument);
        return;
    }
    struct buffer text;
    text_buffer(printer->call, &text);
    bool negative = argument->number < 0;
    if (!negative && (spec->plus || spec->space))
        buffer_add_byte(&text, spec->plus ? '+' : ' ');
    if (!float_text(printer, spec, argument->number, &text)) {
        printer->out->failed = true;
        return;
    }
    if (spec->verb == 'E' || spec->verb == 'G') {
        for (size_t i = 0; i < text.len; i++)
            text.at[i] = text.at[i] == 'e' ? 'E' : text.at[i];
    }
    add_padded(printer->out, spec, buffer_text(&text), true);
}

void sprintf_print(struct builtin_call *call, struct buffer *out, const struct sprintf_spec *spec,
                   const struct value *value)
{
    struct printer printer = {call, out};
    struct argument argument;
    if (!argument_of(&printer, value, &argument))
        out->failed = true;
    else if (spec->verb == 'T')
        add_padded(out, spec, text_z(type_names[argument.kind]), false);
    else if (argument.kind == ARGUMENT_STRING)
        print_string(&printer, spec, &argument);
    else if (argument.kind == ARGUMENT_FLOAT)
        print_float(&printer, spec, &argument);
    else
        print_integer(&printer, spec, &argument);
}

const char *sprintf_type(struct builtin_call *call, const struct value *value)
{
    struct printer printer = {call, NULL};
    struct argument argument;
    return type_names[argument_of(&printer, value, &argument) ? argument.kind : ARGUMENT_STRING];
}
