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

/* The rules of one subject stand together. */
static bool fill_view(struct arena *arena, const struct list *rules, struct text id,
                      struct access_rule_view *view)
{
    view->rules = ARENA_ARRAY(arena, const struct spacelift_SpaceAccessRule *, rules->len);
    for (size_t i = 0; view->rules && i < rules->len; i++) {
        const struct access_rule *rule = list_at(rules, i);
        if (!text_equal(rule->subject_id, id))
            continue;
        view->rules[view->count] = view_of(arena, rule);
        if (!view->rules[view->count++])
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
    for (size_t i = 0; i < call->count; i++) {
        if (!fill_view(call->arena, &rules, ids[i], &views[i])) {
            error_set_no_memory(call->error);
            return NULL;
        }
    }
    return views;
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
