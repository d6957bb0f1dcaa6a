/* SQL of stacks. Which columns a read has, and how they are read, is in stack_columns.h. */
#include "stack/stack_store.h"

#include "db/db_row.h"
#include "stack/stack_columns.h"

static const struct db_statement insert_stack = DB_STATEMENT(
    "insert_stack",
    "INSERT INTO stack (id, name, description, space_id, provider, namespace, repository, "
    "repository_url, branch, project_root, labels, hooks, additional_project_globs, "
    "git_sparse_checkout_paths, runner_image, vendor, vendor_config, administrative, autodeploy, "
    "autoretry, github_action_deploy, local_preview_enabled, enable_well_known_secret_masking, "
    "enable_sensitive_output_upload, protect_from_deletion, manages_state_file, created_at, "
    "created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
    "$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)");
static const struct db_statement update_stack = DB_STATEMENT(
    "update_stack",
    "UPDATE stack SET name = $2, description = $3, space_id = $4, provider = $5, namespace = $6, "
    "repository = $7, repository_url = $8, branch = $9, project_root = $10, labels = $11, "
    "hooks = $12, additional_project_globs = $13, git_sparse_checkout_paths = $14, "
    "runner_image = $15, vendor = $16, vendor_config = $17, administrative = $18, "
    "autodeploy = $19, autoretry = $20, github_action_deploy = $21, local_preview_enabled = $22, "
    "enable_well_known_secret_masking = $23, enable_sensitive_output_upload = $24, "
    "protect_from_deletion = $25 WHERE id = $1");
static const struct db_statement delete_stack =
    DB_STATEMENT("delete_stack", "DELETE FROM stack WHERE id = $1");
static const struct db_statement count_stack =
    DB_STATEMENT("count_stack", "SELECT count(*) FROM stack WHERE id = $1");
static const struct db_statement select_stack =
    DB_STATEMENT("select_stack", STACK_SELECT_ALL " FROM stack WHERE id = $1");
static const struct db_statement select_many =
    DB_STATEMENT("select_stacks_by_id", STACK_SELECT_ALL " FROM stack WHERE id IN ${texts:1}");
/* Unordered: a list is sorted as pointers, which moves less than the engine's sorter would. */
#define IN_SPACES " FROM stack WHERE space_id IN ${texts:1}"
static const struct db_statement select_keys =
    DB_STATEMENT("select_stack_keys", STACK_SELECT_KEY IN_SPACES);
static const struct db_statement select_page =
    DB_STATEMENT("select_stack_page", STACK_SELECT_PAGE IN_SPACES);
static const struct db_statement select_whole =
    DB_STATEMENT("select_stacks", STACK_SELECT_ALL IN_SPACES);
/* For those who see every space. */
static const struct db_statement select_all_keys =
    DB_STATEMENT("select_all_stack_keys", STACK_SELECT_KEY " FROM stack");
static const struct db_statement select_all_page =
    DB_STATEMENT("select_all_stack_page", STACK_SELECT_PAGE " FROM stack");
static const struct db_statement select_all_whole =
    DB_STATEMENT("select_all_stacks", STACK_SELECT_ALL " FROM stack");
static const struct db_statement set_lock =
    DB_STATEMENT("set_stack_lock",
                 "UPDATE stack SET locked_by = $2, locked_at = $3, lock_note = $4 WHERE id = $1");
static const struct db_statement set_disabled =
    DB_STATEMENT("set_stack_disabled", "UPDATE stack SET is_disabled = $2 WHERE id = $1");
static const struct db_statement set_commit = DB_STATEMENT(
    "set_stack_commit", "UPDATE stack SET tracked_commit = $2, tracked_commit_pinned = $3, "
                        "tracked_commit_set_by = $4 WHERE id = $1");
static const struct db_statement set_progress = DB_STATEMENT(
    "set_stack_progress", "UPDATE stack SET state = $2, state_set_at = $3, state_set_by = $4, "
                          "blocker_id = $5, last_apply_at = $6, entity_count = $7 WHERE id = $1");
