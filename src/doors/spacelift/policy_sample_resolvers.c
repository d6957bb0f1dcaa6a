/* Evaluations of policies: those that were kept, and trying one out, alone or on recorded logins.
 */
#include "base/clock.h"
#include "doors/spacelift/search_input.h"
#include "policy/policy.h"
#include "policy/rehearsal.h"
#include "policy/sample.h"
#include "policy/simulation.h"

bool spacelift_Policy_evaluationRecords(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct policy, id);
    struct list samples;
    return ids && sample_list_many(resolver_ctx(call), ids, call->count, &samples) &&
           resolver_give_rows(call, &samples, offsetof(struct policy_sample, policy_id), ids);
}

bool spacelift_Policy_evaluationSample(struct graphql_call *call,
                                       const struct spacelift_Policy_evaluationSample_args *args)
{
    for (size_t i = 0; i < call->count; i++) {
        struct policy_sample *sample;
        struct text policy_id = spacelift_Policy_parent(call, i)->id;
        if (!sample_get(resolver_ctx(call), policy_id, args->key, &sample))
            return false;
        spacelift_Policy_evaluationSample_give(call, i, sample);
    }
    return true;
}

static const struct spacelift_SearchEvaluationRecordsOutput *print_page(
    struct graphql_call *call, const struct search_page *page)
{
    struct spacelift_SearchEvaluationRecordsOutput *output =
        ARENA_NEW(call->arena, struct spacelift_SearchEvaluationRecordsOutput);
    const struct spacelift_PageInfo *info =
        search_page_info(call, page->end_cursor, page->has_next, page->has_previous);
    struct spacelift_SearchEvaluationRecordsEdge *edges =
        ARENA_ARRAY(call->arena, struct spacelift_SearchEvaluationRecordsEdge, page->len);
    const struct spacelift_SearchEvaluationRecordsEdge **pointers =
        ARENA_ARRAY(call->arena, const struct spacelift_SearchEvaluationRecordsEdge *, page->len);
    if (!output || !info || !edges || !pointers)
        return NULL;
    for (size_t i = 0; i < page->len; i++) {
        edges[i].node = page->items[i];
        pointers[i] = &edges[i];
    }
    *output = (struct spacelift_SearchEvaluationRecordsOutput){
        .edges = pointers, .edges_count = page->len, .page_info = info};
    return output;
}

bool spacelift_Policy_searchEvaluationRecords(
    struct graphql_call *call, const struct spacelift_Policy_searchEvaluationRecords_args *args)
{
    struct search search;
    if (!search_read(call, args->input, &search))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        struct search_page page;
        struct text policy_id = spacelift_Policy_parent(call, i)->id;
        if (!sample_search(resolver_ctx(call), policy_id, &search, &page))
            return false;
        const struct spacelift_SearchEvaluationRecordsOutput *output = print_page(call, &page);
        if (!output)
            return error_set_no_memory(call->error);
        spacelift_Policy_searchEvaluationRecords_give(call, i, output);
    }
    return true;
}

bool spacelift_Mutation_policySimulate(struct graphql_call *call,
                                       const struct spacelift_Mutation_policySimulate_args *args)
{
    struct text result;
    if (!policy_simulate(resolver_ctx(call), args->type, args->body, args->input, &result))
        return false;
    spacelift_Mutation_policySimulate_give(call, 0, result);
    return true;
}

bool spacelift_Query_policyRehearse(struct graphql_call *call,
                                    const struct spacelift_Query_policyRehearse_args *args)
{
    struct rehearsal *rehearsal = ARENA_NEW(call->arena, struct rehearsal);
    const struct rehearsal_input input = {.body = args->body,
                                          .engine = args->engine_type,
                                          .replaces = args->replaces,
                                          .since = args->since * CLOCK_SECOND,
                                          .limit = args->limit};
    if (!rehearsal)
        return error_set_no_memory(call->error);
    if (!policy_rehearse(resolver_ctx(call), &input, rehearsal))
        return false;
    spacelift_Query_policyRehearse_give(call, 0, rehearsal);
    return true;
}
