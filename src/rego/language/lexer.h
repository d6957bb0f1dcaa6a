/*
 * Policy text to tokens, one at a time and on demand: the parser holds the current token, and the
 * lexer stands just behind it. A copy of the struct is a point to come back to.
 *
 * Names and keywords are one kind: whether a word is a keyword depends on the dialect, the imports
 * and on what follows, so the parser decides. Comments are not tokens; they are collected once for
 * the formatter and for metadata.
 */
#ifndef REGO_LANGUAGE_LEXER_H
#define REGO_LANGUAGE_LEXER_H

#include "rego/language/diagnostic.h"

enum token_kind {
    TOKEN_END,
    TOKEN_ERROR, /* text: the sentence */
    TOKEN_NAME,
    TOKEN_NUMBER,
    TOKEN_STRING,       /* text: with its quotes and escapes */
    TOKEN_RAW_STRING,   /* text: with its backquotes */
    TOKEN_TEMPLATE,     /* $" : the parser reads on with lexer_template */
    TOKEN_RAW_TEMPLATE, /* $` */
    TOKEN_ASSIGN,       /* := */
    TOKEN_UNIFY,        /* = */
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_DOT,
    TOKEN_COMMA,
    TOKEN_SEMICOLON,
    TOKEN_COLON,
    TOKEN_OPEN_PAREN,
    TOKEN_CLOSE_PAREN,
    TOKEN_OPEN_BRACKET,
    TOKEN_CLOSE_BRACKET,
    TOKEN_OPEN_BRACE,
    TOKEN_CLOSE_BRACE,
    TOKEN_KIND_COUNT
};

struct token {
    enum token_kind kind;
    bool spaced; /* blanks, newlines or comments stand before it */
    struct place at;
    struct text text;
};

struct comment {
    struct place at;
    struct text text; /* without the # and the line end */
    bool own_line;    /* nothing but blanks before it on its line */
};

struct lexer {
    struct text text;
    size_t offset;
    uint32_t line;
    size_t line_start;     /* offset of the first byte of the line */
    size_t counted_to;     /* up to this offset of the line ... */
    uint32_t column;       /* ... there are so many columns */
    size_t tokens;         /* handed out so far, backtracking included */
    struct list *comments; /* of struct comment; NULL when nobody asks */
    size_t comments_up_to; /* offset behind the last comment collected */
};

void lexer_init(struct lexer *lexer, struct text text, struct list *comments);
struct token lexer_next(struct lexer *lexer);
/* Inside a template string: the literal text up to the next { or the closing quote. `quote` is
 * '"' or '`'. kind is TOKEN_OPEN_BRACE when an expression follows, TOKEN_STRING at the end,
 * TOKEN_ERROR when unterminated; text is the literal without delimiters, escapes kept. */
struct token lexer_template(struct lexer *lexer, char quote);
/* Decodes the escapes of a string token's inside. False for a bad escape or a bare control
 * character; `template` allows \{ too. */
MUST_CHECK bool lexer_unescape(struct arena *arena, struct text inside, bool in_template,
                               struct text *out);

const char *token_name(enum token_kind kind); /* for messages: "`{`", "name" */

#endif
