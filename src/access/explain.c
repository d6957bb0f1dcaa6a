/* Decisions in words, and what would have allowed them. */
#include "access/explain.h"

#include "access/explain_store.h"
#include "base/time_format.h"

/* Of an actor with very many roles only the first few are named. */
enum { ELSEWHERE_MAX = 5, LACKING_MAX = 5 };

const char *nearest_kind_name(enum nearest_kind kind)
{
    static const char *const names[] = {
        [NEAREST_ROLE] = "ROLE", [NEAREST_ELSEWHERE] = "ELSEWHERE", [NEAREST_LACKING] = "LACKING"};
    return names[kind];
}

static const struct explained_role *find_role(const struct list *roles, struct text id)
{
    for (size_t i = 0; i < roles->len; i++) {
        const struct explained_role *role = list_at(roles, i);
        if (text_equal(role->id, id))
            return role;
    }
    return NULL;
}

/* "from its own binding", as it goes on: "... has the role Space Writer in space "team"". */
static struct text name_source(struct arena *arena, const struct grant *grant,
                               struct text role_name)
{
    switch (grant->source) {
    case GRANT_OWNER: return TEXT("it owns the account");
    case GRANT_BELOW:
        return text_format(arena, "it has a role in space \"%.*s\", which inherits from this one",
                           TEXT_ARG(grant->source_id));
    case GRANT_POLICY:
        return text_format(arena, "line %d of the login policy %.*s, rule %.*s, gives it %.*s",
                           (int)grant->line, TEXT_ARG(grant->source_id), TEXT_ARG(grant->through),
                           TEXT_ARG(role_name));
    case GRANT_GROUP:
        return text_format(arena, "its group %.*s has %.*s", TEXT_ARG(grant->through),
                           TEXT_ARG(role_name));
    case GRANT_BOUND: break;
    }
    return text_format(arena, "it has %.*s", TEXT_ARG(role_name));
}

static struct text name_end(struct arena *arena, const struct grant *grant)
{
    if (!grant->expires_at)
        return TEXT("");
    return text_format(arena, ", until %.*s because \"%.*s\"",
                       TEXT_ARG(time_print(arena, grant->expires_at, TIME_SECONDS)),
                       TEXT_ARG(grant->reason));
}

static struct text say_allowed(struct arena *arena, const struct explanation *explanation)
{
    const struct decision *decision = &explanation->decision;
    const struct grant *grant = decision->grant;
    if (!grant)
        return TEXT("allowed: the server itself acts");
    struct text role = explanation->role_name.len
                           ? text_format(arena, "the role %.*s", TEXT_ARG(explanation->role_name))
                           : TEXT("all rights");
    struct text source = name_source(arena, grant, role);
    if (grant->source == GRANT_OWNER || grant->source == GRANT_BELOW)
        return text_format(arena, "allowed: %.*s%.*s", TEXT_ARG(source),
                           TEXT_ARG(name_end(arena, grant)));
    bool is_above = !text_equal(grant->space_id, decision->space_id);
    return text_format(arena, "allowed: %.*s in space \"%.*s\"%s%.*s", TEXT_ARG(source),
                       TEXT_ARG(grant->space_id), is_above ? ", which is above it" : "",
                       TEXT_ARG(name_end(arena, grant)));
}

static struct text say_denied(struct arena *arena, const struct decision *decision,
                              const struct space *space)
{
    const char *action = action_words(decision->action);
    if (decision->space_id.len == 0)
        return text_format(arena, "not allowed: nothing gives it %s in any space", action);
    if (!space)
        return text_format(arena, "not allowed: there is no space \"%.*s\"",
                           TEXT_ARG(decision->space_id));
    return text_format(arena, "not allowed: nothing gives it %s in space \"%.*s\" or above it",
                       action, TEXT_ARG(decision->space_id));
}

/* How much a role allows, as the number of its actions. */
static int count_bits(const struct action_set *set)
{
    int count = 0;
    for (int i = 0; i < ACTION_WORDS; i++)
        count += __builtin_popcountll(set->words[i]);
    return count;
}

/* Of the system's roles, or of those that people made, the one with the fewest rights that has the
 * action; NULL when none has. */
static const struct explained_role *find_smallest(const struct list *roles, enum action action,
                                                  bool is_system)
{
    const struct explained_role *best = NULL;
    int best_count = 0;
    for (size_t i = 0; i < roles->len; i++) {
        const struct explained_role *role = list_at(roles, i);
        struct action_set allowed = action_set_expand(&role->actions);
        int count = count_bits(&allowed);
        if (role->is_system == is_system && action_set_has(&allowed, action) &&
            (!best || count < best_count)) {
            best = role;
            best_count = count;
        }
    }
    return best;
}

