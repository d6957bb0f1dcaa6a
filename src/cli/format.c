/* Cells and expiries. */
#include "cli/format.h"

#include "base/clock.h"
#include "base/time_format.h"

struct text format_time(struct arena *arena, const struct json *seconds)
{
    int64_t value;
    if (!json_is(seconds, JSON_NUMBER) || !json_to_int64(seconds, &value) || value <= 0 ||
        value > INT64_MAX / CLOCK_SECOND)
        return TEXT("-");
    struct time_fields fields = time_to_fields(value * CLOCK_SECOND);
    return text_format(arena, "%04d-%02d-%02d %02d:%02d", fields.year, fields.month, fields.day,
                       fields.hour, fields.minute);
}

struct text format_text(const struct json *value)
{
    struct text text = json_text_or(value, TEXT(""));
    return text_is_empty(text) ? TEXT("-") : text;
}

struct text format_yes(const struct json *value)
{
    return json_bool_or(value, false) ? TEXT("yes") : TEXT("no");
}

static int64_t unit_seconds(char unit)
{
    switch (unit) {
    case 'm': return 60;
    case 'h': return 3600;
    case 'd': return 86400;
    default: return 0;
    }
}

bool format_parse_expiry(struct text typed, int64_t *out, struct error *error)
{
    int64_t now = clock_wall(), count, time;
    struct error cause = {0};
    int64_t unit = typed.len > 1 ? unit_seconds(typed.at[typed.len - 1]) : 0;
    if (unit > 0 && text_to_int64(text_slice(typed, 0, typed.len - 1), &count) && count > 0 &&
        count <= 36500 * 1440) {
        *out = now / CLOCK_SECOND + count * unit;
        return true;
    }
    if (!time_parse(typed, &time, &cause))
        return error_set(error, ERR_INVALID,
                         "\"%.*s\" is no expiry: write 90d, 12h, 30m or 2027-01-31T00:00:00Z",
                         TEXT_ARG(typed));
    if (time <= now)
        return error_set(error, ERR_INVALID, "the expiry %.*s has passed", TEXT_ARG(typed));
    *out = time / CLOCK_SECOND;
    return true;
}
