/* SQL of API keys, their sessions and their bindings. */
#include "identity/api_key_store.h"

#include "access/action.h"
#include "base/ulid.h"

#define KEY_COLUMNS                                                                                \
    "id, kind, name, description, groups, created_by, created_at, expires_at, last_used_at, "      \
    "last_used_from, deleted_at, secret_hash"

static const struct db_statement insert_key = DB_STATEMENT(
    "insert_api_key",
    "INSERT INTO api_key (id, kind, name, description, groups, created_by, created_at, "
    "expires_at, secret_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
static const struct db_statement select_key =
    DB_STATEMENT("select_api_key", "SELECT " KEY_COLUMNS " FROM api_key WHERE id = $1");
static const struct db_statement select_keys =
    DB_STATEMENT("select_api_keys", "SELECT " KEY_COLUMNS " FROM api_key WHERE deleted_at IS NULL "
                                    "ORDER BY name, id");
static const struct db_statement delete_key =
    DB_STATEMENT("delete_api_key", "UPDATE api_key SET deleted_at = $2 WHERE id = $1");
static const struct db_statement use_key = DB_STATEMENT(
    "use_api_key", "UPDATE api_key SET last_used_at = $2, last_used_from = $3 WHERE id = $1");
static const struct db_statement delete_workers =
    DB_STATEMENT("delete_worker_keys", "DELETE FROM api_key WHERE kind = 'WORKER' AND name = $1");
static const struct db_statement count_keys =
    DB_STATEMENT("count_api_keys", "SELECT count(*) FROM api_key WHERE kind = 'SECRET'");

static const struct db_statement insert_session = DB_STATEMENT(
    "insert_session", "INSERT INTO session (id, api_key_id, created_at, created_from, expires_at) "
                      "VALUES ($1, $2, $3, $4, $5)");
static const struct db_statement select_session =
    DB_STATEMENT("select_session", "SELECT id, api_key_id, created_at, expires_at, revoked_at "
                                   "FROM session WHERE id = $1");
static const struct db_statement revoke_sessions =
    DB_STATEMENT("revoke_sessions", "UPDATE session SET revoked_at = $2 "
                                    "WHERE api_key_id = $1 AND revoked_at IS NULL");
static const struct db_statement delete_sessions =
    DB_STATEMENT("delete_sessions", "DELETE FROM session WHERE expires_at < $1");

static const struct db_statement select_grants = DB_STATEMENT(
    "select_grants", "SELECT b.id, r.id, b.space_id, r.actions FROM role_binding b "
                     "JOIN role r ON r.id = b.role_id "
                     "WHERE (b.subject_kind = 'API_KEY' AND b.subject_id = $1) "
                     "OR (b.subject_kind = 'GROUP' AND b.subject_id IN ${texts:2}) ORDER BY b.id");
static const struct db_statement insert_binding = DB_STATEMENT(
    "insert_binding",
    "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, created_at, "
    "created_by) SELECT $1, $2, $3, id, $5, $6, $7 FROM role WHERE slug = $4");
static const struct db_statement delete_bindings = DB_STATEMENT(
    "delete_bindings", "DELETE FROM role_binding WHERE subject_kind = $1 AND subject_id = $2");

static const char *const kinds[] = {[API_KEY_SECRET] = "SECRET", [API_KEY_WORKER] = "WORKER"};

bool api_key_insert(struct ctx *ctx, const struct api_key *key, struct text secret_hash)
{
    return ctx_execute(ctx, &insert_key,
                       DB_VALUES(db_text(key->id), db_text_z(kinds[key->kind]), db_text(key->name),
                                 db_text(key->description),
                                 db_text(ctx_print_texts(ctx, key->teams)), db_text(key->creator),
                                 db_int(key->created_at), ctx_time_or_null(key->expires_at),
                                 db_text(secret_hash)));
}

static void read_key(struct ctx *ctx, const struct db_rows *rows, struct api_key_row *row)
{
    struct arena *arena = ctx->arena;
    row->key = (struct api_key){
        .id = db_column_text(rows, 0, arena),
        .kind = text_equal_z(db_column_peek(rows, 1), kinds[API_KEY_WORKER]) ? API_KEY_WORKER
                                                                             : API_KEY_SECRET,
        .name = db_column_text(rows, 2, arena),
        .description = db_column_text(rows, 3, arena),
        .teams = ctx_parse_texts(ctx, db_column_text(rows, 4, arena)),
        .creator = db_column_text(rows, 5, arena),
        .created_at = db_column_int64(rows, 6),
        .expires_at = db_column_int64(rows, 7),
        .last_used_at = db_column_int64(rows, 8),
        .last_used_from = db_column_text(rows, 9, arena),
        .deleted = !db_column_is_null(rows, 10),
    };
    row->secret_hash = db_column_text(rows, 11, arena);
}

bool api_key_row_find(struct ctx *ctx, struct text id, struct api_key_row **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, &select_key, DB_VALUES(db_text(id)), &rows))
        return !error_is_set(ctx->error);
    struct api_key_row *row = ARENA_NEW(ctx->arena, struct api_key_row);
    if (row)
        read_key(ctx, &rows, row);
    *out = row;
    return ctx_end(ctx, &rows);
}

