/* The TZif reader (RFC 8536, version 2 and later) and the rule behind its last transition. */
#include "rego/builtins/zone.h"

#include "rego/builtins/civil.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_NAME = 64,
    MAX_FILE = 65536,
    MAX_ZONES = 1024, /* more than the database has */
    HEADER = 44,
};

/* One half of a rule such as "CET-1CEST,M3.5.0,M10.5.0/3": when it starts. */
struct change {
    enum { CHANGE_JULIAN, CHANGE_DAY, CHANGE_MONTH } kind;
    int day, week, month; /* JULIAN and DAY use `day` only */
    int32_t time;         /* seconds after local midnight */
};

struct rule {
    struct zone_offset standard, summer;
    struct change to_summer, to_standard;
    bool has_rule, has_summer;
};

struct zone {
    struct zone *next;
    char name[MAX_NAME];
    size_t count;   /* transitions */
    int64_t *times; /* rising */
    uint8_t *types; /* which offset holds from times[i] on */
    struct zone_offset *offsets;
    size_t offset_count;
    struct rule rule;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone *zones;
static size_t zone_count;
static struct zone utc = {.name = "UTC"};

/* The rule of the footer, POSIX's TZ format. */

static bool take_name(const char **at, char name[8])
{
    bool angle = **at == '<';
    size_t len = 0;
    if (angle)
        ++*at;
    while (**at &&
           (angle ? **at != '>' : ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z')))) {
        if (len < 7)
            name[len++] = **at;
        ++*at;
    }
    name[len] = '\0';
    if (angle && **at == '>')
        ++*at;
    return len > 0;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool take_time(const char **at, int32_t *out)
{
    int sign = 1, parts[3] = {0, 0, 0};
    if (**at == '-' || **at == '+')
        sign = *(*at)++ == '-' ? -1 : 1;
    for (int i = 0; i < 3; i++) {
        if (**at < '0' || **at > '9')
            return false;
        while (**at >= '0' && **at <= '9' && parts[i] < 1000)
            parts[i] = parts[i] * 10 + (*(*at)++ - '0');
        if (**at != ':')
            break;
        ++*at;
    }
    *out = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static bool take_int(const char **at, int *out)
{
    *out = 0;
    if (**at < '0' || **at > '9')
        return false;
    while (**at >= '0' && **at <= '9' && *out < 1000)
        *out = *out * 10 + (*(*at)++ - '0');
    return true;
}

static bool take_change(const char **at, struct change *change)
{
    if (*(*at)++ != ',')
        return false;
    change->kind = **at == 'J' ? CHANGE_JULIAN : **at == 'M' ? CHANGE_MONTH : CHANGE_DAY;
    if (change->kind != CHANGE_DAY)
        ++*at;
    if (change->kind == CHANGE_MONTH) {
        if (!take_int(at, &change->month) || *(*at)++ != '.' || !take_int(at, &change->week) ||
            *(*at)++ != '.')
            return false;
    }
    if (!take_int(at, &change->day))
        return false;
    change->time = 2 * 3600;
    if (**at != '/')
        return true;
    ++*at;
    return take_time(at, &change->time);
}

static bool parse_rule(const char *at, struct rule *rule)
{
    int32_t west;
    if (!take_name(&at, rule->standard.name) || !take_time(&at, &west))
        return false;
    rule->standard.seconds = -west;
    rule->has_rule = true;
    if (*at == '\0')
        return true;
    if (!take_name(&at, rule->summer.name))
        return false;
    rule->summer.seconds = rule->standard.seconds + 3600;
    if (*at != ',' && *at != '\0') {
        if (!take_time(&at, &west))
            return false;
        rule->summer.seconds = -west;
    }
    rule->has_summer = take_change(&at, &rule->to_summer) && take_change(&at, &rule->to_standard);
    return rule->has_summer;
}

/* Seconds from the start of the year, on the clock that ran before the change. */
static int64_t change_in(const struct change *change, int64_t year)
{
    int64_t day;
    if (change->kind == CHANGE_DAY) {
        day = change->day;
    } else if (change->kind == CHANGE_JULIAN) {
        day = change->day - 1 + (civil_is_leap(year) && change->day > 59 ? 1 : 0);
    } else {
        int64_t first = civil_to_days(year, change->month, 1);
        int64_t until = (change->day - civil_weekday(first) + 7) % 7 + (change->week - 1) * 7;
        while (until >= civil_days_in_month(year, change->month))
            until -= 7;
        day = first + until - civil_to_days(year, 1, 1);
    }
    return day * CIVIL_DAY + change->time;
}

static struct zone_offset by_rule(const struct rule *rule, int64_t seconds)
{
    if (!rule->has_summer)
        return rule->standard;
    struct civil date = civil_from_seconds(seconds + rule->standard.seconds);
    int64_t start = civil_to_days(date.year, 1, 1) * CIVIL_DAY;
    int64_t summer = start + change_in(&rule->to_summer, date.year) - rule->standard.seconds;
    int64_t winter = start + change_in(&rule->to_standard, date.year) - rule->summer.seconds;
    bool in_summer = summer < winter ? seconds >= summer && seconds < winter
                                     : seconds >= summer || seconds < winter;
    return in_summer ? rule->summer : rule->standard;
}

/* The file. */

static int64_t read_big_endian(const unsigned char *at, int bytes)
{
    uint64_t number = bytes == 4 && (at[0] & 0x80) ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return (int64_t)number;
}

struct counts {
    size_t utc_flags, standard_flags, leaps, times, types, chars;
};

static bool read_header(const unsigned char *at, size_t left, struct counts *counts)
{
    if (left < HEADER || memcmp(at, "TZif", 4) != 0)
        return false;
    size_t *fields[] = {&counts->utc_flags, &counts->standard_flags, &counts->leaps,
                        &counts->times,     &counts->types,          &counts->chars};
    for (int i = 0; i < 6; i++) {
        int64_t number = read_big_endian(at + 20 + i * 4, 4);
        if (number < 0 || number > MAX_FILE)
            return false;
        *fields[i] = (size_t)number;
    }
    return counts->types > 0 && counts->types < 256;
}

static size_t body_size(const struct counts *counts, size_t time_size)
{
    return counts->times * (time_size + 1) + counts->types * 6 + counts->chars +
           counts->leaps * (time_size + 4) + counts->standard_flags + counts->utc_flags;
}

static bool read_body(struct zone *zone, const unsigned char *at, const struct counts *counts)
{
    zone->times = calloc(counts->times + 1, sizeof *zone->times);
    zone->types = calloc(counts->times + 1, 1);
    zone->offsets = calloc(counts->types, sizeof *zone->offsets);
    if (!zone->times || !zone->types || !zone->offsets)
        return false;
    zone->count = counts->times;
    zone->offset_count = counts->types;
    const unsigned char *types = at + counts->times * 8, *infos = types + counts->times;
    const unsigned char *chars = infos + counts->types * 6;
    for (size_t i = 0; i < counts->times; i++) {
        zone->times[i] = read_big_endian(at + i * 8, 8);
        zone->types[i] = types[i];
        if (types[i] >= counts->types)
            return false;
    }
    for (size_t i = 0; i < counts->types; i++) {
        size_t name = infos[i * 6 + 5];
        zone->offsets[i].seconds = (int32_t)read_big_endian(infos + i * 6, 4);
        for (size_t k = 0; k < 7 && name + k < counts->chars && chars[name + k]; k++)
            zone->offsets[i].name[k] = (char)chars[name + k];
    }
    return true;
}

static bool parse_file(struct zone *zone, const unsigned char *file, size_t len)
{
    struct counts first, second;
    if (!read_header(file, len, &first) || file[4] < '2')
        return false;
    size_t at = HEADER + body_size(&first, 4);
    if (at > len || !read_header(file + at, len - at, &second))
        return false;
    at += HEADER;
    size_t size = body_size(&second, 8);
    if (size > len - at || !read_body(zone, file + at, &second))
        return false;
    at += size;
    char footer[128] = "";
    if (at < len && file[at] == '\n') {
        size_t used = 0;
        for (at++; at < len && file[at] != '\n' && used + 1 < sizeof footer; at++)
            footer[used++] = (char)file[at];
    }
    return footer[0] == '\0' || parse_rule(footer, &zone->rule);
}

static size_t read_file(const char *name, unsigned char *bytes)
{
    char path[MAX_NAME + 32];
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return 0;
    size_t len = fread(bytes, 1, MAX_FILE, file);
    fclose(file);
    return len;
}

static bool is_zone_name(struct text name)
{
    if (name.len == 0 || name.len >= MAX_NAME || name.at[0] < 'A' || name.at[0] > 'Z' ||
        text_contains(name, TEXT("..")) || text_equal_z(name, "Local"))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.at[i];
        bool fine = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                    (byte >= '0' && byte <= '9') || byte == '/' || byte == '_' || byte == '-' ||
                    byte == '+';
        if (!fine)
            return false;
    }
    return true;
}

static void zone_free(struct zone *zone)
{
    free(zone->times);
    free(zone->types);
    free(zone->offsets);
    free(zone);
}

static struct zone *load(struct text name)
{
    struct zone *zone = calloc(1, sizeof *zone);
    unsigned char *bytes = malloc(MAX_FILE);
    bool fine = zone && bytes;
    if (fine) {
        memcpy(zone->name, name.at, name.len);
        fine = parse_file(zone, bytes, read_file(zone->name, bytes));
    }
    free(bytes);
    if (fine)
        return zone;
    if (zone)
        zone_free(zone);
    return NULL;
}

const struct zone *zone_find(struct text name)
{
    if (name.len == 0 || text_equal_z(name, "UTC"))
        return &utc;
    if (!is_zone_name(name))
        return NULL;
    pthread_mutex_lock(&lock);
    struct zone *zone = zones;
    while (zone && !text_equal_z(name, zone->name))
        zone = zone->next;
    if (!zone && zone_count < MAX_ZONES) {
        zone = load(name);
        if (zone) {
            zone->next = zones;
            zones = zone;
            zone_count++;
        }
    }
    pthread_mutex_unlock(&lock);
    return zone;
}

struct zone_offset zone_at(const struct zone *zone, int64_t seconds)
{
    if (zone->offset_count == 0)
        return (struct zone_offset){0, "UTC"};
    if (zone->rule.has_rule && (zone->count == 0 || seconds >= zone->times[zone->count - 1]))
        return by_rule(&zone->rule, seconds);
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (zone->times[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return zone->offsets[low > 0 ? zone->types[low - 1] : 0];
}

/* The offset at the guess is tried first; where that does not fit, the offset on the other side of
 * the transition. */
int64_t zone_to_utc(const struct zone *zone, int64_t local)
{
    int32_t offset = zone_at(zone, local).seconds;
    int64_t guess = local - offset;
    int32_t there = zone_at(zone, guess).seconds;
    return there == offset ? guess : local - there;
}
