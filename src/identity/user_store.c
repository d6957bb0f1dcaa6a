/* SQL of users. */
#include "identity/user_store.h"

#define USER_COLUMNS                                                                               \
    "id, username, email, name, password_hash, login_method, subject, groups, is_owner, "          \
    "is_disabled, invitation_hash, invited_at, invited_by, invitation_expires_at, accepted_at, "   \
    "last_login_at, last_login_from"
#define USER_SPACES                                                                                \
    "(SELECT count(DISTINCT space_id) FROM role_binding "                                          \
    "WHERE subject_kind = 'USER' AND subject_id = account_user.id)"
#define SELECT_USER "SELECT " USER_COLUMNS ", " USER_SPACES " FROM account_user "

static const struct db_statement insert_user = DB_STATEMENT(
    "insert_user", "INSERT INTO account_user (" USER_COLUMNS
                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                   "$16, $17)");
static const struct db_statement select_user =
    DB_STATEMENT("select_user", SELECT_USER "WHERE id = $1");
static const struct db_statement select_user_by_name =
    DB_STATEMENT("select_user_by_name", SELECT_USER "WHERE username = $1");
static const struct db_statement select_user_by_subject =
    DB_STATEMENT("select_user_by_subject", SELECT_USER "WHERE subject = $1");
static const struct db_statement select_invited =
    DB_STATEMENT("select_invited_user", SELECT_USER
                 "WHERE lower(email) = lower($1) AND "
                 "subject IS NULL AND accepted_at IS NULL AND invitation_expires_at > $2 "
                 "ORDER BY invited_at DESC LIMIT 1");
static const struct db_statement select_users =
    DB_STATEMENT("select_users", SELECT_USER "ORDER BY username, id");
static const struct db_statement select_users_of =
    DB_STATEMENT("select_users_of", SELECT_USER "WHERE id IN ${texts:1}");
static const struct db_statement update_user = DB_STATEMENT(
    "update_user",
    "UPDATE account_user SET email = $2, name = $3, password_hash = $4, login_method = $5, "
    "subject = $6, groups = $7, is_owner = $8, is_disabled = $9, invitation_hash = $10, "
    "invitation_expires_at = $11, accepted_at = $12, last_login_at = $13, last_login_from = $14 "
    "WHERE id = $1");
static const struct db_statement delete_user =
    DB_STATEMENT("delete_user", "DELETE FROM account_user WHERE id = $1");

bool user_row_insert(struct ctx *ctx, const struct user_row *row)
{
    const struct user *user = &row->user;
    return ctx_execute(
        ctx, &insert_user,
        DB_VALUES(db_text(user->id), db_text(user->username), ctx_text_or_null(user->email),
                  db_text(user->name), ctx_text_or_null(row->password_hash),
                  ctx_text_or_null(user->login_method), ctx_text_or_null(row->subject),
                  db_text(ctx_print_texts(ctx, user->groups)), db_bool(user->is_owner),
                  db_bool(user->is_disabled), ctx_text_or_null(row->invitation_hash),
                  db_int(user->invited_at), db_text(user->invited_by),
                  ctx_time_or_null(user->invitation_expires_at),
                  ctx_time_or_null(user->accepted_at), ctx_time_or_null(user->last_login_at),
                  ctx_text_or_null(user->last_login_from)));
}

static void read_user(struct ctx *ctx, const struct db_rows *rows, struct user_row *row)
{
    struct arena *arena = ctx->arena;
    row->password_hash = ctx_optional_text(ctx, rows, 4);
    row->subject = ctx_optional_text(ctx, rows, 6);
    row->invitation_hash = ctx_optional_text(ctx, rows, 10);
    row->user = (struct user){
        .id = db_column_text(rows, 0, arena),
        .username = db_column_text(rows, 1, arena),
        .email = ctx_optional_text(ctx, rows, 2),
        .name = db_column_text(rows, 3, arena),
        .login_method = ctx_optional_text(ctx, rows, 5),
        .groups = ctx_parse_texts(ctx, db_column_text(rows, 7, arena)),
        .has_password = row->password_hash.at != NULL,
        .is_owner = db_column_bool(rows, 8),
        .is_disabled = db_column_bool(rows, 9),
        .invited_at = db_column_int64(rows, 11),
        .invited_by = db_column_text(rows, 12, arena),
        .invitation_expires_at = db_column_int64(rows, 13),
        .accepted_at = db_column_int64(rows, 14),
        .last_login_at = db_column_int64(rows, 15),
        .last_login_from = ctx_optional_text(ctx, rows, 16),
        .space_count = db_column_int64(rows, 17),
    };
    row->user.status = user_status_at(&row->user, ctx->now);
}

static bool find_one(struct ctx *ctx, const struct db_statement *statement,
                     const struct db_value *values, size_t count, struct user_row **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, statement, values, count, &rows))
        return !error_is_set(ctx->error);
    struct user_row *row = ARENA_NEW(ctx->arena, struct user_row);
    if (row)
        read_user(ctx, &rows, row);
    *out = row;
    return ctx_end(ctx, &rows);
}

bool user_row_find(struct ctx *ctx, struct text id, struct user_row **out)
{
    return find_one(ctx, &select_user, DB_VALUES(db_text(id)), out);
}

bool user_row_find_by_name(struct ctx *ctx, struct text username, struct user_row **out)
{
    return find_one(ctx, &select_user_by_name, DB_VALUES(db_text(username)), out);
}

bool user_row_find_by_subject(struct ctx *ctx, struct text subject, struct user_row **out)
{
    return find_one(ctx, &select_user_by_subject, DB_VALUES(db_text(subject)), out);
}

bool user_row_find_invited(struct ctx *ctx, struct text email, struct user_row **out)
{
    return find_one(ctx, &select_invited, DB_VALUES(db_text(email), db_int(ctx->now)), out);
}

static bool list_rows(struct ctx *ctx, const struct db_statement *statement,
                      const struct db_value *values, size_t count, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct user_row));
    if (!ctx_query(ctx, statement, values, count, &rows))
        return false;
    while (db_next(&rows)) {
        struct user_row *row = list_push(out);
        if (row)
            read_user(ctx, &rows, row);
    }
    return ctx_end(ctx, &rows);
}

bool user_row_list(struct ctx *ctx, struct list *out)
{
    return list_rows(ctx, &select_users, DB_NO_VALUES, out);
}

bool user_row_list_of(struct ctx *ctx, struct text_list ids, struct list *out)
{
    return list_rows(ctx, &select_users_of, DB_VALUES(db_texts(ctx->arena, ids.items, ids.len)),
                     out);
}

bool user_row_update(struct ctx *ctx, const struct user_row *row)
{
    const struct user *user = &row->user;
    return ctx_execute(
        ctx, &update_user,
        DB_VALUES(db_text(user->id), ctx_text_or_null(user->email), db_text(user->name),
                  ctx_text_or_null(row->password_hash), ctx_text_or_null(user->login_method),
                  ctx_text_or_null(row->subject), db_text(ctx_print_texts(ctx, user->groups)),
                  db_bool(user->is_owner), db_bool(user->is_disabled),
                  ctx_text_or_null(row->invitation_hash),
                  ctx_time_or_null(user->invitation_expires_at),
                  ctx_time_or_null(user->accepted_at), ctx_time_or_null(user->last_login_at),
                  ctx_text_or_null(user->last_login_from)));
}

bool user_row_delete(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &delete_user, DB_VALUES(db_text(id)));
}
