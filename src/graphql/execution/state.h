/*
 * One run of a plan. First run.c fills the columns: for every selection set that needs it the
 * objects of its level, for every resolved field the results for those objects. Then write.c goes
 * through the plan depth first, reads columns and members, and writes the response. Nothing else
 * includes this.
 */
#ifndef GRAPHQL_EXECUTION_STATE_H
#define GRAPHQL_EXECUTION_STATE_H

#include "base/list.h"
#include "graphql/execution/call.h"
#include "graphql/execution/document.h"
#include "graphql/execution/errors.h"
#include "graphql/execution/plan.h"

struct field_state {
    struct graphql_result *results; /* one for each object of the set */
    uint32_t *first;                /* for each object of the set: its first child among all */
    struct list positions; /* of uint32_t, abstract types only: child to place in its set */
};

struct run_state {
    struct arena *arena;
    const struct graphql_schema *schema;
    const struct graphql_document *document;
    const struct graphql_plan *plan;
    const struct graphql_variables *variables;
    const struct graphql_run *run;
    struct list *sets; /* by set id: the objects, const void * */
    struct field_state *fields;
    struct graphql_errors errors;
    struct error error; /* ends the whole run: time, memory */
    int64_t deadline;   /* monotonic microseconds, 0 for none */
    uint32_t ticks;     /* objects written since the clock was read */
};

/* Monotonic microseconds. */
int64_t run_now(void);
/* False with state->error set when the time is up. */
MUST_CHECK bool run_in_time(struct run_state *state);

/* Fills the columns of one field of a set and of all below it; the set's objects are there. */
MUST_CHECK bool run_field(struct run_state *state, const struct plan_set *set,
                          const struct graphql_plan_field *field, bool is_mutation);

/* Binds the arguments of a subscription's field and asks whether it may be subscribed to. */
MUST_CHECK bool run_prepare_source(struct run_state *state, const struct graphql_plan_field *field,
                                   struct graphql_call *out, struct error *error);

/* Writes the object `index` of a set. False: null must go further up, an error is recorded, and
 * what was written is to be cut off. */
MUST_CHECK bool write_object(struct run_state *state, struct buffer *out,
                             const struct plan_set *set, const void *object, uint32_t index,
                             const struct graphql_path *path);
/* One field of an object, label included. */
MUST_CHECK bool write_field(struct run_state *state, struct buffer *out, const struct plan_set *set,
                            const struct graphql_plan_field *field, const void *object,
                            uint32_t index, bool is_first, const struct graphql_path *path);

/* The value of a plain member as a result. */
struct graphql_result read_member(const struct graphql_field *field, const void *object);
/* Among a field's sets the one for an object; NULL when its type is unknown. */
const struct plan_set *set_for(const struct graphql_plan_field *field, const void *object);

#endif
