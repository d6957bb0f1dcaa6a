/* What people do with runs. */
#include "doors/spacelift/resolver.h"
#include "run/run.h"

/* Free text that a client wants to be kept with a run. */
static struct text run_metadata(struct graphql_call *call)
{
    return resolver_header(call, TEXT("Spacelift-User-Provided-Run-Metadata"));
}

static void print_environment(const struct spacelift_EnvVarInput_list *variables,
                              struct json_writer *writer)
{
    json_key_z(writer, "environment");
    json_begin_array(writer);
    for (size_t i = 0; i < variables->len; i++) {
        json_begin_object(writer);
        json_member_string(writer, "name", variables->items[i].key);
        json_member_string(writer, "value", variables->items[i].value);
        json_end_object(writer);
    }
    json_end_array(writer);
}

/* As run_input wants it: a JSON object, or nothing. */
static struct text print_runtime_config(struct graphql_call *call,
                                        const struct spacelift_RuntimeConfigInput *input)
{
    struct json_printer printer;
    struct hooks hooks;
    if (!input)
        return (struct text){NULL, 0};
#define HOOK(name, wire) hooks.name = input->name;
#include "tables/hooks.def"
#undef HOOK
    struct json_writer *writer = json_print_begin(&printer, call->arena);
    json_begin_object(writer);
    print_environment(&input->environment, writer);
    if (input->project_root.at)
        json_member_string(writer, "project_root", input->project_root);
    json_key_z(writer, "hooks");
    hooks_print(&hooks, writer);
    json_end_object(writer);
    return json_print_end(&printer);
}

bool spacelift_Mutation_runTrigger(struct graphql_call *call,
                                   const struct spacelift_Mutation_runTrigger_args *args)
{
    struct run *run;
    struct run_input input = {
        .type = args->given.run_type == GRAPHQL_GIVEN ? args->run_type : RUN_TYPE_TRACKED,
        .commit = args->commit_sha,
        .force_apply = args->given.force_apply == GRAPHQL_GIVEN,
        .runtime_config = print_runtime_config(call, args->runtime_config),
        .metadata = run_metadata(call),
    };
    if (input.type == RUN_TYPE_TASK)
        return error_set(call->error, ERR_INVALID, "tasks are made by taskCreate");
    if (!run_trigger(resolver_ctx(call), args->stack, &input, &run))
        return false;
    spacelift_Mutation_runTrigger_give(call, 0, run);
    return true;
}

bool spacelift_Mutation_taskCreate(struct graphql_call *call,
                                   const struct spacelift_Mutation_taskCreate_args *args)
{
    struct run *run;
    if (!run_trigger(resolver_ctx(call), args->stack,
                     &(struct run_input){.type = RUN_TYPE_TASK,
                                         .command = args->command,
                                         .skip_initialization = args->skip_initialization,
                                         .metadata = run_metadata(call)},
                     &run))
        return false;
    spacelift_Mutation_taskCreate_give(call, 0, run);
    return true;
}

bool spacelift_Mutation_runConfirm(struct graphql_call *call,
                                   const struct spacelift_Mutation_runConfirm_args *args)
{
    struct run *run;
    if (!run_confirm(resolver_ctx(call), args->stack, args->run, args->note, run_metadata(call),
                     &run))
        return false;
    spacelift_Mutation_runConfirm_give(call, 0, run);
    return true;
}

bool spacelift_Mutation_runDiscard(struct graphql_call *call,
                                   const struct spacelift_Mutation_runDiscard_args *args)
{
    struct run *run;
    if (!run_discard(resolver_ctx(call), args->stack, args->run, args->note, &run))
        return false;
    spacelift_Mutation_runDiscard_give(call, 0, run);
    return true;
}

bool spacelift_Mutation_runDiscardAll(struct graphql_call *call,
                                      const struct spacelift_Mutation_runDiscardAll_args *args)
{
    struct list discarded;
    if (!run_discard_all(resolver_ctx(call), args->stack, args->note, &discarded))
        return false;
    struct spacelift_RunDiscardAllResult *result =
        ARENA_NEW(call->arena, struct spacelift_RunDiscardAllResult);
    const struct run **runs = ARENA_ARRAY(call->arena, const struct run *, discarded.len);
    if (!result || !runs)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < discarded.len; i++)
        runs[i] = list_at(&discarded, i);
    result->discarded_runs = runs;
    result->discarded_runs_count = discarded.len;
    spacelift_Mutation_runDiscardAll_give(call, 0, result);
    return true;
}

bool spacelift_Mutation_runCancel(struct graphql_call *call,
                                  const struct spacelift_Mutation_runCancel_args *args)
{
    struct run *run;
    if (!run_cancel(resolver_ctx(call), args->stack, args->run, args->note, &run))
        return false;
    spacelift_Mutation_runCancel_give(call, 0, run);
    return true;
}

bool spacelift_Mutation_runStop(struct graphql_call *call,
                                const struct spacelift_Mutation_runStop_args *args)
{
    struct run *run;
    if (!run_stop(resolver_ctx(call), args->stack, args->run, args->note, &run))
        return false;
    spacelift_Mutation_runStop_give(call, 0, run);
    return true;
}

bool spacelift_Mutation_runRetry(struct graphql_call *call,
                                 const struct spacelift_Mutation_runRetry_args *args)
{
    struct run *run;
    if (!run_retry(resolver_ctx(call), args->stack, args->run, &run))
        return false;
    spacelift_Mutation_runRetry_give(call, 0, run);
    return true;
}

bool spacelift_Mutation_runPrioritizeSet(
    struct graphql_call *call, const struct spacelift_Mutation_runPrioritizeSet_args *args)
{
    struct run *run;
    if (!run_set_priority(resolver_ctx(call), args->stack, args->run, args->prioritize, &run))
        return false;
    spacelift_Mutation_runPrioritizeSet_give(call, 0, run);
    return true;
}

bool spacelift_Mutation_runComment(struct graphql_call *call,
                                   const struct spacelift_Mutation_runComment_args *args)
{
    struct run_comment *comment;
    if (!run_comment_add(resolver_ctx(call), args->stack, args->run, args->body, &comment))
        return false;
    spacelift_Mutation_runComment_give(call, 0, comment);
    return true;
}