static const struct db_statement insert_star =
    DB_STATEMENT("insert_star", "INSERT INTO stack_star (stack_id, actor) VALUES ($1, $2) "
                                "ON CONFLICT DO NOTHING");
static const struct db_statement delete_star =
    DB_STATEMENT("delete_star", "DELETE FROM stack_star WHERE stack_id = $1 AND actor = $2");
static const struct db_statement select_stars =
    DB_STATEMENT("select_stars", "SELECT stack_id FROM stack_star WHERE actor = $2 "
                                 "AND stack_id IN ${texts:1}");

static struct text print_hooks(struct ctx *ctx, const struct hooks *hooks)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    hooks_print(hooks, writer);
    return json_print_end(&printer);
}

static struct text print_vendor(struct ctx *ctx, const struct vendor *vendor)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    vendor_print(vendor, writer);
    return json_print_end(&printer);
}

/* $1 to $25 of insert and update. */
#define CONFIGURATION_VALUES(stack)                                                                \
    db_text((stack)->id), db_text((stack)->name), db_text_or_null((stack)->description),           \
        db_text((stack)->space), db_text_z(vcs_provider_name((stack)->provider)),                  \
        db_text_or_null((stack)->namespace), db_text((stack)->repository),                         \
        db_text_or_null((stack)->repository_url), db_text((stack)->branch),                        \
        db_text_or_null((stack)->project_root), db_text(ctx_print_texts(ctx, (stack)->labels)),    \
        db_text(print_hooks(ctx, &(stack)->hooks)),                                                \
        db_text(ctx_print_texts(ctx, (stack)->additional_project_globs)),                          \
        db_text(ctx_print_texts(ctx, (stack)->git_sparse_checkout_paths)),                         \
        db_text_or_null((stack)->runner_image), db_text_z(vendor_kind_name((stack)->vendor.kind)), \
        db_text(print_vendor(ctx, &(stack)->vendor)), db_bool((stack)->administrative),            \
        db_bool((stack)->autodeploy), db_bool((stack)->autoretry),                                 \
        db_bool((stack)->github_action_deploy), db_bool((stack)->local_preview_enabled),           \
        db_bool((stack)->enable_well_known_secret_masking),                                        \
        db_bool((stack)->enable_sensitive_output_upload), db_bool((stack)->protect_from_deletion)

bool stack_row_insert(struct ctx *ctx, const struct stack *stack)
{
    return ctx_execute(ctx, &insert_stack,
                       DB_VALUES(CONFIGURATION_VALUES(stack), db_bool(stack->manages_state_file),
                                 db_int(stack->created_at), db_text(ctx->actor->username)));
}

bool stack_row_update(struct ctx *ctx, const struct stack *stack)
{
    return ctx_execute(ctx, &update_stack, DB_VALUES(CONFIGURATION_VALUES(stack)));
}

bool stack_row_delete(struct ctx *ctx, struct text id)
{
    return ctx_execute(ctx, &delete_stack, DB_VALUES(db_text(id)));
}

bool stack_row_exists(struct ctx *ctx, struct text id, bool *out)
{
    struct db_rows rows;
    if (!ctx_query_one(ctx, &count_stack, DB_VALUES(db_text(id)), &rows))
        return false;
    *out = db_column_int64(&rows, 0) > 0;
    return db_end(&rows);
}

/* A vendor that is not in the table would be a row of a newer program; it reads as custom. */
static enum vendor_kind read_vendor_kind(struct text name)
{
    enum vendor_kind kind;
    return vendor_kind_parse(name, &kind) ? kind : VENDOR_CUSTOM;
}

static enum stack_state read_state(struct text name)
{
    enum stack_state state;
    return stack_state_parse(name, &state) ? state : STACK_NONE;
}

static const struct json *parse_object(struct ctx *ctx, struct text json)
{
    const struct json *value = NULL;
    struct error error = {0};
    return json_parse(ctx->arena, json, NULL, &value, &error) ? value : NULL;
}

