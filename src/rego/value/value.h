/*
 * A value of the policy language: 16 bytes, a tag and a payload. Scalars stand in the value itself;
 * strings, arrays, objects, sets and numbers that are no int64 point into an arena. A value owns
 * nothing and is copied freely; it lives as long as the arenas it points into.
 *
 * - Values are immutable once they are shared. Objects and sets are built through
 *   value/collection.h, arrays through struct value_list or from items that already stand
 * somewhere.
 * - The total order of the language is null < boolean < number < string < array < object < set;
 *   strings by code point, arrays by item, objects by sorted keys and then values, sets by sorted
 *   members.
 * - A composite knows its depth and its weight. Building one deeper than VALUE_MAX_DEPTH fails, so
 *   that comparing, hashing and printing may recurse. Values share parts, so ten instructions can
 *   make a value whose text has 2^10 copies: charge value_weight() before walking one.
 * - Objects and sets make their sorted view on first need, which writes to them: a value that
 *   several threads see must have gone through value_freeze().
 */
#ifndef REGO_VALUE_VALUE_H
#define REGO_VALUE_VALUE_H

#include "base/text.h"

enum value_kind {
    VALUE_UNDEFINED, /* no value at all; never inside another value */
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT,
    VALUE_SET,
    VALUE_KIND_COUNT
};

/* How the payload of a number or a string is to be read. */
enum value_form {
    VALUE_PLAIN,    /* number: as.integer; string: any bytes */
    VALUE_DECIMAL,  /* number: as.number, and no int64 equals it */
    VALUE_INTERNED, /* string: the only copy in the interner of this evaluation's policy */
};

enum { VALUE_MAX_DEPTH = 1024 };

struct number;
struct collection;

struct value {
    uint8_t kind;   /* enum value_kind */
    uint8_t form;   /* enum value_form */
    uint16_t depth; /* composites: 1 + the deepest member's; 0 for scalars */
    uint32_t len;   /* string: bytes; array: items. Objects and sets: as.collection->len */
    union {
        int64_t integer; /* booleans: 0 or 1 */
        const struct number *number;
        const char *bytes;
        const struct value *items;
        struct collection *collection;
    } as;
};

static_assert(sizeof(struct value) == 16, "values are copied everywhere");

#define VALUE_NONE      ((struct value){.kind = VALUE_UNDEFINED, .as.integer = 0})
#define VALUE_OF_NULL   ((struct value){.kind = VALUE_NULL, .as.integer = 0})
#define VALUE_BOOL(bit) ((struct value){.kind = VALUE_BOOLEAN, .as.integer = (bit) ? 1 : 0})
#define VALUE_INT(whole)                                                                           \
    ((struct value){.kind = VALUE_NUMBER, .form = VALUE_PLAIN, .as.integer = (whole)})
#define VALUE_TEXT(literal)                                                                        \
    ((struct value){.kind = VALUE_STRING, .len = sizeof(literal) - 1, .as.bytes = ("" literal "")})

/* Borrows the bytes, at most 4 GiB. They are UTF-8, unless a builtin decoded something else. */
static inline struct value value_string(struct text text)
{
    return (struct value){.kind = VALUE_STRING, .len = (uint32_t)text.len, .as.bytes = text.at};
}

/* Of a string only. */
static inline struct text value_text(const struct value *string)
{
    return (struct text){string->as.bytes, string->len};
}

static inline bool value_is(const struct value *value, enum value_kind kind)
{
    return value->kind == kind;
}

static inline bool value_is_int64(const struct value *value)
{
    return value->kind == VALUE_NUMBER && value->form == VALUE_PLAIN;
}

/* Defined and not false: what an expression needs to hold. */
static inline bool value_holds(const struct value *value)
{
    return value->kind != VALUE_UNDEFINED &&
           !(value->kind == VALUE_BOOLEAN && value->as.integer == 0);
}

/* "null", "boolean", "number", "string", "array", "object", "set", "undefined". */
const char *value_kind_name(enum value_kind kind);

/* Negative, zero or positive in the total order. */
int value_compare(const struct value *a, const struct value *b);
bool value_equal_slow(const struct value *a, const struct value *b);
/* Equal values have equal hashes; keyed per process, so never let it show. */
uint64_t value_hash(const struct value *value);

static inline bool value_equal(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == VALUE_STRING) {
        if (a->len != b->len)
            return false;
        if (a->as.bytes == b->as.bytes)
            return true;
        if (a->form == VALUE_INTERNED && b->form == VALUE_INTERNED)
            return false;
    } else if (a->kind <= VALUE_BOOLEAN ||
               (a->kind == VALUE_NUMBER && a->form == VALUE_PLAIN && b->form == VALUE_PLAIN)) {
        return a->as.integer == b->as.integer;
    }
    return value_equal_slow(a, b);
}

uint64_t value_weight_slow(const struct value *value);

/* What walking the value costs, in units of about one scalar or 32 bytes of text. Known without
 * walking; saturates. */
static inline uint64_t value_weight(const struct value *value)
{
    return value->kind == VALUE_STRING ? 1 + value->len / 32 : value_weight_slow(value);
}

/* Weights stay below 2^60, so that the sum of a few never overflows. */
static inline uint64_t weight_add(uint64_t a, uint64_t b)
{
    uint64_t sum = a + b;
    return sum < (UINT64_C(1) << 60) ? sum : UINT64_C(1) << 60;
}

/* Storage for `len` items, to be filled and given to value_array. One slot before the first item
 * belongs to the array. NULL without memory. */
MUST_CHECK struct value *value_array_items(struct arena *arena, size_t len);
/* The array over items from value_array_items (any shorter length is fine). Undefined when it would
 * be too deep. */
struct value value_array(struct value *items, size_t len);
struct value value_empty_array(void);

/* A growing array. Adding may move the items; the finished array takes them over. */
struct value_list {
    struct arena *arena;
    struct value *items; /* from value_array_items; NULL before the first */
    uint32_t len;
    uint32_t size;
    uint16_t depth; /* of the deepest item */
    uint64_t weight;
};

void value_list_init(struct value_list *list, struct arena *arena);
/* False when the arena is full, or (arena not failed) the array would be too deep. */
MUST_CHECK bool value_list_add(struct value_list *list, struct value item);
struct value value_list_array(const struct value_list *list);

/* The member under `key`: object by key, array by index, set by member (gives the member itself).
 * NULL when there is none or `value` is no composite. */
const struct value *value_get(const struct value *value, const struct value *key);
/* Items of an array, members of an object or set; 0 for the rest. */
size_t value_count(const struct value *value);

/* A deep copy whose bytes all stand in `arena`. False when it is full. */
MUST_CHECK bool value_copy(struct arena *arena, const struct value *value, struct value *out);
/* Builds every sorted view below, so that threads may share the value. False without memory. */
MUST_CHECK bool value_freeze(const struct value *value);

#endif
