/* Policies: finding, making and changing them. */
#include "access/space_tree.h"
#include "doors/spacelift/search_input.h"
#include "policy/policy.h"

bool spacelift_Query_policy(struct graphql_call *call,
                            const struct spacelift_Query_policy_args *args)
{
    struct policy *policy;
    if (!policy_find(resolver_ctx(call), args->id, &policy))
        return false;
    spacelift_Query_policy_give(call, 0, policy);
    return true;
}

bool spacelift_Query_policies(struct graphql_call *call)
{
    struct list policies;
    if (!policy_list(resolver_ctx(call), &policies))
        return false;
    spacelift_Query_policies_give_array(call, 0, policies.items, policies.len);
    return true;
}

static const struct spacelift_SearchPoliciesOutput *print_page(struct graphql_call *call,
                                                               const struct search_page *page)
{
    struct spacelift_SearchPoliciesOutput *output =
        ARENA_NEW(call->arena, struct spacelift_SearchPoliciesOutput);
    const struct spacelift_PageInfo *info =
        search_page_info(call, page->end_cursor, page->has_next, page->has_previous);
    struct spacelift_SearchPoliciesEdge *edges =
        ARENA_ARRAY(call->arena, struct spacelift_SearchPoliciesEdge, page->len);
    const struct spacelift_SearchPoliciesEdge **pointers =
        ARENA_ARRAY(call->arena, const struct spacelift_SearchPoliciesEdge *, page->len);
    if (!output || !info || !edges || !pointers)
        return NULL;
    for (size_t i = 0; i < page->len; i++) {
        edges[i].node = page->items[i];
        pointers[i] = &edges[i];
    }
    *output = (struct spacelift_SearchPoliciesOutput){
        .edges = pointers, .edges_count = page->len, .page_info = info};
    return output;
}

bool spacelift_Query_searchPolicies(struct graphql_call *call,
                                    const struct spacelift_Query_searchPolicies_args *args)
{
    struct search search;
    struct search_page page;
    if (!search_read(call, args->input, &search) ||
        !policy_search(resolver_ctx(call), &search, &page))
        return false;
    const struct spacelift_SearchPoliciesOutput *output = print_page(call, &page);
    if (!output)
        return error_set_no_memory(call->error);
    spacelift_Query_searchPolicies_give(call, 0, output);
    return true;
}

bool spacelift_Mutation_policyCreatev2(struct graphql_call *call,
                                       const struct spacelift_Mutation_policyCreatev2_args *args)
{
    const struct spacelift_PolicyCreateInput *input = args->input;
    struct policy *policy;
    if (!policy_create(resolver_ctx(call),
                       &(struct policy_input){.name = input->name,
                                              .body = input->body,
                                              .description = input->description,
                                              .space = input->space,
                                              .labels = input->labels,
                                              .type = input->type,
                                              .engine_type = input->engine_type},
                       &policy))
        return false;
    spacelift_Mutation_policyCreatev2_give(call, 0, policy);
    return true;
}

bool spacelift_Mutation_policyUpdatev2(struct graphql_call *call,
                                       const struct spacelift_Mutation_policyUpdatev2_args *args)
{
    const struct spacelift_PolicyUpdateInput *input = args->input;
    struct policy *policy;
    if (!policy_update(
            resolver_ctx(call), args->id,
            &(struct policy_input){.name = input->name,
                                   .body = input->body,
                                   .description = input->description,
                                   .space = input->space,
                                   .labels = input->labels,
                                   .engine_type = input->engine_type,
                                   .keeps_engine = input->given.engine_type != GRAPHQL_GIVEN},
            &policy))
        return false;
    spacelift_Mutation_policyUpdatev2_give(call, 0, policy);
    return true;
}

bool spacelift_Mutation_policyDelete(struct graphql_call *call,
                                     const struct spacelift_Mutation_policyDelete_args *args)
{
    struct policy *policy;
    if (!policy_delete(resolver_ctx(call), args->id, &policy))
        return false;
    spacelift_Mutation_policyDelete_give(call, 0, policy);
    return true;
}

bool spacelift_Policy_spaceDetails(struct graphql_call *call)
{
    const struct space_tree *tree = space_tree_get(resolver_ctx(call));
    for (size_t i = 0; tree && i < call->count; i++)
        spacelift_Policy_spaceDetails_give(
            call, i, space_tree_find(tree, spacelift_Policy_parent(call, i)->space));
    return tree != NULL;
}
