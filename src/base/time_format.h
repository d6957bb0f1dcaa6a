/*
 * Time as people and protocols write it: RFC 3339 in UTC, from and to int64 microseconds since
 * 1970. Years 0001 to 9999. Also the calendar arithmetic beneath.
 */
#ifndef BASE_TIME_FORMAT_H
#define BASE_TIME_FORMAT_H

#include "base/error.h"
#include "base/text.h"

enum time_precision {
    TIME_SECONDS,      /* 2026-11-22T09:51:19Z */
    TIME_MILLISECONDS, /* 2026-11-22T09:51:19.123Z */
    TIME_MICROSECONDS, /* 2026-11-22T09:51:19.123456Z */
};

enum { TIME_TEXT_SIZE = 32 }; /* the longest form and its NUL */

struct time_fields {
    int year;
    int month;       /* 1 to 12 */
    int day;         /* 1 to 31 */
    int hour;        /* 0 to 23 */
    int minute;      /* 0 to 59 */
    int second;      /* 0 to 59 */
    int microsecond; /* 0 to 999999 */
    int weekday;     /* 0 is Sunday; not read by time_from_fields */
};

/* Times outside of the years 0001 to 9999 are held at the nearest that can be written. */
struct time_fields time_to_fields(int64_t microseconds);
/* Of fields that are in range. */
int64_t time_from_fields(const struct time_fields *fields);

/* Cuts, never rounds: a printed time is not in the future of the time it prints. */
void time_print_to(int64_t microseconds, enum time_precision precision, char out[TIME_TEXT_SIZE]);
struct text time_print(struct arena *arena, int64_t microseconds, enum time_precision precision);

/* Any offset; 'T' or 't' or a blank between date and time, 'Z' or 'z'; digits past the microsecond
 * are cut; second 60 is the first of the next minute. INVALID for anything else. */
MUST_CHECK bool time_parse(struct text text, int64_t *out, struct error *error);

#endif
