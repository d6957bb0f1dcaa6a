/* The verdict of several policies. */
#include "policy/login_merge.h"

#include "base/json.h"

static const struct login_outcome *find_ruling(const struct login_outcome *outcomes, size_t count,
                                               size_t offset, const struct login_ruling **out)
{
    for (size_t i = 0; i < count; i++) {
        *out = (const void *)((const char *)&outcomes[i] + offset);
        if ((*out)->holds)
            return &outcomes[i];
    }
    return NULL;
}

static const struct login_outcome *find_failure(const struct login_outcome *outcomes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (outcomes[i].failure.len)
            return &outcomes[i];
    }
    return NULL;
}

static struct text name_ruling(struct arena *arena, const struct login_outcome *outcome,
                               const struct login_ruling *ruling, const char *rule)
{
    if (ruling->line == 0)
        return text_format(arena, "policy %.*s: %s", TEXT_ARG(outcome->policy_id), rule);
    return text_format(arena, "policy %.*s, line %d: %s", TEXT_ARG(outcome->policy_id),
                       (int)ruling->line, rule);
}

#define FIND_RULING(name)                                                                          \
    find_ruling(outcomes, count, offsetof(struct login_outcome, name), &ruling)

/* Whether the login is allowed, as what, and why. */
static void decide(struct arena *arena, const struct login_outcome *outcomes, size_t count,
                   struct login_merged *out)
{
    const struct login_ruling *ruling;
    const struct login_outcome *by = FIND_RULING(deny);
    if (by) {
        out->reason = name_ruling(arena, by, ruling, "deny");
        return;
    }
    by = find_failure(outcomes, count);
    if (by) {
        out->reason = text_format(arena, "policy %.*s cannot be evaluated: %.*s",
                                  TEXT_ARG(by->policy_id), TEXT_ARG(by->failure));
        return;
    }
    bool admins_denied = FIND_RULING(deny_admin) != NULL;
    by = FIND_RULING(admin);
    if (by && !admins_denied) {
        out->allowed = out->admin = true;
        out->admin_policy = by->policy_id;
        out->admin_line = ruling->line;
        out->reason = name_ruling(arena, by, ruling, "admin");
        return;
    }
    by = FIND_RULING(allow);
    out->allowed = by != NULL;
    out->reason =
        by ? name_ruling(arena, by, ruling, "allow") : TEXT("no login policy allows this login");
}

static bool is_known(const struct verdict_grant *grants, size_t count,
                     const struct verdict_grant *grant)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(grants[i].by.space, grant->by.space) &&
            text_equal(grants[i].role_id, grant->role_id) &&
            (grant->role_id.len || text_equal(grants[i].by.role, grant->by.role)))
            return true;
    }
    return false;
}

static bool collect(struct arena *arena, const struct login_outcome *outcomes, size_t count,
                    const struct login_world *world, struct login_merged *out)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most += outcomes[i].grant_count;
    struct verdict_grant *grants = ARENA_ARRAY(arena, struct verdict_grant, most);
    if (!grants)
        return false;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < outcomes[i].grant_count; k++) {
            struct verdict_grant grant = {.by = outcomes[i].grants[k]};
            if (login_world_has_space(world, grant.by.space))
                grant.role_id = login_world_role(world, grant.by.role);
            if (!is_known(grants, out->grant_count, &grant))
                grants[out->grant_count++] = grant;
        }
    }
    out->grants = grants;
    return true;
}

/* Each policy that sets teams has seen those of the one before it, so the last one counts. */
static void take_teams(const struct login_outcome *outcomes, size_t count, struct login_merged *out)
{
    for (size_t i = 0; i < count; i++) {
        if (!outcomes[i].sets_teams)
            continue;
        out->teams_replaced = true;
        out->teams = outcomes[i].teams;
    }
}

bool login_merge(struct arena *arena, const struct login_outcome *outcomes, size_t count,
                 const struct login_world *world, struct login_merged *out)
{
    *out = (struct login_merged){0};
    decide(arena, outcomes, count, out);
    take_teams(outcomes, count, out);
    return out->reason.at && (!out->allowed || collect(arena, outcomes, count, world, out));
}

static void print_grant(struct json_writer *writer, const struct verdict_grant *grant)
{
    json_begin_object(writer);
    json_member_string(writer, "space", grant->by.space);
    json_member_string(writer, "role", grant->role_id.len ? grant->role_id : grant->by.role);
    json_member_string(writer, "policy", grant->by.policy_id);
    json_member_string(writer, "rule", grant->by.rule);
    json_member_int64(writer, "line", grant->by.line);
    json_end_object(writer);
}

static void print_grants(struct json_writer *writer, const struct login_merged *merged,
                         const char *key, bool known)
{
    json_key_z(writer, key);
    json_begin_array(writer);
    for (size_t i = 0; i < merged->grant_count; i++) {
        if ((merged->grants[i].role_id.len > 0) == known)
            print_grant(writer, &merged->grants[i]);
    }
    json_end_array(writer);
}

struct text login_merged_print(struct arena *arena, const struct login_merged *merged)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, arena);
    json_begin_object(writer);
    json_member_bool(writer, "admin", merged->admin);
    if (merged->admin) {
        json_member_string(writer, "adminPolicy", merged->admin_policy);
        json_member_int64(writer, "adminLine", merged->admin_line);
    }
    if (merged->teams_replaced)
        json_member_strings(writer, "teams", merged->teams);
    print_grants(writer, merged, "grants", true);
    print_grants(writer, merged, "unknown", false);
    json_end_object(writer);
    return json_print_end(&printer);
}
