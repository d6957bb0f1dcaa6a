/* SQL of the audit trail. */
#include "audit/audit_store.h"

#define COLUMNS                                                                                    \
    "sequence, id, created_at, actor, credential, session_id, action, resource_type, "             \
    "resource_id, related_type, related_id, address, request_id, decision, body, hash"

/* Of an actor, in one entry: one with thousands of roles would make each entry as long. */
enum { ROLES_MAX = 50 };

static const struct db_statement select_roles = DB_STATEMENT(
    "select_audit_roles", "SELECT slug FROM role WHERE id IN ${texts:1} ORDER BY slug");
static const struct db_statement select_head =
    DB_STATEMENT("select_audit_head", "SELECT sequence, hash FROM audit_head WHERE id = $1");
static const struct db_statement update_head = DB_STATEMENT(
    "update_audit_head", "UPDATE audit_head SET sequence = $1, hash = $2 WHERE id = $3");
/* The newest of so many that may go. One that is too young ends the search, even when older ones
 * come after it, as they do when clocks differ: the chain is only ever cut at its beginning. */
static const struct db_statement select_last_before = DB_STATEMENT(
    "select_last_audit_entry_before",
    "SELECT sequence, hash FROM audit_entry WHERE sequence > $1 AND sequence <= $2 AND sequence < "
    "COALESCE((SELECT min(sequence) FROM audit_entry WHERE sequence > $1 AND sequence <= $2 AND "
    "created_at >= $3), $2 + 1) ORDER BY sequence DESC LIMIT 1");
/* Just before the first entry of the time; the end of the trail when all are older; 0 when there
 * are none. */
static const struct db_statement select_first_since = DB_STATEMENT(
    "select_first_audit_entry_since",
    "SELECT COALESCE((SELECT min(sequence) - 1 FROM audit_entry WHERE created_at >= $1), (SELECT "
    "max(sequence) FROM audit_entry), 0)");
static const struct db_statement select_hash =
    DB_STATEMENT("select_audit_entry_hash", "SELECT hash FROM audit_entry WHERE sequence = $1");
static const struct db_statement delete_entries =
    DB_STATEMENT("delete_audit_entries", "DELETE FROM audit_entry WHERE sequence <= $1");
