/*
 * The JSON reader: one pass, no recursion. Open containers and their finished items wait on one
 * byte stack, each container as a frame followed by its items; closing a container copies the items
 * to the arena and leaves one value for the parent. The stack begins on the C stack, so a small
 * document allocates nothing but its tree.
 */
#include "base/encoding.h"
#include "base/json.h"
#include "base/json_scan.h"

#include <string.h>

enum {
    FIRST_STACK = 4096,  /* bytes; about 150 values waiting */
    PAIRWISE_KEYS = 16,  /* objects up to this size are checked for duplicates without hashing */
    ESCAPE_SHORTEST = 2, /* bytes of a backslash and what it escapes */
    HEX_DIGITS = 4,
};

const struct json_limits json_default_limits = {
    .max_bytes = 1 << 20, .max_depth = 128, .duplicates = JSON_DUPLICATES_REFUSED};

/* What follows once a part of the input was read. */
enum step {
    STEP_FAILED,
    STEP_VALUE, /* a value must come next */
    STEP_DONE,  /* a value is complete */
};

struct frame {
    size_t parent; /* offset of the enclosing frame; unused at depth 1 */
    size_t object; /* 1 for an object, 0 for an array */
};

static_assert(sizeof(struct frame) % alignof(struct json_member) == 0, "items follow frames");
static_assert(sizeof(struct json) % alignof(struct frame) == 0, "frames follow items");
static_assert(sizeof(struct json_member) % alignof(struct frame) == 0, "frames follow members");

struct reader {
    struct arena *arena;
    struct error *error;
    const struct json_limits *limits;
    const char *start, *at, *end;
    unsigned char *stack;
    size_t top, size; /* bytes */
    size_t frame;     /* offset of the innermost open frame, while depth > 0 */
    uint32_t depth;
};

static enum step fail_kind(struct reader *reader, enum error_kind kind, const char *at,
                           const char *message)
{
    int line = 1;
    int column = 1;
    for (const char *byte = reader->start; byte < at; byte++) {
        if (*byte == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*byte & 0xC0) != 0x80) {
            column++;
        }
    }
    error_set_at(reader->error, kind, line, column, "JSON, line %d column %d: %s", line, column,
                 message);
    return STEP_FAILED;
}

static enum step fail(struct reader *reader, const char *at, const char *message)
{
    return fail_kind(reader, ERR_SYNTAX, at, message);
}

static enum step fail_memory(struct reader *reader)
{
    error_set_no_memory(reader->error);
    return STEP_FAILED;
}

static void *push(struct reader *reader, size_t size)
{
    if (size > reader->size - reader->top) {
        unsigned char *stack =
            arena_grow(reader->arena, reader->stack, reader->top, reader->size * 2);
        if (!stack)
            return NULL;
        reader->stack = stack;
        reader->size *= 2;
    }
    void *item = reader->stack + reader->top;
    reader->top += size;
    return item;
}

static struct frame *innermost(const struct reader *reader)
{
    return (void *)(reader->stack + reader->frame);
}

static void skip_blanks(struct reader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    reader->at = at;
}

static bool next_is(const struct reader *reader, char byte)
{
    return reader->at < reader->end && *reader->at == byte;
}

/* --- strings --- */

