/*
 * Text to syntax tree, for executable and type system documents alike: the September 2025 grammar.
 * The first error ends it. Nesting and tokens are bounded, so hostile text costs what its length
 * allows and no more.
 */
#ifndef GRAPHQL_LANGUAGE_PARSER_H
#define GRAPHQL_LANGUAGE_PARSER_H

#include "base/error.h"
#include "graphql/language/ast.h"

struct graphql_parse_options {
    uint32_t max_tokens; /* 0: no limit */
    /* Real clients send `spaces()` and `query Name () {`; the grammar wants one element at least.
     * This is the one place where more than the grammar is accepted. */
    bool empty_parentheses;
    bool hide_values; /* errors name the kind of a string or number, and not what it says */
};

/* source is borrowed for the tree's life; options NULL: none. */
MUST_CHECK bool graphql_parse(struct arena *arena, struct text source,
                              const struct graphql_parse_options *options,
                              struct ast_document **out, struct error *error);
/* One value, as in a default; variables are refused. */
MUST_CHECK bool graphql_parse_value(struct arena *arena, struct text source, struct ast_value **out,
                                    struct error *error);

#endif
