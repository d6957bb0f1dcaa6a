/*
 * Bytecode from ordered syntax trees. A term becomes instructions that leave its value in an
 * operand: a register or a constant. A reference with an unbound variable becomes a loop; whatever
 * is generated afterwards lies inside that loop, and `fail` moves to its next turn. That is all the
 * backtracking there is.
 *
 * generate.c: emission, constants, labels. generate_term.c: terms, matching, calls, closures.
 * generate_reference.c: references, and the tree of documents. generate_body.c: expressions and
 * `with`. generate_rule.c: procedures.
 */
#ifndef REGO_COMPILE_GENERATE_H
#define REGO_COMPILE_GENERATE_H

#include "rego/compile/ready.h"
#include "rego/eval/program.h"

/* No operand: generating has failed, and `failed` is set. */
#define OPERAND_NONE UINT32_MAX

enum { REGISTERS_MAX = 30000 };

struct edge {
    uint32_t from, to; /* procedures */
    struct place at;
    const struct source *source;
};

struct generator {
    struct unit *unit;
    struct list code;     /* of struct instruction */
    struct list sites_of; /* of uint32_t */
    struct list sites;
    struct list procedures;
    struct list attempts;
    struct list constants; /* of struct value */
    struct collection *constant_index;
    struct list builtins; /* of const struct builtin * */
    struct list replacements;
    struct list tables;
    struct list paths;  /* of struct join_path */
    struct list edges;  /* calls between procedures, for the recursion check */
    struct list labels; /* of uint32_t: addresses, of the procedure at hand */
    uint32_t closures;  /* whose results may be kept */
    bool failed;

    /* The procedure at hand. */
    uint32_t procedure;
    uint32_t next_register;
    uint32_t max_registers;
    const struct module *module;
    const struct rule *rule;
    uint32_t *operands; /* of the rule's variables, by id */
    struct bound bound;
    uint32_t fail; /* label to go to when an expression fails */
    uint32_t site;
};

/* ---- Emission. ---- */

uint32_t label_new(struct generator *generator);
void label_here(struct generator *generator, uint32_t label);
uint32_t register_new(struct generator *generator, uint32_t count);
void emit(struct generator *generator, enum opcode op, uint32_t a, uint32_t b, uint32_t c,
          uint32_t label);
static inline void emit_jump(struct generator *generator, uint32_t label)
{
    emit(generator, OP_JUMP, 0, 0, 0, label);
}
uint32_t address_here(const struct generator *generator);
uint32_t constant(struct generator *generator, struct value value);
uint32_t constant_text(struct generator *generator, struct text text);
/* The value of a term made of constants only; false for any other. */
bool constant_term(struct generator *generator, const struct term *term, struct value *out);
uint32_t builtin_index(struct generator *generator, const struct builtin *builtin);
void set_site(struct generator *generator, struct place at, uint32_t attempt, uint32_t order);
/* How a term was written. */
struct text source_text(const struct generator *generator, const struct term *term);
void add_edge(struct generator *generator, uint32_t to, struct place at);
bool generate_error(struct generator *generator, enum rego_code code, struct place at,
                    const char *format, ...) PRINTF_LIKE(4, 5);

/* ---- Terms. ---- */

uint32_t generate_value(struct generator *generator, const struct term *term);
void generate_value_into(struct generator *generator, const struct term *term, uint32_t to);
/* Several values into registers in a row, in an order that works. */
void generate_values(struct generator *generator, struct term *const *terms, uint32_t len,
                     uint32_t to);
void generate_bind(struct generator *generator, const struct term *variable, uint32_t operand);
/* The index among the program's paths of the constant strings behind a reference's head. */
uint32_t path_index(struct generator *generator, const struct term *reference);
/* Takes the value apart: binds what is unbound in the pattern, compares the rest. */
void generate_match(struct generator *generator, const struct term *pattern, uint32_t operand);
/* A call as an expression of its own: it must hold. */
void generate_call_holds(struct generator *generator, const struct term *call);
uint32_t generate_reference(struct generator *generator, const struct term *term);
/* The document of a node: base or virtual, whichever holds. */
uint32_t generate_document(struct generator *generator, const struct node *node, struct place at);
uint32_t generate_base(struct generator *generator, const struct node *node);

/* ---- Bodies. ---- */

/* The value of a term expression under its `with`s; the first one when there are several. */
void generate_with_value(struct generator *generator, const struct expression *expression,
                         uint32_t to);

void generate_body(struct generator *generator, const struct body *body);

/* ---- Procedures. ---- */

bool generate_procedures(struct generator *generator);
/* The topmost node at or above that owns everything below it; NULL when there is none. */
const struct node *node_owner(const struct node *node);

#endif
