/* SQL of questions about rights. */
#include "explain/question_store.h"

/* By explain_object. */
static const struct db_statement select_space[] = {
    [EXPLAIN_SPACE] = DB_STATEMENT("space_of_space", "SELECT id FROM space WHERE id = $1"),
    [EXPLAIN_STACK] = DB_STATEMENT("space_of_stack", "SELECT space_id FROM stack WHERE id = $1"),
    [EXPLAIN_RUN] = DB_STATEMENT("space_of_run", "SELECT s.space_id FROM run r JOIN stack s ON "
                                                 "s.id = r.stack_id WHERE r.id = $1"),
    [EXPLAIN_POLICY] = DB_STATEMENT("space_of_policy", "SELECT space_id FROM policy WHERE id = $1"),
    [EXPLAIN_ROLE_BINDING] =
        DB_STATEMENT("space_of_binding", "SELECT space_id FROM role_binding WHERE id = $1"),
    [EXPLAIN_API_KEY] =
        DB_STATEMENT("space_of_key", "SELECT 'root' FROM api_key WHERE id = $1 AND deleted_at IS "
                                     "NULL"),
    [EXPLAIN_USER] = DB_STATEMENT("space_of_user", "SELECT 'root' FROM account_user WHERE id = $1"),
    [EXPLAIN_USER_GROUP] =
        DB_STATEMENT("space_of_group", "SELECT 'root' FROM user_group WHERE id = $1"),
    [EXPLAIN_ROLE] =
        DB_STATEMENT("space_of_role", "SELECT 'root' FROM role WHERE id = $1 OR slug = $1"),
};
static const struct db_statement select_key =
    DB_STATEMENT("select_explained_key", "SELECT id, name, groups, FALSE FROM api_key "
                                         "WHERE id = $1 AND deleted_at IS NULL");
static const struct db_statement select_user =
    DB_STATEMENT("select_explained_user", "SELECT id, username, groups, is_owner FROM account_user "
                                          "WHERE id = $1 OR username = $1");
static const struct db_statement select_stack =
    DB_STATEMENT("select_explained_stack", "SELECT id, name, '[]', FALSE FROM stack WHERE id = $1");
static const struct db_statement select_session =
    DB_STATEMENT("select_explained_session",
                 "SELECT groups, verdict FROM session WHERE actor_kind = $1 AND actor_id = $2 AND "
                 "revoked_at IS NULL AND expires_at > $3 ORDER BY created_at DESC LIMIT 1");
static const struct db_statement select_refusal = DB_STATEMENT(
    "select_refusal", "SELECT credential, decision, created_at FROM audit_entry WHERE request_id = "
                      "$1 AND action = 'access.denied' ORDER BY sequence DESC LIMIT 1");

bool object_space_find(struct ctx *ctx, enum explain_object kind, struct text id, struct text *out)
{
    struct db_rows rows;
    *out = (struct text){NULL, 0};
    if (!ctx_query(ctx, &select_space[kind], DB_VALUES(db_text(id)), &rows))
        return false;
    if (db_next(&rows))
        *out = db_column_text(&rows, 0, ctx->arena);
    return ctx_end(ctx, &rows);
}

static bool read_session(struct ctx *ctx, struct grant_subject *subject)
{
    struct db_rows rows;
    if (!ctx_query(ctx, &select_session,
                   DB_VALUES(db_text_z(subject_kind_name(subject->kind)), db_text(subject->id),
                             db_int(ctx->now)),
                   &rows))
        return false;
    if (db_next(&rows)) {
        subject->groups = ctx_parse_texts(ctx, db_column_text(&rows, 0, ctx->arena));
        subject->verdict = db_column_text(&rows, 1, ctx->arena);
    }
    return ctx_end(ctx, &rows);
}

static bool read_subject(struct ctx *ctx, const struct db_statement *statement, struct text id,
                         struct explained_subject *out)
{
    struct db_rows rows;
    if (!ctx_query(ctx, statement, DB_VALUES(db_text(id)), &rows))
        return false;
    if (db_next(&rows)) {
        out->subject.id = db_column_text(&rows, 0, ctx->arena);
        out->name = db_column_text(&rows, 1, ctx->arena);
        out->subject.groups = ctx_parse_texts(ctx, db_column_text(&rows, 2, ctx->arena));
        out->subject.is_owner = db_column_bool(&rows, 3);
    }
    return ctx_end(ctx, &rows);
}

bool subject_find(struct ctx *ctx, struct text id, struct explained_subject **out)
{
    static const struct {
        const struct db_statement *statement;
        enum subject_kind subject;
        enum actor_kind actor;
    } kinds[] = {{&select_key, SUBJECT_API_KEY, ACTOR_API_KEY},
                 {&select_user, SUBJECT_USER, ACTOR_USER},
                 {&select_stack, SUBJECT_STACK, ACTOR_RUN}};
    struct explained_subject *found = ARENA_NEW(ctx->arena, struct explained_subject);
    *out = NULL;
    if (!found)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < ARRAY_LENGTH(kinds) && found->subject.id.len == 0; i++) {
        found->subject.kind = kinds[i].subject;
        found->kind = kinds[i].actor;
        if (!read_subject(ctx, kinds[i].statement, id, found))
            return false;
    }
    if (found->subject.id.len)
        *out = found;
    return !*out || read_session(ctx, &found->subject);
}

bool refusal_find(struct ctx *ctx, struct text request_id, struct refusal_row **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query(ctx, &select_refusal, DB_VALUES(db_text(request_id)), &rows))
        return false;
    struct refusal_row *row = db_next(&rows) ? ARENA_NEW(ctx->arena, struct refusal_row) : NULL;
    if (row)
        *row = (struct refusal_row){.actor_id = db_column_text(&rows, 0, ctx->arena),
                                    .decision = db_column_text(&rows, 1, ctx->arena),
                                    .at = db_column_int64(&rows, 2)};
    *out = row;
    return ctx_end(ctx, &rows);
}
