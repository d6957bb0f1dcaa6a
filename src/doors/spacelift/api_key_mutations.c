/* Making, changing and deleting API keys. */
#include "base/clock.h"
#include "doors/spacelift/access_rule_view.h"
#include "doors/spacelift/oidc_input.h"
#include "identity/api_key_change.h"
#include "identity/api_key_right.h"

static enum api_key_kind kind_of(const struct spacelift_ApiKeyInput *input)
{
    if (input->worker)
        return API_KEY_WORKER;
    return input->oidc ? API_KEY_OIDC : API_KEY_SECRET;
}

bool spacelift_Mutation_apiKeyCreate(struct graphql_call *call,
                                     const struct spacelift_Mutation_apiKeyCreate_args *args)
{
    const struct spacelift_ApiKeyInput *given = args->input;
    struct api_key *key;
    struct api_key_input input = {.kind = kind_of(given),
                                  .admin = given->admin,
                                  .name = given->name,
                                  .description = given->description,
                                  .teams = given->teams,
                                  .expires_at = given->expires_at * CLOCK_SECOND};
    input.rules = access_rules_given(call, given->access_rules);
    input.rules_count = given->access_rules.len;
    if (!input.rules)
        return false;
    if (input.kind == API_KEY_OIDC && !(input.oidc = oidc_input_read(call, given->oidc)))
        return error_set_no_memory(call->error);
    if (!api_key_create(resolver_ctx(call), &input, &key))
        return false;
    spacelift_Mutation_apiKeyCreate_give(call, 0, key);
    return true;
}

bool spacelift_Mutation_apiKeyUpdate(struct graphql_call *call,
                                     const struct spacelift_Mutation_apiKeyUpdate_args *args)
{
    const struct spacelift_ApiKeyUpdateInput *given = args->input;
    struct api_key *key;
    struct api_key_update update = {.has_teams = given->given.teams == GRAPHQL_GIVEN,
                                    .teams = given->teams,
                                    .has_mappings =
                                        given->given.oidc_claim_mappings == GRAPHQL_GIVEN};
    if (given->given.name == GRAPHQL_GIVEN)
        update.name = given->name;
    if (given->given.description == GRAPHQL_GIVEN)
        update.description = given->description;
    update.mappings = oidc_input_mappings(call, given->oidc_claim_mappings, &update.mappings_count);
    if (!update.mappings)
        return error_set_no_memory(call->error);
    if (!api_key_update(resolver_ctx(call), args->id, &update, &key))
        return false;
    spacelift_Mutation_apiKeyUpdate_give(call, 0, key);
    return true;
}

bool spacelift_Mutation_apiKeyReset(struct graphql_call *call,
                                    const struct spacelift_Mutation_apiKeyReset_args *args)
{
    struct api_key *key;
    if (!api_key_reset(resolver_ctx(call), args->id, args->grace_seconds, &key))
        return false;
    spacelift_Mutation_apiKeyReset_give(call, 0, key);
    return true;
}

bool spacelift_Mutation_apiKeyRevokePreviousSecret(
    struct graphql_call *call,
    const struct spacelift_Mutation_apiKeyRevokePreviousSecret_args *args)
{
    struct api_key *key;
    if (!api_key_revoke_previous(resolver_ctx(call), args->id, &key))
        return false;
    spacelift_Mutation_apiKeyRevokePreviousSecret_give(call, 0, key);
    return true;
}

bool spacelift_Mutation_apiKeyEnableNonRootManagers(
    struct graphql_call *call,
    const struct spacelift_Mutation_apiKeyEnableNonRootManagers_args *args)
{
    if (!api_key_enable_non_root_managers(resolver_ctx(call), args->enable))
        return false;
    spacelift_Mutation_apiKeyEnableNonRootManagers_give(call, 0, args->enable);
    return true;
}

bool spacelift_Mutation_apiKeyDelete(struct graphql_call *call,
                                     const struct spacelift_Mutation_apiKeyDelete_args *args)
{
    struct api_key *key;
    if (!api_key_delete(resolver_ctx(call), args->id, &key))
        return false;
    spacelift_Mutation_apiKeyDelete_give(call, 0, key);
    return true;
}
