/* Keys that trust an identity provider. */
#include "doors/spacelift/oidc_input.h"
#include "identity/api_key.h"
#include "identity/id_token.h"

const struct oidc_mapping *oidc_input_mappings(struct graphql_call *call,
                                               const struct spacelift_ClaimMappingInput *input,
                                               size_t *count)
{
    *count = input ? input->entries.len : 0;
    struct oidc_mapping *mappings = ARENA_ARRAY(call->arena, struct oidc_mapping, *count);
    for (size_t i = 0; mappings && i < *count; i++)
        mappings[i] =
            (struct oidc_mapping){input->entries.items[i].name, input->entries.items[i].value};
    return mappings;
}

static struct text_list one(struct arena *arena, struct text value)
{
    struct text *items = ARENA_ARRAY(arena, struct text, 1);
    if (items)
        items[0] = value;
    return (struct text_list){items, items ? 1 : 0};
}

/* A condition with no way, or with more than one, is left without a value, which the noun refuses.
 */
static void read_condition(struct arena *arena, const struct spacelift_OIDCConditionInput *input,
                           struct oidc_condition *out)
{
    bool equals = input->given.equals == GRAPHQL_GIVEN;
    bool one_of = input->given.one_of == GRAPHQL_GIVEN;
    bool expression = input->given.expression == GRAPHQL_GIVEN;
    out->claim = input->claim;
    if (equals + one_of + expression != 1)
        return;
    out->rule = equals ? OIDC_EQUALS : one_of ? OIDC_ONE_OF : OIDC_EXPRESSION;
    out->values = one_of ? input->one_of : one(arena, equals ? input->equals : input->expression);
}

const struct oidc_trust *oidc_input_read(struct graphql_call *call,
                                         const struct spacelift_ApiKeyInputOIDC *input)
{
    size_t count = input->conditions.len;
    struct oidc_trust *trust = ARENA_NEW(call->arena, struct oidc_trust);
    struct oidc_condition *conditions = ARENA_ARRAY(call->arena, struct oidc_condition, count);
    if (!trust || !conditions)
        return NULL;
    for (size_t i = 0; i < count; i++)
        read_condition(call->arena, &input->conditions.items[i], &conditions[i]);
    *trust = (struct oidc_trust){.issuer = input->issuer,
                                 .client_id = input->client_id,
                                 .subject_expression = input->subject_expression,
                                 .conditions = conditions,
                                 .conditions_count = count};
    trust->mappings = oidc_input_mappings(call, input->claim_mappings, &trust->mappings_count);
    return trust->mappings ? trust : NULL;
}

bool spacelift_Query_apiKeyTestToken(struct graphql_call *call,
                                     const struct spacelift_Query_apiKeyTestToken_args *args)
{
    struct id_token_report *report;
    if (!api_key_test_token(resolver_ctx(call), args->id, args->token, &report))
        return false;
    if (!report)
        return error_set(call->error, ERR_NOT_FOUND, "API key not found");
    spacelift_Query_apiKeyTestToken_give(call, 0, report);
    return true;
}

bool spacelift_ApiKeyOIDCSettings_warnings(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        struct text_list warnings;
        if (!oidc_trust_warnings(resolver_ctx(call), spacelift_ApiKeyOIDCSettings_parent(call, i),
                                 &warnings))
            return false;
        spacelift_ApiKeyOIDCSettings_warnings_give(call, i, warnings);
    }
    return true;
}
