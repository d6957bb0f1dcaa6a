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

/* A run of rows with the same key. */
struct group {
    size_t start;
    size_t count;
};

static struct text key_of(const struct list *rows, size_t index, size_t key_offset)
{
    return *(const struct text *)((const char *)list_at(rows, index) + key_offset);
}

static bool group_rows(struct graphql_call *call, const struct list *rows, size_t key_offset,
                       struct map *groups)
{
    map_init(groups, call->arena);
    for (size_t i = 0; i < rows->len;) {
        struct group *group = ARENA_NEW(call->arena, struct group);
        struct text key = key_of(rows, i, key_offset);
        if (!group || !map_set(groups, key, group))
            return error_set_no_memory(call->error);
        group->start = i;
        while (i < rows->len && text_equal(key_of(rows, i, key_offset), key))
            i++;
        group->count = i - group->start;
    }
    return true;
}

bool resolver_give_rows(struct graphql_call *call, const struct list *rows, size_t key_offset,
                        const struct text *keys)
{
    struct map groups;
    if (!group_rows(call, rows, key_offset, &groups))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        const struct group *group = map_get(&groups, keys[i]);
        const void *items = group ? list_at(rows, group->start) : NULL;
        graphql_give_structs(call, i, items, group ? group->count : 0, rows->item_size);
    }
    return true;
}
