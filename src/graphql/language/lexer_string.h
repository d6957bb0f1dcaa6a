/* String and block string tokens. Only the lexer calls this. */
#ifndef GRAPHQL_LANGUAGE_LEXER_STRING_H
#define GRAPHQL_LANGUAGE_LEXER_STRING_H

#include "graphql/language/lexer.h"

/* How a message names a character: "x", U+0007 or <EOF>. */
struct graphql_character {
    char bytes[16];
};

struct graphql_character graphql_describe_character(struct text source, uint32_t at);

/* The lexer stands at the opening quote and afterwards behind the closing one. */
MUST_CHECK bool graphql_lexer_read_string(struct graphql_lexer *lexer, struct graphql_token *out);

#endif
