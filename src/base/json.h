/*
 * JSON (RFC 8259): a reader that builds an immutable tree in an arena, and a writer that appends to
 * a buffer. The reader is strict: one value, no trailing bytes, valid UTF-8, paired surrogates, no
 * comments. Numbers keep their text, so nothing is rounded; conversion happens where the meaning is
 * known. Strings without escapes are borrowed from the input, so the input must outlive the tree.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buffer.h"
#include "base/error.h"

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER, /* text: the number as written */
    JSON_STRING, /* text: decoded */
    JSON_ARRAY,
    JSON_OBJECT,
    JSON_KIND_COUNT
};

struct json {
    enum json_kind kind;
    uint32_t len; /* items or members */
    union {
        struct text text;
        struct json *items;
        struct json_member *members; /* in the order of the input */
    };
};

struct json_member {
    struct text key;
    struct json value;
};

enum json_duplicates {
    JSON_DUPLICATES_REFUSED, /* an error: the default at every edge */
    JSON_DUPLICATES_LAST,    /* the last one stays, at the place of the first; for policy data */
};

struct json_limits {
    size_t max_bytes;
    uint32_t max_depth;
    enum json_duplicates duplicates;
};

/* 1 MiB, depth 128, duplicates refused. */
extern const struct json_limits json_default_limits;

/* The error is SYNTAX, with line, column (in characters) and what was expected; INVALID when nested
 * too deeply, TOO_LARGE past the size. limits NULL means the default. Time and memory are linear in
 * the size of the source; nothing recurses. */
MUST_CHECK bool json_parse(struct arena *arena, struct text source,
                           const struct json_limits *limits, const struct json **out,
                           struct error *error);

/* Borrowed; NULL when value is NULL, no object, or has no such member. */
const struct json *json_get(const struct json *value, struct text key);
const struct json *json_get_z(const struct json *value, const char *key);
bool json_is(const struct json *value, enum json_kind kind); /* false for NULL */
/* An array of texts, borrowed where json_parse borrows. What is no string reads as the empty text,
 * what is no array or does not parse as no texts. */
struct text_list json_texts_or_none(struct arena *arena, struct text json);
/* The text of a string; `otherwise` for anything else, NULL included. */
struct text json_text_or(const struct json *value, struct text otherwise);
/* The text of an object's member; empty when there is none, or it is no string. */
struct text json_get_text(const struct json *object, const char *key);
bool json_bool_or(const struct json *value, bool otherwise);
/* The texts of an array, with an empty one for each item that is no string; none for anything but
 * an array, and without memory, which the arena remembers. */
struct text_list json_to_texts(struct arena *arena, const struct json *array);
/* By value, and exact: 10, 10.0 and 1e1 are all ten; false for what is not whole or overflows. */
MUST_CHECK bool json_to_int64(const struct json *value, int64_t *out);
int64_t json_int64_or(const struct json *value, int64_t otherwise);
/* The nearest double; false when it overflows. */
MUST_CHECK bool json_to_double(const struct json *value, double *out);

/* Appends values to a buffer. Commas and colons are the writer's business; nesting is checked by
 * assertion. Output is compact unless `indent` is set after json_writer_init. */
struct json_writer {
    struct buffer *out;
    uint32_t depth;
    uint8_t indent; /* blanks per level, 0 for compact */
    bool comma;     /* the next value needs one before it */
    bool key;       /* a key was just written */
};

void json_writer_init(struct json_writer *writer, struct buffer *out);
void json_begin_object(struct json_writer *writer);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer);
void json_end_array(struct json_writer *writer);
void json_key(struct json_writer *writer, struct text key);
void json_key_z(struct json_writer *writer, const char *key);
void json_null(struct json_writer *writer);
void json_bool(struct json_writer *writer, bool value);
void json_int64(struct json_writer *writer, int64_t value);
/* Shortest form that reads back equal; null for NaN and infinities. */
void json_double(struct json_writer *writer, double value);
/* Invalid UTF-8 becomes U+FFFD; control characters are escaped. */
void json_string(struct json_writer *writer, struct text value);
void json_string_z(struct json_writer *writer, const char *value); /* null for NULL */
/* A number or a whole value that is already JSON. */
void json_raw(struct json_writer *writer, struct text value);
void json_value(struct json_writer *writer, const struct json *value);
void json_strings(struct json_writer *writer, struct text_list values); /* as an array */
/* Key and value in one call. */
void json_member_string(struct json_writer *writer, const char *key, struct text value);
void json_member_strings(struct json_writer *writer, const char *key, struct text_list values);
void json_member_int64(struct json_writer *writer, const char *key, int64_t value);
void json_member_bool(struct json_writer *writer, const char *key, bool value);

/* A writer with a buffer of its own, for a document that becomes a text in the arena:
 *     struct json_printer printer;
 *     struct json_writer *writer = json_print_begin(&printer, arena);
 *     ...
 *     return json_print_end(&printer);
 */
struct json_printer {
    struct buffer buffer;
    struct json_writer writer;
};

/* The writer is borrowed from the printer. */
struct json_writer *json_print_begin(struct json_printer *printer, struct arena *arena);
/* at == NULL without memory. */
struct text json_print_end(const struct json_printer *printer);

#endif
