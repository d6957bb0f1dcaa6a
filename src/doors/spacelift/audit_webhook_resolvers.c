/* The webhook of the audit trail. */
#include "audit/webhook.h"
#include "doors/spacelift/resolver.h"

bool spacelift_Query_auditTrailWebhook(struct graphql_call *call)
{
    struct webhook *webhook;
    if (!webhook_find(resolver_ctx(call), &webhook))
        return false;
    spacelift_Query_auditTrailWebhook_give(call, 0, webhook);
    return true;
}

/* NULL without memory, with the error set. */
static const struct webhook_header *read_headers(struct graphql_call *call,
                                                 const struct spacelift_StringMapInput *map,
                                                 size_t *count)
{
    *count = map ? map->entries.len : 0;
    struct webhook_header *headers = ARENA_ARRAY(call->arena, struct webhook_header, *count);
    if (!headers)
        error_set_no_memory(call->error);
    for (size_t i = 0; headers && i < *count; i++)
        headers[i] =
            (struct webhook_header){map->entries.items[i].key, map->entries.items[i].value};
    return headers;
}

bool spacelift_Mutation_auditTrailSetWebhook(
    struct graphql_call *call, const struct spacelift_Mutation_auditTrailSetWebhook_args *args)
{
    const struct spacelift_AuditTrailWebhookInput *input = args->input;
    struct webhook *webhook;
    size_t count;
    const struct webhook_header *headers = read_headers(call, input->custom_headers, &count);
    if (!headers ||
        !webhook_set(resolver_ctx(call),
                     &(struct webhook_input){.enabled = input->enabled,
                                             .endpoint = input->endpoint,
                                             .include_runs = input->include_runs,
                                             .retry_on_failure = input->retry_on_failure,
                                             .secret = input->secret,
                                             .headers = headers,
                                             .header_count = count,
                                             .keeps_headers = input->custom_headers == NULL},
                     &webhook))
        return false;
    spacelift_Mutation_auditTrailSetWebhook_give(call, 0, webhook);
    return true;
}

bool spacelift_Mutation_auditTrailDeleteWebhook(struct graphql_call *call)
{
    struct webhook *webhook;
    if (!webhook_delete(resolver_ctx(call), &webhook))
        return false;
    spacelift_Mutation_auditTrailDeleteWebhook_give(call, 0, webhook);
    return true;
}

bool spacelift_Mutation_auditTrailWebhookSetHeaders(
    struct graphql_call *call,
    const struct spacelift_Mutation_auditTrailWebhookSetHeaders_args *args)
{
    struct webhook *webhook;
    size_t count;
    const struct webhook_header *headers = read_headers(call, args->input->headers, &count);
    if (!headers || !webhook_set_headers(resolver_ctx(call), headers, count, &webhook))
        return false;
    spacelift_Mutation_auditTrailWebhookSetHeaders_give(call, 0, webhook);
    return true;
}

bool spacelift_Mutation_auditTrailWebhookDeleteHeaders(
    struct graphql_call *call,
    const struct spacelift_Mutation_auditTrailWebhookDeleteHeaders_args *args)
{
    struct webhook *webhook;
    if (!webhook_delete_headers(resolver_ctx(call), args->input->headers, &webhook))
        return false;
    spacelift_Mutation_auditTrailWebhookDeleteHeaders_give(call, 0, webhook);
    return true;
}

bool spacelift_AuditTrailWebhook_secret(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_AuditTrailWebhook_secret_give(call, i, TEXT(""));
    return true;
}