static const struct db_statement insert_entry = DB_STATEMENT(
    "insert_audit_entry",
    "INSERT INTO audit_entry (" COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");
static const struct db_statement select_entries = DB_STATEMENT(
    "select_audit_entries",
    "SELECT " COLUMNS " FROM audit_entry WHERE sequence > $1 ORDER BY sequence LIMIT $2");
static const struct db_statement select_entries_back = DB_STATEMENT(
    "select_audit_entries_back",
    "SELECT " COLUMNS " FROM audit_entry WHERE sequence < $1 ORDER BY sequence DESC LIMIT $2");

static bool is_listed(const struct list *texts, struct text text)
{
    for (size_t i = 0; i < texts->len; i++) {
        if (text_equal(LIST_ITEMS(texts, struct text)[i], text))
            return true;
    }
    return false;
}

static void list_roles(const struct actor *actor, struct list *ids)
{
    for (size_t i = 0; i < actor->grant_count && ids->len < ROLES_MAX; i++) {
        struct text role = actor->grants[i].role_id;
        struct text *id = role.len && !is_listed(ids, role) ? list_push(ids) : NULL;
        if (id)
            *id = role;
    }
}

bool audit_roles_of_actor(struct ctx *ctx, struct text_list *out)
{
    struct list ids, slugs;
    struct db_rows rows;
    *out = (struct text_list){NULL, 0};
    list_init(&ids, ctx->arena, sizeof(struct text));
    list_init(&slugs, ctx->arena, sizeof(struct text));
    list_roles(ctx->actor, &ids);
    if (ids.len == 0)
        return true;
    if (!ctx_query(ctx, &select_roles, DB_VALUES(db_texts(ctx->arena, ids.items, ids.len)), &rows))
        return false;
    while (db_next(&rows)) {
        struct text *slug = list_push(&slugs);
        if (slug)
            *slug = db_column_text(&rows, 0, ctx->arena);
    }
    *out = (struct text_list){slugs.items, slugs.len};
    return ctx_end(ctx, &rows);
}

bool audit_head_get(struct ctx *ctx, enum audit_head which, int64_t *sequence, struct text *hash)
{
    struct db_rows rows;
    if (!ctx_query_one(ctx, &select_head, DB_VALUES(db_int(which)), &rows))
        return fail(ctx, ERR_INTERNAL, "the audit trail has no head");
    *sequence = db_column_int64(&rows, 0);
    *hash = db_column_text(&rows, 1, ctx->arena);
    return db_end(&rows);
}

static bool set_head(struct ctx *ctx, enum audit_head which, int64_t sequence, struct text hash)
{
    return ctx_execute(ctx, &update_head,
                       DB_VALUES(db_int(sequence), db_text(hash), db_int(which)));
}

bool audit_entry_insert(struct ctx *ctx, const struct audit_entry *entry)
{
    return ctx_execute(
               ctx, &insert_entry,
               DB_VALUES(db_int(entry->sequence), db_text(entry->id), db_int(entry->created_at),
                         db_text(entry->actor), db_text_or_null(entry->credential),
                         db_text_or_null(entry->session_id), db_text(entry->action),
                         db_text(entry->resource_type), db_text_or_null(entry->resource_id),
                         db_text_or_null(entry->related_type), db_text_or_null(entry->related_id),
                         db_text_or_null(entry->address), db_text_or_null(entry->request_id),
                         db_text(entry->decision), db_text(entry->body), db_text(entry->hash))) &&
           set_head(ctx, AUDIT_NEWEST, entry->sequence, entry->hash);
}

bool audit_removed_set(struct ctx *ctx, int64_t sequence, struct text hash)
{
    return set_head(ctx, AUDIT_REMOVED, sequence, hash);
}

bool audit_entry_last_before(struct ctx *ctx, int64_t from, int64_t time, int64_t limit,
                             int64_t *sequence, struct text *hash)
{
    struct db_rows rows;
    if (!ctx_query(ctx, &select_last_before,
                   DB_VALUES(db_int(from), db_int(from + limit), db_int(time)), &rows))
        return false;
    if (db_next(&rows)) {
        *sequence = db_column_int64(&rows, 0);
        *hash = db_column_text(&rows, 1, ctx->arena);
    }
    return ctx_end(ctx, &rows);
}

bool audit_entry_first_since(struct ctx *ctx, int64_t time, int64_t *after)
{
    struct db_rows rows;
    if (!ctx_query(ctx, &select_first_since, DB_VALUES(db_int(time)), &rows))
        return false;
    if (db_next(&rows) && db_column_int64(&rows, 0) > *after)
        *after = db_column_int64(&rows, 0);
    return ctx_end(ctx, &rows);
}

bool audit_entry_hash(struct ctx *ctx, int64_t sequence, struct text *hash)
{
    struct db_rows rows;
    *hash = TEXT("");
    if (!ctx_query(ctx, &select_hash, DB_VALUES(db_int(sequence)), &rows))
        return false;
    if (db_next(&rows))
        *hash = db_column_text(&rows, 0, ctx->arena);
    return ctx_end(ctx, &rows);
}

bool audit_entry_delete_up_to(struct ctx *ctx, int64_t sequence)
{
    return ctx_execute(ctx, &delete_entries, DB_VALUES(db_int(sequence)));
}

void audit_entry_read(const struct db_rows *rows, struct arena *arena, struct audit_entry *entry)
{
    *entry = (struct audit_entry){
        .sequence = db_column_int64(rows, 0),
        .id = db_column_text(rows, 1, arena),
        .created_at = db_column_int64(rows, 2),
        .actor = db_column_text(rows, 3, arena),
        .credential = db_column_text(rows, 4, arena),
        .session_id = db_column_text(rows, 5, arena),
        .action = db_column_text(rows, 6, arena),
        .resource_type = db_column_text(rows, 7, arena),
        .resource_id = db_column_text(rows, 8, arena),
        .related_type = db_column_text(rows, 9, arena),
        .related_id = db_column_text(rows, 10, arena),
        .address = db_column_text(rows, 11, arena),
        .request_id = db_column_text(rows, 12, arena),
        .decision = db_column_text(rows, 13, arena),
        .body = db_column_text(rows, 14, arena),
        .hash = db_column_text(rows, 15, arena),
    };
}

bool audit_entry_open(struct ctx *ctx, int64_t from, bool ascending, int64_t limit,
                      struct db_rows *rows)
{
    return ctx_query(ctx, ascending ? &select_entries : &select_entries_back,
                     DB_VALUES(db_int(from), db_int(limit)), rows);
}

bool audit_entry_list(struct ctx *ctx, int64_t after, int64_t limit, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct audit_entry));
    if (!audit_entry_open(ctx, after, true, limit, &rows))
        return false;
    while (db_next(&rows)) {
        struct audit_entry *entry = list_push(out);
        if (entry)
            audit_entry_read(&rows, ctx->arena, entry);
    }
    return ctx_end(ctx, &rows);
}
