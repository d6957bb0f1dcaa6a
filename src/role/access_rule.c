/* Rules as bindings of system roles. */
#include "role/access_rule.h"

/* Each is compared with each. */
enum { RULES_MAX = 500 };

/* The ids of the system roles, as the first migration made them. */
static const struct {
    enum access_level level;
    struct text role_id;
} level_roles[] = {
    {ACCESS_LEVEL_READ, TEXT_INIT("00000000000000000000000001")},
    {ACCESS_LEVEL_WRITE, TEXT_INIT("00000000000000000000000002")},
    {ACCESS_LEVEL_ADMIN, TEXT_INIT("00000000000000000000000003")},
};

static enum access_level level_of_role(struct text role_id)
{
    for (size_t i = 0; i < ARRAY_LENGTH(level_roles); i++) {
        if (text_equal(level_roles[i].role_id, role_id))
            return level_roles[i].level;
    }
    return ACCESS_LEVEL_NONE;
}

static struct text role_of_level(enum access_level level)
{
    for (size_t i = 0; i < ARRAY_LENGTH(level_roles); i++) {
        if (level_roles[i].level == level)
            return level_roles[i].role_id;
    }
    return TEXT("");
}

/* NONE for a binding that is no rule. */
static enum access_level level_of_binding(const struct role_binding *binding)
{
    bool may_be_rule = binding->is_rule || binding->kind == SUBJECT_API_KEY;
    return may_be_rule && !binding->expires_at ? level_of_role(binding->role_id)
                                               : ACCESS_LEVEL_NONE;
}

bool access_rule_list(struct ctx *ctx, enum subject_kind kind, const struct text *subject_ids,
                      size_t count, struct list *out)
{
    struct list bindings;
    list_init(out, ctx->arena, sizeof(struct access_rule));
    if (!role_binding_list(ctx, kind, subject_ids, count, &bindings))
        return false;
    for (size_t i = 0; i < bindings.len; i++) {
        const struct role_binding *binding = list_at(&bindings, i);
        enum access_level level = level_of_binding(binding);
        struct access_rule *rule = level == ACCESS_LEVEL_NONE ? NULL : list_push(out);
        if (rule)
            *rule = (struct access_rule){binding->subject_id, binding->space_id, level};
    }
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}

static bool is_wanted(const struct role_binding *binding, const struct access_rule *rules,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (rules[i].level == level_of_binding(binding) &&
            text_equal(rules[i].space_id, binding->space_id))
            return true;
    }
    return false;
}

/* The binding that a rule would be; NULL when there is none. */
static struct role_binding *find_binding(const struct list *bindings,
                                         const struct access_rule *rule)
{
    struct text role_id = role_of_level(rule->level);
    for (size_t i = 0; i < bindings->len; i++) {
        struct role_binding *binding = list_at(bindings, i);
        if (!binding->expires_at && text_equal(binding->role_id, role_id) &&
            text_equal(binding->space_id, rule->space_id))
            return binding;
    }
    return NULL;
}

static bool remove_others(struct ctx *ctx, const struct list *bindings,
                          const struct access_rule *rules, size_t count)
{
    for (size_t i = 0; i < bindings->len; i++) {
        const struct role_binding *binding = list_at(bindings, i);
        struct role_binding *removed;
        if (level_of_binding(binding) != ACCESS_LEVEL_NONE && !is_wanted(binding, rules, count) &&
            !role_binding_delete(ctx, binding->kind, binding->id, &removed))
            return false;
    }
    return true;
}

/* The rule as a binding: the one that is there, marked, or a new one. */
static bool add_rule(struct ctx *ctx, enum subject_kind kind, struct text subject_id,
                     const struct list *bindings, const struct access_rule *rule)
{
    struct role_binding *binding = find_binding(bindings, rule);
    const struct role_binding_input input = {.subject_id = subject_id,
                                             .role = role_of_level(rule->level),
                                             .space_id = rule->space_id,
                                             .is_rule = true};
    if (!binding)
        return role_binding_create(ctx, kind, &input, &binding);
    return binding->is_rule || role_binding_make_rule(ctx, binding);
}

/* A rule that stands twice is one. */
static bool add_missing(struct ctx *ctx, enum subject_kind kind, struct text subject_id,
                        const struct list *bindings, const struct access_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again |= rules[j].level == rules[i].level &&
                     text_equal(rules[j].space_id, rules[i].space_id);
        if (!again && !add_rule(ctx, kind, subject_id, bindings, &rules[i]))
            return false;
    }
    return true;
}

bool access_rule_set(struct ctx *ctx, enum subject_kind kind, struct text subject_id,
                     const struct access_rule *rules, size_t count)
{
    struct list bindings;
    if (count > RULES_MAX)
        return fail(ctx, ERR_INVALID, "there may be %d access rules at most", RULES_MAX);
    return role_binding_list(ctx, kind, &subject_id, 1, &bindings) &&
           remove_others(ctx, &bindings, rules, count) &&
           add_missing(ctx, kind, subject_id, &bindings, rules, count);
}
