/* Contexts, and one evaluation from call to result. */
#include "rego/eval/machine.h"
#include "rego/eval/trace.h"
#include "rego/policy.h"

#include <stdlib.h>
#include <time.h>

enum { POLL_UNITS = 4096, FIRST_REGISTERS = 64, FIRST_FRAMES = 8 };

struct rego_context {
    struct arena *arena;
};

struct rego_context *rego_context_new(size_t memory)
{
    struct rego_context *context = malloc(sizeof(*context));
    if (!context)
        return NULL;
    context->arena = arena_new(memory);
    if (context->arena)
        return context;
    free(context);
    return NULL;
}

void rego_context_free(struct rego_context *context)
{
    if (!context)
        return;
    arena_free(context->arena);
    free(context);
}

void rego_context_reset(struct rego_context *context)
{
    arena_reset(context->arena);
}

struct arena *rego_context_arena(struct rego_context *context)
{
    return context->arena;
}

/* Of work done by this thread: a machine that pauses must not change a decision. */
static int64_t microseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void poll(struct budget *budget)
{
    const struct machine *machine = budget->host;
    budget->poll_at = budget->fuel > POLL_UNITS ? budget->fuel - POLL_UNITS : 0;
    if (machine->cancel && atomic_load_explicit(machine->cancel, memory_order_relaxed))
        budget->stop = BUDGET_CANCELED;
    else if (machine->deadline > 0 && microseconds_now() >= machine->deadline)
        budget->stop = BUDGET_DEADLINE;
}

static void set_budget(struct machine *machine, const struct rego_limits *limits)
{
    machine->cancel = limits->cancel;
    machine->budget = (struct budget){.fuel = limits->fuel > 0 ? limits->fuel : REGO_DEFAULT_FUEL,
                                      .poll_at = -1,
                                      .host = machine};
    if (limits->microseconds > 0)
        machine->deadline = microseconds_now() + limits->microseconds;
    if (!limits->cancel && limits->microseconds <= 0)
        return;
    machine->budget.poll = poll;
    machine->budget.poll_at = machine->budget.fuel; /* at once: the flag may be set already */
}

static bool set_environment(struct machine *machine, const struct rego_call *call)
{
    struct environment *environment = ARENA_NEW(machine->arena, struct environment);
    if (!environment)
        return false;
    environment->input = call->input ? *call->input : VALUE_NONE;
    if (call->data) {
        environment->data = *call->data;
    } else {
        struct collection *empty = object_new(machine->arena, 0);
        if (!empty)
            return false;
        environment->data = collection_value(empty);
    }
    machine->environment = environment;
    machine->register_slots = FIRST_REGISTERS;
    machine->registers =
        arena_alloc_raw(machine->arena, FIRST_REGISTERS * sizeof(*machine->registers));
    machine->frame_slots = FIRST_FRAMES;
    machine->frames = arena_alloc_raw(machine->arena, FIRST_FRAMES * sizeof(*machine->frames));
    return machine->registers && machine->frames;
}

static void evaluate(struct rego_context *context, const struct rego_entry *entry,
                     const struct rego_call *call, struct rego_result *result,
                     struct tracer *tracer)
{
    size_t used = arena_used(context->arena);
    struct machine machine = {.policy = entry->policy,
                              .program = entry->policy->program,
                              .arena = context->arena,
                              .strict_errors = call->strict_errors,
                              .keep_errors = call->keep_errors,
                              .result = result,
                              .tracer = tracer};
    *result = (struct rego_result){.outcome = REGO_UNDEFINED};
    set_budget(&machine, &call->limits);
    int64_t fuel = machine.budget.fuel;
    list_init(&machine.swallowed, context->arena, sizeof(struct rego_error));
    list_init(&machine.printed, context->arena, sizeof(struct text));
    machine.call = (struct builtin_call){.arena = context->arena,
                                         .budget = &machine.budget,
                                         .constants = entry->policy->program->patterns};
    if (!set_environment(&machine, call))
        machine_refused(&machine, UINT32_MAX);
    else if (tracer)
        machine_run_traced(&machine, entry->procedure);
    else
        machine_run(&machine, entry->procedure);
    result->fuel = fuel - machine.budget.fuel;
    result->memory = arena_used(context->arena) - used;
    result->swallowed = machine.swallowed.items;
    result->swallowed_count = machine.swallowed.len;
    result->printed = machine.printed.items;
    result->printed_count = machine.printed.len;
}

void rego_evaluate(struct rego_context *context, const struct rego_entry *entry,
                   const struct rego_call *call, struct rego_result *result)
{
    evaluate(context, entry, call, result, NULL);
}

void rego_explain(struct rego_context *context, const struct rego_entry *entry,
                  const struct rego_call *call, struct rego_result *result, struct value *account)
{
    struct tracer tracer = {.full = false};
    list_init(&tracer.steps, context->arena, sizeof(struct trace_step));
    evaluate(context, entry, call, result, &tracer);
    if (!trace_account(&tracer, entry->policy->program, context->arena, account))
        *account = VALUE_NONE;
}
