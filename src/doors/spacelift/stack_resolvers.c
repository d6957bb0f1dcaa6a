/* Stacks: finding them, and what hangs on them. */
#include "doors/spacelift/resolver.h"
#include "doors/spacelift/search_input.h"
#include "doors/spacelift/stack_selection.h"
#include "role/role.h"
#include "run/run.h"
#include "stack/stack_config.h"
#include "stack/stack_result.h"
#include "stack/stack_search.h"

bool spacelift_Query_stack(struct graphql_call *call, const struct spacelift_Query_stack_args *args)
{
    struct stack *stack;
    if (!stack_find(resolver_ctx(call), args->id, &stack))
        return false;
    spacelift_Query_stack_give(call, 0, stack);
    return true;
}

bool spacelift_Query_runStack(struct graphql_call *call,
                              const struct spacelift_Query_runStack_args *args)
{
    struct stack *stack;
    if (!run_stack(resolver_ctx(call), args->run_id, &stack))
        return false;
    spacelift_Query_runStack_give(call, 0, stack);
    return true;
}

bool spacelift_Query_stacks(struct graphql_call *call)
{
    struct list stacks;
    if (!stack_list(resolver_ctx(call), stack_columns_selected(call), &stacks))
        return false;
    spacelift_Query_stacks_give(call, 0, stacks.items, stacks.len);
    return true;
}

static const struct spacelift_SearchStacksOutput *print_page(struct graphql_call *call,
                                                             const struct stack_page *page)
{
    struct spacelift_SearchStacksOutput *output =
        ARENA_NEW(call->arena, struct spacelift_SearchStacksOutput);
    const struct spacelift_PageInfo *info =
        search_page_info(call, page->end_cursor, page->has_next, page->has_previous);
    struct spacelift_SearchStacksEdge *edges =
        ARENA_ARRAY(call->arena, struct spacelift_SearchStacksEdge, page->len);
    const struct spacelift_SearchStacksEdge **pointers =
        ARENA_ARRAY(call->arena, const struct spacelift_SearchStacksEdge *, page->len);
    if (!output || !info || !edges || !pointers)
        return NULL;
    for (size_t i = 0; i < page->len; i++) {
        edges[i].node = page->stacks[i];
        pointers[i] = &edges[i];
    }
    *output = (struct spacelift_SearchStacksOutput){
        .edges = pointers, .edges_count = page->len, .page_info = info};
    return output;
}

bool spacelift_Query_searchStacks(struct graphql_call *call,
                                  const struct spacelift_Query_searchStacks_args *args)
{
    struct search search;
    struct stack_page page;
    if (!search_read(call, args->input, &search) ||
        !stack_search(resolver_ctx(call), &search, &page))
        return false;
    const struct spacelift_SearchStacksOutput *output = print_page(call, &page);
    if (!output)
        return error_set_no_memory(call->error);
    spacelift_Query_searchStacks_give(call, 0, output);
    return true;
}

bool spacelift_Stack_config(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct stack, id);
    struct list elements;
    return ids && stack_config_list(resolver_ctx(call), ids, call->count, &elements) &&
           resolver_give_rows(call, &elements, offsetof(struct config_element, stack_id), ids);
}

bool spacelift_Stack_configElement(struct graphql_call *call,
                                   const struct spacelift_Stack_configElement_args *args)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct stack, id);
    struct list elements;
    if (!ids || !stack_config_list(resolver_ctx(call), ids, call->count, &elements))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        for (size_t j = 0; j < elements.len; j++) {
            const struct config_element *element = list_at(&elements, j);
            if (text_equal(element->stack_id, ids[i]) && text_equal(element->id, args->id))
                spacelift_Stack_configElement_give(call, i, element);
        }
    }
    return true;
}

/* Without contexts the effective configuration is the stack's own. */
bool spacelift_Stack_runtimeConfig(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct stack, id);
    struct list elements;
    if (!ids || !stack_config_list(resolver_ctx(call), ids, call->count, &elements))
        return false;
    struct spacelift_RuntimeConfigElement *rows =
        ARENA_ARRAY(call->arena, struct spacelift_RuntimeConfigElement, elements.len);
    const struct spacelift_RuntimeConfigElement **pointers =
        ARENA_ARRAY(call->arena, const struct spacelift_RuntimeConfigElement *, elements.len);
    if (!rows || !pointers)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < elements.len; i++) {
        rows[i].element = list_at(&elements, i);
        pointers[i] = &rows[i];
    }
    for (size_t i = 0; i < call->count; i++) {
        size_t start = 0;
        while (start < elements.len && !text_equal(rows[start].element->stack_id, ids[i]))
            start++;
        size_t end = start;
        while (end < elements.len && text_equal(rows[end].element->stack_id, ids[i]))
            end++;
        spacelift_Stack_runtimeConfig_give(call, i, pointers + start, end - start);
    }
    return true;
}

