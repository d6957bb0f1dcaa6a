/* The Gregorian calendar without time zones: days and seconds since 1970 to dates and back. */
#ifndef REGO_BUILTINS_CIVIL_H
#define REGO_BUILTINS_CIVIL_H

#include "base/macros.h"

enum { CIVIL_DAY = 86400 };

struct civil {
    int64_t year;
    int month, day; /* from 1 */
    int hour, minute, second;
    int weekday; /* 0 is Sunday */
    int yearday; /* from 1 */
};

bool civil_is_leap(int64_t year);
int civil_days_in_month(int64_t year, int month);
/* month 1 to 12; day may be any number. */
int64_t civil_to_days(int64_t year, int month, int64_t day);
int civil_weekday(int64_t days);
struct civil civil_from_seconds(int64_t seconds);
/* The fields may be out of range: they carry over. */
int64_t civil_to_seconds(const struct civil *civil);

#endif
