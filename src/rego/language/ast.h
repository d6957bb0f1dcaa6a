/*
 * The syntax tree of a policy: what stands in the text, with its places and comments, so that the
 * formatter can print it again. The compiler resolves names in a tree of its own making or in the
 * fields marked "compiler"; everything lives in the arena it was parsed into and borrows the
 * source.
 *
 * No term is higher than AST_MAX_DEPTH, so that passes may recurse.
 */
#ifndef REGO_LANGUAGE_AST_H
#define REGO_LANGUAGE_AST_H

#include "rego/language/lexer.h"

enum { AST_MAX_DEPTH = 256 };

enum term_kind {
    TERM_NULL,
    TERM_FALSE,
    TERM_TRUE,
    TERM_NUMBER,    /* text: as written */
    TERM_STRING,    /* text: decoded */
    TERM_VARIABLE,  /* text: its name; "_" is a wildcard, fresh at each place */
    TERM_REFERENCE, /* items[0] is the head, the rest what stands in brackets or behind dots */
    TERM_ARRAY,
    TERM_SET,
    TERM_OBJECT,               /* items: key, value, key, value ... */
    TERM_ARRAY_COMPREHENSION,  /* items[0] */
    TERM_SET_COMPREHENSION,    /* items[0] */
    TERM_OBJECT_COMPREHENSION, /* items[0] key, items[1] value */
    TERM_CALL,                 /* items[0] names the function, the rest are operands */
    TERM_TEMPLATE,             /* parts */
    TERM_KIND_COUNT
};

enum operator{
    OPERATOR_NONE,
    OPERATOR_ASSIGN,
    OPERATOR_UNIFY,
    OPERATOR_EQUAL,
    OPERATOR_NOT_EQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL,
    OPERATOR_PLUS,
    OPERATOR_MINUS,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_REMAINDER,
    OPERATOR_AND,
    OPERATOR_OR,
    OPERATOR_MEMBER,     /* value in collection */
    OPERATOR_MEMBER_KEY, /* key, value in collection */
    OPERATOR_COUNT
};

struct body;
struct expression;
struct builtin;
struct node;
struct variables;

struct term {
    enum term_kind kind;
    enum operator sign; /* calls: what the function is, when it is an operator */
    bool infix;         /* calls: written with its sign, not its name */
    bool parenthesised;
    bool raw;        /* strings and templates: in backquotes */
    bool dotted;     /* strings in references: written behind a dot */
    uint16_t height; /* 1 + the highest item's; at most AST_MAX_DEPTH */
    uint32_t len;    /* items */
    uint32_t id;     /* compiler: which variable of the rule; 0 when not resolved */
    struct place at;
    struct text text;
    struct term **items;
    struct body *body;             /* comprehensions */
    const struct builtin *builtin; /* compiler: calls of builtins */
    const uint64_t *needs;         /* compiler: comprehensions, the variables they wait for */
    struct template_part *parts;   /* len of them */
};

/* A literal or an expression, never both. */
struct template_part {
    struct text literal;
    struct expression *expression;
};

struct with {
    struct term *target; /* a reference or a variable */
    struct term *value;
    struct place at;
};

enum expression_kind {
    EXPRESSION_TERM,
    EXPRESSION_SOME,    /* some x, y: names */
    EXPRESSION_SOME_IN, /* some key, value in domain */
    EXPRESSION_EVERY,   /* every key, value in domain { body } */
};

struct expression {
    enum expression_kind kind;
    bool negated;
    bool generated; /* made by the compiler, shown to nobody */
    struct place at;
    struct term *term;
    struct term **names; /* of SOME */
    uint32_t name_count;
    struct term *key; /* of SOME_IN and EVERY; NULL when not written */
    struct term *value;
    struct term *domain;
    struct body *body;     /* of EVERY */
    const uint64_t *needs; /* compiler: EVERY, the variables its body waits for */
    struct with *withs;
    uint32_t with_count;
};

struct body {
    struct expression **items;
    uint32_t len;
    uint16_t height; /* of the highest term in it */
    struct place at; /* braces included where there are any */
};

/* How a rule contributes to its document. */
enum rule_kind {
    RULE_VALUE,  /* one value at the path of its reference (complete, or one key of an object) */
    RULE_MEMBER, /* one member, `key`, of the set at that path */
    RULE_FUNCTION,
};

struct rule {
    enum rule_kind kind;
    bool is_default;
    bool is_else;  /* hangs on another rule's `otherwise` */
    bool assigned; /* value written with :=, not = */
    bool has_if;
    bool has_braces; /* body in { } */
    bool chained;    /* v0: a further { } behind a rule's body */
    struct place at;
    struct term *name; /* reference or variable: the head up to contains, :=, if */
    struct term **arguments;
    uint32_t argument_count;
    struct term *key;   /* of RULE_MEMBER */
    struct term *value; /* NULL: true */
    struct body *body;  /* NULL: holds always */
    struct rule *otherwise;
    struct module *module;
    struct variables *variables; /* compiler: of the rule and its else branches */
    struct node *node;           /* compiler: where its document stands */
    uint32_t rest;               /* compiler: index in `name` of the first part that is no string */
};

struct import {
    struct term *path;
    struct text alias; /* empty when not written */
    struct place at;
};

enum dialect { DIALECT_V0, DIALECT_V1 };

struct module {
    const struct source *source;
    enum dialect dialect;
    bool strict;          /* v1's rules hold: v1 itself, or import rego.v1 */
    struct term *package; /* reference: data.a.b */
    struct import *imports;
    uint32_t import_count;
    struct rule **rules; /* without else branches */
    uint32_t rule_count;
    struct comment *comments;
    uint32_t comment_count;
};

struct term *term_new(struct arena *arena, enum term_kind kind, struct place at);
struct term *term_variable(struct arena *arena, struct text name, struct place at);
struct term *term_string(struct arena *arena, struct text text, struct place at);
/* The items are copied into the arena. NULL without memory, as above. */
struct term *term_list(struct arena *arena, enum term_kind kind, struct term *const *items,
                       size_t len, struct place at);
struct term *term_operator(struct arena *arena, enum operator sign, struct term *const *operands,
                           size_t len, struct place at);

/* A deep copy; texts stay borrowed. NULL without memory. */
struct term *term_copy(struct arena *arena, const struct term *term);

static inline bool term_is_variable(const struct term *term, const char *name)
{
    return term->kind == TERM_VARIABLE && text_equal_z(term->text, name);
}
static inline bool term_is_wildcard(const struct term *term)
{
    return term->kind == TERM_VARIABLE && term->text.len == 1 && term->text.at[0] == '_';
}
/* null, booleans, numbers and strings. */
static inline bool term_is_scalar(const struct term *term)
{
    return term->kind <= TERM_STRING;
}
/* data.a.b: a reference of a variable and constant strings only. */
bool term_is_ground_path(const struct term *term);

/* How an operator is written: "+". */
const char *operator_sign(enum operator sign);
/* OPERATOR_NONE when the name is no operator's. */
enum operator operator_find(struct text name);

#endif