bool api_key_row_list(struct ctx *ctx, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct api_key_row));
    if (!ctx_query(ctx, &select_keys, DB_NO_VALUES, &rows))
        return false;
    while (db_next(&rows)) {
        struct api_key_row *row = list_push(out);
        if (row)
            read_key(ctx, &rows, row);
    }
    return ctx_end(ctx, &rows);
}

bool api_key_mark_deleted(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &delete_key, DB_VALUES(db_text(id), db_int(ctx->now)));
}

bool api_key_mark_used(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &use_key,
                       DB_VALUES(db_text(id), db_int(ctx->now), db_text(ctx->address)));
}

bool api_key_delete_workers(struct ctx *ctx, struct text name)
{
    return ctx_execute(ctx, &delete_workers, DB_VALUES(db_text(name)));
}

bool api_key_count(struct ctx *ctx, int64_t *out)
{
    struct db_rows rows;
    if (!ctx_query_one(ctx, &count_keys, DB_NO_VALUES, &rows))
        return false;
    *out = db_column_int64(&rows, 0);
    return db_end(&rows);
}

bool session_insert(struct ctx *ctx, const struct session_row *row)
{
    return ctx_execute(ctx, &insert_session,
                       DB_VALUES(db_text(row->id), db_text(row->api_key_id),
                                 db_int(row->created_at), db_text(ctx->address),
                                 db_int(row->expires_at)));
}

bool session_find(struct ctx *ctx, struct text id, struct session_row **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, &select_session, DB_VALUES(db_text(id)), &rows))
        return !error_is_set(ctx->error);
    struct session_row *row = ARENA_NEW(ctx->arena, struct session_row);
    if (row) {
        row->id = db_column_text(&rows, 0, ctx->arena);
        row->api_key_id = db_column_text(&rows, 1, ctx->arena);
        row->created_at = db_column_int64(&rows, 2);
        row->expires_at = db_column_int64(&rows, 3);
        row->revoked = !db_column_is_null(&rows, 4);
    }
    *out = row;
    return ctx_end(ctx, &rows);
}

bool session_revoke_all_of_key(struct ctx *ctx, struct text api_key_id)
{
    return ctx_execute(ctx, &revoke_sessions, DB_VALUES(db_text(api_key_id), db_int(ctx->now)));
}

bool session_delete_expired(struct ctx *ctx)
{
    return ctx_execute(ctx, &delete_sessions, DB_VALUES(db_int(ctx->now)));
}

/* Names of actions that this program does not know are left out: a right is never guessed. */
static struct action_set parse_actions(struct ctx *ctx, struct text json)
{
    struct action_set set = {{0}};
    struct text_list names = ctx_parse_texts(ctx, json);
    for (size_t i = 0; i < names.len; i++) {
        enum action action;
        if (action_parse(names.items[i], &action))
            action_set_add(&set, action);
    }
    return set;
}

bool grant_list_of_key(struct ctx *ctx, const struct api_key *key, struct list *out)
{
    struct db_rows rows;
    struct db_value groups = db_texts(ctx->arena, key->teams.items, key->teams.len);
    list_init(out, ctx->arena, sizeof(struct grant));
    if (!ctx_query(ctx, &select_grants, DB_VALUES(db_text(key->id), groups), &rows))
        return false;
    while (db_next(&rows)) {
        struct grant *grant = list_push(out);
        if (!grant)
            continue;
        grant->binding_id = db_column_text(&rows, 0, ctx->arena);
        grant->role_id = db_column_text(&rows, 1, ctx->arena);
        grant->space_id = db_column_text(&rows, 2, ctx->arena);
        grant->actions = parse_actions(ctx, db_column_text(&rows, 3, ctx->arena));
    }
    return ctx_end(ctx, &rows);
}

bool binding_insert(struct ctx *ctx, struct text subject_kind, struct text subject_id,
                    struct text role_slug, struct text space_id)
{
    int64_t changed;
    struct text id = ulid_make(ctx->arena);
    if (id.len == 0)
        return fail_no_memory(ctx);
    if (!ctx_change(ctx, &insert_binding,
                    DB_VALUES(db_text(id), db_text(subject_kind), db_text(subject_id),
                              db_text(role_slug), db_text(space_id), db_int(ctx->now),
                              db_text(ctx->actor->username)),
                    &changed))
        return false;
    return changed > 0 || fail(ctx, ERR_NOT_FOUND, "role \"%.*s\" not found", TEXT_ARG(role_slug));
}

bool binding_delete_of_subject(struct ctx *ctx, struct text subject_kind, struct text subject_id)
{
    return ctx_execute(ctx, &delete_bindings,
                       DB_VALUES(db_text(subject_kind), db_text(subject_id)));
}
