/*
 * Builtin functions of the language: one table (builtins.def) with name, signature, tier and flags,
 * and one topic of functions a file. Called by the compiler (lookup, signature, constant patterns)
 * and by the evaluator (call).
 *
 * A builtin is pure: its result depends on its operands alone. No I/O, no clock, no randomness. It
 * charges the budget before it works and allocates only in the call's arena.
 */
#ifndef REGO_BUILTINS_BUILTIN_H
#define REGO_BUILTINS_BUILTIN_H

#include "rego/value/budget.h"
#include "rego/value/collection.h"
#include "rego/value/value.h"

enum { BUILTIN_MAX_ARITY = 6 };

enum builtin_outcome {
    BUILTIN_OK,         /* *result is set */
    BUILTIN_UNDEFINED,  /* no value and no error; from next(): the relation has ended */
    BUILTIN_TYPE_ERROR, /* eval_type_error; call->message says which operand. Undefined if lenient
                         */
    BUILTIN_ERROR,      /* eval_builtin_error; call->message. Undefined if lenient */
    BUILTIN_STOPPED,    /* the evaluation ends; call->budget->stop says why */
};

enum builtin_flag {
    BUILTIN_RELATION = 1,   /* yields any number of results: open and next instead of call */
    BUILTIN_DEPRECATED = 2, /* v0 only: a compile error in v1 */
    BUILTIN_FORBIDDEN = 4,  /* not deterministic or does I/O: a compile error, also in `with` */
    BUILTIN_MISSING = 8,    /* known by name, not available here: a compile error */
};

struct builtin;
struct builtin_cache;

/* What a builtin gets beside its operands. Made once per evaluation; `message` is per call. */
struct builtin_call {
    struct arena *arena;
    struct budget *budget;
    const struct builtin *builtin;         /* set by the caller before each call */
    const struct builtin_cache *constants; /* compiled with the policy, shared; may be NULL */
    struct builtin_cache *compiled;        /* of this evaluation; made on demand, starts as NULL */
    struct text message; /* without the function's name: "operand 1 must be ..." */
};

/* operands: as many as the arity, all defined. */
typedef enum builtin_outcome (*builtin_fn)(struct builtin_call *call, const struct value *operands,
                                           struct value *result);

/* A relation in progress; lives in the call's arena. Before open, the evaluator may set the hints.
 */
struct builtin_iterator {
    const struct value *prefix; /* walk: only results whose path starts so; NULL for all */
    uint32_t prefix_len;
    bool no_path; /* walk: results are [null, value], because nobody reads the path */
    void *state;
};

typedef enum builtin_outcome (*builtin_open_fn)(struct builtin_call *call,
                                                const struct value *operands,
                                                struct builtin_iterator *iterator);
typedef enum builtin_outcome (*builtin_next_fn)(struct builtin_call *call,
                                                struct builtin_iterator *iterator,
                                                struct value *result);

struct builtin {
    const char *name;      /* "time.clock" */
    const char *signature; /* "number|array[any] -> array[number]" */
    builtin_fn call;       /* NULL for relations, forbidden and missing ones */
    builtin_open_fn open;
    builtin_next_fn next;
    uint8_t arity;
    uint8_t tier;  /* 1 to 3 */
    uint8_t flags; /* enum builtin_flag */
};

enum { BUILTIN_ANY_KIND = (1 << VALUE_KIND_COUNT) - 2 };

/* All of them, sorted by name. */
const struct builtin *builtin_table(size_t *count);
/* NULL when there is no such name. Operators have names too: plus minus mul div rem and or equal
 * neq lt lte gt gte internal.member_2 internal.member_3. */
const struct builtin *builtin_find(struct text name);

/* One type of a signature, for static checks and messages: the text of operand `index`
 * ("array[string] | set[string]"), or of the result when index equals the arity. Borrowed from the
 * table. */
struct text builtin_type_text(const struct builtin *builtin, unsigned index);
/* The kinds that operand `index` (or the result) may have: a mask of 1 << enum value_kind. */
uint16_t builtin_kinds(const struct builtin *builtin, unsigned index);
/* The same for its elements, for array[...] and set[...]; any kind where the signature says
 * nothing. */
uint16_t builtin_element_kinds(const struct builtin *builtin, unsigned index);

/* Compiled patterns (regular expressions, globs) by their text. The compiler makes one per policy
 * and calls builtin_prepare for each call with constant operands; afterwards it is read-only and
 * shared by threads. Released when the arena ends. NULL without memory. */
MUST_CHECK struct builtin_cache *builtin_cache_new(struct arena *arena);
/* operands: constants, or undefined where not constant. False when a constant pattern is invalid:
 * *message then says why; a linter's business, for the language defers it to evaluation. */
bool builtin_prepare(struct builtin_cache *cache, const struct builtin *builtin,
                     const struct value *operands, struct text *message);

#endif
