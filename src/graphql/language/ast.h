/*
 * The syntax tree of a document: what the parser writes and everybody else only reads. Lists are
 * chained by `next` in the order of the source. Texts are borrowed from the source or the arena;
 * `at` is the byte offset of a node, for graphql_place.
 */
#ifndef GRAPHQL_LANGUAGE_AST_H
#define GRAPHQL_LANGUAGE_AST_H

#include "graphql/types/schema.h"

enum ast_value_kind {
    AST_VARIABLE,
    AST_INT,
    AST_FLOAT,
    AST_STRING,
    AST_BOOLEAN,
    AST_NULL,
    AST_ENUM,
    AST_LIST,
    AST_OBJECT,
};

struct ast_value {
    enum ast_value_kind kind;
    bool is_block; /* a string in triple quotes */
    bool is_true;  /* BOOLEAN */
    uint32_t at;
    struct text text;            /* variable name, number as written, decoded string, enum name */
    struct ast_value *items;     /* LIST: the first */
    struct ast_argument *fields; /* OBJECT: the first */
    struct ast_value *next;
};

/* An argument, or a field of an object value. */
struct ast_argument {
    struct text name;
    uint32_t at;
    struct ast_value *value;
    struct ast_argument *next;
};

struct ast_directive {
    struct text name;
    uint32_t at;
    struct ast_argument *arguments;
    struct ast_directive *next;
};

struct ast_type {
    struct text name;
    uint32_t name_at;
    uint32_t at;
    uint64_t wrappers; /* as in struct graphql_type_ref */
};

/* A name that stands for a type: a condition, an interface, a member of a union. */
struct ast_named {
    struct text name;
    uint32_t at;
    struct ast_named *next;
};

enum ast_selection_kind { AST_FIELD, AST_SPREAD, AST_INLINE };

struct ast_selection {
    enum ast_selection_kind kind;
    bool has_set;
    uint32_t at;
    uint32_t name_at;           /* FIELD: of the name behind an alias */
    struct text alias;          /* FIELD: at == NULL without one */
    struct text name;           /* field, or fragment that is spread */
    struct ast_named condition; /* INLINE: name.at == NULL without one */
    struct ast_argument *arguments;
    struct ast_directive *directives;
    uint32_t set_at;
    struct ast_selection *selections;
    struct ast_selection *next;
};

struct ast_variable {
    struct text name;
    struct text description;
    uint32_t at;
    uint32_t name_at; /* behind the dollar */
    struct ast_type type;
    struct ast_value *default_value;
    struct ast_directive *directives;
    struct ast_variable *next;
};

enum ast_definition_kind {
    AST_OPERATION,
    AST_FRAGMENT,
    AST_SCHEMA,
    AST_TYPE,
    AST_DIRECTIVE,
};

enum ast_operation_kind { AST_QUERY, AST_MUTATION, AST_SUBSCRIPTION };

/* query: Query, in a schema definition. */
struct ast_root {
    enum ast_operation_kind operation;
    struct ast_named type;
    uint32_t at;
    struct ast_root *next;
};

struct ast_input_definition {
    struct text name;
    struct text description;
    uint32_t at;
    uint32_t name_at;
    struct ast_type type;
    struct ast_value *default_value;
    struct ast_directive *directives;
    struct ast_input_definition *next;
};

struct ast_field_definition {
    struct text name;
    struct text description;
    uint32_t at;
    uint32_t name_at;
    struct ast_input_definition *arguments;
    struct ast_type type;
    struct ast_directive *directives;
    struct ast_field_definition *next;
};

struct ast_value_definition {
    struct text name;
    struct text description;
    uint32_t at;
    uint32_t name_at;
    struct ast_directive *directives;
    struct ast_value_definition *next;
};

/* One definition of any kind; which members mean something follows from `kind`. */
struct ast_definition {
    enum ast_definition_kind kind;
    bool is_extension; /* SCHEMA, TYPE */
    uint32_t at;
    uint32_t name_at;
    struct text name; /* at == NULL for anonymous operations and schemas */
    struct text description;
    struct ast_directive *directives;
    struct ast_definition *next;

    enum ast_operation_kind operation; /* OPERATION */
    struct ast_variable *variables;    /* OPERATION */
    struct ast_named condition;        /* FRAGMENT */
    uint32_t set_at;                   /* OPERATION, FRAGMENT */
    struct ast_selection *selections;  /* OPERATION, FRAGMENT */

    struct ast_root *roots;              /* SCHEMA */
    enum graphql_type_kind type_kind;    /* TYPE */
    struct ast_named *interfaces;        /* TYPE */
    struct ast_field_definition *fields; /* TYPE: object, interface */
    struct ast_named *members;           /* TYPE: union */
    struct ast_value_definition *values; /* TYPE: enum */
    struct ast_input_definition *inputs; /* TYPE: input object; DIRECTIVE: arguments */
    bool is_repeatable;                  /* DIRECTIVE */
    uint32_t locations;                  /* DIRECTIVE: bits of enum graphql_location */
};

struct ast_document {
    struct text source;
    struct ast_definition *definitions;
    uint32_t directive_count; /* uses of directives anywhere */
};

/* NULL when absent. */
const struct ast_argument *ast_argument_find(const struct ast_argument *arguments,
                                             struct text name);
const struct ast_directive *ast_directive_find(const struct ast_directive *directives,
                                               struct text name);
/* Alias or name. */
static inline struct text ast_response_key(const struct ast_selection *field)
{
    return field->alias.at ? field->alias : field->name;
}

#endif