static const struct db_member members[] = {
#define MEMBER(column, kind, member)                                                               \
    {DB_MEMBER_##kind, offsetof(struct stack, member), sizeof(((struct stack *)0)->member)},
    STACK_COLUMNS(MEMBER, MEMBER)
#undef MEMBER
};

static_assert(STACK_COLUMN_COUNT < 64, "a set of columns has 64 bits");

uint64_t stack_columns_at(size_t offset)
{
    return db_columns_at(members, STACK_COLUMN_COUNT, offset);
}

static struct text_list read_texts(struct ctx *ctx, const struct db_rows *rows, int column)
{
    /* Most lists are empty, and the empty array is not worth a copy. */
    struct text json = db_column_peek(rows, column);
    if (json.len <= 2)
        return (struct text_list){NULL, 0};
    return ctx_parse_texts(ctx, text_copy(ctx->arena, json));
}

static void read_vendor(struct ctx *ctx, const struct db_rows *rows, struct stack *stack)
{
    enum vendor_kind kind = read_vendor_kind(db_column_peek(rows, STACK_COLUMN_vendor));
    struct text config = db_column_text(rows, STACK_COLUMN_vendor_config, ctx->arena);
    stack->vendor = vendor_parse(kind, parse_object(ctx, config));
}

/* A column that is more than its bytes. */
static void read_own(struct ctx *ctx, const struct db_rows *rows, enum stack_column column,
                     struct stack *stack)
{
    struct arena *arena = ctx->arena;
    switch (column) {
    case STACK_COLUMN_provider:
        if (!vcs_provider_parse(db_column_peek(rows, column), &stack->provider))
            stack->provider = VCS_GIT;
        break;
    case STACK_COLUMN_labels: stack->labels = read_texts(ctx, rows, column); break;
    case STACK_COLUMN_additional_project_globs:
        stack->additional_project_globs = read_texts(ctx, rows, column);
        break;
    case STACK_COLUMN_git_sparse_checkout_paths:
        stack->git_sparse_checkout_paths = read_texts(ctx, rows, column);
        break;
    case STACK_COLUMN_state: stack->state = read_state(db_column_peek(rows, column)); break;
    case STACK_COLUMN_vendor_config: read_vendor(ctx, rows, stack); break;
    case STACK_COLUMN_hooks:
        stack->hooks = hooks_parse(ctx, parse_object(ctx, db_column_text(rows, column, arena)));
        break;
    case STACK_COLUMN_tracked_commit:
        stack->tracked_commit = commit_parse(arena, db_column_text(rows, column, arena));
        break;
    default: break; /* the vendor's kind is read with its configuration */
    }
}

#define OWN(column, kind, member)                                                                  \
    | (DB_MEMBER_##kind == DB_MEMBER_OWN ? DB_COLUMN(STACK_COLUMN_##column) : 0)
static const uint64_t own_columns = 0 STACK_COLUMNS(OWN, OWN);
#undef OWN
static const uint64_t all_columns = DB_COLUMN(STACK_COLUMN_COUNT) - 1;
static const uint64_t key_columns = DB_COLUMN(STACK_KEY_COUNT) - 1;

/* NULL without memory. */
static struct stack *read_stack(struct ctx *ctx, const struct db_rows *rows, uint64_t columns)
{
    struct stack *stack = ARENA_NEW(ctx->arena, struct stack);
    if (!stack)
        return NULL;
    columns &= all_columns;
    db_read_row(rows, members, columns & ~own_columns, ctx->arena, stack);
    for (uint64_t own = columns & own_columns; own; own &= own - 1)
        read_own(ctx, rows, (enum stack_column)__builtin_ctzll(own), stack);
    return stack;
}

bool stack_row_find(struct ctx *ctx, struct text id, struct stack **out)
{
    struct db_rows rows;
    *out = NULL;
    if (!ctx_query_one(ctx, &select_stack, DB_VALUES(db_text(id)), &rows))
        return !error_is_set(ctx->error);
    *out = read_stack(ctx, &rows, STACK_ALL_COLUMNS);
    return ctx_end(ctx, &rows);
}

static bool read_list(struct ctx *ctx, const struct db_statement *statement,
                      const struct db_value *values, size_t count, uint64_t columns,
                      struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct stack *));
    if (!ctx_query(ctx, statement, values, count, &rows))
        return false;
    while (db_next(&rows)) {
        struct stack *stack = read_stack(ctx, &rows, columns);
        struct stack **slot = stack ? list_push(out) : NULL;
        if (slot)
            *slot = stack;
    }
    return ctx_end(ctx, &rows);
}

