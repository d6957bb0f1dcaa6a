/*
 * What the rules look at: one walk over the document notes every field, fragment, directive,
 * argument list, value and use of a variable together with the type it stands at. A rule is then a
 * loop over the facts it is about. All of it lives in the arena of the validation.
 */
#ifndef GRAPHQL_VALIDATION_FACTS_H
#define GRAPHQL_VALIDATION_FACTS_H

#include "base/list.h"
#include "base/map.h"
#include "graphql/validation/validate.h"

/* An operation or a fragment. */
struct fact_definition {
    const struct ast_definition *node;
    const struct graphql_type *type;   /* NULL when unknown or not composite */
    uint32_t index;                    /* among all of them */
    uint32_t first_spread, spread_end; /* its share of validation.spreads */
    uint32_t first_usage, usage_end;   /* its share of validation.usages */
};

struct fact_field {
    const struct ast_selection *node;
    const struct graphql_type *parent; /* NULL when unknown */
    const struct graphql_field *field; /* NULL when unknown */
};

/* A spread or an inline fragment. */
struct fact_spread {
    const struct ast_selection *node;
    const struct graphql_type *parent;
    const struct graphql_type *type; /* of the condition; NULL when unknown or none */
};

/* All directives of one owner. */
struct fact_directives {
    const struct ast_directive *first;
    enum graphql_location location;
};

/* The arguments of a field or a directive. */
struct fact_arguments {
    const struct ast_argument *first;
    const struct graphql_input *inputs;
    uint32_t input_count;
    bool is_known;                     /* the owner is defined, so inputs mean something */
    const struct graphql_type *parent; /* of the field, NULL for directives */
    struct text owner;                 /* name of field or directive */
    uint32_t at;                       /* of the owner */
};

/* The whole value of an argument or a default. */
struct fact_value {
    const struct ast_value *value;
    struct graphql_type_ref type; /* type.type NULL when unknown */
};

struct fact_usage {
    const struct ast_value *variable;
    struct graphql_type_ref type;      /* expected there; type.type NULL when unknown */
    bool has_default;                  /* the argument or input field has one */
    const struct graphql_type *one_of; /* the oneOf object it is a field of, or NULL */
};

struct validation {
    struct arena *arena;
    const struct graphql_schema *schema;
    const struct ast_document *document;
    const struct graphql_options *options;
    struct graphql_errors *errors;
    const char *rule; /* the one that runs */
    bool failed;      /* no memory: the facts are incomplete */

    struct fact_definition *definitions;
    uint32_t definition_count;
    struct map fragments; /* name to struct fact_definition * */
    struct list fields;   /* of struct fact_field, and so on */
    struct list spreads;
    struct list directives;
    struct list arguments;
    struct list values;
    struct list usages;
};

/* for (const struct fact_field *each = FACTS(...); each < FACTS_END(...); each++) */
#define FACTS(list, type)     ((const struct type *)(list).items)
#define FACTS_END(list, type) (FACTS(list, type) + (list).len)

void graphql_facts_gather(struct validation *validation);

/* Adds an error of the running rule at an offset; NULL past the limit on errors. */
struct graphql_error *graphql_report(struct validation *validation, uint32_t at, const char *format,
                                     ...) PRINTF_LIKE(3, 4);
/* One more place; error may be NULL. */
void graphql_report_also(struct validation *validation, struct graphql_error *error, uint32_t at);

/* Marks the validation failed and returns NULL when there is no memory. */
void *graphql_facts_alloc(struct validation *validation, size_t count, size_t size);
/* map_set that marks the validation failed. */
void graphql_facts_set(struct validation *validation, struct map *map, struct text key,
                       const void *value);
/* For each definition whether one of `starts`, which are indexes, reaches it through spreads, the
 * starts included. NULL without memory. */
bool *graphql_facts_reach(struct validation *validation, const uint32_t *starts, uint32_t count);

struct fact_name {
    struct text name;
    uint32_t at;
};

/* One error for each name that is there more than once, with all its places: There can be only one
 * `what`name". */
void graphql_report_repeated(struct validation *validation, const struct fact_name *names,
                             size_t count, const char *what);

/* " Did you mean ..." with up to five names that are near `name`; empty when none is or when
 * suggestions are switched off. items: structs of `stride` bytes with their name at the start. */
struct text graphql_suggest(struct validation *validation, struct text name, const void *items,
                            size_t count, size_t stride);

#endif
