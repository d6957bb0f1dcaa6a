/*
 * A coerced input value: what an argument, a variable or a default is once types are checked and
 * defaults are filled in. Immutable; lives in the arena of whoever coerced it, or is constant.
 */
#ifndef GRAPHQL_TYPES_VALUE_H
#define GRAPHQL_TYPES_VALUE_H

#include "base/text.h"

/* Whether a nullable argument or input field was sent. */
enum graphql_given {
    GRAPHQL_ABSENT,
    GRAPHQL_NULL,
    GRAPHQL_GIVEN,
};

/* Lists in generated structs; items == NULL when null or absent. */
struct graphql_ints {
    const int64_t *items;
    size_t len;
};

struct graphql_doubles {
    const double *items;
    size_t len;
};

struct graphql_bools {
    const bool *items;
    size_t len;
};

enum graphql_value_kind {
    GRAPHQL_VALUE_NULL,
    GRAPHQL_VALUE_BOOLEAN,
    GRAPHQL_VALUE_INT,
    GRAPHQL_VALUE_FLOAT,
    GRAPHQL_VALUE_STRING, /* ID too */
    GRAPHQL_VALUE_ENUM,
    GRAPHQL_VALUE_LIST,
    GRAPHQL_VALUE_OBJECT, /* fields in the order of the type, absent ones left out */
};

struct graphql_enum_value;

struct graphql_value {
    enum graphql_value_kind kind;
    uint32_t len; /* items or fields */
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct text text;
        const struct graphql_enum_value *constant;
        const struct graphql_value *items;
        const struct graphql_value_field *fields;
    };
};

struct graphql_value_field {
    struct text name;
    struct graphql_value value;
};

/* Borrowed; NULL when absent or when `value` is no object. */
const struct graphql_value *graphql_value_field(const struct graphql_value *value,
                                                struct text name);

#endif
