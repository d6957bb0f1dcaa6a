/* Helpers of resolvers: reading parents, giving rows back to them. */
#include "doors/spacelift/resolver.h"

#include "doors/spacelift/spacelift_request.h"

struct ctx *resolver_ctx(struct graphql_call *call)
{
    struct spacelift_request *request = call->context;
    request->ctx.error = call->error;
    return &request->ctx;
}

struct text resolver_header(struct graphql_call *call, struct text name)
{
    const struct spacelift_request *request = call->context;
    return http_header_get(request->http, name);
}

const struct text *resolver_parent_texts(struct graphql_call *call, size_t offset)
{
    struct text *texts = ARENA_ARRAY(call->arena, struct text, call->count);
    if (!texts) {
        error_set_no_memory(call->error);
        return NULL;
    }
    for (size_t i = 0; i < call->count; i++)
        texts[i] = *(const struct text *)((const char *)call->parents[i] + offset);
    return texts;
}

static struct text key_of(const struct list *rows, size_t index, size_t key_offset)
{
    return *(const struct text *)((const char *)list_at(rows, index) + key_offset);
}

/* Key -> struct resolver_rows, for each run of rows with the same key. */
static bool map_rows(struct graphql_call *call, const struct list *rows, size_t key_offset,
                     struct map *runs)
{
    map_init(runs, call->arena);
    for (size_t i = 0; i < rows->len;) {
        struct resolver_rows *run = ARENA_NEW(call->arena, struct resolver_rows);
        struct text key = key_of(rows, i, key_offset);
        if (!run || !map_set(runs, key, run))
            return error_set_no_memory(call->error);
        run->items = list_at(rows, i);
        for (; i < rows->len && text_equal(key_of(rows, i, key_offset), key); i++)
            run->count++;
    }
    return true;
}

const struct resolver_rows *resolver_group_rows(struct graphql_call *call, const struct list *rows,
                                                size_t key_offset, const struct text *keys)
{
    struct map runs;
    struct resolver_rows *groups = ARENA_ARRAY(call->arena, struct resolver_rows, call->count);
    if (!groups)
        error_set_no_memory(call->error);
    if (!groups || !map_rows(call, rows, key_offset, &runs))
        return NULL;
    for (size_t i = 0; i < call->count; i++) {
        const struct resolver_rows *run = map_get(&runs, keys[i]);
        groups[i] = run ? *run : (struct resolver_rows){NULL, 0};
    }
    return groups;
}

bool resolver_give_rows(struct graphql_call *call, const struct list *rows, size_t key_offset,
                        const struct text *keys)
{
    const struct resolver_rows *groups = resolver_group_rows(call, rows, key_offset, keys);
    for (size_t i = 0; groups && i < call->count; i++)
        graphql_give_structs(call, i, groups[i].items, groups[i].count, rows->item_size);
    return groups != NULL;
}