static bool push_nearest(struct list *nearest, enum nearest_kind kind,
                         const struct explained_role *role, struct text space_id,
                         struct text sentence)
{
    struct nearest_grant *grant = list_push(nearest);
    if (!grant)
        return false;
    *grant = (struct nearest_grant){.kind = kind,
                                    .role_id = role->id,
                                    .role_slug = role->slug,
                                    .role_name = role->name,
                                    .space_id = space_id,
                                    .sentence = sentence};
    return true;
}

static bool add_smallest(struct arena *arena, const struct list *roles, bool is_system,
                         struct explanation *out)
{
    const struct explained_role *role = find_smallest(roles, out->decision.action, is_system);
    struct text space_id = out->decision.space_id;
    if (!role)
        return true;
    struct text where =
        space_id.len ? text_format(arena, "in space \"%.*s\" or above it", TEXT_ARG(space_id))
                     : TEXT("in a space");
    return push_nearest(&out->nearest, NEAREST_ROLE, role, space_id,
                        text_format(arena, "the role %.*s (%.*s) %.*s would allow it",
                                    TEXT_ARG(role->name), TEXT_ARG(role->slug), TEXT_ARG(where)));
}

/* A role the actor holds: does it lack the action here, or have it elsewhere? */
static bool add_held(struct arena *arena, const struct grant *grant,
                     const struct explained_role *role, const struct space *space, int counts[],
                     struct explanation *out)
{
    bool has = action_set_allows(&role->actions, out->decision.action);
    bool is_here = space && space_is_within(space, grant->space_id);
    if (has && counts[NEAREST_ELSEWHERE]++ < ELSEWHERE_MAX)
        return push_nearest(&out->nearest, NEAREST_ELSEWHERE, role, grant->space_id,
                            text_format(arena,
                                        "it has the role %.*s, which would allow it, in "
                                        "space \"%.*s\"",
                                        TEXT_ARG(role->name), TEXT_ARG(grant->space_id)));
    if (!has && is_here && counts[NEAREST_LACKING]++ < LACKING_MAX)
        return push_nearest(&out->nearest, NEAREST_LACKING, role, grant->space_id,
                            text_format(arena, "its role %.*s in space \"%.*s\" does not have %s",
                                        TEXT_ARG(role->name), TEXT_ARG(grant->space_id),
                                        action_words(out->decision.action)));
    return true;
}

static bool add_nearest(struct ctx *ctx, const struct actor *actor, const struct list *roles,
                        const struct space *space, struct explanation *out)
{
    int counts[] = {0, 0, 0};
    if (!add_smallest(ctx->arena, roles, true, out) || !add_smallest(ctx->arena, roles, false, out))
        return fail_no_memory(ctx);
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *grant = &actor->grants[i];
        const struct explained_role *role = find_role(roles, grant->role_id);
        if (role && !add_held(ctx->arena, grant, role, space, counts, out))
            return fail_no_memory(ctx);
    }
    return true;
}

bool access_explain(struct ctx *ctx, const struct actor *actor, enum action action,
                    struct text space_id, struct explanation *out)
{
    struct list roles;
    *out = (struct explanation){0};
    list_init(&out->nearest, ctx->arena, sizeof(struct nearest_grant));
    const struct space_tree *tree = space_tree_get(ctx);
    if (!tree || !access_decide_for(ctx, actor, action, space_id, &out->decision) ||
        !explained_role_list(ctx, &roles))
        return false;
    const struct grant *grant = out->decision.grant;
    const struct explained_role *role = grant ? find_role(&roles, grant->role_id) : NULL;
    const struct space *space = space_tree_find(tree, space_id);
    out->role_name = role ? role->name : TEXT("");
    out->sentence = out->decision.allowed ? say_allowed(ctx->arena, out)
                                          : say_denied(ctx->arena, &out->decision, space);
    return out->decision.allowed || add_nearest(ctx, actor, &roles, space, out);
}

void explanation_write_nearest(struct json_writer *writer, const struct explanation *explanation)
{
    json_key_z(writer, "nearest");
    json_begin_array(writer);
    for (size_t i = 0; i < explanation->nearest.len; i++)
        json_string(writer, LIST_ITEMS(&explanation->nearest, struct nearest_grant)[i].sentence);
    json_end_array(writer);
}
