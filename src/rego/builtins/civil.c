/* Calendar arithmetic in whole days, with years that start in March so that February comes last. */
#include "rego/builtins/civil.h"

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

bool civil_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && civil_is_leap(year) ? 29 : days[month - 1];
}

int64_t civil_to_days(int64_t year, int month, int64_t day)
{
    if (month <= 2)
        year--;
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

int civil_weekday(int64_t days)
{
    return (int)(((days + 4) % 7 + 7) % 7);
}

struct civil civil_from_seconds(int64_t seconds)
{
    int64_t days = floor_divide(seconds, CIVIL_DAY);
    int64_t rest = seconds - days * CIVIL_DAY;
    int64_t shifted = days + 719468;
    int64_t era = floor_divide(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_of_year = (5 * day_of_year + 2) / 153; /* 0 is March */
    struct civil civil = {
        .year = year_of_era + era * 400 + (month_of_year >= 10 ? 1 : 0),
        .month = (int)(month_of_year < 10 ? month_of_year + 3 : month_of_year - 9),
        .day = (int)(day_of_year - (153 * month_of_year + 2) / 5 + 1),
        .hour = (int)(rest / 3600),
        .minute = (int)(rest / 60 % 60),
        .second = (int)(rest % 60),
        .weekday = civil_weekday(days),
    };
    civil.yearday = (int)(days - civil_to_days(civil.year, 1, 1)) + 1;
    return civil;
}

int64_t civil_to_seconds(const struct civil *civil)
{
    int64_t months = (int64_t)civil->month - 1;
    int64_t year = civil->year + floor_divide(months, 12);
    int month = (int)(months - floor_divide(months, 12) * 12) + 1;
    return civil_to_days(year, month, civil->day) * CIVIL_DAY + (int64_t)civil->hour * 3600 +
           (int64_t)civil->minute * 60 + civil->second;
}
