/*
 * The policy engine: Open Policy Agent's language, v0 and v1, compiled to bytecode and evaluated in
 * an arena under a budget. This header is all that a host needs, beside rego/value/ for making
 * inputs and reading results.
 *
 *     policy  = rego_compile(...)        once per version; immutable, shared by threads
 *     entry   = rego_entry_find(...)     a rule or package by path: "data.example.allow"
 *     context = rego_context_new(...)    one per thread
 *     rego_evaluate(context, entry, ...) any number of times, rego_context_reset in between
 *
 * An evaluation does no I/O and reads no clock: its result depends on policy, input and data alone.
 * It allocates in the context's arena only, and always ends: fuel, memory and depth are capped.
 */
#ifndef REGO_REGO_H
#define REGO_REGO_H

#include "rego/builtins/builtin.h"
#include "rego/language/diagnostic.h"
#include "rego/value/json_value.h"
#include "rego/value/value.h"

#include <stdatomic.h>

struct rego_policy;
struct rego_entry;
struct rego_context;

enum rego_dialect {
    REGO_DETECT, /* v1 if the text parses so, else v0 */
    REGO_V0,
    REGO_V1,
};

struct rego_source {
    struct text name; /* file name for messages; copied */
    struct text text; /* copied */
    enum rego_dialect dialect;
};

struct rego_options {
    /* Functions of the host, beside the builtins; borrowed for the life of the policy. They must be
     * as pure as builtins are. */
    const struct builtin *functions;
    size_t function_count;
    /* Builtins with BUILTIN_FORBIDDEN that this host provides after all (tests); by name. */
    const char *const *allowed;
    size_t allowed_count;
    /* A query to compile along with the policy: "data.example.p = x". See rego_query. */
    struct text query;
    /* Compile print() calls away. */
    bool drop_prints;
};

/* The diagnostics of a compilation, in its arena. */
struct rego_diagnostics {
    const struct rego_diagnostic *items;
    size_t len;
};

/* NULL when there are diagnostics (or no memory). `arena` holds the diagnostics only; what a policy
 * needs is its own. options may be NULL. */
MUST_CHECK struct rego_policy *rego_compile(const struct rego_source *sources, size_t count,
                                            const struct rego_options *options, struct arena *arena,
                                            struct rego_diagnostics *out);
/* NULL is fine. No evaluation may be under way. */
void rego_free(struct rego_policy *policy);
/* Which dialect source `index` was compiled as. */
enum rego_dialect rego_dialect_of(const struct rego_policy *policy, size_t index);
/* Bytes that the compiled policy holds. */
size_t rego_policy_size(const struct rego_policy *policy);

/* A rule, or a package or any path between; functions are none. NULL when the policy defines
 * nothing there. Borrowed from the policy. */
const struct rego_entry *rego_entry_find(const struct rego_policy *policy, struct text path);
/* The compiled query of the options: its value is an array of objects, one for each solution, from
 * the query's variables to their values (empty array: no solution). NULL when there was none. */
const struct rego_entry *rego_query(const struct rego_policy *policy);
/* For making inputs whose strings compare as pointers; see value/json_value.h. */
const struct interner *rego_interner(const struct rego_policy *policy);

/* memory: bytes at most for one evaluation, inputs in its arena included. */
MUST_CHECK struct rego_context *rego_context_new(size_t memory);
void rego_context_free(struct rego_context *context);
/* Everything made since the last reset is gone. */
void rego_context_reset(struct rego_context *context);
/* For building inputs. */
struct arena *rego_context_arena(struct rego_context *context);

struct rego_limits {
    int64_t fuel;              /* units; 0 means REGO_DEFAULT_FUEL */
    int64_t microseconds;      /* of processor time; 0: none */
    const atomic_bool *cancel; /* set by another thread; NULL: none */
};

#define REGO_DEFAULT_FUEL INT64_C(10000000)

struct rego_call {
    /* NULL: undefined. Walking a collection in order leaves the order in it: an input serves one
     * evaluation at a time, and the same value asked again takes less fuel than one newly read. */
    const struct value *input;
    const struct value *data; /* base documents: an object; NULL: empty */
    struct rego_limits limits;
    bool strict_errors; /* the first error of a builtin ends the evaluation */
    bool keep_errors;   /* collect the errors that make expressions undefined */
};

enum rego_outcome {
    REGO_DEFINED,
    REGO_UNDEFINED,
    REGO_ERROR,   /* conflict, or with strict_errors a builtin's */
    REGO_STOPPED, /* out of budget: `code` says of what */
};

struct rego_error {
    struct text code;    /* "eval_conflict_error", "eval_type_error", "eval_builtin_error",
                            "eval_cancel_error", "eval_budget_error" */
    struct text message; /* "div: divide by zero" */
    struct text file;
    uint32_t line, column; /* 0 when unknown */
};

struct rego_result {
    enum rego_outcome outcome;
    struct value value;                 /* when DEFINED; lives until the context is reset */
    struct rego_error error;            /* when ERROR or STOPPED */
    int64_t fuel;                       /* used */
    size_t memory;                      /* bytes of arena used by this evaluation */
    const struct rego_error *swallowed; /* with keep_errors; at most 32 */
    size_t swallowed_count;
    const struct text *printed; /* lines of print() */
    size_t printed_count;
};

/* The result is always filled in. */
void rego_evaluate(struct rego_context *context, const struct rego_entry *entry,
                   const struct rego_call *call, struct rego_result *result);

/* The same evaluation, run by the tracing loop: the result, and what was tried. The account is a
 * value: an array of rule bodies in the order they were tried, each
 * {"rule", "file", "line", "outcome", "value"?, "failed"?: {"line", "column", "text", "values"}}.
 */
void rego_explain(struct rego_context *context, const struct rego_entry *entry,
                  const struct rego_call *call, struct rego_result *result, struct value *account);
/* The account as an indented tree for people. */
void rego_explain_print(const struct value *account, struct buffer *out);

#endif
