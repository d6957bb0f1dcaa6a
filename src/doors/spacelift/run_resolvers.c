/* Runs: finding them, and what hangs on them. */
#include "doors/spacelift/resolver.h"
#include "run/run.h"
#include "run/run_log.h"

static bool give_runs(struct graphql_call *call, enum run_list_kind kind, struct text before)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct stack, id);
    struct list runs;
    return ids && run_list(resolver_ctx(call), kind, ids, call->count, before, &runs) &&
           resolver_give_rows(call, &runs, offsetof(struct run, stack_id), ids);
}

bool spacelift_Stack_runs(struct graphql_call *call, const struct spacelift_Stack_runs_args *args)
{
    return give_runs(call, RUN_LIST_TRACKED, args->before);
}

bool spacelift_Stack_proposedRuns(struct graphql_call *call,
                                  const struct spacelift_Stack_proposedRuns_args *args)
{
    return give_runs(call, RUN_LIST_PROPOSED, args->before);
}

bool spacelift_Stack_tasks(struct graphql_call *call, const struct spacelift_Stack_tasks_args *args)
{
    return give_runs(call, RUN_LIST_TASKS, args->before);
}

/* The run with this id, where it belongs to the parent. The parents are visible stacks. */
static const struct run **run_of_parents(struct graphql_call *call, struct text id)
{
    const struct run **runs = ARENA_ARRAY(call->arena, const struct run *, call->count);
    const struct run *run;
    if (!runs) {
        error_set_no_memory(call->error);
        return NULL;
    }
    if (!run_find_many(resolver_ctx(call), &id, 1, &run))
        return NULL;
    for (size_t i = 0; i < call->count; i++) {
        if (run && text_equal(run->stack_id, spacelift_Stack_parent(call, i)->id))
            runs[i] = run;
    }
    return runs;
}

bool spacelift_Stack_run(struct graphql_call *call, const struct spacelift_Stack_run_args *args)
{
    const struct run **runs = run_of_parents(call, args->id);
    for (size_t i = 0; runs && i < call->count; i++)
        spacelift_Stack_run_give(call, i, runs[i]);
    return runs != NULL;
}

bool spacelift_Stack_runResourceState(struct graphql_call *call,
                                      const struct spacelift_Stack_runResourceState_args *args)
{
    const struct run **runs = run_of_parents(call, args->id);
    for (size_t i = 0; runs && i < call->count; i++) {
        struct spacelift_RunResourceState *state =
            ARENA_NEW(call->arena, struct spacelift_RunResourceState);
        if (!state)
            return error_set_no_memory(call->error);
        if (!runs[i]) {
            graphql_fail(call, i, ERR_NOT_FOUND, "run \"%.*s\" not found", TEXT_ARG(args->id));
            continue;
        }
        state->id = runs[i]->id;
        state->state = runs[i]->state;
        state->finished = runs[i]->finished;
        spacelift_Stack_runResourceState_give(call, i, state);
    }
    return runs != NULL;
}

bool spacelift_Run_history(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct run, id);
    struct list entries;
    return ids && run_history(resolver_ctx(call), ids, call->count, &entries) &&
           resolver_give_rows(call, &entries, offsetof(struct run_transition, run_id), ids);
}

bool spacelift_Run_comments(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct run, id);
    struct list comments;
    return ids && run_comment_list(resolver_ctx(call), ids, call->count, &comments) &&
           resolver_give_rows(call, &comments, offsetof(struct run_comment, run_id), ids);
}

/* All changes of a run form one group; a run without changes has none. */
static bool give_changes(struct graphql_call *call, size_t index, const struct list *changes,
                         struct text run_id)
{
    const struct run_change **pointers =
        ARENA_ARRAY(call->arena, const struct run_change *, changes->len);
    struct spacelift_RunChangesV3 *group = ARENA_NEW(call->arena, struct spacelift_RunChangesV3);
    const struct spacelift_RunChangesV3 **groups =
        ARENA_ARRAY(call->arena, const struct spacelift_RunChangesV3 *, 1);
    if (!pointers || !group || !groups)
        return error_set_no_memory(call->error);
    size_t count = 0;
    for (size_t i = 0; i < changes->len; i++) {
        const struct run_change *change = list_at(changes, i);
        if (text_equal(change->run_id, run_id))
            pointers[count++] = change;
    }
    group->resources = pointers;
    group->resources_count = count;
    groups[0] = group;
    spacelift_Run_changesV3_give(call, index, groups, count ? 1 : 0);
    return true;
}

bool spacelift_Run_changesV3(struct graphql_call *call,
                             const struct spacelift_Run_changesV3_args *args)
{
    UNUSED(args);
    const struct text *ids = RESOLVER_TEXTS(call, struct run, id);
    struct list changes;
    if (!ids || !run_changes(resolver_ctx(call), ids, call->count, &changes))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        if (!give_changes(call, i, &changes, ids[i]))
            return false;
    }
    return true;
}

bool spacelift_Run_logs(struct graphql_call *call, const struct spacelift_Run_logs_args *args)
{
    for (size_t i = 0; i < call->count; i++) {
        struct run_logs *logs = ARENA_NEW(call->arena, struct run_logs);
        if (!logs)
            return error_set_no_memory(call->error);
        if (!run_log_read(resolver_ctx(call), spacelift_Run_parent(call, i), args->state,
                          args->state_version, args->token, logs))
            return false;
        spacelift_Run_logs_give(call, i, logs);
    }
    return true;
}

static enum run_list_kind kind_of(enum run_type type)
{
    switch (type) {
    case RUN_TYPE_PROPOSED: return RUN_LIST_PROPOSED;
    case RUN_TYPE_TASK: return RUN_LIST_TASKS;
    case RUN_TYPE_TRACKED:
    case RUN_TYPE_DESTROY:
    case RUN_TYPE_COUNT: break;
    }
    return RUN_LIST_TRACKED;
}

/* The newest run of one kind for each stack, as a map from the stack's id. */
static bool newest_runs(struct graphql_call *call, enum run_list_kind kind, struct map *out)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct run, stack_id);
    struct list runs;
    map_init(out, call->arena);
    if (!ids || !run_list(resolver_ctx(call), kind, ids, call->count, TEXT(""), &runs))
        return false;
    for (size_t i = 0; i < runs.len; i++) {
        struct run *run = list_at(&runs, i);
        if (!map_find(out, run->stack_id) && !map_set(out, run->stack_id, run))
            return error_set_no_memory(call->error);
    }
    return true;
}

bool spacelift_Run_isMostRecent(struct graphql_call *call)
{
    struct map newest[RUN_LIST_TASKS + 1];
    for (int kind = 0; kind <= RUN_LIST_TASKS; kind++) {
        if (!newest_runs(call, (enum run_list_kind)kind, &newest[kind]))
            return false;
    }
    for (size_t i = 0; i < call->count; i++) {
        const struct run *run = spacelift_Run_parent(call, i);
        const struct run *first = map_get(&newest[kind_of(run->type)], run->stack_id);
        spacelift_Run_isMostRecent_give(call, i, first && text_equal(first->id, run->id));
    }
    return true;
}

/* Logs are kept as long as the run is, and nobody has to approve. */
#define ALWAYS_FALSE(field)                                                                        \
    bool spacelift_Run_##field(struct graphql_call *call)                                          \
    {                                                                                              \
        for (size_t i = 0; i < call->count; i++)                                                   \
            spacelift_Run_##field##_give(call, i, false);                                          \
        return true;                                                                               \
    }

ALWAYS_FALSE(expired)
ALWAYS_FALSE(needsApproval)
