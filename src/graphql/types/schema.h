/*
 * The type tables of a schema: what the language can name, and how each field finds its value in
 * the program's own structs. A schema is immutable and shared by all threads.
 *
 * Two makers: tools/graphql_generate writes constant tables from SDL at build time (with members,
 * resolvers and input structs), and types/schema_build.h makes them in an arena from SDL text at
 * run time (for checks and tests). Nobody else writes these structs.
 */
#ifndef GRAPHQL_TYPES_SCHEMA_H
#define GRAPHQL_TYPES_SCHEMA_H

#include "base/text.h"
#include "graphql/types/value.h"

struct ast_value;
struct graphql_call;
struct graphql_type;

enum graphql_type_kind {
    GRAPHQL_SCALAR,
    GRAPHQL_OBJECT,
    GRAPHQL_INTERFACE,
    GRAPHQL_UNION,
    GRAPHQL_ENUM,
    GRAPHQL_INPUT_OBJECT,
};

enum { GRAPHQL_WRAP_LIST = 1, GRAPHQL_WRAP_NON_NULL = 2, GRAPHQL_WRAP_MAX = 30 };

/* A type as a field names it. `wrappers` holds two bits a wrapper, the outermost lowest, 0 at the
 * end: [Run!]! is NON_NULL | LIST << 2 | NON_NULL << 4. */
struct graphql_type_ref {
    const struct graphql_type *type;
    uint64_t wrappers;
};

/* How C memory holds a value: the member of a struct, or a slot of an input struct. */
enum graphql_form {
    GRAPHQL_FORM_NONE,     /* no member: the field has a resolver */
    GRAPHQL_FORM_SELF,     /* the parent itself, seen as another type */
    GRAPHQL_FORM_TEXT,     /* struct text; at == NULL is null where null is allowed */
    GRAPHQL_FORM_TEXTS,    /* struct text_list; items == NULL is null where null is allowed */
    GRAPHQL_FORM_BOOL,     /* bool */
    GRAPHQL_FORM_INT32,    /* int32_t, uint32_t, any enum */
    GRAPHQL_FORM_INT64,    /* int64_t, uint64_t, size_t */
    GRAPHQL_FORM_DOUBLE,   /* double */
    GRAPHQL_FORM_STRUCT,   /* struct T, in place */
    GRAPHQL_FORM_POINTER,  /* const struct T *, NULL is null */
    GRAPHQL_FORM_STRUCTS,  /* const struct T *, with a count beside it */
    GRAPHQL_FORM_POINTERS, /* const struct T *const *, with a count beside it */
    GRAPHQL_FORM_INT32S,   /* const int32_t * or enum, with a count beside it */
    GRAPHQL_FORM_INT64S,   /* const int64_t *, with a count beside it */
    GRAPHQL_FORM_BOOLS,    /* inputs only */
    GRAPHQL_FORM_DOUBLES,  /* inputs only */
    GRAPHQL_FORM_VALUE,    /* inputs only: const struct graphql_value *, for scalars of one's own */
};

/* When a number, bool or enum member stands for null. */
enum graphql_null {
    GRAPHQL_NULL_NEVER,
    GRAPHQL_NULL_CONSTANT, /* when the member equals null_value */
    GRAPHQL_NULL_FLAG,     /* when the bool at null_at is false */
};

/* Where a plain field finds its value in the parent's struct. */
struct graphql_member {
    enum graphql_form form;
    bool is_time; /* int64 microseconds, shown as whole seconds */
    enum graphql_null null;
    uint32_t offset;
    uint32_t count_offset; /* STRUCTS, POINTERS, INT32S, INT64S: of a size_t */
    uint32_t stride;       /* STRUCTS: sizeof(struct T) */
    uint32_t null_at;
    int64_t null_value;
};

