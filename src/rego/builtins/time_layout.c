/* Go's layouts: a scanner for their elements, one printer and one parser over it. */
#include "rego/builtins/time_layout.h"

#include <string.h>

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

enum element {
    NOTHING, /* the layout has ended */
    LONG_MONTH,
    SHORT_MONTH,
    NUMBER_MONTH,
    ZERO_MONTH,
    LONG_WEEKDAY,
    SHORT_WEEKDAY,
    DAY,
    BLANK_DAY,
    ZERO_DAY,
    BLANK_YEARDAY,
    ZERO_YEARDAY,
    HOUR,
    HOUR_12,
    ZERO_HOUR_12,
    MINUTE,
    ZERO_MINUTE,
    SECOND,
    ZERO_SECOND,
    LONG_YEAR,
    YEAR,
    UPPER_PM,
    LOWER_PM,
    ZONE_NAME,
    OFFSET,     /* one of the numeric forms; see struct offset_form */
    FRACTION_0, /* ".000": as many digits */
    FRACTION_9, /* ".999": without zeros at the end */
};

/* How a numeric offset is written. */
struct offset_form {
    bool z; /* "Z" for UTC */
    bool colons;
    bool seconds;
    bool hours_only;
};

struct layout {
    struct text rest;
    struct text literal; /* what stands before the element */
    enum element element;
    struct offset_form offset;
    size_t digits; /* of a fraction */
};

struct fixed {
    const char *text;
    enum element element;
};

static const struct fixed fixed_elements[] = {
    {"January", LONG_MONTH},
    {"Monday", LONG_WEEKDAY},
    {"MST", ZONE_NAME},
    {"2006", LONG_YEAR},
    {"002", ZERO_YEARDAY},
    {"__2", BLANK_YEARDAY},
    {"01", ZERO_MONTH},
    {"02", ZERO_DAY},
    {"03", ZERO_HOUR_12},
    {"04", ZERO_MINUTE},
    {"05", ZERO_SECOND},
    {"06", YEAR},
    {"15", HOUR},
    {"1", NUMBER_MONTH},
    {"_2", BLANK_DAY},
    {"2", DAY},
    {"3", HOUR_12},
    {"4", MINUTE},
    {"5", SECOND},
    {"PM", UPPER_PM},
    {"pm", LOWER_PM},
};

static const struct {
    const char *text;
    struct offset_form form;
} offset_forms[] = {
    {"-070000", {.seconds = true}},
    {"-07:00:00", {.seconds = true, .colons = true}},
    {"-0700", {.colons = false}},
    {"-07:00", {.colons = true}},
    {"-07", {.hours_only = true}},
    {"Z070000", {.z = true, .seconds = true}},
    {"Z07:00:00", {.z = true, .seconds = true, .colons = true}},
    {"Z0700", {.z = true}},
    {"Z07:00", {.z = true, .colons = true}},
    {"Z07", {.z = true, .hours_only = true}},
};

static bool is_digit(struct text text, size_t at)
{
    return at < text.len && text.at[at] >= '0' && text.at[at] <= '9';
}

/* "Jan" and "Mon" are elements unless a lower-case letter follows: "Janet" is a name. */
static size_t match_short_name(struct text rest, struct layout *layout)
{
    bool month = text_starts_with(rest, TEXT("Jan"));
    if (!month && !text_starts_with(rest, TEXT("Mon")))
        return 0;
    if (rest.len > 3 && rest.at[3] >= 'a' && rest.at[3] <= 'z')
        return 0;
    layout->element = month ? SHORT_MONTH : SHORT_WEEKDAY;
    return 3;
}

static size_t match_fraction(struct text rest, struct layout *layout)
{
    if (rest.len < 2 || (rest.at[0] != '.' && rest.at[0] != ',') ||
        (rest.at[1] != '0' && rest.at[1] != '9'))
        return 0;
    size_t end = 1;
    while (end < rest.len && rest.at[end] == rest.at[1])
        end++;
    if (is_digit(rest, end))
        return 0;
    layout->element = rest.at[1] == '0' ? FRACTION_0 : FRACTION_9;
    layout->digits = end - 1;
    return end;
}

/* The length of the element at the start of `rest`, which is set in `layout`; 0 when there is none.
 */
