/* SQL of API keys. */
#include "identity/api_key_store.h"

#define KEY_COLUMNS                                                                                \
    "id, kind, name, description, groups, created_by, created_at, expires_at, last_used_at, "      \
    "last_used_from, deleted_at, secret_hash, secret_changed_at, previous_secret_hash, "           \
    "previous_secret_until, oidc"

static const struct db_statement insert_key = DB_STATEMENT(
    "insert_api_key",
    "INSERT INTO api_key (id, kind, name, description, groups, created_by, created_at, "
    "expires_at, secret_hash, oidc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
static const struct db_statement select_key =
    DB_STATEMENT("select_api_key", "SELECT " KEY_COLUMNS " FROM api_key WHERE id = $1");
static const struct db_statement select_keys =
    DB_STATEMENT("select_api_keys", "SELECT " KEY_COLUMNS " FROM api_key WHERE deleted_at IS NULL "
                                    "ORDER BY name, id");
static const struct db_statement delete_key =
    DB_STATEMENT("delete_api_key", "UPDATE api_key SET deleted_at = $2 WHERE id = $1");
static const struct db_statement use_key = DB_STATEMENT(
    "use_api_key", "UPDATE api_key SET last_used_at = $2, last_used_from = $3 WHERE id = $1");
static const struct db_statement update_key =
    DB_STATEMENT("update_api_key", "UPDATE api_key SET name = $2, description = $3, groups = $4, "
                                   "oidc = $5 WHERE id = $1");
static const struct db_statement reset_key = DB_STATEMENT(
    "reset_api_key",
    "UPDATE api_key SET previous_secret_hash = CASE WHEN $5 THEN secret_hash END, "
    "previous_secret_until = $3, secret_hash = $2, secret_changed_at = $4 WHERE id = $1");
static const struct db_statement revoke_previous =
    DB_STATEMENT("revoke_previous_secret", "UPDATE api_key SET previous_secret_hash = NULL, "
                                           "previous_secret_until = NULL WHERE id = $1");
static const struct db_statement select_ending = DB_STATEMENT(
    "select_ending_api_keys",
    "SELECT " KEY_COLUMNS " FROM api_key WHERE expires_at > $1 AND expires_at <= $2 AND "
    "deleted_at IS NULL AND expiry_warned_at IS NULL ORDER BY expires_at, id LIMIT $3");
static const struct db_statement warn_key =
    DB_STATEMENT("warn_api_key", "UPDATE api_key SET expiry_warned_at = $2 WHERE id = $1");
static const struct db_statement count_ending =
    DB_STATEMENT("count_ending_api_keys", "SELECT count(*) FROM api_key WHERE expires_at > $1 AND "
                                          "expires_at <= $2 AND deleted_at IS NULL");
static const struct db_statement delete_workers =
    DB_STATEMENT("delete_worker_keys", "DELETE FROM api_key WHERE kind = 'WORKER' AND name = $1");
/* Not their number: there may be a million. */
static const struct db_statement select_any_key =
    DB_STATEMENT("select_any_api_key", "SELECT 1 FROM api_key WHERE kind = 'SECRET' LIMIT 1");

static const char *const kinds[] = {
    [API_KEY_SECRET] = "SECRET", [API_KEY_WORKER] = "WORKER", [API_KEY_OIDC] = "OIDC"};

static struct db_value oidc_or_null(struct ctx *ctx, const struct api_key *key)
{
    return key->oidc ? db_text(oidc_trust_print(ctx->arena, key->oidc)) : db_null();
}

bool api_key_insert(struct ctx *ctx, const struct api_key *key, struct text secret_hash)
{
    return ctx_execute(ctx, &insert_key,
                       DB_VALUES(db_text(key->id), db_text_z(kinds[key->kind]), db_text(key->name),
                                 db_text(key->description),
                                 db_text(ctx_print_texts(ctx, key->teams)), db_text(key->creator),
                                 db_int(key->created_at), ctx_time_or_null(key->expires_at),
                                 db_text(secret_hash), oidc_or_null(ctx, key)));
}

static enum api_key_kind parse_kind(struct text name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        if (text_equal_z(name, kinds[i]))
            return (enum api_key_kind)i;
    }
    return API_KEY_WORKER; /* which may do least */
}

