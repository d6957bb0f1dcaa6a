/* The parser's state and the steps that its two files share. Nobody else includes this. */
#ifndef GRAPHQL_LANGUAGE_PARSER_STATE_H
#define GRAPHQL_LANGUAGE_PARSER_STATE_H

#include "graphql/language/lexer.h"
#include "graphql/language/parser.h"

struct parser {
    struct graphql_lexer lexer;
    struct graphql_token token; /* the one to be read next */
    struct arena *arena;
    uint32_t depth;
    uint32_t directives;
    bool empty_parentheses;
    bool hide_values;
};

/* Steps over the current token. */
MUST_CHECK bool graphql_parser_advance(struct parser *parser);
static inline bool graphql_parser_at(const struct parser *parser, enum graphql_token_kind kind)
{
    return parser->token.kind == kind;
}
bool graphql_parser_at_keyword(const struct parser *parser, const char *word);
/* Must be of that kind, and is stepped over. */
MUST_CHECK bool graphql_parser_expect(struct parser *parser, enum graphql_token_kind kind);
MUST_CHECK bool graphql_parser_expect_keyword(struct parser *parser, const char *word);
/* Steps over it if it is there; *found says whether. */
MUST_CHECK bool graphql_parser_skip(struct parser *parser, enum graphql_token_kind kind,
                                    bool *found);
MUST_CHECK bool graphql_parser_name(struct parser *parser, struct text *out);
/* "Unexpected Name \"x\"."; always false. */
bool graphql_parser_unexpected(struct parser *parser);
/* Every node comes from here, zeroed; NULL with the error set. */
void *graphql_parser_new(struct parser *parser, size_t size);
#define PARSER_NEW(parser, type) ((type *)graphql_parser_new((parser), sizeof(type)))

MUST_CHECK bool graphql_parser_type(struct parser *parser, struct ast_type *out);
MUST_CHECK bool graphql_parser_value(struct parser *parser, bool is_constant,
                                     struct ast_value **out);
MUST_CHECK bool graphql_parser_directives(struct parser *parser, bool is_constant,
                                          struct ast_directive **out);
/* A string before a definition, at == NULL without one. */
MUST_CHECK bool graphql_parser_description(struct parser *parser, struct text *out);
MUST_CHECK bool graphql_parser_operation_kind(struct parser *parser, enum ast_operation_kind *out);
/* schema, type, interface, ..., directive and `extend`; the description has been read. */
MUST_CHECK bool graphql_parser_type_system(struct parser *parser, struct ast_definition *out);

#endif
