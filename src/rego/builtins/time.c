/* time.*: moments are nanoseconds since 1970 UTC as int64, alone or with a zone and a layout. */
#include "rego/builtins/operand.h"
#include "rego/builtins/time_layout.h"

enum { SECOND = 1000000000 };

struct at {
    int64_t nanoseconds;
    const struct zone *zone;
    struct text layout;
};

static enum builtin_outcome read_nanoseconds(struct builtin_call *call, const struct value *number,
                                             int64_t *out)
{
    if (!number_is_integer(number))
        return fail_type(call, "operand 1 must be integer number but got floating-point number");
    if (number->form != VALUE_PLAIN)
        return fail_builtin(call, "timestamp too big");
    *out = number->as.integer;
    return BUILTIN_OK;
}

static enum builtin_outcome read_zone(struct builtin_call *call, const struct value *name,
                                      struct at *at)
{
    if (name->kind != VALUE_STRING)
        return fail_type(call, "operand 1 must be string but got %s",
                         value_kind_name((enum value_kind)name->kind));
    at->zone = zone_find(value_text(name));
    if (!at->zone)
        return fail_builtin(call, "unknown time zone %.*s", TEXT_ARG(value_text(name)));
    return BUILTIN_OK;
}

/* ns, [ns], [ns, zone] or [ns, zone, layout]. */
static enum builtin_outcome read_moment(struct builtin_call *call, const struct value *operands,
                                        unsigned index, struct at *at)
{
    const struct value *operand = &operands[index];
    *at = (struct at){.zone = zone_find(TEXT("UTC"))};
    if (!operand_among(call, operands, index, KIND(NUMBER) | KIND(ARRAY),
                       "either number (ns) or array (ns, timezone)"))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, 8))
        return BUILTIN_STOPPED;
    if (operand->kind == VALUE_NUMBER)
        return read_nanoseconds(call, operand, &at->nanoseconds);
    const struct value *items = operand->as.items;
    if (operand->len == 0 || items[0].kind != VALUE_NUMBER)
        return fail_type(call, "operand %u must be array of number, string", index + 1);
    enum builtin_outcome outcome = read_nanoseconds(call, &items[0], &at->nanoseconds);
    if (outcome == BUILTIN_OK && operand->len > 1)
        outcome = read_zone(call, &items[1], at);
    if (outcome != BUILTIN_OK || operand->len < 3)
        return outcome;
    if (items[2].kind != VALUE_STRING)
        return fail_type(call, "operand 1 must be string but got %s",
                         value_kind_name((enum value_kind)items[2].kind));
    at->layout = value_text(&items[2]);
    return BUILTIN_OK;
}

static int64_t seconds_of(int64_t nanoseconds)
{
    return nanoseconds / SECOND - (nanoseconds % SECOND < 0);
}

static struct moment moment_of(const struct at *at)
{
    int64_t seconds = seconds_of(at->nanoseconds);
    struct zone_offset offset = zone_at(at->zone, seconds);
    return (struct moment){
        .civil = civil_from_seconds(seconds + offset.seconds),
        .nanosecond = (int32_t)((at->nanoseconds % SECOND + SECOND) % SECOND),
        .offset = offset,
    };
}

static enum builtin_outcome give_moment(struct builtin_call *call, int64_t seconds,
                                        int32_t nanoseconds, struct value *result)
{
    __int128 total = (__int128)seconds * SECOND + nanoseconds;
    if (total < INT64_MIN || total > INT64_MAX)
        return fail_builtin(call, "time outside of valid range");
    *result = VALUE_INT((int64_t)total);
    return BUILTIN_OK;
}

static enum builtin_outcome give_numbers(struct builtin_call *call, const int64_t *numbers,
                                         size_t count, struct value *result)
{
    struct value *items = value_array_items(call->arena, count);
    if (!items)
        return stop_memory(call);
    for (size_t i = 0; i < count; i++)
        items[i] = VALUE_INT(numbers[i]);
    return give_array(call, items, count, result);
}