static size_t match_element(struct text rest, struct layout *layout)
{
    if (text_starts_with(rest, TEXT("_2006")))
        return 0;
    for (size_t i = 0; i < ARRAY_LENGTH(fixed_elements); i++) {
        if (text_starts_with(rest, text_z(fixed_elements[i].text))) {
            layout->element = fixed_elements[i].element;
            return strlen(fixed_elements[i].text);
        }
    }
    for (size_t i = 0; i < ARRAY_LENGTH(offset_forms); i++) {
        if (text_starts_with(rest, text_z(offset_forms[i].text))) {
            layout->element = OFFSET;
            layout->offset = offset_forms[i].form;
            return strlen(offset_forms[i].text);
        }
    }
    size_t len = match_short_name(rest, layout);
    return len ? len : match_fraction(rest, layout);
}

static void next_element(struct layout *layout)
{
    struct text rest = layout->rest;
    layout->element = NOTHING;
    for (size_t at = 0; at < rest.len; at++) {
        size_t len = match_element(text_slice(rest, at, rest.len), layout);
        if (len > 0) {
            layout->literal = text_slice(rest, 0, at);
            layout->rest = text_slice(rest, at + len, rest.len);
            return;
        }
    }
    layout->literal = rest;
    layout->rest = (struct text){"", 0};
}

