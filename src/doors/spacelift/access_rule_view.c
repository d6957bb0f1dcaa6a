/* From bindings of system roles to levels in spaces. */
#include "doors/spacelift/access_rule_view.h"

static const struct spacelift_SpaceAccessRule *view_of(struct arena *arena,
                                                       const struct access_rule *rule)
{
    struct spacelift_SpaceAccessRule *view = ARENA_NEW(arena, struct spacelift_SpaceAccessRule);
    if (view) {
        view->space = rule->space_id;
        view->space_access_level = rule->level;
    }
    return view;
}

static bool fill_view(struct arena *arena, const struct resolver_rows *rows,
                      struct access_rule_view *view)
{
    const struct access_rule *rules = rows->items;
    view->count = rows->count;
    view->rules = ARENA_ARRAY(arena, const struct spacelift_SpaceAccessRule *, rows->count);
    for (size_t i = 0; view->rules && i < rows->count; i++) {
        view->rules[i] = view_of(arena, &rules[i]);
        if (!view->rules[i])
            return false;
    }
    return view->rules != NULL;
}

struct access_rule_view *access_rule_views(struct graphql_call *call, enum subject_kind kind,
                                           const struct text *ids)
{
    struct list rules;
    struct access_rule_view *views = ARENA_ARRAY(call->arena, struct access_rule_view, call->count);
    if (!views || !ids) {
        error_set_no_memory(call->error);
        return NULL;
    }
    if (!access_rule_list(resolver_ctx(call), kind, ids, call->count, &rules))
        return NULL;
    const struct resolver_rows *rows =
        resolver_group_rows(call, &rules, offsetof(struct access_rule, subject_id), ids);
    for (size_t i = 0; rows && i < call->count; i++) {
        if (!fill_view(call->arena, &rows[i], &views[i])) {
            error_set_no_memory(call->error);
            return NULL;
        }
    }
    return rows ? views : NULL;
}

const struct access_rule *access_rules_given(struct graphql_call *call,
                                             struct spacelift_SpaceAccessRuleInput_list given)
{
    struct access_rule *rules = ARENA_ARRAY(call->arena, struct access_rule, given.len);
    if (!rules)
        error_set_no_memory(call->error);
    for (size_t i = 0; rules && i < given.len; i++) {
        rules[i].space_id = given.items[i].space;
        rules[i].level = given.items[i].space_access_level;
    }
    return rules;
}
