/* The audit trail. */
#include "audit/audit_search.h"
#include "doors/spacelift/search_input.h"
#include "identity/actor_read.h"
#include "run/run.h"

static const struct spacelift_SearchAuditTrailEntriesOutput *print_page(
    struct graphql_call *call, const struct audit_page *page)
{
    struct spacelift_SearchAuditTrailEntriesOutput *output =
        ARENA_NEW(call->arena, struct spacelift_SearchAuditTrailEntriesOutput);
    struct spacelift_SearchAuditTrailEntriesEdge *edges =
        ARENA_ARRAY(call->arena, struct spacelift_SearchAuditTrailEntriesEdge, page->len);
    const struct spacelift_SearchAuditTrailEntriesEdge **pointers =
        ARENA_ARRAY(call->arena, const struct spacelift_SearchAuditTrailEntriesEdge *, page->len);
    if (!output || !edges || !pointers)
        return NULL;
    for (size_t i = 0; i < page->len; i++) {
        edges[i].node = &page->entries[i];
        pointers[i] = &edges[i];
    }
    *output = (struct spacelift_SearchAuditTrailEntriesOutput){
        .edges = pointers,
        .edges_count = page->len,
        .page_info = search_page_info(call, page->end_cursor, page->has_next, page->has_previous)};
    return output->page_info ? output : NULL;
}

bool spacelift_Query_searchAuditTrailEntries(
    struct graphql_call *call, const struct spacelift_Query_searchAuditTrailEntries_args *args)
{
    struct search search;
    struct audit_page page;
    if (!search_read(call, args->input, &search) ||
        !audit_search(resolver_ctx(call), &search, &page))
        return false;
    const struct spacelift_SearchAuditTrailEntriesOutput *output = print_page(call, &page);
    if (!output)
        return error_set_no_memory(call->error);
    spacelift_Query_searchAuditTrailEntries_give(call, 0, output);
    return true;
}

bool spacelift_Query_auditVerify(struct graphql_call *call)
{
    struct audit_verdict verdict;
    struct spacelift_AuditTrailVerification *output =
        ARENA_NEW(call->arena, struct spacelift_AuditTrailVerification);
    struct ctx *ctx = resolver_ctx(call);
    if (!output)
        return error_set_no_memory(call->error);
    if (!access_require_administrator(ctx, NULL) || !audit_verify(ctx, &verdict))
        return false;
    *output = (struct spacelift_AuditTrailVerification){
        .broken_at = verdict.broken_at,
        .has_broken_at = verdict.broken_at != 0,
        .entries = verdict.count,
        .head = verdict.head,
        .head_sequence = verdict.head_sequence,
        .removed_up_to = verdict.removed_up_to,
    };
    spacelift_Query_auditVerify_give(call, 0, output);
    return true;
}

bool spacelift_AuditTrailEntry_eventType(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_AuditTrailEntry_eventType_give(
            call, i, audit_event_type(spacelift_AuditTrailEntry_parent(call, i)));
    return true;
}

/* NULL without memory, with the error set. */
static struct spacelift_AuditTrailResource *make_resource(struct graphql_call *call,
                                                          struct text type, struct text id)
{
    struct spacelift_AuditTrailResource *resource =
        ARENA_NEW(call->arena, struct spacelift_AuditTrailResource);
    if (!resource) {
        error_set_no_memory(call->error);
        return NULL;
    }
    resource->resource_type = type;
    resource->resource_id = id.len ? id : (struct text){NULL, 0};
    return resource;
}

bool spacelift_AuditTrailEntry_affectedResource(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct audit_entry *entry = spacelift_AuditTrailEntry_parent(call, i);
        const struct spacelift_AuditTrailResource *resource =
            make_resource(call, entry->resource_type, entry->resource_id);
        if (!resource)
            return false;
        spacelift_AuditTrailEntry_affectedResource_give(call, i, resource);
    }
    return true;
}

bool spacelift_AuditTrailEntry_relatedResource(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct audit_entry *entry = spacelift_AuditTrailEntry_parent(call, i);
        if (entry->related_type.len == 0)
            continue;
        const struct spacelift_AuditTrailResource *resource =
            make_resource(call, entry->related_type, entry->related_id);
        if (!resource)
            return false;
        spacelift_AuditTrailEntry_relatedResource_give(call, i, resource);
    }
    return true;
}

/* A run that is gone meanwhile is null; its username still tells its id. */
bool spacelift_AuditTrailActor_run(struct graphql_call *call)
{
    struct text *ids = ARENA_ARRAY(call->arena, struct text, call->count);
    const struct run **runs = ARENA_ARRAY(call->arena, const struct run *, call->count);
    if (!ids || !runs)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < call->count; i++)
        ids[i] = run_id_of_username(spacelift_AuditTrailActor_parent(call, i)->actor);
    if (!run_find_many(resolver_ctx(call), ids, call->count, runs))
        return false;
    for (size_t i = 0; i < call->count; i++)
        spacelift_AuditTrailActor_run_give(call, i, runs[i]);
    return true;
}
