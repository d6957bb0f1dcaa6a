/* Rules of user groups. */
#include "role/group.h"

#include "audit/audit.h"
#include "base/map.h"
#include "base/ulid.h"
#include "kernel/naming.h"
#include "role/group_store.h"

#include <stdlib.h>

static bool check(struct ctx *ctx, const struct user_group *group)
{
    /* The name is kept as it is, blanks included, but has to be more than blanks. */
    struct text name = text_trim(group->name).len ? group->name : TEXT("");
    return naming_check_name(ctx, "a user group", name) &&
           naming_check_description(ctx, "a user group", group->description);
}

static bool require_free_name(struct ctx *ctx, struct text name)
{
    bool taken;
    if (!group_row_name_taken(ctx, name, &taken))
        return false;
    return !taken ||
           fail(ctx, ERR_CONFLICT, "there is a user group \"%.*s\" already", TEXT_ARG(name));
}

/* What the trail keeps of a group; its bindings have entries of their own. */
static void describe(struct change_side *side, const struct user_group *group)
{
    change_text(side, "name", group->name);
    change_text(side, "description", group->description);
}

/* before or after may be NULL. */
static bool record(struct ctx *ctx, const char *action, const struct user_group *before,
                   const struct user_group *after, const struct decision *decision)
{
    struct change change;
    change_init(&change, ctx->arena);
    if (before)
        describe(&change.before, before);
    if (after)
        describe(&change.after, after);
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "USER_GROUP",
                                                   .resource_id = after ? after->id : before->id,
                                                   .decision = decision,
                                                   .change = &change});
}

static bool set_rules(struct ctx *ctx, struct text id, const struct user_group_input *input)
{
    return input->keeps_rules ||
           access_rule_set(ctx, SUBJECT_GROUP, id, input->rules, input->rules_count);
}

/* What is known of the users that are in a group. */
struct membership {
    int64_t count;
    int64_t last_login_at;
};

static bool add_member(struct ctx *ctx, struct map *groups, struct text name, int64_t last_login_at)
{
    struct membership *group = map_get(groups, name);
    if (!group) {
        group = ARENA_NEW(ctx->arena, struct membership);
        if (!group || !map_set(groups, name, group))
            return fail_no_memory(ctx);
    }
    group->count++;
    if (last_login_at > group->last_login_at)
        group->last_login_at = last_login_at;
    return true;
}

/* By the name of the group: of struct membership. */
static bool collect_members(struct ctx *ctx, struct map *groups)
{
    struct list users;
    map_init(groups, ctx->arena);
    if (!group_membership_list(ctx, &users))
        return false;
    for (size_t i = 0; i < users.len; i++) {
        const struct group_membership *user = list_at(&users, i);
        for (size_t j = 0; user->is_user && j < user->names.len; j++) {
            if (!add_member(ctx, groups, user->names.items[j], user->last_login_at))
                return false;
        }
    }
    return true;
}

static bool fill_members(struct ctx *ctx, struct list *groups)
{
    struct map members;
    if (!collect_members(ctx, &members))
        return false;
    for (size_t i = 0; i < groups->len; i++) {
        struct user_group *group = list_at(groups, i);
        const struct membership *found = map_get(&members, group->name);
        group->member_count = found ? found->count : 0;
        group->last_login_at = found ? found->last_login_at : 0;
    }
    return true;
}

static bool find_one(struct ctx *ctx, struct text id, struct user_group **out)
{
    struct list found;
    if (!group_row_find(ctx, &id, 1, &found) || !fill_members(ctx, &found))
        return false;
    *out = list_at(&found, 0);
    return true;
}

bool user_group_create(struct ctx *ctx, const struct user_group_input *input,
                       struct user_group **out)
{
    struct decision decision;
    struct user_group *group = ARENA_NEW(ctx->arena, struct user_group);
    if (!group)
        return fail_no_memory(ctx);
    *group = (struct user_group){.id = ulid_make(ctx->arena),
                                 .name = input->name,
                                 .description = input->description,
                                 .created_at = ctx->now};
    return access_require_administrator(ctx, &decision) && check(ctx, group) &&
           require_free_name(ctx, group->name) && group_row_insert(ctx, group) &&
           record(ctx, "user_group.create", NULL, group, &decision) &&
           set_rules(ctx, group->id, input) && access_changed(ctx) && find_one(ctx, group->id, out);
}

