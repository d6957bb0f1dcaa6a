/*
 * Values from JSON text, from a base/json tree and back to text. Reading builds the value directly
 * in the arena: strings without escapes and numbers that must keep their text are borrowed from the
 * source, which must therefore outlive the value. Keys that the policy mentions come out interned,
 * so that comparing them is a pointer compare. The last of duplicate keys wins.
 */
#ifndef REGO_VALUE_JSON_VALUE_H
#define REGO_VALUE_JSON_VALUE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"
#include "rego/value/value.h"

struct interner;

enum { VALUE_JSON_MAX_DEPTH = 512 };

/* One value, nothing behind it. interner may be NULL. The error has line and column. */
MUST_CHECK bool value_parse_json(struct arena *arena, struct text source,
                                 const struct interner *interner, struct value *out,
                                 struct error *error);
/* Borrows the texts of the tree. False without memory or nested too deeply. */
MUST_CHECK bool value_from_json(struct arena *arena, const struct json *json, struct value *out);

/* Compact JSON. Sets become arrays in order; keys that are no strings become their own JSON as a
 * string. A full arena or buffer shows in out->failed. */
void value_print_json(struct buffer *out, const struct value *value);
/* How JSON may be written otherwise. */
struct value_json_style {
    bool pretty;                /* line breaks, and a blank behind colons */
    bool for_html;              /* <, > and & in strings as escapes, as Go does it */
    struct text prefix, indent; /* pretty: at the start of each line but the first; per level */
};
void value_print_json_styled(struct buffer *out, const struct value *value,
                             const struct value_json_style *style);
/* The text of the language: {"a": 1}, [1, 2], {1, 2}, set(). */
void value_print_rego(struct buffer *out, const struct value *value);

#endif
