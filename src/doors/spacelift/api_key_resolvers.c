/* API keys and what is bound to them. */
#include "doors/spacelift/access_rule_view.h"
#include "identity/api_key_expiry.h"

bool spacelift_Query_apiKey(struct graphql_call *call,
                            const struct spacelift_Query_apiKey_args *args)
{
    struct api_key *key;
    if (!api_key_find(resolver_ctx(call), args->id, &key))
        return false;
    spacelift_Query_apiKey_give(call, 0, key);
    return true;
}

bool spacelift_Query_apiKeys(struct graphql_call *call)
{
    struct list keys;
    if (!api_key_list(resolver_ctx(call), &keys))
        return false;
    spacelift_Query_apiKeys_give_array(call, 0, keys.items, keys.len);
    return true;
}

/* The bindings of each key, and in *all those of every one. NULL on failure. */
static const struct resolver_rows *bindings_of(struct graphql_call *call, struct list *all)
{
    const struct text *ids = RESOLVER_TEXTS(call, struct api_key, id);
    if (!ids || !role_binding_list(resolver_ctx(call), SUBJECT_API_KEY, ids, call->count, all))
        return NULL;
    return resolver_group_rows(call, all, offsetof(struct role_binding, subject_id), ids);
}

bool spacelift_ApiKey_apiKeyRoleBindings(struct graphql_call *call)
{
    struct list all;
    const struct resolver_rows *bindings = bindings_of(call, &all);
    for (size_t i = 0; bindings && i < call->count; i++)
        graphql_give_structs(call, i, bindings[i].items, bindings[i].count, all.item_size);
    return bindings != NULL;
}

bool spacelift_ApiKey_accessRules(struct graphql_call *call)
{
    const struct access_rule_view *views =
        access_rule_views(call, SUBJECT_API_KEY, RESOLVER_TEXTS(call, struct api_key, id));
    for (size_t i = 0; views && i < call->count; i++)
        spacelift_ApiKey_accessRules_give(call, i, views[i].rules, views[i].count);
    return views != NULL;
}

/* The ids of the roles that administer, out of those that are bound. */
static bool find_administrative(struct graphql_call *call, const struct list *bindings,
                                struct map *out)
{
    struct text *ids = ARENA_ARRAY(call->arena, struct text, bindings->len);
    const struct role **roles = ARENA_ARRAY(call->arena, const struct role *, bindings->len);
    if (!ids || !roles)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < bindings->len; i++)
        ids[i] = LIST_ITEMS(bindings, struct role_binding)[i].role_id;
    if (!role_find_many(resolver_ctx(call), ids, bindings->len, roles))
        return false;
    map_init(out, call->arena);
    for (size_t i = 0; i < bindings->len; i++) {
        for (size_t k = 0; roles[i] && k < roles[i]->actions_count; k++) {
            if (roles[i]->actions[k] == ACTION_SPACE_ADMIN && !map_set(out, ids[i], NULL))
                return error_set_no_memory(call->error);
        }
    }
    return true;
}

static bool administers_root(const struct resolver_rows *rows, const struct map *administrative)
{
    const struct role_binding *bindings = rows->items;
    for (size_t i = 0; i < rows->count; i++) {
        if (text_equal(bindings[i].space_id, root_space) &&
            map_find(administrative, bindings[i].role_id))
            return true;
    }
    return false;
}

bool spacelift_ApiKey_admin(struct graphql_call *call)
{
    struct list all;
    struct map administrative;
    const struct resolver_rows *bindings = bindings_of(call, &all);
    if (!bindings || !find_administrative(call, &all, &administrative))
        return false;
    for (size_t i = 0; i < call->count; i++)
        spacelift_ApiKey_admin_give(call, i, administers_root(&bindings[i], &administrative));
    return true;
}

static bool count_spaces(struct arena *arena, const struct resolver_rows *rows, size_t *out)
{
    const struct role_binding *bindings = rows->items;
    struct map spaces;
    map_init(&spaces, arena);
    for (size_t i = 0; i < rows->count; i++) {
        if (!map_set(&spaces, bindings[i].space_id, NULL))
            return false;
    }
    *out = spaces.len;
    return true;
}

bool spacelift_ApiKey_spaceCount(struct graphql_call *call)
{
    struct list all;
    const struct resolver_rows *bindings = bindings_of(call, &all);
    for (size_t i = 0; bindings && i < call->count; i++) {
        size_t spaces;
        if (!count_spaces(call->arena, &bindings[i], &spaces))
            return error_set_no_memory(call->error);
        spacelift_ApiKey_spaceCount_give(call, i, (int64_t)spaces);
    }
    return bindings != NULL;
}

bool spacelift_ApiKey_teamCount(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_ApiKey_teamCount_give(call, i,
                                        (int64_t)spacelift_ApiKey_parent(call, i)->teams.len);
    return true;
}

bool spacelift_ApiKey_isMachineUser(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_ApiKey_isMachineUser_give(call, i, true);
    return true;
}

bool spacelift_ApiKey_type(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_ApiKey_type_give(call, i,
                                   spacelift_ApiKey_parent(call, i)->kind == API_KEY_OIDC
                                       ? SPACELIFT_API_KEY_TYPE_OIDC
                                       : SPACELIFT_API_KEY_TYPE_SECRET);
    return true;
}

bool spacelift_ApiKey_expiryWarning(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        spacelift_ApiKey_expiryWarning_give(
            call, i, api_key_expiry_warning(resolver_ctx(call), spacelift_ApiKey_parent(call, i)));
    return true;
}

bool spacelift_ApiKey_file(struct graphql_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct api_key *key = spacelift_ApiKey_parent(call, i);
        if (key->secret.len)
            spacelift_ApiKey_file_give(call, i, api_key_file(resolver_ctx(call), key));
    }
    return true;
}
