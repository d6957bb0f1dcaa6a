/* SQL of sessions. */
#include "identity/session_store.h"

static const struct db_statement insert_session = DB_STATEMENT(
    "insert_session",
    "INSERT INTO session (id, actor_kind, actor_id, method, groups, claims, verdict, user_agent, "
    "created_at, created_from, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
#define SESSION_COLUMNS                                                                            \
    "s.id, s.actor_kind, s.actor_id, s.method, s.groups, s.claims, s.verdict, s.user_agent, "      \
    "s.created_at, s.created_from, s.expires_at, s.revoked_at"
#define SELECT_NAMED                                                                               \
    "SELECT " SESSION_COLUMNS ", COALESCE(k.name, u.username, '') FROM session s "                 \
    "LEFT JOIN api_key k ON s.actor_kind = 'API_KEY' AND k.id = s.actor_id "                       \
    "LEFT JOIN account_user u ON s.actor_kind = 'USER' AND u.id = s.actor_id "

static const struct db_statement select_session =
    DB_STATEMENT("select_session", "SELECT " SESSION_COLUMNS ", '' FROM session s WHERE s.id = $1");
static const struct db_statement select_named_session =
    DB_STATEMENT("select_named_session", SELECT_NAMED "WHERE s.id = $1");
static const struct db_statement select_sessions =
    DB_STATEMENT("select_sessions", SELECT_NAMED "WHERE s.expires_at > $1 AND s.revoked_at IS NULL "
                                                 "ORDER BY s.id DESC LIMIT $2");
static const struct db_statement select_sessions_of =
    DB_STATEMENT("select_sessions_of_actor", SELECT_NAMED
                 "WHERE s.expires_at > $1 AND s.revoked_at IS NULL AND s.actor_id = $3 "
                 "ORDER BY s.id DESC LIMIT $2");
static const struct db_statement revoke_session = DB_STATEMENT(
    "revoke_session", "UPDATE session SET revoked_at = $2, revoked_by = $3 WHERE id = $1");
static const struct db_statement revoke_sessions_of = DB_STATEMENT(
    "revoke_sessions_of_actor", "UPDATE session SET revoked_at = $2, revoked_by = $3 "
                                "WHERE actor_id = $1 AND revoked_at IS NULL AND expires_at > $2");
static const struct db_statement revoke_sessions = DB_STATEMENT(
    "revoke_sessions", "UPDATE session SET revoked_at = $3, revoked_by = $4 "
                       "WHERE actor_kind = $1 AND actor_id = $2 AND revoked_at IS NULL "
                       "AND id <> $5");
static const struct db_statement delete_sessions =
    DB_STATEMENT("delete_sessions", "DELETE FROM session WHERE expires_at < $1");

bool session_row_insert(struct ctx *ctx, const struct session *session)
{
    return ctx_execute(
        ctx, &insert_session,
        DB_VALUES(db_text(session->id), db_text_z(session_actor_kind_name(session->actor_kind)),
                  db_text(session->actor_id), db_text_z(session_method_name(session->method)),
                  db_text(ctx_print_texts(ctx, session->groups)), db_text(session->claims),
                  db_text(session->verdict), db_text_or_null(session->user_agent),
                  db_int(session->created_at), db_text(session->created_from),
                  db_int(session->expires_at)));
}

/* From the last to the first, which an unknown one reads as. */
static enum session_method parse_method(struct text name)
{
    int method = SESSION_RUN;
    while (method > SESSION_SECRET &&
           !text_equal_z(name, session_method_name((enum session_method)method)))
        method--;
    return (enum session_method)method;
}

static void read_session(struct ctx *ctx, const struct db_rows *rows, struct session *session)
{
    struct arena *arena = ctx->arena;
    *session = (struct session){
        .id = db_column_text(rows, 0, arena),
        .actor_kind = session_actor_kind(db_column_peek(rows, 1)),
        .actor_id = db_column_text(rows, 2, arena),
        .method = parse_method(db_column_peek(rows, 3)),
        .groups = ctx_parse_texts(ctx, db_column_text(rows, 4, arena)),
        .claims = db_column_text(rows, 5, arena),
        .verdict = db_column_text(rows, 6, arena),
        .user_agent = db_column_text(rows, 7, arena),
        .created_at = db_column_int64(rows, 8),
        .created_from = db_column_text(rows, 9, arena),
        .expires_at = db_column_int64(rows, 10),
        .revoked_at = db_column_int64(rows, 11),
        .actor_name = db_column_text(rows, 12, arena),
    };
}

static bool find_one(struct ctx *ctx, const struct db_statement *statement, struct text id,
                     struct session **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, statement, DB_VALUES(db_text(id)), &rows))
        return !error_is_set(ctx->error);
    struct session *session = ARENA_NEW(ctx->arena, struct session);
    if (session)
        read_session(ctx, &rows, session);
    *out = session;
    return ctx_end(ctx, &rows);
}

bool session_row_find(struct ctx *ctx, struct text id, struct session **out)
{
    return find_one(ctx, &select_session, id, out);
}

bool session_row_find_named(struct ctx *ctx, struct text id, struct session **out)
{
    return find_one(ctx, &select_named_session, id, out);
}

bool session_row_list(struct ctx *ctx, struct text actor_id, int64_t limit, struct list *out)
{
    struct db_rows rows;
    struct db_value values[] = {db_int(ctx->now), db_int(limit), db_text(actor_id)};
    bool of_one = actor_id.len > 0;
    list_init(out, ctx->arena, sizeof(struct session));
    if (!ctx_query(ctx, of_one ? &select_sessions_of : &select_sessions, values, of_one ? 3 : 2,
                   &rows))
        return false;
    while (db_next(&rows)) {
        struct session *session = list_push(out);
        if (session)
            read_session(ctx, &rows, session);
    }
    return ctx_end(ctx, &rows);
}

bool session_row_revoke(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &revoke_session,
                       DB_VALUES(db_text(id), db_int(ctx->now), db_text(ctx->actor->username)));
}

bool session_row_revoke_of(struct ctx *ctx, struct text actor_id, int64_t *count)
{
    return ctx_change(ctx, &revoke_sessions_of,
                      DB_VALUES(db_text(actor_id), db_int(ctx->now), db_text(ctx->actor->username)),
                      count);
}

bool session_row_revoke_all(struct ctx *ctx, enum actor_kind kind, struct text id, struct text kept)
{
    return ctx_execute(ctx, &revoke_sessions,
                       DB_VALUES(db_text_z(session_actor_kind_name(kind)), db_text(id),
                                 db_int(ctx->now), db_text(ctx->actor->username), db_text(kept)));
}

bool session_row_delete_expired(struct ctx *ctx)
{
    return ctx_execute(ctx, &delete_sessions, DB_VALUES(db_int(ctx->now)));
}
