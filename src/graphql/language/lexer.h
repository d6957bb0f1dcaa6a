/*
 * Cuts GraphQL text into tokens, one at a time, as the parser asks. Names, numbers and strings
 * without escapes are borrowed from the source; decoded strings live in the arena.
 */
#ifndef GRAPHQL_LANGUAGE_LEXER_H
#define GRAPHQL_LANGUAGE_LEXER_H

#include "base/error.h"
#include "base/text.h"

enum graphql_token_kind {
    GRAPHQL_TOKEN_END,
    GRAPHQL_TOKEN_BANG,
    GRAPHQL_TOKEN_DOLLAR,
    GRAPHQL_TOKEN_AMPERSAND,
    GRAPHQL_TOKEN_PAREN_OPEN,
    GRAPHQL_TOKEN_PAREN_CLOSE,
    GRAPHQL_TOKEN_SPREAD,
    GRAPHQL_TOKEN_COLON,
    GRAPHQL_TOKEN_EQUALS,
    GRAPHQL_TOKEN_AT,
    GRAPHQL_TOKEN_BRACKET_OPEN,
    GRAPHQL_TOKEN_BRACKET_CLOSE,
    GRAPHQL_TOKEN_BRACE_OPEN,
    GRAPHQL_TOKEN_PIPE,
    GRAPHQL_TOKEN_BRACE_CLOSE,
    GRAPHQL_TOKEN_NAME,
    GRAPHQL_TOKEN_INT,
    GRAPHQL_TOKEN_FLOAT,
    GRAPHQL_TOKEN_STRING,
    GRAPHQL_TOKEN_BLOCK_STRING,
};

struct graphql_token {
    enum graphql_token_kind kind;
    uint32_t at;      /* byte offset of its first byte */
    struct text text; /* the name, the number as written, the decoded string */
};

struct graphql_lexer {
    struct arena *arena;
    struct error *error;
    struct text source;
    uint32_t at;         /* byte offset of the next token */
    uint32_t tokens;     /* so far */
    uint32_t max_tokens; /* 0: no limit */
};

/* source: at most 2 GiB of valid UTF-8, borrowed. A byte order mark is skipped. */
void graphql_lexer_init(struct graphql_lexer *lexer, struct arena *arena, struct text source,
                        struct error *error);
/* False with lexer->error set: a byte that begins no token, an unfinished string, the limit. */
MUST_CHECK bool graphql_lexer_next(struct graphql_lexer *lexer, struct graphql_token *out);

/* Line and column from 1; a column counts UTF-16 units, as editors and the other servers do. */
void graphql_place(struct text source, uint32_t at, int *line, int *column);
/* "Syntax Error: ..." at an offset of the source. Always false. */
bool graphql_syntax_error(struct error *error, struct text source, uint32_t at, const char *format,
                          ...) PRINTF_LIKE(4, 5);

#endif
