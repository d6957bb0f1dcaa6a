/* SQL of grants. */
#include "access/grant_store.h"

#include "access/action.h"
#include "base/map.h"

static const struct db_statement select_grants = DB_STATEMENT(
    "select_grants",
    "SELECT b.id, r.id, b.space_id, r.actions, g.name, b.expires_at, b.reason FROM role_binding b "
    "JOIN role r ON r.id = b.role_id "
    "LEFT JOIN user_group g ON b.subject_kind = 'GROUP' AND g.id = b.subject_id "
    "WHERE ((b.subject_kind = $1 AND b.subject_id = $2) OR (b.subject_kind = 'GROUP' AND "
    "b.subject_id IN (SELECT id FROM user_group WHERE name IN ${texts:3}))) "
    "AND (b.expires_at IS NULL OR b.expires_at > $4) ORDER BY b.id");

static const struct db_statement select_role_actions =
    DB_STATEMENT("select_role_actions", "SELECT id, actions FROM role WHERE id IN ${texts:1}");

/* The actions of a role, which many rows share. Without memory none, and the arena says so. */
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
        .source = db_column_is_null(rows, 4) ? GRANT_BOUND : GRANT_GROUP,
        .source_id = db_column_text(rows, 0, ctx->arena),
        .role_id = db_column_text(rows, 1, ctx->arena),
        .space_id = db_column_text(rows, 2, ctx->arena),
        .through = db_column_text(rows, 4, ctx->arena),
        .expires_at = db_column_int64(rows, 5),
        .reason = db_column_text(rows, 6, ctx->arena),
    };
    grant->actions =
        actions_of_role(ctx, roles, grant->role_id, db_column_text(rows, 3, ctx->arena));
}

bool grant_row_list(struct ctx *ctx, const struct grant_subject *subject, struct list *out)
{
    struct db_rows rows;
    struct map roles;
    struct db_value groups = db_texts(ctx->arena, subject->groups.items, subject->groups.len);
    list_init(out, ctx->arena, sizeof(struct grant));
    map_init(&roles, ctx->arena);
    if (!ctx_query(ctx, &select_grants,
                   DB_VALUES(db_text_z(subject_kind_name(subject->kind)), db_text(subject->id),
                             groups, db_int(ctx->now)),
                   &rows))
        return false;
    while (db_next(&rows)) {
        struct grant *grant = list_push(out);
        if (grant)
            read_grant(ctx, &rows, &roles, grant);
    }
    return ctx_end(ctx, &rows);
}

static bool read_role_actions(struct ctx *ctx, struct db_value ids, struct map *roles)
{
    struct db_rows rows;
    if (!ctx_query(ctx, &select_role_actions, &ids, 1, &rows))
        return false;
    while (db_next(&rows))
        actions_of_role(ctx, roles, db_column_text(&rows, 0, ctx->arena),
                        db_column_text(&rows, 1, ctx->arena));
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
