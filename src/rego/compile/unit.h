/*
 * One compilation: the modules of a policy on their way from syntax trees to bytecode. The passes
 * run in the order of compile.c, each in its own file, and work on the trees in place:
 *
 *     resolve    names to local variables, rules, imports, builtins
 *     tree       rules to the nodes of the document tree; conflicts
 *     safety     order of expressions; unsafe variables
 *     types      what can be seen to be wrong without an input
 *     generate   bytecode, one procedure for each node
 *     recursion  cycles between the procedures
 *
 * A pass reports to unit->diagnostics and goes on where that makes sense; the next pass runs only
 * after a clean one. Everything here lives in the policy's arena or in `scratch`, which ends with
 * the compilation.
 */
#ifndef REGO_COMPILE_UNIT_H
#define REGO_COMPILE_UNIT_H

#include "base/map.h"
#include "rego/builtins/builtin.h"
#include "rego/language/ast.h"
#include "rego/value/intern.h"

enum {
    VARIABLES_MAX = 4096,   /* of one rule */
    EFFORT_MAX = 20000000,  /* terms looked at to put expressions in order */
    POLICY_DEPTH_MAX = 100, /* parts of a rule's path */
};

struct program;

/* A local variable of a rule. Ids count from 1; items[id - 1]. */
struct variable {
    struct text name; /* "_" for wildcards, empty for what the compiler made up */
    struct place at;  /* where it was first seen */
};

struct variables {
    struct list items; /* of struct variable */
};

enum node_kind {
    NODE_INNER,  /* a package, or a part of a rule's path */
    NODE_VALUE,  /* one value: complete rules */
    NODE_SET,    /* partial set */
    NODE_OBJECT, /* rules whose paths go on with variables; owns all nodes below */
    NODE_FUNCTION,
};

/* A place in the tree of `data` that a rule or a package defines. */
struct node {
    enum node_kind kind;
    struct text key; /* its part of the path; "data" for the root */
    struct node *parent;
    struct map children;    /* of struct node */
    struct list rules;      /* of struct rule *; defaults apart */
    struct rule *fallback;  /* the default rule */
    struct module *package; /* a module whose package this is */
    uint32_t arity;         /* functions */
    uint32_t procedure;     /* index in the program */
    uint32_t shadow;        /* 1 + its bit when some `with` replaces it; 0 for most */
};

struct unit {
    struct arena *arena;   /* the policy's: outlives the compilation */
    struct arena *scratch; /* ends with it */
    struct diagnostics diagnostics;
    struct module **modules;
    size_t module_count;
    struct body *query; /* NULL when there is none */
    struct rule *query_rule;
    const struct builtin *functions; /* the host's */
    size_t function_count;
    const char *const *allowed;
    size_t allowed_count;
    bool drop_prints;
    struct node *root;
    struct interner *interner;
    struct program *program;
    struct list with_targets; /* of struct term *: the data paths that `with` replaces */
    struct list edges;        /* of struct edge: which procedure calls which */
    struct builtin_cache *patterns;
    uint32_t query_procedure;
    uint64_t effort;   /* terms looked at so far */
    struct map mocked; /* names and paths of functions that `with` replaces */
};

bool unit_resolve(struct unit *unit);
bool unit_build_tree(struct unit *unit);
bool unit_check_safety(struct unit *unit);
bool unit_check_types(struct unit *unit);
bool unit_generate(struct unit *unit);
bool unit_check_recursion(struct unit *unit);

/* The node of data.a.b, or the deepest one above it; *used parts of the path lead there, `data`
 * included. */
struct node *unit_find_node(const struct unit *unit, const struct term *path, uint32_t *used);
/* "data.a.b" in the unit's scratch. */
struct text node_path(const struct unit *unit, const struct node *node);

bool unit_no_memory(struct unit *unit);

/* ---- Sets of variables: one bit an id. ---- */

static inline size_t bits_words(size_t count)
{
    return (count + 64) / 64;
}
static inline bool bits_has(const uint64_t *bits, uint32_t id)
{
    return bits[id / 64] >> (id % 64) & 1;
}
static inline void bits_add(uint64_t *bits, uint32_t id)
{
    bits[id / 64] |= UINT64_C(1) << (id % 64);
}

#endif