enum graphql_access_kind {
    GRAPHQL_ACCESS_OF_PARENT, /* whoever sees the parent sees this */
    GRAPHQL_ACCESS_PUBLIC,
    GRAPHQL_ACCESS_REQUIRES, /* the authorize hook is asked with `action` */
};

struct graphql_access {
    enum graphql_access_kind kind;
    struct text action;
};

/* An argument or a field of an input object. */
struct graphql_input {
    struct text name;
    struct text description;
    struct text deprecation; /* at == NULL: not deprecated */
    struct graphql_type_ref type;
    const struct graphql_value *default_value; /* coerced; NULL without one */
    const struct ast_value *default_literal;   /* only in schemas made at run time */
    struct text default_text;                  /* the same as GraphQL text */
    /* The slot in the generated struct. */
    enum graphql_form form;
    uint32_t offset;
    uint32_t given_offset; /* of an enum graphql_given; UINT32_MAX when never absent */
};

struct graphql_field {
    struct text name;
    struct text description;
    struct text deprecation;
    struct graphql_type_ref type;
    const struct graphql_input *arguments;
    uint16_t argument_count;
    uint16_t args_size; /* bytes of the generated argument struct */
    bool (*resolve)(struct graphql_call *call);
    struct graphql_member member;
    struct graphql_access access;
    uint32_t cost;             /* of one value, without what is below it */
    uint32_t list_size;        /* items to expect; 0 when not a list or not said */
    struct text size_argument; /* the Int argument that bounds the list, if any */
};

struct graphql_enum_value {
    struct text name;
    struct text description;
    struct text deprecation;
    int32_t value; /* the C constant, or the position */
};

struct graphql_type {
    enum graphql_type_kind kind;
    bool is_one_of;       /* input objects */
    uint16_t input_count; /* input objects */
    struct text name;
    struct text description;
    struct text specified_by; /* scalars: URL, at == NULL without one */

    const struct graphql_field *fields; /* objects, interfaces: in the order of the SDL */
    const uint16_t *fields_by_name;     /* positions, sorted by graphql_name_compare */
    uint32_t field_count;
    uint32_t interface_count;
    const struct graphql_type *const *interfaces;

    const struct graphql_type *const *possible; /* unions and interfaces: object types */
    uint32_t possible_count;
    /* Interfaces and unions: the type of an object, among `possible`; NULL when it is none. */
    const struct graphql_type *(*type_of)(const struct graphql_type *type, const void *object);
    uint32_t tag_offset; /* for graphql_type_by_tag: of an int32 or enum */
    int32_t tag;         /* objects: the value that names this type */

    uint32_t value_count; /* enums */
    const struct graphql_enum_value *values;
    const uint16_t *value_positions; /* C constant to position + 1; 0 for constants without name */
    uint32_t value_limit;            /* entries in value_positions */

    uint32_t input_size; /* input objects: bytes of the generated struct */
    const struct graphql_input *inputs;
};

enum graphql_location {
    GRAPHQL_AT_QUERY,
    GRAPHQL_AT_MUTATION,
    GRAPHQL_AT_SUBSCRIPTION,
    GRAPHQL_AT_FIELD,
    GRAPHQL_AT_FRAGMENT_DEFINITION,
    GRAPHQL_AT_FRAGMENT_SPREAD,
    GRAPHQL_AT_INLINE_FRAGMENT,
    GRAPHQL_AT_VARIABLE_DEFINITION,
    GRAPHQL_AT_SCHEMA,
    GRAPHQL_AT_SCALAR,
    GRAPHQL_AT_OBJECT,
    GRAPHQL_AT_FIELD_DEFINITION,
    GRAPHQL_AT_ARGUMENT_DEFINITION,
    GRAPHQL_AT_INTERFACE,
    GRAPHQL_AT_UNION,
    GRAPHQL_AT_ENUM,
    GRAPHQL_AT_ENUM_VALUE,
    GRAPHQL_AT_INPUT_OBJECT,
    GRAPHQL_AT_INPUT_FIELD_DEFINITION,
    GRAPHQL_LOCATION_COUNT
};

