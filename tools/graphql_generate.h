/* What the generator's parts share: the schema, the directives its SDL carries, C names. */
#ifndef TOOLS_GRAPHQL_GENERATE_H
#define TOOLS_GRAPHQL_GENERATE_H

#include "base/map.h"
#include "graphql/language/ast.h"

#include <stdio.h>

struct generator {
    struct arena *arena;
    const struct ast_document *document;
    const struct graphql_schema *schema;
    struct map directives; /* "Type", "Type.field", "ENUM.VALUE" to struct ast_directive * */
    const char *prefix;    /* of every generated name */
    FILE *out;
    int errors;
    int defaults; /* constants written so far, for their names */
};

enum member_shape {
    SHAPE_RESOLVER, /* a function of the program */
    SHAPE_ABSENT,   /* nothing yet: null, or the empty list */
    SHAPE_SELF,
    SHAPE_LEAF,   /* one text, number, bool, enum */
    SHAPE_LEAVES, /* a list of them */
    SHAPE_OBJECT,
    SHAPE_OBJECTS,
};

/* A complaint about the SDL; generation goes on and fails at the end. */
void generator_complain(struct generator *generator, struct text type, struct text member,
                        const char *what);

/* The directive @name on a type, or on its field or value `member`; NULL when it is not there. */
const struct ast_directive *generator_directive(const struct generator *generator, struct text type,
                                                struct text member, const char *name);
/* The argument of such a directive as text: a string, or a number as written; at == NULL when it
 * is not there. */
struct text generator_argument(const struct generator *generator, struct text type,
                               struct text member, const char *directive, const char *argument);

/* "repositoryURL" as "repository_url", keywords with an underscore behind them. */
struct text generator_snake(struct arena *arena, struct text name);
/* The member of an argument or input field; one that begins with a capital has "capital_" before
 * it, so that it is not another spelling of its neighbour. */
struct text generator_input(struct arena *arena, struct text name);
struct text generator_upper_snake(struct arena *arena, struct text name);
/* The C type of an enum: "enum run_state" or "enum spacelift_RunState". */
struct text generator_enum(const struct generator *generator, const struct graphql_type *type);
struct text generator_enum_constant(const struct generator *generator,
                                    const struct graphql_type *type,
                                    const struct graphql_enum_value *value);
/* The C type behind an object: "struct stack", "struct spacelift_PageInfo"; "void" for interfaces
 * and unions without @struct. */
struct text generator_struct(const struct generator *generator, const struct graphql_type *type);
/* No @struct: the struct is the generator's own. */
bool generator_owns_struct(const struct generator *generator, const struct graphql_type *type);
/* @absent: no value of this type exists in the program. */
bool generator_is_absent(const struct generator *generator, const struct graphql_type *type);
bool generator_is_root(const struct generator *generator, const struct graphql_type *type);
enum member_shape generator_shape(const struct generator *generator,
                                  const struct graphql_type *type,
                                  const struct graphql_field *field);
/* The member of a plain field, and the member that counts its items. */
struct text generator_member(const struct generator *generator, const struct graphql_type *type,
                             const struct graphql_field *field);
struct text generator_count_member(const struct generator *generator,
                                   const struct graphql_type *type,
                                   const struct graphql_field *field);
/* Types that SDL defines: not the built-in scalars. */
bool generator_is_own_type(const struct graphql_type *type);

void generate_header(struct generator *generator);
void generate_source(struct generator *generator, const char *header);

#endif
