/* SQL of grants. */
#include "access/grant_store.h"

#include "access/action.h"
#include "base/map.h"

#define GRANT_COLUMNS "b.id, r.id, b.space_id, r.actions, b.expires_at, b.reason"

/* Apart: most subjects are in no group, and one statement for both looks into neither index well.
 */
static const struct db_statement select_bound =
    DB_STATEMENT("select_bound_grants",
                 "SELECT " GRANT_COLUMNS " FROM role_binding b JOIN role r ON r.id = b.role_id "
                 "WHERE b.subject_kind = $1 AND b.subject_id = $2 "
                 "AND (b.expires_at IS NULL OR b.expires_at > $3) ORDER BY b.id");
static const struct db_statement select_of_groups =
    DB_STATEMENT("select_grants_of_groups",
                 "SELECT " GRANT_COLUMNS ", g.name FROM user_group g "
                 "JOIN role_binding b ON b.subject_kind = 'GROUP' AND b.subject_id = g.id "
                 "JOIN role r ON r.id = b.role_id WHERE g.name IN ${texts:1} "
                 "AND (b.expires_at IS NULL OR b.expires_at > $2) ORDER BY b.id");

static const struct db_statement select_roles_on_root =
    DB_STATEMENT("select_roles_on_root",
                 "SELECT r.actions FROM role_binding b JOIN role r ON r.id = b.role_id "
                 "WHERE b.subject_kind = $1 AND b.subject_id = $2 AND b.space_id = 'root' "
                 "AND (b.expires_at IS NULL OR b.expires_at > $3)");
static const struct db_statement select_role_actions =
    DB_STATEMENT("select_role_actions", "SELECT id, actions FROM role WHERE id IN ${texts:1}");

/* The actions of a role, which many rows share; the JSON is looked at for the first alone. Without
 * memory none, and the arena says so. */
static struct action_set actions_of_role(struct ctx *ctx, struct map *roles, struct text role_id,
                                         struct text json)
{
    const struct action_set *known = map_get(roles, role_id);
    if (known)
        return *known;
    struct action_set *set = ARENA_NEW(ctx->arena, struct action_set);
    if (!set)
        return (struct action_set){{0}};
    *set = action_set_parse(ctx_parse_texts(ctx, json));
    return map_set(roles, role_id, set) ? *set : (struct action_set){{0}};
}

static void read_grant(struct ctx *ctx, const struct db_rows *rows, struct map *roles,
                       struct grant *grant)
{
    *grant = (struct grant){
        .source_id = db_column_text(rows, 0, ctx->arena),
        .role_id = db_column_text(rows, 1, ctx->arena),
        .space_id = db_column_text(rows, 2, ctx->arena),
        .expires_at = db_column_int64(rows, 4),
        .reason = db_column_text(rows, 5, ctx->arena),
    };
    grant->actions = actions_of_role(ctx, roles, grant->role_id, db_column_peek(rows, 3));
}

static bool add_bound(struct ctx *ctx, const struct grant_subject *subject, struct map *roles,
                      struct list *out)
{
    struct db_rows rows;
    if (!ctx_query(ctx, &select_bound,
                   DB_VALUES(db_text_z(subject_kind_name(subject->kind)), db_text(subject->id),
                             db_int(ctx->now)),
                   &rows))
        return false;
    while (db_next(&rows)) {
        struct grant *grant = list_push(out);
        if (grant)
            read_grant(ctx, &rows, roles, grant);
    }
    return ctx_end(ctx, &rows);
}

static bool add_of_groups(struct ctx *ctx, struct text_list groups, struct map *roles,
                          struct list *out)
{
    struct db_rows rows;
    struct db_value names = db_texts(ctx->arena, groups.items, groups.len);
    if (!ctx_query(ctx, &select_of_groups, DB_VALUES(names, db_int(ctx->now)), &rows))
        return false;
    while (db_next(&rows)) {
        struct grant *grant = list_push(out);
        if (!grant)
            continue;
        read_grant(ctx, &rows, roles, grant);
        grant->source = GRANT_GROUP;
        grant->through = db_column_text(&rows, 6, ctx->arena);
    }
    return ctx_end(ctx, &rows);
}

bool grants_administer(struct ctx *ctx, const struct grant_subject *subject, bool *out)
{
    struct db_rows rows;
    *out = false;
    if (!ctx_query(ctx, &select_roles_on_root,
                   DB_VALUES(db_text_z(subject_kind_name(subject->kind)), db_text(subject->id),
                             db_int(ctx->now)),
                   &rows))
        return false;
    while (!*out && db_next(&rows)) {
        struct action_set actions =
            action_set_parse(ctx_parse_texts(ctx, db_column_peek(&rows, 0)));
        *out = action_set_has(&actions, ACTION_SPACE_ADMIN);
    }
    return ctx_end(ctx, &rows);
}

bool grant_row_list(struct ctx *ctx, const struct grant_subject *subject, struct list *out)
{
    struct map roles;
    list_init(out, ctx->arena, sizeof(struct grant));
    map_init(&roles, ctx->arena);
    return add_bound(ctx, subject, &roles, out) &&
           (subject->groups.len == 0 || add_of_groups(ctx, subject->groups, &roles, out));
}

static bool read_role_actions(struct ctx *ctx, struct db_value ids, struct map *roles)
{
    struct db_rows rows;
    if (!ctx_query(ctx, &select_role_actions, &ids, 1, &rows))
        return false;
    while (db_next(&rows))
        actions_of_role(ctx, roles, db_column_text(&rows, 0, ctx->arena), db_column_peek(&rows, 1));
    return ctx_end(ctx, &rows);
}

bool grant_fill_actions(struct ctx *ctx, struct list *grants, size_t first)
{
    struct map roles;
    struct grant *filled = LIST_ITEMS(grants, struct grant) + first;
    size_t count = grants->len - first;
    struct text *ids = ARENA_ARRAY(ctx->arena, struct text, count);
    if (!ids)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < count; i++)
        ids[i] = filled[i].role_id;
    map_init(&roles, ctx->arena);
    if (count > 0 && !read_role_actions(ctx, db_texts(ctx->arena, ids, count), &roles))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct action_set *actions = map_get(&roles, filled[i].role_id);
        if (actions)
            filled[i].actions = *actions;
    }
    return true;
}
