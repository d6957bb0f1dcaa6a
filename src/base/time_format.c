/* RFC 3339 and the proleptic Gregorian calendar. */
#include "base/time_format.h"

#include "base/clock.h"

#include <string.h>

#define FIRST_TIME (INT64_C(-62135596800) * CLOCK_SECOND) /* 0001-01-01T00:00:00Z */
#define END_TIME   (INT64_C(253402300800) * CLOCK_SECOND) /* 10000-01-01T00:00:00Z */

/* The calendar repeats every 400 years of DAYS_PER_ERA days; eras begin on 1 March of year 0, so
 * that the leap day is the last of its year. */
enum { DAYS_PER_ERA = 146097, EPOCH_FROM_ERA = 719468 };

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01. */
static int64_t days_from_date(int year, int month, int day)
{
    int shifted = month <= 2 ? year - 1 : year;
    int month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t era_days = (int64_t)shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400;
    return era_days + day_of_year - EPOCH_FROM_ERA;
}

static void date_from_days(int64_t days, struct time_fields *fields)
{
    int64_t from_era = days + EPOCH_FROM_ERA;
    int64_t era = from_era / DAYS_PER_ERA;
    int64_t day_of_era = from_era % DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    fields->day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    fields->month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    fields->year = (int)(year_of_era + era * 400) + (fields->month <= 2);
}

struct time_fields time_to_fields(int64_t microseconds)
{
    if (microseconds < FIRST_TIME)
        microseconds = FIRST_TIME;
    if (microseconds >= END_TIME)
        microseconds = END_TIME - 1;
    /* Counted from FIRST_TIME, so that every division is of a positive number. */
    int64_t days = (microseconds - FIRST_TIME) / CLOCK_DAY + FIRST_TIME / CLOCK_DAY;
    int64_t rest = microseconds - days * CLOCK_DAY;
    struct time_fields fields = {
        .hour = (int)(rest / CLOCK_HOUR),
        .minute = (int)(rest % CLOCK_HOUR / CLOCK_MINUTE),
        .second = (int)(rest % CLOCK_MINUTE / CLOCK_SECOND),
        .microsecond = (int)(rest % CLOCK_SECOND),
        /* 0001-01-01 was a Monday. */
        .weekday = (int)((days - FIRST_TIME / CLOCK_DAY + 1) % 7),
    };
    date_from_days(days, &fields);
    return fields;
}

int64_t time_from_fields(const struct time_fields *fields)
{
    return days_from_date(fields->year, fields->month, fields->day) * CLOCK_DAY +
           fields->hour * CLOCK_HOUR + fields->minute * CLOCK_MINUTE +
           fields->second * CLOCK_SECOND + fields->microsecond;
}

/* Writes `width` digits; snprintf would take most of the time of an audit entry's print. */
static char *put_digits(char *to, int value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        to[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return to + width;
}

/* Three numbers with a byte between them; only the first may be wider than two digits. */
static char *put_three(char *to, int first, int width, char between, int second, int third)
{
    to = put_digits(to, first, width);
    *to++ = between;
    to = put_digits(to, second, 2);
    *to++ = between;
    return put_digits(to, third, 2);
}

void time_print_to(int64_t microseconds, enum time_precision precision, char out[TIME_TEXT_SIZE])
{
    struct time_fields fields = time_to_fields(microseconds);
    char *to = put_three(out, fields.year, 4, '-', fields.month, fields.day);
    *to++ = 'T';
    to = put_three(to, fields.hour, 2, ':', fields.minute, fields.second);
    if (precision != TIME_SECONDS)
        *to++ = '.';
    if (precision == TIME_MILLISECONDS)
        to = put_digits(to, fields.microsecond / 1000, 3);
    if (precision == TIME_MICROSECONDS)
        to = put_digits(to, fields.microsecond, 6);
    *to++ = 'Z';
    *to = '\0';
}

struct text time_print(struct arena *arena, int64_t microseconds, enum time_precision precision)
{
    char printed[TIME_TEXT_SIZE];
    time_print_to(microseconds, precision, printed);
    return text_copy(arena, text_z(printed));
}

/* --- parsing: each function takes its part off the front of *rest --- */

static bool take_digits(struct text *rest, size_t width, int *out)
{
    if (rest->len < width)
        return false;
    int value = 0;
    for (size_t i = 0; i < width; i++) {
        if (rest->at[i] < '0' || rest->at[i] > '9')
            return false;
        value = value * 10 + (rest->at[i] - '0');
    }
    *rest = text_slice(*rest, width, rest->len);
    *out = value;
    return true;
}

static bool take_one_of(struct text *rest, const char *bytes)
{
    if (rest->len == 0 || rest->at[0] == '\0' || !strchr(bytes, rest->at[0]))
        return false;
    *rest = text_slice(*rest, 1, rest->len);
    return true;
}

/* What put_three writes. */
static bool take_three(struct text *rest, int *first, size_t width, const char *between,
                       int *second, int *third)
{
    return take_digits(rest, width, first) && take_one_of(rest, between) &&
           take_digits(rest, 2, second) && take_one_of(rest, between) &&
           take_digits(rest, 2, third);
}

static bool take_date(struct text *rest, struct time_fields *fields)
{
    return take_three(rest, &fields->year, 4, "-", &fields->month, &fields->day) &&
           fields->year >= 1 && fields->month >= 1 && fields->month <= 12 && fields->day >= 1 &&
           fields->day <= days_in_month(fields->year, fields->month);
}

static bool take_clock(struct text *rest, struct time_fields *fields)
{
    return take_three(rest, &fields->hour, 2, ":", &fields->minute, &fields->second) &&
           fields->hour <= 23 && fields->minute <= 59 && fields->second <= 60;
}

static bool take_fraction(struct text *rest, struct time_fields *fields)
{
    if (!take_one_of(rest, "."))
        return true;
    int digit;
    int unit = 100000;
    if (!take_digits(rest, 1, &digit))
        return false;
    do {
        fields->microsecond += digit * unit;
        unit /= 10;
    } while (take_digits(rest, 1, &digit));
    return true;
}

static bool take_offset(struct text *rest, int64_t *offset)
{
    int hours;
    int minutes;
    *offset = 0;
    if (take_one_of(rest, "Zz"))
        return true;
    bool east = text_starts_with(*rest, TEXT("+"));
    if (!take_one_of(rest, "+-") || !take_digits(rest, 2, &hours) || !take_one_of(rest, ":") ||
        !take_digits(rest, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset = hours * CLOCK_HOUR + minutes * CLOCK_MINUTE;
    if (!east)
        *offset = -*offset;
    return true;
}

bool time_parse(struct text text, int64_t *out, struct error *error)
{
    struct time_fields fields = {0};
    struct text rest = text;
    int64_t offset;
    if (!take_date(&rest, &fields) || !take_one_of(&rest, "Tt ") || !take_clock(&rest, &fields) ||
        !take_fraction(&rest, &fields) || !take_offset(&rest, &offset) || rest.len != 0)
        return error_set(error, ERR_INVALID,
                         "expected a time such as 2026-01-31T23:59:59Z (RFC 3339)");
    int64_t time = time_from_fields(&fields) - offset;
    if (time < FIRST_TIME || time >= END_TIME)
        return error_set(error, ERR_INVALID, "the time is outside of the years 0001 to 9999");
    *out = time;
    return true;
}