struct text time_layout_named(struct text name)
{
    static const char *const names[][2] = {
        {"ANSIC", "Mon Jan _2 15:04:05 2006"},
        {"UnixDate", "Mon Jan _2 15:04:05 MST 2006"},
        {"RubyDate", "Mon Jan 02 15:04:05 -0700 2006"},
        {"RFC822", "02 Jan 06 15:04 MST"},
        {"RFC822Z", "02 Jan 06 15:04 -0700"},
        {"RFC850", "Monday, 02-Jan-06 15:04:05 MST"},
        {"RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"},
        {"RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"},
        {"RFC3339", "2006-01-02T15:04:05Z07:00"},
        {"RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (text_equal_z(name, names[i][0]))
            return text_z(names[i][1]);
    }
    return name;
}

/* Printing. */

static void print_offset(struct buffer *out, const struct offset_form *form, int32_t seconds)
{
    if (form->z && seconds == 0) {
        buffer_add_byte(out, 'Z');
        return;
    }
    int32_t magnitude = seconds < 0 ? -seconds : seconds;
    const char *colon = form->colons ? ":" : "";
    buffer_add_format(out, "%c%02d", seconds < 0 ? '-' : '+', magnitude / 3600);
    if (!form->hours_only)
        buffer_add_format(out, "%s%02d", colon, magnitude / 60 % 60);
    if (form->seconds)
        buffer_add_format(out, "%s%02d", colon, magnitude % 60);
}

static void print_fraction(struct buffer *out, const struct layout *layout, struct text source,
                           int32_t nanosecond)
{
    char digits[10];
    for (int i = 8; i >= 0; i--, nanosecond /= 10)
        digits[i] = (char)('0' + nanosecond % 10);
    size_t len = layout->digits < 9 ? layout->digits : 9;
    while (layout->element == FRACTION_9 && len > 0 && digits[len - 1] == '0')
        len--;
    if (len == 0)
        return;
    buffer_add_byte(out, source.at[0]);
    buffer_add(out, (struct text){digits, len});
    for (size_t i = 9; i < layout->digits && layout->element == FRACTION_0; i++)
        buffer_add_byte(out, '0');
}

static void print_zone_name(struct buffer *out, const struct zone_offset *offset)
{
    static const struct offset_form plain = {.hours_only = false};
    if (offset->name[0] && offset->name[0] != '-' && offset->name[0] != '+')
        buffer_add(out, text_z(offset->name));
    else
        print_offset(out,
                     offset->seconds % 3600 ? &plain : &(struct offset_form){.hours_only = true},
                     offset->seconds);
}

static void print_element(struct buffer *out, const struct layout *layout, struct text source,
                          const struct moment *moment)
{
    const struct civil *civil = &moment->civil;
    int hour_12 = civil->hour % 12 ? civil->hour % 12 : 12;
    switch (layout->element) {
    case LONG_MONTH: buffer_add(out, text_z(months[civil->month - 1])); break;
    case SHORT_MONTH: buffer_add(out, text_slice(text_z(months[civil->month - 1]), 0, 3)); break;
    case NUMBER_MONTH: buffer_add_format(out, "%d", civil->month); break;
    case ZERO_MONTH: buffer_add_format(out, "%02d", civil->month); break;
    case LONG_WEEKDAY: buffer_add(out, text_z(weekdays[civil->weekday])); break;
    case SHORT_WEEKDAY: buffer_add(out, text_slice(text_z(weekdays[civil->weekday]), 0, 3)); break;
    case DAY: buffer_add_format(out, "%d", civil->day); break;
    case BLANK_DAY: buffer_add_format(out, "%2d", civil->day); break;
    case ZERO_DAY: buffer_add_format(out, "%02d", civil->day); break;
    case BLANK_YEARDAY: buffer_add_format(out, "%3d", civil->yearday); break;
    case ZERO_YEARDAY: buffer_add_format(out, "%03d", civil->yearday); break;
    case HOUR: buffer_add_format(out, "%02d", civil->hour); break;
    case HOUR_12: buffer_add_format(out, "%d", hour_12); break;
    case ZERO_HOUR_12: buffer_add_format(out, "%02d", hour_12); break;
    case MINUTE: buffer_add_format(out, "%d", civil->minute); break;
    case ZERO_MINUTE: buffer_add_format(out, "%02d", civil->minute); break;
    case SECOND: buffer_add_format(out, "%d", civil->second); break;
    case ZERO_SECOND: buffer_add_format(out, "%02d", civil->second); break;
    case LONG_YEAR: buffer_add_format(out, "%04lld", (long long)civil->year); break;
    case YEAR: buffer_add_format(out, "%02d", (int)((civil->year % 100 + 100) % 100)); break;
    case UPPER_PM: buffer_add(out, civil->hour >= 12 ? TEXT("PM") : TEXT("AM")); break;
    case LOWER_PM: buffer_add(out, civil->hour >= 12 ? TEXT("pm") : TEXT("am")); break;
    case ZONE_NAME: print_zone_name(out, &moment->offset); break;
    case OFFSET: print_offset(out, &layout->offset, moment->offset.seconds); break;
    case FRACTION_0:
    case FRACTION_9: print_fraction(out, layout, source, moment->nanosecond); break;
    case NOTHING: break;
    }
}

void time_layout_print(struct buffer *out, struct text source, const struct moment *moment)
{
    struct layout layout = {.rest = source};
    do {
        struct text before = layout.rest;
        next_element(&layout);
        buffer_add(out, layout.literal);
        before = text_slice(before, layout.literal.len, before.len);
        print_element(out, &layout, before, moment);
    } while (layout.element != NOTHING && !out->failed);
}

/* Parsing. */

struct parsed {
    struct civil civil;
    int32_t nanosecond;
    int yearday; /* 0: not given */
    bool has_pm, pm;
    bool has_offset;
    int32_t offset;
};

static void drop(struct text *text, size_t count)
{
    *text = text_slice(*text, count, text->len);
}

/* A blank in the layout stands for any number of blanks. */
static bool skip_literal(struct text *text, struct text literal)
{
    while (literal.len > 0) {
        if (literal.at[0] == ' ') {
            if (text->len > 0 && text->at[0] != ' ')
                return false;
            while (literal.len > 0 && literal.at[0] == ' ')
                drop(&literal, 1);
            while (text->len > 0 && text->at[0] == ' ')
                drop(text, 1);
            continue;
        }
        if (text->len == 0 || text->at[0] != literal.at[0])
            return false;
        drop(&literal, 1);
        drop(text, 1);
    }
    return true;
}

/* Between `least` and `most` digits, whose value is within the bounds. */
static bool take_number(struct text *text, size_t least, size_t most, int low, int high, int *out)
{
    size_t len = 0;
    int number = 0;
    while (len < most && is_digit(*text, len))
        number = number * 10 + (text->at[len++] - '0');
    drop(text, len);
    *out = number;
    return len >= least && number >= low && number <= high;
}

static bool take_name(struct text *text, const char *const *names, size_t count, bool whole,
                      int *out)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = whole ? strlen(names[i]) : 3;
        if (text->len >= len &&
            text_equal_ignoring_case(text_slice(*text, 0, len), (struct text){names[i], len})) {
            *out = (int)i;
            drop(text, len);
            return true;
        }
    }
    return false;
}

