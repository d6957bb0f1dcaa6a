/*
 * Times as text after a sample layout, as Go's time package does it: the layout shows how the
 * moment "Mon Jan 2 15:04:05 2006 -0700" would be written.
 */
#ifndef REGO_BUILTINS_TIME_LAYOUT_H
#define REGO_BUILTINS_TIME_LAYOUT_H

#include "base/buffer.h"
#include "rego/builtins/civil.h"
#include "rego/builtins/zone.h"

/* A moment as a calendar shows it in some zone. */
struct moment {
    struct civil civil;
    int32_t nanosecond;
    struct zone_offset offset;
};

/* The layout behind a name such as "RFC3339"; the text itself when it is no name. */
struct text time_layout_named(struct text name);
void time_layout_print(struct buffer *out, struct text layout, const struct moment *moment);
/* Seconds since 1970 UTC, and nanoseconds. False when the text does not fit the layout. */
MUST_CHECK bool time_layout_parse(struct text layout, struct text text, int64_t *seconds,
                                  int32_t *nanoseconds);

#endif
