/*
 * Time zones from the system's database (TZif files), without the process's TZ. A zone is read once
 * a process and then shared; names are checked before a file is opened, so no path but that of the
 * database can be reached.
 */
#ifndef REGO_BUILTINS_ZONE_H
#define REGO_BUILTINS_ZONE_H

#include "base/text.h"

struct zone;

/* "" and "UTC" give UTC; otherwise an IANA name such as "Europe/Berlin". NULL when there is no such
 * zone. Never freed. */
const struct zone *zone_find(struct text name);

struct zone_offset {
    int32_t seconds; /* east of UTC */
    char name[8];    /* "CET" */
};

/* What holds at a time, in seconds since 1970 UTC. */
struct zone_offset zone_at(const struct zone *zone, int64_t seconds);
/* The time that a local clock shows as `local` seconds; in a gap or an overlap, as Go chooses. */
int64_t zone_to_utc(const struct zone *zone, int64_t local);

#endif
