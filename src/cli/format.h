/*
 * Values of the server as cells of a table, and lengths of time as people type them.
 */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include "base/error.h"
#include "base/json.h"

/* Seconds since 1970 as "2026-11-22 09:51" (UTC); "-" for null. In the arena. */
struct text format_time(struct arena *arena, const struct json *seconds);
/* The text of a string; "-" for null and the empty string. Borrowed. */
struct text format_text(const struct json *value);
struct text format_yes(const struct json *value); /* "yes" or "no" */

/* "90d", "12h", "30m", or a time of RFC 3339: in seconds since 1970. INVALID for anything else and
 * for what is not in the future. */
MUST_CHECK bool format_parse_expiry(struct text typed, int64_t *out, struct error *error);

#endif
