/*
 * A compiled policy as the evaluator sees it: one array of instructions for a register machine, and
 * the tables they index. Made by rego/compile, immutable afterwards, shared by threads.
 *
 * A procedure is a run of instructions with a frame of registers: one for each rule name (all its
 * bodies in a row), function, package and query. Failure is a jump whose target is known at compile
 * time, so loops need no stack: the body of a loop lies behind its NEXT, and what fails inside
 * jumps back to it.
 */
#ifndef REGO_EVAL_PROGRAM_H
#define REGO_EVAL_PROGRAM_H

#include "rego/builtins/builtin.h"
#include "rego/language/diagnostic.h"
#include "rego/value/value.h"

enum opcode {
#define OP(name, operands) OP_##name,
#include "rego/eval/opcodes.def"
#undef OP
    OP_COUNT
};

struct instruction {
    uint16_t op;
    uint16_t a;
    uint32_t b;
    uint32_t c;
    uint32_t target;
};

static_assert(sizeof(struct instruction) == 16, "instructions are four to a cache line");

/* Operands with this bit are indexes of constants, others of registers. */
#define OPERAND_CONSTANT UINT32_C(0x80000000)

/* What an instruction was compiled from, for explain and error messages. */
struct site {
    const struct source *source;
    struct place at;
    uint32_t attempt; /* 1 + index of the rule body; 0 outside of one */
    uint32_t order;   /* of the expression in its body; UINT32_MAX for the head */
};

/* One body of a rule, as explain shows it. */
struct attempt {
    struct text rule; /* "data.example.allow" */
    const struct source *source;
    struct place at;
    uint32_t procedure;
};

struct procedure {
    uint32_t entry; /* address of the first instruction */
    uint32_t end;
    uint32_t registers;
    uint32_t arguments;
    struct text path;            /* "data.example.allow" */
    const struct source *source; /* of its first rule; NULL for packages */
    struct place at;
};

enum replacement_kind { REPLACE_INPUT, REPLACE_DATA, REPLACE_BUILTIN, REPLACE_FUNCTION };
enum replacement_by { BY_VALUE, BY_BUILTIN, BY_FUNCTION };

/* One `with`. */
struct replacement {
    enum replacement_kind kind;
    enum replacement_by by;
    const struct value *keys; /* below input or data */
    uint32_t key_count;
    uint32_t target; /* builtin or procedure that is replaced */
    uint32_t with;   /* builtin or procedure that replaces it */
    uint32_t shadow; /* 1 + document that is replaced; 0 for base documents only */
};

/* A jump table: constants to addresses, open addressing by value_hash... of strings by content. */
struct jump_table {
    const struct value *keys; /* size slots; undefined when free */
    const uint32_t *targets;
    uint32_t mask;
    uint32_t otherwise;
};

/* Constant keys, one below the other. */
struct join_path {
    const struct value *keys;
    uint32_t count;
};

struct program {
    const struct instruction *code;
    uint32_t code_len;
    const uint32_t *sites_of; /* code_len site indexes */
    const struct site *sites;
    const struct procedure *procedures;
    uint32_t procedure_count;
    const struct attempt *attempts;
    uint32_t attempt_count;
    const struct value *constants;
    uint32_t constant_count;
    const uint64_t *hashes; /* of the constants */
    const struct builtin *const *builtins;
    uint32_t builtin_count;
    const struct replacement *replacements;
    uint32_t replacement_count;
    const struct jump_table *tables;
    uint32_t table_count;
    const struct join_path *paths; /* that loops filter by */
    uint32_t path_count;
    uint32_t closure_count;                        /* comprehensions whose results may be kept */
    const struct builtin *plus, *minus, *multiply; /* behind ADD, SUBTRACT, MULTIPLY */
    const struct builtin_cache *patterns;
};

#endif