/* False when what an OIDC key trusts cannot be read: then nothing of it is believed. */
static bool read_key(struct ctx *ctx, const struct db_rows *rows, struct api_key_row *row)
{
    struct arena *arena = ctx->arena;
    row->key = (struct api_key){
        .id = db_column_text(rows, 0, arena),
        .kind = parse_kind(db_column_peek(rows, 1)),
        .name = db_column_text(rows, 2, arena),
        .description = db_column_text(rows, 3, arena),
        .teams = ctx_parse_texts(ctx, db_column_text(rows, 4, arena)),
        .creator = db_column_text(rows, 5, arena),
        .created_at = db_column_int64(rows, 6),
        .expires_at = db_column_int64(rows, 7),
        .last_used_at = db_column_int64(rows, 8),
        .last_used_from = ctx_optional_text(ctx, rows, 9),
        .deleted = !db_column_is_null(rows, 10),
        .secret_changed_at = db_column_int64(rows, 12),
        .previous_secret_until = db_column_int64(rows, 14),
    };
    row->secret_hash = db_column_text(rows, 11, arena);
    row->previous_secret_hash = db_column_text(rows, 13, arena);
    return db_column_is_null(rows, 15) ||
           oidc_trust_parse(ctx, db_column_text(rows, 15, arena), &row->key.oidc);
}

bool api_key_row_find(struct ctx *ctx, struct text id, struct api_key_row **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, &select_key, DB_VALUES(db_text(id)), &rows))
        return !error_is_set(ctx->error);
    struct api_key_row *row = ARENA_NEW(ctx->arena, struct api_key_row);
    bool is_read = !row || read_key(ctx, &rows, row);
    *out = row;
    return ctx_end(ctx, &rows) && is_read;
}

static bool list_rows(struct ctx *ctx, const struct db_statement *statement,
                      const struct db_value *values, size_t count, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct api_key_row));
    if (!ctx_query(ctx, statement, values, count, &rows))
        return false;
    bool is_read = true;
    while (is_read && db_next(&rows)) {
        struct api_key_row *row = list_push(out);
        is_read = !row || read_key(ctx, &rows, row);
    }
    return ctx_end(ctx, &rows) && is_read;
}

bool api_key_row_list(struct ctx *ctx, struct list *out)
{
    return list_rows(ctx, &select_keys, DB_NO_VALUES, out);
}

bool api_key_row_list_ending(struct ctx *ctx, int64_t until, int64_t limit, struct list *out)
{
    return list_rows(ctx, &select_ending, DB_VALUES(db_int(ctx->now), db_int(until), db_int(limit)),
                     out);
}

bool api_key_row_update(struct ctx *ctx, const struct api_key *key)
{
    return ctx_execute(ctx, &update_key,
                       DB_VALUES(db_text(key->id), db_text(key->name), db_text(key->description),
                                 db_text(ctx_print_texts(ctx, key->teams)),
                                 oidc_or_null(ctx, key)));
}

bool api_key_row_reset(struct ctx *ctx, const struct api_key *key, struct text secret_hash)
{
    return ctx_execute(ctx, &reset_key,
                       DB_VALUES(db_text(key->id), db_text(secret_hash),
                                 ctx_time_or_null(key->previous_secret_until),
                                 db_int(key->secret_changed_at),
                                 db_bool(key->previous_secret_until > 0)));
}

bool api_key_row_revoke_previous(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &revoke_previous, DB_VALUES(db_text(id)));
}

bool api_key_mark_warned(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &warn_key, DB_VALUES(db_text(id), db_int(ctx->now)));
}

bool api_key_count_ending(struct ctx *ctx, int64_t after, int64_t until, int64_t *out)
{
    struct db_rows rows;
    if (!ctx_query_one(ctx, &count_ending, DB_VALUES(db_int(after), db_int(until)), &rows))
        return false;
    *out = db_column_int64(&rows, 0);
    return db_end(&rows);
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

bool api_key_any_exists(struct ctx *ctx, bool *out)
{
    struct db_rows rows;
    *out = ctx_query_one(ctx, &select_any_key, DB_NO_VALUES, &rows);
    return *out ? db_end(&rows) : !error_is_set(ctx->error);
}