bool user_group_update(struct ctx *ctx, struct text id, const struct user_group_input *input,
                       struct user_group **out)
{
    struct decision decision;
    if (!access_require_administrator(ctx, &decision) || !find_one(ctx, id, out))
        return false;
    if (!*out)
        return fail(ctx, ERR_NOT_FOUND, "user group \"%.*s\" not found", TEXT_ARG(id));
    struct user_group before = **out;
    (*out)->description = input->description;
    return check(ctx, *out) && group_row_describe(ctx, id, input->description) &&
           record(ctx, "user_group.update", &before, *out, &decision) &&
           set_rules(ctx, id, input) && find_one(ctx, id, out);
}

bool user_group_delete(struct ctx *ctx, struct text id, struct user_group **out)
{
    struct decision decision;
    if (!access_require_administrator(ctx, &decision) || !find_one(ctx, id, out))
        return false;
    return !*out || (role_binding_delete_of(ctx, SUBJECT_GROUP, id) && group_row_delete(ctx, id) &&
                     record(ctx, "user_group.delete", *out, NULL, &decision));
}

static bool may_list(const struct ctx *ctx)
{
    return access_holds_anywhere(ctx->actor, ACTION_SPACE_ADMIN);
}

bool user_group_find(struct ctx *ctx, struct text id, struct user_group **out)
{
    *out = NULL;
    return !may_list(ctx) || find_one(ctx, id, out);
}

bool user_group_list(struct ctx *ctx, struct list *out)
{
    list_init(out, ctx->arena, sizeof(struct user_group));
    return !may_list(ctx) || (group_row_list(ctx, out) && fill_members(ctx, out));
}

bool user_group_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                          const struct user_group **out)
{
    struct list found;
    if (!group_row_find(ctx, ids, count, &found) || !fill_members(ctx, &found))
        return false;
    for (size_t i = 0; i < count; i++) {
        out[i] = NULL;
        for (size_t j = 0; j < found.len; j++) {
            const struct user_group *group = list_at(&found, j);
            if (text_equal(group->id, ids[i]))
                out[i] = group;
        }
    }
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return text_compare(((const struct map_entry *)a)->key, ((const struct map_entry *)b)->key);
}

/* Adds the names of what was mapped, then of what users and keys report. */
static bool collect_names(struct ctx *ctx, struct map *names)
{
    struct list groups, memberships;
    if (!group_row_list(ctx, &groups) || !group_membership_list(ctx, &memberships))
        return false;
    for (size_t i = 0; i < groups.len; i++) {
        if (!map_set(names, LIST_ITEMS(&groups, struct user_group)[i].name, NULL))
            return fail_no_memory(ctx);
    }
    for (size_t i = 0; i < memberships.len; i++) {
        struct text_list reported = LIST_ITEMS(&memberships, struct group_membership)[i].names;
        for (size_t j = 0; j < reported.len; j++) {
            if (!map_set(names, reported.items[j], NULL))
                return fail_no_memory(ctx);
        }
    }
    return true;
}

bool user_group_names(struct ctx *ctx, struct text_list *out)
{
    struct map names;
    *out = (struct text_list){NULL, 0};
    map_init(&names, ctx->arena);
    if (!may_list(ctx))
        return true;
    if (!collect_names(ctx, &names))
        return false;
    struct text *items = ARENA_ARRAY(ctx->arena, struct text, names.len);
    if (!items)
        return fail_no_memory(ctx);
    if (names.len)
        qsort(names.entries, names.len, sizeof(*names.entries), compare_names);
    for (size_t i = 0; i < names.len; i++)
        items[i] = names.entries[i].key;
    *out = (struct text_list){items, names.len};
    return true;
}
