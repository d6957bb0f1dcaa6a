/* SQL of API keys and their bindings. */
#include "identity/api_key_store.h"

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