bool spacelift_Stack_entities(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct stack, id);
    struct ctx *ctx = resolver_ctx(call);
    struct list entities;
    struct list views;
    if (!ids || !stack_entity_list(ctx, ids, call->count, &entities))
        return false;
    list_init(&views, call->arena, sizeof(struct entity_view));
    for (size_t i = 0; i < entities.len; i++) {
        struct entity_view *view = list_push(&views);
        if (!view)
            return error_set_no_memory(call->error);
        if (!entity_view_init(ctx, view, list_at(&entities, i)))
            return false;
    }
    return resolver_give_rows(call, &views, offsetof(struct entity_view, entity.stack_id), ids);
}

/* The runs that entities name, one for each parent, NULL where none is known. */
static const struct run **runs_of(struct graphql_call *call, size_t offset)
{
    const struct text *ids = resolver_parent_texts(call, offset);
    const struct run **runs = ARENA_ARRAY(call->arena, const struct run *, call->count);
    if (!ids || !runs) {
        error_set_no_memory(call->error);
        return NULL;
    }
    return run_find_many(resolver_ctx(call), ids, call->count, runs) ? runs : NULL;
}

bool spacelift_ManagedEntity_creator(struct graphql_call *call)
{
    const struct run **runs = runs_of(call, offsetof(struct entity_view, entity.creator_id));
    for (size_t i = 0; runs && i < call->count; i++)
        spacelift_ManagedEntity_creator_give(call, i, runs[i]);
    return runs != NULL;
}

bool spacelift_ManagedEntity_updater(struct graphql_call *call)
{
    const struct run **runs = runs_of(call, offsetof(struct entity_view, entity.updater_id));
    for (size_t i = 0; runs && i < call->count; i++)
        spacelift_ManagedEntity_updater_give(call, i, runs[i]);
    return runs != NULL;
}

bool spacelift_Stack_outputs(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct stack, id);
    struct list outputs;
    return ids && stack_output_list(resolver_ctx(call), ids, call->count, &outputs) &&
           resolver_give_rows(call, &outputs, offsetof(struct output, stack_id), ids);
}

bool spacelift_Stack_blocker(struct graphql_call *call)
{
    const struct run **runs = runs_of(call, offsetof(struct stack, blocker_id));
    for (size_t i = 0; runs && i < call->count; i++)
        spacelift_Stack_blocker_give(call, i, runs[i]);
    return runs != NULL;
}

bool spacelift_Stack_blocked(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_Stack_blocked_give(call, i, spacelift_Stack_parent(call, i)->blocker_id.len > 0);
    return true;
}

bool spacelift_Stack_canWrite(struct graphql_call *call)
{
    struct visibility visibility;
    if (!visibility_get(resolver_ctx(call), &visibility))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        struct text space = spacelift_Stack_parent(call, i)->space;
        bool can = access_level_of(&visibility, space) >= ACCESS_LEVEL_WRITE;
        spacelift_Stack_canWrite_give(call, i, can);
    }
    return true;
}

bool spacelift_Stack_spaceDetails(struct graphql_call *call)
{
    const struct space_tree *tree = space_tree_get(resolver_ctx(call));
    for (size_t i = 0; tree && i < call->count; i++)
        spacelift_Stack_spaceDetails_give(
            call, i, space_tree_find(tree, spacelift_Stack_parent(call, i)->space));
    return tree != NULL;
}

bool spacelift_Stack_starred(struct graphql_call *call)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct stack, id);
    bool *starred = ARENA_ARRAY(call->arena, bool, call->count);
    if (!ids || !starred)
        return error_set_no_memory(call->error);
    if (!stack_stars(resolver_ctx(call), ids, call->count, starred))
        return false;
    for (size_t i = 0; i < call->count; i++)
        spacelift_Stack_starred_give(call, i, starred[i]);
    return true;
}

bool spacelift_Stack_stateIsTerminal(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        enum run_state state;
        struct text name = text_z(stack_state_name(spacelift_Stack_parent(call, i)->state));
        bool terminal = run_state_parse(name, &state) && run_state_is_terminal(state);
        spacelift_Stack_stateIsTerminal_give(call, i, terminal);
    }
    return true;
}

/* Facts about nouns that do not exist: nothing is deleted and kept, drifted, rolled back or
 * detached, and nobody has to approve. */
#define ALWAYS_FALSE(field)                                                                        \
    bool spacelift_Stack_##field(struct graphql_call *call)                                        \
    {                                                                                              \
        for (size_t i = 0; i < call->count; i++)                                                   \
            spacelift_Stack_##field##_give(call, i, false);                                        \
        return true;                                                                               \
    }

ALWAYS_FALSE(deleted)
ALWAYS_FALSE(isDrifted)
ALWAYS_FALSE(isStateRollback)
ALWAYS_FALSE(needsApproval)
ALWAYS_FALSE(vcsDetached)
