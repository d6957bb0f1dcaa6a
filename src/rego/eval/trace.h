/*
 * What the tracing loop notes: which rule bodies were tried, which expression of each failed first
 * and furthest on, and with what values.
 */
#ifndef REGO_EVAL_TRACE_H
#define REGO_EVAL_TRACE_H

#include "rego/eval/machine.h"

enum { TRACE_MAX = 2000, TRACE_VALUES = 3 };

enum trace_outcome { TRACE_FAILED, TRACE_HELD };

struct trace_step {
    uint32_t attempt; /* 1 + index */
    uint32_t depth;   /* of the frame */
    enum trace_outcome outcome;
    struct value value;   /* what the body gave */
    uint32_t failed_site; /* 0: none */
    uint32_t failed_order;
    struct value values[TRACE_VALUES]; /* operands at the failure */
    uint32_t value_count;
    bool open; /* still running */
};

struct tracer {
    struct list steps; /* of struct trace_step */
    bool full;         /* TRACE_MAX was reached */
};

/* Before the instruction is run. */
void trace_before(struct machine *machine, uint32_t address);
/* The instruction at `address` goes to its target because something failed. */
void trace_fail(struct machine *machine, uint32_t address);
/* A body gave a value. */
void trace_value(struct machine *machine, uint32_t address, const struct value *value);

/* The account of rego_explain. False without memory. */
MUST_CHECK bool trace_account(const struct tracer *tracer, const struct program *program,
                              struct arena *arena, struct value *out);

#endif