enum builtin_outcome builtin_time_date(struct builtin_call *call, const struct value *operands,
                                       struct value *result)
{
    struct at at;
    enum builtin_outcome outcome = read_moment(call, operands, 0, &at);
    if (outcome != BUILTIN_OK)
        return outcome;
    struct moment moment = moment_of(&at);
    const int64_t parts[] = {moment.civil.year, moment.civil.month, moment.civil.day};
    return give_numbers(call, parts, ARRAY_LENGTH(parts), result);
}

enum builtin_outcome builtin_time_clock(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    struct at at;
    enum builtin_outcome outcome = read_moment(call, operands, 0, &at);
    if (outcome != BUILTIN_OK)
        return outcome;
    struct moment moment = moment_of(&at);
    const int64_t parts[] = {moment.civil.hour, moment.civil.minute, moment.civil.second};
    return give_numbers(call, parts, ARRAY_LENGTH(parts), result);
}

static enum builtin_outcome give_formatted(struct builtin_call *call, struct text layout,
                                           const struct at *at, struct value *result)
{
    if (!charge(call, 8 + layout.len))
        return BUILTIN_STOPPED;
    struct moment moment = moment_of(at);
    struct buffer out;
    text_buffer(call, &out);
    time_layout_print(&out, layout, &moment);
    return give_buffer(call, &out, result);
}

enum builtin_outcome builtin_time_weekday(struct builtin_call *call, const struct value *operands,
                                          struct value *result)
{
    struct at at;
    enum builtin_outcome outcome = read_moment(call, operands, 0, &at);
    return outcome == BUILTIN_OK ? give_formatted(call, TEXT("Monday"), &at, result) : outcome;
}

enum builtin_outcome builtin_time_format(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    struct at at;
    enum builtin_outcome outcome = read_moment(call, operands, 0, &at);
    if (outcome != BUILTIN_OK)
        return outcome;
    struct text layout = at.layout.at ? at.layout : TEXT("RFC3339Nano");
    return give_formatted(call, time_layout_named(layout), &at, result);
}

enum builtin_outcome builtin_time_add_date(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    struct at at;
    enum builtin_outcome outcome = read_moment(call, operands, 0, &at);
    if (outcome != BUILTIN_OK)
        return outcome;
    int64_t add[3];
    for (unsigned i = 0; i < 3; i++) {
        if (!operand_is_integer(call, operands, i + 1))
            return BUILTIN_TYPE_ERROR;
        add[i] = value_is_int64(&operands[i + 1]) ? operands[i + 1].as.integer : INT64_MAX;
        /* Far outside of the range that nanoseconds reach. */
        if (add[i] > 1000000 || add[i] < -1000000)
            return fail_builtin(call, "time outside of valid range");
    }
    struct moment moment = moment_of(&at);
    moment.civil.year += add[0];
    moment.civil.month += (int)add[1];
    moment.civil.day += (int)add[2];
    int64_t seconds = zone_to_utc(at.zone, civil_to_seconds(&moment.civil));
    return give_moment(call, seconds, moment.nanosecond, result);
}

/* Years down to seconds from the earlier to the later, as a calendar in the first one's zone shows.
 */
static void difference(const struct civil *from, const struct civil *to, int64_t parts[6])
{
    parts[0] = to->year - from->year;
    parts[1] = to->month - from->month;
    parts[2] = to->day - from->day;
    parts[3] = to->hour - from->hour;
    parts[4] = to->minute - from->minute;
    parts[5] = to->second - from->second;
    const int units[] = {0, 12, civil_days_in_month(from->year, from->month), 24, 60, 60};
    for (int i = 5; i > 0; i--) {
        if (parts[i] < 0) {
            parts[i] += units[i];
            parts[i - 1]--;
        }
    }
}

enum builtin_outcome builtin_time_diff(struct builtin_call *call, const struct value *operands,
                                       struct value *result)
{
    struct at a, b;
    enum builtin_outcome outcome = read_moment(call, operands, 0, &a);
    if (outcome == BUILTIN_OK)
        outcome = read_moment(call, operands, 1, &b);
    if (outcome != BUILTIN_OK)
        return outcome;
    b.zone = a.zone;
    struct moment from = moment_of(a.nanoseconds <= b.nanoseconds ? &a : &b);
    struct moment to = moment_of(a.nanoseconds <= b.nanoseconds ? &b : &a);
    int64_t parts[6];
    difference(&from.civil, &to.civil, parts);
    return give_numbers(call, parts, ARRAY_LENGTH(parts), result);
}

