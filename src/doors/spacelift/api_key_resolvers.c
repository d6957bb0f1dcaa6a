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

static bool list_bindings(struct graphql_call *call, const struct text **ids, struct list *out)
{
    *ids = RESOLVER_TEXTS(call, struct api_key, id);
    return *ids && role_binding_list(resolver_ctx(call), SUBJECT_API_KEY, *ids, call->count, out);
}

bool spacelift_ApiKey_apiKeyRoleBindings(struct graphql_call *call)
{
    const struct text *ids;
    struct list bindings;
    return list_bindings(call, &ids, &bindings) &&
           resolver_give_rows(call, &bindings, offsetof(struct role_binding, subject_id), ids);
}

/* The roles of a list of bindings, one for each. */
static const struct role **roles_of(struct graphql_call *call, const struct list *bindings)
{
    struct text *ids = ARENA_ARRAY(call->arena, struct text, bindings->len);
    const struct role **roles = ARENA_ARRAY(call->arena, const struct role *, bindings->len);
    if (!ids || !roles) {
        error_set_no_memory(call->error);
        return NULL;
    }
    for (size_t i = 0; i < bindings->len; i++)
        ids[i] = LIST_ITEMS(bindings, struct role_binding)[i].role_id;
    return role_find_many(resolver_ctx(call), ids, bindings->len, roles) ? roles : NULL;
}

bool spacelift_ApiKey_accessRules(struct graphql_call *call)
{
    const struct access_rule_view *views =
        access_rule_views(call, SUBJECT_API_KEY, RESOLVER_TEXTS(call, struct api_key, id));
    for (size_t i = 0; views && i < call->count; i++)
        spacelift_ApiKey_accessRules_give(call, i, views[i].rules, views[i].count);
    return views != NULL;
}

static bool administers(const struct role *role)
{
    for (size_t i = 0; role && i < role->actions_count; i++) {
        if (role->actions[i] == ACTION_SPACE_ADMIN)
            return true;
    }
    return false;
}

bool spacelift_ApiKey_admin(struct graphql_call *call)
{
    const struct text *ids;
    struct list bindings;
    if (!list_bindings(call, &ids, &bindings))
        return false;
    const struct role **roles = roles_of(call, &bindings);
    if (!roles)
        return false;
    for (size_t i = 0; i < call->count; i++) {
        bool admin = false;
        for (size_t j = 0; j < bindings.len; j++) {
            const struct role_binding *binding = &LIST_ITEMS(&bindings, struct role_binding)[j];
            admin = admin || (text_equal(binding->subject_id, ids[i]) &&
                              text_equal(binding->space_id, TEXT("root")) && administers(roles[j]));
        }
        spacelift_ApiKey_admin_give(call, i, admin);
    }
    return true;
}

bool spacelift_ApiKey_spaceCount(struct graphql_call *call)
{
    const struct text *ids;
    struct list bindings;
    if (!list_bindings(call, &ids, &bindings))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        struct map spaces;
        map_init(&spaces, call->arena);
        for (size_t j = 0; j < bindings.len; j++) {
            const struct role_binding *binding = &LIST_ITEMS(&bindings, struct role_binding)[j];
            if (text_equal(binding->subject_id, ids[i]) &&
                !map_set(&spaces, binding->space_id, NULL))
                return error_set_no_memory(call->error);
        }
        spacelift_ApiKey_spaceCount_give(call, i, (int64_t)spaces.len);
    }
    return true;
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