bool stack_row_find_many(struct ctx *ctx, const struct text *ids, size_t count, struct list *out)
{
    return read_list(ctx, &select_many, DB_VALUES(db_texts(ctx->arena, ids, count)),
                     STACK_ALL_COLUMNS, out);
}

/* The shortest of the three select lists that has the columns. */
static const struct db_statement *choose(uint64_t columns, const struct db_statement *keys,
                                         const struct db_statement *page,
                                         const struct db_statement *whole)
{
    if (columns < DB_COLUMN(STACK_KEY_COUNT))
        return keys;
    return columns < DB_COLUMN(STACK_PAGE_COUNT) ? page : whole;
}

bool stack_row_list(struct ctx *ctx, uint64_t columns, struct db_value spaces, struct list *out)
{
    columns |= key_columns;
    return read_list(ctx, choose(columns, &select_keys, &select_page, &select_whole), &spaces, 1,
                     columns, out);
}

bool stack_row_list_all(struct ctx *ctx, uint64_t columns, struct list *out)
{
    columns |= key_columns;
    return read_list(ctx, choose(columns, &select_all_keys, &select_all_page, &select_all_whole),
                     DB_NO_VALUES, columns, out);
}

bool stack_row_set_lock(struct ctx *ctx, const struct stack *stack)
{
    return ctx_execute(ctx, &set_lock,
                       DB_VALUES(db_text(stack->id), db_text_or_null(stack->locked_by),
                                 ctx_time_or_null(stack->locked_at),
                                 db_text_or_null(stack->lock_note)));
}

bool stack_row_set_disabled(struct ctx *ctx, const struct stack *stack)
{
    return ctx_execute(ctx, &set_disabled,
                       DB_VALUES(db_text(stack->id), db_bool(stack->is_disabled)));
}

bool stack_row_set_commit(struct ctx *ctx, const struct stack *stack)
{
    struct db_value commit = stack->tracked_commit
                                 ? db_text(commit_print(ctx->arena, stack->tracked_commit))
                                 : db_null();
    return ctx_execute(ctx, &set_commit,
                       DB_VALUES(db_text(stack->id), commit, db_bool(stack->tracked_commit_pinned),
                                 db_text_or_null(stack->tracked_commit_set_by)));
}

bool stack_row_set_progress(struct ctx *ctx, const struct stack *stack)
{
    return ctx_execute(
        ctx, &set_progress,
        DB_VALUES(db_text(stack->id), db_text_z(stack_state_name(stack->state)),
                  ctx_time_or_null(stack->state_set_at), db_text_or_null(stack->state_set_by),
                  db_text_or_null(stack->blocker_id), ctx_time_or_null(stack->last_apply_at),
                  db_int(stack->entity_count)));
}

bool stack_row_set_star(struct ctx *ctx, struct text id, bool starred)
{
    return ctx_execute(ctx, starred ? &insert_star : &delete_star,
                       DB_VALUES(db_text(id), db_text(ctx->actor->username)));
}

bool stack_row_stars(struct ctx *ctx, const struct text *ids, size_t count, struct list *out)
{
    struct db_rows rows;
    list_init(out, ctx->arena, sizeof(struct text));
    if (!ctx_query(ctx, &select_stars,
                   DB_VALUES(db_texts(ctx->arena, ids, count), db_text(ctx->actor->username)),
                   &rows))
        return false;
    while (db_next(&rows)) {
        struct text *id = list_push(out);
        if (id)
            *id = db_column_text(&rows, 0, ctx->arena);
    }
    return ctx_end(ctx, &rows);
}