/* The four hexadecimal digits at `at`, or -1. */
static int32_t hex_unit(const char *at, const char *end)
{
    if (end - at < HEX_DIGITS)
        return -1;
    int32_t unit = 0;
    for (int i = 0; i < HEX_DIGITS; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static char *put_utf8(char *to, int32_t point)
{
    if (point < 0x80) {
        *to++ = (char)point;
        return to;
    }
    if (point < 0x800) {
        *to++ = (char)(0xC0 | point >> 6);
    } else if (point < 0x10000) {
        *to++ = (char)(0xE0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 0x3F));
    } else {
        *to++ = (char)(0xF0 | point >> 18);
        *to++ = (char)(0x80 | (point >> 12 & 0x3F));
        *to++ = (char)(0x80 | (point >> 6 & 0x3F));
    }
    *to++ = (char)(0x80 | (point & 0x3F));
    return to;
}

/* *at stands behind "\u"; moves it past the digits, of both halves for a surrogate pair. -1 for bad
 * digits and for a surrogate alone. */
static int32_t read_code_point(const char **at, const char *end)
{
    int32_t unit = hex_unit(*at, end);
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return -1;
    *at += HEX_DIGITS;
    if (unit < 0xD800 || unit > 0xDBFF)
        return unit;
    if (end - *at < ESCAPE_SHORTEST || (*at)[0] != '\\' || (*at)[1] != 'u')
        return -1;
    int32_t low = hex_unit(*at + ESCAPE_SHORTEST, end);
    if (low < 0xDC00 || low > 0xDFFF)
        return -1;
    *at += ESCAPE_SHORTEST + HEX_DIGITS;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static char simple_escape(char byte)
{
    switch (byte) {
    case '"':
    case '\\':
    case '/': return byte;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
    }
}

/* *at stands on a backslash that is followed by at least one byte. NULL when the escape is bad. */
static char *decode_escape(const char **at, const char *end, char *to)
{
    char byte = (*at)[1];
    *at += ESCAPE_SHORTEST;
    if (byte == 'u') {
        int32_t point = read_code_point(at, end);
        return point < 0 ? NULL : put_utf8(to, point);
    }
    *to = simple_escape(byte);
    return *to ? to + 1 : NULL;
}

/* Where a string that holds escapes ends: on its closing quote unless it is broken. `at` stands on
 * the first backslash. */
static const char *find_close(const char *at, const char *end, bool *high)
{
    while (end - at > ESCAPE_SHORTEST && *at == '\\')
        at = json_scan_plain(at + ESCAPE_SHORTEST, end, high);
    return at;
}

static bool fail_string(struct reader *reader, const char *at)
{
    const char *message = at < reader->end && (unsigned char)*at < ' '
                              ? "a control character in a string must be escaped"
                              : "the string is never closed";
    return fail(reader, at, message);
}

/* Decodes from `start` to `close` into new memory; no escape makes the text longer. */
static bool decode_string(struct reader *reader, const char *start, const char *close,
                          struct text *out)
{
    char *decoded = arena_alloc_raw(reader->arena, (size_t)(close - start));
    if (!decoded)
        return fail_memory(reader);
    char *to = decoded;
    for (const char *at = start; at < close;) {
        const char *run = memchr(at, '\\', (size_t)(close - at));
        size_t plain = (size_t)((run ? run : close) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (at == close)
            break;
        run = at;
        to = decode_escape(&at, close, to);
        if (!to)
            return fail(reader, run, "the escape is not valid");
    }
    *out = (struct text){decoded, (size_t)(to - decoded)};
    return true;
}

/* reader->at stands behind the opening quote. */
static bool read_string(struct reader *reader, struct text *out)
{
    bool high = false;
    const char *start = reader->at;
    const char *close = json_scan_plain(start, reader->end, &high);
    bool escaped = close < reader->end && *close == '\\';
    if (escaped)
        close = find_close(close, reader->end, &high);
    if (close == reader->end || *close != '"')
        return fail_string(reader, close);
    *out = (struct text){start, (size_t)(close - start)};
    if (escaped && !decode_string(reader, start, close, out))
        return false;
    if (high && !text_is_utf8(*out))
        return fail(reader, start, "the string is not valid UTF-8");
    reader->at = close + 1;
    return true;
}

/* --- numbers and literals --- */

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* The end of the number at `at`, NULL when it is none: -?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)? */
static const char *number_end(const char *at, const char *end)
{
    if (at < end && *at == '-')
        at++;
    const char *digits = at;
    at = skip_digits(at, end);
    if (at == digits || (*digits == '0' && at - digits > 1))
        return NULL;
    if (at < end && *at == '.') {
        digits = ++at;
        at = skip_digits(at, end);
        if (at == digits)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        digits = at;
        at = skip_digits(at, end);
        if (at == digits)
            return NULL;
    }
    return at;
}

static enum step read_number(struct reader *reader, struct json *value)
{
    const char *end = number_end(reader->at, reader->end);
    if (!end)
        return fail(reader, reader->at, "expected a number");
    *value = (struct json){.kind = JSON_NUMBER, .text = {reader->at, (size_t)(end - reader->at)}};
    reader->at = end;
    return STEP_DONE;
}

static enum step read_literal(struct reader *reader, struct text literal, enum json_kind kind,
                              struct json *value)
{
    size_t left = (size_t)(reader->end - reader->at);
    if (left < literal.len || memcmp(reader->at, literal.at, literal.len) != 0)
        return fail(reader, reader->at, "expected a value");
    *value = (struct json){.kind = kind};
    reader->at += literal.len;
    return STEP_DONE;
}

/* --- duplicate keys --- */

/* The kept members of one object: a plain array when small, with hashed slots when large. */
struct key_set {
    struct json_member *members;
    size_t len;
    uint32_t *slots; /* index + 1; NULL for a small object */
    size_t mask;
};

static bool same_key(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* The kept member with this key; otherwise NULL, and the key is registered as the next kept one. */
static struct json_member *find_or_register(struct key_set *set, struct text key)
{
    if (!set->slots) {
        for (size_t i = 0; i < set->len; i++) {
            if (same_key(set->members[i].key, key))
                return &set->members[i];
        }
        return NULL;
    }
    size_t slot = text_hash(key) & set->mask;
    for (; set->slots[slot]; slot = (slot + 1) & set->mask) {
        struct json_member *member = &set->members[set->slots[slot] - 1];
        if (same_key(member->key, key))
            return member;
    }
    set->slots[slot] = (uint32_t)set->len + 1;
    return NULL;
}

static bool fail_duplicate(struct reader *reader, struct text key)
{
    /* A decoded key lives outside of the source: the end of the object is then the best place. */
    bool borrowed =
        (uintptr_t)key.at >= (uintptr_t)reader->start && (uintptr_t)key.at < (uintptr_t)reader->end;
    return fail(reader, borrowed ? key.at : reader->at, "the member name occurs twice");
}

/* Refuses or merges members of the same name, in place; *len becomes the number of those kept. */
static bool settle_keys(struct reader *reader, struct key_set *set, size_t *len)
{
    for (size_t i = 0; i < *len; i++) {
        struct json_member *member = &set->members[i];
        struct json_member *earlier = find_or_register(set, member->key);
        if (!earlier) {
            set->members[set->len++] = *member;
            continue;
        }
        if (reader->limits->duplicates == JSON_DUPLICATES_REFUSED)
            return fail_duplicate(reader, member->key);
        earlier->value = member->value;
    }
    *len = set->len;
    return true;
}

static bool settle_duplicates(struct reader *reader, struct json_member *members, size_t *len)
{
    struct key_set set = {.members = members};
    if (*len <= PAIRWISE_KEYS)
        return settle_keys(reader, &set, len);
    size_t slots = 4 * PAIRWISE_KEYS;
    while (slots < *len * 2)
        slots *= 2;
    struct arena_mark mark = arena_mark(reader->arena);
    set.slots = ARENA_ARRAY(reader->arena, uint32_t, slots);
    set.mask = slots - 1;
    if (!set.slots)
        return fail_memory(reader);
    bool settled = settle_keys(reader, &set, len);
    arena_rewind(reader->arena, mark);
    return settled;
}

/* --- containers --- */

static enum step read_key(struct reader *reader)
{
    skip_blanks(reader);
    if (!next_is(reader, '"'))
        return fail(reader, reader->at, "expected a member name in quotes");
    reader->at++;
    struct json_member *member = push(reader, sizeof(*member));
    if (!member)
        return fail_memory(reader);
    if (!read_string(reader, &member->key))
        return STEP_FAILED;
    skip_blanks(reader);
    if (!next_is(reader, ':'))
        return fail(reader, reader->at, "expected ':' after the member name");
    reader->at++;
    return STEP_VALUE;
}

/* Moves the finished items of the innermost container to the arena and closes its frame. */
static enum step close_container(struct reader *reader, struct json *value)
{
    struct frame *frame = innermost(reader);
    void *items = frame + 1;
    size_t bytes = reader->top - reader->frame - sizeof(*frame);
    size_t item_size = frame->object ? sizeof(struct json_member) : sizeof(struct json);
    size_t len = bytes / item_size;
    if (frame->object && !settle_duplicates(reader, items, &len))
        return STEP_FAILED;
    *value = (struct json){.kind = frame->object ? JSON_OBJECT : JSON_ARRAY, .len = (uint32_t)len};
    if (len) {
        void *copy = arena_alloc_raw(reader->arena, len * item_size);
        if (!copy)
            return fail_memory(reader);
        memcpy(copy, items, len * item_size);
        value->items = copy;
    }
    reader->top = reader->frame;
    reader->frame = frame->parent;
    reader->depth--;
    return STEP_DONE;
}

static enum step open_container(struct reader *reader, bool object, struct json *value)
{
    if (reader->depth == reader->limits->max_depth)
        return fail_kind(reader, ERR_INVALID, reader->at, "nested too deeply");
    size_t offset = reader->top;
    struct frame *frame = push(reader, sizeof(*frame));
    if (!frame)
        return fail_memory(reader);
    *frame = (struct frame){.parent = reader->frame, .object = object};
    reader->frame = offset;
    reader->depth++;
    reader->at++;
    skip_blanks(reader);
    if (next_is(reader, object ? '}' : ']')) {
        reader->at++;
        return close_container(reader, value);
    }
    return object ? read_key(reader) : STEP_VALUE;
}

static enum step read_value(struct reader *reader, struct json *value)
{
    skip_blanks(reader);
    switch (reader->at < reader->end ? *reader->at : '\0') {
    case '{': return open_container(reader, true, value);
    case '[': return open_container(reader, false, value);
    case '"':
        reader->at++;
        *value = (struct json){.kind = JSON_STRING};
        return read_string(reader, &value->text) ? STEP_DONE : STEP_FAILED;
    case 't': return read_literal(reader, TEXT("true"), JSON_TRUE, value);
    case 'f': return read_literal(reader, TEXT("false"), JSON_FALSE, value);
    case 'n': return read_literal(reader, TEXT("null"), JSON_NULL, value);
    case '-':
    case '0' ... '9': return read_number(reader, value);
    default: return fail(reader, reader->at, "expected a value");
    }
}

/* Gives a finished value to the innermost container and looks what the container wants next. */
static enum step add_to_container(struct reader *reader, struct json *value)
{
    bool object = innermost(reader)->object;
    if (object) {
        struct json_member *member =
            (void *)(reader->stack + reader->top - sizeof(struct json_member));
        member->value = *value;
    } else {
        struct json *item = push(reader, sizeof(*item));
        if (!item)
            return fail_memory(reader);
        *item = *value;
    }
    skip_blanks(reader);
    if (next_is(reader, ',')) {
        reader->at++;
        return object ? read_key(reader) : STEP_VALUE;
    }
    if (next_is(reader, object ? '}' : ']')) {
        reader->at++;
        return close_container(reader, value);
    }
    return fail(reader, reader->at, object ? "expected ',' or '}'" : "expected ',' or ']'");
}

static bool read_document(struct reader *reader, struct json *root)
{
    enum step step;
    do {
        step = read_value(reader, root);
        while (step == STEP_DONE && reader->depth > 0)
            step = add_to_container(reader, root);
    } while (step == STEP_VALUE);
    if (step == STEP_FAILED)
        return false;
    skip_blanks(reader);
    if (reader->at < reader->end)
        return fail(reader, reader->at, "expected the end after the value");
    return true;
}

bool json_parse(struct arena *arena, struct text source, const struct json_limits *limits,
                const struct json **out, struct error *error)
{
    if (!limits)
        limits = &json_default_limits;
    /* Counts of items are 32 bits wide, and an item takes a byte at least. */
    if (source.len > limits->max_bytes || source.len > UINT32_MAX)
        return error_set(error, ERR_TOO_LARGE, "the JSON text is larger than %zu bytes",
                         limits->max_bytes);
    alignas(16) unsigned char first[FIRST_STACK];
    const char *start = source.at ? source.at : "";
    struct reader reader = {.arena = arena,
                            .error = error,
                            .limits = limits,
                            .start = start,
                            .at = start,
                            .end = start + source.len,
                            .stack = first,
                            .size = sizeof(first)};
    struct json *root = ARENA_NEW(arena, struct json);
    if (!root)
        return error_set_no_memory(error);
    if (!read_document(&reader, root))
        return false;
    *out = root;
    return true;
}