static bool take_fraction(struct text *text, size_t digits, int32_t *nanosecond)
{
    if (text->len < 2 || (text->at[0] != '.' && text->at[0] != ',') || !is_digit(*text, 1))
        return false;
    drop(text, 1);
    int32_t scale = 100000000;
    *nanosecond = 0;
    size_t len = 0;
    for (; is_digit(*text, len) && (digits == 0 || len < digits); len++, scale /= 10)
        *nanosecond += (text->at[len] - '0') * scale;
    drop(text, len);
    return digits == 0 || len == digits;
}

static bool take_offset(struct text *text, const struct offset_form *form, struct parsed *parsed)
{
    parsed->has_offset = true;
    if (form->z && text->len > 0 && text->at[0] == 'Z') {
        drop(text, 1);
        return true;
    }
    if (text->len == 0 || (text->at[0] != '+' && text->at[0] != '-'))
        return false;
    bool negative = text->at[0] == '-';
    int hours, minutes = 0, seconds = 0;
    drop(text, 1);
    if (!take_number(text, 2, 2, 0, 24, &hours))
        return false;
    for (int i = 0; i < (form->hours_only ? 0 : form->seconds ? 2 : 1); i++) {
        if (form->colons && !skip_literal(text, TEXT(":")))
            return false;
        if (!take_number(text, 2, 2, 0, 60, i == 0 ? &minutes : &seconds))
            return false;
    }
    parsed->offset = hours * 3600 + minutes * 60 + seconds;
    if (negative)
        parsed->offset = -parsed->offset;
    return true;
}

/* Three or four capitals ("ChST" and "MeST" too), or "GMT+3"; only GMT's number is known. */
static bool take_zone_name(struct text *text, struct parsed *parsed)
{
    size_t len = 0;
    if (text_starts_with(*text, TEXT("ChST")) || text_starts_with(*text, TEXT("MeST"))) {
        drop(text, 4);
        return true;
    }
    while (len < text->len && len < 6 && text->at[len] >= 'A' && text->at[len] <= 'Z')
        len++;
    if (len < 3 || len > 5 ||
        (len >= 4 && text->at[len - 1] != 'T' && !text_starts_with(*text, TEXT("WITA"))))
        return false;
    bool gmt = text_starts_with(*text, TEXT("GMT"));
    drop(text, len);
    if (!gmt || text->len == 0 || (text->at[0] != '+' && text->at[0] != '-'))
        return true;
    bool negative = text->at[0] == '-';
    int hours;
    drop(text, 1);
    if (!take_number(text, 1, 2, 0, 23, &hours))
        return false;
    parsed->has_offset = true;
    parsed->offset = (negative ? -hours : hours) * 3600;
    return true;
}

static bool take_seconds(struct text *text, struct layout *layout, size_t least,
                         struct parsed *parsed)
{
    if (!take_number(text, least, 2, 0, 59, &parsed->civil.second))
        return false;
    /* A fraction may follow even where the layout has none. */
    struct layout ahead = *layout;
    next_element(&ahead);
    bool expected =
        (ahead.element == FRACTION_0 || ahead.element == FRACTION_9) && ahead.literal.len == 0;
    if (!expected && text->len > 1 && (text->at[0] == '.' || text->at[0] == ',') &&
        is_digit(*text, 1))
        return take_fraction(text, 0, &parsed->nanosecond);
    return true;
}

static bool take_year(struct text *text, bool whole, int64_t *year)
{
    int number;
    if (!take_number(text, whole ? 4 : 2, whole ? 4 : 2, 0, 9999, &number))
        return false;
    *year = whole ? number : number + (number >= 69 ? 1900 : 2000);
    return true;
}

static bool take_half(struct text *text, bool upper, struct parsed *parsed)
{
    struct text half = text_slice(*text, 0, 2);
    parsed->has_pm = true;
    parsed->pm = text_equal_z(half, upper ? "PM" : "pm");
    drop(text, 2);
    return parsed->pm || text_equal_z(half, upper ? "AM" : "am");
}

static bool take_month_name(struct text *text, bool whole, struct civil *civil)
{
    int month;
    if (!take_name(text, months, ARRAY_LENGTH(months), whole, &month))
        return false;
    civil->month = month + 1;
    return true;
}