/* "FIELD_DEFINITION" */
const char *graphql_location_name(enum graphql_location location);

struct graphql_directive {
    struct text name;
    struct text description;
    uint32_t locations; /* a bit for each enum graphql_location */
    bool is_repeatable;
    uint16_t argument_count;
    const struct graphql_input *arguments;
};

struct graphql_schema {
    struct text description;
    const struct graphql_type *query; /* NULL only in schemas built for checks */
    const struct graphql_type *mutation;
    const struct graphql_type *subscription;
    const struct graphql_type *const *types; /* sorted by graphql_name_compare, without __Types */
    uint32_t type_count;
    uint32_t directive_count;
    const struct graphql_directive *const *directives;
};

/* Shorter names first, then bytewise: one comparison for nearly every miss. */
int graphql_name_compare(struct text a, struct text b);

/* All borrowed, NULL when there is none. The names of introspection are found too. */
const struct graphql_type *graphql_schema_type(const struct graphql_schema *schema,
                                               struct text name);
const struct graphql_directive *graphql_schema_directive(const struct graphql_schema *schema,
                                                         struct text name);
/* Without the meta fields; see graphql_meta_field. */
const struct graphql_field *graphql_type_field(const struct graphql_type *type, struct text name);
const struct graphql_input *graphql_field_argument(const struct graphql_field *field,
                                                   struct text name);
const struct graphql_input *graphql_inputs_find(const struct graphql_input *inputs, size_t count,
                                                struct text name);
const struct graphql_input *graphql_type_input(const struct graphql_type *type, struct text name);
const struct graphql_enum_value *graphql_enum_by_name(const struct graphql_type *type,
                                                      struct text name);
const struct graphql_enum_value *graphql_enum_by_value(const struct graphql_type *type,
                                                       int64_t value);

bool graphql_type_is_input(const struct graphql_type *type);     /* scalar, enum, input object */
bool graphql_type_is_leaf(const struct graphql_type *type);      /* scalar, enum */
bool graphql_type_is_composite(const struct graphql_type *type); /* object, interface, union */
bool graphql_type_is_abstract(const struct graphql_type *type);  /* interface, union */
/* An object type is possible for itself. */
bool graphql_type_is_possible(const struct graphql_type *abstract,
                              const struct graphql_type *object);
/* The type_of of generated tables: reads the tag at tag_offset. */
const struct graphql_type *graphql_type_by_tag(const struct graphql_type *type, const void *object);

static inline bool graphql_is_non_null(uint64_t wrappers)
{
    return (wrappers & 3) == GRAPHQL_WRAP_NON_NULL;
}

static inline bool graphql_is_list(uint64_t wrappers)
{
    return (wrappers & 3) == GRAPHQL_WRAP_LIST;
}

/* The wrappers without a non-null at the front. */
static inline uint64_t graphql_nullable(uint64_t wrappers)
{
    return graphql_is_non_null(wrappers) ? wrappers >> 2 : wrappers;
}

/* Whether every value that is wrapped as `given` may stand where `wanted` is asked for: lists must
 * nest alike, and what may be null fits nowhere that null is refused. */
bool graphql_wrappers_fit(uint64_t given, uint64_t wanted);

/* "[Run!]!", copied. */
struct text graphql_type_ref_print(struct arena *arena, struct graphql_type_ref ref);

extern const struct graphql_type graphql_int, graphql_float, graphql_string, graphql_boolean,
    graphql_id;
extern const struct graphql_directive graphql_directive_skip, graphql_directive_include,
    graphql_directive_deprecated, graphql_directive_specified_by, graphql_directive_one_of;
/* Without the types of introspection. */
const struct graphql_directive *const *graphql_builtin_directives(size_t *count);
const struct graphql_type *const *graphql_builtin_scalars(size_t *count);

#endif