static enum builtin_outcome parse(struct builtin_call *call, struct text layout, struct text text,
                                  struct value *result)
{
    int64_t seconds;
    int32_t nanoseconds;
    if (!charge(call, 8 + layout.len + text.len / 8))
        return BUILTIN_STOPPED;
    if (!time_layout_parse(layout, text, &seconds, &nanoseconds))
        return fail_builtin(call, "parsing time \"%.*s\" as \"%.*s\": it does not fit",
                            TEXT_ARG(text), TEXT_ARG(layout));
    return give_moment(call, seconds, nanoseconds, result);
}

enum builtin_outcome builtin_time_parse_ns(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING) ||
        !operand_is(call, operands, 1, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    return parse(call, time_layout_named(value_text(&operands[0])), value_text(&operands[1]),
                 result);
}

enum builtin_outcome builtin_time_parse_rfc3339_ns(struct builtin_call *call,
                                                   const struct value *operands,
                                                   struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    return parse(call, time_layout_named(TEXT("RFC3339")), value_text(&operands[0]), result);
}

/* Durations: "1h30m", "-.5s". */

static bool take_unit(struct text *rest, int64_t *unit)
{
    static const struct {
        const char *name;
        int64_t nanoseconds;
    } units[] = {
        {"ns", 1},       {"us", 1000},  {"\xc2\xb5s", 1000},         {"\xce\xbcs", 1000},
        {"ms", 1000000}, {"s", SECOND}, {"m", INT64_C(60) * SECOND}, {"h", INT64_C(3600) * SECOND},
    };
    size_t len = 0;
    while (len < rest->len && rest->at[len] != '.' && (rest->at[len] < '0' || rest->at[len] > '9'))
        len++;
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        if (text_equal_z(text_slice(*rest, 0, len), units[i].name)) {
            *unit = units[i].nanoseconds;
            *rest = text_slice(*rest, len, rest->len);
            return true;
        }
    }
    return false;
}

static bool take_digit(struct text *rest, int *digit)
{
    if (rest->len == 0 || rest->at[0] < '0' || rest->at[0] > '9')
        return false;
    *digit = rest->at[0] - '0';
    *rest = text_slice(*rest, 1, rest->len);
    return true;
}

/* One number with its unit, added to the total. False when malformed or out of range. */
static bool take_part(struct text *rest, __int128 *total)
{
    __int128 whole = 0, fraction = 0, scale = 1;
    bool digits = false;
    for (int digit; take_digit(rest, &digit); digits = true) {
        whole = whole * 10 + digit;
        if (whole > INT64_MAX)
            return false;
    }
    if (rest->len > 0 && rest->at[0] == '.') {
        *rest = text_slice(*rest, 1, rest->len);
        for (int digit; take_digit(rest, &digit); digits = true) {
            if (scale < INT64_C(1000000000000000000)) {
                fraction = fraction * 10 + digit;
                scale *= 10;
            }
        }
    }
    int64_t unit;
    if (!digits || !take_unit(rest, &unit))
        return false;
    *total += whole * unit + fraction * unit / scale;
    return *total <= (__int128)INT64_MAX + 1;
}

enum builtin_outcome builtin_time_parse_duration_ns(struct builtin_call *call,
                                                    const struct value *operands,
                                                    struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    struct text source = value_text(&operands[0]), rest = source;
    if (!charge_bytes(call, source.len))
        return BUILTIN_STOPPED;
    bool negative = rest.len > 0 && rest.at[0] == '-';
    if (negative || (rest.len > 0 && rest.at[0] == '+'))
        rest = text_slice(rest, 1, rest.len);
    __int128 total = 0;
    bool fine = rest.len > 0;
    if (text_equal_z(rest, "0"))
        rest.len = 0;
    while (fine && rest.len > 0)
        fine = take_part(&rest, &total);
    if (!fine || (!negative && total > INT64_MAX))
        return fail_builtin(call, "time: invalid duration \"%.*s\"", TEXT_ARG(source));
    *result = VALUE_INT((int64_t)(negative ? -total : total));
    return BUILTIN_OK;
}
