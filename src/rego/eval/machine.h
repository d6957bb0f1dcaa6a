/*
 * The machine that runs procedures: registers, frames, environments, budget. One machine is one
 * evaluation; all it allocates is in one arena, and it never recurses: calls push frames.
 *
 * An environment is what `with` can change: input, base documents, replaced functions and the
 * documents computed under them. WITH_BEGIN makes a new one, WITH_END goes back.
 */
#ifndef REGO_EVAL_MACHINE_H
#define REGO_EVAL_MACHINE_H

#include "rego/eval/program.h"
#include "rego/rego.h"
#include "rego/value/collection.h"

enum {
    FRAMES_MAX = 4096, /* rules in progress at once: only mocked functions can recurse */
    REGISTER_SLOTS_MAX = 1 << 20,
    MEMO_PAGE = 64, /* documents to a page of memo slots */
    SWALLOWED_MAX = 32,
    PRINTED_MAX = 256,
};

/* A function that is replaced. The innermost comes first. */
struct mock {
    const struct replacement *replacement;
    struct value value; /* when replaced by a value */
    const struct mock *next;
};

struct shadow {
    uint32_t document;
    const struct shadow *next;
};

/* A memo slot is a value; an undefined one says in `form` what it means. */
enum memo_form { MEMO_EMPTY, MEMO_UNDEFINED, MEMO_RUNNING };

struct environment {
    struct value input; /* undefined when there is none */
    struct value data;  /* an object */
    const struct mock *mocks;
    const struct shadow *shadows;
    struct value **memo; /* pages; NULL until first used */
    struct environment *outer;
};

struct frame {
    uint32_t procedure;
    uint32_t base;                   /* its first register */
    uint32_t resume;                 /* address of the caller's next instruction */
    uint16_t to;                     /* the caller's register */
    bool memo;                       /* the result goes to its memo slot */
    struct environment *environment; /* the caller's */
};

/* An index of a loop's domain by the value at a path of its members; see join.c. */
struct join {
    const void *domain;
    uint32_t len;
    uint32_t path; /* of the program's */
    uint32_t scans;
    struct collection
        *first;    /* value to the rank of the first member with it; NULL before it pays */
    int32_t *next; /* by rank: the next with the same value, or -1 */
    struct join *older;
};

/* What a comprehension gave in one environment; see closure.c. */
struct closure {
    const struct environment *environment;
    struct collection *results; /* by the value of the variable it takes; NULL before it pays */
    uint32_t evaluations;
};

struct tracer;

struct machine {
    const struct rego_policy *policy;
    const struct program *program;
    struct arena *arena;
    struct budget budget;
    struct builtin_call call;
    struct environment *environment;
    struct value *registers;
    uint32_t register_slots;
    struct frame *frames;
    uint32_t frame_count, frame_slots;
    bool strict_errors, keep_errors;
    struct rego_result *result;
    struct list swallowed; /* of struct rego_error */
    struct list printed;   /* of struct text */
    int64_t deadline;      /* microseconds of the thread's processor time; 0: none */
    const atomic_bool *cancel;
    struct closure *closures; /* of the program; NULL before the first */
    struct join *joins;       /* the newest */
    uint32_t join_count;
    struct tracer *tracer;
};

/* Runs the procedure to its end; the result is filled in. */
void machine_run(struct machine *machine, uint32_t procedure);
/* The same, telling machine->tracer what happens. */
void machine_run_traced(struct machine *machine, uint32_t procedure);

/* ---- For the loop. Each returns false after ending the evaluation (machine_stop). ---- */

bool machine_stop(struct machine *machine, const char *code, uint32_t address, const char *format,
                  ...) PRINTF_LIKE(4, 5);
bool machine_out_of_budget(struct machine *machine, uint32_t address);
/* No memory, or a value nested too deeply. */
bool machine_refused(struct machine *machine, uint32_t address);
/* A builtin failed: swallows the error (true) or ends the evaluation. */
bool machine_builtin_failed(struct machine *machine, enum builtin_outcome outcome,
                            const struct builtin *builtin, uint32_t address);
MUST_CHECK bool machine_push(struct machine *machine, uint32_t procedure,
                             const struct value *arguments, struct frame frame);
struct value *machine_memo(struct machine *machine, uint32_t procedure);
bool machine_with_begin(struct machine *machine, const struct replacement *replacement,
                        const struct value *value);
const struct mock *machine_find_mock(const struct machine *machine, enum replacement_kind kind,
                                     uint32_t target);
/* In base documents, whose keys are strings, a number means its text. */
const struct value *machine_base_member(struct machine *machine, const struct value *document,
                                        const struct value *key);
/* An environment like the current one, in which no function is replaced. */
MUST_CHECK bool machine_without_mocks(struct machine *machine);
bool machine_is_shadowed(const struct machine *machine, uint32_t document);
bool machine_template(struct machine *machine, const struct value *parts, uint32_t len,
                      struct value *out);
bool machine_print(struct machine *machine, const struct value *parts, uint32_t len);

/* What LIST_NEW and OPEN keep in a register: a pointer in a value that is undefined to all else. */
static inline struct value builder_value(void *builder, uint32_t len)
{
    return (struct value){.kind = VALUE_UNDEFINED, .len = len, .as.bytes = builder};
}
static inline void *builder_of(const struct value *value)
{
    return (void *)(uintptr_t)value->as.bytes;
}

/* Hashing or comparing it takes noticeable time, which must be charged. */
static inline bool value_is_heavy(const struct value *value)
{
    return value->kind > VALUE_STRING || (value->kind == VALUE_STRING && value->len > 128) ||
           (value->kind == VALUE_NUMBER && value->form == VALUE_DECIMAL);
}

static inline uint32_t jump_table_find(const struct jump_table *table, const struct value *key)
{
    uint32_t slot = (uint32_t)value_hash(key) & table->mask;
    for (; table->keys[slot].kind != VALUE_UNDEFINED; slot = (slot + 1) & table->mask)
        if (value_equal(&table->keys[slot], key))
            return table->targets[slot];
    return table->otherwise;
}

/* ---- Comprehensions (closure.c). False without memory. ---- */

/* *out is NULL when the comprehension must be evaluated. */
MUST_CHECK bool closure_find(struct machine *machine, uint32_t index, const struct value *key,
                             const struct value **out);
MUST_CHECK bool closure_keep(struct machine *machine, uint32_t index, const struct value *key,
                             struct value result);

/* ---- Loops with a filter (join.c). ---- */

/* *out is NULL as long as an ordinary scan is as good. False out of budget or memory. */
MUST_CHECK bool machine_join(struct machine *machine, const struct value *domain, uint32_t path,
                             const struct join **out);
/* The rank of the first member whose value is the wanted one, or -1. */
int32_t join_first(const struct join *join, const struct value *wanted);
/* The rank-th member of an array, a set or an object (its value), in order. */
const struct value *domain_member(const struct value *domain, uint32_t rank);

/* ---- Objects under construction by path (paths.c). ---- */

enum path_outcome { PATH_OK, PATH_CONFLICT, PATH_REFUSED };

enum path_outcome path_add(struct collection *object, const struct value *keys, uint32_t len,
                           struct value value);
enum path_outcome path_member(struct collection *object, const struct value *keys, uint32_t len,
                              struct value member);
enum path_outcome path_object(struct collection *object, const struct value *keys, uint32_t len);
/* The finished value; undefined when refused. */
struct value path_finish(struct collection *object);

#endif
