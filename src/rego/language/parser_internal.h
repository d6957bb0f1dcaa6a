/*
 * What the parts of the parser share. parser.c: modules and imports; parser_rule.c: rules;
 * parser_body.c: expressions of a body; parser_term.c: terms.
 *
 * Every parse function leaves the current token behind what it read; it returns NULL after
 * recording a mistake.
 */
#ifndef REGO_LANGUAGE_PARSER_INTERNAL_H
#define REGO_LANGUAGE_PARSER_INTERNAL_H

#include "rego/language/parser.h"

enum keyword { KEYWORD_IN = 1, KEYWORD_EVERY = 2, KEYWORD_CONTAINS = 4, KEYWORD_IF = 8 };
enum { KEYWORDS_ALL = 15 };

/* The mistake that stands furthest in the text: after backtracking it is the most telling one. */
struct mistake {
    bool set;
    struct place at;
    struct text message;
    struct text hint;
};

struct parser {
    struct arena *arena;
    const struct source *source;
    struct lexer lexer;
    struct token token; /* the current one */
    uint32_t last_line; /* where the token before it ended */
    uint32_t last_end;  /* offset behind the token before it */
    enum dialect dialect;
    unsigned keywords; /* enum keyword that are switched on */
    bool strict;       /* v1's rules */
    bool bar_ends;     /* | ends the term: the head of what may be a comprehension */
    bool failed;
    int depth;
    struct mistake mistake;
    struct module *module;
};

/* A point to come back to. */
struct parser_mark {
    struct lexer lexer;
    struct token token;
    uint32_t last_line, last_end;
    bool bar_ends;
};

void parser_advance(struct parser *parser);
struct parser_mark parser_mark(const struct parser *parser);
void parser_rewind(struct parser *parser, struct parser_mark mark);
/* Records a mistake; always NULL. */
void *parser_fail(struct parser *parser, struct place at, const char *format, ...)
    PRINTF_LIKE(3, 4);
void *parser_hint(struct parser *parser, const char *hint);
void *parser_unexpected(struct parser *parser, const char *wanted);
/* Entering a nested construct; false (and a mistake) past the cap. */
bool parser_enter(struct parser *parser);
static inline void parser_leave(struct parser *parser)
{
    parser->depth--;
}

static inline bool parser_at(const struct parser *parser, enum token_kind kind)
{
    return parser->token.kind == kind;
}
/* Takes the token if it is of that kind. */
bool parser_take(struct parser *parser, enum token_kind kind);
MUST_CHECK bool parser_expect(struct parser *parser, enum token_kind kind);
/* The current token is this word, used as a keyword: switched on, and not the start of a reference
 * such as not.x. */
bool parser_at_word(const struct parser *parser, const char *word);
bool parser_take_word(struct parser *parser, const char *word);
struct place parser_from(const struct parser *parser, struct place start);

struct body *parser_body(struct parser *parser, enum token_kind closing);
struct expression *parser_expression(struct parser *parser);
/* A term with its operators. */
struct term *parser_infix(struct parser *parser);
/* `in` excluded: for the variables of some and every. */
struct term *parser_infix_without_in(struct parser *parser);
/* Behind `key, value in`: operands[2] is read here. */
struct term *parser_member_key(struct parser *parser, struct term *operands[3]);
/* name.name[term]...; with_call: may end in (operands). */
struct term *parser_reference(struct parser *parser, bool with_call);
struct term *parser_finish(struct parser *parser, struct term *term);
bool parser_is_reserved(const struct parser *parser, struct text word);

MUST_CHECK bool parser_rules(struct parser *parser, struct list *rules);

#endif
