/*
 * What a stack manages, as its newest run reported it: entities (resources) and outputs. Replaced
 * whole by each run that changed something; sensitive values never get here.
 */
#ifndef STACK_STACK_RESULT_H
#define STACK_STACK_RESULT_H

#include "stack/stack.h"

struct entity {
    struct text stack_id;
    struct text id; /* the address */
    struct text parent;
    struct text name;
    struct text type;
    enum vendor_kind vendor;
    struct text data;       /* JSON object: address, mode, module, provider, tainted, values */
    struct text creator_id; /* run ids; at == NULL: unknown */
    struct text updater_id;
};

struct output {
    struct text stack_id;
    struct text id;
    struct text description;
    bool sensitive;
    struct text value; /* JSON; at == NULL when sensitive */
};

struct stack_result {
    const struct entity *entities;
    size_t entity_count;
    const struct output *outputs;
    size_t output_count;
};

/* Called by `run` when a worker reported; run_id becomes creator of what is new, updater of what is
 * not. */
MUST_CHECK bool stack_result_replace(struct ctx *ctx, struct text stack_id, struct text run_id,
                                     const struct stack_result *result);
/* By stack and id: lists of struct entity and struct output. */
MUST_CHECK bool stack_entity_list(struct ctx *ctx, const struct text *stack_ids, size_t count,
                                  struct list *out);
MUST_CHECK bool stack_output_list(struct ctx *ctx, const struct text *stack_ids, size_t count,
                                  struct list *out);

#endif