static bool take_element(struct text *text, struct layout *layout, struct parsed *parsed)
{
    struct civil *civil = &parsed->civil;
    int ignored;
    switch (layout->element) {
    case LONG_MONTH:
    case SHORT_MONTH: return take_month_name(text, layout->element == LONG_MONTH, civil);
    case NUMBER_MONTH:
    case ZERO_MONTH:
        return take_number(text, layout->element == ZERO_MONTH ? 2 : 1, 2, 1, 12, &civil->month);
    case LONG_WEEKDAY:
    case SHORT_WEEKDAY:
        return take_name(text, weekdays, ARRAY_LENGTH(weekdays), layout->element == LONG_WEEKDAY,
                         &ignored);
    case BLANK_DAY:
        if (text->len > 0 && text->at[0] == ' ')
            drop(text, 1);
        return take_number(text, 1, 2, 1, 31, &civil->day);
    case DAY:
    case ZERO_DAY:
        return take_number(text, layout->element == ZERO_DAY ? 2 : 1, 2, 1, 31, &civil->day);
    case BLANK_YEARDAY:
    case ZERO_YEARDAY:
        while (layout->element == BLANK_YEARDAY && text->len > 0 && text->at[0] == ' ')
            drop(text, 1);
        return take_number(text, layout->element == ZERO_YEARDAY ? 3 : 1, 3, 1, 366,
                           &parsed->yearday);
    case HOUR: return take_number(text, 1, 2, 0, 23, &civil->hour);
    case HOUR_12:
    case ZERO_HOUR_12:
        return take_number(text, layout->element == ZERO_HOUR_12 ? 2 : 1, 2, 0, 12, &civil->hour);
    case MINUTE:
    case ZERO_MINUTE:
        return take_number(text, layout->element == ZERO_MINUTE ? 2 : 1, 2, 0, 59, &civil->minute);
    case SECOND:
    case ZERO_SECOND:
        return take_seconds(text, layout, layout->element == ZERO_SECOND ? 2 : 1, parsed);
    case LONG_YEAR:
    case YEAR: return take_year(text, layout->element == LONG_YEAR, &civil->year);
    case UPPER_PM:
    case LOWER_PM: return take_half(text, layout->element == UPPER_PM, parsed);
    case ZONE_NAME: return take_zone_name(text, parsed);
    case OFFSET: return take_offset(text, &layout->offset, parsed);
    case FRACTION_0: return take_fraction(text, layout->digits, &parsed->nanosecond);
    case FRACTION_9: return !is_digit(*text, 1) || take_fraction(text, 0, &parsed->nanosecond);
    default: return true;
    }
}

/* Day and month from the day of the year, hours from the halves of the day, and the last checks. */
static bool complete(struct parsed *parsed)
{
    struct civil *civil = &parsed->civil;
    if (parsed->has_pm && parsed->pm && civil->hour < 12)
        civil->hour += 12;
    else if (parsed->has_pm && !parsed->pm && civil->hour == 12)
        civil->hour = 0;
    if (parsed->yearday > 0) {
        if (parsed->yearday > (civil_is_leap(civil->year) ? 366 : 365))
            return false;
        int64_t day = civil_to_days(civil->year, 1, parsed->yearday);
        struct civil date = civil_from_seconds(day * CIVIL_DAY);
        if ((civil->month > 0 && civil->month != date.month) ||
            (civil->day > 0 && civil->day != date.day))
            return false;
        civil->month = date.month;
        civil->day = date.day;
    }
    if (civil->month == 0)
        civil->month = 1;
    if (civil->day == 0)
        civil->day = 1;
    return civil->day <= civil_days_in_month(civil->year, civil->month);
}

bool time_layout_parse(struct text source, struct text text, int64_t *seconds, int32_t *nanoseconds)
{
    struct layout layout = {.rest = source};
    struct parsed parsed = {0};
    do {
        next_element(&layout);
        if (!skip_literal(&text, layout.literal) || !take_element(&text, &layout, &parsed))
            return false;
    } while (layout.element != NOTHING);
    if (text.len > 0 || !complete(&parsed))
        return false;
    *seconds = civil_to_seconds(&parsed.civil) - parsed.offset;
    *nanoseconds = parsed.nanosecond;
    return true;
}
