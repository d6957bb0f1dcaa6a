/* Rules of kept states: one lock, versions that only grow, sealed content. */
#include "stack/stack_state.h"

#include "jose/seal.h"
#include "stack/stack_state_store.h"

enum { VERSIONS_KEPT = 100 };

static struct seal_place place_of(struct ctx *ctx, struct text stack_id, int64_t version)
{
    struct text row = text_format(ctx->arena, "%.*s/%" PRId64, TEXT_ARG(stack_id), version);
    return (struct seal_place){.table = TEXT("stack_state"), .row = row};
}

bool stack_state_read(struct ctx *ctx, struct text stack_id, struct text *content)
{
    struct state_row *row;
    *content = (struct text){NULL, 0};
    if (!state_row_newest(ctx, stack_id, &row))
        return false;
    return !row || unseal(ctx->account->ring, place_of(ctx, stack_id, row->version),
                          row->sealed_content, ctx->arena, content, ctx->error);
}

static bool parse(struct ctx *ctx, struct text source, const char *what, const struct json **out)
{
    struct json_limits limits = json_default_limits;
    struct error error = {0};
    limits.max_bytes = (size_t)ctx->account->settings->max_state;
    limits.max_depth = 512;
    if (source.len > limits.max_bytes)
        return fail(ctx, ERR_TOO_LARGE, "the %s may have %zu bytes at most", what,
                    limits.max_bytes);
    if (json_parse(ctx->arena, source, &limits, out, &error) && json_is(*out, JSON_OBJECT))
        return true;
    if (arena_failed(ctx->arena))
        return fail_no_memory(ctx);
    return fail(ctx, ERR_INVALID, "the %s is not a JSON object", what);
}

static bool check_lock(struct ctx *ctx, struct text stack_id, struct text lock_id)
{
    struct state_lock_row *lock;
    if (!state_lock_find(ctx, stack_id, &lock))
        return false;
    if (lock && !text_equal(lock->lock_id, lock_id))
        return fail(ctx, ERR_CONFLICT, "the state of stack \"%.*s\" is locked", TEXT_ARG(stack_id));
    return true;
}

bool stack_state_write(struct ctx *ctx, struct text stack_id, struct text run_id,
                       struct text lock_id, struct text content)
{
    const struct json *state;
    struct state_row *newest;
    if (!parse(ctx, content, "state", &state) || !check_lock(ctx, stack_id, lock_id) ||
        !state_row_head(ctx, stack_id, &newest))
        return false;
    struct state_row row = {
        .version = newest ? newest->version + 1 : 1,
        .serial = json_int64_or(json_get_z(state, "serial"), 0),
        .lineage = json_get_text(state, "lineage"),
    };
    if (newest && newest->lineage.len && !text_equal(newest->lineage, row.lineage))
        return fail(ctx, ERR_CONFLICT, "the state belongs to another lineage");
    return seal(ctx->account->ring, place_of(ctx, stack_id, row.version), content, ctx->arena,
                &row.sealed_content, ctx->error) &&
           state_row_insert(ctx, stack_id, run_id, &row) &&
           state_row_prune(ctx, stack_id, row.version - VERSIONS_KEPT + 1);
}

bool stack_state_lock(struct ctx *ctx, struct text stack_id, struct text run_id, struct text info,
                      struct text *held)
{
    const struct json *document;
    struct state_lock_row *lock;
    *held = (struct text){NULL, 0};
    if (!parse(ctx, info, "lock", &document) || !state_lock_find(ctx, stack_id, &lock))
        return false;
    struct state_lock_row row = {
        .lock_id = json_get_text(document, "ID"), .info = info, .run_id = run_id};
    if (row.lock_id.len == 0)
        return fail(ctx, ERR_INVALID, "the lock has no ID");
    if (lock) {
        /* The same lock again: the answer to the first request was lost. */
        if (!text_equal(lock->lock_id, row.lock_id))
            *held = lock->info;
        return true;
    }
    return state_lock_insert(ctx, stack_id, &row);
}

bool stack_state_unlock(struct ctx *ctx, struct text stack_id, struct text run_id, struct text info)
{
    const struct json *document;
    if (info.len == 0)
        return stack_state_release(ctx, run_id);
    if (!parse(ctx, info, "lock", &document) ||
        !check_lock(ctx, stack_id, json_get_text(document, "ID")))
        return false;
    return state_lock_delete(ctx, stack_id);
}

bool stack_state_release(struct ctx *ctx, struct text run_id)
{
    return state_lock_delete_of_run(ctx, run_id);
}
